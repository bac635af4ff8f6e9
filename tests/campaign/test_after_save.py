"""How long a saved customer stays, and what follows for every rule."""

from dataclasses import replace

import numpy as np
import pytest

from churn_core.campaign.after_save import clv_multiples, tenure_curve
from churn_core.campaign.curve import profit_curve
from churn_core.campaign.economics import Campaign, expected_profit
from churn_core.campaign.objective import MAXIMUM_PROFIT, Objective
from churn_core.campaign.optimise import at_threshold, best_threshold, choose, contact_all, per_customer, ranked_per_customer
from churn_core.campaign.plan import Plan
from churn_core.campaign.sensitivity import heat_map, slider_grid
from churn_core.campaign.sweep import sweep
from churn_core.campaign.worth import Worth
from churn_core.errors import CampaignError

CURVE = tenure_curve([1, 2, 2, 3, 5, 8, 8, 13, 30], [1, 1, 0, 0, 1, 1, 0, 1, 0])
OWN = Campaign(after_save="own_risk", window=1)
BY_AGE = Campaign(after_save="tenure", tenure_curve=CURVE)


def added_up(campaign: Campaign, survival) -> float:
    """Σ q^t · s(t) over whole months, one by one."""
    q = campaign.monthly_survival / (1 + campaign.annual_discount) ** (1 / 12)
    return campaign.margin * sum(q**t * survival(t) for t in range(int(campaign.clv_months)))


def some(rng, n=40):
    return rng.beta(0.6, 1.6, n), rng.uniform(18, 119, n), rng.integers(0, 40, n).astype(float)


@pytest.mark.parametrize("seed", range(20))
def test_a_save_is_worth_the_months_that_the_customer_goes_on(seed):
    rng = np.random.default_rng(seed)
    p, _, age = some(rng)
    campaign = Campaign(
        clv_months=float(rng.integers(1, 60)),
        margin=float(rng.random()),
        annual_discount=float(rng.choice([0, 0.1])),
        monthly_survival=float(rng.choice([1, 0.97, 0])),
    )
    own = replace(campaign, after_save="own_risk", window=float(rng.choice([1, 3, 12, 0.5])))
    for one, found in zip(p, clv_multiples(own, p, None), strict=True):
        assert found == pytest.approx(added_up(own, lambda t, one=one: (1 - one) ** (t / own.window)), rel=1e-12)
    by_age = replace(campaign, after_save="tenure", tenure_curve=CURVE)
    still = lambda a: CURVE[min(int(a), len(CURVE) - 1)]  # noqa: E731 - what it says
    for a, found in zip(age, clv_multiples(by_age, None, age), strict=True):
        assert found == pytest.approx(added_up(by_age, lambda t, a=a: still(a + t) / still(a)), rel=1e-12)


def test_who_never_leaves_is_worth_the_whole_horizon_and_who_leaves_for_certain_one_month():
    for terms in ({}, {"annual_discount": 0.1}, {"monthly_survival": 0.9}, {"clv_months": 7.3, "annual_discount": 0.2}):
        campaign = Campaign(**terms)
        own, flat = replace(campaign, **vars_of(OWN)), replace(campaign, after_save="tenure", tenure_curve=(1.0, 1.0))
        never, certain = clv_multiples(own, np.array([0.0, 1.0]), None)
        assert never == pytest.approx(campaign.clv_multiple, rel=1e-14) and certain == 1
        assert clv_multiples(flat, None, np.array([0.0, 50.0])) == pytest.approx([campaign.clv_multiple] * 2, rel=1e-13)


def vars_of(campaign: Campaign) -> dict:
    return {"after_save": campaign.after_save, "window": campaign.window}


@pytest.mark.parametrize("campaign", [OWN, BY_AGE], ids=["own_risk", "tenure"])
def test_a_part_of_a_month_lies_between_the_whole_ones_and_a_longer_horizon_is_worth_more(campaign):
    p, _, age = some(np.random.default_rng(0))
    worth = [clv_multiples(replace(campaign, clv_months=h), p, age) for h in (0.5, 1, 1.5, 2, 11.9, 12, 12.25, 13)]
    assert all((later >= earlier).all() for earlier, later in zip(worth, worth[1:], strict=False))
    assert (worth[1] == pytest.approx(1)) and (worth[0] < 1).all()


def test_after_the_last_age_that_was_seen_nobody_is_known_to_leave_and_where_all_have_left_one_month_counts():
    curve = tenure_curve([1, 2, 4], [1, 1, 1])
    assert curve == pytest.approx((1, 2 / 3, 1 / 3, 1 / 3, 0))
    campaign = Campaign(clv_months=3, after_save="tenure", tenure_curve=curve)
    assert clv_multiples(campaign, None, np.array([0.0, 3.0, 4.0, 99.0, np.nan])) == pytest.approx([2, 1, 1, 1, 2])


def test_the_tenure_curve_counts_who_has_left_at_the_own_tenure_and_who_is_here_as_so_long_at_least():
    assert tenure_curve([2, 2, 5, 5], [1, 0, 1, 0]) == pytest.approx((1, 1, 0.75, 0.75, 0.75, 0.375))
    assert tenure_curve([0.5, 1.9, 3], [1, 0, 0]) == pytest.approx((1, 2 / 3, 2 / 3, 2 / 3))
    assert tenure_curve([2, 5], [np.nan, 1]) == (1, 1, 1, 1, 1, 0)  # an outcome that is not known is none
    assert tenure_curve([2, 5], [1, 1], weight=[0, 1]) == (1, 1, 1, 1, 1, 0)  # who was contacted tells nothing
    assert tenure_curve([], []) == tenure_curve([np.nan], [1]) == ()


