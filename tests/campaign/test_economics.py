"""One contacted customer, against doing nothing."""

import dataclasses
import re

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from churn_core.campaign.economics import (
    Campaign,
    break_even_probability,
    expected_profit,
    expected_spend,
    figures_of_one,
    numbers_of,
)
from churn_core.errors import CampaignError, ChurnError
from tests.campaign.conftest import campaigns, ratios, shares

money = st.floats(0.01, 1_000)
rates = st.floats(0.01, 1)
probabilities = st.floats(0, 1)
lifetime_values = st.floats(0.01, 10_000)
plain_campaigns = st.builds(Campaign, retention_cost=money, success_rate=rates, clv_months=st.floats(0.5, 60))


def terms(campaign, clv):
    """V, c, γ, d, κ, s: the letters of ECONOMICS.md, to write its formulas out; money is only as exact as the largest."""
    c, gamma, d = campaign.retention_cost, campaign.success_rate, campaign.incentive
    return clv, c, gamma, d, campaign.incentive_uptake, campaign.backfire_rate, 1e-12 * (clv + c + d)


def test_the_defaults_are_those_of_economics_md():
    assert Campaign() == Campaign(retention_cost=10, success_rate=0.30, clv_months=12)


@given(plain_campaigns, st.floats(0, 200))
def test_the_customer_lifetime_value_is_the_months_times_the_monthly_charge(campaign, charge):
    assert campaign.clv(charge) == campaign.clv_months * charge


@given(plain_campaigns, probabilities, money)
def test_a_contact_earns_the_saved_value_less_the_cost(campaign, p, clv):
    formula = p * campaign.success_rate * clv - campaign.retention_cost
    assert expected_profit(p, clv, campaign) == pytest.approx(formula, abs=1e-9)


@given(campaigns, probabilities, lifetime_values)
def test_a_contact_also_loses_the_incentives_of_stayers_and_the_stayers_it_drives_away(campaign, p, clv):
    V, c, gamma, d, kappa, s, rounding = terms(campaign, clv)
    formula = p * gamma * (V - d) - (1 - p) * (kappa * d + s * V) - c
    assert expected_profit(p, clv, campaign) == pytest.approx(formula, rel=1e-9, abs=4 * rounding)


@given(campaigns, probabilities)
def test_a_contact_spends_its_cost_and_the_incentives_that_are_taken(campaign, p):
    _, c, gamma, d, kappa, _, _ = terms(campaign, 0.0)
    assert expected_spend(p, campaign) == pytest.approx(c + p * gamma * d + (1 - p) * kappa * d)


@given(campaigns, lifetime_values)
def test_contacting_at_the_break_even_probability_earns_nothing(campaign, clv):
    break_even = break_even_probability(clv, campaign)
    assume(np.isfinite(break_even))
    assert expected_profit(break_even, clv, campaign) == 0


@given(campaigns, lifetime_values)
def test_the_break_even_probability_is_the_formula_of_economics_md(campaign, clv):
    V, c, gamma, d, kappa, s, rounding = terms(campaign, clv)
    numerator, denominator = c + kappa * d + s * V, gamma * (V - d) + kappa * d + s * V
    assume(abs(denominator) > 1e6 * rounding)
    formula = numerator / denominator if denominator > 0 else np.inf
    assert break_even_probability(clv, campaign) == pytest.approx(formula, rel=1e-5)


@given(campaigns, probabilities, lifetime_values)
def test_a_contact_pays_exactly_above_the_break_even_probability(campaign, p, clv):
    break_even = float(break_even_probability(clv, campaign))
    if not np.isfinite(break_even) or abs(p - break_even) > 1e-9 * break_even:
        assert (expected_profit(p, clv, campaign) > 0) == (p > break_even)


@given(campaigns, probabilities, lifetime_values | st.sampled_from([0.0, 5e-324, 1e300, 1.7e308]))
def test_the_figures_of_one_customer_are_those_of_many_to_the_last_bit(campaign, p, clv):
    one = figures_of_one(float(p), float(clv), campaign)
    with np.errstate(over="ignore", invalid="ignore"):  # numpy warns of what Python passes over
        many = float(break_even_probability(clv, campaign)), float(expected_profit(p, clv, campaign))
    assert np.array_equal(one, many, equal_nan=True)


@given(campaigns, lifetime_values, ratios)
def test_the_break_even_probability_of_a_demanded_return_is_the_formula_of_economics_md(campaign, clv, h):
    V, c, gamma, d, kappa, s, rounding = terms(campaign, clv)
    numerator = (1 + h) * (c + kappa * d) + s * V
    denominator = gamma * (V - (1 + h) * d) + (1 + h) * kappa * d + s * V
    assume(abs(denominator) > 1e6 * (1 + h) * rounding)
    formula = numerator / denominator if denominator > 0 else np.inf
    assert break_even_probability(clv, campaign, h) == pytest.approx(formula, rel=1e-5)


