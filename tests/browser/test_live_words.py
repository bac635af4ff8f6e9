"""The browser words a number as Python does, so that no figure changes on release."""

import math
import struct

import numpy as np
import pytest

from churn_core import formats

PAIRS = {  # as the browser writes it → as Python does
    "js.count(value)": formats.count,
    "js.counted(value, 'customer')": lambda value: formats.counted(value, "customer"),
    "js.plainNumber(value)": formats.plain_number,
    "js.decimal(value, 2)": lambda value: formats.decimal(value, 2),
    "js.percent(value)": formats.percent,
    "js.percent(value, 0)": lambda value: formats.percent(value, 0),
    "js.asSet(value)": formats.as_set,
    "js.money(value, '$')": lambda value: formats.money(value, "$"),
    "js.money(value, '€')": lambda value: formats.money(value, "€"),
    "js.money(value, '')": formats.money,
    "js.exactMoney(value, '$')": lambda value: formats.exact_money(value, "$"),
    "js.price(value, '$')": lambda value: formats.price(value, "$"),
    "js.compact(value, '$')": lambda value: formats.compact(value, "$"),
}
each_format = pytest.mark.parametrize("in_js, in_python", PAIRS.items(), ids=PAIRS)


def of_all_sizes() -> list[float]:
    rng = np.random.default_rng(0)
    size = 10.0 ** rng.uniform(-12, 17, 4_000)
    return [
        *(size * rng.choice([-1, 1], len(size))).tolist(),
        *(10.0**power * digits for power in range(-12, 17) for digits in (1, 9.99, 9.994, 9.995, 9.996, 9.999999)),
        *map(float, rng.integers(-2_000_000, 2_000_000, 2_000)),
        *np.round(rng.uniform(-5_000, 5_000, 2_000), 2).tolist(),
        *np.round(rng.uniform(-50, 50, 2_000), 3).tolist(),
        *rng.uniform(-1, 1, 2_000).tolist(),
    ]


def half_way() -> list[float]:
    """A spend is cost × contacts and a share a quotient of counts, so half a unit is not rare; most have no exact float."""
    wholes = [float(sign * whole * 10**power) for whole in range(1005, 9999, 10) for power in (0, 1, 2, 3, 5) for sign in (1, -1)]
    parts = [sign * float(f"{whole}.{part}") for whole in (0, 1, 2, 9, 999, 12345) for part in HALVES for sign in (1, -1)]
    shares = [k / n for n in (8, 16, 40, 200, 1000, 2000) for k in range(n + 1)]
    return [*wholes, *parts, *shares]


HALVES = ("5", "05", "15", "25", "35", "45", "005", "015", "025", "115", "285", "0005", "0015", "4999999999999999", "0000005")
ODD = [
    0.0,
    -0.0,
    5e-324,
    -5e-324,
    1e-300,
    0.1 + 0.2,
    1.005,
    2.675,
    1e15,
    2.0**53 + 2,
    1e21,
    1e22,
    1.5e300,
    -1.7976931348623157e308,
]


def as_in_python(js, in_js: str, in_python, values: list) -> None:
    answered = js.evaluate(f"(values) => values.map((value) => {in_js})", values)
    assert [(v, a) for v, a in zip(values, answered, strict=True) if a != in_python(v)][:5] == []


@each_format
def test_a_number_of_any_size_is_worded_as_by_python(js, in_js, in_python):
    as_in_python(js, in_js, in_python, [*of_all_sizes(), *ODD])


@each_format
def test_a_number_half_way_is_worded_as_by_python(js, in_js, in_python):
    as_in_python(js, in_js, in_python, half_way())


@each_format
def test_a_number_of_any_bits_is_worded_as_by_python(js, in_js, in_python):
    bits = np.random.default_rng(1).bytes(8 * 3_000)
    values = [value for value in struct.unpack("<3000d", bits) if math.isfinite(value)]
    as_in_python(js, in_js, in_python, values)


@each_format
def test_what_has_no_value_is_a_dash_in_both(js, in_js, in_python):
    if "counted" not in in_js:
        answered = js.evaluate(f"() => [null, undefined, NaN, Infinity, -Infinity].map((value) => {in_js})")
        assert set(answered) == {in_python(None), in_python(math.nan), in_python(math.inf)} == {"—"}
