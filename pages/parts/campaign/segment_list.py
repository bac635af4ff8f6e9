"""The part of the contact list that one found segment is: asked for by the address, as the tiles on Explore do."""

import streamlit as st

from churn_core.application.workspace import Workspace
from churn_core.decisions.recommendation import Recommendation
from churn_core.decisions.segments.conditions import Mask
from churn_core.decisions.segments.selection import SLOTS
from pages.parts import address, words
from pages.parts.segments_found import segments_or_progress

SEGMENT = "segment"  # its name in the address; the number of a segment, in the order in which they were found
IN_ADDRESS = address.whole(1, sum(SLOTS.values()))


def members_of_segment(workspace: Workspace, recommended: Recommendation) -> Mask | None:
    """Who of the population is in the segment that the address names, (n,), which is said; ``None`` where it names none."""
    asked = st.query_params.get(SEGMENT, "")
    if not IN_ADDRESS.takes([asked]):
        return None
    found = segments_or_progress(workspace)
    if found is None:
        return None
    number = int(float(asked))
    if number > len(found):
        st.info(
            f"These customers have {words.counted(len(found), 'segment')}, so there is none of the number {words.count(number)}.",
            icon=":material/info:",
        )
        return None
    segment = found.segments[number - 1]
    members = segment.mask(recommended.population.customers)
    contacts = int((members & recommended.contact).sum())
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            words.amounts(
                f":material/filter_alt: Only **{words.markdown(segment.in_words(words.currency()))}**: "
                f"{words.count(contacts)} of the {words.counted(recommended.outcome.contacted, 'contact')} on the list."
            )
        )
        st.button("Show the whole list", key="whole_list", on_click=_forget)
    return members


def _forget() -> None:
    st.query_params.pop(SEGMENT, None)
