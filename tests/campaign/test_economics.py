"""One contacted customer, against doing nothing."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.campaign.economics import Campaign, break_even_probability, expected_profit
from churn_core.errors import CampaignError, ChurnError

money = st.floats(0.01, 1_000)
rates = st.floats(0.01, 1)
months = st.floats(0.5, 60)
probabilities = st.floats(0, 1)
campaigns = st.builds(Campaign, retention_cost=money, success_rate=rates, clv_months=months)


def test_the_defaults_are_those_of_economics_md():
    assert Campaign() == Campaign(retention_cost=10, success_rate=0.30, clv_months=12)


@given(campaigns, st.floats(0, 200))
def test_the_customer_lifetime_value_is_the_months_times_the_monthly_charge(campaign, charge):
    assert campaign.clv(charge) == campaign.clv_months * charge


@given(campaigns, probabilities, money)
def test_a_contact_earns_the_saved_value_less_the_cost(campaign, p, clv):
    formula = p * campaign.success_rate * clv - campaign.retention_cost
    assert expected_profit(p, clv, campaign) == pytest.approx(formula, abs=1e-9)


@given(campaigns, st.floats(0.01, 10_000))
def test_contacting_at_the_break_even_probability_earns_nothing(campaign, clv):
    at_break_even = expected_profit(break_even_probability(clv, campaign), clv, campaign)
    assert abs(at_break_even) <= 1e-12 * campaign.retention_cost


@given(campaigns, probabilities, st.floats(0.01, 10_000))
def test_a_contact_pays_exactly_above_the_break_even_probability(campaign, p, clv):
    break_even = float(break_even_probability(clv, campaign))
    if abs(p - break_even) > 1e-9 * break_even:
        assert (expected_profit(p, clv, campaign) > 0) == (p > break_even)


@given(campaigns, probabilities)
def test_a_customer_worth_nothing_is_never_worth_a_contact(campaign, p):
    assert break_even_probability(0.0, campaign) == np.inf
    assert expected_profit(p, 0.0, campaign) < 0


def test_a_campaign_that_never_succeeds_breaks_even_nowhere():
    assert np.isinf(break_even_probability(np.array([840.0, 0.0]), Campaign(success_rate=0))).all()


def test_a_free_contact_pays_for_everybody_who_may_leave():
    free = Campaign(retention_cost=0)
    assert break_even_probability(840.0, free) == 0
    assert expected_profit(0.001, 840.0, free) > 0


@given(campaigns, money, st.integers(0, 1))
def test_what_happened_in_place_of_the_probability_gives_the_realised_profit(campaign, clv, left):
    realised = expected_profit(left, clv, campaign)
    saved = campaign.success_rate * clv if left else 0
    assert realised == pytest.approx(saved - campaign.retention_cost)


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
    ],
)
def test_an_impossible_parameter_is_refused_by_name_with_the_mend(parameters, sentence):
    with pytest.raises(CampaignError, match=f"^{sentence}"):
        Campaign(**parameters)


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(Campaign)])
@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), -float("inf"), True, False, "0.3", None, [0.3], 1j, 10**400],
    ids=["NaN", "infinity", "minus infinity", "True", "False", "text", "None", "list", "complex", "beyond floats"],
)
def test_what_is_no_finite_number_is_refused_by_name(name, value):
    with pytest.raises(CampaignError, match=f"^{name} must be a finite number, got .*Write it with digits"):
        Campaign(**{name: value})


@pytest.mark.parametrize("success_rate", [0, 1, 0.0, 1.0, np.float64(0.5), np.float32(0.5), np.int64(1)])
def test_the_ends_of_the_range_and_numbers_of_any_kind_are_accepted(success_rate):
    assert Campaign(success_rate=success_rate).success_rate == success_rate


def test_a_refused_parameter_is_a_value_error_and_meant_for_the_user():
    with pytest.raises(ValueError) as refused:
        Campaign(success_rate=30)
    assert isinstance(refused.value, ChurnError)


def test_a_campaign_cannot_be_changed_and_takes_its_parameters_by_name_only():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Campaign().retention_cost = 5
    with pytest.raises(TypeError):
        Campaign(10, 0.3, 12)
