"""Texts are hashed all at once as they would be one by one."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.data.cleaning.text_hashes import hashes_of

words = st.one_of(st.text(max_size=12), st.integers(0, 10**9).map(str), st.text("ab", min_size=60, max_size=70))


def hashed(texts: list[str]) -> np.ndarray:
    return hashes_of(pa.array(texts, pa.large_string()))


@given(st.lists(words, max_size=30), st.integers(0, 30))
def test_a_text_has_the_same_hash_alone_among_others_and_in_a_piece_of_them(texts, start):
    hashes = hashed(texts)
    assert hashes.dtype == np.uint64 and hashes.shape == (len(texts),)
    assert hashes.tolist() == [int(hashed([text])[0]) for text in texts]
    assert hashes_of(pa.array(texts, pa.large_string())[start:]).tolist() == hashes[start:].tolist()


@given(st.lists(words, unique=True, max_size=30))
def test_other_texts_have_other_hashes(texts):
    assert len(set(hashed(texts).tolist())) == len(texts)


@pytest.mark.parametrize("number", ["{:08d}-KEEP", "{}", "C{:09d}", "{0:020d}{0}", "\0{:d}\0", "ä{:d}"])
def test_numbered_ids_have_a_hash_each_that_is_spread_over_all_numbers(number):
    hashes = hashed([number.format(i) for i in range(200_000)])
    assert len(np.unique(hashes)) == len(hashes)
    for part in (hashes % np.uint64(10), hashes >> np.uint64(60)):  # as passes share them out, and the first bits
        counts = np.bincount(part.astype(int))
        assert np.ptp(counts) < 12 * np.sqrt(counts.mean())  # of Poisson numbers, 16 of them, with room


def test_a_change_of_any_one_byte_changes_half_of_the_bits_whatever_the_length():
    for length in (1, 7, 8, 9, 16, 63, 64):
        plain = bytearray(b"x" * length)
        others = []
        for place in range(length):
            other = plain.copy()
            other[place] ^= 1
            others.append(other.decode())
        changed = hashed(others) ^ hashed([plain.decode()])[0]
        bits = np.array([int(each).bit_count() for each in changed])
        assert bits.min() > 10 and abs(bits.mean() - 32) < 16 / np.sqrt(length) + 1


def test_no_texts_have_no_hashes():
    assert hashed([]).shape == (0,)
