"""A published threshold contacts everybody from it up, unless the limits of its campaign forbid that."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from churn_core.campaign.economics import Campaign, expected_profit, expected_spend
from churn_core.campaign.objective import Objective
from churn_core.campaign.optimise import best_threshold, choose
from churn_core.campaign.plan import ONE_THRESHOLD, PER_CUSTOMER, Plan
from churn_core.campaign.sweep import sweep
from churn_core.decisions.decide import decide
from churn_core.decisions.published_limits import from_threshold_up, has_limits
from churn_core.schema.telco import TELCO
from tests.decisions.conftest import CUSTOMERS, P, clv_of, plans

LIMITED = Plan(campaign=Campaign(fixed_cost=500), objective=Objective(budget=200))
thresholds = st.sampled_from([0.0, 0.05, 0.2, 0.5, 1.0])
ruled = st.builds(lambda plan, rule: replace(plan, rule=rule), plans, st.sampled_from([ONE_THRESHOLD, PER_CUSTOMER]))


def money(contact: np.ndarray, campaign: Campaign) -> tuple[float, float]:
    """Expected profit and spend of these contacts, fixed cost included."""
    if not contact.any():
        return 0.0, 0.0
    profit = expected_profit(P[contact], clv_of(campaign)[contact], campaign).sum() - campaign.fixed_cost
    return profit, expected_spend(P[contact], campaign).sum() + campaign.fixed_cost


def allows(objective: Objective, profit: float, spend: float) -> bool:
    return bool(objective.allows(np.asarray(profit), spend))


@given(ruled, thresholds)
def test_the_contacts_keep_to_the_limits_and_are_among_those_from_the_threshold_up(plan, threshold):
    contact, limited = from_threshold_up(P, clv_of(plan.campaign), plan, threshold)
    above = threshold <= P
    assert not (contact & ~above).any()
    assert allows(plan.objective, *money(contact, plan.campaign))
    assert (limited is None) == allows(plan.objective, *money(above, plan.campaign))
    if limited is None:
        assert contact.tolist() == above.tolist()


@given(ruled, thresholds)
def test_what_the_limits_forbid_is_told_with_its_profit_and_spend(plan, threshold):
    _, limited = from_threshold_up(P, clv_of(plan.campaign), plan, threshold)
    assume(limited is not None)
    told, above = limited.forbidden, threshold <= P
    assert (told.contacted, told.threshold) == (above.sum(), threshold)
    assert (told.expected_profit, told.expected_spend) == pytest.approx(money(above, plan.campaign))


@given(ruled, thresholds)
def test_within_the_limits_the_rule_of_the_plan_decides_among_them(plan, threshold):
    clv = clv_of(plan.campaign)
    contact, limited = from_threshold_up(P, clv, plan, threshold)
    assume(limited is not None)
    above = threshold <= P
    if plan.rule == PER_CUSTOMER:
        assert limited.cut is None
        assert contact[above].tolist() == choose(P[above], clv[above], plan.campaign, plan.objective)[0].tolist()
    else:
        best = best_threshold(sweep(P[above], clv=clv[above]), plan.campaign, plan.objective)
        assert (limited.cut, contact.sum()) == (best.threshold, best.contacted)


def test_where_everybody_costs_the_same_a_budget_holds_the_highest_probabilities():
    contact, limited = from_threshold_up(P, clv_of(Campaign()), Plan(objective=Objective(budget=200)), 0.05)
    assert contact.sum() == 20 and limited.cut == np.sort(P)[-20]
    assert contact.tolist() == (np.sort(P)[-20] <= P).tolist()


def test_a_fixed_cost_above_the_budget_leaves_nobody():
    contact, limited = from_threshold_up(P, clv_of(Campaign()), LIMITED, 0.05)
    assert not contact.any() and limited.cut is None


@given(ruled, thresholds)
def test_a_table_is_decided_within_the_limits(plan, threshold):
    decided = decide(CUSTOMERS, P, plan, threshold, schema=TELCO)
    assert decided["contact"].tolist() == from_threshold_up(P, clv_of(plan.campaign), plan, threshold)[0].tolist()


def test_only_what_is_asked_of_the_list_as_a_whole_is_a_limit_of_it():
    assert not has_limits(Objective()) and not has_limits(Objective(min_marginal_roi=2))
    assert has_limits(Objective(budget=0)) and has_limits(Objective(min_roi=0))


@given(ruled, thresholds)
def test_one_customer_alone_has_no_limits(plan, threshold):
    contact, limited = from_threshold_up(P, clv_of(plan.campaign), plan.of_one_contact, threshold)
    assert contact.tolist() == (threshold <= P).tolist() and limited is None
