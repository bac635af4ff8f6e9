"""What ``optimise`` answers: the optimum as JSON values."""

import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from churn_core.application.optimum import contacts_in_words, in_words, optimum
from churn_core.application.scored_money import Money, scored_money
from churn_core.campaign.economics import Campaign
from churn_core.campaign.forecast import chance_of_loss, forecast_of
from churn_core.campaign.objective import Objective
from churn_core.campaign.optimise import best_threshold, choose, contact_all, per_customer
from churn_core.campaign.plan import Plan
from churn_core.campaign.sweep import sweep
from churn_core.campaign.uncertainty import Z, misses, optimism, realised_bands
from churn_core.campaign.worth import Worth
from churn_core.errors import DataError
from churn_core.formats import money
from churn_core.schema.telco import TELCO
from churn_core.settings import MAX_MONEY
from tests.application.scored import BACK_TEST, CHARGE, CHURNED, FULL, GOOD, LIMITS, P


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
