"""Campaigns kept: save what is in force, compare, share, publish, roll back, duplicate, archive."""

import pandas as pd
import streamlit as st

from churn_core import settings
from churn_core.application.workspace import Workspace
from churn_core.campaign.curve import profit_curve
from churn_core.charts.campaign import compared_curves_figure
from churn_core.decisions.contact_list import Recommendation, recommend
from churn_core.storage.campaigns import SavedCampaign
from churn_core.storage.checks import LONGEST_NAME, LONGEST_NOTE
from pages.parts import people, words
from pages.parts.campaign_inputs import RULES, in_words, put_in_force, shared_link
from pages.parts.frame import chart, errors_in_words, palette, store
from pages.parts.tables import compared_columns, history_columns

COMPARED = 4  # campaigns side by side; more curves than that cannot be told apart


def saved_tab(workspace: Workspace, recommended: Recommendation) -> None:
    people.tell(people.SAVE, "publish")
    who = people.name() if people.login_is_set_up() else _asked_name() if people.may(people.SAVE) else ""
    left, right = st.columns(2, gap="large")
    with left:
        _save(workspace, recommended, who)
    everything = store().campaigns(archived=True)
    with right:
        _published(everything, who)
    saved = [campaign for campaign in everything if campaign.archived_at is None]
    if len(saved) < len(everything) and st.toggle("Show archived", key="show_archived"):
        saved = everything
    if not saved:
        st.info(
            "Every campaign is archived. Show them above to bring one back."
            if everything
            else "No campaign is saved yet. Save what is in force, then change it and save again to compare."
        )
        return
    _choose_and_act(saved, workspace, who)
    _compare(saved, workspace)


def _asked_name() -> str:
    return st.text_input(
        "Your name", max_chars=LONGEST_NAME, key="who", persist_state="session", help="Kept with what you save and publish."
    )


def _save(workspace: Workspace, recommended: Recommendation, who: str) -> None:
    if people.may(people.SAVE):
        _save_form(workspace, recommended, who)
    st.caption("Share what is in force: this address opens it.")
    st.code(shared_link(recommended.plan), language=None, wrap_lines=True)


def _save_form(workspace: Workspace, recommended: Recommendation, who: str) -> None:
    if "just_saved" in st.session_state:  # only what was kept is cleared away
        st.session_state["campaign_name"] = st.session_state["campaign_note"] = ""
    with st.form("save_campaign"):
        st.markdown("**Save what is in force**")
        st.caption(words.markdown(f"{in_words(recommended.plan)}. {RULES[recommended.plan.rule]}."))
        name = st.text_input("Name", max_chars=LONGEST_NAME, key="campaign_name")
        note = st.text_area("Note", max_chars=LONGEST_NOTE, key="campaign_note", height=80)
        if st.form_submit_button("Save", type="primary"):
            with errors_in_words():
                _select(_keep(name, note, workspace, recommended, who))
                st.toast("Saved.")
                st.rerun()


def _keep(name: str, note: str, workspace: Workspace, recommended: Recommendation, who: str) -> SavedCampaign:
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


def _select(campaign: SavedCampaign) -> None:
    """Choose it, and compare it, as soon as the choices are drawn again."""
    st.session_state["just_saved"] = campaign.id


def _published(saved: list[SavedCampaign], who: str) -> None:
    """What is in force for the API and for files, how it came about, and the way back."""
    with st.container(border=True):
        published = store().in_force()
        names: dict[str | None, str] = {campaign.id: campaign.name for campaign in saved}
        if published is None:
            st.markdown(
                "**Nothing is published.** Publish a campaign: its threshold then decides in the API and in scored files."
            )
        else:
            name = names.get(published.campaign_id)
            st.markdown(
                f"**In force: {words.percent(published.threshold)}**"
                + (f" of *{words.plain(name)}*" if name else "")
                + f", published {words.moment(published.published_at)} by {words.plain(published.published_by)}"
            )
            if people.may("publish"):
                _roll_back(who)
        history = store().history()
        if history:
            table = pd.DataFrame(
                [
                    (
                        p.published_at,
                        "rolled back" if p.restores is not None else "published",
                        p.threshold,
                        names.get(p.campaign_id, ""),
                        p.published_by,
                        p.reason,
                        p.source,
                    )
                    for p in history
                ],
                columns=["published_at", "what", "threshold", "campaign", "published_by", "reason", "source"],
            )
            st.dataframe(table, hide_index=True, column_config=history_columns(), key="history", height=200)


