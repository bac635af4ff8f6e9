"""What a campaign will earn: the range around its expected profit, and the chance that it loses money."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, norm

from churn_core.campaign.economics import Campaign, expected_profit
from churn_core.campaign.forecast import (
    Contacts,
    chance_of_loss,
    forecast_of,
    forecast_of_sums,
    profit_variance,
    success_rates,
)
from churn_core.campaign.optimise import NOBODY_CONTACTED, at_threshold
from churn_core.campaign.summary import Summary
from churn_core.campaign.sweep import sweep
from churn_core.campaign.uncertainty import Z
from tests.campaign.conftest import campaigns, shares, tables_of

tables = tables_of(12, least=2)
CENT = 0.01  # money
FULL = Campaign(retention_cost=10, incentive=30, incentive_uptake=0.5, backfire_rate=0.01, fixed_cost=500, margin=0.6)
SURE = {"success_rate_give_or_take": 0.0}


def outcomes_of_one_contact(p, clv, campaign):
    """Every end that one contact can have: what it earns before its cost, and its chance."""
    gamma, kappa, s, d = campaign.success_rate, campaign.incentive_uptake, campaign.backfire_rate, campaign.incentive
    yield clv - d, p * gamma
    yield 0.0, p * (1 - gamma)
    yield -d, (1 - p) * kappa
    yield -clv, (1 - p) * s
    yield 0.0, (1 - p) * (1 - kappa - s)


@given(shares, st.floats(0, 5_000), campaigns)
def test_mean_and_variance_of_one_contact_are_those_of_its_possible_ends(p, clv, campaign):
    ends = np.array(list(outcomes_of_one_contact(p, clv, campaign)))
    mean = (ends[:, 0] * ends[:, 1]).sum()
    variance = ((ends[:, 0] - mean) ** 2 * ends[:, 1]).sum()
    scale = 1 + clv + campaign.incentive
    assert expected_profit(p, clv, campaign) == pytest.approx(
        mean - campaign.retention_cost, abs=1e-9 * (scale + campaign.retention_cost)
    )
    assert profit_variance(p, clv, campaign) == pytest.approx(variance, rel=1e-9, abs=1e-9 * scale**2)


@given(tables, campaigns, shares)
def test_the_range_is_the_formula_of_economics_md_around_the_expected_profit(table, campaign, half):
    p, charge, _ = table
    campaign = replace(campaign, success_rate_give_or_take=half)
    clv = campaign.clv(charge)
    told, variance = forecast_of(p, clv, campaign), profit_variance(p, clv, campaign).sum()
    saved = (p * (clv - campaign.incentive)).sum()
    profit = expected_profit(p, clv, campaign).sum() - campaign.fixed_cost
    exact, whole = Z * np.sqrt(variance), Z * np.sqrt(variance + saved**2 * (half / Z) ** 2)
    for band, around in ((told.range_if_exact, exact), (told.range, whole)):
        assert (band.estimate, band.low, band.high) == pytest.approx(
            (profit, profit - around, profit + around), rel=1e-9, abs=1e-6
        )


@given(tables, campaigns)
def test_an_exactly_known_success_rate_leaves_one_range_and_any_other_widens_it(table, campaign):
    p, charge, _ = table
    clv = campaign.clv(charge)
    sure, unsure = (forecast_of(p, clv, replace(campaign, success_rate_give_or_take=half)) for half in (0.0, 0.2))
    assert sure.range == sure.range_if_exact == unsure.range_if_exact
    assert unsure.range.half_width >= sure.range.half_width


def test_nobody_contacted_earns_nothing_for_certain():
    nobody, campaign = np.zeros(0), replace(FULL, fixed_cost=1_000.0)
    told = forecast_of(nobody, nobody, campaign)
    assert vars(told.range) == {"estimate": 0.0, "low": 0.0, "high": 0.0} and told.range == told.range_if_exact
    assert chance_of_loss(nobody, nobody, campaign) == 0.0
    assert Contacts().outcome(campaign) == NOBODY_CONTACTED and Contacts().forecast(campaign) == told


@given(tables, campaigns, st.integers(0, 12))
def test_a_file_in_parts_has_the_range_of_the_file_in_one_piece(table, campaign, cut):
    p, charge, _ = table
    clv = campaign.clv(charge)
    whole = Contacts.of(p, clv, campaign)
    parts = Contacts.of(p[:cut], clv[:cut], campaign) + Contacts.of(p[cut:], clv[cut:], campaign)
    assert vars(parts.forecast(campaign).range) == pytest.approx(vars(whole.forecast(campaign).range), rel=1e-9, abs=1e-6)
    one, two = parts.outcome(campaign), whole.outcome(campaign)
    assert one.contacted == two.contacted and one.expected_spend == pytest.approx(two.expected_spend)
    assert one.expected_profit == pytest.approx(two.expected_profit, rel=1e-9, abs=1e-6)


@given(st.integers(0, 99), campaigns)
def test_a_summary_tells_the_range_of_every_threshold_to_the_cent(seed, campaign):
    rng = np.random.default_rng(seed)
    p, charge = rng.beta(1, 2, 500), rng.uniform(20, 120, 500)
    summary = Summary.of(p, charge)
    for k in (1, 2, 250, len(summary.threshold) - 1):
        threshold = summary.threshold[k]
        listed = p >= threshold
        of_list = forecast_of(p[listed], campaign.clv(charge[listed]), campaign)
        of_sums = forecast_of_sums(summary.edges.at(k), summary.squares_from(threshold), campaign)
        most = CENT + 1e-6 * of_list.range.half_width
        assert of_sums.range.half_width == pytest.approx(of_list.range.half_width, abs=most)
        assert of_sums.range_if_exact.half_width == pytest.approx(of_list.range_if_exact.half_width, abs=most)


def drawn_profits(p, clv, campaign, rates, rng):
    """What campaigns with these success rates (r,) really earn, every chance drawn."""
    leaves, lot = rng.random((len(rates), len(p))) < p, rng.random((len(rates), len(p)))
    saved = leaves & (lot < rates[:, None])
    taken, lost = ~leaves & (lot < campaign.incentive_uptake), ~leaves & (lot >= 1 - campaign.backfire_rate)
    earned = saved @ (clv - campaign.incentive) - campaign.incentive * taken.sum(axis=1) - lost @ clv
    return earned - campaign.retention_cost * len(p) - campaign.fixed_cost


@pytest.mark.parametrize("campaign", [Campaign(retention_cost=50), FULL], ids=["plain", "with everything"])
@pytest.mark.parametrize("half", [0.0, 0.2], ids=["rate known", "rate drawn"])
def test_about_95_of_100_campaigns_earn_what_lies_within_the_range(campaign, half):
    rng = np.random.default_rng(3)
    campaign = replace(campaign, success_rate_give_or_take=half)
    p, clv = rng.beta(1, 2, 800), campaign.clv(rng.lognormal(4, 0.5, 800))
    rates = rng.choice(success_rates(campaign, 10_000), 3_000)
    profit, told = drawn_profits(p, clv, campaign, rates, rng), forecast_of(p, clv, campaign).range
    assert abs(np.mean((profit >= told.low) & (profit <= told.high)) - 0.95) < 0.02
    assert np.mean(profit) == pytest.approx(told.estimate, abs=0.1 * told.half_width)


@pytest.mark.parametrize("listed", [60, 300])
@pytest.mark.parametrize("half", [0.0, 0.2], ids=["rate known", "rate drawn"])
@pytest.mark.parametrize("cost", [60.0, 100.0, 140.0])
def test_the_chance_of_a_loss_is_the_share_of_campaigns_that_lose(listed, half, cost):
    rng = np.random.default_rng(4)
    campaign = Campaign(retention_cost=cost, success_rate_give_or_take=half)
    p, clv = rng.beta(2, 2, listed), campaign.clv(rng.lognormal(4, 0.5, listed))
    rates = rng.choice(success_rates(campaign, 10_000), 20_000)
    lost = np.mean(drawn_profits(p, clv, campaign, rates, rng) < 0)
    assert chance_of_loss(p, clv, campaign) == pytest.approx(lost, abs=0.025)


def test_a_sure_thing_never_loses_and_a_sure_loss_always_does():
    sure = np.ones(50)
    assert chance_of_loss(sure, 1_000 * sure, Campaign(success_rate=1, **SURE)) == 0.0
    assert chance_of_loss(0 * sure, 1_000 * sure, Campaign()) == 1.0


@pytest.mark.parametrize("mean, half", [(0.3, 0.2), (0.3, 0.3), (0.05, 0.05), (0.9, 0.05)])
def test_with_nothing_else_uncertain_a_loss_is_a_success_rate_below_the_break_even(mean, half):
    """So many leavers that only the rate is left to chance: a Beta with that mean and half/1.96 as its deviation."""
    campaign = Campaign(success_rate=mean, success_rate_give_or_take=half)
    size, break_even = mean * (1 - mean) / (half / Z) ** 2 - 1, mean - half / 3
    sure = np.ones(1_000_000)
    campaign = replace(campaign, retention_cost=1_000 * break_even)
    chance = chance_of_loss(sure, 1_000 * sure, campaign)
    assert chance == pytest.approx(beta.cdf(break_even, mean * size, (1 - mean) * size), abs=0.01)


@given(st.floats(0, 1), st.floats(0, 1))
def test_success_rates_have_the_assumed_mean_and_stay_rates(mean, half):
    rates = success_rates(Campaign(success_rate=mean, success_rate_give_or_take=half))
    assert ((rates >= 0) & (rates <= 1)).all() and (np.diff(rates) >= 0).all()
    assert rates.mean() == pytest.approx(mean, abs=0.01)


def test_the_chance_of_a_loss_and_the_range_tell_the_same_story_on_a_long_list():
    """Where the range just touches 0, about 2.5 of 100 campaigns lose."""
    rng = np.random.default_rng(5)
    p, charge = rng.beta(1, 2, 5_000), rng.uniform(20, 120, 5_000)
    campaign = Campaign(retention_cost=0, **SURE)
    told = forecast_of(p, campaign.clv(charge), campaign).range
    for deviations in (-1.0, 0.0, 1.0, Z):
        fixed = told.estimate - deviations * told.half_width / Z
        chance = chance_of_loss(p, campaign.clv(charge), replace(campaign, fixed_cost=fixed))
        assert chance == pytest.approx(norm.cdf(-deviations), abs=0.005)


def test_the_range_of_a_back_test_is_that_of_the_contacts_given_who_left():
    """What happened in place of the probability: the only chance that is left is whether a contact keeps a leaver."""
    churned, clv, campaign = np.array([1.0, 1.0, 0.0]), np.array([500.0, 800.0, 300.0]), Campaign(**SURE)
    ends = [sum(value for value, kept in zip(clv[:2], kept, strict=True) if kept) for kept in product((0, 1), repeat=2)]
    chance = [np.prod([0.3 if k else 0.7 for k in kept]) for kept in product((0, 1), repeat=2)]
    mean = np.dot(ends, chance)
    deviation = np.sqrt(np.dot((np.array(ends) - mean) ** 2, chance))
    told = forecast_of(churned, clv, campaign).range
    assert (told.estimate, told.half_width) == pytest.approx((mean - 30, Z * deviation))
    back_test = sweep([0.9, 0.8, 0.7], clv=clv, leaving=churned)
    assert told.estimate == pytest.approx(at_threshold(back_test, campaign, 0.0).expected_profit)
