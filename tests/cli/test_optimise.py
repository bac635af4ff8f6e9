"""``optimise``: scored customers → the most profitable campaign."""

import numpy as np
import pytest

from churn_core.campaign.economics import Campaign
from churn_core.campaign.objective import Objective
from churn_core.campaign.optimise import Outcome, best_threshold, contact_all
from churn_core.data.reading.reader import read_table
from churn_core.decisions.policies import outcome_of
from churn_core.formats import money
from churn_core.schema.telco import TELCO

NUMBERS = {"contacted", "expected_profit", "expected_spend", "roi", "range", "range_if_exact"}
NO_RANGE = {name: {"low": 0, "high": 0} for name in ("range", "range_if_exact")}


def test_optimise_finds_the_optimum_of_the_dashboards_customers(home, answer):
    told = answer("optimise")
    best, each, everybody = told["threshold"], told["per_customer"], told["contact_all"]
    assert set(best) == {"threshold", *NUMBERS} and set(each) == set(everybody) == NUMBERS
    assert 0.02 < best["threshold"] < 0.07
    assert best["expected_profit"] == pytest.approx(200_000, rel=0.03)
    assert each["expected_profit"] >= best["expected_profit"] >= everybody["expected_profit"]
    assert everybody["contacted"] == 5174 == told["customers"] and told["basis"] == "expected"
    assert told["population"] == "here"


def test_the_telco_sample_at_the_defaults_has_the_figures_of_economics_md(home, answer):
    here, everybody = answer("optimise"), answer("optimise", "--customers", "all")

    def told(result):
        best = result["threshold"]
        halves = [(best[name]["high"] - best[name]["low"]) / 2 for name in ("range_if_exact", "range")]
        return [result["customers"], best["contacted"], *(round(x, -2) for x in (best["expected_profit"], *halves))]

    assert told(here) == [5174, 3432, 200_000, 27_900, 158_700]
    assert told(everybody) == [7043, 5265, 441_200, 39_800, 331_600]
    assert everybody["population"] == "all" and everybody["basis"] == "expected"
    assert here["threshold"]["threshold"] == pytest.approx(0.0457, abs=0.0001)


def test_an_unstated_margin_is_an_open_question_with_what_half_or_a_third_would_leave(home, answer, run):
    half, less = answer("optimise", "--customers", "all")["open_margin"]
    assert (round(half["expected_profit"]), round(half["threshold"], 3)) == (195_938, 0.082)
    assert round(less["expected_profit"]) == 100_974 and less["threshold"] == pytest.approx(0.147, abs=0.001)
    assert half["expected_profit"] == answer("optimise", "--customers", "all", "--margin", 0.5)["threshold"]["expected_profit"]
    said = run("optimise", "--customers", "all")[1]
    assert "Margin not stated: money is revenue, not profit. At 50% the best list earns 195,938 (threshold 8.2%), at 30%" in said


@pytest.mark.parametrize("margin", [0.5, 1])
def test_a_margin_that_was_stated_is_no_question_and_1_can_be_stated(home, answer, run, margin):
    assert answer("optimise", "--margin", margin)["open_margin"] is None
    assert "Margin not stated" not in run("optimise", "--margin", margin)[1]


def test_a_success_rate_that_is_exactly_right_leaves_the_narrow_range(home, answer):
    sure, unsure = answer("optimise", "--success-rate-give-or-take", 0), answer("optimise")
    assert sure["threshold"]["range"] == sure["threshold"]["range_if_exact"] == unsure["threshold"]["range_if_exact"]
    assert sure["threshold"]["expected_profit"] == unsure["threshold"]["expected_profit"]


def test_who_has_left_by_a_scored_files_outcome_is_left_out_unless_all_are_asked_for(home, answer, run, scored_telco):
    here, everybody = answer("optimise", scored_telco[1]), answer("optimise", scored_telco[1], "--customers", "all")
    assert (here["customers"], here["left_out"]) == (5174, 1869)
    assert (everybody["customers"], everybody["left_out"]) == (7043, 0)
    assert "1,869 customers have left" in run("optimise", scored_telco[1])[1]


def test_optimise_reports_the_break_evens_of_the_customers(home, answer, workspace):
    charge = workspace.still_here.customers[TELCO.monthly_charge]
    expected = 10 / (0.3 * 12 * np.array([charge.max(), charge.median(), charge.min()]))
    assert list(answer("optimise")["break_even_probability"].values()) == pytest.approx(expected.tolist())


def test_the_curve_has_the_empty_campaign_and_a_row_for_each_distinct_score(home, answer, scored_telco):
    curve = answer("optimise", scored_telco[1], "--customers", "all")["curve"]
    scores = {float(text) for text in read_table(scored_telco[1], TELCO).frame["churn_probability"]}
    empty = {"threshold": None, "contacted": 0, "expected_profit": 0, "expected_spend": 0, "roi": None}
    assert curve[0] == empty and all(set(row) == set(empty) for row in curve)
    assert [row["threshold"] for row in curve[1:]] == sorted(scores, reverse=True)


