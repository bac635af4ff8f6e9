"""``optimise``: scored customers → the most profitable campaign."""

import numpy as np
import pytest

from churn_core.data.read import read_table
from churn_core.schema import TELCO

NUMBERS = {"contacted", "expected_profit", "expected_spend", "roi"}


def test_optimise_finds_the_optimum_of_the_dashboards_customers(home, answer):
    told = answer("optimise")
    best, each, everybody = told["threshold"], told["per_customer"], told["contact_all"]
    assert set(best) == {"threshold", *NUMBERS} and set(each) == set(everybody) == NUMBERS
    assert 0.02 < best["threshold"] < 0.07
    assert best["expected_profit"] == pytest.approx(441_000, rel=0.03)
    assert each["expected_profit"] >= best["expected_profit"] >= everybody["expected_profit"]
    assert everybody["contacted"] == 7043 == told["customers"] and told["basis"] == "expected"


def test_optimise_reports_the_break_evens_of_the_customers(home, answer, workspace):
    charge = workspace.customers[TELCO.monthly_charge]
    expected = 10 / (0.3 * 12 * np.array([charge.max(), charge.median(), charge.min()]))
    assert list(answer("optimise")["break_even_probability"].values()) == pytest.approx(expected.tolist())


def test_the_curve_has_the_empty_campaign_and_a_row_for_each_distinct_score(home, answer, scored_telco):
    curve = answer("optimise", scored_telco[1])["curve"]
    scores = {float(text) for text in read_table(scored_telco[1]).frame["churn_probability"]}
    empty = {"threshold": None, "contacted": 0, "expected_profit": 0, "expected_spend": 0, "roi": None}
    assert curve[0] == empty and all(set(row) == set(empty) for row in curve)
    assert [row["threshold"] for row in curve[1:]] == sorted(scores, reverse=True)


def test_a_thinned_curve_keeps_the_ends_and_the_best_row(home, answer, scored_telco):
    whole, thinned = answer("optimise", scored_telco[1]), answer("optimise", scored_telco[1], "--curve-points", 50)
    assert 40 <= len(thinned["curve"]) <= 51
    assert all(row in whole["curve"] for row in thinned["curve"])
    assert [thinned["curve"][i] for i in (0, -1)] == [whole["curve"][i] for i in (0, -1)]
    assert whole["threshold"] in thinned["curve"]
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
    assert told["threshold"] == {"threshold": 0.1, "contacted": 3, "expected_profit": 70, "expected_spend": 30, "roi": 70 / 30}


def test_without_it_the_profits_are_the_expected_ones(home, answer, small):
    small.write_text("churn_probability,clv\n0.9,100\n0.8,100\n0.1,100\n")
    told = answer("optimise", small, *OPTIONS)
    assert told["basis"] == "expected"
    assert [row["expected_profit"] for row in told["curve"]] == pytest.approx([0, 35, 65, 60])


def test_a_lifetime_value_in_the_file_goes_before_the_monthly_charge(home, answer, small):
    lines = ["churn_probability,clv,MonthlyCharges", "0.9,100,1", "0.8,100,1", "0.1,100,1"]
    small.write_text("\n".join(lines))
    by_both = answer("optimise", small, *OPTIONS, "--clv-months", 24)
    small.write_text("churn_probability,MonthlyCharges\n0.9,10\n0.8,10\n0.1,10\n")
    by_charge = answer("optimise", small, *OPTIONS, "--clv-months", 10)
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
        ("churn_probability,clv,churned\n0.5,1,Yes\n", "Row 2: churned is 'Yes', not 0 or 1"),
        ("churn_probability,clv,clv\n0.5,1,1\n", "'clv'"),
        ("churn_probability,clv\n0.5,1\n0.5\n", "Row 3 has 1 values"),
    ],
)
def test_a_scored_file_that_cannot_be_used_is_refused_naming_the_column_or_the_row(home, refused, small, content, sentence):
    small.write_text(content)
    assert sentence in refused("optimise", small)
