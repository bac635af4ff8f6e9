"""The segment to look at, one line, where nobody has written segments of their own."""

import streamlit as st

from churn_core.application.workspace import Workspace
from churn_core.campaign.plan import Plan
from churn_core.decisions.segments.money import money_of
from pages.parts import words
from pages.parts.segments_found import segments_at_hand


def segment_to_look_at(workspace: Workspace, plan: Plan) -> bool:
    """The first that was found whose customers leave more often, and no possible leak; whether there is one at hand."""
    found = segments_at_hand(workspace)
    segment = next((each for each in found.segments if each.leaves_more and not each.may_be_a_leak), None) if found else None
    if segment is None:
        return False
    money = money_of(segment, workspace.still_here, plan)
    said = segment.in_words(words.currency())
    st.markdown(
        words.amounts(
            f"- **{words.markdown(said[:1].upper() + said[1:])}**: {words.percent(segment.rate)} leave, of all others "
            f"{words.percent(segment.rest_rate)}. "
            f"{words.counted(money.customers, 'is still here', 'are still here')}; the campaign earns "
            f"{words.money(money.expected_profit)} with them."
        )
    )
    return True
