"""Why a probability is what it is: additive contributions to the log-odds, in words.

The log-odds of a customer are those of a reference (the average customer) plus one contribution per reason. They are
exact for logistic models; the boosters give their own; other models are walked from the typical customer to this one
(``Opaque.contributions``). Contributions of the same columns are one reason (all tenure terms together), and what a
customer lacks because a service is missing altogether is told as the missing service ("no internet service"), not five
times over.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline

from churn_core.model.logistic import TermLogisticRegression
from churn_core.model.opaque import Opaque
from churn_core.schema import Schema

_CHUNK = 50_000  # customers that are explained at once: what a million contribute to need not lie in memory together


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """``average``: the log-odds of the reference. ``effects``: a row per customer, a column per reason, on the
    log-odds; for every customer, average + sum of the row = log-odds of the churn probability. ``columns``: the
    columns of the customers that each reason is told by; a reason is named after the first of them.
    """

    average: float
    effects: pd.DataFrame
    columns: dict[str, tuple[str, ...]]


def explain(model, customers: pd.DataFrame, schema: Schema) -> Explanation:
    """The contributions for each cleaned customer; index as ``customers``."""
    average, added, told_by = _contributions(model, customers)
    columns = {names[0]: names for names in told_by}
    columns |= {schema[name].needs: (schema[name].needs,) for name in columns if schema[name].needs not in ("", *columns)}
    effects = {reason: np.zeros(len(customers)) for reason in columns}
    for names, values in zip(told_by, added.T, strict=True):
        column = schema[names[0]]
        if column.needs:
            lacking = (customers[column.name] == column.without).to_numpy()
            effects[column.needs] += np.where(lacking, values, 0.0)
            values = np.where(lacking, 0.0, values)
        effects[column.name] += values
    return Explanation(average=average, effects=pd.DataFrame(effects, index=customers.index), columns=columns)


def _contributions(model, customers: pd.DataFrame) -> tuple[float, np.ndarray, list[tuple[str, ...]]]:
    """The reference's log-odds, contributions (n, k), and the columns that each of the k is told by."""
    if isinstance(model, GridSearchCV):
        return _contributions(model.best_estimator_, customers)
    if isinstance(model, TermLogisticRegression):
        return *model.contributions(customers), [term.columns for term in model.terms]
    if isinstance(model, Opaque):
        return *model.contributions(customers), [(name,) for name in model.typical_]
    return *_of_booster(model, customers), [term.columns for term in model.named_steps["terms"].terms]


def _of_booster(model: Pipeline, customers: pd.DataFrame) -> tuple[float, np.ndarray]:
    """Shapley values along the trees' own paths; the library's last column is the reference."""
    values, booster = model.named_steps["terms"].transform(customers), model.named_steps["model"]
    if hasattr(booster, "get_booster"):
        import xgboost  # only where a model of it is loaded

        contributions = booster.get_booster().predict(xgboost.DMatrix(values), pred_contribs=True).astype(float)
    else:
        contributions = booster.predict_proba(values, pred_contrib=True)
    return float(contributions[0, -1]), contributions[:, :-1]


def reasons(explanation: Explanation, customers: pd.DataFrame, most: int = 3, *, schema: Schema) -> pd.DataFrame:
    """The strongest reasons for leaving, in words. Columns: ``reason_1`` … ``reason_{most}``; empty where a customer
    has fewer things that raise the probability above the reference's.
    """
    spoken = _spoken(explanation, customers, schema)
    phrases = [*(phrase for _, phrases in spoken.values() for phrase in phrases), ""]
    offsets = np.cumsum([0, *(len(phrases) for _, phrases in spoken.values())])[:-1]
    codes = np.array([codes + offset for (codes, _), offset in zip(spoken.values(), offsets, strict=True)])
    effects, everybody = np.array(explanation.effects.to_numpy().T, order="C"), np.arange(len(customers))
    told = {}
    for place in range(most):
        best = _largest(effects)
        chosen = np.where(effects[best, everybody] > 0, codes[best, everybody], len(phrases) - 1)
        told[f"reason_{place + 1}"] = pd.array(phrases, dtype="str").take(chosen)
        effects[best, everybody] = -np.inf
    return pd.DataFrame(told, index=customers.index)


