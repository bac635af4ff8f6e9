"""What ``optimise`` answers: the optimum as JSON values, and sentences for files that cannot be used."""

import json
import re
from dataclasses import replace
from unittest import mock

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.application.optimum import contacts_in_words, in_words, optimum, optimum_of_summary
from churn_core.application.scored_money import Money, scored_money
from churn_core.campaign import summary as summaries
from churn_core.campaign.economics import Campaign
from churn_core.campaign.forecast import chance_of_loss, forecast_of
from churn_core.campaign.objective import MAXIMUM_PROFIT, Objective
from churn_core.campaign.optimise import best_threshold, choose, contact_all, per_customer
from churn_core.campaign.plan import Plan
from churn_core.campaign.summary import EMPTY, Summary
from churn_core.campaign.sweep import sweep
from churn_core.campaign.uncertainty import Z, misses, optimism, realised_bands
from churn_core.campaign.worth import Worth
from churn_core.decisions.population import ALL, HERE
from churn_core.errors import DataError
from churn_core.formats import money
from churn_core.schema.telco import TELCO
from churn_core.settings import MAX_MONEY
from tests.campaign.conftest import campaigns, objectives, tables_of

GOOD = pd.DataFrame(
    {"churn_probability": ["0.9", "0.5", "0.5", "0.1"], "MonthlyCharges": ["70", "20", "40", "0"]}, index=[2, 3, 4, 5]
)

BACK_TEST = GOOD.assign(churned=["0", "1", "0", "1"])
P, CHARGE, CHURNED = np.array([0.9, 0.5, 0.5, 0.1]), np.array([70.0, 20, 40, 0]), np.array([0.0, 1, 0, 1])


def test_the_answer_is_json_even_where_no_probability_pays():
    for campaign in (Campaign(), Campaign(success_rate=0), Campaign(retention_cost=0), Campaign(retention_cost=MAX_MONEY)):
        json.dumps(optimum(scored_money(GOOD, TELCO), Plan(campaign=campaign)), allow_nan=False)
        json.dumps(optimum(scored_money(BACK_TEST, TELCO), Plan(campaign=campaign), how_sure=True), allow_nan=False)


def test_the_curve_has_the_empty_campaign_and_one_row_for_each_distinct_score():
    curve = optimum(scored_money(GOOD, TELCO), Plan())["curve"]
    assert [row["threshold"] for row in curve] == [None, 0.9, 0.5, 0.1]
    assert [row["contacted"] for row in curve] == [0, 1, 3, 4] and curve[0]["roi"] is None


def test_what_happened_makes_the_profit_realised_and_keeps_the_order():
    expected, realised = optimum(scored_money(GOOD, TELCO), Plan()), optimum(scored_money(BACK_TEST, TELCO), Plan())
    assert (expected["basis"], realised["basis"]) == ("expected", "realised")
    assert [r["threshold"] for r in realised["curve"]] == [r["threshold"] for r in expected["curve"]]
    assert realised["contact_all"]["expected_profit"] == pytest.approx(0.3 * 12 * (20 + 0) - 4 * 10)
    assert realised["per_customer"]["contacted"] == expected["per_customer"]["contacted"]


def flat(values: dict) -> dict:
    """A table of numbers, without tables in it."""
    ranges = {f"{name} {end}": values[name][end] for name in ("range", "range_if_exact") for end in ("low", "high")}
    return {**{name: value for name, value in values.items() if not isinstance(value, dict)}, **ranges}


def test_a_clv_column_is_the_value_and_the_horizon_then_changes_nothing():
    table = GOOD.assign(clv=["840", "240", "480", "0"])
    short, long = (Plan(campaign=Campaign(clv_months=months)) for months in (1, 60))
    assert optimum(scored_money(table, TELCO), short) == optimum(scored_money(table, TELCO), long)
    by_clv, by_charge = optimum(scored_money(table, TELCO), Plan()), optimum(scored_money(GOOD, TELCO), Plan())
    assert flat(by_clv["threshold"]) == pytest.approx(flat(by_charge["threshold"]))


