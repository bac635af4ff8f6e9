"""What is told of a control group: who is in it, what it costs, how well it will measure."""

import math

import numpy as np
import pytest

from churn_core.campaign.economics import Campaign
from churn_core.campaign.offers.offer import Offer
from churn_core.campaign.plan import RULES, Plan
from churn_core.decisions.contact_list import contact_list
from churn_core.decisions.control import control_of
from churn_core.decisions.drawn import CONTROL
from churn_core.experiment.draw import draw
from tests.decisions.conftest import FULL, MODEL, P, recommended


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("share", [0.0, 0.03, 0.1, 0.5])
def test_what_is_told_of_the_control_group_is_what_the_list_has(rule, share):
    found = recommended(Plan(campaign=FULL, rule=rule))
    listed = contact_list(found, MODEL, control_share=share, salt="s")
    told, held = control_of(found, share, "s"), listed["arm"] == CONTROL
    assert told.customers == held.sum() == round(share * len(listed))
    assert told.expected_profit == pytest.approx(listed["expected_profit"][held].sum())


def test_without_a_share_nobody_is_left_alone():
    assert set(contact_list(recommended(), MODEL)["arm"]) == {"treated"}


def test_half_the_interval_of_the_measured_success_rate_shrinks_as_the_group_grows():
    told = [control_of(recommended(), share, "s") for share in (0.02, 0.05, 0.1, 0.2, 0.5)]
    widths = [control.precision.half_width for control in told]
    assert widths == sorted(widths, reverse=True) and len(set(widths)) == 5


def test_without_both_groups_nothing_is_measured():
    assert control_of(recommended(), 0.0, "s").precision is None
    nobody = recommended(Plan(campaign=Campaign(success_rate=0)))
    assert control_of(nobody, 0.3, "s") == control_of(nobody, 0.0, "s")
    assert control_of(nobody, 0.3, "s").precision is None


def test_of_several_offers_each_has_a_control_group_of_its_own_and_is_measured_with_it():
    offers = (Offer(name="Call", retention_cost=40, success_rate=0.45), Offer(name="Mail", retention_cost=1, success_rate=0.1))
    found = recommended(Plan(offers=offers))
    listed = contact_list(found, MODEL, control_share=0.2, salt="s")
    told, held = control_of(found, 0.2, "s"), listed["arm"] == CONTROL
    assert told.customers == held.sum() and told.precision is None
    assert told.expected_profit == pytest.approx(listed["expected_profit"][held].sum())
    assert told.treated.profit == pytest.approx(listed["expected_profit"][~held].sum())
    for each in told.per_offer:
        of_offer = listed["offer"] == each.offer
        assert (each.treated, each.customers) == ((of_offer & ~held).sum(), (of_offer & held).sum())
        assert each.customers == round(0.2 * of_offer.sum()) and each.precision.half_width > 0
    assert [each.offer for each in told.per_offer] == ["Call", "Mail"]


def test_the_precision_is_what_a_simulated_campaign_finds():
    """The promised interval holds the measured rate in about 95 of 100 campaigns."""
    found, rng, rate = recommended(), np.random.default_rng(0), 0.3
    p = np.sort(P[found.contact])
    told, near, seen = control_of(found, 0.3, "s").precision, 0, []
    for campaign in range(400):
        held = draw([str(i) for i in range(len(p))], p, 0.3, str(campaign)).control
        left = rng.random(len(p)) < np.where(held, p, p * (1 - rate))
        measured = math.log(left[~held].mean() / left[held].mean())
        seen.append(measured)
        near += abs(measured - math.log(1 - rate)) <= 1.96 * told.se_log
    assert 0.92 * 400 <= near <= 0.99 * 400
