"""How sure the profit is: what this campaign will earn, how well the average is known, what choosing flatters, and the rate."""

import re

import pytest

from churn_core.campaign.economics import Campaign
from churn_core.campaign.forecast import chance_of_loss, forecast_of
from churn_core.campaign.optimise import at_threshold, best_threshold
from churn_core.campaign.plan import Plan
from churn_core.campaign.uncertainty import Band, bootstrap, if_success_rate_differs, optimism, spread
from churn_core.decisions.kept import Kept
from churn_core.decisions.realised import realised
from churn_core.decisions.recommendation import Recommendation
from tests.pages.campaign.conftest import RULE_WORDS, plan_of, query_of, recommended
from tests.pages.conftest import dollars, figure, metrics, numbers, open_tab, text, unescaped

EXACT, BETWEEN = "If 30% is exactly right", "If it is between 10% and 50%"


def bands(at) -> dict[str, tuple[float, float, float]]:
    """Label → estimate, low and high of each interval that is drawn."""
    (dots,) = figure(at, "bands")["data"]
    x, error = numbers(dots["x"]), dots["error_x"]
    ends = zip(x, x - numbers(error["arrayminus"]), x + numbers(error["array"]), strict=True)
    return dict(zip(dots["y"], ends, strict=True))


def of(band: Band):
    return pytest.approx((band.estimate, band.low, band.high))


def loss_told(at) -> str:
    return re.search(r"The chance that this campaign loses money is ([^*\n]+)", unescaped(text(at))).group(1)


def in_words(share: float) -> str:
    return "below 0.1%" if share < 0.0005 else "above 99.9%" if share > 0.9995 else f"{share:.1%}"


@pytest.mark.parametrize("back_test", [False, True], ids=["still here", "back-test"])
@pytest.mark.parametrize("rule", RULE_WORDS)
def test_how_sure_draws_both_ranges_of_what_the_recommended_list_will_earn(open_page, workspace, rule, back_test):
    more = {"back_test": "true"} if back_test else {}
    at = open_tab(open_page("campaign", retention_cost="60", rule=RULE_WORDS[rule], **more), "How sure")
    found = recommended(workspace, plan_of({"retention_cost": 60.0, "rule": rule}), back_test=back_test)
    drawn = bands(at)
    assert list(drawn) == [EXACT, BETWEEN]
    assert drawn[EXACT] == of(found.forecast.range_if_exact) and drawn[BETWEEN] == of(found.forecast.range)
    assert drawn[BETWEEN][1] < drawn[EXACT][1] and drawn[BETWEEN][2] > drawn[EXACT][2]
    for estimate, low, high in drawn.values():  # centre and width are of the same estimate
        assert estimate == pytest.approx((low + high) / 2) == pytest.approx(found.outcome.expected_profit)
    assert "What this campaign will earn" in text(at)


def test_the_range_of_the_success_rate_widens_the_last_interval_only(open_page, workspace):
    at = open_tab(open_page("campaign", retention_cost="60"), "How sure")
    before = bands(at)
    at.slider(key="success_rate_give_or_take").set_value(0.25).run()
    after = bands(at)
    assert list(after) == [EXACT, "If it is between 5% and 55%"]
    assert after[EXACT] == before[EXACT]
    (*_, wide), (*_, narrow) = after.values(), before.values()
    assert wide[1] < narrow[1] and wide[2] > narrow[2]
    campaign = Campaign(retention_cost=60, success_rate_give_or_take=0.25)
    differs = if_success_rate_differs(workspace.still_here.expected_sweep, campaign)
    shown = at.dataframe[0].value
    assert shown["success_rate"].tolist() == pytest.approx([0.05, 0.3, 0.55])
    assert shown["expected_profit"].tolist() == differs["expected_profit"].tolist()
    at.slider(key="success_rate_give_or_take").set_value(0.0).run()
    assert bands(at) == {EXACT: before[EXACT]}  # there is one range left, and it is told once


@pytest.mark.parametrize("rate", ["0.05", "0.97", "1", "0.01"])
def test_a_range_that_would_leave_0_to_1_is_cut_and_the_tab_draws(open_page, rate):
    at = open_tab(open_page("campaign", success_rate=rate, retention_cost="5", success_rate_give_or_take="0.3"), "How sure")
    assert not at.exception and not at.error
    if at.dataframe:
        assert at.dataframe[0].value["success_rate"].between(0, 1).all()
        assert not any(re.search(r"−|1[1-9]\d%", label) for label in bands(at))


# The chance of a loss


@pytest.mark.parametrize("values", [{"retention_cost": 60.0}, {"retention_cost": 200.0}, {"fixed_cost": 150_000.0}], ids=str)
def test_the_chance_of_a_loss_is_that_of_the_campaign_with_all_its_draws(open_page, workspace, values):
    at = open_tab(open_page("campaign", **query_of(values)), "How sure")
    assert loss_told(at) == in_words(recommended(workspace, plan_of(values)).chance_of_loss)


def test_a_wider_success_rate_makes_a_loss_likelier(open_page, workspace):
    chances = []
    for half in (0.0, 0.1, 0.3):
        values = {"retention_cost": 100.0, "success_rate_give_or_take": half}
        chances.append(recommended(workspace, plan_of(values)).chance_of_loss)
        assert loss_told(open_tab(open_page("campaign", **query_of(values)), "How sure")) == in_words(chances[-1])
    assert chances[0] < chances[1] < chances[2]


# A threshold of one's own