FULL = Campaign(
    retention_cost=2, success_rate=0.5, clv_months=6, margin=0.9, annual_discount=0.1, monthly_survival=0.98, incentive=8,
    incentive_uptake=0.9, backfire_rate=0.01, fixed_cost=5,
)  # fmt: skip
LIMITS = [Objective(), Objective(budget=18), Objective(min_roi=10), Objective(min_marginal_roi=4), Objective(budget=0)]


@pytest.mark.parametrize("asked", LIMITS, ids=str)
@pytest.mark.parametrize("campaign", [Campaign(), FULL], ids=["basic", "full"])
@pytest.mark.parametrize("table", [GOOD, BACK_TEST], ids=["expected", "realised"])
def test_each_answer_is_that_of_the_core_within_the_limits(table, campaign, asked):
    told = optimum(scored_money(table, TELCO), Plan(campaign=campaign, objective=asked))
    churned = CHURNED if "churned" in table else None
    swept, clv = sweep(P, monthly_charge=CHARGE, leaving=churned), campaign.clv(CHARGE)
    best, each = best_threshold(swept, campaign, asked), per_customer(P, clv, campaign, churned, asked)
    everybody = contact_all(swept, campaign)
    for name, outcome in (("threshold", best), ("per_customer", each), ("contact_all", everybody)):
        numbers = {key: told[name][key] for key in ("contacted", "expected_profit", "expected_spend", "roi")}
        assert numbers == {key: getattr(outcome, key) for key in numbers}, name
        assert told[name].get("upper_bound") == outcome.upper_bound
    assert told["threshold"]["threshold"] == best.threshold


def test_a_list_within_a_budget_that_may_not_be_the_best_tells_what_the_best_can_earn_at_most():
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"churn_probability": rng.beta(0.6, 1.6, 7_043), "MonthlyCharges": rng.uniform(18, 119, 7_043)})
    plan = Plan(campaign=Campaign(incentive=20, incentive_uptake=0.5), objective=Objective(budget=35_215))
    told = optimum(scored_money(table.astype(str), TELCO), plan)
    assert told["per_customer"]["upper_bound"] >= told["per_customer"]["expected_profit"]
    assert f"(none can earn more than {money(told['per_customer']['upper_bound'])})" in "\n".join(in_words(told, TELCO))
    for exact in (Plan(objective=Objective(budget=25)), Plan(campaign=FULL, objective=Objective(budget=18))):
        assert "upper_bound" not in optimum(scored_money(GOOD, TELCO), exact)["per_customer"]


def test_what_was_realised_is_not_held_against_a_bound_on_what_was_expected():
    """All of them left, so the contacts earned more than the probabilities promised for the best list there is."""
    left = optimum(scored_money(GOOD.assign(churned="1"), TELCO), Plan(campaign=FULL, objective=Objective(budget=25)))
    each = left["per_customer"]
    assert each["expected_profit"] <= each.get("upper_bound", np.inf)


# How sure


@pytest.mark.parametrize("campaign", [Campaign(), FULL], ids=["basic", "full"])
def test_how_sure_is_the_interval_of_the_best_threshold_and_the_optimism_of_choosing_it(campaign):
    told = optimum(scored_money(BACK_TEST, TELCO), Plan(campaign=campaign), how_sure=True)
    best, sure = told["threshold"], told["how_sure"]
    profit, roi = realised_bands(best["threshold"] <= P, CHURNED, campaign.clv(CHARGE), campaign)
    interval = {"expected_profit": {"low": profit.low, "high": profit.high}, "roi": {"low": roi.low, "high": roi.high}}
    assert sure["threshold"] == {"realised_profit": profit.estimate, **interval}
    listed = best["threshold"] <= P
    assert sure["chance_of_loss"] == chance_of_loss(P[listed], campaign.clv(CHARGE[listed]), campaign)
    missed = misses(P[listed], CHURNED[listed], campaign.clv(CHARGE[listed]), campaign)
    assert sure["misses"] == {"standard_deviations": missed, "beyond_chance": abs(missed) > Z}
    assert (profit.low + profit.high) / 2 == pytest.approx(best["expected_profit"])
    flattery = optimism(sweep(P, monthly_charge=CHARGE, leaving=CHURNED), campaign)
    assert sure["optimism"] == {**vars(flattery), "gap": flattery.gap, "corrected": flattery.corrected}
    assert f"its long-run mean between {money(profit.low)} and {money(profit.high)}" in "\n".join(in_words(told, TELCO))


