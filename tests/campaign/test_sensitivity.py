"""What moves the profit, and by how much."""

from dataclasses import replace
from itertools import count

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core import settings
from churn_core.campaign.economics import Campaign, numbers_of
from churn_core.campaign.objective import MAXIMUM_PROFIT
from churn_core.campaign.optimise import best_threshold
from churn_core.campaign.sensitivity import break_even_backfire, break_evens, heat_map, slider_grid, slopes, tornado
from churn_core.campaign.sweep import sweep
from churn_core.campaign.totals import totals_of
from tests.campaign.conftest import amounts, campaigns, objectives, shares, simple_campaigns, tables_of

tables = tables_of(12)
TINY = 1e-6  # money; what summing in another order may change


@given(tables, campaigns)
def test_at_its_break_evens_the_list_earns_nothing(table, campaign):
    p, charge, _ = table
    totals = totals_of(p, campaign.clv(charge))
    rate, cost = break_evens(totals, campaign)
    if rate is not None and rate <= 1:
        assert totals.expected_profit(replace(campaign, success_rate=rate)) == pytest.approx(0, abs=TINY)
    if cost >= 0:
        assert totals.expected_profit(replace(campaign, retention_cost=cost)) == pytest.approx(0, abs=TINY)


@given(tables, campaigns, shares, amounts)
def test_a_list_pays_exactly_above_its_break_even_success_rate_and_below_its_break_even_cost(table, campaign, rate, cost):
    p, charge, _ = table
    totals = totals_of(p, campaign.clv(charge))
    least_rate, most_cost = break_evens(totals, campaign)
    at_rate = totals.expected_profit(replace(campaign, success_rate=rate))
    at_cost = totals.expected_profit(replace(campaign, retention_cost=cost))
    if abs(at_rate) > TINY:
        assert (at_rate > 0) == (least_rate is not None and rate > least_rate)
    if abs(at_cost) > TINY:
        assert (at_cost > 0) == (cost < most_cost)


@given(campaigns)
def test_an_empty_list_breaks_even_nowhere(campaign):
    empty = totals_of(np.array([]), np.array([]))
    assert break_evens(empty, campaign) == (None, None)
    assert break_even_backfire(empty, campaign) is None


@given(tables, campaigns)
def test_at_its_break_even_backfire_the_list_earns_nothing_and_below_it_something(table, campaign):
    p, charge, _ = table
    totals = totals_of(p, campaign.clv(charge))
    rate = break_even_backfire(totals, campaign)
    earned = [totals.expected_profit(moved(campaign, "backfire_rate", at)) for at in np.linspace(0, rate or 1, 11)]
    if rate is None:  # nothing to lose, or no rate loses it
        assert earned[0] <= TINY or min(earned) >= -TINY
    else:
        assert 0 < rate <= 1
        assert earned[-1] == pytest.approx(0, abs=TINY)
        assert min(earned[:-1]) >= -TINY


def test_the_break_even_backfire_lets_the_uptake_fall_with_those_who_stay():
    """Two customers with p = 1/2: Π = 0.3·(V − d) − κ·d − s·V − 2·c for V = 100 and d = 20."""
    totals, campaign = totals_of(np.full(2, 0.5), np.full(2, 100.0)), Campaign(retention_cost=1, incentive=20)
    assert break_even_backfire(totals, campaign) == pytest.approx((24 - 20 - 2) / (100 - 20))  # κ = 1 − s
    given_too = replace(campaign, incentive_uptake=1.0)
    assert break_even_backfire(totals, given_too) == break_even_backfire(totals, campaign)  # who stays takes it, said or not
    at_another = replace(campaign, backfire_rate=0.01, incentive_uptake=None)
    assert break_even_backfire(totals, at_another) == break_even_backfire(totals, campaign)
    half = replace(campaign, incentive_uptake=0.5)
    assert break_even_backfire(totals, half) == pytest.approx((24 - 10 - 2) / 100)  # as given: more than half of them stay
    most = replace(campaign, incentive_uptake=0.99)
    assert break_even_backfire(totals, most) == pytest.approx(0.01 + (24 - 19.8 - 2 - 1) / 80)  # as given up to 1 %, then 1 − s


@given(tables, campaigns, shares, amounts)
def test_the_slopes_are_what_a_step_of_any_size_brings(table, campaign, rate, cost):
    """Profit is linear in either, so a finite difference is no approximation."""
    p, charge, _ = table
    totals = totals_of(p, campaign.clv(charge))
    per_cost, per_rate = slopes(totals, campaign)
    now = totals.expected_profit(campaign)
    dearer = totals.expected_profit(replace(campaign, retention_cost=cost)) - now
    better = totals.expected_profit(replace(campaign, success_rate=rate)) - now
    assert dearer == pytest.approx(per_cost * (cost - campaign.retention_cost), rel=1e-9, abs=TINY)
    assert better == pytest.approx(per_rate * (rate - campaign.success_rate), rel=1e-9, abs=TINY)


