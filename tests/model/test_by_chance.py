"""How many leave by chance where each customer leaves with the own probability."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from churn_core.model import by_chance

some = st.lists(st.floats(0, 1), max_size=40)


@given(some)
def test_the_chances_are_those_of_adding_one_customer_after_the_other(p):
    expected = np.ones(1)
    for each in p:
        expected = np.convolve(expected, [1 - each, each])
    assert by_chance.leavers(p) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("n", [1, 2, 15, 470, 7_043])
def test_alike_customers_leave_as_the_binomial_distribution_says(n):
    assert by_chance.leavers(np.full(n, 0.27)) == pytest.approx(binom.pmf(np.arange(n + 1), n, 0.27), abs=1e-12)
    assert by_chance.chance_of_so_many(np.full(n, 0.27), n // 3) == pytest.approx(binom.sf(n // 3 - 1, n, 0.27), abs=1e-12)
    assert by_chance.chance_of_so_few(np.full(n, 0.27), n // 3) == pytest.approx(binom.cdf(n // 3, n, 0.27), abs=1e-12)


@given(some, st.integers(0, 40))
def test_both_tails_and_their_double_are_chances(p, left):
    few, many = by_chance.chance_of_so_few(p, left), by_chance.chance_of_so_many(p, left)
    assert 0 <= few <= 1 and 0 <= many <= 1 and few + many >= 1 - 1e-12
    assert by_chance.chance_of_so_far(p, left) == pytest.approx(min(1, 2 * min(few, many)))


@given(st.lists(st.integers(0, 1), max_size=40))
def test_who_is_certain_is_no_distance_away(y):
    assert by_chance.mean_distance(y) == 0


def test_the_mean_distance_is_what_draws_show():
    p, rng = np.random.default_rng(1).beta(1, 4, 60), np.random.default_rng(2)
    drawn = np.abs((rng.random((40_000, 60)) < p).sum(axis=1) - p.sum())
    assert by_chance.mean_distance(p) == pytest.approx(drawn.mean(), abs=4 * drawn.std() / 200)
