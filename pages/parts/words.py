"""Numbers as people read them. Rounding happens here and nowhere else: decisions use unrounded values."""

import math

import streamlit as st

from churn_core.campaign.optimise import Outcome

CURRENCIES = ("$", "€", "£", "none")
NOTHING = "—"


def currency() -> str:
    """The label in front of money, chosen by the user; nothing is ever converted."""
    chosen = st.session_state.get("currency") or CURRENCIES[0]
    return "" if chosen == "none" else chosen


def money(value: float | None, digits: int = 3) -> str:
    """Rounded to what is known: three significant digits."""
    if value is None or not math.isfinite(value):
        return NOTHING
    if value == 0:
        return f"{currency()}0"
    decimals = digits - 1 - math.floor(math.log10(abs(value)))
    rounded = abs(round(value, decimals))
    sign = "−" if value < 0 else ""
    if rounded >= 1e6:
        return f"{sign}{currency()}{rounded / 1e6:.{max(decimals + 6, 0)}f} million"
    return f"{sign}{currency()}{rounded:,.{max(decimals, 0)}f}"


def exact_money(value: float) -> str:
    """Money to the cent, for a table or one customer."""
    if not math.isfinite(value):
        return NOTHING
    return f"{'−' if value < 0 else ''}{currency()}{abs(value):,.2f}"


def percent(share: float | None, decimals: int = 1) -> str:
    """A share of 0–1 in per cent."""
    return NOTHING if share is None or not math.isfinite(share) else f"{share:.{decimals}%}".replace("-", "−")


def points(now: float, before: float) -> str:
    """The difference of two shares, in percentage points."""
    return f"{100 * (now - before):+.1f} points"


def count(number: int) -> str:
    return f"{number:,}"


def decimal(value: float, unit: str = "") -> str:
    """Two decimals and the unit; a dash where there is no value."""
    return NOTHING if not math.isfinite(value) else f"{value:,.2f}{' ' if unit else ''}{unit}"


def recommendation(outcome: Outcome, customers: int) -> str:
    """The headline: what to do and what it earns."""
    if not outcome.contacted:
        return "Contact nobody: at these parameters no contact pays"
    return (
        f"Contact {count(outcome.contacted)} of {count(customers)} customers: {money(outcome.expected_profit)} expected profit "
        f"on {money(outcome.expected_spend)} spent"
    )


def markdown(text: str) -> str:
    """``text`` for Markdown, where two dollar signs would otherwise begin a formula."""
    return text.replace("$", "\\$")