def test_what_is_not_asked_for_is_not_answered():
    assert "how_sure" not in optimum(scored_money(BACK_TEST, TELCO), Plan())


def test_an_empty_campaign_is_surely_nothing_and_has_no_roi():
    nobody = Plan(campaign=Campaign(success_rate=0))
    sure = optimum(scored_money(BACK_TEST, TELCO), nobody, how_sure=True)["how_sure"]
    assert sure["threshold"] == {"realised_profit": 0, "expected_profit": {"low": 0, "high": 0}, "roi": None}
    assert sure["optimism"] == {"chosen": 0, "held_out": 0, "gap": 0, "corrected": 0} and sure["chance_of_loss"] == 0


def test_without_what_happened_the_chance_of_a_loss_is_all_that_can_be_told():
    told = optimum(scored_money(GOOD, TELCO), Plan(), how_sure=True)
    assert set(told["how_sure"]) == {"chance_of_loss"}
    with pytest.raises(DataError, match=re.escape("Add the column churned (0/1).")):
        optimum(scored_money(GOOD, TELCO), Plan(), realised=True)


# The range


@pytest.mark.parametrize("campaign", [Campaign(), FULL], ids=["basic", "full"])
@pytest.mark.parametrize("table", [GOOD, BACK_TEST], ids=["expected", "realised"])
def test_each_answer_has_the_range_of_what_its_contacts_will_earn_around_its_profit(table, campaign):
    told = optimum(scored_money(table, TELCO), Plan(campaign=campaign))
    happens, clv = CHURNED if "churned" in table else P, campaign.clv(CHARGE)
    lists = {
        "threshold": told["threshold"]["threshold"] <= P,
        "per_customer": choose(P, clv, campaign)[0],
        "contact_all": np.ones(4, dtype=bool),
    }
    for name, listed in lists.items():
        ranges = forecast_of(happens[listed], clv[listed], campaign, told[name]["expected_profit"])
        assert told[name]["range"] == {"low": ranges.range.low, "high": ranges.range.high}, name
        assert told[name]["range_if_exact"] == {"low": ranges.range_if_exact.low, "high": ranges.range_if_exact.high}
        assert told[name]["range"]["low"] <= told[name]["expected_profit"] <= told[name]["range"]["high"]


def test_a_success_rate_that_is_exactly_right_leaves_one_range():
    told = optimum(scored_money(GOOD, TELCO), Plan(campaign=Campaign(success_rate_give_or_take=0)))
    assert told["threshold"]["range"] == told["threshold"]["range_if_exact"]


def test_a_summary_has_the_ranges_of_its_customers():
    told, of_list = optimum_of_summary(Summary.of(P, CHARGE), Plan()), optimum(scored_money(GOOD, TELCO), Plan())
    for name in ("threshold", "per_customer", "contact_all"):
        for which in ("range", "range_if_exact"):
            assert told[name][which] == pytest.approx(of_list[name][which], rel=1e-5), (name, which)


# Who has left


def test_who_has_left_by_the_files_own_outcome_is_left_out_unless_all_are_asked_for():
    table = GOOD.assign(Churn=["Yes", "No", "", "no"])
    here, everybody = scored_money(table, TELCO), scored_money(table, TELCO, ALL)
    assert here.left_out == 1 and here.probability.tolist() == [0.5, 0.5, 0.1] and here.churned is None
    assert everybody.left_out == 0 and optimum(everybody, Plan())["contact_all"]["contacted"] == 4
    assert optimum(here, Plan())["basis"] == "expected"


def test_the_column_churned_is_a_back_test_of_all_unless_those_still_here_are_asked_for():
    assert scored_money(BACK_TEST, TELCO).churned.tolist() == CHURNED.tolist()
    here = scored_money(BACK_TEST, TELCO, HERE)
    assert here.churned is None and here.probability.tolist() == P[CHURNED == 0].tolist() and here.left_out == 2