def test_a_thinned_curve_keeps_the_ends_and_the_best_row(home, answer, scored_telco):
    whole, thinned = answer("optimise", scored_telco[1]), answer("optimise", scored_telco[1], "--curve-points", 50)
    assert 40 <= len(thinned["curve"]) <= 51
    assert all(row in whole["curve"] for row in thinned["curve"])
    assert [thinned["curve"][i] for i in (0, -1)] == [whole["curve"][i] for i in (0, -1)]
    assert {name: whole["threshold"][name] for name in thinned["curve"][0]} in thinned["curve"]
    assert {**thinned, "curve": 0} == {**whole, "curve": 0}


@pytest.fixture
def small(tmp_path):
    """A scored file with lifetime values and what happened: two contacts pay, one of them left."""
    path = tmp_path / "small.csv"
    path.write_text("churn_probability,clv,churned\n0.9,100,1\n0.8,100,0\n0.1,100,1\n")
    return path


OPTIONS = ("--retention-cost", 10, "--success-rate", 0.5)


def test_what_happened_makes_it_a_back_test_in_the_order_of_the_probabilities(home, answer, small):
    told = answer("optimise", small, *OPTIONS)
    assert told["basis"] == "realised"
    assert [row["expected_profit"] for row in told["curve"]] == [0, 40, 30, 70]
    assert told["per_customer"]["expected_profit"] == 30  # the decisions are those of the probabilities
    best = {"threshold": 0.1, "contacted": 3, "expected_profit": 70, "expected_spend": 30, "roi": 70 / 30}
    assert {name: told["threshold"][name] for name in best} == best


def test_without_it_the_profits_are_the_expected_ones(home, answer, small):
    small.write_text("churn_probability,clv\n0.9,100\n0.8,100\n0.1,100\n")
    told = answer("optimise", small, *OPTIONS)
    assert told["basis"] == "expected"
    assert [row["expected_profit"] for row in told["curve"]] == pytest.approx([0, 35, 65, 60])


def test_a_lifetime_value_in_the_file_goes_before_the_monthly_charge(home, answer, small):
    lines = ["churn_probability,clv,MonthlyCharges", "0.9,100,1", "0.8,100,1", "0.1,100,1"]
    small.write_text("\n".join(lines))
    by_both = answer("optimise", small, *OPTIONS, "--clv-months", 24, "--margin", 1)
    small.write_text("churn_probability,MonthlyCharges\n0.9,10\n0.8,10\n0.1,10\n")
    by_charge = answer("optimise", small, *OPTIONS, "--clv-months", 10, "--margin", 1)
    assert by_both == by_charge


@pytest.mark.parametrize(
    "content, sentence",
    [
        ("clv\n1\n", "single column"),
        ("clv,x\n1,2\n", "Missing required column 'churn_probability'"),
        ("churn_probability,x\n0.5,2\n", "Missing required column 'MonthlyCharges' (or 'clv')"),
        ("churn_probability,clv\n", "no customers"),
        ("churn_probability,clv\n0.5,1\n1.5,1\n", "Row 3: churn_probability is '1.5', not "),
        ("churn_probability,clv\n0.5,-1\n", "Row 2: clv is '-1'"),
        ("churn_probability,clv\n0.5,inf\n", "Row 2: clv is 'inf'"),
        ("churn_probability,clv\nnan,1\n", "Row 2: churn_probability is 'nan'"),
        ("churn_probability,clv,churned\n0.5,1,0.5\n", "Row 2: churned is '0.5', not 0 or 1"),
        ("churn_probability,clv,churned\n0.5,1,soon\n", "Row 2: churned is 'soon', not 0 or 1"),
        ("churn_probability,clv,clv\n0.5,1,1\n", "'clv'"),
        ("churn_probability,clv\n0.5,1\n0.5\n", "Row 3 has 1 value,"),
    ],
)
def test_a_scored_file_that_cannot_be_used_is_refused_naming_the_column_or_the_row(home, refused, small, content, sentence):
    small.write_text(content)
    assert sentence in refused("optimise", small)


# Every campaign option


FULL = {
    "retention_cost": 12, "success_rate": 0.35, "clv_months": 18, "margin": 0.6, "annual_discount": 0.08, "monthly_survival": 0.98,
    "incentive": 25, "incentive_uptake": 0.7, "backfire_rate": 0.01, "fixed_cost": 2000,
}  # fmt: skip
LIMITS = [
    {}, {"budget": 20_000}, {"min_roi": 2}, {"min_marginal_roi": 2}, {"budget": 15_000, "min_roi": 3, "min_marginal_roi": 1},
]  # fmt: skip


def options(values: dict) -> list:
    return [word for name, value in values.items() for word in (f"--{name.replace('_', '-')}", value)]


