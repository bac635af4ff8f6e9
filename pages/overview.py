"""Executives, one minute: what is at stake, what to do, what it earns."""

import streamlit as st

from churn_core.campaign.objective import MAXIMUM_PROFIT
from churn_core.campaign.plan import ONE_THRESHOLD as BY_THRESHOLD
from churn_core.charts.campaign import policies_figure
from churn_core.decisions.contact_list import recommend
from churn_core.decisions.describe import segment_against_rest
from churn_core.decisions.policies import EACH, ONE_THRESHOLD, advantage, policies, revenue_at_risk
from churn_core.model.explain import drivers
from pages.parts import words
from pages.parts.campaign_inputs import campaign_in_sidebar, in_words
from pages.parts.frame import chart, page_frame, palette, rests_on

with page_frame() as workspace:
    customers, probability = workspace.customers, workspace.probability
    plan = campaign_in_sidebar()
    rests_on(workspace, plan)

    table = policies(customers, plan, workspace.expected_sweep, workspace.schema)
    found = recommend(customers, probability, workspace.churned, plan, workspace.expected_sweep, workspace.schema)
    recommended, realised = found.outcome, found.profit
    chosen = ONE_THRESHOLD if plan.rule == BY_THRESHOLD else EACH
    at_risk = revenue_at_risk(customers, probability, workspace.schema)

    st.title(
        words.markdown(words.recommendation(recommended, len(customers), realised.half_width, plan.objective != MAXIMUM_PROFIT))
    )
    st.caption(
        words.markdown(
            f"At {in_words(plan)}. Look at what each choice earns below, then open *Campaign* to change the "
            "parameters and to download the list."
        )
    )
    with st.container(horizontal=True):
        st.metric("Customers", words.count(len(customers)), border=True, height="stretch")
        st.metric(
            "Churn rate",
            words.percent(workspace.churned.mean()),
            border=True,
            height="stretch",
            help="Share of customers who left.",
        )
        st.metric(
            "Monthly revenue",
            words.money(customers[workspace.schema.monthly_charge].sum()),
            border=True,
            height="stretch",
            help="Sum of the monthly charges of all customers in the data, those who left included.",
        )
        st.metric(
            "Revenue at risk a year",
            words.money(at_risk),
            border=True,
            height="stretch",
            help="Expected to leave: the sum of 12 × monthly charge × churn probability, by a model that had not "
            "seen the customer.",
        )
        st.metric(
            "Expected profit",
            words.money(recommended.expected_profit),
            f"± {words.money(realised.half_width)}" if recommended.contacted else None,
            delta_color="off",
            delta_arrow="off",
            border=True,
            height="stretch",
            help="Of the recommended campaign against contacting nobody; ± is its 95% range for another sample of as many "
            "customers, at these assumptions.",
        )
        st.metric(
            "ROI", words.percent(recommended.roi, 0), border=True, height="stretch", help="Expected profit ÷ expected spend."
        )

    left, right = st.columns([3, 2])
    with left:
        beside = {
            row.policy: f"{words.money(row.expected_profit)} profit"
            + (f"<br>ROI {words.percent(row.roi, 0)}" if row.contacted else "")
            for row in table.itertuples()
        }
        simple, gained = advantage(table, chosen)
        chart(
            f"Choosing whom to contact earns {words.money(gained)} more than contacting {simple.lower()}"
            if recommended.contacted
            else "Nothing earns more than contacting nobody",
            policies_figure(table, palette(), beside, chosen, words.currency() or "money"),
            key="policies",
            caption=f"Coloured: expected profit, tested on customers the model had not seen. Grey: spend. Recommended is "
            f"*{chosen.lower()}*. Perfect foresight is what contacting exactly those who left would have realised.",
        )
    with right, st.container(border=True):
        st.markdown("**Because**")
        strongest = drivers(workspace.version.model, customers, workspace.schema)[:3]
        named = [f"**{workspace.schema[name].label.lower()}**" for name in strongest]
        st.markdown(f"- What tells leavers apart most: {words.listed(named)}.")
        for segment in workspace.schema.segments:
            against_rest = segment_against_rest(customers, segment, workspace.schema)
            for row in against_rest[against_rest["group"] == segment.name].itertuples():
                st.markdown(
                    words.markdown(
                        f"- **{segment.name}**, {segment.definition.lower()}: {words.count(row.customers)} customers pay "
                        f"{words.money(row.monthly_revenue)} a month; {words.percent(row.churn_rate)} left, "
                        f"{words.percent(row.share_of_churned)} of all who did."
                    )
                )
        st.markdown(
            words.markdown(
                f"- **How sure**: that {words.percent(plan.campaign.success_rate, 0)} of the leavers contacted stay is an assumption; "
                "these data hold no campaign."
                + (
                    f" If it holds, the same contacts would have realised {words.money(realised.estimate)} by who really "
                    f"left ({words.money(realised.low)} to {words.money(realised.high)} with 95%), against "
                    f"{words.money(recommended.expected_profit)} expected."
                    if recommended.contacted
                    else ""
                )
            )
        )
