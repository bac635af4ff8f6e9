"""The draft: one plan for all pages, in the address, changed by the same inputs everywhere."""

from typing import Any
from urllib.parse import urlencode

import streamlit as st

from churn_core import settings
from churn_core.application.workspace import Workspace
from churn_core.campaign.economics import OWN_RISK, STAYS, TENURE, Campaign
from churn_core.campaign.objective import Objective
from churn_core.campaign.plan import ONE_THRESHOLD, PER_CUSTOMER, Plan
from churn_core.schema import Schema
from pages.parts import address, several_offers, words

RULES = {ONE_THRESHOLD: "One threshold for everybody", PER_CUSTOMER: "Customer by customer"}
AFTER_SAVE = {
    STAYS: "Stays for the whole horizon",
    OWN_RISK: "Keeps their own risk of leaving",
    TENURE: "Stays like an average customer of the same tenure",
}
BASIC = ("retention_cost", "success_rate", "success_rate_give_or_take", "clv_months")
OF_REVENUE = (
    "clv_months",
    "margin",
    "annual_discount",
    "monthly_survival",
    "after_save",
    "window",
)  # make a lifetime value of a charge; no other worth asks

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

_LABELS = {
    "retention_cost": ("Retention cost per contact", "What contacting one customer costs, whether or not it helps."),
    "success_rate": (
        "Success rate",
        "Of the contacted customers who would have left, the share who stay. Your estimate "
        "until a campaign with a control group has measured it: see Results.",
    ),
    "success_rate_give_or_take": (
        "Success rate, give or take",
        "Half of the range that you hold 95% likely: 30% give or take 20% is 10% to 50%. 0 if the success rate is exactly right. It "
        "decides how far the ± of every profit reaches.",
    ),
    "clv_months": ("CLV horizon in months", "Months of revenue that one saved customer is worth."),
    "margin": ("Margin", "Share of revenue that is profit."),
    "annual_discount": ("Discount rate per year", "What a year's wait takes off the value of money."),
    "monthly_survival": ("Monthly survival", "Chance that a saved customer is still there a month later."),
    "after_save": (
        "After the save",
        "How long a saved customer stays. With their own risk, those most likely to leave now would soon be at risk again, so "
        "saving them is worth less. By tenure, a saved customer stays as long as others who have been here that long.",
    ),
    "window": ("Churn window in months", "A churn probability is that of leaving within so many months."),
    "incentive": ("Incentive", "Money given only to those who accept the offer."),
    "incentive_uptake": (
        "Uptake by loyal customers",
        "Share of contacted customers who would have stayed anyway and still take the incentive; at most those whom the "
        "contact does not drive away.",
    ),
    "backfire_rate": (
        "Backfire rate",
        "Share of contacted customers who would have stayed and leave because of the contact. One telecom field trial found "
        "such an effect.",
    ),
    "fixed_cost": ("Fixed cost", "Per campaign, charged only if anyone is contacted."),
    "budget": ("Budget", "The most that the campaign may be expected to spend, fixed cost included."),
    "min_roi": ("Least ROI of the campaign", "Expected profit ÷ expected spend of the whole campaign; 2.45 is 245%."),
    "min_marginal_roi": (
        "Least ROI of each contact",
        "Expected profit ÷ expected spend that every single contact has to bring; 1 is 100%. The sensible control of ROI.",
    ),
}


def is_for_life(schema: Schema) -> bool:
    """Whether customers are worth a lifetime value as it stands, which no horizon changes."""
    return schema.monthly_charge is None


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
        key: _in_address(value)
        for key, value in carried.items()
        if value is not None and value != usual[key] and key not in st.query_params
    }
    if missing:
        st.switch_page(page, query_params={**st.query_params.to_dict(), **missing})


def _in_address(value: float | str) -> str:
    """As Streamlit writes and reads it: a choice by its words on screen."""
    if isinstance(value, bool):
        return str(value).lower()
    return {**RULES, **AFTER_SAVE}.get(value, value) if isinstance(value, str) else f"{value:.15g}"


def set_draft(plan: Plan) -> None:
    """Set every input to ``plan``; for callbacks, which run before the inputs are drawn."""
    values = plan.as_dict()
    for key, default in _DEFAULTS.items():
        if key not in ("back_test", several_offers.OFFERS):
            value = values.get(key, default)
            st.session_state[key] = float(value) if isinstance(value, int) and not isinstance(value, bool) else value
    several_offers.put(plan.offers)