@pytest.mark.parametrize(
    "campaign", [OWN, replace(OWN, window=12, incentive=10, incentive_uptake=0.5, backfire_rate=0.01), BY_AGE]
)
@pytest.mark.parametrize("objective", [MAXIMUM_PROFIT, Objective(budget=100), Objective(min_roi=4)])
def test_every_rule_decides_by_the_same_lifetime_values(campaign, objective):
    for seed in range(10):
        p, charge, age = some(np.random.default_rng(seed))
        worth = Worth(amount=charge, probability=p, tenure=age)
        clv = worth.clv(campaign)
        swept, plain = worth.sweep(p), sweep(p, clv=clv)
        assert best_threshold(swept, campaign, objective) == best_threshold(plain, campaign, objective)
        assert contact_all(swept, campaign).expected_profit == pytest.approx(
            expected_profit(p, clv, campaign).sum() - campaign.fixed_cost
        )
        each, ranked = per_customer(p, clv, campaign, objective=objective), ranked_per_customer(swept, campaign, objective)
        assert (each.contacted, each.expected_profit) == (ranked.contacted, pytest.approx(ranked.expected_profit))
        assert profit_curve(swept, campaign).equals(profit_curve(plain, campaign))
        some_of_them = np.flatnonzero(charge > 60)
        assert (worth.of(some_of_them).clv(campaign) == clv[some_of_them]).all()  # one by one, to the last bit
        assert worth.of(slice(3, 4)).clv(campaign)[0] == clv[3]


def test_the_heat_map_and_a_slider_of_the_horizon_revalue():
    p, charge, age = some(np.random.default_rng(3))
    swept = Worth(amount=charge, probability=p, tenure=age).sweep(p)
    heat = heat_map(swept, OWN, *slider_grid(OWN))
    there = replace(OWN, success_rate=float(heat.success_rate[10]), retention_cost=float(heat.retention_cost[4]))
    assert heat.expected_profit[10, 4] == pytest.approx(best_threshold(swept, there).expected_profit)
    shorter = best_threshold(swept, replace(OWN, clv_months=2)).expected_profit
    assert shorter < best_threshold(swept, OWN).expected_profit < best_threshold(swept, Campaign()).expected_profit


def test_with_the_own_risk_one_threshold_need_not_be_best():
    p, clv = np.array([0.99, 0.3]), Worth(amount=np.array([20.0, 20.0]), probability=np.array([0.99, 0.3])).clv(OWN)
    assert choose(p, clv, Campaign(retention_cost=6.0))[0].tolist() == [False, False]
    contact = choose(p, clv, Campaign(retention_cost=5.95))[0]
    assert contact.tolist() == [False, True] or clv[0] < clv[1]


def test_a_back_test_values_by_the_probability_and_counts_what_happened():
    p, charge, _ = some(np.random.default_rng(1))
    left = (np.random.default_rng(2).random(len(p)) < p).astype(float)
    swept = Worth(amount=charge, probability=p).sweep(p, leaving=left)
    clv = Worth(amount=charge, probability=p).clv(OWN)
    found = at_threshold(swept, OWN, 0.3)
    assert found.expected_profit == pytest.approx(expected_profit(left, clv, OWN)[p >= 0.3].sum())


def test_what_is_not_known_is_asked_for():
    with pytest.raises(CampaignError, match="--window"):
        clv_multiples(Campaign(after_save="own_risk"), np.array([0.5]), None)
    with pytest.raises(CampaignError, match="Score them"):
        clv_multiples(OWN, None, None)
    with pytest.raises(CampaignError, match="Train a new version"):
        clv_multiples(Campaign(after_save="tenure"), None, np.array([1.0]))
    with pytest.raises(CampaignError, match="no tenure"):
        clv_multiples(BY_AGE, None, None)
    with pytest.raises(CampaignError, match="must be one of stays, own_risk, tenure"):
        Campaign(after_save="for ever")
    for curve in ((0.5, 0.6), (2.0,), (1.0, -0.1), (1.0, None)):
        with pytest.raises(CampaignError, match="tenure_curve"):
            Campaign(tenure_curve=curve)


def test_a_plan_learns_of_its_customers_what_it_asks_and_nothing_else():
    asks = Plan(campaign=Campaign(after_save="own_risk"))
    assert asks.valued_for(3.0, CURVE).campaign.window == 3
    assert Plan(campaign=replace(OWN, window=12)).valued_for(3.0, CURVE).campaign.window == 12
    assert Plan().valued_for(None, ()) == Plan() == Plan().valued_for(3.0, CURVE)
    assert Plan(campaign=Campaign(after_save="tenure")).valued_for(None, CURVE).campaign.tenure_curve == CURVE
    with pytest.raises(CampaignError, match="--window"):
        asks.valued_for(None, CURVE)
    with pytest.raises(CampaignError, match="own-risk or stays"):
        Plan(campaign=Campaign(after_save="tenure")).valued_for(1.0, ())
    again = asks.valued_for(3.0, CURVE)
    assert Plan.from_dict(again.as_dict()) == again
