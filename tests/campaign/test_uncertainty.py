"""How well an average is known, and what choosing on the same data flatters."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from churn_core import settings
from churn_core.campaign.economics import Campaign, expected_profit, expected_spend
from churn_core.campaign.objective import Objective
from churn_core.campaign.optimise import at_threshold, best_threshold
from churn_core.campaign.sweep import sweep
from churn_core.campaign.uncertainty import (
    bootstrap,
    if_success_rate_differs,
    misses,
    optimism,
    realised_bands,
    spread,
)
from tests.campaign.conftest import campaigns, objectives, shares, tables_of

tables = tables_of(12, least=2)
Z = norm.ppf((1 + settings.CONFIDENCE) / 2)
TINY = 1e-6  # money; what summing in another order may change

FULL = Campaign(
    retention_cost=10, incentive=30, incentive_uptake=0.5, backfire_rate=0.01, fixed_cost=500, margin=0.6, annual_discount=0.1
)


def population(n, rng):
    """Customers as they come: a probability, a lifetime value, and whether they leave."""
    p, clv = rng.beta(1, 2, n), rng.uniform(200, 1_500, n)
    return p, clv, (rng.random(n) < p).astype(float)


def back_test(n=400, seed=0):
    p, clv, churned = population(n, np.random.default_rng(seed))
    return sweep(p, clv=clv, leaving=churned)


def bands_of(swept, campaign, contact):
    return realised_bands(contact, swept.leaving, swept.clv(campaign), campaign)


def standard_errors(swept, campaign, contact):
    return [band.half_width / Z for band in bands_of(swept, campaign, contact)]


@given(tables, campaigns, st.floats(0, 1))
def test_the_bands_are_the_formulas_of_economics_md_around_what_the_list_earned(table, campaign, threshold):
    p, charge, churned = table
    clv, contact, n = campaign.clv(charge), p >= threshold, len(p)
    outcome = at_threshold(sweep(p, clv=clv, leaving=churned), campaign, threshold)
    profit, roi = realised_bands(contact, churned, clv, campaign)
    z = contact * expected_profit(churned, clv, campaign)
    w = contact * expected_spend(churned, campaign)
    assert profit.estimate == pytest.approx(outcome.expected_profit, rel=1e-9, abs=TINY)
    assert profit.half_width == pytest.approx(Z * np.sqrt(n) * np.std(z, ddof=1), rel=1e-6, abs=TINY)
    assert profit.estimate - profit.low == pytest.approx(profit.high - profit.estimate, rel=1e-6, abs=TINY)
    if outcome.roi is None:
        assert roi is None
    else:
        around = Z * np.sqrt(n) * np.std(z - outcome.roi * w, ddof=1) / outcome.expected_spend
        assert roi.estimate == pytest.approx(outcome.roi, rel=1e-9, abs=TINY / outcome.expected_spend)
        assert roi.half_width == pytest.approx(around, rel=1e-6, abs=TINY * (1 + abs(outcome.roi)) / outcome.expected_spend)


@pytest.mark.parametrize("k", [4, 25])
def test_k_times_as_many_customers_make_the_band_of_the_roi_narrower_by_the_root_of_k(k):
    swept, campaign = back_test(), replace(FULL, fixed_cost=0.0)
    contact, clv = swept.score >= 0.2, swept.clv(FULL)
    profit, roi = realised_bands(contact, swept.leaving, clv, campaign)
    more_profit, more_roi = realised_bands(np.tile(contact, k), np.tile(swept.leaving, k), np.tile(clv, k), campaign)
    assert more_roi.half_width == pytest.approx(roi.half_width / np.sqrt(k), rel=0.01)
    assert more_profit.half_width / more_profit.estimate == pytest.approx(
        profit.half_width / profit.estimate / np.sqrt(k), rel=0.01
    )


def test_nobody_contacted_is_no_uncertainty_and_no_roi():
    swept = back_test()
    profit, roi = bands_of(swept, FULL, np.zeros(400, dtype=bool))
    assert (profit.low, profit.estimate, profit.high, roi) == (0, 0, 0, None)


def test_95_of_100_bands_hold_what_such_customers_earn_in_the_long_run():
    rng = np.random.default_rng(1)
    p, clv, _ = population(1_000_000, rng)
    contact, n = p >= 0.2, 500
    earned = n * np.mean(contact * expected_profit(p, clv, FULL)) - FULL.fixed_cost
    spent = n * np.mean(contact * expected_spend(p, FULL)) + FULL.fixed_cost
    hits = np.zeros(2)
    for _ in range(1_000):
        p, clv, churned = population(n, rng)
        bands = realised_bands(p >= 0.2, churned, clv, FULL)
        hits += [band.low <= truth <= band.high for band, truth in zip(bands, (earned, earned / spent), strict=True)]
    assert (abs(hits / 1_000 - settings.CONFIDENCE) < 0.02).all()  # three standard errors of a share of 1,000


@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.7], ids=["everybody", "many", "few"])
def test_the_bootstrap_spreads_a_fixed_list_as_the_formulas_say(threshold):
    swept = back_test()
    contact = swept.score >= threshold
    replicates = bootstrap(swept, FULL, contact, replicates=4_000)
    of_profit, of_roi = standard_errors(swept, FULL, contact)
    assert replicates.profit.std() == pytest.approx(of_profit, rel=0.08)
    assert (replicates.profit / replicates.spend).std() == pytest.approx(of_roi, rel=0.08)
    realised = at_threshold(swept, FULL, threshold)
    assert replicates.profit.mean() == pytest.approx(realised.expected_profit, abs=of_profit / 10)


def test_as_many_customers_who_are_all_the_same_earn_the_same_in_every_sample():
    """What is uncertain is which customers come and whether they leave, not how many they are."""
    swept = sweep(np.full(200, 0.5), clv=1_000.0, leaving=np.ones(200))
    replicates = bootstrap(swept, Campaign(), replicates=50)
    everybody = at_threshold(swept, Campaign(), 0.5)
    assert replicates.profit.tolist() == pytest.approx([everybody.expected_profit] * 50)
    assert replicates.best_profit.tolist() == pytest.approx([everybody.expected_profit] * 50)


def test_the_fixed_list_of_the_bootstrap_is_that_of_the_best_threshold_by_the_scores():
    swept = back_test()
    best = best_threshold(replace(swept, leaving=swept.score), FULL)
    given_by_hand = bootstrap(swept, FULL, swept.score >= best.threshold, replicates=20)
    assert bootstrap(swept, FULL, replicates=20).profit.tolist() == given_by_hand.profit.tolist()


@given(tables, campaigns, st.integers(0, 9))
def test_in_no_sample_does_a_fixed_threshold_earn_more_than_the_one_that_is_best_there(table, campaign, seed):
    p, charge, churned = table
    swept = sweep(p, monthly_charge=charge, leaving=churned)
    replicates = bootstrap(swept, campaign, p[np.argsort(-p)] >= 0.4, replicates=20, seed=seed)
    assert (replicates.best_profit >= replicates.profit - TINY).all()
    assert (np.isnan(replicates.best_threshold) == (replicates.best_profit == 0)).all()
    assert set(replicates.best_threshold[~np.isnan(replicates.best_threshold)]) <= set(p)


@given(tables, campaigns, objectives)
def test_in_every_sample_the_best_threshold_meets_the_objective(table, campaign, objective):
    p, charge, churned = table
    free = bootstrap(sweep(p, monthly_charge=charge, leaving=churned), campaign, replicates=20)
    asked = bootstrap(sweep(p, monthly_charge=charge, leaving=churned), campaign, objective=objective, replicates=20)
    assert (asked.best_profit <= free.best_profit + TINY).all() and (asked.best_profit >= 0).all()


def test_the_same_seed_gives_the_same_samples_and_another_seed_others():
    swept = back_test()
    one, again, other = (bootstrap(swept, FULL, replicates=120, seed=seed) for seed in (3, 3, 4))
    for name in ("profit", "spend", "best_profit", "best_threshold"):
        assert getattr(one, name).tobytes() == getattr(again, name).tobytes()
        assert getattr(one, name).tobytes() != getattr(other, name).tobytes()
    assert len(set(one.profit)) > 100  # nor is one batch the copy of another


@pytest.mark.parametrize("n", [1, 99, 100, 101, 250])
def test_there_are_as_many_samples_as_asked_for(n):
    replicates = bootstrap(back_test(20), FULL, replicates=n)
    for values in vars(replicates).values():
        assert values.shape == (n,)


def test_a_spread_is_the_median_and_the_range_of_95_of_100():
    band = spread(np.random.default_rng(0).permutation(np.arange(1_001.0)))
    assert (band.low, band.estimate, band.high) == pytest.approx((25, 500, 975))


def test_a_spread_leaves_out_what_has_no_value_and_says_nothing_where_most_have_none():
    assert spread(np.array([1.0, np.nan, 3.0, 2.0])).estimate == 2.0
    assert spread(np.array([1.0, np.nan, np.nan, 3.0])) is None
    assert spread(np.array([])) is None


@given(tables, campaigns, shares)
def test_if_the_success_rate_differs_todays_threshold_never_earns_more_than_the_one_that_is_best_then(table, campaign, half):
    p, charge, _ = table
    campaign = replace(campaign, success_rate_give_or_take=half)
    rows = if_success_rate_differs(sweep(p, monthly_charge=charge), campaign)
    assert list(rows) == ["success_rate", "expected_profit", "best_threshold", "best_contacted", "best_profit"]
    regret = rows["best_profit"] - rows["expected_profit"]
    assert (regret >= -TINY).all()
    assert regret[1] == pytest.approx(0, abs=TINY)


@given(tables, campaigns, objectives, shares)
def test_each_row_of_it_is_todays_threshold_and_the_best_one_at_that_rate(table, campaign, objective, half):
    p, charge, _ = table
    swept, campaign = sweep(p, monthly_charge=charge), replace(campaign, success_rate_give_or_take=half)
    today = best_threshold(swept, campaign, objective)
    rows = if_success_rate_differs(swept, campaign, objective)
    ends = np.clip([campaign.success_rate - half, campaign.success_rate, campaign.success_rate + half], 0, 1)
    assert rows["success_rate"].tolist() == ends.tolist()
    for row in rows.itertuples():
        there = replace(campaign, success_rate=row.success_rate)
        best = best_threshold(swept, there, objective)
        assert (row.best_contacted, row.best_profit) == (best.contacted, best.expected_profit)
        kept = 0.0 if today.threshold is None else at_threshold(swept, there, today.threshold).expected_profit
        assert row.expected_profit == kept


@given(tables, campaigns, st.integers(0, 9))
def test_where_a_threshold_was_chosen_it_never_earns_less_than_where_it_was_not(table, campaign, seed):
    """On both halves together: each half's own best is at least as good there as the best of the other half."""
    p, charge, churned = table
    flattery = optimism(sweep(p, monthly_charge=charge, leaving=churned), campaign, splits=3, seed=seed)
    assert flattery.gap == flattery.chosen - flattery.held_out
    assert flattery.gap >= -TINY


