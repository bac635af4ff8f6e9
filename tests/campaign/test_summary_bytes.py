"""A summary as bytes: the same to the last bit, small, and refused where it is damaged."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.campaign import summary
from churn_core.campaign.summary import EMPTY, Summary
from churn_core.errors import DataError
from tests.campaign.test_summary import at_most, generated, limits, same, tables


def test_whoever_the_customers_are_the_summary_has_less_than_four_megabytes():
    rng = np.random.default_rng(0)
    anything = Summary.of(np.exp(rng.uniform(-14, 0, 300_000)), np.exp(rng.uniform(-9, 20, 300_000)))
    for found in (anything, Summary.of(*generated(300_000))):
        assert 400_000 < len(found.to_bytes()) < 4e6


@given(tables, limits)
def test_the_bytes_say_the_same_to_the_last_bit(table, most):
    with at_most(*most):
        found = Summary.of(table[0], table[1])
        again = Summary.from_bytes(found.to_bytes())
    assert again.cells.tobytes() == found.cells.tobytes() and again.bins.tobytes() == found.bins.tobytes()
    assert again.to_bytes() == found.to_bytes()
    same(again + EMPTY, found)


@given(st.data())
def test_a_changed_byte_is_noticed_wherever_it_is(data):
    content = bytearray(Summary.of([0.5, 0.2], [70.0, 20.0]).to_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(DataError, match="Summarise the customers again"):
        Summary.from_bytes(bytes(content))


@given(st.integers(0, 400))
def test_a_cut_off_end_is_noticed(length):
    content = Summary.of([0.5, 0.2], [70.0, 20.0]).to_bytes()
    with pytest.raises(DataError, match="Summarise the customers again"):
        Summary.from_bytes(content[: min(length, len(content) - 1)])


@pytest.mark.parametrize("counts", [(1, 0, 0, 0), (-1, 0, 0, 0), (0, 0, 99, 0), (2**60, 0, 0, 0)])
def test_sizes_that_cannot_be_are_refused_even_under_a_right_hash(counts):
    content = summary._COUNTS.pack(*counts)
    with pytest.raises(DataError, match="damaged"):
        Summary.from_bytes(summary._MAGIC + summary.hashlib.sha256(content).digest() + content)
