"""Filters over the customers at hand; they apply to the whole page and live in the URL."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import streamlit as st

from churn_core.application.workspace import Workspace
from churn_core.decisions.describe import width_for
from churn_core.schema import Column, Schema
from pages.parts import address, words
from pages.parts.explore.chosen import Chosen
from pages.parts.explore.columns import filters_of

_ANSWERS = ("All", "Yes", "No")
_IN_A_ROW = 5
_FILTERED = "filtered_customers_of"  # the version whose customers the filters of this session are about
_STEPS = 100  # of a slider over numbers that are no whole ones


def filters_in_address(workspace: Workspace) -> dict[str, address.Parameter]:
    """The parameters of the address that hold the filters."""
    filters = filters_of(workspace)
    known = {column.name: address.choices(column.allowed) for column in filters.choices}
    for column in filters.spans:
        low, high, _ = scale_of(workspace, column)
        if low < high:
            known[column.name] = address.span(low, high)
    known |= {column.name: address.choice(_ANSWERS) for column in filters.flags}
    return {f"filter_{name}": parameter for name, parameter in known.items()}


def customer_filters(workspace: Workspace) -> Chosen:
    """The filters in a row or two, with the live count. Returns the customers that they choose; an empty filter means all."""
    _forget_others(workspace.version.model_id)
    customers, schema, filters = workspace.customers, workspace.schema, filters_of(workspace)
    chosen = np.ones(len(customers), dtype=bool)
    places = _places(len(filters.choices) + len(filters.spans) + len(filters.flags))
    for column in filters.choices:
        wanted = next(places).multiselect(
            words.markdown(column.label), column.allowed, key=f"filter_{column.name}", bind="query-params", placeholder="All"
        )
        if wanted:
            chosen &= customers[column.name].isin(wanted).to_numpy()
    for column in filters.spans:
        chosen &= _between(next(places), column, _unit(column, schema), workspace)
    for column in filters.flags:
        asked = next(places).segmented_control(
            words.markdown(column.label),
            _ANSWERS,
            default="All",
            required=True,
            key=f"filter_{column.name}",
            bind="query-params",
        )
        if asked in ("Yes", "No"):
            chosen &= (customers[column.name] == (1 if asked == "Yes" else 0)).to_numpy()
    st.caption(f"**{words.count(int(chosen.sum()))}** of {words.counted(len(customers), 'customer')} chosen")
    return Chosen(workspace, chosen)


def _forget_others(model_id: str) -> None:
    """What was chosen among other customers says nothing of these."""
    if st.session_state.setdefault(_FILTERED, model_id) != model_id:
        st.session_state[_FILTERED] = model_id
        for key in [key for key in st.session_state if str(key).startswith("filter_")]:
            del st.session_state[key]


def _places(inputs: int) -> Iterator:
    """A place for each input, in rows of about as many."""
    rows = -(-inputs // _IN_A_ROW)
    for row in range(rows):
        yield from st.columns(len(range(row, inputs, rows)), vertical_alignment="bottom", gap="medium")


def _unit(column: Column, schema: Schema) -> str:
    if column.name == schema.monthly_charge:
        return words.currency() or "money"
    return f"{column.unit} ago" if column.kind == "date" and column.unit else column.unit


def _between(place, column: Column, unit: str, workspace: Workspace) -> np.ndarray:
    """A mask of the customers between the two ends of a slider; there is no slider where all have the same value. Blanks are
    between the widest ends only.
    """
    values = workspace.customers[column.name]
    low, high, step = scale_of(workspace, column)
    if low >= high:
        return np.ones(len(values), dtype=bool)
    label = words.with_unit(column.label, unit)
    ends = place.slider(
        words.markdown(label), low, high, (low, high), step, "localized", key=f"filter_{column.name}", bind="query-params"
    )
    everybody = values.isna() if sorted(ends) == [low, high] else False
    return (values.between(*sorted(ends)) | everybody).to_numpy()


def scale_of(workspace: Workspace, column: Column) -> tuple[float, float, float | None]:
    """The ends of the slider and, where they are no whole numbers, its step."""

    def found() -> tuple[float, float, float | None]:
        values = workspace.customers[column.name]
        low, high = _ends(values)
        return low, high, None if isinstance(low, int) else width_for(values, _STEPS)

    return workspace.figures.get(("scale", column.name), found)


def _ends(values: pd.Series) -> tuple[int, int] | tuple[float, float]:
    """Whole numbers around the values, or steps around them where they lie close together; the same twice where none is known."""
    low, high = float(values.min()), float(values.max())
    if not high > low:
        return 0, 0
    whole = bool((values.dropna() % 1 == 0).all())
    if whole or high - low > _STEPS / 5:
        return int(np.floor(low)), int(np.ceil(high))
    step = width_for(values, _STEPS)
    return float(np.round(np.floor(low / step) * step, 12)), float(np.round(np.ceil(high / step) * step, 12))
