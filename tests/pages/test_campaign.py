"""The Campaign page: inputs and sliders give what the core computes, every tab draws, and every warning has its numbers."""

import re
from urllib.parse import parse_qsl

import numpy as np
import pandas as pd
import pytest

from churn_core.application.workspace import Workspace
from churn_core.campaign.advice import best_from, highest_roi
from churn_core.campaign.economics import Campaign
from churn_core.campaign.optimise import at_threshold, best_threshold, plateau
from churn_core.campaign.plan import PER_CUSTOMER, Plan
from churn_core.campaign.sensitivity import break_even_backfire, break_evens, heat_map, slider_grid, slopes, tornado
from churn_core.campaign.sweep import totals_of
from churn_core.campaign.uncertainty import if_success_rate_differs, realised_bands
from churn_core.decisions.contact_list import Recommendation, contact_list, control_of, recommend
from churn_core.decisions.policies import average_break_even, policies
from churn_core.schema.telco import TELCO
from tests.pages.conftest import dollars, figure, metrics, numbers, open_tab, side_bar, text, unescaped

TABS = ("Contact list", "Per customer or one threshold", "How sure", "Sensitivity", "Saved campaigns")
FULL = {
    "retention_cost": 15.0, "success_rate": 0.35, "clv_months": 18.0, "margin": 0.8, "annual_discount": 0.08,
    "monthly_survival": 0.98, "incentive": 25.0, "incentive_uptake": 0.6, "backfire_rate": 0.01, "fixed_cost": 3000.0,
}  # fmt: skip
SHARES = ("success_rate", "margin", "annual_discount", "monthly_survival", "incentive_uptake", "backfire_rate")
RULE_WORDS = {"threshold": "One threshold for everybody", PER_CUSTOMER: "Customer by customer"}


def plan_of(values: dict) -> Plan:
    return Plan.from_dict(values)


def query_of(values: dict) -> dict[str, str]:
    """As in an address."""
    return {name: RULE_WORDS.get(value, str(value)) for name, value in values.items()}


def recommended(workspace: Workspace, plan: Plan) -> Recommendation:
    return recommend(workspace.customers, workspace.probability, workspace.churned, plan, workspace.expected_sweep, TELCO)


def clv_of(workspace: Workspace, plan: Plan) -> np.ndarray:
    return plan.campaign.clv(workspace.customers[TELCO.monthly_charge].to_numpy())


def assert_shows(at, workspace: Workspace, plan: Plan) -> None:
    """The sentence, the figures and the side bar are those of the core."""
    found = recommended(workspace, plan)
    outcome, best = found.outcome, found.best
    who = "each above their own break-even" if plan.rule == PER_CUSTOMER else f"everyone above {best.threshold:.1%}"
    assert not at.exception and not at.error
    assert unescaped(at.title[0].value) == (
        f"Contact {outcome.contacted:,} of 7,043 customers, {who}: expected profit {dollars(outcome.expected_profit)} "
        f"±\u00a0{dollars(found.profit.half_width)} on {dollars(outcome.expected_spend)} spent, ROI {outcome.roi:.0%}"
    )
    shown = metrics(at)
    assert shown["Best threshold"] == f"{best.threshold:.1%}"
    assert shown["Customers to contact"] == f"{outcome.contacted:,}"
    assert shown["Expected profit"] == dollars(outcome.expected_profit)
    assert shown["Expected spend"] == dollars(outcome.expected_spend)
    assert shown["ROI"] == f"{outcome.roi:.0%}"
    assert f"**Best threshold** {best.threshold:.1%}" in unescaped(side_bar(at))


# Inputs


@pytest.mark.parametrize(("cost", "rate", "months"), [(50.0, 0.3, 12), (10.0, 0.05, 6), (200.0, 0.9, 36)])
def test_the_campaign_sliders_give_what_the_core_computes(open_page, workspace, cost, rate, months):
    at = open_page("campaign")
    for key, value in (("retention_cost", cost), ("success_rate", rate), ("clv_months", float(months))):
        at.slider(key=f"slider_{key}").set_value(value)
    at.run()
    assert_shows(at, workspace, plan_of({"retention_cost": cost, "success_rate": rate, "clv_months": months}))
    assert at.number_input(key="retention_cost").value == cost  # to the digit, in the expander


LIMITED = [
    {},
    {"budget": 40_000.0},
    {"min_roi": 4.0},
    {"min_marginal_roi": 1.5},
    {"rule": PER_CUSTOMER},
    {"rule": PER_CUSTOMER, "budget": 40_000.0, "min_roi": 2.0, "min_marginal_roi": 0.5},
]


