"""What files and the API decide by, how it came about, and the way back."""

import pandas as pd
import streamlit as st

from churn_core.storage.campaigns import SavedCampaign
from churn_core.storage.checks import LONGEST_NOTE
from pages.parts import people, words
from pages.parts.frame import store, what_decides
from pages.parts.published import undo_button
from pages.parts.standing import since, what_was_done
from pages.parts.tables import history_columns, show_table


def published_campaign(saved: list[SavedCampaign], who: str) -> None:
    """``saved``: every campaign, archived ones too, for the names in the history."""
    with st.container(border=True):
        published = store().published()
        of_offers = {campaign.id for campaign in saved if campaign.plan.offers}  # no threshold says whom they contact
        names: dict[str | None, str] = {campaign.id: campaign.name for campaign in saved}
        if published is None:
            st.markdown("**Nothing is published.** Publish a campaign: it then decides in the API and in scored files.")
        else:
            name = names.get(published.campaign_id)
            st.markdown(
                f"**Published: {words.markdown(what_decides(published))}**"
                + (f" of *{words.markdown(name)}*" if name else "")
                + f", {words.markdown(since(published))}"
            )
            if people.may("publish"):
                reason = st.text_input("Reason for taking it back", key="rollback_reason", max_chars=LONGEST_NOTE)
                undo_button("rollback", who, reason)
        history = store().history()
        if history:
            table = pd.DataFrame(
                [
                    (
                        p.published_at,
                        what_was_done(p),
                        None if p.campaign_id in of_offers else p.threshold,
                        names.get(p.campaign_id, ""),
                        p.published_by,
                        p.reason,
                        p.source,
                    )
                    for p in history
                ],
                columns=["published_at", "what", "threshold", "campaign", "published_by", "reason", "source"],
            )
            show_table(table, history_columns(), key="history", height="auto" if len(table) > 5 else "content")