@pytest.mark.parametrize("parameter, which", [("retention_cost", 0), ("success_rate", 1)])
def test_at_the_optimum_the_slopes_of_the_list_are_those_of_the_best_profit(parameter, which):
    """The list hardly changes, and where it does, it changes among customers who earn nothing."""
    rng = np.random.default_rng(0)
    swept = sweep(rng.beta(1, 3, 5_000), monthly_charge=rng.uniform(20, 120, 5_000))
    campaign = Campaign(incentive=20, incentive_uptake=0.5, backfire_rate=0.005)
    best = best_threshold(swept, campaign)
    slope = slopes(swept.first(best.contacted), campaign)[which]
    step = 1e-3 * getattr(campaign, parameter)
    around = [replace(campaign, **{parameter: getattr(campaign, parameter) + by}) for by in (-step, step)]
    low, high = (best_threshold(swept, there).expected_profit for there in around)
    assert (high - low) / (2 * step) == pytest.approx(slope, rel=0.01)


def moved(campaign, name, value):
    """The campaign with one assumption at another value; who leaves because of the contact takes no incentive."""
    if name != "backfire_rate":
        return replace(campaign, **{name: value})
    if campaign.incentive_uptake == 1 - campaign.backfire_rate:  # all who stay take it: as when it is left out
        return replace(campaign, backfire_rate=value, incentive_uptake=None)
    return replace(campaign, backfire_rate=value, incentive_uptake=min(campaign.incentive_uptake, 1 - value))


@given(tables, campaigns, objectives)
def test_each_row_of_the_tornado_is_the_best_profit_at_either_end_the_strongest_first(table, campaign, objective):
    p, charge, _ = table
    swept = sweep(p, monthly_charge=charge)
    rows = tornado(lambda there: best_threshold(swept, there, objective).expected_profit, campaign)
    assert list(rows) == ["parameter", "low", "high", "profit_at_low", "profit_at_high"]
    assert rows["parameter"].is_unique
    for row in rows.itertuples():
        now = getattr(campaign, row.parameter)
        assert row.low <= now * (1 + 1e-12) and now <= row.high + 1e-12 and row.low < row.high
        for value, profit in ((row.low, row.profit_at_low), (row.high, row.profit_at_high)):
            there = moved(campaign, row.parameter, value)  # refuses what is out of range
            assert best_threshold(swept, there, objective).expected_profit == profit
    swing = (rows["profit_at_high"] - rows["profit_at_low"]).abs()
    assert (swing > 0).all() and swing.is_monotonic_decreasing


@given(campaigns)
def test_every_assumption_is_moved_but_an_amount_or_a_share_of_nothing_and_the_uptake_of_no_incentive(campaign):
    different_each_time = count()
    rows = tornado(lambda there: float(next(different_each_time)), campaign)
    still = {name for name in ("retention_cost", "success_rate", "margin", "fixed_cost") if getattr(campaign, name) == 0}
    if campaign.incentive == 0 or campaign.incentive_uptake == 0:
        still.add("incentive_uptake")
    if campaign.incentive == 0 and campaign.retention_cost == 0:
        still.add("incentive")  # none so far: moved by as much as the contact, which costs nothing
    still.add("success_rate_give_or_take")  # widens the range of a profit and moves none
    still.add("window")  # moves nothing where a saved customer stays for the whole horizon
    assert set(rows["parameter"]) == {field.name for field in numbers_of(Campaign)} - still


@pytest.mark.parametrize("incentive, step_of_it", [(20, 20 / 4), (0, 8)], ids=["some", "none so far: as much as the contact"])
def test_an_assumption_is_moved_by_a_quarter_of_it_or_by_the_step_that_its_range_asks_for(incentive, step_of_it):
    """All of them in the middle of their ranges, where the ends cut nothing off."""
    amounts = {"retention_cost": 8, "clv_months": 12, "fixed_cost": 100, "incentive": incentive}
    rates = {"success_rate": 0.4, "margin": 0.4, "incentive_uptake": 0.4, "backfire_rate": 0.1}
    campaign = Campaign(**amounts, **rates, annual_discount=0.2, monthly_survival=0.9)
    different_each_time = count()
    rows = tornado(lambda there: float(next(different_each_time)), campaign)
    steps = {name: value * settings.SENSITIVITY_SHARE for name, value in {**amounts, **rates}.items()}
    steps |= {"incentive": step_of_it, **settings.SENSITIVITY_STEPS}
    for row in rows.itertuples():
        now = getattr(campaign, row.parameter)
        assert row.high - now == pytest.approx(steps[row.parameter])
        assert now - row.low == pytest.approx(min(steps[row.parameter], now))


