"""Contacts per week: who comes first, what waiting costs, and how far the order can be from the best."""

import math

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from churn_core.campaign.economics import Campaign, expected_profit
from churn_core.campaign.schedule import NEVER, Waiting, schedule, weeks_of
from churn_core.errors import CampaignError

CAMPAIGNS = (
    Campaign(),
    Campaign(retention_cost=25, success_rate=0.2, incentive=40, incentive_uptake=0.5),
    Campaign(retention_cost=5, success_rate=0.4, incentive=10, backfire_rate=0.01),
    Campaign(retention_cost=0, success_rate=0.1, backfire_rate=0.03),
)


def random_list(rng, campaign, n=None):
    """Some customers who pay, and some who do not."""
    n = n or int(rng.integers(5, 60))
    p, clv = rng.beta(rng.uniform(0.3, 2), rng.uniform(0.3, 4), n), rng.lognormal(6, rng.uniform(0, 1.5), n)
    return Waiting.of(p, clv, campaign)


def best_possible(waiting, window, per_week):
    """The exact optimum: every customer to one of the places of the weeks, or to none."""
    weeks = math.ceil(weeks_of(window))
    values = np.stack([waiting.at(k / weeks_of(window)) for k in range(weeks)], axis=1)
    places = np.repeat(values, min(per_week, len(values)), axis=1)
    return places[linear_sum_assignment(places, maximize=True)].sum()


@pytest.mark.parametrize("campaign", CAMPAIGNS)
@pytest.mark.parametrize("time", [0.0, 0.1, 0.5, 0.99])
def test_a_later_contact_is_worth_that_of_who_is_still_here_with_what_is_left_of_the_risk(campaign, time):
    p, clv = np.array([0.0, 0.02, 0.3, 0.7, 0.999]), np.array([1200.0, 900.0, 400.0, 2000.0, 60.0])
    still_here, left_of_the_risk = (1 - p) ** time, 1 - (1 - p) ** (1 - time)
    expected = still_here * expected_profit(left_of_the_risk, clv, campaign)
    np.testing.assert_allclose(Waiting.of(p, clv, campaign).at(time), np.maximum(expected, 0.0), atol=1e-9)


def test_who_leaves_for_certain_is_worth_a_contact_at_the_beginning_alone():
    waiting = Waiting.of([1.0], [840.0], Campaign())
    assert waiting.at(0.0) == expected_profit(1.0, 840.0, Campaign())
    assert waiting.at(0.01) == 0


def test_a_contact_after_the_window_is_worth_nothing_by_this_list():
    assert Waiting.of([0.9], [840.0], Campaign()).at(1.0) == 0
    planned = schedule(Waiting.of([0.5] * 100, [840.0] * 100, Campaign()), window=1, per_week=1)
    assert planned.weeks == 5  # the last one begins before the 4.35 weeks are over
    assert planned.missed == 95


@pytest.mark.parametrize("campaign", CAMPAIGNS)
def test_waiting_never_earns_more(campaign):
    waiting = random_list(np.random.default_rng(1), campaign, 500)
    values = np.stack([waiting.at(time) for time in np.linspace(0, 1, 40)])
    assert (np.diff(values, axis=0) <= 1e-9).all()


def test_with_room_for_all_in_the_first_week_nothing_is_lost():
    p, clv = np.array([0.3, 0.001, 0.8]), np.array([840.0, 840.0, 500.0])
    planned = schedule(Waiting.of(p, clv, Campaign()), window=3, per_week=3)
    assert planned.week.tolist() == [1, NEVER, 1]
    assert planned.cost_of_waiting == 0 and planned.unpaid == 1
    assert planned.expected_profit == pytest.approx(expected_profit(p[[0, 2]], clv[[0, 2]], Campaign()).sum())


def test_every_customer_is_in_one_week_or_missed_or_does_not_pay_and_no_week_has_more_than_its_places():
    planned = schedule(random_list(np.random.default_rng(2), CAMPAIGNS[1], 300), window=3, per_week=7)
    assert planned.contacts.sum() + planned.missed + planned.unpaid == 300
    assert planned.contacts.max() <= 7
    assert np.bincount(planned.week)[1:].tolist() == planned.contacts.tolist()
    assert (planned.profit > 0).all()


def test_what_is_lost_is_what_all_would_earn_at_once_less_what_the_schedule_earns():
    waiting = random_list(np.random.default_rng(3), CAMPAIGNS[0], 300)
    planned = schedule(waiting, window=3, per_week=7)
    assert planned.cost_of_waiting == pytest.approx(waiting.at(0.0).sum() - planned.expected_profit)
    assert planned.missed_profit == pytest.approx(waiting.at(0.0)[planned.week == NEVER].sum())


def test_the_order_of_the_customers_does_not_matter():
    rng = np.random.default_rng(4)
    waiting = random_list(rng, CAMPAIGNS[2], 200)
    shuffled = rng.permutation(200)
    one, other = schedule(waiting, window=2, per_week=9), schedule(waiting[shuffled], window=2, per_week=9)
    assert one.week[shuffled].tolist() == other.week.tolist()


def test_the_schedule_is_never_above_the_best_one_and_close_to_it():
    rng, short = np.random.default_rng(5), []
    for k in range(300):
        waiting = random_list(rng, CAMPAIGNS[k % len(CAMPAIGNS)])
        window, per_week = float(rng.choice([0.5, 1, 3, 12])), int(rng.integers(1, 15))
        planned = schedule(waiting, window=window, per_week=per_week)
        best = best_possible(waiting, window, per_week)
        assert planned.expected_profit <= best * (1 + 1e-9) + 1e-9
        assert best <= planned.bound * (1 + 1e-9) + 1e-9
        short.append(1 - planned.expected_profit / best if best else 0.0)
    assert np.mean(short) < 0.001  # a tenth of a per cent on average
    assert max(short) < 0.05


def test_nobody_to_contact_is_no_week():
    planned = schedule(Waiting.of([0.001], [10.0], Campaign()), window=3, per_week=5)
    assert (planned.weeks, planned.expected_profit, planned.bound, planned.unpaid) == (0, 0.0, 0.0, 1)


def test_with_several_offers_each_customer_waits_by_the_own_one():
    p, clv, offer = np.array([0.2, 0.4, 0.6]), np.array([500.0, 900.0, 700.0]), np.array([1, 0, 1])
    waiting = Waiting.of_offers(p, clv, CAMPAIGNS[:2], offer)
    for at in (0.0, 0.4):
        alone = [Waiting.of(p[i], clv[i], CAMPAIGNS[j]).at(at).item() for i, j in enumerate(offer)]
        assert waiting.at(at).tolist() == pytest.approx(alone)


@pytest.mark.parametrize("per_week", [0, -3, 1.5, math.inf, math.nan])
def test_contacts_per_week_are_a_whole_number(per_week):
    with pytest.raises(CampaignError, match="whole number, 1 or more"):
        schedule(Waiting.of([0.5], [840.0], Campaign()), window=1, per_week=per_week)