def numbers(outcome: Outcome) -> dict:
    return {name: getattr(outcome, name) for name in ("contacted", "expected_profit", "expected_spend", "roi")}


@pytest.mark.parametrize("limits", LIMITS, ids=str)
@pytest.mark.parametrize("parameters", [{}, FULL], ids=["basic", "full"])
def test_campaign_options_and_limits_give_what_the_core_computes(home, answer, workspace, parameters, limits):
    told = answer("optimise", *options(parameters), *options(limits), "--curve-points", 3)
    campaign, objective, here = Campaign(**parameters), Objective(**limits), workspace.still_here
    swept = here.expected_sweep
    best = best_threshold(swept, campaign, objective)
    each = outcome_of(here.customers, here.probability, campaign, objective=objective, schema=TELCO)
    everybody = contact_all(swept, campaign)  # whatever the limits
    assert told["threshold"]["threshold"] == best.threshold
    for name, outcome in (("threshold", best), ("per_customer", each), ("contact_all", everybody)):
        assert {key: told[name][key] for key in numbers(outcome)} == numbers(outcome), name
    assert best.contacted > 0 and each.contacted > 0


@pytest.mark.parametrize("name", FULL)
def test_each_parameter_alone_changes_the_answer(home, answer, small, name):
    small.write_text("churn_probability,MonthlyCharges\n0.9,10\n0.8,12\n0.1,10\n")
    base = {"retention_cost": 3, "success_rate": 0.5, "incentive": 4, "fixed_cost": 1}
    moved = {"fixed_cost": 2, "incentive_uptake": 0.5}.get(name, FULL[name])
    before, after = answer("optimise", small, *options(base)), answer("optimise", small, *options(base | {name: moved}))
    assert before["contact_all"]["expected_profit"] != after["contact_all"]["expected_profit"]


@pytest.mark.parametrize("name, mild, strict", [("budget", 1e12, 5_000), ("min_roi", 0, 12), ("min_marginal_roi", 0, 5)])
def test_a_limit_that_binds_shortens_the_list_and_one_that_does_not_changes_nothing(home, answer, name, mild, strict):
    free, loose, tight = (answer("optimise", *options(limit)) for limit in ({}, {name: mild}, {name: strict}))
    assert loose == free
    for rule in ("threshold", "per_customer"):
        assert 0 < tight[rule]["contacted"] < free[rule]["contacted"] and tight[rule]["roi"] > free[rule]["roi"]
    assert tight["contact_all"] == free["contact_all"]


def test_a_budget_that_buys_no_contact_is_the_empty_campaign(home, answer, run):
    told = answer("optimise", "--budget", 9.99)
    empty = {"contacted": 0, "expected_profit": 0, "expected_spend": 0, "roi": None, **NO_RANGE}
    assert told["threshold"] == {"threshold": None, **empty} and told["per_customer"] == empty
    assert "best threshold —: contact 0" in run("optimise", "--budget", 9.99)[1]


# How sure


def test_how_sure_adds_the_interval_of_the_best_threshold_and_the_optimism_of_choosing_it(home, answer, run):
    all_of_them = ("optimise", "--customers", "all")
    told = answer(*all_of_them, "--how-sure", "--curve-points", 2)
    best, sure = told["threshold"], told["how_sure"]
    assert told["basis"] == "expected" and set(sure) == {"chance_of_loss", "threshold", "misses", "optimism"}
    assert set(sure["threshold"]) == {"realised_profit", "expected_profit", "roi"}
    for name in ("expected_profit", "roi"):
        low, high = sure["threshold"][name]["low"], sure["threshold"][name]["high"]
        assert low < best[name] < high
    assert sure["misses"]["beyond_chance"] is False and sure["chance_of_loss"] < 0.001
    assert set(sure["optimism"]) == {"chosen", "held_out", "gap", "corrected"}
    assert sure["optimism"]["gap"] == pytest.approx(sure["optimism"]["chosen"] - sure["optimism"]["held_out"])
    code, out, _ = run(*all_of_them, "--how-sure")
    low, high = sure["threshold"]["expected_profit"].values()
    assert code == 0 and f"long-run mean between {money(low)} and {money(high)}" in out and "back-test" in out
    assert set(answer(*all_of_them, "--curve-points", 2)) == set(told) - {"how_sure"}


def test_how_sure_without_what_happened_is_the_chance_of_a_loss_alone(home, answer, small):
    small.write_text("churn_probability,clv\n0.9,100\n0.8,100\n")
    assert set(answer("optimise", small, "--how-sure")["how_sure"]) == {"chance_of_loss"}
    assert set(answer("optimise", "--how-sure")["how_sure"]) == {"chance_of_loss"}


def test_how_sure_of_a_back_test_file_is_answered_even_for_one_customer(home, answer, small):
    assert "how_sure" in answer("optimise", small, "--how-sure")
    small.write_text("churn_probability,clv,churned\n0.9,100,1\n")
    assert answer("optimise", small, "--how-sure")["threshold"]["contacted"] == 1
