"""What a table says of what happened: who has left, and what could not be understood."""

from collections import Counter

import numpy as np
import pandas as pd

from churn_core.decisions.outcomes import about_unread, read_outcomes
from churn_core.schema.telco import TELCO
from tests.gym import GYM

WRITTEN = pd.DataFrame({"Churn": ["Yes", "no", "", None, "perhaps", "perhaps", "soon", np.nan, "Churned"]})


def test_who_has_left_is_read_and_what_is_blank_or_not_understood_does_not_say_so():
    found = read_outcomes(WRITTEN, TELCO)
    assert found.left.tolist() == [True, *[False] * 7, True]
    assert found.unread == Counter(perhaps=2, soon=1)


def test_any_of_several_columns_can_say_so():
    found = read_outcomes(pd.DataFrame({"Churn": ["No", "No"], "CHURN": [0, 1]}), TELCO)
    assert found.left.tolist() == [False, True] and not found.unread


def test_a_table_without_outcomes_says_nothing():
    found = read_outcomes(pd.DataFrame({"tenure": [1, 2]}), TELCO)
    assert not found.left.any() and found.left.shape == (2,) and about_unread(found.unread, TELCO) == ()


def test_what_could_not_be_read_is_said_with_examples_and_the_mend_in_the_words_of_the_schema():
    (said,) = about_unread(read_outcomes(WRITTEN, TELCO).unread, TELCO)
    assert said == (
        "3 outcomes could not be read ('perhaps' and 'soon'): counted as still here. Write Yes for each customer who left, else No."
    )
    (other,) = about_unread(Counter(maybe=1), GYM)
    assert other.startswith("1 outcome could not be read ('maybe')") and "Write cancelled for each" in other
