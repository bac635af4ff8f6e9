"""What a file says of a campaign, in the words and under the names that people use."""

import numpy as np
import pandas as pd
import pytest

from churn_core.data.campaign_columns import read_arms, read_campaign
from churn_core.errors import DataError
from churn_core.schema.telco import TELCO
from tests.gym import GYM

IDS = ["a", "b", "c"]


@pytest.mark.parametrize(
    "name, words",
    [
        ("arm", ["treated", "control", ""]),
        ("Arm", ["Contacted", "held", None]),
        ("treated", [1, 0, np.nan]),
        ("Contacted", ["yes", "no", "-"]),
        ("control_group", [False, True, None]),
        ("Control group", ["no", "yes", ""]),
        ("holdout", [0, 1, np.nan]),
    ],
)
def test_who_was_treated_is_understood_in_any_of_its_usual_forms(name, words):
    arms = read_arms(pd.DataFrame({TELCO.id: IDS, name: pd.Series(words, dtype="object")}), TELCO)
    np.testing.assert_array_equal(arms.treated, [1.0, 0.0, np.nan])
    assert arms.column == name


def test_a_column_of_the_schema_says_nothing_of_a_campaign():
    assert read_arms(pd.DataFrame({TELCO.id: IDS, "Contract": ["One year"] * 3}), TELCO) is None
    assert read_arms(pd.DataFrame({column.name: ["x"] for column in GYM.columns}), GYM) is None


def test_a_column_that_means_something_else_is_refused_with_examples():
    with pytest.raises(DataError, match="'arm' could not be understood .'left-handed'"):
        read_arms(pd.DataFrame({TELCO.id: IDS, "arm": ["left-handed"] * 3}), TELCO)


@pytest.mark.parametrize("name, words", [
    ("left", [1, 0, ""]), ("Left", ["yes", "no", None]), ("outcome", ["left", "stayed", ""]), ("Churn", ["Yes", "No", ""]),
    ("has left", ["true", "false", "n/a"]),
])  # fmt: skip
def test_who_left_is_understood_under_its_usual_names(name, words):
    found = read_campaign(pd.DataFrame({TELCO.id: IDS, name: pd.Series(words, dtype="object")}), TELCO)
    np.testing.assert_array_equal(found.left, [1.0, 0.0, np.nan])
    assert found.ids == IDS and not found.unread


def test_words_that_are_not_understood_are_kept_for_a_sentence_and_most_of_them_are_refused():
    found = read_campaign(pd.DataFrame({TELCO.id: [*IDS, "d"], "left": ["1", "0", "perhaps", "0"]}), TELCO)
    assert dict(found.unread) == {"perhaps": 1} and np.isnan(found.left[2])
    with pytest.raises(DataError, match="3 of 3 values in the column 'left'"):
        read_campaign(pd.DataFrame({TELCO.id: IDS, "left": ["perhaps", "maybe", "?!"]}), TELCO)


def test_without_ids_or_an_outcome_the_sentence_says_which_column_to_add():
    with pytest.raises(DataError, match="no column 'customerID'"):
        read_campaign(pd.DataFrame({"left": [1]}), TELCO)
    with pytest.raises(DataError, match="Add a column 'left'"):
        read_campaign(pd.DataFrame({TELCO.id: IDS}), TELCO)


def test_costs_are_amounts_and_none_is_below_nothing():
    found = read_campaign(pd.DataFrame({TELCO.id: IDS, "left": [1, 0, 0], "cost": ["12.50", "", "$7"]}), TELCO)
    np.testing.assert_array_equal(found.cost, [12.5, np.nan, 7.0])
    for wrong, says in (("cheap", "is not a cost"), ("-3", "is a cost below 0")):
        with pytest.raises(DataError, match=says):
            read_campaign(pd.DataFrame({TELCO.id: ["a"], "left": [1], "cost": [wrong]}), TELCO)


def test_days_of_leaving_are_read_and_others_refused():
    found = read_campaign(pd.DataFrame({TELCO.id: IDS, "left_on": ["2026-01-31", "", "2026-02-01"]}), TELCO)
    assert found.left_on[2] - found.left_on[0] == 1 and np.isnan(found.left_on[1])
    with pytest.raises(DataError, match="could not be read"):
        read_campaign(pd.DataFrame({TELCO.id: IDS, "left_on": ["soon", "later", "never"]}), TELCO)
