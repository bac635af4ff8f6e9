"""Draft or published, above a headline: the badge, the dialog that asks before it publishes, and the undo."""

from datetime import UTC, datetime

import streamlit as st

from churn_core.application.draft import Draft
from churn_core.application.workspace import Workspace
from churn_core.decisions.recommendation import Recommendation, recommend
from churn_core.storage.campaigns import SavedCampaign
from churn_core.storage.checks import LONGEST_NAME, LONGEST_NOTE
from pages.parts import people, words
from pages.parts.campaign_words import decides_by, in_words
from pages.parts.frame import errors_in_words, store, what_decides
from pages.parts.standing import badge_in_words, since, standing, until_then

_ASKING = "asking_to_publish"  # which campaign the open dialog is about
_COMPARED = "On the customers still here: the list of this campaign against the published one, both at these assumptions."


def badge(draft: Draft | None) -> None:
    """Above a headline: whether what is shown is what is published, and what publishing it would change."""
    if draft is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        _badge(draft, until_then(draft))


def badge_with_actions(draft: Draft | None, workspace: Workspace) -> None:
    """The same, with what can be done about it."""
    if draft is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        _badge(draft)
        if not people.may("publish"):
            return
        if draft.is_published:
            undo_button("undo_at_headline", people.who() or "dashboard")
        if not draft.is_published:
            publish_button("Publish …", draft, "publish_draft", workspace)


def _badge(draft: Draft, also: str = "") -> None:
    st.markdown(badge_in_words(draft), width="content")
    st.caption(words.markdown(f"{standing(draft)} {also}"), width="stretch", help=_COMPARED if draft.changes else None)


def publish_button(label: str, draft: Draft, key: str, workspace: Workspace, saved: SavedCampaign | None = None) -> None:
    """Opens the dialog that asks; the dialog stays until it is answered or closed, whatever else runs again."""
    threshold, about = draft.threshold, key if saved is None else saved.id
    told = "No contact pays, so there is nothing to publish." if threshold is None else "Says what it changes, and asks."
    st.button(
        words.markdown(label),
        key=key,
        icon=":material/publish:",
        disabled=threshold is None,
        help=told,
        on_click=_open,
        args=(about,),
    )
    if threshold is not None and st.session_state.get(_ASKING) == about:
        _ask(draft, threshold, workspace, saved)


def _open(about: str) -> None:
    st.session_state[_ASKING] = about


def _close() -> None:
    st.session_state.pop(_ASKING, None)


@st.dialog("Publish this campaign?", icon=":material/publish:", on_dismiss=_close)
def _ask(draft: Draft, threshold: float, workspace: Workspace, saved: SavedCampaign | None) -> None:
    """Say what publishing changes, take the reason, and publish: the ``saved`` campaign, or the draft, which is saved with it."""
    up = decides_by(draft.plan, threshold) if draft.plan.offers else f"from {words.percent(threshold)} up"
    do = "name the best offer for each customer" if draft.plan.offers else f"contact everybody {up}"
    st.markdown(words.markdown(f"From then on files and the API {do}, at {in_words(draft.plan, workspace.schema)}."))
    st.markdown(f"**{words.markdown(standing(draft))}**", help=_COMPARED if draft.changes else None)
    with st.form("publish", border=False):
        name = ""
        if saved is None:
            name = st.text_input(
                "Name of the campaign", f"{datetime.now(UTC):%Y-%m-%d}, {up}", max_chars=LONGEST_NAME, key="publish_name"
            )
        reason = st.text_input("Reason", max_chars=LONGEST_NOTE, key="publish_reason", help="Kept with it.")
        who = people.name()
        if not people.login_is_set_up():
            who = st.text_input("Your name", people.who(), max_chars=LONGEST_NAME, key="publish_who", help="Kept with it.")
        if st.form_submit_button("Publish", type="primary"):
            with errors_in_words():
                people.demand("publish")
                campaign = saved or keep(name, "", workspace, recommend(workspace.still_here, draft.plan), who)
                st.session_state["publisher"] = who
                store().publish(threshold, who=who, reason=reason, campaign_id=campaign.id)
                _close()
                st.rerun()


def undo_button(key: str, who: str, reason: str = "") -> None:
    """Publish again what was published before; one click."""
    before = store().before()
    label = "Undo: publish nothing" if before is None else f"Undo: publish {words.markdown(what_decides(before))} again"
    told = "Before, nothing was published." if before is None else words.markdown(f"It was {since(before)}.")
    if st.button(label, key=key, icon=":material/undo:", help=told):
        with errors_in_words():
            people.demand("publish")
            store().rollback(who=who, reason=reason)
            st.rerun()


def keep(name: str, note: str, workspace: Workspace, recommended: Recommendation, who: str) -> SavedCampaign:
    """Save a campaign with what it promises today."""
    people.demand(people.SAVE)
    outcome = recommended.outcome
    return store().save(
        name,
        recommended.plan,
        note=note,
        threshold=recommended.best.threshold,
        contacted=outcome.contacted,
        expected_profit=outcome.expected_profit,
        expected_spend=outcome.expected_spend,
        model_id=workspace.version.model_id,
        data_sha256=workspace.dataset.sha256,
        who=who,
    )