@given(campaigns, probabilities, lifetime_values, ratios)
def test_the_profit_is_the_demanded_multiple_of_the_spend_exactly_from_that_probability_on(campaign, p, clv, h):
    break_even = float(break_even_probability(clv, campaign, h))
    u, e = float(expected_profit(p, clv, campaign)), float(expected_spend(p, campaign))
    stake = (1 + h) * (clv + campaign.retention_cost + campaign.incentive)
    assume(abs(u - h * e) > 1e-9 * stake)
    assert (u > h * e) == (p > break_even)


@given(campaigns, lifetime_values, ratios)
def test_the_higher_the_demanded_return_the_higher_the_probability_it_takes(campaign, clv, h):
    assert break_even_probability(clv, campaign, h) >= break_even_probability(clv, campaign) * (1 - 1e-9)


@given(campaigns, probabilities)
def test_a_customer_worth_nothing_is_never_worth_a_contact(campaign, p):
    assert expected_profit(p, 0.0, campaign) <= 0
    assert break_even_probability(0.0, campaign) >= 1


@given(campaigns, probabilities, lifetime_values, shares, st.data())
def test_what_costs_more_never_earns_more(campaign, p, clv, share, data):
    name = data.draw(st.sampled_from(["retention_cost", "incentive", "incentive_uptake", "backfire_rate"]))
    room = {"incentive_uptake": 1 - campaign.backfire_rate, "backfire_rate": 1 - campaign.incentive_uptake}.get(name, 1_000)
    now = getattr(campaign, name)
    dearer = dataclasses.replace(campaign, **{name: now + share * max(0.0, room - now)})
    before, after = expected_profit(p, clv, campaign), expected_profit(p, clv, dearer)
    assert after <= before + 1e-9 * (clv + 1_000)


def test_a_campaign_that_never_succeeds_breaks_even_nowhere():
    assert np.isinf(break_even_probability(np.array([840.0, 0.0]), Campaign(success_rate=0))).all()


def test_a_free_contact_pays_for_everybody_who_may_leave():
    free = Campaign(retention_cost=0)
    assert break_even_probability(840.0, free) == 0
    assert expected_profit(0.001, 840.0, free) > 0


@given(campaigns, lifetime_values, st.integers(0, 1))
def test_what_happened_in_place_of_the_probability_gives_the_realised_profit(campaign, clv, left):
    V, c, gamma, d, kappa, s, rounding = terms(campaign, clv)
    realised = gamma * (V - d) - c if left else -(kappa * d + s * V) - c
    assert expected_profit(left, clv, campaign) == pytest.approx(realised, rel=1e-9, abs=4 * rounding)


@given(campaigns, st.integers(1, 60), st.floats(0.01, 200))
def test_the_lifetime_value_is_the_sum_of_the_payments_that_come_discounted_and_in_advance(campaign, months, charge):
    campaign = dataclasses.replace(campaign, clv_months=months)
    q = campaign.monthly_survival / (1 + campaign.annual_discount) ** (1 / 12)
    payments = [campaign.margin * charge * q**month for month in range(months)]
    assert campaign.clv(charge) == pytest.approx(sum(payments))


@given(campaigns, shares)
def test_no_discount_no_risk_and_no_margin_below_one_raises_the_lifetime_value(campaign, share):
    names = ("margin", "annual_discount", "monthly_survival")
    for name, value in zip(names, (share * campaign.margin, 1, share * campaign.monthly_survival), strict=True):
        assert dataclasses.replace(campaign, **{name: value}).clv_multiple <= campaign.clv_multiple * (1 + 1e-12)
    assert campaign.clv_multiple <= campaign.clv_months * (1 + 1e-12)


def test_a_barely_perceptible_discount_is_no_jump_in_the_lifetime_value():
    plain = Campaign(clv_months=60).clv_multiple
    for tiny in (1e-15, 1e-12, 1e-9):
        assert Campaign(clv_months=60, annual_discount=tiny).clv_multiple == pytest.approx(plain, rel=1e-8)
        assert Campaign(clv_months=60, monthly_survival=1 - tiny).clv_multiple == pytest.approx(plain, rel=1e-7)


@given(campaigns, st.lists(st.tuples(probabilities, money), min_size=1, max_size=8))
def test_many_customers_at_once_are_the_same_as_one_by_one(campaign, customers):
    p, clv = np.array(customers).T
    one_by_one = [expected_profit(pi, vi, campaign) for pi, vi in customers]
    assert expected_profit(p, clv, campaign).tolist() == one_by_one
    assert break_even_probability(clv, campaign).tolist() == [float(break_even_probability(v, campaign)) for v in clv]


