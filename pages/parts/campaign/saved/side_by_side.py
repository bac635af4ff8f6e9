"""Saved campaigns side by side, on the customers of today."""

import pandas as pd
import streamlit as st

from churn_core import settings
from churn_core.application.workspace import Workspace
from churn_core.campaign.curve import profit_curve
from churn_core.charts.campaign import compared_curves_figure
from churn_core.decisions.recommendation import recommend
from churn_core.storage.campaigns import SavedCampaign
from pages.parts import words
from pages.parts.audience import audience
from pages.parts.campaign.saved.choices import COMPARED, title
from pages.parts.campaign_words import in_words, rule_in_words
from pages.parts.frame import chart, palette
from pages.parts.tables import compared_columns, show_table


def compared_campaigns(saved: list[SavedCampaign], workspace: Workspace) -> None:
    by_id = {campaign.id: campaign for campaign in saved}
    kept = [i for i in st.session_state.get("compared", list(by_id)[:COMPARED]) if i in by_id]
    st.session_state["compared"] = kept  # what was archived in between is no choice any more
    chosen = st.multiselect(
        "Compare, up to four",
        list(by_id),
        format_func=lambda i: title(by_id[i]),
        max_selections=COMPARED,
        key="compared",
    )
    if not chosen:
        return
    rows, curves, best = [], {}, {}
    for position, campaign in enumerate((by_id[i] for i in chosen), start=1):
        found = recommend(audience(workspace), campaign.plan)
        name = f"{position}. {campaign.name}"
        rows.append(
            {
                "campaign": name,
                "threshold": None if campaign.plan.offers else found.best.threshold,
                "contacted": found.outcome.contacted,
                "expected_profit": found.outcome.expected_profit,
                "low": found.forecast.range.low,
                "high": found.forecast.range.high,
                "expected_spend": found.outcome.expected_spend,
                "roi": found.outcome.roi,
                "in_words": in_words(campaign.plan, workspace.schema),
                "rule": rule_in_words(campaign.plan),
            }
        )
        if campaign.plan.offers:  # no threshold says who is contacted, so there is no curve of thresholds
            continue
        curves[name] = profit_curve(found.population.expected_sweep, campaign.plan.campaign, settings.CURVE_POINTS)
        if found.best.threshold is not None:
            best[name] = (found.best.threshold, found.best.expected_profit)
    show_table(pd.DataFrame(rows).astype({"threshold": float}), compared_columns(), key="compared_table")
    if not curves:
        st.caption(
            "Ranges are what each will earn with 95%. No threshold says who gets which of several offers, so no curve is drawn."
        )
        return
    chart(
        "The same customers under each campaign, as of today",
        compared_curves_figure(curves, best, palette(), words.currency()),
        key="compared_curves",
        caption="Dots: the best threshold of each. The table follows each campaign's rule and limits; ranges are what each will "
        "earn with 95%.",
    )
