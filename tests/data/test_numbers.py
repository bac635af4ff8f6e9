"""Numbers as people write them: each way is read to the last bit, and what could be two numbers is none."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.data.numbers import COMMA, CURRENCY, THOUSANDS, Ambiguous, decimal_mark, has_decimal_comma, read_number

cents = st.integers(-(10**11), 10**11)  # what a charge can be, and more
signs = st.sampled_from(["$", "€", "£", "USD", "eur", "Gbp"])
plain = st.from_regex(re.compile(r"[+-]?(\d{1,15}\.?\d{0,15}|\.\d{1,15})([eE][+-]?\d{1,2})?", re.ASCII), fullmatch=True)
pieces = st.text(alphabet="0123456789.,' -+eE$€\u00a0\u2212", max_size=14)


def written(amount: int, thousands: str, decimal: str) -> str:
    """So many cents, with two decimals."""
    whole, rest = divmod(abs(amount), 100)
    return ("-" if amount < 0 else "") + f"{whole:,}".replace(",", thousands) + f"{decimal}{rest:02}"


@given(plain, st.sampled_from(["", " ", "\t", "\u00a0"]))
def test_what_a_machine_writes_is_the_same_float_to_the_last_bit_and_needs_no_telling(words, around):
    if re.fullmatch(r"[+-]?\d{1,3}\.\d{3}", words):
        return  # in a file with decimal commas it could be a thousand, see below
    for decimal in (".", ","):
        number, how = read_number(around + words + around, decimal)
        assert (number.hex(), how) == (float(words).hex(), "")


@given(cents, st.sampled_from([",", "'", "\u2019", " ", "\u00a0", "\u2009", "\u202f"]))
def test_a_decimal_point_is_read_whatever_separates_the_thousands(amount, thousands):
    number, how = read_number(written(amount, thousands, "."))
    assert number == float(written(amount, "", ".")) and how == (THOUSANDS if abs(amount) >= 100_000 else "")


@given(cents, st.sampled_from([".", "'", " ", "\u00a0", ""]), st.sampled_from([".", ","]))
def test_a_decimal_comma_is_read_whatever_separates_the_thousands_and_whatever_the_file_writes(amount, thousands, file):
    assert read_number(written(amount, thousands, ","), file) == (float(written(amount, "", ".")), COMMA)


@given(cents, signs, st.sampled_from(["", " "]), st.booleans(), st.sampled_from([("", "."), (",", "."), (".", ",")]))
def test_a_sign_of_money_before_or_behind_changes_no_number_and_is_told(amount, sign, space, before, marks):
    words = written(amount, *marks)
    with_sign = sign + space + words if before else words + space + sign
    assert read_number(with_sign) == (read_number(words)[0], CURRENCY)


@given(st.integers(1, 999), st.integers(0, 999), st.sampled_from(["", "-", "$", "€ "]))
def test_three_digits_behind_one_comma_may_be_a_thousand_in_every_file(whole, rest, before):
    for decimal in (".", ","):
        with pytest.raises(Ambiguous, match=f"may be {'-' * (before == '-')}{whole}{rest:03} or"):
            read_number(f"{before}{whole},{rest:03}", decimal)


@given(st.integers(1, 999), st.integers(0, 999))
def test_three_digits_behind_one_point_may_be_a_thousand_only_where_the_file_writes_decimal_commas(whole, rest):
    words = f"{whole}.{rest:03}"
    assert read_number(words) == (float(words), "")
    with pytest.raises(Ambiguous, match=rf"may be {whole}{rest:03} or {whole}\.{rest:03}"):
        read_number(words, ",")


@given(st.integers(0, 999), st.sampled_from([".", ","]))
def test_what_begins_with_zero_is_no_thousand(rest, decimal):
    assert read_number(f"0,{rest:03}", decimal)[0] == read_number(f"0.{rest:03}", decimal)[0] == rest / 1000


@given(st.one_of(pieces, st.text(max_size=12)), st.sampled_from([".", ","]))
def test_any_text_is_one_number_or_none_and_never_another_than_a_machine_reads(words, decimal):
    try:
        number, how = read_number(words, decimal)
    except ValueError:
        return
    digits = re.sub(r"[^0-9]", "", re.sub(r"[eE].*", "", words))
    assert digits and how in ("", THOUSANDS, COMMA, CURRENCY)
    if not how:
        assert number == float(words.strip().replace("\u2212", "-"))


@pytest.mark.parametrize(
    "words", ["", "-", "abc", "inf", "nan", "1_000", "0x10", "１２", "1,2,3", "1.2.3", "12,34,567", "1,234,56", "5,", "70 €/month",
              "1,234.567.8", "--5", "1e", "$"]
)  # fmt: skip
def test_what_is_no_number_is_none(words):
    with pytest.raises(ValueError) as refused:
        read_number(words)
    assert not isinstance(refused.value, Ambiguous)


@pytest.mark.parametrize("words", ["1,234 567", "1,234'567.8", "1 234'567", "1.234 567,5", "1.234'567,50"])
def test_thousands_are_separated_by_one_sign_throughout(words):
    with pytest.raises(ValueError):
        read_number(words)


@given(cents)
def test_a_decimal_comma_is_known_by_what_can_be_nothing_else(amount):
    assert has_decimal_comma(written(amount, "", ",")) and has_decimal_comma(written(amount, ".", ",") + " €")
    assert not has_decimal_comma(written(amount, "", ".")) and not has_decimal_comma(written(amount, ",", "."))


@pytest.mark.parametrize("words", ["1,234", "12,345,678", "", "a,b", "5"])
def test_what_may_be_a_thousand_is_no_sign_of_decimal_commas(words):
    assert not has_decimal_comma(words)


@pytest.mark.parametrize(
    "word", ["9" * 200_000 + "x", "1," * 100_000, "$" + " " * 200_000 + "1", "1" + ".000" * 50_000], ids=lambda w: w[:6]
)
def test_a_cell_of_any_length_takes_no_longer_than_it_is_long(word):
    with pytest.raises(ValueError):
        read_number(word)
    assert decimal_mark([word] * 100)[0] in (".", ",", "")


@pytest.mark.parametrize("words, number", [("7,2E-05", 7.2e-05), ("1,234E+05", 123400.0), ("7,2e-05", 7.2e-05)])
def test_a_decimal_comma_has_an_exponent_as_spreadsheets_write_it(words, number):
    assert read_number(words) == (number, COMMA) and has_decimal_comma(words)
