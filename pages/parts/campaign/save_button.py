"""Beside the headline: save the draft under a name, in a dialog."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from churn_core.application.workspace import Workspace
from churn_core.decisions.recommendation import Recommendation
from churn_core.storage.checks import LONGEST_NAME
from pages.parts import people
from pages.parts.frame import errors_in_words
from pages.parts.published import keep

_ASKING = "asking_to_save"  # whether the dialog is open


def save_button(place: DeltaGenerator, workspace: Workspace, recommended: Recommendation) -> None:
    """Nothing for whoever may not save. The dialog stays until it is answered or closed, whatever else runs again."""
    if not people.may(people.SAVE):
        return
    told = "Keep this campaign under a name, with what it promises."
    place.button("Save …", key="save_at_headline", icon=":material/bookmark_add:", help=told, on_click=_open)
    if st.session_state.get(_ASKING):
        _ask(workspace, recommended)


def _open() -> None:
    st.session_state[_ASKING] = True


def _close() -> None:
    st.session_state.pop(_ASKING, None)


@st.dialog("Save this campaign?", icon=":material/bookmark_add:", on_dismiss=_close)
def _ask(workspace: Workspace, recommended: Recommendation) -> None:
    with st.form("save_at_headline_form", border=False):
        name = st.text_input("Name of the campaign", max_chars=LONGEST_NAME, key="name_at_headline")
        who = people.name()
        if not people.login_is_set_up():
            who = st.text_input("Your name", people.who(), max_chars=LONGEST_NAME, key="saver_at_headline", help="Kept with it.")
        if st.form_submit_button("Save", type="primary", key="save_the_draft"):
            with errors_in_words():
                keep(name, "", workspace, recommended, who)
                _close()
                st.toast("Saved. It is under “Saved campaigns”.", icon=":material/check_circle:")
                st.rerun()
