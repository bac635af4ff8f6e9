"""The strongest reasons of each customer in words: of what raises the probability, and of all that made it."""

import numpy as np
import pandas as pd

from churn_core.model.columns import arrays_of
from churn_core.model.explain import Explanation, explain
from churn_core.model.protocol import Model
from churn_core.model.wording import in_phrases
from churn_core.schema import Schema

_CHUNK = 50_000  # customers that are explained at once: what a million contribute to need not lie in memory together


def reasons(explanation: Explanation, customers: pd.DataFrame, most: int = 3, *, schema: Schema) -> pd.DataFrame:
    """The strongest reasons for leaving, in words. Columns: ``reason_1`` … ``reason_{most}``; empty where a customer
    has fewer things that raise the probability above the reference's and did so for the training customers.

    All distinct effects are ranked once, 0 what does not raise the probability or is not supported; each customer's reasons are
    then the highest of some whole numbers. Words are made only of what is told to somebody.
    """
    ranked = list(reversed(explanation.reasons.items()))  # of equal effects the reason that comes first ranks highest
    if not ranked:  # a model that tells nobody apart
        return pd.DataFrame(
            {f"reason_{i + 1}": pd.array([""] * len(customers), dtype="str") for i in range(most)}, customers.index
        )
    effect = np.concatenate([reason.effects for _, reason in ranked])
    ascending = np.argsort(effect, kind="stable")
    ranks = np.empty(len(effect), dtype=np.int32)
    ranks[ascending] = np.arange(1, len(effect) + 1)
    ranks[(effect <= 0) | ~np.concatenate([reason.supported for _, reason in ranked])] = 0
    strongest = [np.zeros(len(customers), dtype=np.int32) for _ in range(most)]
    ends = np.cumsum([len(reason.effects) for _, reason in ranked])
    for end, (_, reason) in zip(ends, ranked, strict=True):
        rank = ranks[end - len(reason.effects) : end][reason.codes]
        for place in strongest:  # each keeps the higher of two and passes the other on
            passed = np.minimum(place, rank)
            np.maximum(place, rank, out=place)
            rank = passed
    told = np.zeros(len(effect) + 1, dtype=bool)
    for place in strongest:
        told[place] = True
    columns = arrays_of(customers, (column for _, reason in ranked for column in reason.columns))
    phrases, phrase = [""], np.zeros(len(effect) + 1, dtype=np.intp)  # which of them each rank is told by
    for end, (name, reason) in zip(ends, ranked, strict=True):
        rank = ranks[end - len(reason.effects) : end]
        some = told[rank] & (rank > 0)
        if some.any():
            of_columns = {column: columns[column].take(reason.examples[some]) for column in reason.columns}
            codes, said = in_phrases(of_columns, schema, together=name not in schema)
            phrase[rank[some]] = codes + len(phrases)
            phrases += said
    words = pd.array(phrases, dtype="str").take(phrase)
    return pd.DataFrame({f"reason_{i + 1}": words.take(place) for i, place in enumerate(strongest)}, index=customers.index)


def top_reasons(model: Model, customers: pd.DataFrame, most: int = 3, *, schema: Schema) -> pd.DataFrame:
    """``reasons`` of any number of customers, a part of them at a time."""
    if customers.empty:  # most models refuse to look at nobody
        nothing = pd.array([], dtype="str")
        return pd.DataFrame({f"reason_{place + 1}": nothing for place in range(most)}, index=customers.index)
    parts = [customers.iloc[start : start + _CHUNK] for start in range(0, len(customers), _CHUNK)]
    told = [reasons(explain(model, part, schema), part, most, schema=schema) for part in parts]
    return told[0] if len(told) == 1 else pd.concat(told)


def explained(model: Model, customer: pd.DataFrame, most: int = 8, *, schema: Schema) -> pd.DataFrame:
    """One customer (one row), the strongest effects that the training customers support first, all others summed up. Columns:
    ``reason`` (words), ``effect`` (on the log-odds, against the average customer); the effects add up exactly.
    """
    explanation = explain(model, customer, schema)
    words = in_words(explanation, customer, schema).iloc[0]
    effects = explanation.effects.iloc[0]
    told = effects[[bool(reason.supported[0]) for reason in explanation.reasons.values()]].sort_values(key=abs, ascending=False)
    table = pd.DataFrame({"reason": words[told.index[:most]].to_numpy(), "effect": told.to_numpy()[:most]})
    rest = pd.DataFrame({"reason": ["everything else"], "effect": [effects.drop(told.index[:most]).sum()]})
    return pd.concat([table, rest], ignore_index=True)


def in_words(explanation: Explanation, customers: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """Each reason as it is for each customer, ``"month-to-month contract"``; shape of ``explanation.effects``."""
    told = {}
    for name, reason in explanation.reasons.items():
        codes, phrases = in_phrases(arrays_of(customers, reason.columns), schema, together=name not in schema)
        told[name] = pd.array(phrases, dtype="str").take(codes)
    return pd.DataFrame(told, index=customers.index)