@pytest.mark.parametrize("limits", LIMITED, ids=str)
def test_every_assumption_and_limit_gives_what_the_core_computes(open_page, workspace, limits):
    at, values = open_page("campaign"), {**FULL, **limits}
    for key, value in values.items():
        if key == "rule":
            at.radio(key=key).set_value(value)
        elif key in SHARES:
            at.slider(key=key).set_value(value)
        else:
            at.number_input(key=key).set_value(value)
    at.run()
    assert_shows(at, workspace, plan_of(values))


@pytest.mark.parametrize(
    "values",
    [
        {"budget": 20_000.0, "rule": PER_CUSTOMER},
        {"min_marginal_roi": 2.0},
        FULL,
        {**FULL, **LIMITED[-1]},
        {"success_rate": 0.333},
    ],
    ids=str,
)
def test_a_shared_link_opens_the_campaign(open_page, workspace, values):
    assert_shows(open_page("campaign", **query_of(values)), workspace, plan_of(values))


@pytest.mark.parametrize("values", [{}, {**FULL, **LIMITED[-1]}, {"success_rate": 0.3333, "retention_cost": 12.345}], ids=str)
def test_the_link_that_is_offered_opens_the_very_same_campaign(open_page, workspace, values):
    at = open_tab(open_page("campaign", **query_of(values)), "Saved campaigns")
    link = at.code[0].value
    again = dict(parse_qsl(link.partition("?")[2], keep_blank_values=True))
    assert set(again) == set(values)
    assert plan_of({**values}) == plan_of({name: _read(name, value) for name, value in again.items()})
    opened = open_page("campaign", **again)
    assert opened.title[0].value == at.title[0].value
    assert_shows(opened, workspace, plan_of(values))


def _read(name: str, value: str) -> float | str:
    return next(rule for rule, words in RULE_WORDS.items() if words == value) if name == "rule" else float(value)


@pytest.mark.parametrize("query", [{"retention_cost": "-5"}, {"success_rate": "30"}, {"budget": "much"}, {"rule": "none"}])
def test_an_impossible_value_in_a_link_is_not_taken_and_the_page_draws(open_page, workspace, query):
    assert_shows(open_page("campaign", **query), workspace, Plan())


def test_more_takers_than_there_are_stayers_are_counted_as_all_who_stay(open_page, workspace):
    at = open_page("campaign", incentive="10", incentive_uptake="1", backfire_rate="0.02")
    assert_shows(at, workspace, plan_of({"incentive": 10.0, "incentive_uptake": 0.98, "backfire_rate": 0.02}))


def test_a_cost_beyond_the_slider_stays_what_it_is(open_page, workspace):
    at = open_page("campaign", retention_cost="350", success_rate="0.9", clv_months="120")
    assert at.slider(key="slider_retention_cost").value == 300 and at.slider(key="slider_clv_months").value == 60
    assert_shows(at, workspace, plan_of({"retention_cost": 350.0, "success_rate": 0.9, "clv_months": 120.0}))
    at.slider(key="slider_success_rate").set_value(0.8).run()
    assert_shows(at, workspace, plan_of({"retention_cost": 350.0, "success_rate": 0.8, "clv_months": 120.0}))


def test_the_currency_is_a_label_and_converts_nothing(open_page, workspace):
    outcome = recommended(workspace, Plan()).outcome
    for label, sign in (("€", "€"), ("none", "")):
        at = open_page("campaign", currency=label)
        assert metrics(at)["Expected profit"] == dollars(outcome.expected_profit).replace("$", sign)
        assert "$" not in at.title[0].value


def test_the_profit_curve_marks_the_optimum_the_plateau_and_the_break_even_where_the_core_has_them(open_page, workspace):
    drawn, best = figure(open_page("campaign"), "profit_curve"), best_threshold(workspace.expected_sweep, Campaign())
    marked = [trace for trace in drawn["data"] if trace.get("mode") == "markers"]
    assert marked[0]["x"] == [best.threshold] and marked[0]["y"] == [best.expected_profit]
    band = next(shape for shape in drawn["layout"]["shapes"] if shape["type"] == "rect")
    assert (band["x0"], band["x1"]) == plateau(workspace.expected_sweep, Campaign())
    lines = [shape["x0"] for shape in drawn["layout"]["shapes"] if shape["type"] == "line"]
    assert lines == [average_break_even(workspace.customers, Campaign(), TELCO)]  # nothing is published


