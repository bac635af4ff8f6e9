"""The summary of any number of customers: exact for what it contacts, and never wrong about what it cannot see."""

from contextlib import contextmanager
from unittest import mock

import hypothesis
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core import settings
from churn_core.campaign import curve, optimise, summary
from churn_core.campaign.economics import Campaign
from churn_core.campaign.objective import MAXIMUM_PROFIT, Objective
from churn_core.campaign.optimise_summary import best_threshold, per_customer, profit_curve
from churn_core.campaign.summary import EMPTY, Summary
from churn_core.campaign.sweep import sweep
from churn_core.errors import DataError
from churn_core.schema.telco import TELCO
from tests.campaign.conftest import campaigns, objectives, ratios, tables_of, tempting

tables = tables_of(40, least=0)
limits = st.tuples(st.integers(1, 40), st.integers(1, 40))  # so few that the laws are tried on coarse summaries too
TINY = 1e-6  # money; what summing in another order may change
ERROR = 1e-4  # share of the profit; how far the bound may lie above it

CAMPAIGNS = {
    "the defaults": {},
    "dear contacts": {"retention_cost": 30},
    "cheap contacts": {"retention_cost": 2},
    "little success": {"success_rate": 0.1},
    "two years": {"clv_months": 24, "monthly_survival": 0.97},
    "an incentive": {"incentive": 20},
    "an incentive half of the stayers take": {"incentive": 50, "incentive_uptake": 0.5},
    "backfire": {"backfire_rate": 0.02},
    "a fixed cost": {"fixed_cost": 5_000},
    "all of it": {"retention_cost": 20, "incentive": 20, "backfire_rate": 0.01, "fixed_cost": 1_000},
}


@contextmanager
def at_most(cells: int, bins: int):
    with mock.patch.multiple(summary, MOST_CELLS=cells, MOST_BINS=bins):
        yield


def close(value):
    return pytest.approx(value, rel=1e-9, abs=TINY)


def not_above(value: float, bound: float) -> bool:
    return value <= bound + 1e-9 * abs(bound) + TINY


