"""Sets of bits count what a plain sum counts, of customers who stand for one or for several."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.decisions.segments.counting import Counter, Sums


def plainly(some: np.ndarray, others: np.ndarray, left: np.ndarray, weight: np.ndarray) -> Sums:
    both = some[:, None, :] & others[None, :, :]
    return Sums(customers=both.sum(-1).astype(float), standing=both @ weight, left=(both & left) @ weight)


def same(one: Sums, other: Sums) -> bool:
    pairs = ((one.customers, other.customers), (one.standing, other.standing), (one.left, other.left))
    return all(np.allclose(a, b) for a, b in pairs)


@given(st.integers(0, 200), st.integers(0, 5), st.integers(0, 999), st.booleans())
def test_sums_are_exact(customers, groups, seed, weighted):
    rng = np.random.default_rng(seed)
    members, left = rng.random((groups, customers)) < 0.4, rng.random(customers) < 0.3
    weight = rng.choice([0.5, 1.0, 4.0], customers) if weighted else None
    counter = Counter.of(left, weight)
    bits, ones = counter.pack(members), np.ones(customers) if weight is None else weight
    expected = plainly(members, members, left, ones)
    assert same(counter.pairs(bits), expected) and same(counter.together(bits, bits), expected)
    whole = counter.sums(bits)
    assert np.allclose(whole.left, (members & left) @ ones) and np.allclose(whole.standing, members @ ones)


def test_what_is_taken_away_is_counted_by_its_own_customers_alone():
    rng = np.random.default_rng(0)
    members, left, gone = rng.random((4, 300)) < 0.5, rng.random(300) < 0.3, rng.random(300) < 0.2
    sums = [Counter.of(left[rows]).pairs(Counter.of(left[rows]).pack(members[:, rows])) for rows in (gone | ~gone, gone, ~gone)]
    assert same(sums[0].without(sums[1]), sums[2])
    some = np.array([2, 0])
    assert same(sums[0].at(some), Counter.of(left).pairs(Counter.of(left).pack(members[some])))


@pytest.mark.parametrize("weight", [None, [1.0, 2.0]])
def test_nobody_is_counted_as_nobody(weight):
    counter = Counter.of(np.zeros(0, dtype=bool), None if weight is None else np.zeros(0))
    assert counter.sums(counter.pack(np.zeros((2, 0), dtype=bool))).customers.tolist() == [0.0, 0.0]
