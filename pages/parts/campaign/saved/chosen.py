"""One saved campaign: open, publish, duplicate, archive."""

import streamlit as st

from churn_core.application.draft import beside_published
from churn_core.application.workspace import Workspace
from churn_core.storage.campaigns import SavedCampaign
from churn_core.storage.checks import LONGEST_NAME
from pages.parts import people, words
from pages.parts.campaign.saved.choices import select_next, take_selected, title
from pages.parts.campaign_inputs import RULES, in_words, set_draft
from pages.parts.frame import errors_in_words, store
from pages.parts.published import publish_button


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
            f"{in_words(campaign.plan, workspace.schema)}. {RULES[campaign.plan.rule]}. When saved: threshold {threshold}, "
            f"{words.counted(campaign.contacted, 'contact')}, {words.money(campaign.expected_profit)} expected profit on "
            f"{words.money(campaign.expected_spend)} spent; model {campaign.model_id[-4:]}"
            + ("." if campaign.data_sha256 == workspace.dataset.sha256 else ", on other data than today's.")
        )
        + (f"  \n{words.markdown(campaign.note)}" if campaign.note else "")
    )
    publishes, saves = people.may("publish"), people.may(people.SAVE)
    with st.container(horizontal=True):
        st.button(
            "Open", key="open_campaign", on_click=set_draft, args=(campaign.plan,), help="Make it the draft on your screen."
        )
        if publishes:
            _publish_button(campaign, workspace)
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


def _publish_button(campaign: SavedCampaign, workspace: Workspace) -> None:
    draft = beside_published(workspace, campaign.plan, campaign.threshold, store())
    publish_button(
        f"Publish its threshold, {words.percent(campaign.threshold)} …", draft, "publish_campaign", workspace, campaign
    )


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
