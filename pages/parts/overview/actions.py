"""What an executive does next, above the fold: change the assumptions, download the list, take it along."""

from functools import partial
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from churn_core.application.workspace import Workspace
from churn_core.decisions.contact_list import contact_list, contact_list_in_parts
from churn_core.decisions.recommendation import Recommendation, recommend
from pages.parts.downloads import download_csv

_CAMPAIGN = Path(__file__).resolve().parents[2] / "campaign.py"


def actions(workspace: Workspace, recommended: Recommendation) -> DeltaGenerator:
    """The row of actions. Returns it, so that another may stand beside them."""
    row = st.container(horizontal=True, vertical_alignment="center")
    with row:
        if st.button("Change assumptions", key="change_assumptions", icon=":material/tune:", type="primary"):
            st.switch_page(_CAMPAIGN)
        if recommended.outcome.contacted:
            _download(workspace, recommended)
    return row


def _download(workspace: Workspace, recommended: Recommendation) -> None:
    """The whole list without a control group, which the page Campaign draws; of a back-test that of the customers still here."""
    here = recommended
    if recommended.population.is_back_test:
        here = recommend(workspace.still_here, recommended.plan)
        if not here.outcome.contacted:
            return
    version = workspace.version
    download_csv(
        "Download the list",
        lambda: contact_list(here, version.model),
        f"contact-list-{version.model_id}.csv",
        key="overview_list",
        parts=lambda: partial(contact_list_in_parts, here, version.model),
        help="Everybody who is to be contacted, the most profitable first, with reasons. To measure what the campaign does, hold back "
        "a control group: the page Campaign draws it and keeps the list.",
    )
