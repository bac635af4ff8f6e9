"""Other answers to what the campaign assumes, each alone: what today's list earns then, and how far the best list is from it."""

import pandas as pd
import streamlit as st

from churn_core.application.workspace import Workspace
from churn_core.campaign.economics import OWN_RISK, STAYS, TENURE
from churn_core.campaign.plan import Plan
from churn_core.decisions.assumptions import Alternative, alternatives
from churn_core.decisions.recommendation import Recommendation
from pages.parts import words
from pages.parts.campaign.schedule import NOT_KNOWN, contacts_per_week, in_time
from pages.parts.campaign_words import is_for_life
from pages.parts.column_kinds import count, money, text
from pages.parts.tables import show_table

_AFTER_SAVE = {
    STAYS: "The whole horizon after a save",
    OWN_RISK: "Own risk after a save",
    TENURE: "As others of that tenure after a save",
}  # shorter than where it is asked


def other_answers(workspace: Workspace, recommended: Recommendation) -> None:
    """A row for each answer. Contacts per week count once they are said, and the churn window is known."""
    if not recommended.outcome.contacted:
        return
    st.markdown("**If the answers were others**")
    left, right, _ = st.columns([1, 1, 2], gap="large")
    per_week = contacts_per_week(left)
    timed = None if per_week is None else in_time(right, recommended)
    if per_week is not None and timed is None:
        st.info(NOT_KNOWN, icon=":material/info:")
    found = alternatives(timed or recommended, workspace.tenure_curve, per_week)
    if len(found) == 1:  # customers with a lifetime value, which follows from nothing that could be answered otherwise
        if per_week is None:
            st.caption("Say how many contacts you can make in a week: then this says what waiting does to profit and list.")
        return
    _weighs_most(found, recommended.plan)
    show_table(_table(found, recommended.plan), _columns(), key="other_answers")
    months = "" if is_for_life(workspace.schema) else " The months are those of the churn window."
    st.caption(
        "One answer at a time, the rest as you assume it. The best list is decided anew customer by customer, within your limits; "
        f"“left out” and “added” count against today's list.{months}"
    )


def _weighs_most(found: list[Alternative], today: Plan) -> None:
    now, *others = found
    most = max(others, key=lambda other: abs(other.kept - now.kept))
    st.markdown(
        words.markdown(
            f"“{_answer(most, today)}” weighs most: today's list then earns {words.money(most.kept)} instead of "
            f"{words.money(now.kept)}, and the best list leaves out {_people(most.left_out)} of its customers and adds "
            f"{_people(most.joined)}."
        )
    )


def _columns() -> dict:
    return {
        "answer": text("If"),
        "kept": money("Today's list"),
        "best": money("Best list"),
        "contacted": count("Contacts", "Of the best list."),
        "left_out": count("Left out"),
        "joined": count("Added"),
    }


def _people(number: int) -> str:
    return words.count(number) if number else "none"


def _table(found: list[Alternative], today: Plan) -> pd.DataFrame:
    rows = [(_answer(each, today), each.kept, each.best, each.contacted, each.left_out, each.joined) for each in found]
    return pd.DataFrame(rows, columns=["answer", "kept", "best", "contacted", "left_out", "joined"])


def _answer(other: Alternative, today: Plan) -> str:
    """What is answered otherwise than today."""
    campaign = other.plan.campaign
    within = "" if other.window is None else f", {words.counted(other.window, 'month')}"
    if other.per_week is not None:
        return f"{words.counted(other.per_week, 'contact')} a week{within}"
    if campaign.after_save != today.campaign.after_save:
        return f"{_AFTER_SAVE[campaign.after_save]}{within if campaign.after_save == OWN_RISK else ''}"
    if campaign.margin != today.campaign.margin:
        return f"Margin {words.as_set(campaign.margin)}"
    return "As you assume"