def test_a_file_of_nobody_but_leavers_says_what_to_do():
    with pytest.raises(DataError, match="All 4 customers have left.*--customers all"):
        scored_money(GOOD.assign(Churn="Yes"), TELCO)


# Of a summary


def close(value):
    """Equal but for the rounding of sums; what has no value has none."""
    if isinstance(value, dict):
        return {name: close(each) for name, each in value.items()}
    return None if value is None else pytest.approx(value, rel=1e-9, abs=1e-6)


def not_above(value: float, bound: float) -> bool:
    return value <= bound + 1e-9 * abs(bound) + 1e-6


def both(table: np.ndarray, plan: Plan, cells: int = summaries.MOST_CELLS) -> tuple[dict, dict]:
    """The answer from the summary, which may be a coarse one, and the one from the customers themselves."""
    p, charge, _ = table
    with mock.patch.multiple(summaries, MOST_CELLS=cells, MOST_BINS=cells):
        summary = Summary.from_bytes(Summary.of(p, charge).to_bytes())
        return optimum_of_summary(summary, plan), optimum(Money(probability=p, worth=Worth(amount=charge)), plan)


@given(tables_of(30), campaigns, objectives.filter(lambda objective: not objective.marginal), st.integers(1, 40))
def test_the_threshold_of_a_summary_earns_no_more_than_the_best_one_which_earns_no_more_than_its_bound(
    table, campaign, asked, most
):
    told, exact = both(table, Plan(campaign=campaign, objective=asked), most)
    assert not_above(told["threshold"]["expected_profit"], exact["threshold"]["expected_profit"])
    assert not_above(exact["threshold"]["expected_profit"], told["threshold"]["upper_bound"])


@given(tables_of(30), campaigns, st.integers(1, 40))
def test_deciding_by_a_summary_earns_no_more_than_one_by_one_which_earns_no_more_than_its_bound(table, campaign, most):
    told, exact = both(table, Plan(campaign=campaign), most)
    assert not_above(told["per_customer"]["expected_profit"], exact["per_customer"]["expected_profit"])
    assert not_above(exact["per_customer"]["expected_profit"], told["per_customer"]["upper_bound"])


@given(tables_of(30), campaigns, objectives, st.integers(1, 40))
def test_how_many_there_are_and_what_everybody_earns_is_exact_however_coarse_the_summary(table, campaign, asked, most):
    told, exact = both(table, Plan(campaign=campaign, objective=asked), most)
    assert (told["basis"], told["customers"]) == (exact["basis"], exact["customers"])
    for name in ("contacted", "expected_profit", "expected_spend", "roi"):
        assert told["contact_all"][name] == close(exact["contact_all"][name])
    assert (told["per_customer"] is None) == (asked != MAXIMUM_PROFIT)  # only a list of customers can keep to limits


@given(tables_of(30), campaigns, st.integers(1, 40))
def test_every_row_of_the_curve_of_a_summary_is_one_of_the_exact_curve(table, campaign, most):
    told, exact = both(table, Plan(campaign=campaign), most)
    rows = {row["contacted"]: row for row in exact["curve"]}
    assert told["curve"][0] == rows[0] and told["curve"][-1]["contacted"] == exact["customers"]
    for row in told["curve"]:
        assert row == close(rows[row["contacted"]])


@given(tables_of(30), campaigns)
def test_customers_with_a_cell_to_themselves_are_told_as_they_are(table, campaign):
    p, first = np.unique(np.round(table[0] * 64) / 64, return_index=True)
    alone = np.stack([p, table[1][first], table[2][first]])
    told, exact = both(alone, Plan(campaign=campaign))
    for name in ("threshold", "per_customer"):
        profit = exact[name]["expected_profit"]
        assert told[name]["expected_profit"] == close(profit) and told[name]["upper_bound"] == close(profit)
    for name in ("min", "max"):
        assert told["break_even_probability"][name] == close(exact["break_even_probability"][name])
    if len(p) % 2:
        assert told["break_even_probability"]["median"] == close(exact["break_even_probability"]["median"])


