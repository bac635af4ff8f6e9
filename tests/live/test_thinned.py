"""Many customers as fewer steps: the sums are those of the customers, and no tie is split."""

import numpy as np
import pytest

from churn_core.campaign.sweep import Sweep, sweep
from churn_core.live.thinned import thinned

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
