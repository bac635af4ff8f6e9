"""The campaign in force: one object for all pages, in the URL, changed by the same three sliders everywhere."""

import streamlit as st

from churn_core import settings
from churn_core.campaign.economics import Campaign
from pages.parts import words

_DEFAULTS = {
    "retention_cost": settings.RETENTION_COST,
    "success_rate": settings.SUCCESS_RATE,
    "clv_months": settings.CLV_MONTHS,
    "currency": words.CURRENCIES[0],
}


def carry_campaign(page) -> None:
    """On a switch to ``page``: take the campaign along in the address, where the sliders of that page find it."""
    if st.session_state.get("campaign_is_on") == page.url_path:
        return
    st.session_state["campaign_is_on"] = page.url_path
    carried = {key: st.session_state.get(key, usual) for key, usual in _DEFAULTS.items()}
    missing = {
        key: value if isinstance(value, str) else f"{value:g}"
        for key, value in carried.items()
        if value != _DEFAULTS[key] and key not in st.query_params
    }
    if missing:
        st.switch_page(page, query_params={**st.query_params.to_dict(), **missing})


def campaign_inputs() -> Campaign:
    """The three basic sliders and the currency label, where this is called."""
    cost_low, cost_high, cost_step = settings.RETENTION_COST_SLIDER
    rate_low, rate_high, rate_step = settings.SUCCESS_RATE_SLIDER
    months_low, months_high, months_step = settings.CLV_MONTHS_SLIDER
    cost = st.slider(
        "Retention cost per contact",
        cost_low,
        cost_high,
        settings.RETENTION_COST,
        cost_step,
        format="%.0f",
        key="retention_cost",
        bind="query-params",
        help="What contacting one customer costs, whether or not it helps.",
    )
    rate = st.slider(
        "Success rate",
        rate_low,
        rate_high,
        settings.SUCCESS_RATE,
        rate_step,
        format="percent",
        key="success_rate",
        bind="query-params",
        help="Of the contacted customers who would have left, the share who stay. An assumption until you run a "
        "campaign with a control group: this data set has none.",
    )
    months = st.slider(
        "CLV horizon in months",
        months_low,
        months_high,
        settings.CLV_MONTHS,
        months_step,
        key="clv_months",
        bind="query-params",
        help="Months of revenue that one saved customer is worth. Customer lifetime value = months × monthly charge.",
    )
    st.selectbox(
        "Currency label",
        words.CURRENCIES,
        key="currency",
        bind="query-params",
        help="Written in front of money. Nothing is converted.",
    )
    return Campaign(retention_cost=cost, success_rate=rate, clv_months=months)


def campaign_in_sidebar() -> Campaign:
    """The campaign in force on a page that only follows it."""
    with st.sidebar.popover("Campaign in force", width="stretch", help="Cost, success rate and horizon; every page follows."):
        return campaign_inputs()


def in_words(campaign: Campaign) -> str:
    """The parameters in one line."""
    return (
        f"{words.exact_money(campaign.retention_cost)} per contact, {words.percent(campaign.success_rate, 0)} success, "
        f"{campaign.clv_months:g} months of revenue"
    )
