"""The Campaign page warns of what decides whether the campaign pays, with its numbers."""

import pytest

from churn_core.campaign.economics import Campaign
from churn_core.campaign.plan import PER_CUSTOMER, Plan
from churn_core.campaign.sensitivity import break_even_backfire, break_evens
from tests.pages.campaign.conftest import FULL, RULE_WORDS, listed, plan_of, query_of, recommended
from tests.pages.conftest import dollars, text, unescaped


def warnings(at) -> list[str]:
    return [unescaped(warning.value) for warning in at.warning]


@pytest.mark.parametrize(
    "values", [{"retention_cost": 200.0}, {"retention_cost": 200.0, "rule": PER_CUSTOMER, "fixed_cost": 500.0}]
)
def test_a_success_rate_close_to_its_break_even_is_warned_of_with_both_numbers(open_page, workspace, values):
    plan = plan_of(values)
    needed, _ = break_evens(listed(workspace, plan), plan.campaign)
    assert 1.5 * needed > 0.3
    (told,) = warnings(open_page("campaign", **query_of(values)))
    assert f"this list loses money below {needed:.1%}, and you assume 30.0%" in told and "control group" in told


def test_a_success_rate_far_from_its_break_even_is_not_warned_of(open_page, workspace):
    assert break_evens(listed(workspace, Plan()), Campaign())[0] < 0.3 / 1.5
    assert warnings(open_page("campaign")) == []


def test_where_nothing_pays_the_least_success_rate_that_would_is_told(open_page, workspace):
    at = open_page("campaign", retention_cost="300", success_rate="0.05")
    here = workspace.still_here
    least = (300 / (here.probability * 12 * here.worth.amount)).min()
    (told,) = warnings(at)
    assert at.title[0].value == "Contact nobody: at these parameters no contact pays"
    assert f"No contact pays below a success rate of {least:.1%}, and you assume 5.0%" in told


def test_where_not_even_certain_success_would_pay_that_is_told(open_page):
    (told,) = warnings(open_page("campaign", retention_cost="100000"))
    assert "No contact would pay even if every one succeeded" in told


@pytest.mark.parametrize(
    "query", [{"budget": "5"}, {"fixed_cost": "10000000"}, {"min_roi": "1000"}, {"min_marginal_roi": "1000"}]
)
def test_where_only_a_limit_or_the_fixed_cost_forbids_every_contact_that_is_told(open_page, query):
    at = open_page("campaign", **query)
    (told,) = warnings(at)
    assert told.startswith("Some contacts would pay, but not within these limits or with this fixed cost.")
    assert at.title[0].value.startswith("Contact nobody") and not at.error


def test_that_nobody_is_driven_away_is_told_as_assumed_with_the_rate_at_which_the_list_breaks_even(open_page, workspace):
    (told,) = [unescaped(c.value) for c in open_page("campaign").caption if "no contact drives anyone away" in c.value]
    rate = break_even_backfire(listed(workspace, Plan()), Campaign())
    assert f"the list breaks even if {rate:.1%} of the loyal customers on it left because of the contact" in told
    assert "no contact drives anyone away" not in text(open_page("campaign", backfire_rate="0.01"))


@pytest.mark.parametrize("rule", RULE_WORDS)
def test_a_list_that_may_not_be_the_best_within_its_limits_tells_what_no_list_could_exceed(open_page, workspace, rule):
    values = {**FULL, "budget": 20_000.0, "rule": rule}
    found = recommended(workspace, plan_of(values)).outcome
    told = [unescaped(c.value) for c in open_page("campaign", **query_of(values)).caption if "no list within them" in c.value]
    if found.upper_bound is None:  # one threshold is exact
        assert rule != PER_CUSTOMER and told == []
    else:
        more = dollars(found.upper_bound - found.expected_profit)
        assert f"could earn more than {dollars(found.upper_bound)}, {more} more than this" in told[0].replace("\n", " ")
