"""How saved campaigns are named and offered in the choices of the tab."""

from collections.abc import Mapping

import streamlit as st

from churn_core.storage.campaigns import SavedCampaign
from churn_core.storage.draws import KeptDraw
from pages.parts import words

COMPARED = 4  # campaigns side by side; more curves than that cannot be told apart


def title(campaign: SavedCampaign, drawn: Mapping[str, KeptDraw] | None = None) -> str:
    """Name, author and time; whether its list was drawn, as ``drawn`` by the id of a campaign says, and whether it is archived."""
    marks = ", drawn" if drawn and campaign.id in drawn else ""
    marks += ", archived" if campaign.archived_at else ""
    return f"{campaign.name} ({campaign.saved_by}, {words.moment(campaign.saved_at)}{marks})"


def select_next(campaign: SavedCampaign) -> None:
    """Select it, and compare it, as soon as the choices are drawn again."""
    st.session_state["just_saved"] = campaign.id


def take_selected(saved: dict[str, SavedCampaign]) -> None:
    """Select what was saved in the last run; ``saved`` by id. Called before the choices are drawn."""
    just_saved = st.session_state.pop("just_saved", None)
    if just_saved in saved:
        others = [i for i in st.session_state.get("compared", []) if i in saved and i != just_saved]
        st.session_state["saved_campaign"] = just_saved
        st.session_state["compared"] = [just_saved, *others][:COMPARED]
