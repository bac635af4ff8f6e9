"""A share of the list is left alone, drawn within tenths of risk, to measure what the contacts of the others change."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.campaign.economics import Campaign
from churn_core.campaign.plan import RULES, Plan
from churn_core.decisions.contact_list import contact_list, control_group, control_of
from churn_core.errors import CampaignError
from tests.decisions.conftest import FULL, IDS, MODEL, P, recommended


def drawn(share: float, seed: int = 0, order=None, p=P, ids=IDS) -> set:
    """The ids that are left alone, of rows in any order."""
    order = np.arange(len(ids)) if order is None else np.asarray(order)
    return set(ids[order][control_group(p[order], ids[order], share, seed)])


@given(st.integers(0, 400), st.floats(0, 0.999), st.integers(0, 5))
def test_the_control_group_has_exactly_its_share_of_the_list(n, share, seed):
    assert control_group(P[:n], IDS[:n], share, seed).sum() == round(share * n)


@given(st.integers(4, 40), st.floats(0.1, 0.9), st.integers(0, 5), st.booleans())
def test_each_tenth_of_risk_gives_its_share_within_one(tens, share, seed, ties):
    n = 10 * tens
    p = P[:n].round(1) if ties else P[:n]
    held = control_group(p, IDS[:n], share, seed)
    wanted = round(share * n)
    if wanted < 10:
        return
    by_risk = held[np.lexsort((IDS[:n], -p))].reshape(10, tens)
    assert (abs(by_risk.sum(axis=1) - wanted / 10) <= 1).all()


@given(st.integers(1, 9), st.integers(0, 5))
def test_a_control_group_of_less_than_ten_is_spread_over_the_risk_one_by_one(wanted, seed):
    n = 360
    held = control_group(P[:n], IDS[:n], wanted / n, seed)
    bounds = np.linspace(0, n, wanted + 1).round().astype(int)
    by_risk = held[np.lexsort((IDS[:n], -P[:n]))]
    assert [part.sum() for part in np.split(by_risk, bounds[1:-1])] == [1] * wanted


@given(st.permutations(range(60)), st.sampled_from([0.05, 0.1, 0.5]), st.integers(0, 3))
def test_the_same_ids_share_and_seed_give_the_same_group_whatever_the_order_of_the_rows(order, share, seed):
    p, ids = P[:60], IDS[:60]
    assert drawn(share, seed, order, p, ids) == drawn(share, seed, None, p, ids)


def test_the_same_holds_where_many_have_the_same_probability():
    p, order = P.round(1), np.random.default_rng(0).permutation(len(P))
    assert drawn(0.2, 7, order, p) == drawn(0.2, 7, None, p)


def test_another_seed_gives_another_group_and_everybody_can_be_drawn():
    groups = [drawn(0.2, seed, p=P[:50], ids=IDS[:50]) for seed in range(200)]
    assert len(set(map(frozenset, groups))) > 190
    times = [sum(one in group for group in groups) for one in IDS[:50]]
    assert min(times) > 15 and max(times) < 65  # 40 expected, 6 standard deviations either way are 6 and 74


def test_no_share_is_nobody():
    assert not control_group(P, IDS, 0.0).any()
    assert not contact_list(recommended(), MODEL)["control_group"].any()


@pytest.mark.parametrize("share", [1, 1.0, 1.5, 10, -0.1, math.nan, math.inf])
def test_a_share_that_leaves_nobody_to_contact_is_refused_with_the_mend(share):
    with pytest.raises(CampaignError, match="a share from 0 to below 1, got .* Write 10 % as 0.1."):
        control_group(P, IDS, share)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("share", [0.0, 0.03, 0.1, 0.5])
def test_what_is_told_of_the_control_group_is_what_the_list_has(rule, share):
    found = recommended(Plan(campaign=FULL, rule=rule))
    listed = contact_list(found, MODEL, control_share=share, seed=5)
    told, held = control_of(found, share, seed=5), listed["control_group"]
    assert told.customers == held.sum() == round(share * len(listed))
    assert told.expected_profit == pytest.approx(listed["expected_profit"][held].sum())


def test_half_the_interval_of_the_measured_success_rate_shrinks_as_the_group_grows_to_a_half():
    found = recommended()
    told = [control_of(found, share) for share in (0.02, 0.05, 0.1, 0.2, 0.5)]
    precision = [control.precision for control in told]
    assert precision == sorted(precision, reverse=True) and len(set(precision)) == 5
    p, n, k = P[found.contact].mean(), found.outcome.contacted, told[-1].customers
    assert precision[-1] == pytest.approx(1.959964 * math.sqrt((1 - p) / p * (1 / (n - k) + 1 / k)))


def test_without_both_groups_nothing_is_measured():
    assert control_of(recommended(), 0.0).precision is None
    nobody = recommended(Plan(campaign=Campaign(success_rate=0)))
    assert control_of(nobody, 0.3) == control_of(nobody, 0.0)
    assert control_of(nobody, 0.3).precision is None


def test_the_precision_is_what_a_simulated_campaign_finds():
    """The promised interval holds the measured rate in about 95 of 100 campaigns at a small success rate."""
    found, rng, rate = recommended(), np.random.default_rng(0), 0.05
    p = np.sort(P[found.contact])
    told = control_of(found, 0.5)
    near = 0
    for seed in range(400):
        held = control_group(p, np.arange(len(p)), 0.5, seed)
        left = rng.random(len(p)) < np.where(held, p, p * (1 - rate))
        measured = 1 - left[~held].mean() / left[held].mean()
        near += abs(measured - rate) <= told.precision
    assert near >= 0.93 * 400  # stratified, so the promise is on the safe side
