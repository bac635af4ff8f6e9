"""The first screen of the Campaign page: sliders, the sentence, figures and the curve."""

from typing import Any

import streamlit as st

from churn_core import settings
from churn_core.application.workspace import Workspace
from churn_core.campaign.curve import beyond_budget, profit_curve
from churn_core.campaign.objective import MAXIMUM_PROFIT
from churn_core.campaign.optimise import best_threshold, plateau
from churn_core.campaign.plan import Plan
from churn_core.charts.campaign import profit_curve_figure
from churn_core.decisions.policies import average_break_even
from churn_core.decisions.population import Population
from churn_core.decisions.recommendation import Recommendation
from churn_core.live import component
from pages.parts import words
from pages.parts.campaign.live import TOO_MANY_TENURES, front_sliders, is_live, live_campaign
from pages.parts.frame import chart, palette, published_threshold
from pages.parts.headline import headline


def campaign_front(workspace: Workspace, recommended: Recommendation) -> None:
    plan, best, outcome = recommended.plan, recommended.best, recommended.outcome
    population, forecast = recommended.population, recommended.forecast
    told = headline(recommended)
    published = published_threshold()
    sent = component.sent(population, plan) if is_live() else None
    if sent is not None:
        live_campaign(recommended, published, sent)
        return
    if is_live():
        st.caption(f":material/info: {TOO_MANY_TENURES}")
    sliders, results = st.columns([1, 3], gap="large")
    with sliders, st.container(border=True):
        st.markdown("**Your campaign**")
        front_sliders(population.schema)
    with results:
        st.title(words.markdown(told))
        with st.container(horizontal=True):
            st.metric(
                "Best threshold", words.percent(best.threshold), border=True, help="Exact, over every distinct probability."
            )
            st.metric("Customers to contact", words.count(outcome.contacted), border=True)
            st.metric(
                "Expected profit",
                words.money(outcome.expected_profit),
                words.markdown(words.if_exact(forecast, plan.campaign) or "") or None,
                delta_color="off",
                delta_arrow="off",
                border=True,
                help="Against contacting nobody.",
            )
            st.metric("Expected spend", words.money(outcome.expected_spend), border=True)
            st.metric("ROI", words.percent(outcome.roi, 0), border=True, help="Expected profit ÷ expected spend.")
        chart(
            "No threshold pays"
            if best.threshold is None
            else f"{'Profit' if plan.objective == MAXIMUM_PROFIT else 'Within the limits profit'} is highest at a threshold of "
            f"{words.percent(best.threshold)}",
            profit_curve_figure(
                profit_curve(population.expected_sweep, plan.campaign, settings.CURVE_POINTS),
                palette(),
                best=best.threshold,
                best_profit=best.expected_profit,
                plateau=plateau(population.expected_sweep, plan.campaign, plan.objective),
                break_even=average_break_even(population, plan.campaign),
                published=published,
                currency=words.currency(),
                **_of_limits(population, plan, best.threshold),
            ),
            key="profit_curve",
        )


def _of_limits(population: Population, plan: Plan, best: float | None) -> dict[str, Any]:
    """What the curve shows of limits: which thresholds are beyond the budget, and the best one without any limit."""
    if plan.objective == MAXIMUM_PROFIT:
        return {}
    swept, budget, free = (
        population.expected_sweep,
        plan.objective.budget,
        best_threshold(population.expected_sweep, plan.campaign),
    )
    return {
        "beyond_budget": None if budget is None else beyond_budget(swept, plan.campaign, budget),
        "free": None if free.threshold is None or free.threshold == best else (free.threshold, free.expected_profit),
    }
