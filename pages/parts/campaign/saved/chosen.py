"""One saved campaign: open, publish, duplicate, archive."""

import streamlit as st

from churn_core.application.draft import beside_published
from churn_core.application.workspace import Workspace
from churn_core.storage.campaigns import SavedCampaign
from churn_core.storage.checks import LONGEST_NAME
from churn_core.storage.draws import Draws, KeptDraw
from churn_core.storage.results import Results
from pages.parts import people, words
from pages.parts.campaign.saved.choices import select_next, take_selected, title
from pages.parts.campaign_inputs import set_draft
from pages.parts.campaign_words import decides_by, in_words, rule_in_words
from pages.parts.frame import errors_in_words, store
from pages.parts.published import publish_button


def chosen_campaign(saved: list[SavedCampaign], workspace: Workspace, who: str) -> None:
    """One of the saved campaigns: what it says, and what can be done with it."""
    st.markdown("**Saved campaigns**")
    by_id = {campaign.id: campaign for campaign in saved}
    take_selected(by_id)
    drawn = {draw.campaign_id: draw for draw in reversed(Draws(store()).latest())}  # of several draws the newest
    chosen = st.selectbox("Campaign", list(by_id), format_func=lambda i: title(by_id[i], drawn), key="saved_campaign")
    campaign = by_id[chosen if chosen in by_id else saved[0].id]
    if campaign.id in drawn:
        st.markdown(f":blue-badge[:material/casino: drawn] {words.markdown(_about_draw(drawn[campaign.id]))}")
    threshold = "" if campaign.plan.offers else f"threshold {words.percent(campaign.threshold)}, "
    st.caption(
        words.markdown(
            f"{in_words(campaign.plan, workspace.schema)}. {rule_in_words(campaign.plan)}. When saved: {threshold}"
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


def _about_draw(draw: KeptDraw) -> str:
    """When the list was drawn, how many were left alone, and what came of it."""
    result = next((each for each in Results(store()).of_each_campaign() if each.draw_id == draw.id), None)
    held = (
        f", {words.count(draw.control)} of {words.counted(draw.treated + draw.control, 'customer')} left alone"
        if draw.control
        else ""
    )
    if result is None:
        return f"List drawn {draw.drawn_at:%Y-%m-%d}{held}, not measured yet."
    rate = result.result.get("success_rate")
    told = f": success rate {words.percent(rate['estimate'], 0)}" if rate else ""
    return f"List drawn {draw.drawn_at:%Y-%m-%d}{held}, measured {result.measured_at:%Y-%m-%d}{told}."


def _publish_button(campaign: SavedCampaign, workspace: Workspace) -> None:
    draft = beside_published(workspace, campaign.plan, campaign.threshold, store())
    its = "its" if campaign.plan.offers else "its threshold,"
    told = f"Publish {its} {decides_by(campaign.plan, campaign.threshold)} …"
    publish_button(told, draft, "publish_campaign", workspace, campaign)


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
