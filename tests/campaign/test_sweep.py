"""The exact sweep: every threshold that makes a difference, none that does not."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.campaign.curve import profit_curve
from churn_core.campaign.economics import Campaign, expected_profit, expected_spend
from churn_core.campaign.optimise import best_threshold
from churn_core.campaign.ranking import Ranking
from churn_core.campaign.sweep import sweep
from churn_core.campaign.totals import totals_of
from tests.campaign.conftest import campaigns, tables_of

tables = tables_of(25, least=0)
TINY = 1e-6  # money; what summing in another order may change


def brute_force(score, charge, leaving, campaign):
    """Contacted, profit and spend of each campaign that some threshold describes, straight from the definition."""
    rows = [(0, 0.0, 0.0)]
    for threshold in sorted(set(score), reverse=True):
        contact = score >= threshold
        earned = expected_profit(leaving[contact], campaign.clv(charge[contact]), campaign).sum() - campaign.fixed_cost
        spent = expected_spend(leaving[contact], campaign)
        rows.append((contact.sum(), earned, np.broadcast_to(spent, contact.sum()).sum() + campaign.fixed_cost))
    return np.array(rows).T


@given(tables, campaigns)
def test_the_sweep_equals_brute_force_over_every_distinct_threshold(table, campaign):
    score, charge, _ = table
    swept = sweep(score, monthly_charge=charge)
    contacted, profit, spend = brute_force(score, charge, score, campaign)
    assert swept.contacted.tolist() == contacted.tolist()
    assert swept.expected_profit(campaign) == pytest.approx(profit, rel=1e-9, abs=TINY)
    assert swept.expected_spend(campaign) == pytest.approx(spend)


@given(tables, campaigns)
def test_the_back_test_equals_brute_force_with_what_happened(table, campaign):
    score, charge, churned = table
    swept = sweep(score, monthly_charge=charge, leaving=churned)
    _, profit, spend = brute_force(score, charge, churned, campaign)
    assert swept.expected_profit(campaign) == pytest.approx(profit, rel=1e-9, abs=TINY)
    assert swept.expected_spend(campaign) == pytest.approx(spend)


@given(tables, campaigns)
def test_the_sums_say_what_every_campaign_earns_and_spends(table, campaign):
    score, charge, churned = table
    for leaving in (score, churned):
        swept = sweep(score, monthly_charge=charge, leaving=leaving)
        totals = swept.totals()
        assert totals.expected_profit(campaign) == pytest.approx(swept.expected_profit(campaign), rel=1e-9, abs=TINY)
        assert totals.expected_spend(campaign) == pytest.approx(swept.expected_spend(campaign), abs=TINY)


@given(tables, campaigns)
def test_the_sums_of_any_list_say_what_it_earns_and_spends(table, campaign):
    p, charge, listed = table
    p, clv = p[listed == 1], campaign.clv(charge[listed == 1])
    totals, fixed = totals_of(p, clv), campaign.fixed_cost if len(p) else 0.0
    earned, spent = expected_profit(p, clv, campaign).sum(), np.broadcast_to(expected_spend(p, campaign), p.shape).sum()
    assert totals.contacted == len(p)
    assert totals.expected_profit(campaign) == pytest.approx(earned - fixed, rel=1e-9, abs=TINY)
    assert totals.expected_spend(campaign) == pytest.approx(spent + fixed)
    assert totals.saved_value(campaign) == pytest.approx((p * (clv - campaign.incentive)).sum(), rel=1e-9, abs=TINY)


@given(tables)
def test_the_sums_over_the_first_customers_are_those_of_the_sweep_to_the_last_bit(table):
    score, charge, churned = table
    for leaving in (score, churned):
        swept = sweep(score, monthly_charge=charge, leaving=leaving)
        totals = swept.totals()
        for k, n in enumerate(swept.contacted):
            first, there = swept.first(int(n)), totals.at(k)
            for name in ("contacted", "leaving", "value", "value_leaving"):
                assert getattr(first, name) == getattr(there, name)


@pytest.mark.parametrize("parameter", ["retention_cost", "incentive", "fixed_cost"])
def test_an_amount_written_without_a_decimal_point_is_the_same_amount(parameter):
    """A contact can cost a million in some currencies, and a few thousand of them more than 32 bits hold."""
    swept = sweep(np.linspace(1, 0.5, 5_000), clv=1e7)
    whole, decimal = Campaign(**{parameter: 1_000_000}), Campaign(**{parameter: 1_000_000.0})
    for figure in ("expected_profit", "expected_spend"):
        assert getattr(swept.totals(), figure)(whole).tolist() == getattr(swept.totals(), figure)(decimal).tolist()
    assert profit_curve(swept, whole).equals(profit_curve(swept, decimal))
    assert best_threshold(swept, whole) == best_threshold(swept, decimal)


@given(tables, campaigns)
def test_valuing_by_the_lifetime_value_is_the_same_as_by_the_monthly_charge(table, campaign):
    score, charge, _ = table
    by_charge = sweep(score, monthly_charge=charge).expected_profit(campaign)
    by_clv = sweep(score, clv=campaign.clv(charge)).expected_profit(campaign)
    assert by_clv == pytest.approx(by_charge, rel=1e-9, abs=TINY)


@given(tables)
def test_ties_are_never_split_and_no_distinct_score_is_left_out(table):
    score, charge, _ = table
    swept = sweep(score, monthly_charge=charge)
    assert swept.threshold[0] == np.inf and swept.contacted[0] == 0
    assert swept.threshold[1:].tolist() == sorted(set(score), reverse=True)
    assert swept.contacted[1:].tolist() == [int((score >= t).sum()) for t in swept.threshold[1:]]


@given(tables, campaigns, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing_to_the_last_bit(table, campaign, random):
    shuffled = random.sample(range(table.shape[1]), table.shape[1])
    score, charge, churned = table
    for leaving in (None, churned):
        one = sweep(score, monthly_charge=charge, leaving=leaving)
        other = sweep(score[shuffled], monthly_charge=charge[shuffled], leaving=None if leaving is None else leaving[shuffled])
        assert one.threshold.tobytes() == other.threshold.tobytes()
        assert one.expected_profit(campaign).tobytes() == other.expected_profit(campaign).tobytes()


@pytest.mark.parametrize("realised", [False, True], ids=["expected", "realised"])
def test_the_order_within_ties_changes_nothing_to_the_last_bit(realised):
    """Many customers to a score, with values whose sum depends on the order in which they are added."""
    rng = np.random.default_rng(7)
    score, charge, churned = rng.integers(1, 9, 2000) / 10, rng.random(2000) * 100, rng.integers(0, 2, 2000)
    sums = set()
    for _ in range(20):
        order = rng.permutation(2000)
        leaving = churned[order] if realised else None
        sums.add(sweep(score[order], monthly_charge=charge[order], leaving=leaving).totals().value_leaving.tobytes())
    assert len(sums) == 1


@given(tables, campaigns, st.floats(0.01, 100))
def test_k_times_the_money_is_k_times_the_profit(table, campaign, k):
    score, charge, _ = table
    amounts = {name: k * getattr(campaign, name) for name in ("retention_cost", "incentive", "fixed_cost")}
    dearer = replace(campaign, **amounts)
    profit = sweep(score, monthly_charge=charge).expected_profit(campaign)
    scaled = sweep(score, monthly_charge=k * charge).expected_profit(dearer)
    assert scaled == pytest.approx(k * profit, rel=1e-9, abs=TINY)


@given(tables, campaigns)
def test_one_sweep_serves_every_position_of_the_sliders(table, campaign):
    score, charge, _ = table
    swept = sweep(score, monthly_charge=charge)
    before = swept.expected_profit(Campaign()).tobytes()
    swept.expected_profit(campaign)
    assert swept.expected_profit(Campaign()).tobytes() == before


@given(tables)
def test_the_inputs_are_left_as_they_are(table):
    before = table.copy()
    sweep(table[0], monthly_charge=table[1], leaving=table[2])
    assert (table == before).all()


def test_no_customers_leave_the_empty_campaign_alone():
    swept = sweep([], monthly_charge=[])
    assert swept.contacted.tolist() == [0]
    assert swept.expected_profit(Campaign()).tolist() == [0.0]


@pytest.mark.parametrize("value", [{}, {"monthly_charge": [70.0], "clv": [840.0]}], ids=["neither", "both"])
def test_customers_are_valued_by_their_charge_or_their_lifetime_value_and_by_one_only(value):
    with pytest.raises(TypeError, match="either monthly_charge or clv"):
        sweep([0.5], **value)


@given(tables, campaigns)
def test_the_curve_has_the_empty_campaign_first_and_a_row_for_each_distinct_score(table, campaign):
    score, charge, _ = table
    swept = sweep(score, monthly_charge=charge)
    curve = profit_curve(swept, campaign)
    assert list(curve) == ["threshold", "contacted", "expected_profit", "expected_spend", "roi"]
    assert len(curve) == 1 + len(set(score))
    assert np.isnan(curve["threshold"][0]) and curve["expected_profit"][0] == 0 and np.isnan(curve["roi"][0])
    assert not curve["threshold"][1:].isna().any()


@given(tables, campaigns)
def test_roi_is_profit_over_spend_and_undefined_where_nothing_is_spent(table, campaign):
    score, charge, _ = table
    curve = profit_curve(sweep(score, monthly_charge=charge), campaign)
    spent = curve["expected_spend"] > 0
    assert curve["roi"].isna().equals(~spent)
    ratio = curve["expected_profit"][spent] / curve["expected_spend"][spent]
    assert curve["roi"][spent].tolist() == pytest.approx(ratio.tolist())


@given(tables, campaigns, st.integers(2, 10))
def test_a_thinned_curve_keeps_both_ends_and_the_best_row_and_invents_none(table, campaign, points):
    score, charge, _ = table
    swept = sweep(score, monthly_charge=charge)
    whole, thinned = profit_curve(swept, campaign), profit_curve(swept, campaign, points)
    assert len(thinned) <= points + 1
    assert thinned["contacted"].is_monotonic_increasing and thinned["contacted"].is_unique
    assert thinned["contacted"].iloc[[0, -1]].tolist() == whole["contacted"].iloc[[0, -1]].tolist()
    same = whole.set_index("contacted").loc[thinned["contacted"]]
    assert thinned["threshold"].tolist()[1:] == same["threshold"].tolist()[1:]
    assert thinned["expected_profit"].tolist() == pytest.approx(same["expected_profit"].tolist(), rel=1e-9, abs=TINY)
    assert thinned["expected_profit"].max() == pytest.approx(whole["expected_profit"].max(), rel=1e-9, abs=TINY)


@given(tables, st.integers(2, 10))
def test_what_is_thinned_keeps_the_sums_of_the_whole(table, points):
    score, charge, churned = table
    swept = sweep(score, monthly_charge=charge, leaving=churned)
    threshold, thinned = swept.thinned(points)
    at = np.searchsorted(swept.contacted, thinned.contacted)
    whole = swept.totals().at(at)
    assert threshold.tolist() == swept.threshold[at].tolist()
    for name in ("contacted", "leaving", "value", "value_leaving"):
        assert getattr(thinned, name).tolist() == getattr(whole, name).tolist()


# Scores in eighths and whole charges add up exactly, so that ties are ties.
exact_tables = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 9), st.integers(0, 1)), min_size=1, max_size=25).map(
    lambda rows: np.array(rows, dtype=float).T / [[8], [1], [1]]
)


@given(exact_tables)
def test_every_corner_of_the_hull_is_a_candidate_and_no_candidate_lies_above_it(table):
    score, charge, churned = table
    for leaving in (score, churned):
        swept = sweep(score, monthly_charge=charge, leaving=leaving)
        whole, corners = swept.totals(), swept.hull.totals
        at = np.searchsorted(swept.contacted, corners.contacted)
        assert swept.hull.threshold.tolist() == swept.threshold[at].tolist()
        assert corners.value_leaving.tolist() == whole.value_leaving[at].tolist()
        assert (np.diff(swept.hull.slope) <= 0).all()
        ceiling = np.interp(whole.contacted, corners.contacted, corners.value_leaving)
        assert (whole.value_leaving <= ceiling + 1e-9).all()


@given(exact_tables, st.integers(0, 40).map(lambda i: i / 4))
def test_the_corner_for_a_price_is_the_best_of_all_candidates_and_of_equal_ones_the_smallest(table, price):
    score, charge, churned = table
    swept = sweep(score, monthly_charge=charge, leaving=churned)
    totals = swept.totals()
    best = int(np.argmax(totals.value_leaving - price * totals.contacted))  # the first of equal ones
    assert swept.hull.totals.contacted[swept.hull.best(price)] == totals.contacted[best]


@given(st.integers(0, 3_000), st.integers(-1, 101), st.integers(0, 9))
def test_the_ranking_finds_and_adds_up_any_top_of_the_list(n, price, seed):
    gain = np.random.default_rng(seed).integers(0, 101, n).astype(float)  # whole numbers: sums are exact
    ranking = Ranking.of(gain)
    assert ranking.above(price) == ((gain > price).sum(), gain[gain > price].sum())
