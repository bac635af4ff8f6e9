"""How sure: bands, chances, and what choosing on the same data flatters."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, norm

from churn_core import settings
from churn_core.campaign.economics import Campaign, expected_profit, expected_spend
from churn_core.campaign.objective import Objective
from churn_core.campaign.optimise import at_threshold, best_threshold
from churn_core.campaign.sweep import sweep
from churn_core.campaign.uncertainty import (
    Replicates,
    bootstrap,
    chance_of_loss,
    if_success_rate_differs,
    optimism,
    possible_spread,
    realised_bands,
    spread,
)
from churn_core.errors import CampaignError
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


def bands_of(swept, campaign, contact, spread=0.0):
    return realised_bands(contact, swept.leaving, swept.clv(campaign), campaign, spread)


def standard_errors(swept, campaign, contact):
    return [band.half_width / Z for band in bands_of(swept, campaign, contact)]


def nothing_but(profit, spend=1.0, saved=0.0):
    """Replicates of a list whose profit is given; nothing else about them matters."""
    profit = np.asarray(profit, dtype=float)
    sums = {"spend": spend, "saved_value": saved, "best_profit": 0.0, "best_threshold": 0.0}
    return Replicates(profit=profit, **{name: np.full(len(profit), value) for name, value in sums.items()})


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
    profit, roi = bands_of(swept, FULL, np.zeros(400, dtype=bool), 0.1)
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


@given(tables, campaigns, st.floats(0, 1), st.floats(0, 0.3))
def test_an_uncertain_success_rate_adds_its_variance_times_the_square_of_what_a_success_is_worth(
    table, campaign, threshold, rate
):
    p, charge, churned = table
    clv, contact = campaign.clv(charge), p >= threshold
    certain, _ = realised_bands(contact, churned, clv, campaign)
    uncertain, _ = realised_bands(contact, churned, clv, campaign, rate)
    saved = (churned * (clv - campaign.incentive))[contact].sum()
    assert uncertain.estimate == certain.estimate
    variance = (certain.half_width / Z) ** 2 + saved**2 * (rate / Z) ** 2
    assert uncertain.half_width / Z == pytest.approx(np.sqrt(variance), rel=1e-6, abs=TINY)


@pytest.mark.parametrize("incentive", [0, 30, 100])
def test_an_uncertain_success_rate_widens_the_roi_by_how_much_the_roi_depends_on_it(incentive):
    """A success earns V - d, and where there is an incentive it is spent too."""
    swept, campaign, rate, step = back_test(), replace(FULL, incentive=incentive), 0.1, 1e-4
    contact = swept.score >= 0.2
    _, certain = bands_of(swept, campaign, contact)
    _, uncertain = bands_of(swept, campaign, contact, rate)
    low, high = (at_threshold(swept, replace(campaign, success_rate=campaign.success_rate + by), 0.2).roi for by in (-step, step))
    of_rate = (high - low) / (2 * step) * rate
    assert uncertain.half_width == pytest.approx(np.hypot(certain.half_width, of_rate), rel=0.001)


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


def test_what_a_success_is_worth_turns_the_profit_of_a_sample_into_that_at_another_success_rate():
    swept, better = back_test(), replace(FULL, success_rate=0.5)
    contact = swept.score >= 0.2
    here, there = (bootstrap(swept, campaign, contact, replicates=50) for campaign in (FULL, better))
    by_slope = here.profit + (better.success_rate - FULL.success_rate) * here.saved_value
    assert by_slope.tolist() == pytest.approx(there.profit.tolist())


def test_the_same_seed_gives_the_same_samples_and_another_seed_others():
    swept = back_test()
    one, again, other = (bootstrap(swept, FULL, replicates=120, seed=seed) for seed in (3, 3, 4))
    for name in ("profit", "spend", "saved_value", "best_profit", "best_threshold"):
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


@pytest.mark.parametrize("uncertain", [0.0, 0.05])
@pytest.mark.parametrize("churned, chance", [(1.0, 0.0), (0.0, 1.0)], ids=["a sure thing", "a sure loss"])
def test_a_sure_thing_never_loses_and_a_sure_loss_always_does(uncertain, churned, chance):
    swept = sweep(np.full(100, 0.5), clv=1_000.0, leaving=np.full(100, churned))
    replicates = bootstrap(swept, Campaign(), np.ones(100, dtype=bool), replicates=300)
    assert chance_of_loss(replicates, Campaign(), uncertain) == chance


@pytest.mark.parametrize("above", [0.5, 1.0, 1.5])
def test_in_between_the_chance_of_a_loss_is_the_tail_of_a_normal(above):
    """With a fixed cost that leaves so many standard errors of profit."""
    swept, free = back_test(), replace(FULL, fixed_cost=0.0)
    contact = swept.score >= 0.2
    profit, _ = bands_of(swept, free, contact)
    campaign = replace(free, fixed_cost=profit.estimate - above * profit.half_width / Z)
    replicates = bootstrap(swept, campaign, contact, replicates=4_000)
    assert chance_of_loss(replicates, campaign, 0.0) == pytest.approx(norm.cdf(-above), abs=0.03)


@pytest.mark.parametrize("mean, half", [(0.3, 0.1), (0.3, 0.3), (0.05, 0.05), (0.9, 0.05)])
def test_with_nothing_else_uncertain_a_loss_is_a_success_rate_below_the_break_even(mean, half):
    """The rates are a Beta with that mean, and with the standard deviation of which half the 95 % range is 1.96."""
    size = mean * (1 - mean) / (half / Z) ** 2 - 1
    break_even, saved = mean - half / 3, 50_000.0
    certain = nothing_but(np.full(20_000, saved * (mean - break_even)), saved=saved)
    chance = chance_of_loss(certain, Campaign(success_rate=mean), half)
    assert chance == pytest.approx(beta.cdf(break_even, mean * size, (1 - mean) * size), abs=0.015)


@given(st.floats(-2, 2), shares)
def test_a_success_rate_that_is_certain_changes_no_chance(shift, rate):
    replicates = nothing_but(np.linspace(-1, 1, 41) + shift, saved=1_000.0)
    assert chance_of_loss(replicates, Campaign(success_rate=rate), 0.0) == np.mean(replicates.profit < 0)


def test_a_rate_that_cannot_be_so_uncertain_is_refused_with_the_mend():
    with pytest.raises(
        CampaignError, match=r"^A success rate of 0.02 cannot be uncertain by 0.5 either way. Give it a smaller range"
    ):
        chance_of_loss(nothing_but([1.0]), Campaign(success_rate=0.02), 0.5)


@given(shares, shares)
def test_a_range_that_stays_within_0_and_1_is_kept_and_any_other_is_cut_to_one_that_is_not_refused(rate, half):
    possible = possible_spread(rate, half)
    assert rate - possible >= 0 and rate + possible <= 1 + 1e-12
    if half <= rate <= 1 - half:
        assert possible == half
    assert chance_of_loss(nothing_but([1.0, -1.0]), Campaign(success_rate=rate), possible) == 0.5


@given(tables, campaigns, shares)
def test_if_the_success_rate_differs_todays_threshold_never_earns_more_than_the_one_that_is_best_then(table, campaign, half):
    p, charge, _ = table
    rows = if_success_rate_differs(sweep(p, monthly_charge=charge), campaign, half)
    assert list(rows) == ["success_rate", "expected_profit", "best_threshold", "best_contacted", "best_profit"]
    regret = rows["best_profit"] - rows["expected_profit"]
    assert (regret >= -TINY).all()
    assert regret[1] == pytest.approx(0, abs=TINY)


@given(tables, campaigns, objectives, shares)
def test_each_row_of_it_is_todays_threshold_and_the_best_one_at_that_rate(table, campaign, objective, half):
    p, charge, _ = table
    swept = sweep(p, monthly_charge=charge)
    today = best_threshold(swept, campaign, objective)
    rows = if_success_rate_differs(swept, campaign, half, objective)
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
