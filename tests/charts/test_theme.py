"""Axes are labelled as sentences are: the currency, a real minus, no two ticks alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.charts.theme import money_ticks, share_ticks

ENDS = st.tuples(st.floats(-1e9, 1e9), st.floats(1e-3, 1e9)).map(lambda ends: (ends[0], ends[0] + ends[1]))


@pytest.mark.parametrize(
    "reach, currency, texts",
    [
        ((-60_000, 210_000), "$", ["$0", "$100K", "$200K"]),
        ((-120_000, 110_000), "€", ["−€100K", "−€50K", "€0", "€50K", "€100K"]),
        ((0, 1_300_000), "", ["0", "500K", "1M"]),
    ],
)
def test_an_axis_of_money_says_its_currency(reach, currency, texts):
    assert list(money_ticks(reach, currency)["ticktext"]) == texts


def test_an_axis_of_shares_has_decimals_where_it_needs_them():
    assert share_ticks((0, 1))["ticktext"] == ["0%", "20%", "40%", "60%", "80%", "100%"]
    assert share_ticks((0, 0.034))["ticktext"] == ["0%", "1%", "2%", "3%"]
    assert share_ticks((0, 0.02))["ticktext"] == ["0.0%", "0.5%", "1.0%", "1.5%", "2.0%"]
    assert share_ticks((-1, 9))["ticktext"] == ["0%", "200%", "400%", "600%", "800%"]
    assert share_ticks((-1, 3))["ticktext"] == ["−100%", "0%", "100%", "200%", "300%"]


@given(ENDS)
def test_an_axis_has_two_to_six_ticks_between_its_ends_of_which_no_two_are_alike(ends):
    low, high = ends
    if high - low < 1e-3 * max(abs(low), abs(high)):  # three digits cannot tell them apart
        return
    ticks = share_ticks(ends)
    assert 2 <= len(ticks["tickvals"]) <= 6
    assert all(low - 1e-6 * (high - low) <= at <= high + 1e-6 * (high - low) for at in ticks["tickvals"])
    assert len(set(ticks["ticktext"])) == len(ticks["ticktext"])
