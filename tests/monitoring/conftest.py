"""A population, the reference that is drawn from it, a file; and summaries of them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from churn_core.data.cleaning.table import clean
from churn_core.data.reading.reader import read_table
from churn_core.data.synthetic import generate
from churn_core.monitoring.monitor import Watch
from churn_core.monitoring.profile import SCORE, Bins, Profile
from churn_core.monitoring.profiling import bins_of, profile
from churn_core.schema.telco import TELCO
from tests.monitoring.watched import PLAN

RUNS = 200  # files without drift per size
REFERENCE = 7_043  # customers; as many as the Telco file
ALARMS = ("look", "major")
CHARGE = "MonthlyCharges"
FULL = 2**32  # a sum of 1, as summaries keep it


def by_chance(runs, share=0.05):
    """No more hits than 1 in 1,000 simulations would have if ``share`` were the true rate."""
    return int(binom.ppf(0.999, runs, share))


def scored(customers):
    """A model of the test's own: churn probabilities that depend on numbers and on the contract."""
    monthly = (customers["Contract"] == "Month-to-month").to_numpy()
    log_odds = -2 - 0.03 * customers["tenure"].to_numpy() + 0.02 * customers[CHARGE].to_numpy() + 1.2 * monthly
    return 1 / (1 + np.exp(-log_odds))


@pytest.fixture(scope="session")
def pool():
    """The population: every reference and every file is drawn from it."""
    return clean(generate(20_000, seed=5, schema=TELCO), TELCO)[0].drop(columns=TELCO.id)


@pytest.fixture(scope="session")
def reference(pool):
    customers = pool.sample(REFERENCE, replace=True, random_state=1)
    p = scored(customers)
    return profile(customers, p, bins_of(customers, p, TELCO), schema=TELCO)


@pytest.fixture(scope="session")
def file(pool):
    return pool.sample(3_000, replace=True, random_state=2)


def summary(customers, reference, **more):
    return profile(customers, scored(customers), reference.bins, schema=TELCO, **more)


def row(table, name):
    return table.set_index("column").loc[name]


def by_hand(counts, **more):
    """A summary with the given counts of two flags and three score bins, whose sums do not matter."""
    of = {"gender": counts[0], "Contract": counts[1], SCORE: counts[2]}
    bins = Bins(edges={SCORE: (0.2, 0.5)}, values={"gender": ("Female", "Male"), "Contract": ("A", "B", "C")})
    return Profile(bins=bins, rows=sum(counts[0]), counts=of, sums={SCORE: sum(counts[2]) * FULL // 4}, **more)


def small_schema():
    contract = replace(TELCO["Contract"], allowed=("A", "B", "C"))
    return replace(TELCO, columns=(TELCO["customerID"], TELCO["gender"], contract, TELCO["Churn"]), segments=(), rule=None)


@pytest.fixture(scope="module")
def watch(workspace) -> Watch:
    return Watch(workspace.reference, PLAN)


@pytest.fixture(scope="module")
def raw(telco_path) -> pd.DataFrame:
    """400 of the real customers as text, the outcomes of some not known."""
    frame = read_table(telco_path, TELCO).frame.sample(400, random_state=4).sort_index()
    frame.loc[frame.index[::3], TELCO.target] = ""
    return frame
