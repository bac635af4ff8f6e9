"""The range of several offers: the variance of each contact is that of its own offer, and the success rates vary for themselves."""

import numpy as np
import pytest

from churn_core.campaign.economics import Campaign
from churn_core.campaign.forecast import Contacts, chance_of_loss
from churn_core.campaign.offers.forecast import chance_of_loss_of_offers, forecast_of_offers

P, CLV = np.linspace(0.05, 0.9, 60), np.linspace(100, 1500, 60)
CALL = Campaign(retention_cost=20, success_rate=0.4, success_rate_give_or_take=0.2)
GIFT = Campaign(retention_cost=2, incentive=30, incentive_uptake=0.5, success_rate=0.3, success_rate_give_or_take=0.1)
MAIL = Campaign(retention_cost=1, success_rate=0.05, success_rate_give_or_take=0.0)


def of(campaign: Campaign, which: slice) -> Contacts:
    return Contacts.of(P[which], CLV[which], campaign)


def test_one_offer_has_the_range_and_the_chance_of_a_loss_of_a_campaign_to_the_last_bit():
    alone = forecast_of_offers([of(CALL, slice(None)), Contacts()], [CALL, GIFT], 0.0)
    assert alone == of(CALL, slice(None)).forecast(CALL)
    chance = chance_of_loss_of_offers([P, P[:0]], [CLV, CLV[:0]], [CALL, GIFT], 0.0)
    assert chance == chance_of_loss(P, CLV, CALL)


def test_the_fixed_cost_moves_the_range_and_does_not_widen_it():
    contacts, campaigns = [of(CALL, slice(0, 30)), of(GIFT, slice(30, 60))], [CALL, GIFT]
    free, paid = (forecast_of_offers(contacts, campaigns, cost) for cost in (0.0, 500.0))
    assert paid.range.low == pytest.approx(free.range.low - 500)
    assert paid.range.half_width == pytest.approx(free.range.half_width)


def test_nobody_gets_nothing():
    assert forecast_of_offers([Contacts(), Contacts()], [CALL, GIFT], 100.0).range.half_width == 0
    assert chance_of_loss_of_offers([P[:0]], [CLV[:0]], [CALL], 100.0) == 0.0


def test_ranges_and_chances_are_those_of_simulated_campaigns():
    random, campaigns = np.random.default_rng(1), [CALL, GIFT, MAIL]
    parts = [slice(0, 20), slice(20, 45), slice(45, 60)]
    earned = np.full(40_000, -1_500.0)
    for campaign, part in zip(campaigns, parts, strict=True):
        half, mean = campaign.success_rate_give_or_take, campaign.success_rate
        size = mean * (1 - mean) / (half / 1.96) ** 2 - 1 if half else 0
        rates = random.beta(mean * size, (1 - mean) * size, len(earned)) if half else np.full(len(earned), mean)
        for p, value in zip(P[part], CLV[part], strict=True):
            leaves = random.random(len(earned)) < p
            saved = leaves & (random.random(len(earned)) < rates)
            taken = ~leaves & (random.random(len(earned)) < campaign.incentive_uptake)
            earned += saved * (value - campaign.incentive) - taken * campaign.incentive - campaign.retention_cost
    contacts = [of(campaign, part) for campaign, part in zip(campaigns, parts, strict=True)]
    found = forecast_of_offers(contacts, campaigns, 1_500.0)
    assert found.range.estimate == pytest.approx(earned.mean(), rel=0.02)
    assert found.range.half_width == pytest.approx(1.96 * earned.std(), rel=0.02)
    chance = chance_of_loss_of_offers([P[part] for part in parts], [CLV[part] for part in parts], campaigns, 1_500.0)
    assert chance == pytest.approx((earned < 0).mean(), abs=0.02)
