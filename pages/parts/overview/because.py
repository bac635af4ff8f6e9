"""Why the recommendation is what it is: the strongest drivers, the segments to look at, how sure it is."""

import streamlit as st

from churn_core.application.workspace import Workspace
from churn_core.campaign.plan import Plan
from churn_core.decisions.contact_list import Recommendation, realised, recommend
from churn_core.decisions.describe import churn_rate_by, segment_against_rest
from churn_core.model.explain import drivers
from pages.parts import words
from pages.parts.explore.columns import strengths
from pages.parts.overview.first_segment import segment_to_look_at
from pages.parts.rate_source import measured_in

_DRIVERS = 3  # as many as a sentence holds


def because(workspace: Workspace, recommended: Recommendation) -> None:
    customers, here, schema = workspace.customers, workspace.still_here, workspace.schema
    a_month = " a month" if schema.monthly_charge else " of lifetime value"
    st.markdown("**Why**")
    strongest = drivers(workspace.version.model, customers, schema)[:_DRIVERS]
    told = [f"**{words.markdown(label)}**" for label in _labels(workspace, strongest)]
    st.markdown(f"- What tells leavers apart most: {words.listed(told)}.")
    for segment in schema.segments:
        against_rest, still = segment_against_rest(customers, segment, schema), segment.members(here.customers).to_numpy()
        for row in against_rest[against_rest["group"] == segment.name].itertuples():
            st.markdown(
                words.amounts(
                    f"- **{words.markdown(segment.name)}**, {words.markdown(segment.definition.lower())}: "
                    f"{words.percent(row.churn_rate)} of "
                    f"{words.count(row.customers)} left, {words.percent(row.share_of_churned)} of all who did; "
                    f"{words.counted(int(still.sum()), 'is still here and pays', 'are still here and pay')} "
                    f"{words.money(here.worth.amount[still].sum())}{a_month}."
                )
            )
    if not schema.segments and not segment_to_look_at(workspace, recommended.plan):
        _where_most_money_left(workspace)
    outcome, campaign = recommended.outcome, recommended.plan.campaign
    if not outcome.contacted:
        return
    wide, exact = recommended.forecast.range, recommended.forecast.range_if_exact
    if recommended.offers is not None:
        st.markdown(
            words.amounts(
                f"- **How sure**: if every success rate is exactly right, expect {words.money(exact.low)} to "
                f"{words.money(exact.high)}; with the range that you gave each, {words.money(wide.low)} to {words.money(wide.high)}. "
                "The rates are your estimates."
            )
        )
        return
    rate, half = campaign.success_rate, campaign.success_rate_give_or_take
    st.markdown(
        words.amounts(
            f"- **How sure**: {_where_from(recommended.plan)}. If it is exactly right, expect "
            f"{words.money(exact.low)} to {words.money(exact.high)}"
            + (
                f"; if it lies between {words.as_set(max(0.0, rate - half))} and {words.as_set(min(1.0, rate + half))}, "
                f"{words.money(wide.low)} to {words.money(wide.high)}."
                if half
                else "."
            )
        )
    )
    _before(workspace, recommended)


def _where_from(plan: Plan) -> str:
    source, rate = measured_in(plan), words.as_set(plan.campaign.success_rate)
    if source is None:
        return f"no past campaign is in this data, so the success rate of {rate} is your estimate"
    return f"the success rate of {rate} was {words.markdown(source)}"


def _where_most_money_left(workspace: Workspace) -> None:
    """Where nobody has named segments: of the column by which most money left the group that lost most beyond the average."""
    found = sorted(strengths(workspace), key=lambda each: -each.money)[:1]
    for strength in found:
        groups = strength.grouping.of(workspace.customers)
        table = churn_rate_by(workspace.customers, groups, workspace.schema)
        table["here"] = table["customers"] - table["churned"]
        table["beyond"] = table["churned"] - table["customers"] * workspace.churned.mean()
        worst = table.loc[table["beyond"].idxmax()]
        st.markdown(
            f"- **{words.markdown(words.with_group(strength.column, worst.group))}**: {words.percent(worst.churn_rate)} of "
            f"{words.count(worst.customers)} left, {words.percent(worst.churned / max(workspace.churned.sum(), 1))} of all who did; "
            f"{words.counted(int(worst.here), 'is still here', 'are still here')}."
        )


def _before(workspace: Workspace, recommended: Recommendation) -> None:
    """What the same rule would have done on all customers, of whom it is known who left."""
    back_test = recommend(workspace.all_customers, recommended.plan)
    if not back_test.outcome.contacted:
        return
    was = realised(back_test)
    st.markdown(
        words.amounts(
            f"- **Before**, on all {words.counted(len(workspace.customers), 'customer')}, the same rule would have contacted "
            f"{words.count(back_test.outcome.contacted)}, {words.count(was.had_left)} of whom left: expected "
            f"{words.money(back_test.outcome.expected_profit)}, realised {words.money(was.profit.estimate)} at the assumed success "
            + ("rate. They differ by more than chance: the probabilities miss what happened." if was.beyond_chance else "rate.")
        )
    )


def _labels(workspace: Workspace, strongest: list[str]) -> list[str]:
    """The strongest reasons in words, as many as a sentence holds; for what several columns do together each of them stands."""
    model, schema = workspace.version.model, workspace.schema
    told_by = dict(zip(model.reasons, model.told_by, strict=True))
    names = [name for reason in strongest for name in ((reason,) if reason in schema else told_by.get(reason, (reason,)))]
    labels = [(schema[name].label if name in schema else name).lower() for name in dict.fromkeys(names)]
    return labels[:_DRIVERS]
