"""How sure the profit is: intervals, an own threshold, and a success rate that is only a range."""

import re

import pytest

from churn_core.campaign.economics import Campaign
from churn_core.campaign.optimise import at_threshold, best_threshold
from churn_core.campaign.plan import Plan
from churn_core.campaign.uncertainty import if_success_rate_differs, realised_bands
from tests.pages.campaign.conftest import (
    RULE_WORDS,
    clv_of,
    plan_of,
    recommended,
)
from tests.pages.conftest import dollars, figure, numbers, open_tab, text, unescaped


def bands(at) -> dict[str, tuple[float, float, float]]:
    """Label → estimate, low and high of each interval that is drawn."""
    (dots,) = figure(at, "bands")["data"]
    x, error = numbers(dots["x"]), dots["error_x"]
    ends = zip(x, x - numbers(error["arrayminus"]), x + numbers(error["array"]), strict=True)
    return dict(zip(dots["y"], ends, strict=True))


@pytest.mark.parametrize("rule", RULE_WORDS)
def test_how_sure_draws_the_intervals_of_the_recommended_list(open_page, workspace, rule):
    at = open_tab(open_page("campaign", retention_cost="60", rule=RULE_WORDS[rule]), "How sure")
    plan = plan_of({"retention_cost": 60.0, "rule": rule})
    found, drawn = recommended(workspace, plan), bands(at)
    clv = clv_of(workspace, plan)
    with_rate, _ = realised_bands(found.contact, workspace.churned, clv, plan.campaign, 0.1)
    anew = drawn.pop("Threshold chosen anew", None)  # only where the list is one threshold's
    assert (anew is not None) == (rule == "threshold")
    assert list(drawn) == ["Other customers", "1,000 resamples", "And success rate"]
    chance, resampled, both = drawn.values()
    assert chance == pytest.approx((found.profit.estimate, found.profit.low, found.profit.high))
    assert both == pytest.approx((with_rate.estimate, with_rate.low, with_rate.high))
    assert both[1] < chance[1] and both[2] > chance[2]
    assert resampled[0] == pytest.approx(chance[0], abs=(chance[2] - chance[1]) / 4)
    assert (resampled[2] - resampled[1]) == pytest.approx(chance[2] - chance[1], rel=0.15)
    if anew is not None:
        assert anew[0] >= resampled[0]  # a threshold that is chosen in each sample flatters
    told = unescaped(text(at))
    assert f"The model expects {dollars(found.outcome.expected_profit)}" in told
    assert f"would have earned {dollars(found.profit.estimate)}, ROI {found.roi.estimate:.0%}" in told


def test_the_range_of_the_success_rate_widens_the_last_interval_only(open_page, workspace):
    at = open_tab(open_page("campaign", retention_cost="60"), "How sure")
    before = bands(at)
    at.slider(key="success_rate_spread").set_value(0.25).run()
    after, (first, *between, last) = bands(at), before
    assert all(after[label] == before[label] for label in (first, *between))
    assert after[last][1] < before[last][1] and after[last][2] > before[last][2]
    campaign = Campaign(retention_cost=60)
    differs = if_success_rate_differs(workspace.expected_sweep, campaign, 0.25)
    shown = at.dataframe[0].value
    assert shown["success_rate"].tolist() == pytest.approx([0.05, 0.3, 0.55])
    assert shown["expected_profit"].tolist() == differs["expected_profit"].tolist()
    at.slider(key="success_rate_spread").set_value(0.0).run()
    assert bands(at)[last] == pytest.approx(bands(at)[first])


@pytest.mark.parametrize("rate", ["0.05", "0.97", "1", "0.01"])
def test_a_range_that_would_leave_0_to_1_is_cut_and_the_tab_draws(open_page, rate):
    at = open_tab(open_page("campaign", success_rate=rate, retention_cost="5", success_rate_spread="0.3"), "How sure")
    assert not at.exception and not at.error
    if at.dataframe:
        assert at.dataframe[0].value["success_rate"].between(0, 1).all()


def test_a_threshold_of_ones_own_is_judged_instead_of_the_list(open_page, workspace):
    at = open_tab(open_page("campaign", retention_cost="60"), "How sure")
    at.number_input(key="own_threshold").set_value(0.5).run()
    campaign = Campaign(retention_cost=60)
    contact = workspace.probability >= 0.5
    profit, _ = realised_bands(contact, workspace.churned, clv_of(workspace, Plan(campaign=campaign)), campaign)
    assert next(iter(bands(at).values())) == pytest.approx((profit.estimate, profit.low, profit.high))
    expected = at_threshold(workspace.expected_sweep, campaign, 0.5)
    assert f"The model expects {dollars(expected.expected_profit)}" in unescaped(text(at))
    assert expected.expected_profit != best_threshold(workspace.expected_sweep, campaign).expected_profit


@pytest.mark.parametrize("own", [0.0, 1.0])
def test_everybody_and_nobody_can_be_judged_too(open_page, own):
    at = open_tab(open_page("campaign", retention_cost="200"), "How sure")
    at.number_input(key="own_threshold").set_value(own).run()
    assert not at.exception and not at.error
    chance = re.search(r"The chance that this campaign loses money is ([^*\n]+)", text(at)).group(1)
    assert chance == ("100.0%" if own == 0 else "below 1 in 1,000")


def test_where_nobody_is_contacted_nothing_can_be_lost_but_an_own_threshold_can_be_tried(open_page):
    at = open_tab(open_page("campaign", retention_cost="300", success_rate="0.01"), "How sure")
    assert "Nobody is contacted, so nothing can be lost" in text(at)
    at.number_input(key="own_threshold").set_value(0.5).run()
    assert not at.exception and "The chance that this campaign loses money is 100.0%" in text(at)
