"""Analysts: who leaves, and why might that be?"""

import streamlit as st

from churn_core.charts.customers import (
    churn_by_tenure_figure,
    churn_heat_map_figure,
    churn_rate_bars_figure,
    distribution_figure,
    with_and_without_figure,
)
from churn_core.data import describe
from churn_core.schema import TELCO
from churn_core.scoring import segment_economics
from pages.parts import words
from pages.parts.campaign_inputs import campaign_in_sidebar, in_words
from pages.parts.customer_filters import customer_filters
from pages.parts.frame import chart, page_frame, palette, rests_on



def said(worst) -> str:
    """The group that loses most, for the title of its chart."""
    if worst is None:
        return ""
    name = f"{worst.label}: {worst.group}" if "label" in worst else worst.group
    return f" — most where {name} ({words.percent(worst.churn_rate, 0)})"


with page_frame() as workspace:
    campaign = campaign_in_sidebar()
    rests_on(workspace, campaign)
    headline = st.empty()
    chosen = customer_filters(workspace.customers)
    customers, probability = workspace.customers[chosen], workspace.probability[chosen]
    if customers.empty:
        headline.title("No customer matches these filters")
        st.info("Widen a filter above, or clear it, to see customers again.")
        st.stop()

    sides = describe.churned_against_stayed(customers)
    buckets = describe.churn_by_tenure_bucket(customers)
    first = buckets.iloc[0]
    headline.title(
        f"{words.percent(customers[TELCO.target].mean())} of {words.count(len(customers))} customers left"
        + (f"; {words.percent(first.churn_rate, 0)} of those in months {first.group}" if len(buckets) > 1 else "")
    )
    st.caption("Filter above; everything on this page follows. Whiskers and bands are 95% intervals: wide ones mean few customers.")

    left, right = st.columns(2)
    with left:
        chart(
            f"Churn rate by month of tenure, {words.percent(customers[TELCO.target].mean(), 0)} over all",
            churn_by_tenure_figure(describe.churn_by_tenure(customers), palette()), key="tenure_curve",
        )  # fmt: skip
    with right:
        chart(
            f"By tenure bucket: from {words.percent(first.churn_rate, 0)} to {words.percent(buckets.iloc[-1].churn_rate, 0)}",
            churn_rate_bars_figure(buckets, palette(), x="Tenure (months)"), key="tenure_buckets",
        )  # fmt: skip

    st.subheader("Churned against stayed")
    gap = sides.loc["churned"] - sides.loc["stayed"]
    with st.container(horizontal=True):
        for name in ("churned", "stayed"):
            side = sides.loc[name]
            st.metric(f"Mean tenure, {name}", words.decimal(side.tenure_mean, "months"), border=True,
                      help=f"Median {side.tenure_median:g} months.")  # fmt: skip
        for name in ("churned", "stayed"):
            st.metric(f"Mean monthly charge, {name}", words.exact_money(sides.loc[name].charge_mean), border=True)
        st.metric("Churned pay more by", words.exact_money(gap.charge_mean), border=True, help="Money a month, on average.")
    left, right = st.columns(2)
    with left:
        chart(
            f"Those who left had been with us {words.decimal(sides.loc['churned'].tenure_mean, 'months')} on average",
            distribution_figure(
                describe.distribution(customers[TELCO.tenure], customers[TELCO.target], 4), palette(), x="Tenure (months)"
            ),
            key="tenure_distribution",
        )
    with right:
        chart(
            f"Those who left paid {words.exact_money(sides.loc['churned'].charge_mean)} a month, those who stayed "
            f"{words.exact_money(sides.loc['stayed'].charge_mean)}",
            distribution_figure(
                describe.distribution(customers[TELCO.monthly_charge], customers[TELCO.target], 5), palette(),
                x=f"Monthly charge ({words.currency() or 'money'} per month)",
            ),
            key="charge_distribution",
        )  # fmt: skip

    segment = TELCO.segments[0]
    st.subheader(segment.name)
    against_rest = describe.segment_against_rest(customers, segment)
    economics = segment_economics(customers, probability, segment, campaign)
    if economics["customers"] == 0:
        st.info(f"{segment.definition}: none among the customers chosen above. Clear the internet filter to see them.")
    else:
        inside, outcome = against_rest[against_rest["group"] == segment.name].iloc[0], economics["outcome"]
        left, right = st.columns([2, 3])
        with left:
            chart(
                f"{words.percent(inside.churn_rate, 0)} of unprotected fibre customers leave",
                churn_rate_bars_figure(against_rest, palette(), x="", highlight=segment.name), key="segment",
                caption=f"{segment.definition}.",
            )  # fmt: skip
        with right:
            with st.grid(4, min_column_width=150):
                st.metric("Customers", words.count(inside.customers), border=True)
                st.metric("Churn rate", words.percent(inside.churn_rate, 2), border=True)
                st.metric("Monthly revenue", words.money(inside.monthly_revenue), border=True)
                st.metric("Share of all churned", words.percent(inside.share_of_churned), border=True)
                st.metric("Break-even probability", words.percent(economics["break_even_probability"]), border=True,
                          help="Of a customer with the segment's average charge, under the campaign in force.")  # fmt: skip
                st.metric("Worth contacting", words.count(outcome.contacted), border=True)
                st.metric("Expected profit", words.money(outcome.expected_profit), border=True,
                          help="Of contacting them under the campaign in force, out of fold.")  # fmt: skip
                st.metric("One retained point", words.money(economics["value_of_a_point"]), border=True,
                          help="Lifetime value kept by one percentage point less churn in this segment.")  # fmt: skip
            st.caption(
                words.markdown(
                    f"Under the campaign in force ({in_words(campaign)}). Their mean churn probability is "
                    f"{words.percent(economics['mean_probability'])}, far from their break-even. Selling them protection is "
                    "worth a test; that protection itself keeps people is not shown by these data."
                )
            )

    st.subheader("Contract, charge, payment and services")
    contract, internet = TELCO["Contract"].name, TELCO["InternetService"].name
    cells, bands = describe.churn_rate_by(customers, [contract, internet]), describe.churn_by_charge(customers)
    left, right = st.columns(2)
    with left:
        worst = describe.highest(cells)
        chart(
            "Contract and internet service together"
            + ("" if worst is None else f": {words.percent(worst.churn_rate, 0)} left of {worst[contract]} × {worst[internet]}"),
            churn_heat_map_figure(cells, palette(), x=internet, y=contract), key="contract_internet",
        )  # fmt: skip
        chart(
            "By monthly charge" + said(describe.highest(bands)),
            churn_rate_bars_figure(bands, palette(), x=f"Monthly charge ({words.currency() or 'money'} per month)"),
            key="charge_bands",
        )
    with right:
        for column in (TELCO["Contract"], TELCO["PaymentMethod"]):
            table = describe.churn_rate_by(customers, column.name)
            chart(
                f"By {column.label.lower()}" + said(describe.highest(table)), churn_rate_bars_figure(table, palette(), x="", height=280),
                key=f"by_{column.name}",
            )  # fmt: skip
    with left:
        services = describe.churn_by_each(customers, TELCO.yes_no)
        chart("With and without each service" + said(describe.highest(services)), with_and_without_figure(services, palette()), key="yes_no")
    with st.expander("Quality of the data: what was repaired"):
        quality = workspace.dataset.quality
        st.write(f"{words.count(quality.rows)} rows read, {words.count(quality.kept)} kept, {words.count(quality.rejected)} rejected.")
        st.dataframe(quality.repair_table(), hide_index=True)
