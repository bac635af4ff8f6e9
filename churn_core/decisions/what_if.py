"""One customer changed, and what could be offered: the smallest changes that bring the probability below the break-even.

This is the model's view of a customer with these values. It does not prove that the change makes this customer stay.
"""

from collections.abc import Collection, Mapping
from itertools import combinations, product

import numpy as np
import pandas as pd

from churn_core.campaign.economics import break_even_probability
from churn_core.campaign.plan import Plan
from churn_core.campaign.worth import worth_of
from churn_core.decisions.decide import churn_probability
from churn_core.model.protocol import Model
from churn_core.schema import Column, Schema


def with_changes(customer: pd.DataFrame, changes: Mapping[str, object], schema: Schema) -> pd.DataFrame:
    """The cleaned customer (one row) with some columns changed, and everything that follows from the change.

    A customer who gives up a service also loses what builds on it (``"No internet service"``); for a customer who takes a
    service, what builds on it starts at its first value ("No"). The total charge is history and stays.

    >>> from churn_core.data.cleaning.table import clean
    >>> from churn_core.data.synthetic import generate
    >>> from churn_core.schema.telco import TELCO
    >>> one = clean(generate(1, seed=0, schema=TELCO), TELCO)[0]
    >>> with_changes(one, {"InternetService": "No", "TechSupport": "Yes"}, TELCO)["TechSupport"].item()
    'No internet service'
    """
    changed = customer.copy()
    for name, value in changes.items():
        changed[name] = pd.Series([value], index=changed.index).astype(customer[name].dtype)
    return _followed(changed, {column.name for column in schema.columns}, schema)


def _followed(customers: pd.DataFrame, services: Collection[str], schema: Schema) -> pd.DataFrame:
    """The customers after each column that builds on one of the ``services`` was made to agree with it."""
    for column in schema.columns:
        if column.needs in services:
            now, first = customers[column.name], next(value for value in column.allowed if value != column.without)
            lacking = customers[column.needs].isin(schema[column.needs].nothing)
            values = now.astype(object).mask(now == column.without, first).mask(lacking, column.without)
            customers[column.name] = values.astype(now.dtype)
    return customers


def offers(customer: pd.Series, schema: Schema) -> dict[str, tuple[str | int, ...]]:
    """Column → the values that could be offered: those of ``Column.offers`` beyond what the customer has now; 1 for a flag."""
    possible: dict[str, tuple[str | int, ...]] = {}
    for column in schema.columns:
        now = customer[column.name] if column.offers else None
        if now is None or now == column.without:
            continue
        if column.kind == "flag":
            more: tuple[str | int, ...] = (1,) if now == 0 else ()
        else:
            more = tuple(value for value in column.offers if column.allowed.index(value) > column.allowed.index(now))
        if more:
            possible[column.name] = more
    return possible


def changes(model: Model, customer: pd.DataFrame, plan: Plan, schema: Schema) -> pd.DataFrame:
    """Every combination of offers to one cleaned customer (one row), fewest first, then lowest probability.

    Columns: ``offer`` (words), ``number`` (of offered changes), ``churn_probability``, ``enough`` (the probability is
    below the break-even, so contacting would no longer pay), ``values`` (column → value). The charge stays, because the data
    do not say what an offer costs. Empty if there is nothing to offer.
    """
    possible = offers(customer.iloc[0], schema)
    sets = [
        dict(zip(names, values, strict=True))
        for number in range(1, len(possible) + 1)
        for names in combinations(possible, number)
        for values in product(*(possible[name] for name in names))
    ]
    if not sets:
        return pd.DataFrame(columns=["offer", "number", "churn_probability", "enough", "values"])
    changed = customer.iloc[np.zeros(len(sets), dtype=int)].reset_index(drop=True)
    for name in possible:
        now = customer[name].iloc[0]
        changed[name] = pd.Series([values.get(name, now) for values in sets]).astype(customer[name].dtype)
    changed = _followed(changed, possible, schema)
    probability = churn_probability(model, changed)
    clv = worth_of(customer, schema, churn_probability(model, customer)).clv(plan.campaign)
    table = pd.DataFrame(
        {
            "offer": [" + ".join(_in_words(schema[name], value) for name, value in values.items()) for values in sets],
            "number": [len(values) for values in sets],
            "churn_probability": probability,
            "enough": probability < break_even_probability(clv, plan.campaign, plan.objective.marginal)[0],
            "values": sets,
        }
    )
    return table.sort_values(["number", "churn_probability"], ignore_index=True)


def _in_words(column: Column, value: str | int) -> str:
    return column.label.lower() if value in ("Yes", 1) else column.phrase(value)


def smallest(table: pd.DataFrame, most: int = 3) -> pd.DataFrame:
    """The combinations of ``changes`` that are enough with the fewest changes, at most ``most``; if none is enough, the one with
    the lowest probability.
    """
    if table.empty:
        return table
    enough = table[table["enough"]]
    if enough.empty:
        return table.nsmallest(1, "churn_probability")
    return enough[enough["number"] == enough["number"].min()].head(most)
