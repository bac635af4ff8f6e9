"""Contacts per week: the box, what waiting costs, and what each week earns."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from churn_core import settings
from churn_core.campaign.schedule import MOST_PER_WEEK, Schedule
from churn_core.charts.schedule import schedule_figure
from churn_core.decisions.recommendation import Recommendation
from churn_core.decisions.weeks import in_words, schedule_of, window_of
from pages.parts import address, words
from pages.parts.frame import chart, palette

PER_WEEK, WINDOW = "contacts_per_week", "window"
_KEPT = "contacts_per_week_kept"  # what was said last: the box is drawn on more than one tab, one at a time
IN_ADDRESS = {
    PER_WEEK: address.whole(1, int(MOST_PER_WEEK), empty=True),
    WINDOW: address.number(0.1, settings.MAX_MONTHS, empty=True),
}
NOT_KNOWN = (
    "What waiting costs is not known: these data do not say within how many months those who leave do so. Say it in “Churn window in "
    "months”."
)


def contacts_per_week(place: DeltaGenerator) -> int | None:
    """How many can be contacted in a week; ``None`` where nobody has said, and there is no schedule."""
    if PER_WEEK not in st.session_state and PER_WEEK not in st.query_params and _KEPT in st.session_state:
        st.session_state[PER_WEEK] = st.session_state[_KEPT]
    said = place.number_input(
        "Contacts per week",
        1,
        int(MOST_PER_WEEK),
        None,
        10,
        key=PER_WEEK,
        bind="query-params",
        placeholder="no schedule",
        help="How many customers your team can contact in a week. The list then says in which week to contact whom, and what waiting "
        "costs.",
    )
    st.session_state[_KEPT] = said
    return said


def in_time(place: DeltaGenerator, recommended: Recommendation) -> Recommendation | None:
    """The recommendation with a churn window, asked where neither data nor campaign say it; ``None`` as long as nobody does."""
    plan = recommended.plan
    if window_of(plan, recommended.population.schema) is not None:
        return recommended
    window = place.number_input(
        "Churn window in months",
        0.1,
        float(settings.MAX_MONTHS),
        None,
        1.0,
        format="%.10g",
        key=WINDOW,
        bind="query-params",
        placeholder="not stated",
        help="A churn probability is that of leaving within so many months. These data do not say it, so it is yours to assume.",
    )
    if window is None:
        return None
    return replace(recommended, plan=replace(plan, campaign=replace(plan.campaign, window=window)))


@dataclass(frozen=True, kw_only=True)
class ListInWeeks:
    """The recommendation, with the churn window that its ``schedule`` rests on; no schedule where none is asked for, or known."""

    recommended: Recommendation
    schedule: Schedule | None = None

    @property
    def per_week(self) -> int | None:
        return None if self.schedule is None else self.schedule.per_week

    @property
    def week(self) -> np.ndarray | None:
        return None if self.schedule is None else self.schedule.week


def list_in_weeks(place: DeltaGenerator, recommended: Recommendation, left_alone: Callable[[], np.ndarray]) -> ListInWeeks:
    """The boxes at this ``place``, and below what the list earns week by week, without those who are ``left_alone``."""
    per_week = contacts_per_week(place)
    timed = None if per_week is None else in_time(place, recommended)
    if per_week is None:
        return ListInWeeks(recommended=recommended)
    if timed is None:
        st.info(NOT_KNOWN, icon=":material/info:")
        return ListInWeeks(recommended=recommended)
    planned = schedule_of(timed, per_week, left_alone())
    _show(planned)
    return ListInWeeks(recommended=timed, schedule=planned)


def _show(planned: Schedule) -> None:
    said = words.markdown(in_words(planned, words.money))
    if not planned.weeks:
        st.info(said, icon=":material/info:")
        return
    table = pd.DataFrame(
        {"week": range(1, planned.weeks + 1), "contacts": planned.contacts.tolist(), "profit": planned.profit.tolist()}
    )
    st.markdown(said)
    chart(
        f"{words.percent(planned.expected_profit / planned.at_once)} of what all would earn in the first week is earned",
        schedule_figure(table, palette(), at_once=planned.at_once, currency=words.currency()),
        key="schedule",
        caption="Bars: what each week earns. Line: all weeks so far. Each week those come first who would lose most by waiting. "
        "Customers leave at a constant rate within the churn window of "
        f"{words.counted(planned.window, 'month')}; who has left is not contacted any more and costs nothing.",
    )
