"""Who is treated differently: contacts, calibration and profit by each column that says who a person is."""

import streamlit as st

from churn_core.application.workspace import Workspace
from churn_core.campaign.plan import Plan
from churn_core.charts.candidates import intervals_figure
from churn_core.charts.theme import WHOLE_PERCENT
from churn_core.decisions.groups import FEW, persons, treatment, widest
from churn_core.decisions.recommendation import recommend
from pages.parts import words
from pages.parts.frame import chart, palette
from pages.parts.tables import group_columns, show_table


def groups_tab(workspace: Workspace, plan: Plan) -> None:
    recommended = recommend(workspace.all_customers, plan)
    table = treatment(workspace.customers, workspace.probability, workspace.churned, recommended.contact, plan, workspace.schema)
    apart = widest(table, "contact_rate")
    if apart is None:
        st.info(
            "No column says who a customer is as a person (of those that the model may learn from): there are no groups to compare.",
            icon=":material/info:",
        )
        return
    column, low, high = apart
    off = table[~table["calibrated"]]
    st.markdown(
        words.amounts(
            f"**{words.markdown(column)} makes the largest difference:** {words.percent(high.contact_rate)} of "
            f"“{words.markdown(high.group)}” would have been contacted, {words.percent(low.contact_rate)} of "
            f"“{words.markdown(low.group)}”; of them {words.percent(high.churn_rate)} and {words.percent(low.churn_rate)} left. "
            + (
                "In no group are probabilities and outcomes further apart than chance explains."
                if off.empty
                else "Probabilities and outcomes are further apart than chance explains over all these groups for "
                f"{words.markdown(words.listed(off['group']))}."
            )
        )
    )
    left, right = st.columns(2)
    named = table.assign(name=table["group"])
    with left:
        chart(
            "Contacted, of each group",
            intervals_figure(
                _of(named, "contact_rate", "contact"), palette(), x="Share contacted", **_all(recommended.contact.mean())
            ),
            key="group_contacts",
        )
    with right:
        chart(
            "Left, of each group",
            intervals_figure(_of(named, "churn_rate", "churn"), palette(), x="Churn rate", **_all(workspace.churned.mean())),
            key="group_churn",
        )
    columns = group_columns()
    show_table(table[list(columns)], columns, key="groups")
    few = table[table["customers"] < FEW]
    st.caption(
        "By the draft campaign, on unseen customers; intervals 95%. Found: share of those who left that were contacted. In "
        "vain: share of those who stayed that were contacted. " + words.markdown(_what_the_model_uses(workspace)) + " Whether a "
        "difference is fair is for people to judge: a contact offers something, so being left out can be the harm."
        + (f" Fewer than {words.count(FEW)} customers: {words.markdown(', '.join(few['group']))}." if len(few) else "")
    )


def _what_the_model_uses(workspace: Workspace) -> str:
    """Which columns about the person the model in production rests on."""
    told_by = {name for columns in workspace.version.model.told_by for name in columns}
    columns = persons(workspace.schema)
    used = [column.label.lower() for column in columns if column.name in told_by]
    unused = [column.label.lower() for column in columns if column.name not in told_by]
    if not used:
        return f"The model in production does not use {words.listed(unused)}."
    return f"The model in production uses {words.listed(used)}" + (f", not {words.listed(unused)}." if unused else ".")


def _of(table, share: str, ends: str):
    text = [
        f"{words.percent(e)} ({words.percent(lo)} to {words.percent(hi)}) of {words.count(n)}"
        for e, lo, hi, n in zip(table[share], table[f"{ends}_low"], table[f"{ends}_high"], table["customers"], strict=True)
    ]
    return table.assign(estimate=table[share], low=table[f"{ends}_low"], high=table[f"{ends}_high"], text=text)


def _all(share: float) -> dict:
    return {"reference": float(share), "reference_label": f"all: {words.percent(share)}", "tickformat": WHOLE_PERCENT}
