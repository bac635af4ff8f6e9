"""Numbers and texts on a page: the formats of the core with the currency of the session, and text for Markdown."""

from typing import Any

import streamlit as st

from churn_core import formats
from churn_core.campaign.economics import Campaign
from churn_core.campaign.forecast import Forecast
from churn_core.campaign.optimise import Outcome
from churn_core.formats import MINUS, NOTHING, count, counted, decimal, listed, moment, percent, plain_number, points

__all__ = [
    "CURRENCIES",
    "NOTHING",
    "change",
    "count",
    "counted",
    "currency",
    "decimal",
    "exact_money",
    "if_exact",
    "listed",
    "markdown",
    "moment",
    "money",
    "percent",
    "plain",
    "plain_number",
    "points",
    "price",
    "recommendation",
    "said",
]

CURRENCIES = ("$", "€", "£", "none")


def currency() -> str:
    """The label in front of money, chosen by the user; nothing is ever converted."""
    chosen = st.session_state.get("currency") or CURRENCIES[0]
    return "" if chosen == "none" else chosen


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
    outcome: Outcome, customers: int, half_width: float | None = None, limited: bool = False, back_test: bool = False
) -> str:
    """The headline, for a manager to forward: what to do, what it earns, give or take ``half_width``, and for how much."""
    label = "Back-test: contact" if back_test else "Contact"
    if not outcome.contacted:
        return f"{label} nobody: {'within these limits' if limited else 'at these parameters'} no contact pays"
    each = outcome.threshold is None
    who = "each above their own break-even" if each else f"everyone above {percent(outcome.threshold)}"
    give_or_take = "" if half_width is None else f" ±\u00a0{money(half_width)}"
    return (
        f"{label} {count(outcome.contacted)} of {'all ' if back_test else ''}{counted(customers, 'customer')}"
        f"{'' if back_test else ' still here'}, {who}: expected profit "
        f"{money(outcome.expected_profit)}{give_or_take} on {money(outcome.expected_spend)} spent, ROI {percent(outcome.roi, 0)}"
    )


def if_exact(forecast: Forecast, campaign: Campaign) -> str | None:
    """The narrower range beside an expected profit: what chance alone does, the success rate being exactly right."""
    if not forecast.range_if_exact.half_width:
        return None
    return f"± {money(forecast.range_if_exact.half_width)} if {percent(campaign.success_rate, 0)} is exactly right"


def markdown(text: str) -> str:
    """``text`` for Markdown, where two dollar signs would otherwise begin a formula."""
    return text.replace("$", "\\$")


def said(sentence: str) -> str:
    """A sentence of the core, for Markdown; the sentences kept by earlier versions have a space before their %."""
    return plain(sentence).replace(" %", "%")


def plain(text: str) -> str:
    """What a user wrote, for Markdown: shown as it is, with no mark-up of its own."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]()#+-.!|$<>~:&" else c for c in " ".join(text.split()))