def _roll_back(who: str) -> None:
    reason = st.text_input("Reason for taking it back", key="rollback_reason", max_chars=LONGEST_NOTE)
    if st.button("Roll back to what was before", key="rollback"):
        with errors_in_words():
            people.demand("publish")
            store().rollback(who=who, reason=reason)
            st.rerun()


def _choose_and_act(saved: list[SavedCampaign], workspace: Workspace, who: str) -> None:
    st.markdown("**Saved campaigns**")
    by_id = {campaign.id: campaign for campaign in saved}
    just_saved = st.session_state.pop("just_saved", None)
    if just_saved in by_id:
        others = [i for i in st.session_state.get("compared", []) if i in by_id and i != just_saved]
        st.session_state["saved_campaign"] = just_saved
        st.session_state["compared"] = [just_saved, *others][:COMPARED]
    chosen = st.selectbox("Campaign", list(by_id), format_func=lambda i: _title(by_id[i]), key="saved_campaign")
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
            "Open", key="open_campaign", on_click=put_in_force, args=(campaign.plan,), help="Make it the campaign in force."
        )
        if publishes and st.button(
            f"Publish its threshold, {threshold}",
            key="publish_campaign",
            type="primary",
            disabled=campaign.threshold is None,
            help="From then on the API and scored files contact everybody from this churn probability up.",
        ):
            with errors_in_words():
                people.demand("publish")
                assert campaign.threshold is not None  # else the button is disabled
                store().publish(campaign.threshold, who=who, reason=reason, campaign_id=campaign.id)
                st.rerun()
        if saves and st.button("Duplicate", key="duplicate_campaign"):
            with errors_in_words():
                _select(_copy(campaign, who))
                st.rerun()
        away = campaign.archived_at is None
        if saves and st.button("Archive" if away else "Bring back", key="archive_campaign"):
            with errors_in_words():
                people.demand(people.SAVE)
                store().archive(campaign.id, archived=away)
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


def _title(campaign: SavedCampaign) -> str:
    archived = ", archived" if campaign.archived_at else ""
    return f"{campaign.name} ({campaign.saved_by}, {words.moment(campaign.saved_at)}{archived})"


def _compare(saved: list[SavedCampaign], workspace: Workspace) -> None:
    by_id = {campaign.id: campaign for campaign in saved}
    kept = [i for i in st.session_state.get("compared", list(by_id)[:COMPARED]) if i in by_id]
    st.session_state["compared"] = kept  # what was archived in between is no choice any more
    chosen = st.multiselect(
        "Compare, up to four",
        list(by_id),
        format_func=lambda i: _title(by_id[i]),
        max_selections=COMPARED,
        key="compared",
    )
    if not chosen:
        return
    rows, curves, best = [], {}, {}
    for position, campaign in enumerate((by_id[i] for i in chosen), start=1):
        found = recommend(
            workspace.customers,
            workspace.probability,
            workspace.churned,
            campaign.plan,
            workspace.expected_sweep,
            workspace.schema,
        )
        name = f"{position}. {campaign.name}"
        outcome = found.outcome
        rows.append(
            (
                name,
                found.best.threshold,
                outcome.contacted,
                outcome.expected_profit,
                found.profit.low,
                found.profit.high,
                outcome.expected_spend,
                outcome.roi,
                in_words(campaign.plan),
                RULES[campaign.plan.rule],
            )
        )
        curves[name] = profit_curve(workspace.expected_sweep, campaign.plan.campaign, settings.CURVE_POINTS)
        if found.best.threshold is not None:
            best[name] = (found.best.threshold, found.best.expected_profit)
    columns = [
        "campaign",
        "threshold",
        "contacted",
        "expected_profit",
        "low",
        "high",
        "expected_spend",
        "roi",
        "in_words",
        "rule",
    ]
    st.dataframe(pd.DataFrame(rows, columns=columns), hide_index=True, column_config=compared_columns(), key="compared_table")
    chart(
        "The same customers under each campaign, as of today",
        compared_curves_figure(curves, best, palette(), words.currency() or "money"),
        key="compared_curves",
        caption="Dots: the best threshold of each. The table follows each campaign's rule and limits; intervals are realised, 95%.",
    )
