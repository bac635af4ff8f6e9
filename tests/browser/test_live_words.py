"""The browser words an amount as Python does, so that no figure changes on release."""

import numpy as np
import pytest

from pages.parts import words


def in_browser(js, values: list[float], currency: str = "$") -> list[str]:
    return js.evaluate("([values, currency]) => values.map((value) => js.money(value, currency))", [values, currency])


@pytest.mark.parametrize("currency", ["$", "€", ""])
def test_money_is_worded_as_by_python(js, monkeypatch, currency):
    monkeypatch.setattr(words, "currency", lambda: currency)
    rng = np.random.default_rng(0)
    size = 10.0 ** rng.uniform(-6, 14, 4_000)
    values = [
        0.0,
        *(size * rng.choice([-1, 1], len(size))).tolist(),
        *(10.0**power * digits for power in range(-6, 14) for digits in (1, 9.99, 9.994, 9.996, 9.999999)),
        *map(float, rng.integers(-2_000_000, 2_000_000, 2_000)),
        *np.round(rng.uniform(-5_000, 5_000, 2_000), 2).tolist(),
        *np.round(rng.uniform(-50, 50, 2_000), 3).tolist(),
    ]
    assert in_browser(js, values, currency) == [words.money(value) for value in values]


def test_a_whole_amount_half_way_is_worded_as_by_python(js, monkeypatch):
    """A spend is cost × contacts, so half a unit is not rare, and no figure may change on release."""
    monkeypatch.setattr(words, "currency", lambda: "$")
    values = [float(sign * whole * 10**power) for whole in range(1005, 9999, 10) for power in (0, 1, 2, 3, 5) for sign in (1, -1)]
    assert in_browser(js, values) == [words.money(value) for value in values]