def test_scores_without_a_signal_flatter_and_the_flattery_shrinks_as_customers_grow():
    """Each contact loses a little on average, so whatever a chosen threshold earns is luck."""

    def per_customer(n):
        rng = np.random.default_rng(0)
        swept = sweep(rng.random(n), clv=1_000.0, leaving=rng.random(n) < 0.3)
        flattery = optimism(swept, Campaign(retention_cost=92))
        assert flattery.chosen > 0 > flattery.held_out
        return flattery.gap / n

    assert per_customer(4_000) < per_customer(400) / 2


def test_choosing_on_all_customers_flatters_less_than_choosing_on_halves():
    """The optimism of an arg max over so many customers, measured on new ones, beside what the halves say of it."""
    campaign, n, truth, told, halves = Campaign(retention_cost=60), 600, [], [], []
    for seed in range(300):
        rng = np.random.default_rng(seed)
        (p, clv, churned), (new_p, new_clv, _) = population(n, rng), population(20_000, rng)
        swept = sweep(p, clv=clv, leaving=churned)
        best = best_threshold(swept, campaign)
        everywhere = at_threshold(sweep(new_p, clv=new_clv), campaign, best.threshold).expected_profit * n / 20_000
        truth.append(best.expected_profit - everywhere)
        found = optimism(swept, campaign, splits=4, seed=seed)
        told.append(found.corrected)
        halves.append(found.gap)
    error = np.std(np.array(told) - np.array(truth)) / np.sqrt(len(truth))
    assert abs(np.mean(told) - np.mean(truth)) < 3 * error + 0.2 * abs(np.mean(truth))
    assert np.mean(halves) > np.mean(told)


