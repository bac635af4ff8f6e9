"""How rarely there is an alarm where nothing has moved."""

import numpy as np
import pandas as pd
import pytest

from churn_core.monitoring.drift import PSI_LOOK, drift, holm, homogeneity_p_value
from churn_core.monitoring.profiling import bins_of, profile
from churn_core.monitoring.verdict import verdict
from churn_core.schema.telco import TELCO
from tests.monitoring.conftest import ALARMS, REFERENCE, RUNS, by_chance, scored

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def quiet_files(pool):
    """The drift of files of 20, 100, 300 and 3,000 customers, each against a reference of its own, all from one population."""
    rng, p = np.random.default_rng(7), scored(pool)
    tables = {20: [], 100: [], 300: [], 3_000: []}
    for _ in range(RUNS):
        at = rng.integers(0, len(pool), REFERENCE)
        bins = bins_of(pool.iloc[at], p[at], TELCO)
        before = profile(pool.iloc[at], p[at], bins, schema=TELCO)
        for rows, found in tables.items():
            at = rng.integers(0, len(pool), rows)
            found.append(drift(before, profile(pool.iloc[at], p[at], bins, schema=TELCO), TELCO))
    return tables


@pytest.mark.parametrize("rows", [300, 3_000])
def test_without_drift_at_most_one_file_in_twenty_raises_any_alarm(rows, quiet_files):
    alarms = sum(table["level"].isin(ALARMS).any() for table in quiet_files[rows])
    assert alarms <= 0.05 * RUNS


@pytest.mark.parametrize("rows", [100, 300, 3_000])
def test_without_drift_about_one_file_in_twenty_has_any_column_beyond_chance(rows, quiet_files):
    beyond = sum((table["p_adjusted"] < 0.05).any() for table in quiet_files[rows])
    assert beyond <= by_chance(RUNS)


@pytest.mark.parametrize("rows", [20, 100, 300, 3_000])
def test_without_drift_at_most_one_file_in_a_hundred_is_looked_at_however_small_it_is(rows, quiet_files):
    assert sum(verdict(table).level != "keep" for table in quiet_files[rows]) <= by_chance(RUNS, 0.01)


@pytest.mark.parametrize("rows", [300, 3_000])
def test_without_drift_a_column_is_beyond_chance_as_often_as_its_p_value_says(rows, quiet_files):
    """Not less often either: a test that never speaks would pass the two above."""
    p_values = pd.concat([table["p_value"] for table in quiet_files[rows]])
    assert 0.035 < (p_values < 0.05).mean() < 0.065


@pytest.mark.parametrize("rows", [300, 3_000])
def test_without_drift_psi_stays_under_what_chance_gives_in_about_95_of_100(rows, quiet_files):
    tables = pd.concat(quiet_files[rows])
    assert 0.93 < (tables["psi"] <= tables["psi_by_chance"]).mean() < 0.97


@pytest.mark.parametrize("rows", [100, 300, 3_000, 1_000_000])
def test_the_size_of_a_file_does_not_raise_the_rate_of_false_alarms(rows):
    """Twenty columns that have nothing to do with each other, some with rare values: the worst case for many looks."""
    rng = np.random.default_rng(rows)
    shares = [rng.dirichlet(np.full(size, 2.0)) for size in rng.integers(2, 11, 20)]
    runs = 500
    before, now = ([rng.multinomial(n, share, runs) for share in shares] for n in (REFERENCE, rows))
    p_values = [[homogeneity_p_value(r, q) for r, q in zip(*each, strict=True)] for each in zip(before, now, strict=True)]
    beyond = sum((holm(np.array(of_file)) < 0.05).any() for of_file in zip(*p_values, strict=True))
    assert beyond <= by_chance(runs)
    assert np.mean(np.array(p_values) < 0.05) > 0.03  # and the test does speak


def test_a_file_of_a_hundred_customers_raises_no_alarm_by_its_size(quiet_files):
    """By PSI alone nearly all of them would: chance takes it past the bar."""
    tables = quiet_files[100]
    assert np.mean([table["psi"].max() >= PSI_LOOK for table in tables]) > 0.8
    assert sum(verdict(table).level != "keep" for table in tables) <= by_chance(RUNS)
