"""Repeated customers are found however many there are, wherever they are kept meanwhile."""

from itertools import pairwise
from unittest import mock

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.data.cleaning import repeats
from churn_core.data.cleaning.repeats import Repeats, hashed

ids = st.lists(st.one_of(st.integers(0, 9).map(str), st.text(max_size=5)), max_size=60)
cuts = st.lists(st.integers(0, 60), max_size=5)
memory = st.sampled_from([1, 16, 100, 2**25])  # bytes
at_once = st.integers(1, 70)  # rows


def found_of(words: list[str], at=(), most: int = 3, first: int = 2) -> tuple[int, tuple[int, ...]]:
    """What is found when the ids come in parts, cut ``at`` these places."""
    series = pd.Series(words, index=range(first, first + len(words)), dtype="object")
    edges = [0, *sorted(min(cut, len(words)) for cut in at), len(words)]
    with Repeats() as repeated:
        for start, end in pairwise(edges):
            repeated.add(hashed(series.iloc[start:end]))
        return repeated.found(most)


def expected_of(words: list[str], most: int = 3) -> tuple[int, tuple[int, ...]]:
    again = np.flatnonzero(pd.Series(words, dtype="object").duplicated().to_numpy()) + 2
    return len(again), tuple(again[:most].tolist())


@given(ids, cuts, st.integers(0, 8))
def test_the_rows_whose_id_came_before_are_counted_and_the_first_of_them_named_whatever_the_parts(words, at, most):
    assert found_of(words, at, most) == expected_of(words, most)


@given(ids, cuts, memory, at_once, st.integers(1, 5))
def test_neither_the_disk_nor_several_passes_nor_workers_change_what_is_found(words, at, most_memory, rows, workers):
    with mock.patch.multiple(repeats, _IN_MEMORY=most_memory, _AT_ONCE=rows, _WORKERS=workers):
        assert found_of(words, at) == expected_of(words)


def test_what_is_more_than_fits_into_memory_goes_to_disk_and_vanishes_with_the_account(monkeypatch):
    monkeypatch.setattr(repeats, "_IN_MEMORY", 64)
    with Repeats() as repeated:
        repeated.add(hashed(pd.Series(list("abcd"))))
        assert not repeated._file._rolled
        repeated.add(hashed(pd.Series(list("abcd"), index=range(4, 8))))
        assert repeated._file._rolled
        assert repeated.found() == (4, (4, 5, 6))
    assert repeated._file.closed


def test_no_pass_sorts_many_more_rows_than_may_be_sorted_at_once(monkeypatch):
    monkeypatch.setattr(repeats, "_AT_ONCE", 1_000)
    sorted_at_once, in_order = [], repeats._sorted

    def counted(hashes):
        sorted_at_once.append(len(hashes))
        return in_order(hashes)

    monkeypatch.setattr(repeats, "_sorted", counted)
    words = [f"customer {i}" for i in range(10_000)]
    assert found_of(words + words[:1]) == (1, (10_002,))
    assert len(sorted_at_once) == 11 and sum(sorted_at_once) == 10_001
    assert max(sorted_at_once) < 1.3 * 1_000  # shared out by the hash, so about evenly


@given(ids.filter(bool))
def test_a_file_appended_to_itself_repeats_every_row(words):
    assert found_of(words + words, most=0)[0] == len(words) + expected_of(words)[0]


@given(ids, ids)
def test_what_was_found_can_be_asked_for_before_more_comes(words, more):
    with Repeats() as repeated:
        repeated.add(hashed(pd.Series(words, index=range(2, 2 + len(words)), dtype="object")))
        assert repeated.found() == expected_of(words) == repeated.found()
        repeated.add(hashed(pd.Series(more, index=range(2 + len(words), 2 + len(words) + len(more)), dtype="object")))
        assert repeated.found() == expected_of(words + more)


@pytest.mark.parametrize("dtype", ["object", "str"])
def test_ids_of_either_kind_of_text_are_the_same_ids(dtype):
    with Repeats() as repeated:
        repeated.add(hashed(pd.Series(["a", "ä", ""], dtype=dtype)))
        repeated.add(hashed(pd.Series(["", "ä", "b"], index=[3, 4, 5], dtype="object")))
        assert repeated.found() == (2, (3, 4))


def test_ids_that_lie_in_several_pieces_are_the_same_ids():
    pieces = pd.concat([pd.Series(["a", "b"], dtype="str"), pd.Series(["c", "a"], dtype="str")], ignore_index=True)
    with Repeats() as repeated:
        repeated.add(hashed(pieces))
        assert repeated.found() == (1, (3,))


def test_nobody_repeats_nobody():
    with Repeats() as repeated:
        assert repeated.found() == (0, ())
        repeated.add(hashed(pd.Series([], dtype="object")))
        assert repeated.found() == (0, ())