def _largest(effects: np.ndarray) -> np.ndarray:
    """``effects.argmax(axis=0)`` of a (k, n) array, in a quarter of the time."""
    best, largest = np.zeros(effects.shape[1], dtype=np.intp), effects[0].copy()
    for k in range(1, len(effects)):
        larger = effects[k] > largest
        np.copyto(largest, effects[k], where=larger)
        np.copyto(best, k, where=larger)
    return best


def top_reasons(model, customers: pd.DataFrame, most: int = 3, *, schema: Schema) -> pd.DataFrame:
    """``reasons`` of any number of customers, a part of them at a time."""
    if customers.empty:  # most models refuse to look at nobody
        nothing = pd.array([], dtype="str")
        return pd.DataFrame({f"reason_{place + 1}": nothing for place in range(most)}, index=customers.index)
    parts = [customers.iloc[start : start + _CHUNK] for start in range(0, len(customers), _CHUNK)]
    told = [_reasons_by_rank(model, part, most, schema) for part in parts]
    return told[0] if len(told) == 1 else pd.concat(told)


def _reasons_by_rank(model, customers: pd.DataFrame, most: int, schema: Schema) -> pd.DataFrame:
    """``reasons(explain(…))``, at a fifth of the cost where the model is an equation: a reason then has a few hundred possible
    effects at most, one for each combination of values it rests on. Those are explained once, on a customer who has them,
    and ranked over all reasons; each customer's strongest reason is the largest of some small numbers.
    """
    combinations = _combinations(model, customers, schema) if isinstance(model, TermLogisticRegression) else {}
    if not combinations or sum(size for _, size in combinations.values()) > len(customers) / 4:
        return reasons(explain(model, customers, schema), customers, most, schema=schema)
    rows, places = [], {}
    for reason, (codes, size) in combinations.items():
        row_of = np.full(size, -1)
        row_of[codes[::-1]] = np.arange(len(codes))[::-1]  # the first customer with each combination
        present = np.flatnonzero(row_of >= 0)
        places[reason] = present, sum(map(len, rows))
        rows.append(row_of[present])
    examples = customers.iloc[np.concatenate(rows)]
    explanation = explain(model, examples, schema)
    spoken = _spoken(explanation, examples, schema)
    effects, phrases, order = [], [], []
    for reason, (present, start) in places.items():
        at = slice(start, start + len(present))
        effects.append(explanation.effects[reason].to_numpy()[at])
        codes, of_reason = spoken[reason]
        phrases += [of_reason[code] for code in codes[at]]
        order.append(np.full(len(present), list(explanation.columns).index(reason)))
    effect, order = np.concatenate(effects), np.concatenate(order)
    # Of equal effects the reason that comes first is told first; what does not raise the probability has the rank 0.
    ascending = np.lexsort((-order, effect))
    rank = np.empty(len(effect), dtype=np.int32)
    rank[ascending] = np.arange(1, len(effect) + 1)
    rank[effect <= 0] = 0
    words = pd.array(["", *(phrases[i] for i in ascending)], dtype="str")
    ranks = np.empty((len(places), len(customers)), dtype=np.int32)
    for row, (reason, (present, start)) in zip(ranks, places.items(), strict=True):
        codes, size = combinations[reason]
        of_code = np.zeros(size, dtype=np.int32)
        of_code[present] = rank[start : start + len(present)]
        np.take(of_code, codes, out=row)
    told = {}
    for place in range(most):
        strongest = ranks.max(axis=0)
        told[f"reason_{place + 1}"] = words.take(strongest)
        ranks[ranks == strongest] = 0
    return pd.DataFrame(told, index=customers.index)


def _combinations(model: TermLogisticRegression, customers: pd.DataFrame, schema: Schema) -> dict[str, tuple[np.ndarray, int]]:
    """For each reason which combination of the values that its effect rests on each customer has (n,), and how many there
    can be.
    """
    rests_on: dict[str, list] = {}
    for term in model.terms:
        column = schema[term.columns[0]]
        rests_on.setdefault(column.name, []).extend([*term.columns, *(term.only or ())[:1]])
        if column.needs:
            rests_on.setdefault(column.needs, []).append(column)
    combinations = {}
    for reason in [name for name in rests_on if not schema[name].needs] + [name for name in rests_on if schema[name].needs]:
        codes, size = np.zeros(len(customers), dtype=np.intp), 1
        for name in dict.fromkeys([reason, *(each for each in rests_on[reason] if isinstance(each, str))]):
            more, values = _coded(customers[name])
            codes, size = codes * len(values) + more, size * len(values)
        for column in {each.name: each for each in rests_on[reason] if not isinstance(each, str)}.values():
            codes, size = codes * 2 + (customers[column.name] == column.without).to_numpy(), size * 2
        combinations[reason] = codes, size
    return combinations


