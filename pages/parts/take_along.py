"""*Take it along*: the decision on screen as a file, a page with sliders or slides, made when it is asked for."""

from datetime import UTC, date, datetime
from functools import partial

import streamlit as st

from churn_core.application.workspace import Workspace
from churn_core.campaign.plan import Plan
from churn_core.decisions.population import Population
from churn_core.report.document import KINDS, file_name
from churn_core.report.memo import memo_of
from pages.parts import address, words
from pages.parts.audience import audience
from pages.parts.frame import store
from pages.parts.segments_found import segments_in_the_end


def take_along(workspace: Workspace, plan: Plan) -> None:
    """The button, with both kinds of file behind it."""
    day, people, base, currency = datetime.now(UTC).date(), audience(workspace), address.of_dashboard(), words.currency()
    with st.popover("Take it along", icon=":material/ios_share:", help="The decision as a file to send. It works offline."):
        st.caption(
            "Recommendation, scenarios, reasons and assumptions, with scores and charges for the sliders. No customer's id is in it."
        )
        for ending, kind in KINDS.items():
            st.download_button(
                words.markdown(kind.label),
                data=partial(_file, ending, workspace, plan, people, day, currency, base),
                file_name=file_name(day, ending),
                mime=kind.mime,
                on_click="ignore",
                icon=":material/download:",
                key=f"take_along_{ending[1:]}",
                width="stretch",
            )


def _file(ending: str, workspace: Workspace, plan: Plan, people: Population, day: date, currency: str, base: str) -> bytes:
    """Made outside of a page's run, where the session's choices are not at hand: they are given."""
    found = segments_in_the_end(workspace)
    memo = memo_of(workspace, plan, store(), day=day, found=found, population=people, currency=currency, base=base)
    return KINDS[ending].write(memo)
