"""The optimum against another implementation: the maximum profit criteria of Verbraken, Verbeke & Baesens (2013).

MPC and EMPC are this model with every stayer taking the incentive (κ = 1) and none driven away (s = 0), per customer.
``empulse`` computes them from confusion counts and the hull of the ROC curve, and the integral over γ in closed form.
"""

import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from churn_core.campaign.economics import Campaign
from churn_core.campaign.optimise import best_threshold
from churn_core.campaign.sensitivity import heat_map
from churn_core.campaign.sweep import sweep

try:
    from empulse.metrics import empc_score, mpc_score
except ImportError:
    if os.environ.get("CI") == "true":
        raise
    pytest.skip("empulse is not installed", allow_module_level=True)

scores = st.one_of(st.integers(0, 8).map(lambda i: i / 8), st.floats(0, 1))
back_tests = st.lists(st.tuples(st.integers(0, 1), scores), min_size=2, max_size=40).map(
    lambda rows: (np.array([churned for churned, _ in rows]), np.array([score for _, score in rows]))
)
both_kinds = back_tests.filter(lambda rows: 0 < rows[0].sum() < len(rows[0]))  # a ROC curve has two
offers = st.fixed_dictionaries(
    {"clv": st.floats(20, 2_000), "incentive_cost": st.floats(0, 100), "contact_cost": st.floats(0, 50)}
)


def campaign_of(offer, rate):
    return Campaign(
        retention_cost=offer["contact_cost"],
        success_rate=rate,
        incentive=offer["incentive_cost"],
        incentive_uptake=1,
        backfire_rate=0,
    )


@given(both_kinds, offers, st.floats(0, 1))
def test_the_best_profit_per_customer_is_the_maximum_profit_criterion(rows, offer, rate):
    churned, score = rows
    best = best_threshold(sweep(score, clv=offer["clv"], leaving=churned), campaign_of(offer, rate))
    assert best.expected_profit / len(score) == pytest.approx(
        mpc_score(churned, score, accept_rate=rate, **offer), abs=1e-9 * 2_000
    )


@given(both_kinds, offers, st.floats(0, 1))
def test_the_share_contacted_is_the_optimal_rate_of_the_criterion_or_earns_as_much(rows, offer, rate):
    """Of equally good campaigns this one is the smallest."""
    churned, score = rows
    swept, campaign = sweep(score, clv=offer["clv"], leaving=churned), campaign_of(offer, rate)
    contacted = round(len(score) * float(mpc_score.optimal_rate(churned, score, accept_rate=rate, **offer)))
    best = best_threshold(swept, campaign)
    there = swept.first(contacted)
    assert float(there.expected_profit(campaign)) == pytest.approx(best.expected_profit, rel=1e-9, abs=1e-6)
    assert best.contacted <= contacted


# The mean of 2,000 equally likely success rates; profit is convex and piecewise linear in the rate, between 0 and V, so
# that the mean over a slice differs from its middle by less than V times the slice's width.
RATES = beta.ppf((np.arange(2_000) + 0.5) / 2_000, 6, 14)


@pytest.mark.parametrize(
    "offer", [(200, 10, 1), (200, 0, 20), (1_000, 50, 10), (60, 10, 10)], ids=lambda offer: f"V, d, c = {offer}"
)
@pytest.mark.parametrize("n", [20, 300])
def test_the_best_profit_averaged_over_uncertain_success_rates_is_the_expected_maximum_profit(offer, n):
    """γ ~ Beta(6, 14), a threshold chosen anew at each rate; to 2 in 10,000 of a lifetime value."""
    rng = np.random.default_rng(n)
    p = rng.beta(1, 2, n)
    churned, score = (rng.random(n) < p).astype(int), np.round(p + rng.normal(0, 0.1, n), 2)
    offer = dict(zip(("clv", "incentive_cost", "contact_cost"), offer, strict=True))
    swept = sweep(score, clv=float(offer["clv"]), leaving=churned)
    heat = heat_map(swept, campaign_of(offer, 0.3), RATES, np.array([offer["contact_cost"]]))
    ours = heat.expected_profit.mean() / n
    assert ours > 0
    assert ours == pytest.approx(empc_score(churned, score, alpha=6, beta=14, **offer), abs=2e-4 * offer["clv"])
