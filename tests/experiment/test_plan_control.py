"""A larger control group measures better and costs more; knowing the rate is worth something only where it can change the list."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.campaign.economics import Campaign, expected_profit
from churn_core.experiment.plan_control import control_for, planned
from churn_core.experiment.worth_of_control import Belief, net_of_every_time, per_customer_profit, worth_of_control

P = np.linspace(0.05, 0.95, 500)
CLV = np.linspace(100, 1_500, 500)[::-1].copy()


@given(st.integers(1, 498))
def test_the_interval_is_narrowest_somewhere_in_the_middle_and_its_ends_are_around_the_rate(control):
    at = planned(P, control, 0.3)
    assert at.success_rate.low < 0.3 < at.success_rate.high and at.control + at.treated == 500
    assert at.se >= min(planned(P, n, 0.3).se for n in range(150, 350, 10)) * 0.999


@given(st.floats(0.06, 0.5), st.floats(0.05, 0.6))
def test_the_control_group_for_a_precision_has_it_and_one_customer_less_does_not(width, rate):
    control = control_for(P, width, rate)
    if control is None:
        assert min(planned(P, n, rate).half_width for n in range(1, 500)) > width
        return
    assert planned(P, control, rate).half_width <= width * (1 + 1e-9)
    assert control == 1 or planned(P, control - 1, rate).half_width > width


def test_power_grows_with_the_effect_and_falls_with_the_bar():
    powers = [planned(P, 50, rate).power for rate in (0.05, 0.1, 0.2, 0.4)]
    assert powers == sorted(powers)
    at = planned(P, 50, 0.3)
    assert at.power > at.power_above(0.1) > at.power_above(0.2)
    assert at.harm_noticed < 0


def test_an_empty_arm_or_nobody_who_would_leave_measures_nothing():
    assert planned(P, 0, 0.3) is None and planned(P, 500, 0.3) is None and planned(np.zeros(10), 3, 0.3) is None
    assert planned(P, 100, 1.0) is None


@given(st.floats(0, 1), st.floats(0, 200), st.sampled_from([0.0, 30.0]), st.sampled_from([0.0, 0.03]))
def test_the_profit_at_a_rate_is_that_of_contacting_all_who_pay(rate, cost, incentive, backfire):
    campaign = Campaign(retention_cost=cost, success_rate=0.3, incentive=incentive, backfire_rate=backfire)
    at = per_customer_profit(P, CLV, campaign)(np.array([rate]))[0]
    there = Campaign(retention_cost=cost, success_rate=rate, incentive=incentive, backfire_rate=backfire)
    wanted = np.maximum(expected_profit(P, CLV, there), 0).sum()
    assert at == pytest.approx(wanted, rel=1e-9, abs=1e-6)


def worth(share: float, doubt: float = 0.2, cost: float = 40.0, later: float = 4):
    belief = Belief.of(np.linspace(0.1, 0.5, 41), doubt)
    return worth_of_control(P, CLV, Campaign(retention_cost=cost), belief, share, later_campaigns=later)


def test_information_is_worth_at_least_nothing_and_at_most_knowing_everything():
    for share in (0.0, 0.02, 0.1, 0.3):
        said = worth(share)
        assert 0 <= said.per_campaign <= said.perfect * (1 + 1e-9)
    assert worth(0.0).per_campaign == worth(0.0).cost == 0


def test_more_control_tells_more_and_costs_more_and_doubt_makes_it_worth_more():
    few, many = worth(0.05), worth(0.2)
    assert few.per_campaign < many.per_campaign and few.cost < many.cost
    assert worth(0.1, doubt=0.0).per_campaign < worth(0.1, doubt=0.2).per_campaign


def test_where_the_contact_pays_whatever_the_rate_a_control_group_only_costs():
    assert worth(0.1, doubt=0.0, cost=0.01).net < 0


def test_the_net_counts_each_later_campaign():
    one, four = worth(0.1, later=1), worth(0.1, later=4)
    assert four.net - one.net == pytest.approx(3 * one.per_campaign)


def test_a_list_of_ones_own_is_held_back_from_and_costs_what_its_customers_earn():
    campaign, belief = Campaign(retention_cost=40), Belief.of(np.linspace(0.1, 0.5, 41), 0.2)
    contact = P > 0.5
    said = worth_of_control(P, CLV, campaign, belief, 0.1, later_campaigns=4, contact=contact)
    u = expected_profit(P, CLV, Campaign(retention_cost=40, success_rate=belief.mean))[contact]
    assert (said.listed, said.control) == (contact.sum(), round(0.1 * contact.sum()))
    assert said.cost == pytest.approx(said.control * u.mean())


def test_a_group_in_every_campaign_costs_each_time_and_learns_less_each_time():
    campaign, belief = Campaign(retention_cost=40), Belief.of(np.linspace(0.1, 0.5, 41), 0.2)
    profit_at = per_customer_profit(P, CLV, campaign)
    once = worth_of_control(P, CLV, campaign, belief, 0.2, later_campaigns=4)
    every = net_of_every_time(belief, once, profit_at)
    assert 4 * once.per_campaign - 5 * once.cost <= every <= 4 * once.perfect - 5 * once.cost
    last = worth_of_control(P, CLV, campaign, belief, 0.2, later_campaigns=0)
    assert net_of_every_time(belief, last, profit_at) == pytest.approx(last.net)
    nothing = worth_of_control(P, CLV, campaign, belief, 0.0, later_campaigns=4)
    assert net_of_every_time(belief, nothing, profit_at) == 0
