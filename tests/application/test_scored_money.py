"""A scored file as what decides: who of it counts, and sentences for files that cannot be used."""

import re

import pandas as pd
import pytest

from churn_core.application.optimum import optimum
from churn_core.application.scored_money import scored_money
from churn_core.campaign.plan import Plan
from churn_core.decisions.population import ALL, HERE
from churn_core.errors import DataError
from churn_core.schema.telco import TELCO
from tests.application.scored import BACK_TEST, CHURNED, GOOD, P

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