@pytest.mark.parametrize(
    "parameters, sentence",
    [
        ({"success_rate": 30}, "success_rate must be between 0 and 1, got 30. Write 30 % as 0.3."),
        ({"success_rate": 2.5}, "success_rate must be between 0 and 1, got 2.5. Write 2.5 % as 0.025."),
        ({"success_rate": 250}, "success_rate must be between 0 and 1, got 250. Write it as a share, like 0.3 for 30 %."),
        ({"success_rate": -0.1}, "success_rate must be between 0 and 1, got -0.1. Write it as a share, like 0.3 for 30 %."),
        ({"retention_cost": -1}, "retention_cost must be .*, got -1. Write what one contact costs"),
        ({"retention_cost": 1e300}, "retention_cost must be .*, got 1e.300. Write what one contact costs"),
        ({"clv_months": 0}, "clv_months must be more than 0.*, got 0. Write the months of revenue"),
        ({"clv_months": -12}, "clv_months must be more than 0.*, got -12. Write the months of revenue"),
        ({"clv_months": 1e9}, "clv_months must be .*, got 1e.09. Write the months of revenue"),
        ({"margin": 40}, "margin must be between 0 and 1, got 40. Write 40 % as 0.4."),
        ({"annual_discount": 8}, "annual_discount must be between 0 and 1, got 8. Write 8 % as 0.08."),
        ({"monthly_survival": 97}, "monthly_survival must be between 0 and 1, got 97. Write 97 % as 0.97."),
        ({"incentive": -5}, "incentive must be .*, got -5. Write the incentive as an amount of money"),
        ({"incentive_uptake": -0.1}, "incentive_uptake must be between 0 and 1, got -0.1. Write it as a share"),
        ({"backfire_rate": 2}, "backfire_rate must be between 0 and 1, got 2. Write 2 % as 0.02."),
        ({"fixed_cost": -1}, "fixed_cost must be .*, got -1. Write the fixed cost as an amount of money"),
    ],
)
def test_an_impossible_parameter_is_refused_by_name_with_the_mend(parameters, sentence):
    with pytest.raises(CampaignError, match=f"^{sentence}"):
        Campaign(**parameters)


NO_FINITE_NUMBERS = {
    "NaN": float("nan"),
    "infinity": float("inf"),
    "minus infinity": -float("inf"),
    "True": True,
    "False": False,
    "text": "0.3",
    "None": None,
    "list": [0.3],
    "complex": 1j,
    "beyond floats": 10**400,
}


@pytest.mark.parametrize(
    "name, value",
    [
        pytest.param(field.name, value, id=f"{field.name} {what}")
        for field in numbers_of(Campaign)
        for what, value in NO_FINITE_NUMBERS.items()
        if value is not None or field.default is not None  # None asks for the default that depends on the backfire rate
    ],
)
def test_what_is_no_finite_number_is_refused_by_name(name, value):
    with pytest.raises(CampaignError, match=f"^{name} must be a finite number, got .*Write it with digits"):
        Campaign(**{name: value})


@pytest.mark.parametrize("success_rate", [0, 1, 0.0, 1.0, np.float64(0.5), np.float32(0.5), np.int64(1)])
def test_the_ends_of_the_range_and_numbers_of_any_kind_are_accepted(success_rate):
    assert Campaign(success_rate=success_rate).success_rate == success_rate


@given(shares)
def test_by_default_all_who_stay_take_the_incentive(backfire):
    assert Campaign(backfire_rate=backfire).incentive_uptake == 1 - backfire


@given(shares, shares)
@example(1.0, 1 / 3)
def test_who_leaves_takes_no_incentive_and_a_higher_uptake_is_refused_with_the_mend(uptake, backfire):
    if uptake + backfire <= 1:
        assert Campaign(incentive_uptake=uptake, backfire_rate=backfire).incentive_uptake == uptake
        return
    assume(uptake + backfire > 1 + 1e-9)
    with pytest.raises(CampaignError, match=r"^incentive_uptake \+ backfire_rate must be at most 1, got ") as refused:
        Campaign(incentive_uptake=uptake, backfire_rate=backfire)
    (highest,) = re.findall(r"Lower incentive_uptake to (\S+) or less", str(refused.value))
    assert Campaign(incentive_uptake=float(highest), backfire_rate=backfire).incentive_uptake == float(highest)


def test_a_refused_parameter_is_a_value_error_and_meant_for_the_user():
    with pytest.raises(ValueError) as refused:
        Campaign(success_rate=30)
    assert isinstance(refused.value, ChurnError)


def test_a_campaign_cannot_be_changed_and_takes_its_parameters_by_name_only():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Campaign().retention_cost = 5
    with pytest.raises(TypeError):
        Campaign(10, 0.3, 12)
