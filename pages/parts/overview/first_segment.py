"""The segment to look at, one line, where nobody has written segments of their own."""

import streamlit as st

from churn_core.application.workspace import Workspace
from pages.parts import words
from pages.parts.segments_found import segments_at_hand


def segment_to_look_at(workspace: Workspace) -> bool:
    """The first segment that was found whose customers leave more often; whether there is one at hand."""
    found = segments_at_hand(workspace)
    segment = next((each for each in found.segments if each.leaves_more), None) if found else None
    if segment is None:
        return False
    here = int(segment.mask(workspace.still_here.customers).sum())
    said = segment.in_words(words.currency())
    st.markdown(
        words.amounts(
            f"- **{words.markdown(said[:1].upper() + said[1:])}**: {words.percent(segment.rate, 0)} leave, of all others "
            f"{words.percent(segment.rest_rate, 0)}; {words.counted(here, 'is still here', 'are still here')}."
        )
    )
    return True