def reasons_of(
    model: TermLogisticRegression, customer: Mapping[str, object], values: list[float], schema: Schema
) -> dict[str, float]:
    """``explain`` for one clean customer, a mapping, with the ``values`` of its terms, by a model that is an equation:
    reason → effect, strongest first; those only that raise the probability above the average customer's.
    """
    effects: dict[str, float] = {}
    for term, added in zip(model.terms, model.contributions_of(values), strict=True):
        column = schema[term.columns[0]]
        reason = column.needs if column.needs and customer[column.name] == column.without else column.name
        effects[reason] = effects.get(reason, 0.0) + added
    raising = [(reason, effect) for reason, effect in effects.items() if effect > 0]
    return dict(sorted(raising, key=lambda pair: pair[1], reverse=True))


def drivers(model, customers: pd.DataFrame, schema: Schema) -> list[str]:
    """The reasons by how much they tell these customers apart: mean absolute effect on the log-odds, largest first."""
    return list(explain(model, customers, schema).effects.abs().mean().sort_values(ascending=False).index)


def explained(model, customer: pd.DataFrame, most: int = 8, *, schema: Schema) -> pd.DataFrame:
    """One customer (one row), the strongest effects first, the rest summed up. Columns: ``reason`` (words), ``effect``
    (on the log-odds, against the average customer).
    """
    explanation = explain(model, customer, schema)
    words = in_words(explanation, customer, schema).iloc[0]
    effects = explanation.effects.iloc[0].sort_values(key=abs, ascending=False)
    table = pd.DataFrame({"reason": words[effects.index[:most]].to_numpy(), "effect": effects.to_numpy()[:most]})
    rest = pd.DataFrame({"reason": ["everything else"], "effect": [effects.to_numpy()[most:].sum()]})
    return pd.concat([table, rest], ignore_index=True)


def in_words(explanation: Explanation, customers: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """Each reason as it is for each customer, ``"month-to-month contract"``; shape of ``explanation.effects``."""
    spoken = _spoken(explanation, customers, schema)
    return pd.DataFrame(
        {reason: pd.array(phrases, dtype="str").take(codes) for reason, (codes, phrases) in spoken.items()}, index=customers.index
    )


def _spoken(explanation: Explanation, customers: pd.DataFrame, schema: Schema) -> dict[str, tuple[np.ndarray, list[str]]]:
    """For each reason the number of each customer's phrase (n,), and the phrases: each distinct value is put into words
    once.
    """
    spoken = {}
    for reason, names in explanation.columns.items():
        codes, values = _distinct(customers, names)
        spoken[reason] = codes, [" and ".join(_phrases(names, value, schema)) for value in values]
    return spoken


def _distinct(customers: pd.DataFrame, names: tuple[str, ...]) -> tuple[np.ndarray, list[tuple]]:
    """Which combination of values each customer has (n,), and the combinations."""
    codes, of_first = _coded(customers[names[0]])
    values = [(value,) for value in of_first]
    for name in names[1:]:
        more, of_column = _coded(customers[name])
        codes, both = pd.factorize(codes * len(of_column) + more)
        values = [(*values[i // len(of_column)], of_column[i % len(of_column)]) for i in both]
    return codes, values


def _coded(values: pd.Series) -> tuple[np.ndarray, pd.Index]:
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values.cat.codes.to_numpy().astype(np.intp), values.cat.categories
    return pd.factorize(values)


def _phrases(names: tuple[str, ...], values: tuple, schema: Schema) -> list[str]:
    """The phrases of the columns of one reason: of several services those that the customer has, else that it has none."""
    pairs = list(zip(names, values, strict=True))
    has = [(name, value) for name, value in pairs if value == "Yes"]
    return list(dict.fromkeys(schema[name].phrase(value) for name, value in (has if len(names) > 1 and has else pairs)))
