"""Saved campaigns: save the draft, compare, share, publish, undo, duplicate, archive."""

import streamlit as st

from churn_core.application.workspace import Workspace
from churn_core.decisions.recommendation import Recommendation, recommend
from churn_core.storage.checks import LONGEST_NAME
from pages.parts import people
from pages.parts.campaign.saved.chosen import chosen_campaign
from pages.parts.campaign.saved.form import save
from pages.parts.campaign.saved.published import published_campaign
from pages.parts.campaign.saved.side_by_side import compared_campaigns
from pages.parts.frame import store


def saved_tab(workspace: Workspace, recommended: Recommendation) -> None:
    people.tell(people.SAVE, "publish")
    who = people.name() if people.login_is_set_up() else _asked_name() if people.may(people.SAVE) else ""
    left, right = st.columns(2, gap="large")
    with left:
        # A saved campaign can be published and carried out: it is that of the customers still here, in a back-test too.
        save(workspace, recommend(workspace.still_here, recommended.plan), who)
    everything = store().campaigns(archived=True)
    with right:
        published_campaign(everything, who)
    saved = [campaign for campaign in everything if campaign.archived_at is None]
    if len(saved) < len(everything) and st.toggle("Show archived", key="show_archived"):
        saved = everything
    if not saved:
        st.info(
            "Every campaign is archived. Show them above to bring one back."
            if everything
            else "No campaign is saved yet. Save the draft, then change it and save again to compare.",
            icon=":material/info:",
        )
        return
    chosen_campaign(saved, workspace, who)
    compared_campaigns(saved, workspace)


def _asked_name() -> str:
    return st.text_input(
        "Your name", max_chars=LONGEST_NAME, key="who", persist_state="session", help="Kept with what you save and publish."
    )
