"""The three tests behind a segment are those of the books, and weighted customers count as many as they can say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from churn_core.decisions.segments.statistics import Tally, fisher, holm, wilson

counts = st.integers(0, 60)


def tally(left: int, stayed: int) -> Tally:
    number = left + stayed
    return Tally(number=number, left=left, rate=left / number if number else float("nan"))


@given(counts, counts, counts, counts)
def test_fishers_test_is_exact_on_both_sides(a, b, c, d):
    table = [[a, b], [c, d]]
    for side, alternative in ((1, "greater"), (-1, "less")):
        assert fisher(tally(a, b), tally(c, d), side) == pytest.approx(fisher_exact(table, alternative).pvalue, abs=1e-9)


@given(st.integers(0, 50), st.integers(1, 50), st.floats(0.5, 0.999))
def test_an_interval_holds_its_rate_and_is_wider_the_surer(left, more, level):
    one = tally(left, more)
    low, high = wilson(one, level)
    assert 0 <= low <= one.rate <= high <= 1
    wider = wilson(one, level + (1 - level) / 2)
    assert wider[0] <= low and high <= wider[1]


@given(st.lists(st.floats(0, 1), max_size=8), st.floats(0.001, 0.2))
def test_holm_refuses_whatever_is_less_likely_to_hold_than_what_it_refuses(p, level):
    held = holm(p, level)
    kept = [each for each, holds in zip(p, held, strict=True) if holds]
    assert all(each <= level for each in kept)
    assert all(one <= other for one in kept for other, holds in zip(p, held, strict=True) if not holds)
    assert all(holds for each, holds in zip(p, held, strict=True) if each <= level / max(len(p), 1))


def test_equal_weights_say_as_much_as_none_and_unequal_ones_less():
    left, all_ = np.arange(100) % 4 == 0, np.ones(100, dtype=bool)
    assert Tally.of(all_, left, np.full(100, 7.0)) == Tally.of(all_, left, None) == tally(25, 75)
    uneven = Tally.of(all_, left, np.where(left, 9.0, 1.0))
    assert uneven.rate == pytest.approx(225 / 300) and uneven.number < 100
    assert Tally.of(all_, left, np.zeros(100)).number == 0
