"""Intervals hold the truth 95 times in 100: the quick version of tests/benchmarks/loop.py, on 240 campaigns."""

import numpy as np
import pandas as pd
import pytest

from tests.benchmarks.loop import alarms, campaigns, checked, widths

CAMPAIGNS = 240


@pytest.fixture(scope="module")
def tables() -> list[pd.DataFrame]:
    """Of each campaign: which intervals hold the truth, how wide the adjusted ones are, and which alarms went off."""
    rows = [
        (checked(truth, finished, earned, said), {"start": truth.start, **widths(said)}, alarms(truth, said))
        for truth, finished, earned, said in campaigns(CAMPAIGNS, seed=1)
    ]
    return [pd.DataFrame(part) for part in zip(*rows, strict=True)]


def test_each_interval_holds_the_truth_in_95_of_100_campaigns(tables):
    """A right interval misses the truth in 4 binomial deviations more or fewer campaigns once in 16,000 times."""
    for name, held in tables[0].items():
        known = held.dropna()
        assert len(known) > 30, name
        off = 4 * (0.05 * 0.95 / len(known)) ** 0.5
        assert 0.95 - off <= known.mean(), name
        assert known.mean() <= 0.98 + off / 4, name  # and is no wider than it has to be


def test_adjusted_intervals_are_narrower_and_a_tenth_so_on_a_list_from_low_to_high_risk(tables):
    widths_by_start = tables[1].groupby("start").apply(lambda rows: np.exp(np.log(rows).mean()))
    assert (widths_by_start < 1).all().all()
    assert (widths_by_start.loc[0.05, ["rate, Mantel–Haenszel", "rate, adjusted"]] < 0.9).all()
    assert widths_by_start.loc[0.05, "Δ, adjusted"] < 0.92


def test_nothing_is_alarmed_where_nothing_is_wrong(tables):
    false = tables[2]
    assert not false["sample ratio of the draw"].any() and not false["sample ratio of the known outcomes"].any()
    assert false["some tenth may be harmed"].mean() <= 0.05
