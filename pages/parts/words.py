"""Numbers and texts as people read them. Only this module rounds: decisions use unrounded values."""

import math
from collections.abc import Iterable
from datetime import datetime

import streamlit as st

from churn_core.campaign.economics import Campaign
from churn_core.campaign.forecast import Forecast
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
    unit = 10.0 ** (digits - 1 - math.floor(math.log10(abs(value))))
    rounded = math.floor(abs(value) * unit + 0.5) / unit  # half a unit rounds up, as in live/campaign.js
    decimals = digits - 1 - math.floor(math.log10(rounded))  # 999,999 rounds up into one digit more
    sign = "−" if value < 0 else ""
    if rounded >= 1e6:
        return f"{sign}{currency()}{rounded / 1e6:.{max(decimals + 6, 0)}f} million"
    return f"{sign}{currency()}{rounded:,.{max(decimals, 0)}f}"


def exact_money(value: float | None) -> str:
    """Money to the cent, for a table or one customer."""
    if value is None or not math.isfinite(value):
        return NOTHING
    return f"{'−' if value < 0 else ''}{currency()}{abs(value):,.2f}"


def percent(share: float | None, decimals: int = 1) -> str:
    """A share of 0–1 in per cent."""
    return NOTHING if share is None or not math.isfinite(share) else f"{share:.{decimals}%}".replace("-", "−")


def points(now: float, before: float) -> str:
    """The difference of two shares, in percentage points."""
    return f"{100 * (now - before):+.1f} points"


def count(number: float) -> str:
    return f"{number:,.0f}"


def decimal(value: float, unit: str = "") -> str:
    """Two decimals and the unit; a dash where there is no value."""
    return NOTHING if not math.isfinite(value) else f"{value:,.2f}{' ' if unit else ''}{unit}"


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
        f"{label} {count(outcome.contacted)} of {'all ' if back_test else ''}{count(customers)} customers"
        f"{'' if back_test else ' still here'}, {who}: expected profit "
        f"{money(outcome.expected_profit)}{give_or_take} on {money(outcome.expected_spend)} spent, ROI {percent(outcome.roi, 0)}"
    )


def if_exact(forecast: Forecast, campaign: Campaign) -> str | None:
    """The narrower range beside an expected profit: what chance alone does, the success rate being exactly right."""
    if not forecast.range_if_exact.half_width:
        return None
    return f"± {money(forecast.range_if_exact.half_width)} if {percent(campaign.success_rate, 0)} is exactly right"


def listed(parts: Iterable[str]) -> str:
    """``a, b and c``."""
    *others, last = parts
    return f"{', '.join(others)} and {last}" if others else last


def markdown(text: str) -> str:
    """``text`` for Markdown, where two dollar signs would otherwise begin a formula."""
    return text.replace("$", "\\$")


def moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def said(sentence: str) -> str:
    """A sentence of the core, for Markdown; a number and its % stay on one line."""
    return plain(sentence).replace(" %", "\u00a0%")


def plain(text: str) -> str:
    """What a user wrote, for Markdown: shown as it is, with no mark-up of its own."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]()#+-.!|$<>~:&" else c for c in " ".join(text.split()))
