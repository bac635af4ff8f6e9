"""Filters over the customers at hand; they apply to the whole page and live in the URL."""

import numpy as np
import pandas as pd
import streamlit as st

from churn_core.application.workspace import Workspace
from churn_core.schema import Column, Schema
from pages.parts import address, words
from pages.parts.explore.columns import crossed, person_flag

_ANSWERS = ("All", "Yes", "No")


def filters_in_address(workspace: Workspace) -> dict[str, address.Parameter]:
    """The parameters of the address that hold the filters."""
    customers, schema = workspace.customers, workspace.schema
    known = {column.name: address.choices(column.allowed) for column in crossed(schema)}
    for name in (schema.tenure, schema.monthly_charge):
        low, high = _ends(customers[name])
        if low < high:
            known[name] = address.span(low, high)
    flag = person_flag(schema)
    if flag is not None:
        known[flag.name] = address.choice(_ANSWERS)
    return {f"filter_{name}": parameter for name, parameter in known.items()}


def customer_filters(customers: pd.DataFrame, schema: Schema) -> np.ndarray:
    """The filters in one row, with the live count. Returns a mask over the customers; an empty filter means all."""
    chosen = np.ones(len(customers), dtype=bool)
    tenure, charge, flag = schema[schema.tenure], schema[schema.monthly_charge], person_flag(schema)
    choices = crossed(schema)
    places = iter(st.columns(len(choices) + 2 + (flag is not None), vertical_alignment="bottom", gap="medium"))
    for column in choices:
        wanted = next(places).multiselect(
            words.markdown(column.label), column.allowed, key=f"filter_{column.name}", bind="query-params", placeholder="All"
        )
        if wanted:
            chosen &= customers[column.name].isin(wanted).to_numpy()
    for column, unit in ((tenure, "months"), (charge, words.currency() or "money")):
        chosen &= _between(next(places), column, unit, customers)
    if flag is not None:
        asked = next(places).segmented_control(
            words.markdown(flag.label),
            _ANSWERS,
            default="All",
            required=True,
            key=f"filter_{flag.name}",
            bind="query-params",
        )
        if asked in ("Yes", "No"):
            chosen &= (customers[flag.name] == (1 if asked == "Yes" else 0)).to_numpy()
    st.caption(f"**{words.count(int(chosen.sum()))}** of {words.counted(len(customers), 'customer')} chosen")
    return chosen


def _between(place, column: Column, unit: str, customers: pd.DataFrame) -> np.ndarray:
    """A mask of the customers between the two ends of a slider; there is no slider where all have the same value."""
    values = customers[column.name]
    low, high = _ends(values)
    if low >= high:
        return np.ones(len(customers), dtype=bool)
    ends = place.slider(
        words.markdown(f"{column.label} ({unit})"), low, high, (low, high), key=f"filter_{column.name}", bind="query-params"
    )
    return values.between(*sorted(ends)).to_numpy()


def _ends(values: pd.Series) -> tuple[int, int]:
    return int(values.min()), int(np.ceil(values.max()))