# Assumptions that drive it


def warnings(at) -> list[str]:
    return [unescaped(warning.value) for warning in at.warning]


def listed(workspace: Workspace, plan: Plan):
    """The sums over the recommended list."""
    contact = recommended(workspace, plan).contact
    return totals_of(workspace.probability[contact], clv_of(workspace, plan)[contact])


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
    value = 12 * workspace.customers[TELCO.monthly_charge].to_numpy()
    least = (300 / (workspace.probability * value)).min()
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


def test_a_backfire_that_is_not_considered_is_told_with_the_rate_that_would_take_everything(open_page, workspace):
    (told,) = [unescaped(c.value) for c in open_page("campaign").caption if "Backfire is not considered" in c.value]
    rate = break_even_backfire(listed(workspace, Plan()), Campaign())
    assert f"If {rate:.1%} of the contacted who would have stayed left" in told
    assert "Backfire is not considered" not in text(open_page("campaign", backfire_rate="0.01"))


@pytest.mark.parametrize("rule", RULE_WORDS)
def test_a_budget_that_is_filled_by_profit_per_spend_tells_what_no_list_could_exceed(open_page, workspace, rule):
    values = {**FULL, "budget": 40_000.0, "rule": rule}
    found = recommended(workspace, plan_of(values)).outcome
    told = [unescaped(c.value) for c in open_page("campaign", **query_of(values)).caption if "no list within it" in c.value]
    if found.upper_bound is None:  # one threshold is exact
        assert rule != PER_CUSTOMER and told == []
    else:
        more = dollars(found.upper_bound - found.expected_profit)
        assert f"could earn more than {dollars(found.upper_bound)}, {more} more than this" in told[0].replace("\n", " ")


# Why so low


def why(open_page, **query: str):
    """The panel with the three answers, open."""
    at = open_page("campaign", **query)
    at.session_state["why_so_low"] = True
    at.run()
    assert not at.exception and not at.error
    (panel,) = [expander for expander in at.expander if expander.label.startswith("Why")]
    return panel.label, unescaped("\n".join(part.value for part in panel.markdown))


@pytest.mark.parametrize("values", [{}, {"retention_cost": 20.0, "clv_months": 24.0}], ids=str)
def test_why_so_low_has_the_numbers_of_the_moment(open_page, workspace, values):
    label, told = why(open_page, **query_of(values))
    campaign, swept = plan_of(values).campaign, workspace.expected_sweep
    best, half, ratio = best_threshold(swept, campaign), at_threshold(swept, campaign, 0.5), highest_roi(swept, campaign)
    floor, on_the_edge = best_from(swept, campaign, 0.1)
    average = campaign.clv(workspace.customers[TELCO.monthly_charge].mean())
    break_even = campaign.retention_cost / (campaign.success_rate * average)
    assert label == "Why is the best threshold so low?" and on_the_edge
    assert f"= ${campaign.retention_cost:.2f} ÷ (30.0% × {dollars(average)}) = **{break_even:.1%}**" in told
    assert f"The best single threshold, {best.threshold:.1%}" in told
    forgone = best.expected_profit - half.expected_profit
    assert f"It would earn {dollars(half.expected_profit)} and forgo {dollars(forgone)}" in told
    assert f"{forgone / best.expected_profit:.0%} of what there is to earn" in told
    assert (
        "A search that starts at 10% finds 10%" in told
        and f"{dollars(best.expected_profit - floor.expected_profit)} less" in told
    )
    customers = f"{ratio.contacted} customer{'s' if ratio.contacted > 1 else ''}"
    assert f"The highest ROI, {ratio.roi:.0%}, is a campaign of {customers} that earns {dollars(ratio.expected_profit)}" in told
    assert f"maximum profit has {best.roi:.0%} and earns {dollars(best.expected_profit)}" in told


def test_a_threshold_above_the_usual_floor_is_not_called_low_and_no_search_is_blamed(open_page, workspace):
    label, told = why(open_page, retention_cost="100")
    assert label == "Why this threshold?" and "A search that starts at" not in told
    best = best_threshold(workspace.expected_sweep, Campaign(retention_cost=100))
    assert best.threshold > 0.1 and f"The best single threshold, {best.threshold:.1%}" in told


