"""One saved campaign: open, publish, duplicate, archive."""

import streamlit as st

from churn_core.application.workspace import Workspace
from churn_core.storage.campaigns import SavedCampaign
from churn_core.storage.checks import LONGEST_NAME, LONGEST_NOTE
from pages.parts import people, words
from pages.parts.campaign.saved.choices import select_next, take_selected, title
from pages.parts.campaign_inputs import RULES, in_words, set_draft
from pages.parts.frame import errors_in_words, store


def chosen_campaign(saved: list[SavedCampaign], workspace: Workspace, who: str) -> None:
    """One of the saved campaigns: what it says, and what can be done with it."""
    st.markdown("**Saved campaigns**")
    by_id = {campaign.id: campaign for campaign in saved}
    take_selected(by_id)
    chosen = st.selectbox("Campaign", list(by_id), format_func=lambda i: title(by_id[i]), key="saved_campaign")
    campaign = by_id[chosen if chosen in by_id else saved[0].id]
    threshold = words.percent(campaign.threshold)
    st.caption(
        words.markdown(
            f"{in_words(campaign.plan)}. {RULES[campaign.plan.rule]}. When saved: threshold {threshold}, "
            f"{words.count(campaign.contacted)} contacts, {words.money(campaign.expected_profit)} expected profit on "
            f"{words.money(campaign.expected_spend)} spent; model {campaign.model_id[-4:]}"
            + ("." if campaign.data_sha256 == workspace.dataset.sha256 else ", on other data than today's.")
        )
        + (f"  \n{words.plain(campaign.note)}" if campaign.note else "")
    )
    publishes, saves = people.may("publish"), people.may(people.SAVE)
    reason = st.text_input("Reason for publishing", key="publish_reason", max_chars=LONGEST_NOTE) if publishes else ""
    with st.container(horizontal=True):
        st.button(
            "Open", key="open_campaign", on_click=set_draft, args=(campaign.plan,), help="Make it the draft on your screen."
        )
        if publishes:
            _publish_button(campaign, who, reason)
        if saves and st.button("Duplicate", key="duplicate_campaign"):
            with errors_in_words():
                select_next(_copy(campaign, who))
                st.rerun()
        away = campaign.archived_at is None
        if saves and st.button("Archive" if away else "Bring back", key="archive_campaign"):
            with errors_in_words():
                people.demand(people.SAVE)
                store().archive(campaign.id, archived=away)
                st.rerun()


def _publish_button(campaign: SavedCampaign, who: str, reason: str) -> None:
    threshold = campaign.threshold
    pressed = st.button(
        f"Publish its threshold, {words.percent(threshold)}",
        key="publish_campaign",
        type="primary",
        disabled=threshold is None,
        help="From then on the API and scored files contact everybody from this churn probability up.",
    )
    if pressed and threshold is not None:
        with errors_in_words():
            people.demand("publish")
            store().publish(threshold, who=who, reason=reason, campaign_id=campaign.id)
            st.rerun()


def _copy(campaign: SavedCampaign, who: str) -> SavedCampaign:
    people.demand(people.SAVE)
    return store().save(
        f"Copy of {campaign.name}"[:LONGEST_NAME],
        campaign.plan,
        note=campaign.note,
        threshold=campaign.threshold,
        contacted=campaign.contacted,
        expected_profit=campaign.expected_profit,
        expected_spend=campaign.expected_spend,
        model_id=campaign.model_id,
        data_sha256=campaign.data_sha256,
        who=who,
    )