@given(campaigns)
def test_what_moves_nothing_is_left_out_of_the_tornado(campaign):
    assert tornado(lambda there: 7.0, campaign).empty
    only = tornado(lambda there: there.margin, campaign)
    assert only["parameter"].tolist() == (["margin"] if campaign.margin > 0 else [])


@pytest.mark.parametrize("name", ["success_rate", "margin", "monthly_survival", "annual_discount", "backfire_rate"])
@pytest.mark.parametrize("end", [0.0, 1.0])
def test_nothing_is_moved_out_of_its_range(name, end):
    seen = []
    tornado(lambda there: seen.append(there) or float(len(seen)), Campaign(**{name: end}))
    assert {getattr(there, name) for there in seen} <= set(np.clip([getattr(there, name) for there in seen], 0, 1))
    assert all(there.incentive_uptake + there.backfire_rate <= 1 + 1e-12 for there in seen)


@given(tables, st.one_of(simple_campaigns, campaigns), st.one_of(st.just(MAXIMUM_PROFIT), objectives))
def test_each_cell_of_the_heat_map_is_the_best_threshold_there(table, campaign, objective):
    p, charge, churned = table
    rates, costs = np.array([0.0, 0.25, campaign.success_rate, 1.0]), np.array([0.0, 1.0, campaign.retention_cost])
    for leaving in (p, churned):
        swept = sweep(p, monthly_charge=charge, leaving=leaving)
        heat = heat_map(swept, campaign, rates, costs, objective)
        assert heat.expected_profit.shape == heat.threshold.shape == heat.contacted.shape == (4, 3)
        for i, rate in enumerate(rates):
            for j, cost in enumerate(costs):
                there = replace(campaign, success_rate=float(rate), retention_cost=float(cost))
                best = best_threshold(swept, there, objective)
                if objective.marginal:  # what is compared is Σu − h·Σe, and equally good lists can differ in profit
                    spend = swept.first(int(heat.contacted[i, j])).expected_spend(there)
                    worth = heat.expected_profit[i, j] - objective.marginal * spend
                    wanted = best.expected_profit - objective.marginal * best.expected_spend
                    assert worth == pytest.approx(wanted, rel=1e-9, abs=TINY * (1 + objective.marginal))
                else:
                    assert heat.expected_profit[i, j] == pytest.approx(best.expected_profit, rel=1e-9, abs=TINY)
                assert np.isnan(heat.threshold[i, j]) == (heat.contacted[i, j] == 0)
                if heat.contacted[i, j]:
                    assert heat.contacted[i, j] == (p >= heat.threshold[i, j]).sum()


@pytest.mark.parametrize("p, clv, rate, cost", [(0.7, 10, 0.2, 1.4), (0.3, 10, 0.4, 1.2), (1.0, 2.1, 0.8, 1.68)])
def test_a_cell_where_the_only_contact_earns_exactly_nothing_is_empty(p, clv, rate, cost):
    """p · γ · V = c: in floats the sum of the sweep can be a little more."""
    heat = heat_map(sweep([p], clv=clv), Campaign(), np.array([rate]), np.array([cost]))
    assert (heat.contacted.tolist(), heat.expected_profit.tolist()) == ([[0]], [[0.0]])


@given(tables, campaigns)
def test_up_the_heat_map_profit_rises_with_the_success_rate_and_falls_with_the_cost(table, campaign):
    p, charge, _ = table
    campaign = replace(campaign, incentive=0.0)  # a save is then worth something, whoever is saved
    swept = sweep(p, monthly_charge=charge)
    heat = heat_map(swept, campaign, np.linspace(0, 1, 5), np.linspace(0, 50, 4))
    assert (np.diff(heat.expected_profit, axis=0) >= -TINY).all()
    assert (np.diff(heat.expected_profit, axis=1) <= TINY).all()
    assert (heat.expected_profit >= 0).all()


@given(campaigns)
def test_the_sliders_of_the_heat_map_start_at_0_and_hold_the_campaign(campaign):
    rates, costs = slider_grid(campaign)
    for values in (rates, costs):
        assert len(values) == settings.HEAT_MAP_POINTS and values[0] == 0 and (np.diff(values) > 0).all()
    assert rates[-1] <= 1 and campaign.success_rate <= rates[-1]
    assert campaign.retention_cost <= costs[-1]
