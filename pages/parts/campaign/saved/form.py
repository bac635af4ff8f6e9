"""Save the draft under a name, and share its address."""

import streamlit as st

from churn_core.application.workspace import Workspace
from churn_core.decisions.recommendation import Recommendation
from churn_core.report.link import address_of
from churn_core.storage.checks import LONGEST_NAME, LONGEST_NOTE
from pages.parts import address, people, words
from pages.parts.audience import audience
from pages.parts.campaign.saved.choices import select_next
from pages.parts.campaign_words import in_words, rule_in_words
from pages.parts.frame import errors_in_words
from pages.parts.published import keep


def save(workspace: Workspace, recommended: Recommendation, who: str) -> None:
    if people.may(people.SAVE):
        _save_form(workspace, recommended, who)
    st.caption("Share the draft: this address opens it.")
    shared = address_of(
        recommended.plan,
        workspace.schema,
        address.of_dashboard(),
        currency=words.currency(),
        back_test=audience(workspace).is_back_test,
    )
    st.code(shared, language=None, wrap_lines=True)


def _save_form(workspace: Workspace, recommended: Recommendation, who: str) -> None:
    if "just_saved" in st.session_state:  # the form is cleared only after what it held was kept
        st.session_state["campaign_name"] = st.session_state["campaign_note"] = ""
    with st.form("save_campaign"):
        st.markdown("**Save the draft**")
        st.caption(words.markdown(f"{in_words(recommended.plan, workspace.schema)}. {rule_in_words(recommended.plan)}."))
        name = st.text_input("Name", max_chars=LONGEST_NAME, key="campaign_name")
        note = st.text_area("Note", max_chars=LONGEST_NOTE, key="campaign_note", height=80)
        if st.form_submit_button("Save", type="primary"):
            with errors_in_words():
                select_next(keep(name, note, workspace, recommended, who))
                st.toast("Saved.", icon=":material/check_circle:")
                st.rerun()
