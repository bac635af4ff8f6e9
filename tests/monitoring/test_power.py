"""How surely a shift that matters is noticed, and that a trifle is left alone however large the file."""

import numpy as np
import pytest
from scipy.stats import norm

from churn_core.monitoring.drift import PSI_LOOK, PSI_MAJOR, drift, psi_terms
from churn_core.monitoring.profile import SCORE, Bins, Profile
from churn_core.monitoring.verdict import verdict
from tests.monitoring.conftest import FULL, REFERENCE, small_schema

FILES = 20
TENTHS = tuple(round(0.1 * k, 1) for k in range(1, 10))
CONTRACTS = np.array([0.55, 0.21, 0.24])
BINS = Bins(edges={SCORE: TENTHS}, values={"gender": ("Female", "Male"), "Contract": ("A", "B", "C")})


def by_sd(shift):
    """The shares of the tenths of a normal number whose mean has moved by so many standard deviations."""
    return np.diff(norm.cdf(norm.ppf([0, *TENTHS, 1]) - shift))


UNMOVED = by_sd(0)


def drawn(rng, rows, contracts, tenths):
    counts = {"gender": (0.5, 0.5), "Contract": contracts, SCORE: tenths}
    counts = {name: tuple(rng.multinomial(rows, np.array(shares) / sum(shares)).tolist()) for name, shares in counts.items()}
    return Profile(bins=BINS, rows=rows, counts=counts, sums={SCORE: rows * FULL // 2})


def noticed(rows, contracts=CONTRACTS, tenths=UNMOVED):
    """Of 20 files with that shift the share that is not simply kept."""
    rng = np.random.default_rng(rows)
    told = [
        verdict(drift(drawn(rng, REFERENCE, CONTRACTS, UNMOVED), drawn(rng, rows, contracts, tenths), small_schema()))
        for _ in range(FILES)
    ]
    return np.mean([each.level != "keep" for each in told])


@pytest.mark.parametrize("rows", [5_000, 50_000, 1_000_000])
@pytest.mark.parametrize("shift", [-0.3, 0.3])
def test_a_smooth_shift_of_three_tenths_of_a_standard_deviation_is_noticed_from_5000_rows_on(shift, rows):
    assert noticed(rows, tenths=by_sd(shift)) == 1


@pytest.mark.parametrize("rows", [5_000, 50_000, 1_000_000])
@pytest.mark.parametrize("points", [(-10, 5, 5), (-10, 0, 10), (-10, 10, 0), (10, -5, -5), (0, 10, -10), (0, -10, 10)])
def test_a_move_of_ten_points_between_contracts_is_noticed_from_5000_rows_on(points, rows):
    assert noticed(rows, contracts=CONTRACTS + np.array(points) / 100) >= 0.95


@pytest.mark.parametrize("rows", [5_000, 50_000, 1_000_000])
def test_a_tenth_of_a_standard_deviation_and_a_point_are_left_alone_however_large_the_file(rows):
    assert noticed(rows, tenths=by_sd(0.1)) <= 0.05
    assert noticed(rows, contracts=CONTRACTS + np.array([-0.01, 0, 0.01])) == 0


def test_a_larger_file_notices_a_shift_no_less_often():
    found = [noticed(rows, tenths=by_sd(0.2)) for rows in (100, 500, 5_000, 50_000)]
    assert found == sorted(found) and found[0] < 0.5 < found[-1]


@pytest.mark.parametrize("shift", [0.1, 0.2, 0.3, 0.5])
def test_psi_is_about_the_square_of_a_shift_in_standard_deviations(shift):
    of = psi_terms(10**8 * UNMOVED, 10**8 * by_sd(shift)).sum()
    assert 0.9 * shift**2 < of <= shift**2


@pytest.mark.parametrize("points", [0.01, 0.05, 0.1, 0.25])
@pytest.mark.parametrize("share", [0.05, 0.3, 0.5, 0.7])
def test_psi_is_at_least_four_times_the_square_of_the_share_that_has_moved(points, share):
    before, now = np.array([1 - share, share]), np.array([1 - share - points, share + points])
    assert psi_terms(10**8 * before, 10**8 * now).sum() >= 4 * points**2


def test_the_bar_lies_between_the_shift_that_is_left_alone_and_the_one_that_is_noticed():
    assert pytest.approx(np.sqrt(0.1**2 * 0.2**2)) == PSI_LOOK < PSI_MAJOR == 0.5**2