def plan_inputs(workspace: Workspace) -> Plan:
    """Every assumption, limit and the rule, where this is called. Returns the draft, valued for these customers."""
    schema = workspace.schema
    for_life, stated = is_for_life(schema), False
    basic, more, limits = st.columns(3, gap="medium")
    with basic:
        st.markdown("**Basic**")
        values: dict[str, Any] = {
            "retention_cost": _number("retention_cost", 1.0),
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
        asked = {
            "budget": _limit("budget", 1000.0),
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
    label, what = _LABELS["after_save"]
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
    label, what = _LABELS[key]
    low, high = _RANGES[key]
    usual = float(_DEFAULTS[key]) if default is None else default
    off = several_offers.is_of_the_offers(key)
    value = st.number_input(label, low, high, usual, step, format="%.10g", key=key, bind="query-params", help=what, disabled=off)
    return address.settled(value)


def _limit(key: str, step: float) -> float | None:
    label, what = _LABELS[key]
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
    label, what = _LABELS[key]
    low, high = _RANGES[key]
    off = several_offers.is_of_the_offers(key)
    value = st.slider(
        label, low, high, float(_DEFAULTS[key]), step, format="percent", key=key, bind="query-params", help=what, disabled=off
    )
    return address.settled(value)


def campaign_in_sidebar(workspace: Workspace) -> Plan:
    """The draft on a page that only follows it."""
    with st.sidebar.popover("Draft campaign", width="stretch", help="Every assumption and limit; every page follows."):
        return plan_inputs(workspace)


def worth_in_words(schema: Schema) -> str:
    """What customers with a lifetime value are worth, as a sentence."""
    if schema.clv_column is not None:
        return f"Each customer is worth what the column {schema.clv_column} says: a lifetime value, which no horizon changes."
    return f"Each customer is worth {words.price(schema.clv)}, as you said."


def in_words(plan: Plan, schema: Schema) -> str:
    """The basic parameters, and every other value that differs from its default, in one line."""
    c, o, for_life = plan.campaign, plan.objective, is_for_life(schema)
    worth = f"each customer worth {words.price(schema.clv)}" if schema.clv_column is None else "lifetime values as in the data"
    half = c.success_rate_give_or_take
    give_or_take = f" ± {words.percent(half, 0)}" if half else ", exactly"
    window = schema.window if c.window is None else c.window
    within = "" if window is None else f" of leaving within {words.counted(window, 'month')}"
    basic = f"{words.exact_money(c.retention_cost)} per contact, {words.percent(c.success_rate, 0)} success{give_or_take}, " + (
        worth if for_life else f"{words.counted(c.clv_months, 'month')} of revenue"
    )
    if plan.offers:
        months = "" if for_life else f", {words.counted(c.clv_months, 'month')} of revenue"
        basic = f"{several_offers.offers_in_words(plan.offers)}{months}"
        c = several_offers.of_all_offers(c)
    also = [
        (c.margin != 1 and not for_life, f"{words.percent(c.margin, 0)} margin"),
        (c.annual_discount and not for_life, f"{words.percent(c.annual_discount)} discount a year"),
        (c.monthly_survival != 1 and not for_life, f"{words.percent(c.monthly_survival)} monthly survival"),
        (c.after_save == OWN_RISK and not for_life, f"saved customers keep their own risk{within}"),
        (c.after_save == TENURE and not for_life, "saved customers stay like others of their tenure"),
        (c.incentive, f"{words.exact_money(c.incentive)} incentive, taken by {words.percent(c.incentive_uptake, 0)} of stayers"),
        (c.backfire_rate, f"{words.percent(c.backfire_rate)} backfire"),
        (c.fixed_cost, f"{words.money(c.fixed_cost)} fixed cost"),
        (o.budget is not None, f"at most {words.money(o.budget)} spent"),
        (o.min_roi is not None, f"ROI of at least {words.percent(o.min_roi, 0)}"),
        (o.min_marginal_roi is not None, f"each contact at least {words.percent(o.min_marginal_roi, 0)} ROI"),
    ]
    return ", ".join([basic, *(text for differs, text in also if differs)])


def time_in_words(plan: Plan, schema: Schema) -> str:
    """What a churn probability is about: a sentence."""
    window = plan.campaign.window
    if window is None or window == schema.window:
        return words.of_leaving(schema)
    return f"Churn is leaving within {words.counted(window, 'month')}: your estimate."


def label_of(name: str) -> str:
    """What a parameter is called on screen."""
    return _LABELS[name][0]


def value_in_words(name: str, value: float) -> str:
    """A parameter's value in its unit."""
    kind = Campaign.__dataclass_fields__[name].metadata["high"]
    if kind == 1:
        return words.percent(value)
    return words.counted(value, "month") if name in ("clv_months", "window") else words.exact_money(value)


def shared_link(plan: Plan) -> str:
    """The address of this page with every value that differs from its default."""
    told = {**plan.as_dict(), several_offers.OFFERS: several_offers.shared(plan)}
    values = {name: value for name, value in told.items() if value != _DEFAULTS.get(name, value)}
    address = (st.context.url or "").split("?")[0]
    return f"{address}?{urlencode({name: _in_address(value) for name, value in values.items()})}".rstrip("?")
