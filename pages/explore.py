"""Analysts: who leaves, and why might that be?"""

import streamlit as st

from churn_core.charts.customers import (
    churn_by_tenure_figure,
    churn_heat_map_figure,
    churn_rate_bars_figure,
    distribution_figure,
    with_and_without_figure,
)
from churn_core.decisions import describe
from pages.parts import words
from pages.parts.campaign_inputs import campaign_in_sidebar
from pages.parts.explore.filters import customer_filters
from pages.parts.explore.segment_card import segment_card
from pages.parts.frame import chart, page_frame, palette, rests_on
from pages.parts.quality import quality_table


def said(worst) -> str:
    """The group that loses most, for the title of its chart."""
    if worst is None:
        return ""
    name = f"{worst.label}: {worst.group}" if "label" in worst else worst.group
    return f" — most where {name} ({words.percent(worst.churn_rate, 0)})"


with page_frame() as workspace:
    plan = campaign_in_sidebar()
    rests_on(workspace, plan)
    headline = st.empty()
    chosen = customer_filters(workspace.customers)
    customers, probability = workspace.customers[chosen], workspace.probability[chosen]
    if customers.empty:
        headline.title("No customer matches these filters")
        st.info("Widen a filter above, or clear it, to see customers again.")
        st.stop()

    sides = describe.churned_against_stayed(customers, workspace.schema)
    buckets = describe.churn_by_tenure_bucket(customers, workspace.schema)
    first = buckets.iloc[0]
    headline.title(
        f"{words.percent(customers[workspace.schema.target].mean())} of {words.count(len(customers))} customers left"
        + (f"; {words.percent(first.churn_rate, 0)} of those in months {first.group}" if len(buckets) > 1 else "")
    )
    st.caption(
        "Filter above; everything on this page follows. Whiskers and bands are 95% intervals: wide ones mean few customers."
    )

    left, right = st.columns(2)
    with left:
        chart(
            f"Churn rate by month of tenure, {words.percent(customers[workspace.schema.target].mean(), 0)} over all",
            churn_by_tenure_figure(describe.churn_by_tenure(customers, workspace.schema), palette()),
            key="tenure_curve",
        )
    with right:
        chart(
            f"By tenure bucket: from {words.percent(first.churn_rate, 0)} to {words.percent(buckets.iloc[-1].churn_rate, 0)}",
            churn_rate_bars_figure(buckets, palette(), x="Tenure (months)"),
            key="tenure_buckets",
        )

    st.subheader("Churned against stayed")
    with st.container(horizontal=True):
        for name in ("churned", "stayed"):
            side = sides.loc[name]
            st.metric(
                f"Mean tenure, {name}",
                words.decimal(side.tenure_mean, "months"),
                border=True,
                help=f"Median {words.decimal(side.tenure_median, 'months')}.",
            )
        for name in ("churned", "stayed"):
            st.metric(f"Mean monthly charge, {name}", words.exact_money(sides.loc[name].charge_mean), border=True)
        st.metric(
            "Charge, churned minus stayed",
            words.exact_money(describe.difference(sides).charge_mean),
            border=True,
            help="Money a month, on average.",
        )
    left, right = st.columns(2)
    with left:
        chart(
            f"Mean tenure of those who left: {words.decimal(sides.loc['churned'].tenure_mean, 'months')}; "
            f"of those who stayed: {words.decimal(sides.loc['stayed'].tenure_mean, 'months')}",
            distribution_figure(
                describe.distribution(customers[workspace.schema.tenure], customers[workspace.schema.target], 4),
                palette(),
                x="Tenure (months)",
            ),
            key="tenure_distribution",
        )
    with right:
        chart(
            f"Mean charge of those who left: {words.exact_money(sides.loc['churned'].charge_mean)}; "
            f"of those who stayed: {words.exact_money(sides.loc['stayed'].charge_mean)}",
            distribution_figure(
                describe.distribution(customers[workspace.schema.monthly_charge], customers[workspace.schema.target], 5),
                palette(),
                x=f"Monthly charge ({words.currency() or 'money'} per month)",
            ),
            key="charge_distribution",
        )

    segment_card(customers, probability, workspace.schema.segments[0], plan)

    st.subheader("Contract, charge, payment and services")
    contract, internet = workspace.schema["Contract"].name, workspace.schema["InternetService"].name
    cells, bands = (
        describe.churn_rate_by(customers, [contract, internet], workspace.schema),
        describe.churn_by_charge(customers, workspace.schema),
    )
    left, right = st.columns(2)
    with left:
        worst = describe.highest(cells)
        chart(
            "Contract and internet service together"
            + ("" if worst is None else f": {words.percent(worst.churn_rate, 0)} left of {worst[contract]} × {worst[internet]}"),
            churn_heat_map_figure(cells, palette(), x=internet, y=contract),
            key="contract_internet",
        )
        chart(
            "By monthly charge" + said(describe.highest(bands)),
            churn_rate_bars_figure(bands, palette(), x=f"Monthly charge ({words.currency() or 'money'} per month)"),
            key="charge_bands",
        )
    with right:
        for column in (workspace.schema["Contract"], workspace.schema["PaymentMethod"]):
            table = describe.churn_rate_by(customers, column.name, workspace.schema)
            chart(
                f"By {column.label.lower()}" + said(describe.highest(table)),
                churn_rate_bars_figure(table, palette(), x="", height=280),
                key=f"by_{column.name}",
            )
    with left:
        services = describe.churn_by_each(customers, workspace.schema.yes_no, workspace.schema)
        chart(
            "With and without each service" + said(describe.highest(services)),
            with_and_without_figure(services, palette()),
            key="yes_no",
        )
    with st.expander("Quality of the data: what was found and what was done"):
        quality = workspace.dataset.quality
        st.write(
            f"{words.count(quality.rows)} rows read, {words.count(quality.kept)} kept, {words.count(quality.rejected)} rejected."
        )
        quality_table(quality, key="quality")
