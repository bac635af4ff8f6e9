"""Lifetime values that are no multiple of the charge, of summarised customers."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.campaign import optimise
from churn_core.campaign.economics import Campaign
from churn_core.campaign.forecast import forecast_of
from churn_core.campaign.optimise_summary import best_threshold, per_customer, per_customer_forecast, profit_curve
from churn_core.campaign.summary import Summary
from churn_core.campaign.worth import Worth
from churn_core.errors import CampaignError
from tests.campaign.conftest import campaigns, objectives
from tests.campaign.test_summary import CAMPAIGNS, ERROR, at_most, generated, limits, not_above, tables

OWN = st.sampled_from([0.5, 1.0, 3.0, 12.0])


@given(tables, campaigns, objectives, limits, OWN)
def test_the_bounds_hold_where_a_saved_customer_goes_on_at_the_own_risk(table, campaign, objective, most, window):
    p, charge, _ = table
    campaign = replace(campaign, after_save="own_risk", window=window)
    worth = Worth(amount=np.asarray(charge, dtype=float), probability=np.asarray(p, dtype=float))
    with at_most(*most):
        summarised = Summary.of(p, charge)
        by_threshold, each = best_threshold(summarised, campaign, objective), per_customer(summarised, campaign)
    assert not_above(optimise.best_threshold(worth.sweep(p), campaign, objective).expected_profit, by_threshold.upper_bound)
    assert not_above(optimise.per_customer(p, worth.clv(campaign), campaign).expected_profit, each.upper_bound)


@pytest.mark.parametrize("window", [1, 3, 12])
@pytest.mark.parametrize("name", CAMPAIGNS)
def test_at_the_own_risk_a_summary_says_what_the_customers_would(name, window):
    campaign = replace(Campaign(**CAMPAIGNS[name]), after_save="own_risk", window=window)
    p, charge = generated(20_000)
    worth, summarised = Worth(amount=charge, probability=p), Summary.of(p, charge)
    clv, swept = worth.clv(campaign), worth.sweep(p)
    exact, found = optimise.best_threshold(swept, campaign), best_threshold(summarised, campaign)
    assert found.expected_profit == pytest.approx(exact.expected_profit, rel=1e-6)
    assert not_above(exact.expected_profit, found.upper_bound) and found.upper_bound <= exact.expected_profit * (1 + ERROR) + 1
    each, cells = optimise.per_customer(p, clv, campaign), per_customer(summarised, campaign)
    assert cells.expected_profit == pytest.approx(each.expected_profit, rel=ERROR)
    assert (
        not_above(each.expected_profit, cells.upper_bound)
        and cells.upper_bound <= each.expected_profit + 0.02 * (each.expected_profit + campaign.fixed_cost) + 1
    )
    outcome, forecast = per_customer_forecast(summarised, campaign)
    listed = optimise.choose(p, clv, campaign)[0]
    assert outcome == cells and forecast.range.half_width == pytest.approx(
        forecast_of(p[listed], clv[listed], campaign).range.half_width, rel=1e-3
    )
    rows = profit_curve(summarised, campaign, 50)
    there = [optimise.at_threshold(swept, campaign, t).expected_profit for t in rows["threshold"].dropna()]
    assert rows["expected_profit"].iloc[1:].to_numpy() == pytest.approx(there, rel=1e-6, abs=1e-3)


def test_a_summary_holds_no_tenures_and_says_so():
    with pytest.raises(CampaignError, match="no tenures"):
        best_threshold(Summary.of([0.5], [70.0]), Campaign(after_save="tenure", tenure_curve=(1.0, 0.5)))
