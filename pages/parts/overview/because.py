"""Why the recommendation is what it is: the strongest drivers, the segment to look at, how sure it is, what was before."""

import streamlit as st

from churn_core.application.workspace import Workspace
from churn_core.decisions.recommendation import Recommendation
from churn_core.decisions.segments.found import FoundSegments
from churn_core.report.segments import about_segments, segments_of
from churn_core.report.why import Reason, before, how_sure, what_tells_apart
from pages.parts import words
from pages.parts.rate_source import measured_in
from pages.parts.segments_found import segments_at_hand


def because(workspace: Workspace, recommended: Recommendation) -> None:
    currency = words.currency()
    st.markdown("**Why**")
    for reason in (
        what_tells_apart(workspace),
        *_segment(workspace, recommended),
        how_sure(recommended, measured_in(recommended.plan), currency),
        before(workspace, recommended, currency),
    ):
        if reason is not None:
            st.markdown(f"- **{words.markdown(reason.about)}**: {words.markdown(reason.said)}")


def _segment(workspace: Workspace, recommended: Recommendation) -> list[Reason]:
    """The first segment to look at, or why there is none; while they are still searched, the first that the schema names."""
    found, currency = segments_at_hand(workspace), words.currency()
    told = segments_of(workspace, recommended.plan, found or FoundSegments(), currency)
    if told:
        return [told[0].in_words(currency)]
    return [] if found is None else [Reason(about="Segments", said=about_segments(found, told))]
