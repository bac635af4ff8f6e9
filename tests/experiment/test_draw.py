"""A share of the list is left alone, drawn by lot within tenths of risk, to measure what the contacts of the others change."""

import hashlib
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.errors import CampaignError
from churn_core.experiment.draw import as_id, draw, draw_within, lot

RNG = np.random.default_rng(0)
P = RNG.random(400)
IDS = [f"{n:04d}-ABC" for n in RNG.permutation(400)]


def held(share: float, salt: str = "s", order=None, p=P, ids=IDS) -> set[str]:
    """The ids that are left alone, of rows in any order."""
    order = np.arange(len(ids)) if order is None else np.asarray(order)
    names = [ids[i] for i in order]
    return {names[i] for i in np.flatnonzero(draw(names, p[order], share, salt).control)}


def test_a_lot_is_the_hash_of_salt_and_id():
    assert lot("campaign-2024-06", "7590-VHVEG").hex() == "0575972eca2bae7657a29b7c74b709bf18853b94498735975e54f7b5aef57f0f"
    assert lot("a", "b") == hashlib.sha256(b"a\x00b").digest() != lot("a\x00b", "")[:32]


@given(st.integers(0, 400), st.floats(0, 0.999), st.text(min_size=1, max_size=5))
def test_the_control_group_has_exactly_its_share_of_the_list(n, share, salt):
    assert draw(IDS[:n], P[:n], share, salt).control.sum() == round(share * n)


@given(st.integers(30, 400), st.floats(0.05, 0.9), st.sampled_from("abc"), st.booleans())
def test_each_stratum_holds_its_share_within_one(n, share, salt, ties):
    p = P[:n].round(1) if ties else P[:n]
    drawn = draw(IDS[:n], p, share, salt)
    for k in np.unique(drawn.stratum):
        size, taken = (drawn.stratum == k).sum(), drawn.control[drawn.stratum == k].sum()
        assert math.floor(share * size) <= taken <= math.floor(share * size) + 1


@given(st.integers(1, 19))
def test_a_small_control_group_is_drawn_within_half_as_many_strata(wanted):
    drawn = draw(IDS[:360], P[:360], wanted / 360, "s")
    assert drawn.stratum.max() == max(wanted // 2, 1)


def test_strata_go_down_the_churn_probability_in_parts_of_as_many():
    drawn = draw(IDS, P, 0.1, "s")
    assert [int((drawn.stratum == k).sum()) for k in range(1, 11)] == [40] * 10
    for k in range(1, 10):
        assert P[drawn.stratum == k].min() > P[drawn.stratum == k + 1].max()


@given(st.permutations(range(60)), st.sampled_from([0.05, 0.1, 0.5]), st.sampled_from("abc"), st.booleans())
def test_the_same_ids_share_and_salt_give_the_same_group_whatever_the_order_of_the_rows(order, share, salt, ties):
    p = P[:60].round(1) if ties else P[:60]
    assert held(share, salt, order, p, IDS[:60]) == held(share, salt, None, p, IDS[:60])


@pytest.mark.parametrize("gone", range(0, 400, 23))
def test_one_customer_less_changes_few_members_of_the_group(gone):
    rest = [i for i in range(400) if i != gone]
    before, after = held(0.1), held(0.1, order=rest)
    assert len(before ^ after) <= 12  # of 40: at most one at each edge of the ten strata, where lots by a generator keep 4


def test_another_salt_gives_another_group_and_everybody_can_be_drawn():
    groups = [held(0.2, str(salt), p=P[:50], ids=IDS[:50]) for salt in range(200)]
    assert len(set(map(frozenset, groups))) > 190
    times = [sum(one in group for group in groups) for one in IDS[:50]]
    assert min(times) > 15 and max(times) < 65  # 40 expected, 6 standard deviations either way are 6 and 74


def test_no_share_is_nobody():
    assert not draw(IDS, P, 0.0, "s").control.any()
    assert not draw([], P[:0], 0.3, "s").control.any()


@pytest.mark.parametrize("share", [1, 1.0, 1.5, 10, -0.1, math.nan, math.inf])
def test_a_share_that_leaves_nobody_to_contact_is_refused_with_the_mend(share):
    with pytest.raises(CampaignError, match="a share from 0 to below 1, got .* Write 10 % as 0.1."):
        draw(IDS, P, share, "s")


@pytest.mark.parametrize(
    "written, read",
    [
        (" 17 ", "17"),
        (17.0, "17"),
        ("17.0", "17"),
        ("0017", "0017"),
        ("a b", "a b"),
        ("A", "A"),
        ("e\u0301", "\u00e9"),
        ("v1.0", "v1.0"),
    ],
)
def test_an_id_is_text_without_what_files_add_to_it(written, read):
    assert as_id(written) == read


@given(st.sampled_from([0.05, 0.1, 0.5]), st.permutations(range(60)))
def test_within_groups_each_is_drawn_as_if_it_were_alone_whatever_the_order(share, order):
    groups, order = np.arange(60) % 3, np.array(order)
    drawn = draw_within(groups[order], [IDS[i] for i in order], P[order], share, "s")
    for group in range(3):
        at = np.flatnonzero(groups == group)
        alone = draw([IDS[i] for i in at], P[at], share, "s").control
        of_group = {int(i) for i in order[drawn.control] if groups[i] == group}
        assert of_group == {int(i) for i in at[alone]}
    strata = {(int(k), int(group)) for k, group in zip(drawn.stratum, groups[order], strict=True)}
    assert len({k for k, _ in strata}) == len(strata)
