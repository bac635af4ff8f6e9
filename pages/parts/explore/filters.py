"""Filters over the customers at hand; they apply to the whole page and live in the URL."""

import numpy as np
import pandas as pd
import streamlit as st

from churn_core.schema.telco import TELCO
from pages.parts import words

_CATEGORIES = ("Contract", "InternetService")
_FLAG = "SeniorCitizen"


def customer_filters(customers: pd.DataFrame) -> np.ndarray:
    """The filters in one row, with the live count. Returns a mask over the customers; an empty filter means all."""
    chosen = np.ones(len(customers), dtype=bool)
    places = st.columns([3, 3, 3, 3, 3], vertical_alignment="bottom", gap="medium")
    for place, name in zip(places, _CATEGORIES, strict=False):
        column = TELCO[name]
        wanted = place.multiselect(column.label, column.allowed, key=f"filter_{name}", bind="query-params", placeholder="All")
        if wanted:
            chosen &= customers[name].isin(wanted).to_numpy()
    for place, name, whole in ((places[2], TELCO.tenure, True), (places[3], TELCO.monthly_charge, False)):
        values = customers[name]
        low, high = int(values.min()), int(np.ceil(values.max()))
        if low < high:
            label = f"{TELCO[name].label} ({'months' if whole else words.currency() or 'money'})"
            between = place.slider(label, low, high, (low, high), key=f"filter_{name}", bind="query-params")
            chosen &= values.between(*between).to_numpy()
    senior = places[4].segmented_control(
        TELCO[_FLAG].label, ["All", "Yes", "No"], default="All", required=True, key=f"filter_{_FLAG}", bind="query-params"
    )
    if senior in ("Yes", "No"):
        chosen &= (customers[_FLAG] == (1 if senior == "Yes" else 0)).to_numpy()
    st.caption(f"**{words.count(int(chosen.sum()))}** of {words.count(len(customers))} customers chosen")
    return chosen
