"""How sure is the profit: what this campaign will earn, how well an average is known, what choosing flatters, and the rate."""

import pandas as pd
import streamlit as st

from churn_core.application.workspace import Workspace
from churn_core.campaign.forecast import chance_of_loss, forecast_of
from churn_core.campaign.optimise import at_threshold
from churn_core.campaign.plan import Plan
from churn_core.campaign.uncertainty import bootstrap, if_success_rate_differs, optimism, spread
from churn_core.charts.sensitivity import bands_figure
from churn_core.decisions.realised import Realised, realised
from churn_core.decisions.recommendation import Recommendation, recommend
from pages.parts import words
from pages.parts.frame import chart, palette
from pages.parts.rate_source import measured_in
from pages.parts.tables import show_table, success_rate_columns


@st.cache_data(show_spinner=False, max_entries=32)
def _samples(model_id: str, data: str, plan: Plan, _workspace: Workspace):
    """1,000 resamples and the split halves; computed once for everybody who looks at the same plan."""
    swept = _workspace.all_customers.realised_sweep
    return bootstrap(swept, plan.campaign, None, plan.objective), optimism(swept, plan.campaign, plan.objective)


def how_sure_tab(workspace: Workspace, recommended: Recommendation) -> None:
    plan, campaign, population = recommended.plan, recommended.plan.campaign, recommended.population
    own = st.number_input(
        "Instead of the recommended list: everyone from this churn probability up",
        0.0,
        1.0,
        None,
        0.01,
        format="%.10g",
        placeholder="the recommended list",
        key="own_threshold",
        bind="query-params",
    )
    if own is None and not recommended.outcome.contacted:
        st.info(
            "Nobody is contacted, so nothing can be lost. Give a threshold of your own to see what it would risk.",
            icon=":material/info:",
        )
        return
    if own is None:
        outcome, contact, forecast = recommended.outcome, recommended.contact, recommended.forecast
    else:
        contact, outcome = population.probability >= own, at_threshold(population.expected_sweep, campaign, own)
        forecast = forecast_of(population.probability[contact], recommended.clv[contact], campaign, outcome.expected_profit)
    loss = chance_of_loss(population.probability[contact], recommended.clv[contact], campaign)
    rate, half = campaign.success_rate, campaign.success_rate_give_or_take
    rows = [
        (f"If {words.as_set(rate)} is exactly right", forecast.range_if_exact),
        *([(f"If it is {_between(rate, half)}", forecast.range)] if half else []),
    ]
    table = pd.DataFrame(
        [(label, b.estimate, b.low, b.high, f"{words.money(b.low)} to {words.money(b.high)}") for label, b in rows],
        columns=["label", "estimate", "low", "high", "text"],
    )
    left, right = st.columns([3, 2], gap="large")
    with left:
        chart(
            f"The chance that this campaign loses money is {words.chance(loss)}",
            bands_figure(table, palette(), words.currency()),
            key="bands",
            caption="What this campaign will earn, 95 of 100 times. Who leaves, who stays and who takes the offer is chance even "
            "where every assumption is right; the success rate "
            f"{_where_from(plan)}, and its give or take is set beside it, above. The chance of a loss counts all of it.",
        )
    with right, st.container(border=True):
        st.markdown("**How well the average is known**")
        with st.spinner("Drawing other samples …"):
            _about_average(workspace, plan)
    st.markdown("**If the success rate differs from what you assume**")
    differs = if_success_rate_differs(population.expected_sweep, campaign, plan.objective)
    show_table(differs, success_rate_columns(), key="success_rates")
    st.caption(
        "Profit is linear in the success rate, so its mean decides and its range does not: the best list stays the best. What "
        "knowing the rate would be worth is the difference of the two profits in a row."
    )


def _where_from(plan: Plan) -> str:
    source = measured_in(plan)
    return "is your estimate" if source is None else f"was {source}"


def _about_average(workspace: Workspace, plan: Plan) -> None:
    """The same rule on all customers, of whom it is known who left: realised profit, its long-run mean, and the optimism."""
    back_test = recommend(workspace.all_customers, plan)
    if not back_test.outcome.contacted:
        st.write("On all customers, too, the rule would have contacted nobody.")
        return
    was = realised(back_test)
    replicates, flattery = _samples(workspace.version.model_id, workspace.dataset.sha256, plan, workspace)
    thresholds = spread(replicates.best_threshold)
    st.markdown(
        words.amounts(
            f"- **Back-test.** On all {words.counted(len(workspace.customers), 'customer')} the same rule would have contacted "
            f"{words.count(back_test.outcome.contacted)}, of whom {words.count(was.had_left)} left. Expected: "
            f"{words.money(back_test.outcome.expected_profit)}; realised, at the assumed success rate: "
            f"{words.money(was.profit.estimate)}. {_beyond(was)}\n"
            f"- **The average.** Over many samples of as many customers this rule realises {words.money(was.profit.low)} to "
            f"{words.money(was.profit.high)} on average (95%). That is how well the long-run mean is known, not what one campaign "
            "will earn.\n"
            + (
                ""
                if thresholds is None
                else f"- **The threshold.** In other samples the best one lay between {words.percent(thresholds.low)} and "
                f"{words.percent(thresholds.high)}.\n"
            )
            + "- **Optimism.** The recommended threshold is chosen on probabilities, so choosing does not make it look "
            "better than it is. One that is chosen by who left looks better than it is by about "
            f"{words.money(flattery.corrected)}, at most {words.money(flattery.gap)}."
        )
    )


def _beyond(was: Realised) -> str:
    if was.beyond_chance:
        return (
            "They differ by more than chance: the probabilities miss what happened, and every expected figure here rests on them."
        )
    return "They differ by no more than chance."


def _between(rate: float, half: float) -> str:
    return f"between {words.as_set(max(0.0, rate - half))} and {words.as_set(min(1.0, rate + half))}"
