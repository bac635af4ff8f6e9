"""What is decided of one customer, in words."""

import pandas as pd
import streamlit as st

from churn_core.application.workspace import Workspace
from churn_core.charts.customers import reasons_figure
from churn_core.decisions.decide import OFFER
from churn_core.model.reasons import explained
from churn_core.storage.publications import Decision
from pages.parts import words
from pages.parts.frame import chart, palette


def what_to_do(decision: pd.Series, why_not: str, has_left: bool = False) -> str:
    """What to do, what it earns, and why nothing is done though it would pay."""
    profit = decision.expected_profit
    if has_left:
        return "has left already, so there is nobody to contact"
    if OFFER in decision:
        return _what_to_offer(decision, why_not)
    if decision.contact:
        return (
            f"worth contacting, {words.exact_money(profit)} expected profit"
            if profit > 0
            else f"contacted by the published threshold, though it is expected to lose {words.exact_money(-profit)}"
        )
    if profit <= 0:
        return f"not worth contacting, it would lose {words.exact_money(-profit)}"
    return f"left alone ({why_not}), though a contact is expected to earn {words.exact_money(profit)}"


def _what_to_offer(decision: pd.Series, why_not: str) -> str:
    profit = decision.expected_profit
    if decision.contact:
        return f"gets the offer '{decision.offer}', {words.exact_money(profit)} expected profit"
    if pd.isna(profit):
        return "no offer is for this customer"
    if profit <= 0:
        return f"gets no offer, the best would lose {words.exact_money(-profit)}"
    return f"gets no offer ({why_not}), though the best is expected to earn {words.exact_money(profit)}"


def decided_by_what(decision: Decision) -> str:
    """By which campaign a customer is decided, as the end of a sentence."""
    if decision.threshold is None:
        return ", decided by the draft."
    what = "offers" if decision.plan.offers else f"threshold of {words.percent(decision.threshold)}"
    return f", decided by the published {what}.{f' The campaign is called {decision.name}.' if decision.name else ''}"


def about_break_even(break_even: float) -> str:
    if break_even <= 1:
        return f"Contacting pays from a break-even of {words.percent(break_even)} up"
    return "Contacting this customer does not pay at any probability"


def reasons_chart(workspace: Workspace, customer: pd.DataFrame, key: str, after: str = "") -> None:
    """What raises and lowers the probability of one clean customer; a sentence where no single thing does."""
    table = explained(workspace.version.model, customer, schema=workspace.schema)
    if len(table) > 1:
        chart(f"What raises and what lowers this probability{after}", reasons_figure(table, palette()), key=key)
    else:
        st.caption("No single thing about this customer raises or lowers the probability beyond chance.")
