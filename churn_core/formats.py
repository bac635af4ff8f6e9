"""Numbers and texts as people read them: the one place that rounds for the eye, and that makes a stranger's text one line that can be
seen. Decisions, files and JSON hold unrounded numbers.

- Half a unit rounds away from zero, and the number counts as it is written: 1.005 with two decimals is 1.01, although the
  nearest float lies below it. A sign is never left on a zero.
- Minus is U+2212, thousands have a comma, percent follows its number without a space. What has no value is a dash.
- A kind of number has one format, wherever it stands: sentence, card, table, chart, memo, slide or command.

  - A share that was counted or estimated: one decimal (``percent``), 26.5%.
  - A share or an amount that somebody set, as it was set (``as_set``, ``price``): 30% or 12.5%, $10 or $12.50. The budget is one.
  - An ROI, the share that a campaign kept (LOOP.md, §11), the chance that it works, and the ticks of an axis: whole, 838%.
  - A share of the rows of a file, which may be tiny: two significant digits (``short_percent``), 0.27%.
  - Money of many customers: three significant digits (``money``), $441,000, since no more is known; of one customer, or of the mean
    one, cents (``exact_money``), $74.44. Files hold cents, an axis its own short form (``compact``), $200K.
- ``currency`` is a label in front, with a blank behind a letter: CHF 10; nothing is converted.

``churn_core/live`` has the same functions in JavaScript; a browser test holds the two against each other.
"""

import math
from collections.abc import Iterable
from datetime import datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TypeGuard

NOTHING = "—"
MINUS = "−"
UNSEEN = "\ufffd"  # stands for a character that cannot be seen

_EXACT = Context(prec=800)  # digits; the longest float has 768
_THOUSANDS = ("", "K", "M", "B", "T")
_BREAKS = frozenset("\t\n\r\f\v\x1c\x1d\x1e\x1f\x85\u2028\u2029")
_HARMLESS = frozenset("\u00a0\u00ad\u200c\u200d\u202f\u2009")  # blanks and joiners that belong to writing; no-break ones stay


def count(number: float | None) -> str:
    """A whole number.

    >>> count(7043), count(2.5), count(-0.2)
    ('7,043', '3', '0')
    """
    return decimal(number, 0)


def counted(number: float, one: str, many: str = "") -> str:
    """A number of things, the noun in its number; ``many`` where it is not ``one`` with an s.

    >>> counted(1, "customer"), counted(7043, "customer"), counted(0.5, "month"), counted(2, "column has", "columns have")
    ('1 customer', '7,043 customers', '0.5 months', '2 columns have')
    """
    shown = plain_number(number)
    return f"{shown} {one if shown in ('1', f'{MINUS}1') else many or f'{one}s'}"


def plain_number(value: float | None) -> str:
    """A number of unknown size, as short as tells it apart: whole from 1,000 on, else four significant digits, three below 1.

    >>> plain_number(1397.2), plain_number(20.054), plain_number(12.0), plain_number(0.55342)
    ('1,397', '20.05', '12', '0.553')
    """
    if not _is_known(value):
        return NOTHING
    size = abs(value)
    decimals = 0 if size >= 999.95 else _decimals(size, 4 if size >= 1 else 3)
    return _signed(value, _rounded(size, decimals), short=True)


def decimal(value: float | None, decimals: int = 2, unit: str = "", signed: bool = False) -> str:
    """So many decimals, and the unit. ``signed``: with a plus, too.

    >>> decimal(32.371, unit="months"), decimal(-0.00004, 4), decimal(0.0123, 3, signed=True)
    ('32.37 months', '0.0000', '+0.012')
    """
    if not _is_known(value):
        return NOTHING
    return _signed(value, _rounded(abs(value), decimals), "", f" {unit}" if unit else "", signed)


def percent(share: float | None, decimals: int = 1, signed: bool = False) -> str:
    """A share of 0–1 in per cent.

    >>> percent(0.27), percent(8.3849, 0), percent(-0.0001), percent(0.285, 0)
    ('27.0%', '838%', '0.0%', '29%')
    """
    return _signed(share, _rounded(abs(share), decimals, shift=2), "", "%", signed) if _is_known(share) else NOTHING


def as_set(share: float | None) -> str:
    """A share of 0–1 that somebody has set, in per cent: a decimal only if it has one.

    >>> as_set(0.3), as_set(0.29), as_set(0.125), as_set(2.45)
    ('30%', '29%', '12.5%', '245%')
    """
    return _signed(share, _rounded(abs(share), 1, shift=2), "", "%", short=True) if _is_known(share) else NOTHING


def short_percent(share: float | None) -> str:
    """A share of 0–1 in per cent, two significant digits.

    >>> short_percent(0.2654), short_percent(0.02654), short_percent(0.002654), short_percent(1), short_percent(0)
    ('27%', '2.7%', '0.27%', '100%', '0%')
    """
    if not _is_known(share) or share == 0:
        return percent(share, 0)
    return percent(share, max(_decimals(abs(share), 2) - 2, 0))


