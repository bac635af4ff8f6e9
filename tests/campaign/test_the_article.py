"""The three claims of the article that this product grew from, on its own data, and what is true instead.

"245 % ROI at an optimised threshold of 0.35", "losing money at 0.5", and an optimiser that "always selected 0.1", at a
cost of 10, a success rate of 0.30 and twelve monthly charges for a saved customer: the defaults.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.campaign.advice import best_from, highest_roi
from churn_core.campaign.economics import Campaign, break_even_probability
from churn_core.campaign.optimise import at_threshold, best_threshold, contact_all, per_customer, plateau
from churn_core.campaign.sweep import sweep
from churn_core.schema.telco import TELCO

AS_IN_THE_ARTICLE = Campaign(retention_cost=10, success_rate=0.30, clv_months=12)
FLOOR = 0.1  # where the article's search starts
GRID = np.arange(FLOOR, 0.9, 0.05)


@pytest.fixture(scope="module")
def charge(workspace):
    return workspace.customers[TELCO.monthly_charge].to_numpy()


@pytest.fixture(scope="module")
def realised(workspace, charge):
    return sweep(workspace.probability, monthly_charge=charge, leaving=workspace.churned)


@pytest.fixture(params=["expected", "realised"])
def swept(request, workspace, realised):
    """By what the model expects, and by what happened: the claims are false either way."""
    return workspace.all_customers.expected_sweep if request.param == "expected" else realised


def articles_profit(swept, campaign, threshold):
    """As in the article: every churner who is not contacted is charged a whole lifetime value."""
    missed = swept.score < threshold
    return at_threshold(swept, campaign, threshold).expected_profit - (swept.leaving * swept.clv(campaign))[missed].sum()


def best_on_the_grid(profit):
    return GRID[np.argmax([profit(threshold) for threshold in GRID])]


def test_the_best_threshold_is_near_where_an_average_customer_breaks_even_and_far_below_0_1(swept, charge):
    campaign = AS_IN_THE_ARTICLE
    low, high = plateau(swept, campaign)
    assert low <= break_even_probability(campaign.clv(charge.mean()), campaign) <= high < FLOOR
    assert best_threshold(swept, campaign).threshold < FLOOR / 2


@pytest.mark.parametrize("success_rate", [0.25, 0.30, 0.40, 0.50])
@pytest.mark.parametrize("cost", [1, 5, 10, 15])
def test_a_search_that_starts_at_0_1_returns_its_floor_around_the_articles_parameters(workspace, swept, cost, success_rate):
    campaign = Campaign(retention_cost=cost, success_rate=success_rate)
    assert best_on_the_grid(lambda threshold: at_threshold(swept, campaign, threshold).expected_profit) == FLOOR
    assert at_threshold(swept, campaign, FLOOR).expected_profit < best_threshold(swept, campaign).expected_profit
    found, on_the_edge = best_from(workspace.all_customers.expected_sweep, campaign, FLOOR)  # no grid: by what the model expects
    assert on_the_edge
    assert found.contacted == np.count_nonzero(workspace.probability >= FLOOR)


@pytest.mark.parametrize("success_rate", [0.05, 0.15, 0.30, 0.60])
@pytest.mark.parametrize("cost", [1, 10, 50])
def test_by_the_articles_profit_it_returns_its_floor_even_at_five_times_the_cost_or_a_sixth_of_the_successes(
    swept, cost, success_rate
):
    """Not being charged for a churner looks like a gain of a whole lifetime value, so contacting always seems to pay."""
    campaign = Campaign(retention_cost=cost, success_rate=success_rate)
    assert best_on_the_grid(lambda threshold: articles_profit(swept, campaign, threshold)) == FLOOR


def test_even_where_its_floor_loses_money_and_the_optimum_is_far_above(swept):
    dear = Campaign(retention_cost=100, success_rate=0.15)
    best = best_threshold(swept, dear)
    assert best.threshold > 4 * FLOOR and best.expected_profit > 0
    assert at_threshold(swept, dear, FLOOR).expected_profit < 0
    assert articles_profit(swept, dear, FLOOR) > articles_profit(swept, dear, best.threshold)


@given(
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 1)), min_size=1, max_size=30),
    st.floats(1, 50),
    st.floats(0.05, 1),
    st.floats(50, 2_000),
)
def test_a_list_from_the_break_even_probability_up_has_an_roi_of_its_precision_over_it_less_one(customers, cost, rate, clv):
    score, churned = np.array(customers).T
    campaign = Campaign(retention_cost=cost, success_rate=rate)
    threshold = float(break_even_probability(clv, campaign))
    contact = score >= threshold
    if contact.any():
        roi = at_threshold(sweep(score, clv=clv, leaving=churned), campaign, threshold).roi
        precision = churned[contact].mean()
        assert roi == pytest.approx(precision / threshold - 1, rel=1e-9, abs=1e-9)
        assert roi <= (1 / threshold - 1) * (1 + 1e-9)


def test_so_an_roi_of_245_per_cent_rules_out_that_0_35_is_the_optimum():
    """A list that is perfectly right, cut where a customer breaks even at 0.35, earns 186 %."""
    cost, rate = AS_IN_THE_ARTICLE.retention_cost, AS_IN_THE_ARTICLE.success_rate
    clv = cost / (rate * 0.35)
    assert break_even_probability(clv, AS_IN_THE_ARTICLE) == pytest.approx(0.35)
    perfect = contact_all(sweep(np.full(100, 0.35), clv=clv, leaving=np.ones(100)), AS_IN_THE_ARTICLE)
    assert perfect.roi == pytest.approx(1 / 0.35 - 1)
    assert perfect.roi < 1.86 < 2.45


def test_at_0_35_a_good_part_of_the_profit_is_forgone(swept):
    best = best_threshold(swept, AS_IN_THE_ARTICLE)
    assert at_threshold(swept, AS_IN_THE_ARTICLE, 0.35).expected_profit < 0.85 * best.expected_profit


def test_against_doing_nothing_no_threshold_loses_money(swept):
    assert (swept.expected_profit(AS_IN_THE_ARTICLE) >= 0).all()


def test_at_0_5_nothing_is_lost_against_doing_nothing_but_over_a_third_of_the_profit_is_forgone(swept):
    half, best = at_threshold(swept, AS_IN_THE_ARTICLE, 0.5), best_threshold(swept, AS_IN_THE_ARTICLE)
    assert half.expected_profit > 0
    assert 1 - half.expected_profit / best.expected_profit == pytest.approx(0.37, abs=0.05)


def test_the_loss_at_0_5_is_what_those_who_were_never_contacted_would_have_been_worth(swept):
    missed = swept.score < 0.5
    charged = (swept.leaving * swept.clv(AS_IN_THE_ARTICLE))[missed].sum()
    assert articles_profit(swept, AS_IN_THE_ARTICLE, 0.5) < 0
    assert articles_profit(swept, AS_IN_THE_ARTICLE, 0.5) + charged == pytest.approx(
        at_threshold(swept, AS_IN_THE_ARTICLE, 0.5).expected_profit
    )
    # Charged to the campaign, they are charged to doing nothing too, and there it is everybody.
    do_nothing = articles_profit(swept, AS_IN_THE_ARTICLE, np.inf)
    assert do_nothing < articles_profit(swept, AS_IN_THE_ARTICLE, 0.5)


def test_the_highest_roi_is_that_of_a_handful_of_customers_and_of_next_to_no_profit(swept):
    best, highest = best_threshold(swept, AS_IN_THE_ARTICLE), highest_roi(swept, AS_IN_THE_ARTICLE)
    assert highest.roi > 3 * best.roi
    assert highest.contacted < 0.01 * best.contacted
    assert highest.expected_profit < 0.01 * best.expected_profit


def test_at_the_defaults_contacting_everybody_earns_nearly_as_much(swept):
    everybody, best = contact_all(swept, AS_IN_THE_ARTICLE), best_threshold(swept, AS_IN_THE_ARTICLE)
    assert everybody.expected_profit / best.expected_profit == pytest.approx(0.97, abs=0.01)


@pytest.mark.parametrize(
    "cost, everybody, threshold, each", [(10, 430, 441, 442), (50, 149, 274, 285), (100, -203, 146, 154), (200, -908, 20, 26)]
)
def test_the_model_pays_its_way_as_costs_rise(workspace, realised, charge, cost, everybody, threshold, each):
    """The table of ECONOMICS.md, in thousands: contact all, best threshold, customer by customer. Only the first is a
    fact of the data; the others are as good as the model, give or take a few per cent."""
    campaign = Campaign(retention_cost=cost)
    chosen = best_threshold(workspace.all_customers.expected_sweep, campaign).threshold
    by_threshold = at_threshold(realised, campaign, chosen).expected_profit
    by_each = per_customer(workspace.probability, campaign.clv(charge), campaign, leaving=workspace.churned).expected_profit
    assert contact_all(realised, campaign).expected_profit / 1000 == pytest.approx(everybody, abs=0.5)
    assert by_threshold / 1000 == pytest.approx(threshold, rel=0.03, abs=4)
    assert by_each / 1000 == pytest.approx(each, rel=0.03, abs=4)
    assert by_each >= by_threshold * 0.99 and by_threshold > contact_all(realised, campaign).expected_profit
