"""Why a probability is what it is: exact additive contributions of a readable model, in words.

The log-odds of a customer are those of the average customer plus one contribution per reason. Terms of the same
columns are one reason (both tenure terms together), and what a customer lacks because a service is missing
altogether is told as the missing service ("no internet service"), not five times over.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from churn_core.schema import TELCO, Schema


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """``average``: the log-odds of the average customer. ``effects``: a row per customer, a column per reason, on
    the log-odds; for every customer, average + sum of the row = log-odds of the churn probability. ``columns``: the
    columns of the customers that each reason is told by; a reason is named after the first of them.
    """

    average: float
    effects: pd.DataFrame
    columns: dict[str, tuple[str, ...]]


def explain(model: Pipeline, customers: pd.DataFrame, schema: Schema = TELCO) -> Explanation:
    """The contributions for each cleaned customer; index as ``customers``."""
    terms, scale, logistic = (model.named_steps[name] for name in ("terms", "scale", "logistic"))
    weighted = scale.transform(terms.transform(customers)) * logistic.coef_[0]
    columns = {names[0]: names for names in terms.columns_of_terms}
    columns |= {schema[name].needs: (schema[name].needs,) for name in columns if schema[name].needs not in ("", *columns)}
    effects = {reason: np.zeros(len(customers)) for reason in columns}
    for names, values in zip(terms.columns_of_terms, weighted.T, strict=True):
        column = schema[names[0]]
        if column.needs:
            lacking = (customers[column.name] == column.without).to_numpy()
            effects[column.needs] += np.where(lacking, values, 0.0)
            values = np.where(lacking, 0.0, values)
        effects[column.name] += values
    return Explanation(
        average=float(logistic.intercept_[0]), effects=pd.DataFrame(effects, index=customers.index), columns=columns
    )


def reasons(explanation: Explanation, customers: pd.DataFrame, most: int = 3, schema: Schema = TELCO) -> pd.DataFrame:
    """The strongest reasons for leaving, in words. Columns: ``reason_1`` … ``reason_{most}``; empty where a customer
    has fewer things that raise the probability above the average customer's.
    """
    effects = explanation.effects.to_numpy()
    words = in_words(explanation, customers, schema).to_numpy()
    order = np.argsort(-effects, axis=1, kind="stable")[:, :most]
    chosen = np.take_along_axis(words, order, axis=1)
    chosen[np.take_along_axis(effects, order, axis=1) <= 0] = ""
    return pd.DataFrame(chosen, index=customers.index, columns=[f"reason_{i + 1}" for i in range(most)])


def drivers(model: Pipeline, customers: pd.DataFrame, schema: Schema = TELCO) -> list[str]:
    """The reasons by how much they tell these customers apart: mean absolute effect on the log-odds, largest first."""
    return list(explain(model, customers, schema).effects.abs().mean().sort_values(ascending=False).index)


def explained(model: Pipeline, customer: pd.DataFrame, most: int = 8, schema: Schema = TELCO) -> pd.DataFrame:
    """One customer (one row), the strongest effects first, the rest summed up. Columns: ``reason`` (words), ``effect``
    (on the log-odds, against the average customer).
    """
    explanation = explain(model, customer, schema)
    words = in_words(explanation, customer, schema).iloc[0]
    effects = explanation.effects.iloc[0].sort_values(key=abs, ascending=False)
    table = pd.DataFrame({"reason": words[effects.index[:most]].to_numpy(), "effect": effects.to_numpy()[:most]})
    rest = pd.DataFrame({"reason": ["everything else"], "effect": [effects.to_numpy()[most:].sum()]})
    return pd.concat([table, rest], ignore_index=True)


def in_words(explanation: Explanation, customers: pd.DataFrame, schema: Schema = TELCO) -> pd.DataFrame:
    """Each reason as it is for each customer, ``"month-to-month contract"``; shape of ``explanation.effects``."""
    words = {}
    for reason, names in explanation.columns.items():  # each distinct value is put into words once
        values = pd.MultiIndex.from_frame(customers[list(names)].astype("object"))
        codes, distinct = pd.factorize(values)
        phrases = [" and ".join(_phrases(names, value, schema)) for value in distinct]
        words[reason] = np.array(phrases, dtype=object)[codes]
    return pd.DataFrame(words, index=customers.index)


def _phrases(names: tuple[str, ...], values: tuple, schema: Schema) -> list[str]:
    """The phrases of the columns of one reason: of several services those that the customer has, else that it has none."""
    pairs = list(zip(names, values, strict=True))
    has = [(name, value) for name, value in pairs if value == "Yes"]
    return list(dict.fromkeys(schema[name].phrase(value) for name, value in (has if len(names) > 1 and has else pairs)))
