"""The distributions agree with scipy.stats, far out and at their ends too."""

import subprocess
import sys

import numpy as np
import pytest
from scipy import stats

from churn_core import distributions, settings
from churn_core.data.telco_source import FILE_NAME

SHARES = [1e-12, 1e-6, 0.025, 0.2, 0.5, 0.8, 0.975, 1 - 1e-9]
Z = np.linspace(-9, 9, 73)
SKEWNESS = [-30.0, -2.0, -0.3, -1e-3, -1.7e-5, -1e-5, 0.0, 1e-5, 1.7e-5, 1e-3, 0.3, 2.0, 30.0]


def test_the_normal_distribution():
    for share in SHARES:
        assert distributions.normal_quantile(share) == pytest.approx(stats.norm.ppf(share), rel=1e-12, abs=1e-15)
    for z in Z:
        assert distributions.normal_below(z) == pytest.approx(stats.norm.cdf(z), rel=1e-12)
        assert distributions.normal_above(z) == pytest.approx(stats.norm.sf(z), rel=1e-12)


@pytest.mark.parametrize("degrees", [1, 2, 7, 100, 5_000])
def test_chi_squared(degrees):
    for share in SHARES:
        x = stats.chi2.ppf(share, degrees)
        assert distributions.chi_squared_quantile(share, degrees) == pytest.approx(x, rel=1e-10)
        assert distributions.chi_squared_above(x, degrees) == pytest.approx(stats.chi2.sf(x, degrees), rel=1e-10)
    assert distributions.chi_squared_above(0.0, degrees) == 1.0


@pytest.mark.parametrize(("a", "b"), [(0.5, 0.5), (1, 1), (2, 30), (0.01, 3), (4_000.5, 12.5)])
def test_beta(a, b):
    assert distributions.beta_quantile(SHARES, a, b) == pytest.approx(stats.beta.ppf(SHARES, a, b), rel=1e-9, abs=1e-300)


@pytest.mark.parametrize("skewness", SKEWNESS)
def test_pearson_3(skewness):
    below = distributions.pearson3_below(Z, np.full(len(Z), skewness))
    assert below == pytest.approx(stats.pearson3.cdf(Z, skewness), rel=1e-7, abs=1e-12)


def test_a_file_is_scored_without_scikit_learn_and_without_scipys_slow_parts(own_home, tmp_path):
    """They take longer to load than 100,000 customers to score; the watch and what remembers the file do without them, too."""
    heavy = ("sklearn", "scipy.stats", "scipy.optimize", "scipy.linalg", "scipy.fft", "openpyxl", "plotly")
    customers, scored = own_home / "data" / FILE_NAME, tmp_path / "scored.csv"
    command = (
        f"import sys; from churn_core.cli import main; main(['score', {str(customers)!r}, '--output', {str(scored)!r}]); "
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", command], cwd=settings.CHECKOUT, capture_output=True, text=True, check=True)
    assert scored.exists() and found.stdout.splitlines()[-1] == "[]", found.stdout
