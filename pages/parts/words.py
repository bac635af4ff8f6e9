"""Numbers and texts on a page: the formats of the core with the currency of the session, and text for Markdown."""

import re
from typing import Any

import streamlit as st

from churn_core import formats
from churn_core.campaign.economics import Campaign
from churn_core.campaign.forecast import Forecast
from churn_core.campaign.optimise import Outcome
from churn_core.decisions import headline
from churn_core.formats import (
    MINUS,
    NOTHING,
    as_set,
    count,
    counted,
    decimal,
    listed,
    moment,
    percent,
    plain_number,
    points,
    visible,
)
from churn_core.report.link import CURRENCIES, NO_LABEL
from churn_core.report.link import usual_currency as usual_of
from churn_core.schema import BLANK, Column, Schema, of_leaving, within

__all__ = [
    "NOTHING",
    "amounts",
    "as_set",
    "chance",
    "change",
    "count",
    "counted",
    "currencies",
    "currency",
    "decimal",
    "exact_money",
    "if_exact",
    "listed",
    "markdown",
    "moment",
    "money",
    "of_leaving",
    "percent",
    "plain_number",
    "points",
    "price",
    "recommendation",
    "rest_on",
    "said",
    "unchanged",
    "usual_currency",
    "with_unit",
    "within",
]

WORD_JOINER = "\u2060"
_BLANKS = re.compile(" +")
_MARK_UP = re.compile(r"[\\`*{}\[\]<>$~|&#!]|(?<![^\W_])_|_(?![^\W_])|:(?=\S)")  # within a word _ is no mark-up
_REPLACED = re.compile(r"(?<=:)(?=[^\W\d]|[+:/-]|\d\w*:)|(?<=@)(?=[\w-])|(?<=www)(?=\.)|(?<=[-<~>])(?=[-=>])", re.IGNORECASE)
_DOLLAR = re.compile(r"(?<!\\)\$")
_FIRST = re.compile(r"^(\d*)((?<=\d)[.)]|[-+=])(?=[-+=\s]|$)")  # what begins a list or underlines a heading

_OF_DATA = "currency_of_data"  # where a session keeps the label that the customers in use come with


def usual_currency() -> str:
    """The label where nobody has chosen another: that of the customers in use, if they come with one."""
    return st.session_state.get(_OF_DATA) or CURRENCIES[0]


def currencies() -> list[str]:
    """The labels to choose from, the usual one first."""
    return list(dict.fromkeys((usual_currency(), *CURRENCIES)))


def rest_on(schema: Schema) -> None:
    """From here on money has the label of these customers, unless somebody chooses another; called before the choice is drawn."""
    before, now = usual_currency(), usual_of(schema)
    st.session_state[_OF_DATA] = now
    if before != now and st.session_state.get("currency") == before:
        st.session_state["currency"] = now


def currency() -> str:
    """The label in front of money, chosen by the user; nothing is ever converted."""
    chosen = st.session_state.get("currency") or usual_currency()
    return "" if chosen == NO_LABEL else chosen


def with_unit(label: str, unit: str) -> str:
    """``Last order (days)``; the unit is left out where the label says it, and money has its label of currency."""
    unit = unit.replace("money", currency() or "money")
    return label if not unit or unit.casefold() in label.casefold() else f"{label} ({unit})"


_COUNTED = ("months", "days")  # units that are said behind the number


def with_group(column: Column, group: object) -> str:
    """A column and one of its groups as one says it: ``lifetime 0 to 1 months``, ``plan Basic``."""
    said = f"{column.label} {group}"
    unit = column.unit if column.unit in _COUNTED and group != BLANK else ""
    return said if not unit or unit.casefold() in said.casefold() else f"{said} {unit}"


def money(value: float | None, digits: int = 3, signed: bool = False) -> str:
    """Rounded to what is known: three significant digits."""
    return formats.money(value, currency(), digits, signed)


def exact_money(value: float | None) -> str:
    """Money to the cent, for a table or one customer."""
    return formats.exact_money(value, currency())


def price(value: float | None) -> str:
    """An amount that somebody has set: cents only if there are any."""
    return formats.price(value, currency())


def change(shown: str, more_is: str = "") -> dict[str, Any]:
    """What ``st.metric`` takes for a change that is ``shown`` with its sign: Streamlit tells a fall by a hyphen, which is no
    minus. ``more_is``: "good" or "bad", for the colour; grey without.
    """
    falls, moves = shown.startswith(MINUS), shown.startswith((MINUS, "+"))
    is_good = {"good": not falls, "bad": falls}.get(more_is)
    color = "off" if is_good is None or not moves else "normal" if is_good else "inverse"
    return {"delta": shown, "delta_arrow": "off" if not moves else "down" if falls else "up", "delta_color": color}


def recommendation(
    outcome: Outcome,
    customers: int,
    half_width: float | None = None,
    limited: bool = False,
    back_test: bool = False,
    time: str = "",
) -> str:
    """The headline, for a manager to forward: what to do, what it earns, give or take ``half_width``, and for how much; ``time`` is
    that of leaving (``within``).
    """
    return headline.recommendation(outcome, customers, half_width, limited, back_test, time, currency())


def if_exact(forecast: Forecast, campaign: Campaign) -> str | None:
    """The narrower range beside an expected profit: what chance alone does, the success rate being exactly right."""
    return headline.if_exact(forecast, campaign, currency())


def chance(share: float) -> str:
    """A chance, which is never told as none or as certain."""
    return "below 0.1%" if share < 0.0005 else "above 99.9%" if share > 0.9995 else percent(share)


def markdown(text: str) -> str:
    """``text`` for Markdown, read as it is written, whoever wrote it: no link, image, formula, colour, icon, list or HTML.

    A backslash stops what Markdown itself reads. Addresses, ``@``, ``:icons:``, ``www.``, ``--`` and ``->`` are replaced in the
    finished text, where a backslash no longer is; a word joiner, which shows nothing, stops these. Line breaks and blanks become
    one blank; what cannot be seen and could turn or hide the text around it (U+202E) becomes a mark.
    """
    seen = _BLANKS.sub(" ", visible(text)).strip()
    escaped = _MARK_UP.sub(r"\\\g<0>", _REPLACED.sub(WORD_JOINER, seen))
    return _FIRST.sub(r"\1\\\2", escaped)


def unchanged(why: object) -> str:
    """Why something failed, and that nothing was changed by it, which the core says of the database itself."""
    return f"{why}" if "Nothing was changed" in f"{why}" else f"{why} Nothing was changed."


def amounts(markdown: str) -> str:
    """Our own Markdown in which amounts of money stand: two dollar signs would begin a formula."""
    return _DOLLAR.sub(r"\\$", markdown)


def said(sentence: str) -> str:
    """A sentence of the core, for Markdown; the sentences kept by earlier versions have a space before their %."""
    return markdown(sentence).replace(" %", "%")