@pytest.mark.parametrize("asked", LIMITS, ids=str)
@pytest.mark.parametrize("campaign", [Campaign(), FULL, Campaign(success_rate=0), Campaign(retention_cost=MAX_MONEY)])
def test_the_answer_of_a_summary_is_json_and_can_be_read_aloud(campaign, asked):
    told = optimum_of_summary(Summary.of(P, CHARGE), Plan(campaign=campaign, objective=asked))
    json.dumps(told, allow_nan=False)
    lines = "\n".join(in_words(told, TELCO))
    assert f"none can earn more than {money(told['threshold']['upper_bound'])}" in lines
    assert ("customer by customer" in lines) == (asked == Objective())


@pytest.mark.parametrize("points", [1, 2, 10, 400])
def test_the_curve_of_a_summary_has_about_as_many_points_as_are_asked_for(points):
    rng = np.random.default_rng(3)
    summary = Summary.of(rng.random(3_000), rng.uniform(20, 120, 3_000))
    curve = optimum_of_summary(summary, Plan(), points)["curve"]
    assert min(points, 2) <= len(curve) <= points + 3
    assert (curve[0]["contacted"], curve[-1]["contacted"]) == (0, 3_000)
    assert max(row["expected_profit"] for row in curve) == close(
        optimum_of_summary(summary, Plan())["threshold"]["expected_profit"]
    )


def test_a_summary_of_nobody_has_no_optimum():
    with pytest.raises(DataError, match="The summary holds no customers"):
        optimum_of_summary(EMPTY, Plan())


# Files that cannot be used


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("churn_probability", "1.2", "Row 3: churn_probability is '1.2'"),
        ("churn_probability", "", "Row 3: churn_probability"),
        ("MonthlyCharges", "-1", "Row 3: MonthlyCharges"),
        ("MonthlyCharges", "1e308", "Row 3: MonthlyCharges"),
        ("churned", "0.5", "Row 3: churned is '0.5', not 0 or 1"),
        ("clv", "inf", "Row 3: clv"),
    ],
)
def test_a_value_that_cannot_be_is_named_by_row_and_column(column, value, said):
    table = GOOD.copy()
    table[column] = ["1", value, "1", "1"]
    with pytest.raises(DataError, match=re.escape(said)):
        scored_money(table, TELCO)


@pytest.mark.parametrize("missing", ["churn_probability", "MonthlyCharges"])
def test_a_missing_column_is_named(missing):
    with pytest.raises(DataError, match=missing):
        scored_money(GOOD.drop(columns=missing), TELCO)


def test_no_rows_and_a_repeated_column_are_said():
    with pytest.raises(DataError, match="no customers"):
        scored_money(GOOD.head(0), TELCO)
    with pytest.raises(DataError, match="more than once"):
        scored_money(pd.concat([GOOD, GOOD[["churn_probability"]]], axis=1), TELCO)


@pytest.mark.parametrize("amount", [5e-324, 1e-320, 1e-300, 1e-10])
def test_a_cost_of_next_to_nothing_is_worked_out_without_a_warning(amount):
    told = optimum(scored_money(GOOD, TELCO), Plan(campaign=Campaign(retention_cost=amount)))
    json.dumps(told, allow_nan=False)
    assert told["threshold"]["contacted"] > 0


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        (TELCO, "in the currency of the charges"),
        (replace(TELCO, currency="CHF"), "in CHF"),
        (replace(TELCO, columns=TELCO.columns[:5]), "in the currency of what they are worth"),
    ],
    ids=["unknown", "said", "for life"],
)
def test_amounts_are_in_the_currency_of_the_schema_where_it_is_known(schema, told):
    result = optimum(Money(probability=np.array([0.6, 0.1]), worth=Worth(amount=np.array([90.0, 20.0]))), Plan())
    assert in_words(result, schema)[0].endswith(f"profit expected, {told}")
    assert contacts_in_words(result["threshold"], schema).endswith(f", {told}")
