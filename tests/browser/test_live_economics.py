"""The sums that the browser does under the finger, held against Python's: the same campaign, to the cent."""

from dataclasses import replace

import numpy as np
import pytest

from churn_core import settings
from churn_core.campaign.economics import Campaign, break_even_probability, expected_profit, expected_spend
from churn_core.campaign.forecast import forecast_of
from churn_core.campaign.optimise import best_threshold, choose, per_customer, plateau
from churn_core.campaign.plan import ONE_THRESHOLD, Plan
from churn_core.campaign.sweep import Sweep, sweep
from churn_core.campaign.uncertainty import Z
from churn_core.decisions.population import ALL, HERE
from churn_core.live.component import CONSTANTS
from tests.browser.some_campaigns import some_customers, some_plan, telco_like

CLOSE = {"rel": 1e-9, "abs": 1e-9}

OF_PLANS = """([customers, plans]) => plans.map((plan) => {
    const found = js.evaluate(customers, plan)
    return {
        byThreshold: found.byThreshold,
        byCustomer: found.byCustomer,
        chosen: found.chosen,
        list: js.choose(customers, plan),
        plateau: js.plateau(found.candidates, found.best, plan),
        breakEven: js.averageBreakEven(customers, plan),
        multiple: js.clvMultiple(plan),
        clv: customers.score.length > 200 ? null : [...js.clvOf(customers, plan)],
    }
})"""


def as_sent(swept: Sweep) -> dict:
    """Customers as the component hands them over: in falling order of score."""
    tenure = None if swept.tenure is None else swept.tenure.tolist()
    return {"score": swept.score.tolist(), "value": swept.value.tolist(), "tenure": tenure, "perValue": swept.per_value}


def evaluated(js, swept: Sweep, plans: list[Plan]) -> list[dict]:
    return js.evaluate(OF_PLANS, [as_sent(swept), [plan.as_dict() for plan in plans]])


# ---- any campaign on any customers ---------------------------------------------------------------------------------


def assert_same(found: dict, swept: Sweep, plan: Plan):
    campaign, objective = plan.campaign, plan.objective
    clv = swept.clv(campaign)
    assert found["multiple"] == pytest.approx(campaign.clv_multiple, **CLOSE)
    assert found["clv"] is None or found["clv"] == pytest.approx(clv.tolist(), **CLOSE)
    mean = float(np.mean(clv))
    assert found["breakEven"] == pytest.approx(float(break_even_probability(mean, campaign)), **CLOSE)

    best = best_threshold(swept, campaign, objective)
    by_threshold = found["byThreshold"]
    assert (by_threshold["contacted"], by_threshold["threshold"]) == (best.contacted, best.threshold)
    assert_money(by_threshold, best)
    assert_ranges(by_threshold, np.arange(len(clv)) < best.contacted, swept, campaign)
    around = plateau(swept, campaign, objective)
    assert found["plateau"] == (None if around is None else list(around))

    by_customer = found["byCustomer"]
    each = per_customer(swept.score, swept.clv(campaign), campaign, objective=objective)
    assert (by_customer["contacted"], by_customer["threshold"]) == (each.contacted, None)
    assert_money(by_customer, each)
    contact = choose(swept.score, clv, campaign, objective)[0]
    listed = np.isin(np.arange(len(clv)), found["list"])
    assert len(found["list"]) == listed.sum() == contact.sum()
    profit = expected_profit(swept.score, clv, campaign)
    spend = np.broadcast_to(expected_spend(swept.score, campaign), profit.shape)
    only_here, only_there = listed & ~contact, contact & ~listed
    for of_each in (profit, spend):  # of two customers who are worth the same, either may be the last that fits
        assert np.sort(of_each[only_here]) == pytest.approx(np.sort(of_each[only_there]), **CLOSE)
    assert_ranges(by_customer, listed, swept, campaign)

    assert found["chosen"] == (by_threshold if plan.rule == ONE_THRESHOLD else by_customer)


def assert_money(found: dict, outcome):
    assert found["profit"] == pytest.approx(outcome.expected_profit, rel=1e-9, abs=1e-6)
    assert found["spend"] == pytest.approx(outcome.expected_spend, rel=1e-9, abs=1e-6)
    assert abs(found["profit"] - outcome.expected_profit) < 0.005 and abs(found["spend"] - outcome.expected_spend) < 0.005
    if outcome.roi is None:
        assert found["roi"] is None
    else:
        assert found["roi"] == pytest.approx(outcome.roi, rel=1e-9, abs=1e-9)