def test_with_an_incentive_or_backfire_the_break_even_counts_them(open_page, workspace):
    _, told = why(open_page, **query_of(FULL))
    break_even = average_break_even(workspace.customers, plan_of(FULL).campaign, TELCO)
    assert (
        f"With the incentive and the backfire counted, a customer with the average charge breaks even at **{break_even:.1%}**"
        in told
    )


def test_where_nothing_pays_there_is_no_threshold_to_explain(open_page):
    assert "no threshold pays, so there is none to explain" in why(open_page, retention_cost="300", success_rate="0.01")[1]


LIMITS_THAT_BIND = [{"budget": "10000"}, {"min_roi": "20"}, {"min_marginal_roi": "20"}]


@pytest.mark.parametrize("query", LIMITS_THAT_BIND, ids=str)
def test_what_the_limits_forbid_was_not_forgone(open_page, query):
    """A list from 0.5 up can earn more than the limits allow; that is no loss, and none below nothing."""
    assert not re.search(r"forgo −|−\d+% of what there is", why(open_page, **query)[1])


@pytest.mark.parametrize("query", LIMITS_THAT_BIND, ids=str)
def test_a_threshold_that_the_limits_raise_is_not_called_near_the_break_even(open_page, query):
    told = why(open_page, **query)[1]
    near = re.search(r"The best single threshold, ([\d.]+)%, is near it", told)
    assert near is None or abs(float(near.group(1)) - 4.3) < 5


@pytest.mark.parametrize("query", LIMITS_THAT_BIND, ids=str)
def test_the_best_within_limits_is_not_called_maximum_profit(open_page, workspace, query):
    told, best = why(open_page, **query)[1], best_threshold(workspace.expected_sweep, Campaign())
    maximum = re.search(r"maximum profit has ([\d,]+%) and earns (\$[\d,]+)", told)
    assert maximum is None or maximum.groups() == (f"{best.roi:.0%}", dollars(best.expected_profit))


# Tabs


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"rule": RULE_WORDS[PER_CUSTOMER]},
        query_of({**FULL, **LIMITED[-1]}),
        {"retention_cost": "300", "success_rate": "0.01"},
        {"success_rate": "0"},
        {"success_rate": "1", "retention_cost": "0"},
        {"budget": "0"},
    ],
    ids=["usual", "per customer", "everything", "nothing pays", "no success", "free and certain", "no budget"],
)
def test_every_tab_draws_whatever_the_campaign(open_page, query):
    at = open_page("campaign", **query)
    for label in TABS:
        open_tab(at, label)
        assert not at.exception and not at.error, label
        assert "nan" not in text(at).lower().split(), label


def test_only_the_open_tab_is_drawn(open_page):
    at = open_tab(open_page("campaign"), "Sensitivity")
    assert {chart.proto.id.rsplit("-", 1)[1] for chart in at.get("plotly_chart")} == {"profit_curve", "tornado", "heat_map"}
    assert not at.dataframe


# Contact list


@pytest.fixture
def downloads(monkeypatch) -> dict:
    """What each download button would give: its table, or its sheets, by key."""
    kept = {}
    for kind in ("download_csv", "download_xlsx"):
        monkeypatch.setattr(
            f"pages.parts.campaign.contact_tabs.{kind}",
            lambda label, table, name, key, **options: kept.update({key: (name, table)}),
        )
    return kept


@pytest.mark.parametrize("rule", RULE_WORDS)
def test_the_contact_list_is_that_of_the_core_and_its_files_are_the_whole(open_page, workspace, downloads, rule):
    plan = plan_of({"retention_cost": 40.0, "rule": rule, "budget": 30_000.0})
    at = open_page("campaign", **query_of({"retention_cost": 40.0, "rule": rule, "budget": 30_000.0}))
    at.slider(key="control_share").set_value(0.1)
    at.number_input(key="control_seed").set_value(7).run()
    model, found = workspace.version.model, recommended(workspace, plan)
    whole = contact_list(workspace.customers, workspace.probability, model, found, control_share=0.1, seed=7, schema=TELCO)
    shown = at.dataframe[0].value
    assert len(shown) == 100 and len(whole) == found.outcome.contacted > 100
    for column in (TELCO.id, "rank", "expected_profit", "control_group", "reason_1"):
        assert shown[column].tolist() == whole[column].head(100).tolist()
    name, table = downloads["download_contacts"]
    assert name == f"contact-list-{workspace.version.model_id}.csv"
    pd.testing.assert_frame_equal(table(), whole, check_dtype=False)
    name, sheets = downloads["download_contacts_xlsx"]
    assert name.endswith(".xlsx") and list(sheets()) == ["Contacts", "Campaign"]
    pd.testing.assert_frame_equal(sheets()["Contacts"], whole, check_dtype=False)
    told = dict(zip(sheets()["Campaign"]["name"], sheets()["Campaign"]["value"], strict=True))
    assert told["contacted"] == found.outcome.contacted and told["model_id"] == workspace.version.model_id
    control = control_of(workspace.customers, workspace.probability, found, 0.1, 7, schema=TELCO)
    assert whole["control_group"].sum() == control.customers
    assert (
        f"{control.customers:,} of {found.outcome.contacted:,} customers are left alone, for about "
        f"{dollars(control.expected_profit)} less expected profit. The campaign will then measure the success rate to about "
        f"± {control.precision:.0%}." in unescaped(text(at))
    )


