"""The kinds of columns that tables have: text, and numbers that are written as sentences write them."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from churn_core import formats
from pages.parts import words

text = st.column_config.TextColumn


class Worded(dict):
    """A column of numbers: what Streamlit is told of it, and how one of its numbers is read."""

    in_words: Callable[[float], str]


def column(in_words: Callable[[float], str], label: str, help: str = "", **told: Any) -> Worded:
    """A column of numbers that ``in_words`` writes; ``told``: what else Streamlit is told."""
    made = Worded(st.column_config.NumberColumn(label, help=words.markdown(help) or None, **told))
    made.in_words = in_words
    return made


def count(label: str, help: str = "") -> Worded:
    return column(words.count, label, help, format="localized")


def percent(label: str, help: str = "", decimals: int = 1) -> Worded:
    return column(lambda share: words.percent(share, decimals), label, help, format="percent")


def difference(label: str, help: str = "") -> Worded:
    return column(lambda share: words.percent(share, 1, signed=True), label, help)


def decimal(label: str, decimals: int, help: str = "") -> Worded:
    return column(lambda value: words.decimal(value, decimals), label, help, format=f"%.{decimals}f")


def money(label: str, help: str = "", cents: bool = False) -> Worded:
    """Three significant digits, or cents for one customer; the unit stands in the heading."""
    named, in_words = f"{label} ({words.currency() or 'money'})", words.decimal if cents else formats.money
    return column(in_words, named, help, format="localized", step=0.01 if cents else 1)


def day(label: str, help: str = "") -> Any:
    """A date, without its time where it has one."""
    return st.column_config.DateColumn(label, format="YYYY-MM-DD", help=help or None)
