"""Analysts: what can I do about those who leave, who are they, and why might that be?"""

import streamlit as st

from churn_core.decisions import describe
from pages.parts import words
from pages.parts.audience import audience
from pages.parts.campaign_inputs import campaign_in_sidebar
from pages.parts.explore.by_group import churn_by_group
from pages.parts.explore.columns import by_hand, strengths
from pages.parts.explore.filters import customer_filters, filters_in_address
from pages.parts.explore.segment_card import segment_card
from pages.parts.explore.segment_tiles import segment_tiles
from pages.parts.explore.strongest import strongest_columns, strongest_group
from pages.parts.explore.tenure import first_months, tenure_charts
from pages.parts.explore.two_sides import churned_against_stayed
from pages.parts.frame import page_frame, rests_on
from pages.parts.quality import quality_table

with page_frame(also=filters_in_address) as workspace:
    schema = workspace.schema
    plan = campaign_in_sidebar(workspace)
    rests_on(workspace, plan)
    headline = st.empty()
    segment_tiles(workspace, audience(workspace), plan)
    st.header("Who leaves")
    chosen = customer_filters(workspace)
    if not len(chosen):
        headline.title("No customer matches these filters")
        st.info("Widen a filter above, or clear it, to see customers again.", icon=":material/info:")
        st.stop()

    groups = strengths(workspace) if not by_hand(schema) else ()
    buckets = chosen.told(describe.churn_by_tenure_bucket, schema) if schema.tenure else None
    told = strongest_group(chosen, groups, schema) if buckets is None or groups else first_months(buckets)
    headline.title(
        words.markdown(
            f"{words.percent(chosen.told(describe.churn_rate, schema))} of {words.counted(len(chosen), 'customer')} "
            f"left{words.within(schema)}{told}"
        )
    )
    st.caption(
        "Everything below and the headline follow these filters. Whiskers and bands are 95% intervals: wide ones mean few customers."
    )
    if not by_hand(schema):
        strongest_columns(chosen, groups, schema)
    if buckets is not None:
        tenure_charts(chosen, buckets, schema)
    churned_against_stayed(chosen, schema)
    for segment in schema.segments:
        segment_card(chosen, chosen.of(audience(workspace)), segment, plan, schema)
    churn_by_group(chosen, schema)
    with st.expander("Quality of the data: what was found and what was done"):
        quality = workspace.dataset.quality
        st.write(
            f"{words.counted(quality.rows, 'row')} read, {words.count(quality.kept)} kept, {words.count(quality.rejected)} rejected."
        )
        quality_table(quality, key="quality")