@pytest.mark.parametrize("wrong", [0.0, 0.05, -0.05], ids=["calibrated", "too low", "too high"])
def test_a_realised_profit_misses_the_expected_one_beyond_chance_in_5_of_100_only_where_the_probabilities_are_wrong(wrong):
    rng, missed = np.random.default_rng(2), []
    for _ in range(600):
        p, clv, _ = population(2_000, rng)
        churned = (rng.random(len(p)) < np.clip(p + wrong, 0, 1)).astype(float)
        missed.append(misses(p, churned, clv, FULL))
    share = np.mean(np.abs(missed) > Z)
    assert abs(share - 0.05) < 0.03 if wrong == 0 else share > 0.8
    assert wrong == 0 or np.sign(np.mean(missed)) == np.sign(wrong)


def test_the_same_seed_gives_the_same_halves_and_another_seed_others():
    swept = back_test()
    assert optimism(swept, FULL, seed=3) == optimism(swept, FULL, seed=3)
    assert optimism(swept, FULL, seed=3) != optimism(swept, FULL, seed=4)


@pytest.mark.parametrize(
    "campaign, objective",
    [
        (Campaign(), Objective()),
        (Campaign(fixed_cost=5_000), Objective()),
        (Campaign(incentive=20), Objective(min_roi=2)),
    ],
    ids=["plain", "fixed cost", "demanded ROI"],
)
def test_halves_that_are_alike_earn_together_what_the_whole_earns(campaign, objective):
    """Both halves together are every customer once, so a fixed cost is charged once."""
    swept = sweep(np.full(200, 0.5), clv=1_000.0, leaving=np.ones(200))
    whole = best_threshold(swept, campaign, objective).expected_profit
    flattery = optimism(swept, campaign, objective)
    assert whole > 0
    assert (flattery.chosen, flattery.held_out) == (pytest.approx(whole), pytest.approx(whole))


def test_both_halves_together_spend_no_more_than_the_budget():
    """A hundred customers at each of ten scores, each worth 290 for 10: the budget is for a fifth of them."""
    swept = sweep(np.repeat(np.arange(1, 11) / 10, 100), clv=1_000.0, leaving=np.ones(1_000))
    flattery = optimism(swept, Campaign(), Objective(budget=2_000))
    assert flattery.chosen <= 200 * 290
