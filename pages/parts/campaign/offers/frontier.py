"""What the best offers earn at every budget: the browser draws while the budget is dragged, Python answers when it is released."""

import math
from dataclasses import replace

import streamlit as st

from churn_core.application.workspace import Workspace
from churn_core.campaign.objective import MAXIMUM_PROFIT
from churn_core.campaign.offers.frontier import Frontier
from churn_core.campaign.plan import Plan
from churn_core.decisions.offers import DecidedOffers
from churn_core.decisions.offers_of_population import frontier_of_offers
from churn_core.decisions.offers_words import next_step
from churn_core.decisions.population import Population
from churn_core.decisions.recommendation import Recommendation
from churn_core.live import component
from pages.parts import words
from pages.parts.campaign.live import is_live
from pages.parts.frame import palette

_STEPS = 250  # positions of the slider, at least


@st.cache_resource(show_spinner=False)
def _component():
    css = "".join(component.file(f"{name}.css") for name in ("campaign", "numbers", "frontier"))
    return st.components.v2.component("live_frontier", html=component.file("frontier.html"), css=css, js=script())


def script() -> str:
    """The browser's part as one module, as Streamlit takes it."""
    return component.module("formats", "svg", "table", "frontier")


@st.cache_resource(show_spinner="Working out what every budget earns …", max_entries=32)
def _frontier(model_id: str, data: str, which: str, plan: Plan, _population: Population) -> Frontier:
    return frontier_of_offers(_population, plan)


def frontier_of(workspace: Workspace, recommended: Recommendation) -> Frontier:
    """What the offers earn at every budget. That of the plan does not change it, so it is worked out once for all of them."""
    population, plan = recommended.population, replace(recommended.plan, objective=MAXIMUM_PROFIT)
    return _frontier(workspace.version.model_id, workspace.dataset.sha256, population.which, plan, population)


def further_budget(found: Frontier, budget: float | None) -> tuple[float, float]:
    """The next step of budget, 1,000 where so much can be spent at all, and what it would earn; money, 0 without a limit."""
    step = next_step(float(found.spend[-1]))
    return step, 0.0 if budget is None else found.at(budget + step) - found.at(budget)


def frontier_of_budgets(decided: DecidedOffers, found: Frontier) -> None:
    """The curve with the budget of the draft, which is dragged."""
    if found.profit.max() <= 0:
        st.info("At no budget does an offer earn what it costs.", icon=":material/info:")
        return
    budget, step = decided.plan.objective.budget, step_of(float(found.spend[-1]))
    further, earned = further_budget(found, budget)
    top = step * math.ceil(float(found.spend[-1]) / step)
    if not is_live():
        _without_the_browser(top, step)
        return
    moved = st.session_state.get("frontier", {}).get("moved") or {}
    _component()(
        key="frontier",
        data={
            "frontier": {
                "spend": found.spend.round(2).tolist(),
                "profit": found.profit.round(2).tolist(),
                "customers": found.contacted.T.tolist(),
            },
            "names": [offer.name for offer in decided.plan.offers],
            "top": top,
            "step": step,
            "next": further,
            "today": budget,
            "seen": moved.get("sequence", 0),
            "answer": {
                "profit": words.money(decided.outcome.expected_profit),
                "next": words.money(earned),
                "customers": [words.count(each.contacts.number) for each in decided.per_offer],
            },
            "palette": vars(palette()),
            "currency": words.currency(),
        },
        on_moved_change=_take_over,
    )


def step_of(highest: float) -> float:
    """The step of the budget's slider: 1, 2 or 5 times a power of ten.

    >>> step_of(48_273.0), step_of(12.0)
    (100.0, 0.02)
    """
    rough = highest / _STEPS
    power = 10.0 ** math.floor(math.log10(rough))
    return power * max(times for times in (1, 2, 5) if times * power <= rough)


def _take_over() -> None:
    """The released budget becomes that of the inputs, and so of the draft."""
    moved = st.session_state["frontier"]["moved"]
    st.session_state["budget"] = None if moved["budget"] is None else float(moved["budget"])


def _without_the_browser(top: float, step: float) -> None:
    """The same budget as an ordinary slider, which answers on release; at its end there is no limit."""
    key, budget = "slider_budget", st.session_state.get("budget")
    value = top if budget is None else min(float(budget), top)
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    st.slider(
        "Budget", 0.0, top, step=step, format="%.0f", key=key, on_change=_from_slider, args=(top,), help="At its end: no limit."
    )


def _from_slider(top: float) -> None:
    value = st.session_state["slider_budget"]
    st.session_state["budget"] = None if value >= top else value
