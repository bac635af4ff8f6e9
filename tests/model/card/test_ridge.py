"""Approximate leave-one-out: what a fit without a customer, or without all rows that are of one customer, would have said."""

import numpy as np
import pytest
from scipy.special import expit

from churn_core.model.card.ridge import START, fit, left_out_log_odds, newton

RNG = np.random.default_rng(0)
ROWS = np.column_stack([np.ones(150), RNG.normal(size=(150, 4))])
LEFT = (RNG.random(150) < expit(ROWS @ [-0.5, 1.0, -1.0, 0.0, 0.0])).astype(float)
WEIGHT = np.array([0.0, 3.0, 3.0, 3.0, 3.0])
Z, Y, TWINS = np.repeat(ROWS, 2, axis=0), np.repeat(LEFT, 2), np.repeat(np.arange(150), 2)


def really(groups) -> np.ndarray:
    """By a fit without each group."""
    said = np.empty(len(Y))
    for group in set(groups.tolist()):
        out = groups == group
        said[out] = Z[out] @ newton(Z[~out], Y[~out], WEIGHT)
    return said


@pytest.mark.parametrize("groups", [np.arange(300), TWINS], ids=["each row", "twins"])
def test_it_is_what_fits_without_them_say(groups):
    b = newton(Z, Y, WEIGHT)
    said = left_out_log_odds(Z, Y, b, WEIGHT, groups)
    assert np.abs(said - really(groups)).max() < 0.1 * np.abs(Z @ b - really(groups)).max()


def test_groups_of_one_change_nothing():
    b = newton(Z, Y, WEIGHT)
    assert left_out_log_odds(Z, Y, b, WEIGHT, np.arange(300)) == pytest.approx(left_out_log_odds(Z, Y, b, WEIGHT), abs=1e-12)


def test_the_numbers_of_groups_say_nothing():
    b = newton(Z, Y, WEIGHT)
    said = left_out_log_odds(Z, Y, b, WEIGHT, TWINS)
    assert left_out_log_odds(Z, Y, b, WEIGHT, 9 - 7 * TWINS) == pytest.approx(said, abs=1e-12)


def test_strengths_do_not_trust_what_twins_say_of_each_other():
    noise = np.repeat(RNG.integers(0, 2, 150).astype(float), 2)
    wide = np.repeat(np.column_stack([np.ones(150), RNG.normal(size=(150, 40))]), 2, axis=0)
    groups = ["shape"] * 40
    alone, together = fit(wide, noise, groups), fit(wide, noise, groups, START, together=TWINS)
    assert together.strengths["shape"] > alone.strengths["shape"]
    assert (wide @ together.coefficients).std() < 0.5 * (wide @ alone.coefficients).std()
