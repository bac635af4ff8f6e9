"""The draft: one plan for all pages, in the address, changed by the same inputs everywhere."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from churn_core import settings
from churn_core.application.workspace import Workspace
from churn_core.campaign.economics import OWN_RISK, STAYS, TENURE, Campaign
from churn_core.campaign.objective import Objective
from churn_core.campaign.plan import Plan
from churn_core.campaign.worth import OF_REVENUE
from churn_core.report.link import AFTER_SAVE, RULES, in_address
from churn_core.schema import Schema
from pages.parts import address, several_offers, words
from pages.parts.campaign_words import LABELS, is_for_life, worth_in_words

_DEFAULTS: dict[str, Any] = {
    **Plan().as_dict(),
    "window": None,
    "budget": None,
    "min_roi": None,
    "min_marginal_roi": None,
    "margin_stated": False,
    "back_test": False,
    several_offers.OFFERS: "",
}

_MONEY, _SHARE = (0.0, settings.MAX_MONEY), (0.0, 1.0)
_RANGES = {
    "retention_cost": _MONEY,
    "success_rate": _SHARE,
    "success_rate_give_or_take": _SHARE,
    "clv_months": (0.5, float(settings.MAX_MONTHS)),
    "margin": _SHARE,
    "annual_discount": _SHARE,
    "monthly_survival": _SHARE,
    "window": (0.1, float(settings.MAX_MONTHS)),
    "incentive": _MONEY,
    "incentive_uptake": _SHARE,
    "backfire_rate": _SHARE,
    "fixed_cost": _MONEY,
}
_LIMITS = {"budget": 1000 * settings.MAX_MONEY, "min_roi": 1e6, "min_marginal_roi": 1e6}  # the highest; the lowest is 0


def campaign_in_address(for_life: bool = False, by_tenure: bool = True) -> dict[str, address.Parameter]:
    """The parameters of the address that hold the draft; ``for_life``: of customers with a lifetime value; ``by_tenure``: of those
    of whom it is known how long they stay.
    """
    numbers = {name: address.number(low, high) for name, (low, high) in _RANGES.items()}
    limits = {name: address.number(0.0, high, empty=True) for name, high in _LIMITS.items()}
    choices = {
        **({} if for_life else {"margin_stated": address.SWITCH}),
        "after_save": address.choice(AFTER_SAVE[name] for name in _possible_after_save(by_tenure)),
        "rule": address.choice(RULES.values()),
        "currency": address.choice(words.currencies()),
        several_offers.OFFERS: several_offers.IN_ADDRESS,
    }
    return {name: each for name, each in {**numbers, **limits, **choices}.items() if not (for_life and name in OF_REVENUE)}


def _possible_after_save(by_tenure: bool) -> list[str]:
    return [name for name in AFTER_SAVE if by_tenure or name != TENURE]


def carry_campaign(page) -> None:
    """On a switch to ``page``: take the campaign along in the address, where the inputs of that page find it."""
    if st.session_state.get("campaign_is_on") == page.url_path:
        return
    st.session_state["campaign_is_on"] = page.url_path
    address.forget()
    usual = {**_DEFAULTS, "currency": words.usual_currency()}
    carried = {key: st.session_state.get(key, default) for key, default in usual.items()}
    missing = {
        key: in_address(value)
        for key, value in carried.items()
        if value is not None and value != usual[key] and key not in st.query_params
    }
    if missing:
        st.switch_page(page, query_params={**st.query_params.to_dict(), **missing})


def set_draft(plan: Plan) -> None:
    """Set every input to ``plan``; for callbacks, which run before the inputs are drawn."""
    values = plan.as_dict()
    for key, default in _DEFAULTS.items():
        if key not in ("back_test", several_offers.OFFERS):
            value = values.get(key, default)
            st.session_state[key] = float(value) if isinstance(value, int) and not isinstance(value, bool) else value
    several_offers.put(plan.offers)


def plan_inputs(workspace: Workspace, places: Mapping[str, DeltaGenerator] = MappingProxyType({})) -> Plan:
    """Every assumption, limit and the rule, where this is called; the cost and the budget in their own ``places``, if there are any.
    Returns the draft, valued for these customers.
    """
    schema = workspace.schema
    for_life, stated = is_for_life(schema), False
    basic, more, limits = st.columns(3, gap="medium")
    with basic:
        st.markdown("**Basic**")
        with places.get("retention_cost", basic):
            cost = _number("retention_cost", 1.0)
        values: dict[str, Any] = {
            "retention_cost": cost,
            "success_rate": _share("success_rate", 0.01),
            "success_rate_give_or_take": _share("success_rate_give_or_take", 0.01),
        }
        if for_life:
            st.caption(words.markdown(worth_in_words(schema)))
        else:
            values["clv_months"] = _number("clv_months", 1.0)
        rule = st.radio(
            "Whom to contact",
            list(RULES),
            format_func=RULES.get,
            key="rule",
            disabled=several_offers.is_of_the_offers("rule"),
            bind="query-params",
            help="One threshold is simple to explain and is what the API and file scoring use. Customer by customer earns a "
            "little more: each from the own break-even up.",
        )
        st.selectbox(
            "Currency label",
            words.currencies(),
            key="currency",
            bind="query-params",
            help="Written in front of money. Nothing is converted.",
        )
    with more:
        st.markdown("**What an offer costs**" if for_life else "**What a save is worth, what an offer costs**")
        if not for_life:
            values |= _after_save(schema, by_tenure=bool(workspace.tenure_curve))
            values["margin"] = _share("margin", 0.01)
            stated = _margin_stated(values["margin"])
            values["annual_discount"] = _share("annual_discount", 0.005)
            values["monthly_survival"] = _share("monthly_survival", 0.005)
        values["incentive"] = _number("incentive", 1.0)
        values["incentive_uptake"] = _share("incentive_uptake", 0.01)
        values["backfire_rate"] = _share("backfire_rate", 0.001)
    with limits:
        st.markdown("**Limits**")
        values["fixed_cost"] = _number("fixed_cost", 100.0)
        with places.get("budget", limits):
            budget = _limit("budget", 1000.0)
        asked = {
            "budget": budget,
            "min_roi": _limit("min_roi", 0.5),
            "min_marginal_roi": _limit("min_marginal_roi", 0.5),
        }
    values["incentive_uptake"] = min(values["incentive_uptake"], 1 - values["backfire_rate"])
    plan = Plan(campaign=Campaign(**values), objective=Objective(**asked), rule=rule, margin_stated=stated)
    return workspace.valued(several_offers.with_offers(plan))


def _margin_stated(margin: float) -> bool:
    """Whether somebody says that a margin of 100% is right; of any other margin it is no question."""
    return st.checkbox(
        "A margin of 100% is right",
        key="margin_stated",
        bind="query-params",
        disabled=margin != 1,
        help="All revenue is profit. Until you say so, or set another margin, the pages say that the margin is not stated.",
    )


def _after_save(schema: Schema, by_tenure: bool) -> dict[str, Any]:
    """How long a saved customer stays and, where the answer rests on it, the churn window."""
    options = _possible_after_save(by_tenure)
    if st.session_state.get("after_save", STAYS) not in options:  # of a campaign for other customers
        st.session_state["after_save"] = STAYS
    label, what = LABELS["after_save"]
    chosen = st.radio(label, options, format_func=AFTER_SAVE.get, key="after_save", bind="query-params", help=what)
    if chosen != OWN_RISK:
        return {"after_save": chosen}
    usual = 1.0 if schema.window is None else schema.window
    if st.session_state.get("window", usual) is None:  # of a campaign that leaves it to the data
        st.session_state["window"] = usual
    window = _number("window", 1.0, usual)
    if schema.window is None:
        st.caption("Your estimate: this data does not say within how many months customers left.")
    elif window != schema.window:
        st.caption(f"Your estimate: this data says {words.counted(schema.window, 'month')}.")
    return {"after_save": chosen, "window": window}


def _number(key: str, step: float, default: float | None = None) -> float:
    label, what = LABELS[key]
    low, high = _RANGES[key]
    usual = float(_DEFAULTS[key]) if default is None else default
    off = several_offers.is_of_the_offers(key)
    value = st.number_input(label, low, high, usual, step, format="%.10g", key=key, bind="query-params", help=what, disabled=off)
    return address.settled(value)


def _limit(key: str, step: float) -> float | None:
    label, what = LABELS[key]
    value = st.number_input(
        label,
        0.0,
        _LIMITS[key],
        None,
        step,
        format="%.10g",
        key=key,
        bind="query-params",
        placeholder="no limit",
        help=what,
        disabled=several_offers.is_of_the_offers(key),
    )
    return None if value is None else address.settled(value)


def _share(key: str, step: float) -> float:
    label, what = LABELS[key]
    low, high = _RANGES[key]
    off = several_offers.is_of_the_offers(key)
    value = st.slider(
        label, low, high, float(_DEFAULTS[key]), step, format="percent", key=key, bind="query-params", help=what, disabled=off
    )
    return address.settled(value)


def campaign_in_sidebar(workspace: Workspace) -> Plan:
    """The draft on a page that only follows it."""
    popover = st.sidebar.popover("Draft campaign", width="stretch", help="Every assumption and limit; every page follows.")
    with popover.container(key="draft_inputs"):
        return plan_inputs(workspace)
