"""The sliders in front: the browser computes while one is moved, Python answers when it is released."""

import os

import streamlit as st

from churn_core.campaign.objective import MAXIMUM_PROFIT
from churn_core.campaign.plan import Plan
from churn_core.decisions.recommendation import Recommendation
from churn_core.live import component
from churn_core.live.thinned import Steps, most_off
from churn_core.report.link import BASIC
from churn_core.schema import Schema
from pages.parts import words
from pages.parts.campaign_words import is_for_life
from pages.parts.frame import palette
from pages.parts.rate_source import measured_in

TOO_MANY_TENURES = (
    "So many customers with so many different tenures are more than the browser can compute while a slider moves: these sliders "
    "answer when you let go."
)
_ASSUMED = "No past campaign is in this data, so it is your estimate."


def is_live() -> bool:
    """Whether the browser computes; ``CHURN_LIVE=off`` leaves ordinary sliders that answer on release."""
    return os.environ.get("CHURN_LIVE", "on").lower() not in ("off", "0", "false", "no")


@st.cache_resource(show_spinner=False)
def _component():
    return st.components.v2.component("live_campaign", html=component.mark_up(), css=component.style(), js=component.script())


def live_campaign(recommended: Recommendation, published: float | None, sent: component.Sent) -> None:
    """Sliders, headline, figures and the profit curve.

    The customers are ``sent`` once: a browser that says it has them gets the plan and Python's answer only.
    """
    plan = recommended.plan
    data = component.data_of(
        recommended,
        sent.customers,
        currency=words.currency(),
        palette=vars(palette()),
        source=_source(plan) or _ASSUMED,
        assumed=_ASSUMED,
        published=published,
    )
    state = st.session_state.get("live", {})
    moved = state.get("moved") or {}
    knows = moved.get("have") == data["fingerprint"] and state.get("lacking") != data["fingerprint"]
    _component()(
        key="live",
        data={**data, "customers": None if knows else data["customers"], "seen": moved.get("sequence", 0)},
        on_moved_change=_take_over,
        on_lacking_change=lambda: None,
    )
    if sent.steps.weight is not None:
        st.caption(words.amounts(_about_steps(recommended, sent.steps)))


def _about_steps(recommended: Recommendation, steps: Steps) -> str:
    """How far a drag is right, of customers who are too many to be counted one by one."""
    population, plan = recommended.population, recommended.plan
    at_once = words.count(len(population) / steps.number)
    off = (
        f"its profit is at most {words.money(most_off(steps, population.expected_sweep, plan))} off"
        if plan.objective == MAXIMUM_PROFIT
        else "within limits its list is right to about that many"
    )
    return (
        f":material/info: While a slider moves, the browser counts about {at_once} of the {words.count(len(population))} customers at "
        f"once: {off}. When you let go, every figure is exact."
    )


def _source(plan: Plan) -> str | None:
    measured = measured_in(plan)
    return None if measured is None else f"{measured[0].upper()}{measured[1:]}."


def _take_over() -> None:
    """The released values become those of the inputs, and so of the draft."""
    moved = st.session_state["live"]["moved"]
    for name in BASIC:
        if name in moved:
            st.session_state[name] = float(moved[name])


def front_sliders(schema: Schema) -> None:
    """The same sliders without the browser's help: they answer on release."""
    ranges = component.ranges(is_for_life(schema))
    for name, label, format in (
        ("retention_cost", "Retention cost per contact", "%.0f"),
        ("success_rate", "Success rate", "percent"),
        ("success_rate_give_or_take", "Success rate, give or take", "percent"),
        ("clv_months", "CLV horizon in months", "%.0f"),
    ):
        if name not in ranges:
            continue
        low, high, step = map(float, ranges[name])
        key, value = f"slider_{name}", min(max(float(st.session_state[name]), low), high)
        if st.session_state.get(key) != value:  # set elsewhere; what the slider itself just said is not said back to it
            st.session_state[key] = value
        st.slider(label, low, high, step=step, format=format, key=key, on_change=_from_slider, args=(name,))


def _from_slider(name: str) -> None:
    st.session_state[name] = st.session_state[f"slider_{name}"]