def test_without_a_control_group_nothing_is_said_of_one(open_page):
    assert "left alone" not in text(open_page("campaign"))


def test_an_empty_contact_list_says_so(open_page):
    at = open_page("campaign", success_rate="0")
    assert "The list is empty" in text(at) and not at.dataframe


# Per customer or one threshold


def test_both_rules_are_told_with_what_they_earn(open_page, workspace):
    at = open_tab(open_page("campaign", retention_cost="60"), TABS[1])
    table = policies(workspace.customers, plan_of({"retention_cost": 60.0}), workspace.expected_sweep, TELCO)
    profit = table.set_index("policy")["expected_profit"]
    told = unescaped(text(at))
    assert f"Deciding customer by customer earns {dollars(profit['Customer by customer'])}" in told
    assert f"simpler to explain and earns {dollars(profit['Best threshold'])}" in told
    assert at.dataframe[0].value["expected_profit"].tolist() == table["expected_profit"].tolist()


# How sure


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


# Sensitivity


@pytest.mark.parametrize("values", [{"retention_cost": 60.0}, {**FULL, "budget": 40_000.0}], ids=["basic", "full"])
def test_sensitivity_draws_the_tornado_and_both_heat_maps_of_the_core(open_page, workspace, values):
    at, plan = open_tab(open_page("campaign", **query_of(values)), "Sensitivity"), plan_of(values)
    swept = workspace.expected_sweep
    table = tornado(lambda campaign: best_threshold(swept, campaign, plan.objective).expected_profit, plan.campaign)
    now = best_threshold(swept, plan.campaign, plan.objective).expected_profit
    low, high = figure(at, "tornado")["data"]
    for bar, column in ((low, "profit_at_low"), (high, "profit_at_high")):
        moved = table[column][table[column] != now]
        assert (numbers(bar["x"]) + now).tolist() == pytest.approx(moved.tolist())
    grid = heat_map(swept, plan.campaign, *slider_grid(plan.campaign), plan.objective)
    cells, cross = figure(at, "heat_map")["data"]
    np.testing.assert_allclose(numbers(cells["z"]), grid.expected_profit)
    assert (cross["x"], cross["y"]) == ([plan.campaign.retention_cost], [plan.campaign.success_rate])
    at.session_state["heat_map_of"] = "Best threshold"
    at.run()
    cells = figure(at, "heat_map")["data"][0]
    np.testing.assert_allclose(numbers(cells["z"]), grid.threshold)
    assert not at.exception and "make fewer contacts worth it" in text(at)


@pytest.mark.parametrize("rule", RULE_WORDS)
def test_the_break_evens_and_slopes_are_those_of_the_very_list(open_page, workspace, rule):
    values = {**FULL, "rule": rule}
    at, plan = open_tab(open_page("campaign", **query_of(values)), "Sensitivity"), plan_of(values)
    totals, shown = listed(workspace, plan), metrics(at)
    (rate, cost), (per_cost, per_rate) = break_evens(totals, plan.campaign), slopes(totals, plan.campaign)
    assert shown["Break-even success rate"] == f"{rate:.1%}" and shown["Break-even cost per contact"] == f"${cost:,.2f}"
    assert shown["One unit more cost"] == dollars(per_cost) and shown["One point more success"] == dollars(per_rate / 100)
    assert f"This list of {totals.contacted:,} customers" in text(at)


def test_where_nothing_pays_nearby_no_assumption_moves_the_profit(open_page):
    at = open_tab(open_page("campaign", retention_cost="300", success_rate="0.01"), "Sensitivity")
    assert "No assumption moves the profit on its own" in text(at) and "Break-even success rate" not in metrics(at)
