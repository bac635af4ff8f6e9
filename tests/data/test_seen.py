"""The usual value of a column is the most frequent one, by whatever type the values are kept."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.data.seen import most_frequent
from churn_core.schema import BLANK, Column

WORDS = ("one year", "month", "two years", BLANK)
PLAN = Column(name="plan", label="Plan", kind="category", allowed=("one year", "month", "two years"))


@given(st.lists(st.sampled_from(WORDS), min_size=1))
def test_no_other_value_is_more_frequent_and_a_blank_is_none(values):
    found = most_frequent(pd.Series(pd.Categorical(values, WORDS)), PLAN)
    counts = {word: values.count(word) for word in WORDS[:3]}
    assert (found is None) if not any(counts.values()) else (found == max(counts, key=counts.get))


@given(st.lists(st.sampled_from(sorted(WORDS)), min_size=1))
def test_words_that_are_kept_as_texts_say_the_same(values):
    as_category = most_frequent(pd.Series(pd.Categorical(values, sorted(WORDS))), PLAN)
    assert most_frequent(pd.Series(values), PLAN) == as_category


@pytest.mark.parametrize(("values", "usual"), [([0, 1, 1], 1), ([1, 0, 0], 0), ([], None)])
def test_of_yes_and_no_it_is_a_number(values, usual):
    found = most_frequent(pd.Series(values, dtype=int), Column(name="senior", label="Senior", kind="flag"))
    assert found == usual and not isinstance(found, bool)