def points(now: float, before: float) -> str:
    """The difference of two shares, in percentage points.

    >>> points(0.31, 0.265), points(0.2, 0.21)
    ('+4.5 points', '−1.0 points')
    """
    return decimal(round(100 * (now - before), 9), 1, "points", signed=True)


def money(value: float | None, currency: str = "", digits: int = 3, signed: bool = False) -> str:
    """Rounded to what is known: three significant digits.

    >>> money(441180.4, "$"), money(-5678.9, "€"), money(1234567, "$"), money(3.14159), money(30000, "$", signed=True)
    ('$441,000', '−€5,680', '$1.23 million', '3.14', '+$30,000')
    """
    if not _is_known(value):
        return NOTHING
    rounded = _rounded(abs(value), _decimals(abs(value), digits) if value else 0)
    if rounded >= 1_000_000:
        return _signed(value, rounded.scaleb(-6), currency, " million", signed)
    return _signed(value, rounded, currency, "", signed)


def exact_money(value: float | None, currency: str = "", decimals: int = 2) -> str:
    """Money to the cent, for one customer.

    >>> exact_money(1234.5, "$"), exact_money(-0.001, "$"), exact_money(199962.4, decimals=0)
    ('$1,234.50', '$0.00', '199,962')
    """
    return _signed(value, _rounded(abs(value), decimals), currency) if _is_known(value) else NOTHING


def price(value: float | None, currency: str = "") -> str:
    """An amount that somebody has set: cents only if there are any.

    >>> price(10.0, "$"), price(12.5, "$")
    ('$10', '$12.50')
    """
    return exact_money(value, currency, 0 if float(value).is_integer() else 2) if _is_known(value) else NOTHING


def compact(value: float | None, currency: str = "") -> str:
    """An amount on an axis: three significant digits at most.

    >>> compact(200_000, "$"), compact(-1_250_000, "$"), compact(12.5), compact(0)
    ('$200K', '−$1.25M', '12.5', '0')
    """
    if not _is_known(value):
        return NOTHING
    rounded = _rounded(abs(value), _decimals(abs(value), 3) if value else 0)
    thousands = min(max(rounded.adjusted() // 3, 0), len(_THOUSANDS) - 1) if rounded else 0
    return _signed(value, rounded.scaleb(-3 * thousands, _EXACT), currency, _THOUSANDS[thousands], short=True)


def p_value(p: float) -> str:
    """The p of a test.

    >>> p_value(0.0204), p_value(0.0004)
    ('p = 0.020', 'p < 0.001')
    """
    return "p < 0.001" if p < 0.001 else f"p = {decimal(p, 3)}"


def listed(parts: Iterable[str]) -> str:
    """``a, b and c``."""
    *others, last = parts
    return f"{', '.join(others)} and {last}" if others else last


def visible(text: str) -> str:
    """``text`` as one line of which all can be seen: a line break or a tab is a blank, and what a terminal would obey (the escape of
    ``ESC [2J``) or what turns or hides the text around it (U+202E) is a mark. File names, ids, notes and values come from strangers.

    >>> visible("a\\r\\nb\\x1b[2J\\u202ec")
    'a  b�[2J�c'
    """
    if text.isascii() and text.isprintable():  # nearly every text
        return text
    return "".join(c if c.isprintable() or c in _HARMLESS else " " if c in _BREAKS else UNSEEN for c in text)


def moment(at: datetime) -> str:
    """A time in UTC, to the minute.

    >>> moment(datetime(2026, 11, 26, 1, 5))
    '2026-11-26 01:05 UTC'
    """
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _is_known(value: float | None) -> TypeGuard[float]:
    return value is not None and math.isfinite(value)


def _as_written(size: float) -> Decimal:
    """The shortest decimal that means this float, which is what people see of it elsewhere."""
    return Decimal(repr(float(size)))


def _rounded(size: float, decimals: int, shift: int = 0) -> Decimal:
    """``size``·10^shift, half a unit up; a negative number of ``decimals`` rounds to tens, hundreds …"""
    return _as_written(size).scaleb(shift, _EXACT).quantize(Decimal(1).scaleb(-decimals, _EXACT), ROUND_HALF_UP, _EXACT)


def _decimals(size: float, digits: int) -> int:
    """How many decimals leave so many significant digits; 9.996 rounds up into one digit more."""
    least = digits - 1 - _as_written(size).adjusted()
    return digits - 1 - _rounded(size, least).adjusted()


def _signed(value: float, rounded: Decimal, before: str = "", after: str = "", signed: bool = False, short: bool = False) -> str:
    sign = "" if not rounded else MINUS if value < 0 else "+" if signed else ""
    shown = f"{rounded:,f}"
    if short and "." in shown:
        shown = shown.rstrip("0").rstrip(".")
    blank = "\u00a0" if before and (before[-1].isalpha() or before[-1] == ".") else ""
    return f"{sign}{before}{blank}{shown}{after}"
