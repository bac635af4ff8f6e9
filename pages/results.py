"""Whoever ran a campaign: did it work, and what should we assume next time?"""

import streamlit as st

from churn_core.application.results_over_time import over_time, waiting
from churn_core.charts.results import planned_against_measured
from churn_core.storage.draws import Draws
from churn_core.storage.results import Results
from pages.parts import words
from pages.parts.campaign_inputs import campaign_in_sidebar
from pages.parts.frame import chart, page_frame, palette, rests_on, store
from pages.parts.results.one_result import one_result
from pages.parts.results.returned_file import returned_file
from pages.parts.tables import result_columns, show_table, waiting_columns

with page_frame() as workspace:
    plan = campaign_in_sidebar(workspace.schema)
    rests_on(workspace, plan)
    headline, why = st.empty(), st.empty()
    headline.title("Did it work?")
    draws = Draws(store()).latest()
    open_lists = waiting(draws, Results(store()).latest(), store().campaigns(archived=True))
    measured = returned_file(workspace, plan, open_lists)
    kept = Results(store()).of_each_campaign()
    if measured is not None:
        headline.title(words.said(measured.name))
        why.markdown(words.said(measured.sentence))
        if measured.measured is not None:
            one_result(measured.name, measured.as_dict(), plan)
    elif kept:
        latest = kept[-1]
        headline.title(words.said(latest.name))
        why.markdown(words.said(latest.result["sentence"]))
        one_result(latest.name, latest.result, plan)
    else:
        why.caption(
            "No campaign has been measured yet, so the success rate is your estimate. Download a list with a control group on the "
            "page Campaign, carry it out, and drop here who left."
        )
    if kept:
        st.subheader("Campaigns over time")
        table = over_time(kept, draws)
        if table["realised_profit"].notna().any():
            chart(
                "What each campaign was expected to earn, and what it earned",
                planned_against_measured(table[table["realised_profit"].notna()], palette(), words.currency()),
                key="planned_against_measured",
            )
        columns = result_columns()
        show_table(table, columns, key="results", column_order=list(columns))
    if len(open_lists):
        st.subheader("Waiting for their result")
        columns = waiting_columns()
        show_table(open_lists, columns, key="waiting", column_order=list(columns))
