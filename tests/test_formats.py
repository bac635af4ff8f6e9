"""One formatter: signs, rounding, units, and the number of a noun, the same wherever people read a number."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core import formats

FINITE = st.floats(allow_nan=False, allow_infinity=False)
SMALL = st.floats(-1e12, 1e12)
FORMATS = {
    "count": formats.count,
    "counted": lambda value: formats.counted(value, "customer"),
    "plain_number": formats.plain_number,
    "decimal": formats.decimal,
    "percent": formats.percent,
    "as_set": formats.as_set,
    "short_percent": formats.short_percent,
    "money": lambda value: formats.money(value, "$"),
    "exact_money": lambda value: formats.exact_money(value, "$"),
    "price": lambda value: formats.price(value, "$"),
    "compact": lambda value: formats.compact(value, "$"),
}
of_numbers = pytest.mark.parametrize("in_words", FORMATS.values(), ids=FORMATS)
TIMES = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12, " million": 1e6}


def read_back(shown: str) -> float:
    """The number that people read."""
    times = next((times for word, times in TIMES.items() if shown.endswith(word)), 1.0)
    digits = shown.rstrip("KMBT% milon").replace(",", "").replace("$", "").replace("−", "-")
    return float(digits) * times


@of_numbers
@given(value=FINITE)
def test_minus_is_a_real_minus_in_front_of_everything(in_words, value):
    shown = in_words(value)
    assert "-" not in shown and "e" not in shown.removesuffix("customer").removesuffix("customers")
    assert "−" not in shown[1:]


@of_numbers
@given(value=FINITE)
def test_what_is_shown_as_zero_has_no_sign(in_words, value):
    shown = in_words(value)
    assert not shown.startswith("−") or any(digit in shown for digit in "123456789")


@of_numbers
@given(value=FINITE)
def test_a_loss_is_worded_as_the_gain_with_a_minus(in_words, value):
    gain, loss = in_words(abs(value)), in_words(-abs(value))
    assert loss in (gain, f"−{gain}")


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "counted"])
@pytest.mark.parametrize("value", [None, math.nan, math.inf, -math.inf])
def test_what_has_no_value_is_a_dash(name, value):
    assert FORMATS[name](value) == "—"


@given(st.integers(-(10**15), 10**15))
def test_a_count_keeps_every_digit_and_parts_the_thousands(number):
    shown = formats.count(number)
    assert int(read_back(shown)) == number
    assert shown == f"{number:,}".replace("-", "−")


@given(SMALL)
def test_a_number_is_within_half_a_unit_of_its_last_digit(value):
    assert read_back(formats.exact_money(value, "$")) == pytest.approx(value, rel=1e-15, abs=0.005 + 1e-12)
    assert read_back(formats.percent(value)) / 100 == pytest.approx(value, rel=1e-15, abs=0.0005 + 1e-12)
    assert read_back(formats.count(value)) == pytest.approx(value, abs=0.5)


@pytest.mark.parametrize(
    "shown, text",
    [
        (formats.count(0.5), "1"), (formats.count(2.5), "3"), (formats.count(12345.5), "12,346"), (formats.count(-2.5), "−3"),
        (formats.exact_money(1.005), "1.01"), (formats.exact_money(2.675), "2.68"), (formats.percent(0.285, 0), "29%"),
        (formats.percent(0.00125, 2), "0.13%"), (formats.decimal(0.45, 1), "0.5"), (formats.points(0.5605, 0.5), "+6.1 points"),
        (formats.money(1005), "1,010"), (formats.compact(1005), "1.01K"), (formats.money(0.0000125, digits=2), "0.000013"),
    ],
)  # fmt: skip
def test_half_a_unit_of_the_number_as_written_rounds_away_from_zero(shown, text):
    assert shown == text


@given(SMALL.filter(bool), st.integers(1, 6))
def test_money_in_a_sentence_has_its_significant_digits_and_no_more(value, digits):
    shown = formats.money(value, "$", digits)
    assert read_back(shown) == pytest.approx(value, rel=0.5000001 * 10.0 ** (1 - digits))
    figures = shown.removesuffix(" million").strip("−$").replace(",", "").replace(".", "").strip("0")
    assert len(figures) <= digits


@pytest.mark.parametrize(
    "value, text",
    [
        (0, "$0"), (0.0004, "$0.000400"), (9.996, "$10.0"), (99.96, "$100"), (999.6, "$1,000"), (199_962, "$200,000"),
        (-0.001, "−$0.00100"), (999_499, "$999,000"), (999_999, "$1.00 million"), (-1_234_567, "−$1.23 million"),
        (15_849_000_000, "$15,800 million"),
    ],
)  # fmt: skip
def test_money_in_a_sentence(value, text):
    assert formats.money(value, "$") == text


@pytest.mark.parametrize("currency", ["CHF", "kr", "zł", "Fr."])
def test_a_label_of_letters_stands_apart_from_the_amount(currency):
    assert (
        formats.money(-5678.9, currency) == f"−{currency}\u00a05,680" and formats.price(10.0, currency) == f"{currency}\u00a010"
    )
    assert formats.price(10.0, "R$") == "R$10"


@pytest.mark.parametrize("currency", ["$", "€", "£", ""])
def test_the_currency_stands_between_sign_and_amount(currency):
    assert formats.money(-5678.9, currency) == f"−{currency}5,680"
    assert formats.exact_money(-5678.9, currency) == f"−{currency}5,678.90"
    assert formats.compact(-5678.9, currency) == f"−{currency}5.68K"
    assert formats.price(-12.5, currency) == f"−{currency}12.50" and formats.price(10.0, currency) == f"{currency}10"


@pytest.mark.parametrize("share, text", [(-0.0001, "0.0%"), (0.0397, "4.0%"), (1, "100.0%"), (-0.05, "−5.0%"), (8.385, "838.5%")])
def test_a_share_is_in_per_cent_without_a_space(share, text):
    assert formats.percent(share) == text
    assert formats.percent(-0.001, 0) == "0%" and " " not in formats.short_percent(share)


@pytest.mark.parametrize(
    "share, text",
    [(0.2654, "27%"), (0.0997, "10%"), (0.0949, "9.5%"), (0.05, "5.0%"), (0.0024, "0.24%"), (0, "0%"), (-0.024, "−2.4%")],
)
def test_a_short_share_has_two_significant_digits(share, text):
    assert formats.short_percent(share) == text


@pytest.mark.parametrize(
    "number, text",
    [(0, "0 months"), (1, "1 month"), (1.0, "1 month"), (0.5, "0.5 months"), (12, "12 months"), (1200, "1,200 months")],
)
def test_a_noun_follows_its_number(number, text):
    assert formats.counted(number, "month") == text


def test_a_noun_without_s_is_given_with_its_plural():
    assert [formats.counted(n, "column has", "columns have") for n in (1, 3)] == ["1 column has", "3 columns have"]


@pytest.mark.parametrize(
    "number, text",
    [(1397.2, "1,397"), (999.96, "1,000"), (20.054, "20.05"), (1, "1"), (0.5, "0.5"), (0.55342, "0.553"), (-0.0, "0")],
)
def test_a_plain_number_is_as_short_as_tells_it_apart(number, text):
    assert formats.plain_number(number) == text


@pytest.mark.parametrize(
    "value, text",
    [
        (0, "$0"),
        (999.9, "$1K"),
        (1_000_000, "$1M"),
        (1e15, "$1,000T"),
        (-250_000, "−$250K"),
        (0.25, "$0.25"),
        (1_234_567, "$1.23M"),
    ],
)
def test_an_axis_has_three_significant_digits_and_a_letter(value, text):
    assert formats.compact(value, "$") == text


def test_a_difference_says_its_sign():
    assert [formats.points(now, 0.3) for now in (0.345, 0.3, 0.29)] == ["+4.5 points", "0.0 points", "−1.0 points"]
    assert formats.percent(0.12, 0, signed=True) == "+12%" and formats.percent(0.0, 0, signed=True) == "0%"
    assert formats.money(30_000, "$", signed=True) == "+$30,000" and formats.money(-30_000, "$", signed=True) == "−$30,000"
    assert formats.decimal(-0.0012, 4, signed=True) == "−0.0012" and formats.decimal(0.0012, 4, signed=True) == "+0.0012"


@given(st.text(max_size=30))
def test_a_text_is_one_line_that_can_be_seen_and_no_character_is_lost(text):
    shown = formats.visible(text)
    assert len(shown) == len(text) and len(shown.splitlines()) <= 1
    assert all(c.isprintable() or c in "\u00a0\u00ad\u200c\u200d\u202f\u2009" for c in shown)
    assert all(c == was for c, was in zip(shown, text, strict=True) if was.isprintable())