def assert_ranges(found: dict, contact: np.ndarray, swept: Sweep, campaign: Campaign):
    """Both ranges of what this list will earn, to the cent."""
    clv = swept.clv(campaign)
    forecast = forecast_of(swept.score[contact], clv[contact], campaign)
    at_stake = float(clv.max() + campaign.incentive)  # where the variance is none, its root is what rounding leaves of this
    for name, band in (("halfWidth", forecast.range), ("ifExact", forecast.range_if_exact)):
        assert found[name] == pytest.approx(band.half_width, rel=1e-9, abs=1e-7 * at_stake), name
        assert abs(found[name] - band.half_width) < 0.005, name


def assert_all_same(js, swept: Sweep, plans: list[Plan]) -> int:
    """How many of the plans contact anybody, so that a test of nothing is noticed."""
    anyone = 0
    for found, plan in zip(evaluated(js, swept, plans), plans, strict=True):
        try:
            assert_same(found, swept, plan)
        except AssertionError as error:
            error.add_note(f"of {len(swept.score)} customers at {plan}")
            raise
        anyone += found["chosen"]["contacted"] > 0
    return anyone


@pytest.mark.parametrize("seed", range(6))
def test_any_campaign_on_any_customers(js, seed):
    rng = np.random.default_rng(seed)
    anyone = 0
    for _ in range(60):
        customers = some_customers(rng)
        anyone += assert_all_same(js, customers, [some_plan(rng, len(customers.score)) for _ in range(5)])
    assert anyone > 100


@pytest.mark.parametrize("seed", range(2))
def test_any_campaign_on_as_many_as_the_telco_customers(js, seed):
    rng = np.random.default_rng(100 + seed)
    customers = telco_like(rng)
    assert assert_all_same(js, customers, [some_plan(rng, len(customers.score)) for _ in range(80)]) > 25


@pytest.mark.parametrize("which", [HERE, ALL])
def test_every_position_of_each_slider(js, trained, which):
    """The customers of the dashboard, at the usual campaign with one slider moved over its whole range."""
    plans = [
        *(Plan(campaign=Campaign(retention_cost=float(cost))) for cost in range(0, 301, 5)),
        *(Plan(campaign=Campaign(success_rate=rate / 100)) for rate in range(0, 101, 2)),
        *(Plan(campaign=Campaign(success_rate_give_or_take=half / 100)) for half in range(0, 51, 2)),
        *(Plan(campaign=Campaign(clv_months=float(months))) for months in range(1, 61, 3)),
        *(Plan(campaign=Campaign(clv_months=float(months), after_save="own_risk", window=3)) for months in range(1, 61, 3)),
        *(trained.valued(Plan(campaign=Campaign(clv_months=float(months), after_save="tenure"))) for months in range(1, 61, 3)),
    ]
    assert assert_all_same(js, trained.population(which).expected_sweep, plans) > 100


def test_the_give_or_take_moves_the_range_and_nothing_else(js):
    rng = np.random.default_rng(7)
    for _ in range(30):
        customers = some_customers(rng)
        plan = some_plan(rng, len(customers.score))
        halves = (0.0, 0.1, 0.2, 0.5)
        found = evaluated(
            js, customers, [replace(plan, campaign=replace(plan.campaign, success_rate_give_or_take=half)) for half in halves]
        )
        widths = [each["chosen"].pop("halfWidth") for each in found]
        assert widths[0] == found[0]["chosen"]["ifExact"] and widths == sorted(widths)
        for each in found:
            assert each["chosen"] == found[0]["chosen"] and each["list"] == found[0]["list"]
            assert each["plateau"] == found[0]["plateau"]


# ---- the constants -------------------------------------------------------------------------------------------------


def test_what_is_noise_an_interval_and_the_plateau_is_what_python_says(js, monkeypatch):
    """None of them stands in the browser's copy: with others it decides otherwise, and as Python does with them."""
    customers, plan = telco_like(np.random.default_rng(0)), Plan(campaign=Campaign(success_rate_give_or_take=0.0))
    (usual,) = evaluated(js, customers, [plan])
    try:
        monkeypatch.setattr(settings, "PLATEAU_SHARE", 0.2)
        js.evaluate("(constants) => js.use(constants)", {**CONSTANTS, "plateau_share": settings.PLATEAU_SHARE, "z": 1.0})
        (other,) = evaluated(js, customers, [plan])
        assert tuple(other["plateau"]) == plateau(customers, plan.campaign) != tuple(usual["plateau"])
        assert usual["chosen"]["halfWidth"] == pytest.approx(Z * other["chosen"]["halfWidth"])
        js.evaluate(
            "(constants) => js.use(constants)", {**CONSTANTS, "noise": 1.0}
        )  # every profit is less than its stake's noise
        (nothing,) = evaluated(js, sweep([0.5], clv=30.0), [Plan(campaign=Campaign(success_rate=1.0))])
        assert nothing["byThreshold"]["contacted"] == nothing["byCustomer"]["contacted"] == 0
    finally:
        js.evaluate("(constants) => js.use(constants)", CONSTANTS)
    assert evaluated(js, customers, [plan]) == [usual]
