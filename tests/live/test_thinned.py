"""Many customers as fewer steps: the sums are those of the customers, and no tie is split."""

from dataclasses import replace

import numpy as np
import pytest

from churn_core.campaign.economics import AFTER_SAVE, TENURE, Campaign, expected_profit
from churn_core.campaign.optimise import best_threshold, ranked_per_customer
from churn_core.campaign.plan import ONE_THRESHOLD, PER_CUSTOMER, RULES, Plan
from churn_core.campaign.sweep import Sweep, sweep
from churn_core.live.thinned import MOST, most_off, thinned

ROWS = 20_000


@pytest.fixture
def many() -> Sweep:
    rng = np.random.default_rng(7)
    score = rng.beta(0.6, 1.6, ROWS)
    score[:3000] = score[:3000].round(2)
    return sweep(score, monthly_charge=rng.uniform(18, 119, ROWS))


def sums(swept: Sweep, weight=1.0) -> list[float]:
    p, v = swept.score, swept.value
    return [float((weight * each).sum()) for each in (np.ones(len(p)), p, p * v, p * v**2)]


def test_few_customers_are_left_as_they_are(many):
    found = thinned(many, ROWS)
    assert found.swept is many and found.weight is None


def test_the_steps_are_at_most_so_many_and_sum_up_to_the_customers(many):
    found = thinned(many, 2000)
    assert len(found.swept.score) <= 2000
    assert sums(found.swept, found.weight) == pytest.approx(sums(many), rel=1e-12)


def test_each_step_ends_where_a_threshold_is_with_the_sums_of_all_above_it(many):
    found = thinned(many, 2000)
    n = np.cumsum(found.weight)[1::2].round().astype(int)
    assert np.isin(n, many.contacted).all() and n[-1] == ROWS
    kept = np.cumsum(found.weight * found.swept.score * found.swept.value)[1::2]
    assert kept == pytest.approx(np.cumsum(many.score * many.value)[n - 1], rel=1e-12)


def test_the_scores_of_the_steps_fall_and_the_two_rows_of_a_step_tie(many):
    score = thinned(many, 2000).swept.score
    assert (score[::2] == score[1::2]).all() and (np.diff(score[::2]) < 0).all()


def test_customers_who_will_not_leave_are_a_step_too():
    swept = sweep(np.concatenate([np.zeros(500), np.linspace(0.01, 0.9, 500)]), clv=np.arange(1000.0))
    found = thinned(swept, 100)
    assert np.isfinite(found.swept.value).all() and sums(found.swept, found.weight) == pytest.approx(sums(swept))


def campaigns() -> list[Plan]:
    """Plans of both rules, over what the sliders reach and what a save can be worth."""
    rng, found = np.random.default_rng(3), []
    curve = tuple(np.exp(-np.arange(73) / 30).tolist())
    for k in range(60):
        campaign = Campaign(
            retention_cost=rng.uniform(0.5, 150),
            success_rate=rng.uniform(0.02, 0.9),
            clv_months=rng.uniform(1, 60),
            fixed_cost=rng.choice([0.0, 5_000.0]),
            incentive=rng.choice([0.0, 12.0]),
            incentive_uptake=0.3,
            backfire_rate=rng.choice([0.0, 0.02]),
            after_save=AFTER_SAVE[k % len(AFTER_SAVE)],
            window=2.0,
            tenure_curve=curve,
        )
        found.append(Plan(campaign=campaign, rule=RULES[k // 3 % 2]))
    return found


def of_plan(swept: Sweep, plan: Plan, most: int = 4000):
    by_tenure = plan.campaign.after_save == TENURE
    return thinned(swept, most, each=plan.rule == PER_CUSTOMER, by_tenure=by_tenure)


def dragged(steps, plan: Plan) -> float:
    """The best profit that the rows find, as the browser does."""
    campaign, rows = plan.campaign, steps.swept
    u = steps.weight * expected_profit(rows.score, rows.clv(campaign), campaign)
    ends = np.append(np.diff(rows.score) != 0, True)
    best = np.cumsum(u)[ends].max() if plan.rule == ONE_THRESHOLD else np.maximum(u, 0).sum()
    return max(float(best) - campaign.fixed_cost, 0.0)


def exact(swept: Sweep, plan: Plan) -> float:
    find = best_threshold if plan.rule == ONE_THRESHOLD else ranked_per_customer
    return find(swept, plan.campaign).expected_profit


@pytest.fixture
def aged(many) -> Sweep:
    return replace(many, tenure=np.random.default_rng(8).integers(0, 73, ROWS).astype(float))


@pytest.mark.parametrize("plan", campaigns())
def test_a_drag_is_never_further_off_than_is_said(aged, plan):
    steps = of_plan(aged, plan)
    off = abs(dragged(steps, plan) - exact(aged, plan))
    assert off <= most_off(steps, aged, plan) * (1 + 1e-9) + 1e-6


def test_customers_who_are_sent_one_by_one_are_not_off_at_all(aged):
    assert most_off(thinned(aged, ROWS), aged, Plan()) == 0.0


def test_half_a_million_customers_are_off_by_less_than_a_figure_shows():
    rng = np.random.default_rng(9)
    swept = sweep(rng.beta(0.6, 1.6, 200_000), monthly_charge=rng.uniform(18, 119, 200_000))
    for rule in RULES:
        plan = Plan(rule=rule)
        assert most_off(of_plan(swept, plan, MOST), swept, plan) < 0.0005 * exact(swept, plan)


@pytest.mark.parametrize("each", [False, True])
@pytest.mark.parametrize("by_tenure", [False, True])
def test_cells_by_value_and_tenure_sum_up_to_the_customers_too(aged, each, by_tenure):
    found = thinned(aged, 6000, each=each, by_tenure=by_tenure)
    assert len(found.swept.score) <= 6000 and (np.diff(found.swept.score) <= 0).all()
    assert sums(found.swept, found.weight)[:3] == pytest.approx(sums(aged)[:3], rel=1e-12)
    assert found.weight == pytest.approx(np.repeat(np.bincount(found.cell) / 2, 2))
    if by_tenure:
        assert (found.swept.tenure[2 * found.cell] == aged.tenure).all()
    else:
        assert found.swept.tenure is None
