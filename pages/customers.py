"""Analysts with a file: score these. Agents with one customer: what about this one?"""

import streamlit as st

from churn_core.campaign.economics import Campaign
from churn_core.charts.customers import probability_scale_figure, reasons_figure
from churn_core.data.read import read_table
from churn_core.data.write import to_csv
from churn_core.model.explain import explained
from churn_core.schema import TELCO
from churn_core.scoring import ScoredTable, score, score_table, template, with_changes
from churn_core.workspace import Workspace
from pages.parts import words
from pages.parts.campaign_inputs import campaign_in_sidebar, in_words
from pages.parts.frame import chart, errors_in_words, page_frame, palette, rests_on
from pages.parts.tables import decision_columns
from pages.parts.what_if import what_if_inputs


@st.cache_data(show_spinner="Scoring …", max_entries=4)
def scored_upload(content: bytes, model_id: str, campaign: Campaign, _model) -> ScoredTable:
    return score_table(read_table(content), _model, campaign)


def file_tab(workspace: Workspace, campaign: Campaign) -> None:
    st.write("Drop a file with one row per customer; every row that can be scored is, the others come back with the reason.")
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    upload = left.file_uploader("Customers to score", type=["csv", "tsv", "txt", "parquet", "xlsx"], key="upload")
    right.download_button(
        "Template (CSV)", data=lambda: to_csv(template(workspace.customers))[0], file_name="customers-template.csv", mime="text/csv",
        on_click="ignore", key="template", help="The columns with three customers as an example.", icon=":material/download:",
    )  # fmt: skip
    if upload is None:
        st.info(
            "No file yet. A table in the Telco schema works: CSV, TSV, Parquet or Excel. Try it with the template, or with the "
            f"data of the dashboard. Nothing is stored; files over {st.get_option('server.maxUploadSize')} MB go through "
            "`python -m churn_core score`."
        )
        return
    with errors_in_words():
        show_scored(scored_upload(upload.getvalue(), workspace.version.model_id, campaign, workspace.version.model), campaign)


def show_scored(result: ScoredTable, campaign: Campaign) -> None:
    contacts = result.scored[result.scored["contact"]]
    with st.container(horizontal=True):
        st.metric("Rows", words.count(result.rows), border=True)
        st.metric("Scored", words.count(len(result.scored)), border=True)
        st.metric("Values repaired", words.count(sum(r.count for r in result.repairs)), border=True)
        st.metric("Rejected", words.count(len(result.rejects)), border=True)
        st.metric("Worth contacting", words.count(len(contacts)), border=True, help=f"At {in_words(campaign)}.")
        st.metric("Expected profit", words.money(contacts["expected_profit"].sum()), border=True)
    with st.container(horizontal=True):
        st.download_button(
            "Download scored (CSV)", data=lambda: to_csv(result.scored)[0], file_name="scored.csv", mime="text/csv",
            on_click="ignore", type="primary", key="download_scored", icon=":material/download:",
        )  # fmt: skip
        if len(result.rejects):
            st.download_button(
                "Download rejected (CSV)", data=lambda: to_csv(result.rejects)[0], file_name="rejected.csv", mime="text/csv",
                on_click="ignore", key="download_rejects", icon=":material/download:",
            )  # fmt: skip
    for warning in result.warnings:
        st.caption(words.markdown(warning))
    if result.repairs:
        st.markdown("**Repaired** " + "; ".join(f"{r.column}: {r.what} ({words.count(r.count)})" for r in result.repairs))
    if len(result.rejects):
        st.markdown("**Rejected**: mend these rows and upload them again")
        st.dataframe(result.rejects[["row", "problem"]], hide_index=True, key="rejects",
                     column_config={"row": "Line in the file", "problem": "Problem"})  # fmt: skip
    front = [TELCO.id] if TELCO.id in result.scored else []
    order = [*front, *[name for name in decision_columns() if name in result.scored and name != TELCO.id]]
    st.dataframe(result.scored, hide_index=True, column_order=order, column_config=decision_columns(), key="scored", height=460)


def customer_tab(workspace: Workspace, campaign: Campaign) -> None:
    customers, model = workspace.customers, workspace.version.model
    chosen = st.selectbox(
        "Customer", customers[TELCO.id].tolist(), key="customer", bind="query-params", help="Type to search by customer id."
    )
    position = customers[TELCO.id].tolist().index(chosen)
    customer = customers.iloc[[position]]
    now = score(customer, model, campaign).iloc[0]
    left, right = st.columns([3, 2], gap="large")
    with right, st.container(border=True):
        st.markdown("**What if?** Change what could be changed; the answer follows.")
        changed = with_changes(customer, what_if_inputs(customer.iloc[0]))
        st.caption("The model's view of a customer like that, not proof that the change makes this customer stay.")
    then = score(changed, model, campaign).iloc[0]
    moved = not changed.equals(customer)
    with left:
        st.subheader(
            words.markdown(
                f"{words.percent(now.churn_probability)} likely to leave: "
                + (
                    f"worth contacting, {words.exact_money(now.expected_profit)} expected profit"
                    if now.contact
                    else f"not worth contacting, it would lose {words.exact_money(-now.expected_profit)}"
                )
            )
        )
        chart(
            f"Contacting pays from a break-even of {words.percent(then.break_even_probability)} up"
            + (f"; changed, the probability is {words.percent(then.churn_probability)}" if moved else ""),
            probability_scale_figure(
                then.churn_probability, then.break_even_probability, palette(), now.churn_probability if moved else None
            ),
            key="scale",
            caption=f"By the production model, as in a scored file. Out of fold, by a model that had not seen this customer: "
            f"{words.percent(workspace.probability[position])}. At {in_words(campaign)}.",
        )
        if moved:
            with st.container(horizontal=True):
                st.metric("Churn probability", words.percent(then.churn_probability), words.points(then.churn_probability - now.churn_probability),
                          delta_color="inverse", border=True)  # fmt: skip
                st.metric("Break-even", words.percent(then.break_even_probability), border=True)
                st.metric("Expected profit of contacting", words.exact_money(then.expected_profit), border=True)
                st.metric("Decision", "contact" if then.contact else "leave alone", border=True)
        chart(
            "What raises and what lowers this probability" + (", after the change" if moved else ""),
            reasons_figure(explained(model, changed), palette()), key="reasons",
        )  # fmt: skip


with page_frame("Score a file, or look into one customer") as workspace:
    campaign = campaign_in_sidebar()
    rests_on(workspace, campaign)
    files, one = st.tabs(["A file", "One customer"], key="customers_tab")
    with files:
        file_tab(workspace, campaign)
    with one:
        customer_tab(workspace, campaign)
