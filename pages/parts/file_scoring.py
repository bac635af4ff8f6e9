"""A file in, a scored file out: what was repaired, what was rejected and why, row by row."""

import streamlit as st

from churn_core.campaign.plan import Plan
from churn_core.data.read import read_table
from churn_core.schema import TELCO
from churn_core.scoring import ScoredTable, score_table, template
from churn_core.store import Decision
from churn_core.workspace import Workspace
from pages.parts import words
from pages.parts.campaign_inputs import in_words
from pages.parts.downloads import download_csv
from pages.parts.frame import decided_by, errors_in_words
from pages.parts.tables import decision_columns


@st.cache_data(show_spinner="Scoring …", max_entries=4)
def _scored_upload(content: bytes, model_id: str, plan: Plan, threshold: float | None, _model) -> ScoredTable:
    return score_table(read_table(content), _model, plan, threshold)


def file_scoring(workspace: Workspace, plan: Plan) -> None:
    st.write("Drop a file with one row per customer; every row that can be scored is, the others come back with the reason.")
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    upload = left.file_uploader("Customers to score", type=["csv", "tsv", "txt", "parquet", "xlsx"], key="upload")
    with right:
        what = "The columns of a file to be scored, with three invented customers as an example."
        download_csv("Template (CSV)", template, "customers-template.csv", key="template", help=what)
    if upload is None:
        st.info(
            "No file yet. A table in the Telco schema works: CSV, TSV, Parquet or Excel. Try it with the template, or with the "
            f"data of the dashboard. Nothing is written to disk; files over {st.get_option('server.maxUploadSize')} MB go through "
            "`python -m churn_core score`."
        )
        return
    with errors_in_words():
        decided = decided_by(plan)
        version = workspace.version
        scored = _scored_upload(upload.getvalue(), version.model_id, decided.plan, decided.threshold, version.model)
        _show_scored(scored, decided)


def _show_scored(result: ScoredTable, decided: Decision) -> None:
    with st.container(horizontal=True):
        st.metric("Rows", words.count(result.rows), border=True)
        st.metric("Scored", words.count(len(result.scored)), border=True)
        st.metric("Values repaired", words.count(result.repaired), border=True)
        st.metric("Rejected", words.count(len(result.rejects)), border=True)
        st.metric("Worth contacting", words.count(result.contacts), border=True, help=f"At {in_words(decided.plan)}.")
        st.metric("Expected profit", words.money(result.expected_profit), border=True)
    with st.container(horizontal=True):
        download_csv("Download scored (CSV)", lambda: result.scored, "scored.csv", key="download_scored", primary=True)
        if len(result.rejects):
            download_csv("Download rejected (CSV)", lambda: result.rejects, "rejected.csv", key="download_rejects")
    st.caption(
        words.markdown(f"Decided customer by customer at the campaign in force: {in_words(decided.plan)}.")
        if decided.threshold is None
        else words.markdown(
            f"Decided by what is published: contact from {words.percent(decided.threshold)} up"
            + (f", of the campaign {words.plain(decided.name)}" if decided.name else "")
            + f"; expected profit at {in_words(decided.plan)}."
        )
    )
    for warning in result.warnings:
        st.caption(words.markdown(warning))
    if result.repairs:
        st.markdown("**Repaired** " + "; ".join(f"{r.column}: {r.what} ({words.count(r.count)})" for r in result.repairs))
    if len(result.rejects):
        st.markdown("**Rejected**: mend these rows and upload them again")
        st.dataframe(
            result.rejects[["row", "problem"]],
            hide_index=True,
            key="rejects",
            column_config={"row": "Line in the file", "problem": "Problem"},
        )
    front = [TELCO.id] if TELCO.id in result.scored else []
    order = [*front, *[name for name in decision_columns() if name in result.scored and name != TELCO.id]]
    st.dataframe(result.scored, hide_index=True, column_order=order, column_config=decision_columns(), key="scored", height=460)
