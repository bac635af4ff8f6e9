"""What a table says of what happened: who has left, and what could not be understood."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest

from churn_core.decisions.outcomes import Unread, about_unread, read_outcomes
from churn_core.errors import DataError
from churn_core.schema import Column, Schema
from churn_core.schema.telco import TELCO
from tests.gym import GYM

WRITTEN = pd.DataFrame({"Churn": ["Yes", "no", "", None, "perhaps", "perhaps", "soon", np.nan, "Churned"]})


def test_who_has_left_is_read_and_what_is_blank_or_not_understood_does_not_say_so():
    found = read_outcomes(WRITTEN, TELCO)
    assert found.left.tolist() == [True, *[False] * 7, True]
    assert found.unread.words == Counter(perhaps=2, soon=1) and found.unread.blank == 3 and found.unread.rows == 9
    assert np.array_equal(found.churned, [1, 0, *[np.nan] * 6, 1], equal_nan=True)


def test_two_columns_that_agree_are_one_and_what_one_leaves_blank_the_other_may_tell():
    found = read_outcomes(pd.DataFrame({"Churn": ["No", "Yes", "", None], "CHURN": [0.0, 1.0, 1.0, np.nan]}), TELCO)
    assert found.left.tolist() == [False, True, True, False] and (found.unread.blank, found.unread.words.total()) == (1, 0)


def test_two_columns_that_tell_different_outcomes_are_refused_with_the_first_row():
    raw = pd.DataFrame({"Churn": ["No", "No", "No"], "CHURN": [0, 1, 1]}, index=[2, 7, 9])
    with pytest.raises(DataError, match="'Churn' appears more than once .* 'No' and '1' in row 7. Keep one of them"):
        read_outcomes(raw, TELCO)


def test_a_table_without_outcomes_says_nothing():
    found = read_outcomes(pd.DataFrame({"tenure": [1, 2]}), TELCO)
    assert found.churned is None and not found.left.any() and found.left.shape == (2,)
    assert about_unread(found.unread, TELCO) == ()


def test_what_could_not_be_read_is_said_with_its_share_examples_and_the_mend_in_the_words_of_the_schema():
    (said,) = about_unread(read_outcomes(WRITTEN, TELCO).unread, TELCO)
    assert said == (
        "6 of 9 outcomes (67%) could not be read ('perhaps', 'soon', blank): counted as still here. "
        "Write Yes for each customer who left, else No."
    )
    (other,) = about_unread(Unread(rows=4, words=Counter(maybe=1)), GYM)
    assert other.startswith("1 of 4 outcomes (25%) could not be read ('maybe')") and "Write cancelled for each" in other


# A file is read in parts

PARTS = {
    "yes and no": (["Yes", "No", "Yes"], ["No", "", "perhaps"]),
    "one and minus one, sorted": (["-1", "-1"], ["1", "1"]),
    "one and nought, sorted": (["1", "1"], ["0", "0"]),
    "a word beside one": (["1"], ["Yes", "No"]),
}


@pytest.mark.parametrize("parts", PARTS.values(), ids=PARTS)
def test_the_parts_of_a_file_say_what_the_whole_says(parts):
    first, second = (read_outcomes(pd.DataFrame({"Churn": part}), TELCO) for part in parts)
    whole = read_outcomes(pd.DataFrame({"Churn": [*parts[0], *parts[1]]}), TELCO)
    assert first.unread + second.unread == whole.unread
    assert np.array_equal(np.concatenate([first.churned, second.churned]), whole.churned, equal_nan=True)


@pytest.mark.parametrize("parts", [("1", "2"), ("1", "12"), ("12", "0"), ("1-", "0")], ids=repr)
def test_a_file_whose_outcomes_change_their_meaning_from_part_to_part_is_refused(parts):
    first, second = (
        read_outcomes(pd.DataFrame({"Churn": ["-1" if word == "-" else word for word in part]}), TELCO).unread for part in parts
    )
    with pytest.raises(DataError, match="1, -1 or 2 alone in one part of the file .* Write Yes for each customer who left"):
        first + second


def test_a_word_for_who_has_only_just_joined_is_no_outcome_and_not_unread():
    column = Column(
        name="state", label="State", kind="flag", role="target", synonyms={"gone": "1", "here": "0"}, neither=("Joined",)
    )
    found = read_outcomes(pd.DataFrame({"state": ["gone", "here", "joined", "perhaps"]}), Schema(name="S", columns=(column,)))
    assert found.churned[:2].tolist() == [1, 0] and np.isnan(found.churned[2:]).all()
    assert (dict(found.unread.words), found.unread.blank) == ({"perhaps": 1}, 0)
