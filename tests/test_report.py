"""What ``optimise`` answers: the optimum as JSON values, and sentences for files that cannot be used."""

import json
import re

import pandas as pd
import pytest

from churn_core.campaign.economics import Campaign
from churn_core.errors import DataError
from churn_core.report import optimum, scored_money
from churn_core.settings import MAX_MONEY

GOOD = pd.DataFrame(
    {"churn_probability": ["0.9", "0.5", "0.5", "0.1"], "MonthlyCharges": ["70", "20", "40", "0"]}, index=[2, 3, 4, 5]
)


def test_the_answer_is_json_even_where_no_probability_pays():
    for campaign in (Campaign(), Campaign(success_rate=0), Campaign(retention_cost=0), Campaign(retention_cost=MAX_MONEY)):
        json.dumps(optimum(scored_money(GOOD), campaign), allow_nan=False)


def test_the_curve_has_the_empty_campaign_and_one_row_for_each_distinct_score():
    curve = optimum(scored_money(GOOD), Campaign())["curve"]
    assert [row["threshold"] for row in curve] == [None, 0.9, 0.5, 0.1]
    assert [row["contacted"] for row in curve] == [0, 1, 3, 4] and curve[0]["roi"] is None


def test_what_happened_makes_the_profit_realised_and_keeps_the_order():
    table = GOOD.assign(churned=["0", "1", "0", "1"])
    expected, realised = optimum(scored_money(GOOD), Campaign()), optimum(scored_money(table), Campaign())
    assert (expected["basis"], realised["basis"]) == ("expected", "realised")
    assert [r["threshold"] for r in realised["curve"]] == [r["threshold"] for r in expected["curve"]]
    assert realised["contact_all"]["expected_profit"] == pytest.approx(0.3 * 12 * (20 + 0) - 4 * 10)
    assert realised["per_customer"]["contacted"] == expected["per_customer"]["contacted"]


def test_a_clv_column_is_the_value_and_the_horizon_then_changes_nothing():
    table = GOOD.assign(clv=["840", "240", "480", "0"])
    assert optimum(scored_money(table), Campaign(clv_months=1)) == optimum(scored_money(table), Campaign(clv_months=60))
    by_clv, by_charge = optimum(scored_money(table), Campaign()), optimum(scored_money(GOOD), Campaign())
    assert by_clv["threshold"] == pytest.approx(by_charge["threshold"])


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
        scored_money(table)


@pytest.mark.parametrize("missing", ["churn_probability", "MonthlyCharges"])
def test_a_missing_column_is_named(missing):
    with pytest.raises(DataError, match=missing):
        scored_money(GOOD.drop(columns=missing))


def test_no_rows_and_a_repeated_column_are_said():
    with pytest.raises(DataError, match="no customers"):
        scored_money(GOOD.head(0))
    with pytest.raises(DataError, match="more than once"):
        scored_money(pd.concat([GOOD, GOOD[["churn_probability"]]], axis=1))
