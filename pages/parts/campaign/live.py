"""The sliders in front: the browser computes while one is moved, Python answers when it is released."""

import base64
import hashlib
import os
from pathlib import Path

import streamlit as st

from churn_core import settings
from churn_core.campaign.economics import NOISE, TENURE
from churn_core.campaign.plan import Plan
from churn_core.campaign.sweep import Sweep
from churn_core.campaign.uncertainty import Z
from churn_core.decisions.contact_list import Recommendation
from churn_core.schema import Schema
from pages.parts import words
from pages.parts.campaign_inputs import BASIC, OF_REVENUE
from pages.parts.campaign_words import is_for_life
from pages.parts.frame import palette
from pages.parts.rate_source import measured_in

_HERE = Path(__file__).resolve().parents[2] / "live"
_RANGES = {
    "retention_cost": settings.RETENTION_COST_SLIDER,
    "success_rate": settings.SUCCESS_RATE_SLIDER,
    "success_rate_give_or_take": settings.GIVE_OR_TAKE_SLIDER,
    "clv_months": settings.CLV_MONTHS_SLIDER,
}

_ASSUMED = "An assumption of yours: these data hold no campaign."

CONSTANTS = {"noise": NOISE, "z": Z, "plateau_share": settings.PLATEAU_SHARE, "curve_points": settings.CURVE_POINTS}


def is_live() -> bool:
    """Whether the browser computes; ``CHURN_LIVE=off`` leaves ordinary sliders that answer on release."""
    return os.environ.get("CHURN_LIVE", "on").lower() not in ("off", "0", "false", "no")


@st.cache_resource(show_spinner=False)
def _component():
    html, css = ((_HERE / f"campaign.{kind}").read_text(encoding="utf-8") for kind in ("html", "css"))
    return st.components.v2.component("live_campaign", html=html, css=css, js=script())


def script() -> str:
    """The browser's part as one module, as Streamlit takes it."""
    return "\n".join(
        (_HERE / f"{name}.js").read_text(encoding="utf-8")
        for name in ("worth", "economics", "formats", "svg", "chart", "campaign")
    )


def slider_ranges(schema: Schema) -> dict[str, tuple[float, float, float]]:
    """The sliders in front by name: lowest, highest, step."""
    return {name: ends for name, ends in _RANGES.items() if not (is_for_life(schema) and name in OF_REVENUE)}


def live_campaign(recommended: Recommendation, headline: str, published: float | None) -> None:
    """Sliders, headline, figures and the profit curve.

    The customers are sent once: a browser that says it has them gets the plan and Python's answer only.
    """
    population, plan = recommended.population, recommended.plan
    best, chosen = recommended.best, recommended.outcome
    customers = _packed(population.expected_sweep, with_tenure=plan.campaign.after_save == TENURE)
    state = st.session_state.get("live", {})
    moved = state.get("moved") or {}
    knows = moved.get("have") == customers["fingerprint"] and state.get("lacking") != customers["fingerprint"]
    _component()(
        key="live",
        data={
            "fingerprint": customers["fingerprint"],
            "customers": None if knows else customers,
            "plan": plan.as_dict(),
            "source": _source(plan) or _ASSUMED,
            "assumed": _ASSUMED,
            "seen": moved.get("sequence", 0),
            "answer": {
                "headline": headline,
                "threshold": words.percent(best.threshold),
                "contacted": words.count(chosen.contacted),
                "profit": words.money(chosen.expected_profit),
                "ifExact": words.if_exact(recommended.forecast, plan.campaign) or "",
                "spend": words.money(chosen.expected_spend),
                "roi": words.percent(chosen.roi, 0),
            },
            "published": published,
            "backTest": population.is_back_test,
            "time": words.within(population.schema),
            "currency": words.currency(),
            "palette": vars(palette()),
            "perValue": population.expected_sweep.per_value,
            "ranges": slider_ranges(population.schema),
            "constants": CONSTANTS,
        },
        on_moved_change=_take_over,
        on_lacking_change=lambda: None,
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
    ranges = slider_ranges(schema)
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


def _packed(swept: Sweep, with_tenure: bool = False) -> dict[str, str]:
    """The arrays as text, in falling order of score: little-endian floats for score, for monthly charge or lifetime value and, where
    the worth of a save rests on it, for the tenure in months.
    """
    arrays = {"score": swept.score, "value": swept.value}
    if with_tenure and swept.tenure is not None:
        arrays["tenure"] = swept.tenure
    packed = {name: array.astype("<f8").tobytes() for name, array in arrays.items()}
    fingerprint = hashlib.sha256(b"".join(packed.values())).hexdigest()[:16]
    return {**{name: base64.b64encode(data).decode() for name, data in packed.items()}, "fingerprint": fingerprint}
