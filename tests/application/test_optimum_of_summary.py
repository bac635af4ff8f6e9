"""What ``optimise`` answers of a summary, held against the answer of the customers themselves."""

import json
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.application.optimum import in_words, optimum, optimum_of_summary
from churn_core.application.scored_money import Money, scored_money
from churn_core.campaign import summary as summaries
from churn_core.campaign.economics import Campaign
from churn_core.campaign.objective import MAXIMUM_PROFIT, Objective
from churn_core.campaign.plan import Plan
from churn_core.campaign.summary import EMPTY, Summary
from churn_core.campaign.worth import Worth
from churn_core.errors import DataError
from churn_core.formats import money
from churn_core.schema.telco import TELCO
from churn_core.settings import MAX_MONEY
from tests.application.scored import CHARGE, FULL, GOOD, LIMITS, P
from tests.campaign.conftest import campaigns, objectives, tables_of


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


def test_a_summary_has_the_ranges_of_its_customers():
    told, of_list = optimum_of_summary(Summary.of(P, CHARGE), Plan()), optimum(scored_money(GOOD, TELCO), Plan())
    for name in ("threshold", "per_customer", "contact_all"):
        for which in ("range", "range_if_exact"):
            assert told[name][which] == pytest.approx(of_list[name][which], rel=1e-5), (name, which)