def generated(rows: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Churn probabilities around one in four and charges of two kinds of customers."""
    rng = np.random.default_rng(seed)
    charge = np.where(rng.random(rows) < 0.2, rng.normal(20, 1, rows), rng.uniform(25, 119, rows))
    return rng.beta(0.8, 2.2, rows), charge.round(2)


@given(tables, campaigns, limits)
def test_deciding_cell_by_cell_earns_no_more_than_deciding_one_by_one_which_earns_no_more_than_the_bound(table, campaign, most):
    p, charge, _ = table
    with at_most(*most):
        found = per_customer(Summary.of(p, charge), campaign)
    exact = optimise.per_customer(p, campaign.clv(charge), campaign)
    assert not_above(found.expected_profit, exact.expected_profit)
    assert not_above(exact.expected_profit, found.upper_bound)


@given(tables, campaigns, objectives.filter(lambda objective: not objective.marginal), limits)
def test_the_best_edge_earns_no_more_than_the_best_threshold_which_earns_no_more_than_the_bound(table, campaign, objective, most):
    p, charge, _ = table
    with at_most(*most):
        found = best_threshold(Summary.of(p, charge), campaign, objective)
    exact = optimise.best_threshold(sweep(p, monthly_charge=charge), campaign, objective)
    assert not_above(found.expected_profit, exact.expected_profit)
    assert not_above(exact.expected_profit, found.upper_bound)


@given(tables, campaigns, ratios.map(lambda h: Objective(min_marginal_roi=h)), limits)
def test_the_bound_holds_where_each_contact_has_to_return_something(table, campaign, objective, most):
    p, charge, _ = table
    with at_most(*most):
        found = best_threshold(Summary.of(p, charge), campaign, objective)
    exact = optimise.best_threshold(sweep(p, monthly_charge=charge), campaign, objective)
    assert not_above(exact.expected_profit, found.upper_bound)


binding = st.builds(
    Objective,
    budget=st.one_of(st.none(), st.floats(10, 400)),
    min_roi=st.one_of(st.none(), st.floats(0, 10)),
    min_marginal_roi=st.one_of(st.none(), st.floats(0, 20)),
)


@hypothesis.settings(max_examples=300)
@given(tempting, binding, st.integers(1, 3))
def test_the_bound_holds_where_a_limit_ends_the_list_inside_a_bin(tempted, objective, bins):
    p, clv, campaign = tempted
    charge = clv / campaign.clv_multiple
    with at_most(bins, bins):
        found = best_threshold(Summary.of(p, charge), campaign, objective)
    exact = optimise.best_threshold(sweep(p, monthly_charge=charge), campaign, objective)
    assert not_above(exact.expected_profit, found.upper_bound)


def test_no_return_that_may_be_asked_for_is_too_much_to_reckon_with():
    most = Campaign(retention_cost=settings.MAX_MONEY, incentive=settings.MAX_MONEY)
    outcome = best_threshold(Summary.of([0.5, 0.2], [70.0, 20.0]), most, Objective(min_marginal_roi=1e6))
    assert (outcome.contacted, outcome.upper_bound) == (0, 0.0)


@given(tables, campaigns, objectives, limits)
def test_what_is_said_of_a_threshold_is_what_contacting_from_there_up_does(table, campaign, objective, most):
    p, charge, _ = table
    with at_most(*most):
        found = best_threshold(Summary.of(p, charge), campaign, objective)
    threshold = np.inf if found.threshold is None else found.threshold
    exact = optimise.at_threshold(sweep(p, monthly_charge=charge), campaign, threshold)
    assert (found.contacted, found.threshold) == (exact.contacted, exact.threshold)
    assert found.expected_profit == close(exact.expected_profit)
    assert found.expected_spend == close(exact.expected_spend)


@given(tables, campaigns, objectives)
def test_customers_who_have_bins_to_themselves_lose_nothing_by_the_summary(table, campaign, objective):
    p, charge, _ = table
    p = np.round(p * 4096) / 4096  # no two of them in one bin, unless they are equal
    exact = optimise.best_threshold(sweep(p, monthly_charge=charge), campaign, objective)
    found = best_threshold(Summary.of(p, charge), campaign, objective)
    assert found.expected_profit == close(exact.expected_profit)
    # Within limits the bound has to reckon with what the edge of a bin spends at least, which may be less than anybody does.
    assert found.upper_bound >= exact.expected_profit * (1 - 1e-9) - 1e-6
    assert found.upper_bound == close(exact.expected_profit) or objective != MAXIMUM_PROFIT


@given(tables, campaigns)
def test_customers_who_have_cells_to_themselves_are_decided_on_one_by_one(table, campaign):
    p, first = np.unique(np.round(table[0] * 64) / 64, return_index=True)
    charge = table[1][first]
    exact = optimise.per_customer(p, campaign.clv(charge), campaign)
    found = per_customer(Summary.of(p, charge), campaign)
    assert found.expected_profit == close(exact.expected_profit)
    assert found.upper_bound == close(exact.expected_profit)


@given(tables, campaigns, limits)
def test_every_row_of_the_curve_is_a_row_of_the_exact_curve(table, campaign, most):
    p, charge, _ = table
    with at_most(*most):
        rows = profit_curve(Summary.of(p, charge), campaign)
    exact = curve.profit_curve(sweep(p, monthly_charge=charge), campaign)
    assert list(rows) == list(exact)
    same = exact.set_index("contacted").loc[rows["contacted"]]
    assert rows["contacted"].iloc[[0, -1]].tolist() == exact["contacted"].iloc[[0, -1]].tolist()
    assert rows["threshold"].tolist()[1:] == same["threshold"].tolist()[1:]
    for name in ("expected_profit", "expected_spend"):
        assert rows[name].tolist() == close(same[name].tolist())


@given(tables, campaigns, st.integers(2, 10))
def test_a_thinned_curve_keeps_both_ends_and_the_best_row(table, campaign, points):
    p, charge, _ = table
    whole = profit_curve(Summary.of(p, charge), campaign)
    thinned = profit_curve(Summary.of(p, charge), campaign, points)
    assert len(thinned) <= points + 2
    assert thinned["contacted"].iloc[[0, -1]].tolist() == whole["contacted"].iloc[[0, -1]].tolist()
    assert thinned["expected_profit"].max() == close(whole["expected_profit"].max())


def same(one: Summary, other: Summary) -> None:
    assert (one.coarse_cells, one.coarse_bins) == (other.coarse_cells, other.coarse_bins)
    for mine, theirs in ((one.cells, other.cells), (one.bins, other.bins)):
        for name in mine.dtype.names:
            if name in ("leaving", "value", "value_leaving", "squares"):  # squares are kept to seven digits
                np.testing.assert_allclose(mine[name], theirs[name], rtol=1e-6 if name == "squares" else 1e-12)
            else:
                assert mine[name].tolist() == theirs[name].tolist()


@given(tables, limits, st.randoms(use_true_random=False))
def test_the_parts_add_up_to_the_whole_however_the_customers_are_split_and_in_whichever_order(table, most, random):
    p, charge, _ = table
    order = random.sample(range(len(p)), len(p))
    cuts = sorted(random.randint(0, len(p)) for _ in range(3))
    with at_most(*most):
        first, second, third, fourth = (Summary.of(p[part], charge[part]) for part in np.split(np.array(order, dtype=int), cuts))
        whole = Summary.of(p, charge)
        same((first + second) + (third + fourth), whole)
        same(fourth + (second + (first + third)), whole)


@pytest.mark.slow
def test_a_list_that_is_longer_than_a_piece_has_the_summary_of_its_pieces(monkeypatch):
    p, charge = generated(150_000)
    whole = Summary.of(p, charge)
    monkeypatch.setattr(summary, "_PIECE", 20_001)
    same(Summary.of(p, charge), whole)
    assert whole.coarse_cells and whole.coarse_bins  # so many that neighbours had to be put together


@given(tables, limits)
def test_every_customer_lies_in_the_rectangle_of_the_cell_and_no_sum_is_lost(table, most):
    p, charge, _ = table
    with at_most(*most):
        found = Summary.of(p, charge)
        each = [Summary.of(p[[i]], charge[[i]]) for i in range(len(p))]
    for one in each:
        low, high, least, largest = (float(edge[0]) for edge in one.rectangles)
        assert low <= one.bins["lowest"][0] <= high and least <= one.everybody.value <= largest
    n = found.cells["contacted"]
    for name, (low, high) in {"leaving": found.rectangles[:2], "value": found.rectangles[2:]}.items():
        assert (found.cells[name] >= n * low * (1 - 1e-12)).all() and (found.cells[name] <= n * high * (1 + 1e-12)).all()
    for table_ in (found.cells, found.bins):
        assert table_["contacted"].sum() == found.customers == len(p)
        assert table_["value_leaving"].sum() == pytest.approx((p * charge).sum())


@pytest.mark.parametrize("p", [0.0, 5e-324, 1e-9, 1.0])
@pytest.mark.parametrize("charge", [0.0, 5e-324, 1e-9, 1e9])
def test_the_ends_of_both_axes_have_a_place(p, charge):
    for campaign in (Campaign(), Campaign(retention_cost=0, incentive=5), Campaign(backfire_rate=0.5)):
        found = Summary.of([p, p], [charge, charge])
        exact = optimise.per_customer([p, p], campaign.clv(np.array([charge, charge])), campaign)
        for outcome in (per_customer(found, campaign), best_threshold(found, campaign)):
            assert outcome.expected_profit == close(exact.expected_profit)
            assert not_above(exact.expected_profit, outcome.upper_bound)


def test_no_customers_are_a_summary_too():
    assert EMPTY.customers == 0 and (EMPTY + EMPTY).customers == 0
    for outcome in (per_customer(EMPTY, Campaign()), best_threshold(EMPTY, Campaign(), Objective(min_marginal_roi=1))):
        assert (outcome.contacted, outcome.expected_profit, outcome.upper_bound) == (0, 0.0, 0.0)
    assert profit_curve(EMPTY, Campaign(), 5)["contacted"].tolist() == [0]
    assert Summary.from_bytes(EMPTY.to_bytes()).customers == 0


@pytest.mark.parametrize("rows", [50_000, 200_000])
@pytest.mark.parametrize("parameters", CAMPAIGNS.values(), ids=CAMPAIGNS)
def test_on_generated_customers_the_bound_is_within_a_ten_thousandth_of_the_profit(rows, parameters):
    p, charge = generated(rows)
    found, campaign = Summary.of(p, charge), Campaign(**parameters)
    each, best = per_customer(found, campaign), best_threshold(found, campaign)
    exact = optimise.per_customer(p, campaign.clv(charge), campaign)
    swept = optimise.best_threshold(sweep(p, monthly_charge=charge), campaign)
    for outcome, truth in ((each, exact), (best, swept)):
        assert not_above(outcome.expected_profit, truth.expected_profit)
        assert not_above(truth.expected_profit, outcome.upper_bound)
        assert outcome.upper_bound - outcome.expected_profit <= ERROR * outcome.expected_profit


@pytest.mark.parametrize("parameters", CAMPAIGNS.values(), ids=CAMPAIGNS)
def test_on_the_real_customers_the_bound_is_within_a_ten_thousandth_of_the_profit(workspace, parameters):
    p, charge = workspace.probability, workspace.customers[TELCO.monthly_charge].to_numpy()
    found, campaign = Summary.of(p, charge), Campaign(**parameters)
    exact = optimise.per_customer(p, campaign.clv(charge), campaign)
    swept = optimise.best_threshold(sweep(p, monthly_charge=charge), campaign)
    for outcome, truth in ((per_customer(found, campaign), exact), (best_threshold(found, campaign), swept)):
        assert not_above(outcome.expected_profit, truth.expected_profit)
        assert not_above(truth.expected_profit, outcome.upper_bound)
        assert outcome.upper_bound - outcome.expected_profit <= ERROR * outcome.expected_profit


@pytest.mark.parametrize(
    ("p", "charge", "what"),
    [
        ([0.5, 1.1], [1.0, 1.0], "churn probability of customer 2 is 1.1"),
        ([0.5, np.nan], [1.0, 1.0], "churn probability of customer 2 is nan"),
        ([-0.1], [1.0], "between 0 and 1"),
        ([0.5], [-1.0], "monthly charge of customer 1 is -1"),
        ([0.5], [np.inf], "monthly charge of customer 1 is inf"),
        ([0.5], [1.0, 2.0], "two lists of one length"),
        (0.5, 1.0, "two lists of one length"),
    ],
)
def test_what_is_no_probability_or_no_charge_is_refused_by_customer(p, charge, what):
    with pytest.raises(DataError, match=what):
        Summary.of(p, charge)


def test_only_summaries_are_added():
    with pytest.raises(TypeError):
        EMPTY + 1