def test_a_threshold_of_ones_own_is_judged_instead_of_the_list(open_page, workspace):
    at = open_tab(open_page("campaign", retention_cost="60"), "How sure")
    at.number_input(key="own_threshold").set_value(0.5).run()
    campaign, here = Campaign(retention_cost=60), workspace.still_here
    contact, clv = here.probability >= 0.5, campaign.clv(here.worth.amount)
    expected = at_threshold(here.expected_sweep, campaign, 0.5)
    forecast = forecast_of(here.probability[contact], clv[contact], campaign)
    assert bands(at) == {EXACT: of(forecast.range_if_exact), BETWEEN: of(forecast.range)}
    assert forecast.range.estimate == pytest.approx(expected.expected_profit)
    assert expected.expected_profit != best_threshold(here.expected_sweep, campaign).expected_profit
    assert loss_told(at) == in_words(chance_of_loss(here.probability[contact], clv[contact], campaign))


@pytest.mark.parametrize("own", [0.0, 1.0])
def test_everybody_and_nobody_can_be_judged_too(open_page, own):
    at = open_tab(open_page("campaign", retention_cost="200"), "How sure")
    at.number_input(key="own_threshold").set_value(own).run()
    assert not at.exception and not at.error
    assert loss_told(at) == ("above 99.9%" if own == 0 else "below 0.1%")


def test_where_nobody_is_contacted_nothing_can_be_lost_but_an_own_threshold_can_be_tried(open_page):
    at = open_tab(open_page("campaign", retention_cost="300", success_rate="0.01", success_rate_give_or_take="0"), "How sure")
    assert "Nobody is contacted, so nothing can be lost" in text(at)
    at.number_input(key="own_threshold").set_value(0.5).run()
    assert not at.exception and loss_told(at) == "above 99.9%"


# How well the average is known, and what choosing flatters


def back_test_of(workspace, values: dict) -> Recommendation:
    return recommended(workspace, plan_of(values), back_test=True)


def about_average(at) -> dict[str, str]:
    """What is told under each of its names."""
    (told,) = [unescaped(part.value) for part in at.markdown if "**Back-test.**" in part.value]
    return dict(re.findall(r"- \*\*([^*.]+)\.\*\* ([^\n]+)", told))


@pytest.mark.parametrize("rule", RULE_WORDS)
def test_the_average_is_told_under_its_own_name_with_expected_and_realised_side_by_side(open_page, workspace, rule):
    values = {"retention_cost": 60.0, "rule": rule}
    at = open_tab(open_page("campaign", **query_of(values)), "How sure")
    back_test = back_test_of(workspace, values)
    was, told = realised(back_test), about_average(at)
    assert "**How well the average is known**" in text(at)
    assert f"would have contacted {back_test.outcome.contacted:,}, of whom {was.had_left:,} left" in told["Back-test"]
    assert f"Expected: {dollars(back_test.outcome.expected_profit)}" in told["Back-test"]
    assert f"realised, at the assumed success rate: {dollars(was.profit.estimate)}" in told["Back-test"]
    assert f"{dollars(was.profit.low)} to {dollars(was.profit.high)} on average" in told["The average"]
    assert "not what one campaign will earn" in told["The average"]
    assert was.profit.half_width < back_test.forecast.range.half_width  # an average is known better than one campaign


def test_the_average_is_that_of_the_back_test_whomever_the_page_is_about(open_page):
    here, back_test = (open_tab(open_page("campaign", back_test=on), "How sure") for on in ("false", "true"))
    assert about_average(here) == about_average(back_test)
    assert here.title[0].value != back_test.title[0].value


def test_what_choosing_flatters_is_told_corrected_for_halves_and_at_most(open_page, workspace):
    at = open_tab(open_page("campaign", retention_cost="60"), "How sure")
    plan, swept = Plan(campaign=Campaign(retention_cost=60)), workspace.all_customers.realised_sweep
    flattery, told = optimism(swept, plan.campaign), about_average(at)
    thresholds = spread(bootstrap(swept, plan.campaign).best_threshold)
    assert "chosen on probabilities, so choosing does not make it look better than it is" in told["Optimism"]
    assert f"by about {dollars(flattery.corrected)}, at most {dollars(flattery.gap)}" in told["Optimism"]
    assert f"lay between {thresholds.low:.1%} and {thresholds.high:.1%}" in told["The threshold"]


@pytest.mark.parametrize("beyond", [False, True])
def test_a_miss_beyond_chance_is_said_and_one_by_chance_is_not_made_more_of(open_page, monkeypatch, beyond):
    monkeypatch.setattr("churn_core.decisions.realised.misses", lambda *of: -2.5 if beyond else 1.9)
    monkeypatch.setattr(Recommendation, "figures", property(lambda of: Kept()))  # what is patched is kept for nobody
    told = about_average(open_tab(open_page("campaign", retention_cost="60"), "How sure"))["Back-test"]
    assert ("They differ by more than chance: the probabilities miss what happened" in told) == beyond
    assert ("They differ by no more than chance." in told) != beyond


def test_no_range_stands_under_the_name_of_another(open_page, workspace):
    """The headline, the figures and the tab: what the campaign will earn is never the uncertainty of the average."""
    at = open_tab(open_page("campaign"), "How sure")
    found, was = recommended(workspace, Plan()), realised(back_test_of(workspace, {}))
    assert f"±\u00a0{dollars(found.forecast.range.half_width)} on" in unescaped(at.title[0].value)
    assert dollars(was.profit.half_width) not in unescaped(at.title[0].value)
    assert metrics(at)["Expected profit"] == dollars(found.outcome.expected_profit) == "$200,000"
    assert "another sample" not in text(at) and "Other customers" not in bands(at)
