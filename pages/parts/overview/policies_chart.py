"""What each choice earns and spends, drawn with the first text: as SVG by the browser, without the charts' own large script."""

import pandas as pd
import streamlit as st

from churn_core.charts.campaign import policies_figure
from churn_core.charts.theme import money_ticks
from churn_core.live import component
from pages.parts import words
from pages.parts.campaign.live import is_live
from pages.parts.frame import chart, palette
from pages.parts.policies import beside_the_bars


@st.cache_resource(show_spinner=False)
def _component():
    return st.components.v2.component("bars", html=component.file("bars.html"), css=component.file("bars.css"), js=script())


def script() -> str:
    """The browser's part as one module, as Streamlit takes it."""
    return component.module("svg", "table", "bars")


def policies_chart(message: str, table: pd.DataFrame, chosen: str, caption: str) -> None:
    """``table``: that of ``policies`` or ``policies_of_offers``; ``chosen`` stands out."""
    beside = beside_the_bars(table)
    if not is_live():
        chart(message, policies_figure(table, palette(), beside, chosen, words.currency()), key="policies", caption=caption)
        return
    with st.container(border=True):
        st.markdown(f"**{words.markdown(message)}**")
        _component()(key="policies", data=data_of(message, table, beside, chosen))
        st.caption(words.markdown(caption))


def data_of(message: str, table: pd.DataFrame, beside: dict[str, str], chosen: str) -> dict[str, object]:
    """What the browser draws: every word and number, ``beside`` and the axis included."""
    low, high = min(0.0, table["expected_profit"].min()), max(1.0, table[["expected_profit", "expected_spend"]].max().max())
    ticks = money_ticks([low, high], words.currency())
    return {
        "message": message,
        "columns": ["Choice", "Expected profit", "Expected spend"],
        "rows": [
            {
                "name": row.policy,
                "profit": row.expected_profit,
                "spend": row.expected_spend,
                "chosen": row.policy == chosen,
                "forbidden": bool(row.forbidden_by),
                "beside": beside[row.policy].split("<br>"),
                "cells": [row.policy, words.money(row.expected_profit), words.money(row.expected_spend)],
            }
            for row in table.itertuples()
        ],
        "ticks": list(zip(map(float, ticks["tickvals"]), ticks["ticktext"], strict=True)),
        "axis": f"Against contacting nobody ({words.currency() or 'money'})",
        "palette": vars(palette()),
    }
