"""Segments of any company's customers: found on one half, confirmed on the other."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.campaign.worth import worth_of
from churn_core.decisions.segments.candidates import candidates
from churn_core.decisions.segments.conditions import Mask
from churn_core.decisions.segments.families import families
from churn_core.decisions.segments.found import FoundSegment, FoundSegments
from churn_core.decisions.segments.search import Search
from churn_core.decisions.segments.selection import CHANCE, Proposal, select
from churn_core.decisions.segments.statistics import Tally, fisher, holm, wilson
from churn_core.jobs import Report, silent
from churn_core.model.alike import groups_of
from churn_core.model.folds import dealt
from churn_core.model.terms import features
from churn_core.schema import Column, Schema

MOST_SEARCHED = 100_000  # customers; more find nothing else and take longer
LEAST, LEAST_SHARE = 40, 0.03  # customers of the searched half who meet a rule

Weight = npt.NDArray[np.float64]


def find_segments(
    customers: pd.DataFrame, schema: Schema, *, weight: Weight | None = None, seed: int = 0, report: Report = silent
) -> FoundSegments:
    """The segments of clean ``customers`` with their outcome. The same for any order of the rows; nothing is drawn by lot.

    ``weight`` (n,): how many customers each stands for, 0 of whom nothing is learnt (``LeftAlone``); ``None``: each for one. Each
    ``seed`` cuts the halves elsewhere, to see how much rests on that. Segments speak of what the model may learn from (``features``),
    so of no sensitive column that nobody allowed. Rows of one customer stay on one side. ``report`` may raise to stop. SEGMENTS.md has
    the method.
    """
    columns = searched_columns(schema)
    if weight is not None:
        customers, weight = customers[weight > 0], weight[weight > 0]
    order = _order(customers, columns, schema, seed)
    customers = customers.iloc[order]
    weight = None if weight is None else weight[order]
    left = customers[schema.target].to_numpy() == 1
    if not 0 < left.sum() < len(left):
        return FoundSegments()
    report("Looking for segments", 0.0)
    searched = _searched(customers, left, schema)
    left_of_half, weight_of_half = left[searched], None if weight is None else weight[searched]
    least = max(LEAST, int(LEAST_SHARE * searched.sum()))
    half = customers[searched].reset_index(drop=True)
    proposed = candidates(half, left_of_half, columns, families(half, columns), least)
    looked = FoundSegments(
        rate=Tally.of(np.ones(len(left), dtype=bool), left, weight).rate,
        searched=int(searched.sum()),
        confirming=int((~searched).sum()),
        conditions=len(proposed),
    )
    if not len(proposed) or not 0 < left_of_half.sum() < len(left_of_half):
        return looked
    chosen, tried = select(Search.of(proposed, left_of_half, weight_of_half, least), report)
    segments = _confirmed(chosen, customers, schema, weight, searched)
    return replace(looked, segments=segments, refused=len(chosen) - len(segments), tried=tried)


def searched_columns(schema: Schema) -> tuple[Column, ...]:
    """The columns of which segments speak: what a model may learn from, but neither a total charge, which repeats tenure and monthly
    charge, nor the number of a group.
    """
    return tuple(column for column in features(schema) if column.role not in ("total_charge", "group"))


def _order(customers: pd.DataFrame, columns: tuple[Column, ...], schema: Schema, seed: int) -> npt.NDArray[np.intp]:
    """An order of the rows by what they hold, which looks drawn by lot; another for each seed."""
    names = [column.name for column in columns] + [schema.target]
    hashed = pd.util.hash_pandas_object(customers[names], index=False).to_numpy()
    return np.asarray(np.argsort(hashed * np.uint64(2 * seed + 1), kind="stable"), dtype=np.intp)


def _searched(customers: pd.DataFrame, left: Mask, schema: Schema) -> Mask:
    """The half that is searched (n,), with the churn rate of all; of many customers a smaller part."""
    parts = max(2, -(-len(customers) // MOST_SEARCHED))
    order = np.arange(len(customers), dtype=np.uint64)
    return np.asarray(dealt(left.astype(int), parts, order, groups_of(customers, schema)) == 0, dtype=bool)


def _confirmed(
    chosen: list[Proposal], customers: pd.DataFrame, schema: Schema, weight: Weight | None, searched: Mask
) -> tuple[FoundSegment, ...]:
    """The proposals that hold on the customers who were not searched: far from the others, and their new customers far from those
    that no earlier proposal of their side holds.
    """
    confirming, found = ~searched, []
    left, at_risk = customers[schema.target].to_numpy() == 1, worth_of(customers, schema, None).at_risk
    still: dict[int, Mask] = {}
    for each in chosen:
        members = np.logical_and.reduce([condition.members(customers) for condition in each.conditions])
        open_ = still.get(each.side, confirming)
        inside, rest = (Tally.of(group, left, weight) for group in (members & confirming, confirming & ~members))
        new, others = (Tally.of(group, left, weight) for group in (members & open_, open_ & ~members))
        still[each.side] = open_ & ~members
        low, high = wilson(inside, 1 - CHANCE / len(chosen))
        found.append(
            FoundSegment(
                side=each.side,
                conditions=each.conditions,
                customers=int(members.sum()),
                left=int(left[members].sum()),
                searched=int((members & searched).sum()),
                confirming=int((members & confirming).sum()),
                found_rate=each.rate,
                rate=inside.rate,
                low=low,
                high=high,
                rest_rate=rest.rate,
                p=max(fisher(inside, rest, each.side), fisher(new, others, each.side)),
                lost=float(at_risk[members & left].sum()),
            )
        )
    held = holm([each.p for each in found], CHANCE)
    return tuple(
        each
        for each, holds in zip(found, held, strict=True)
        if holds and (each.low > each.rest_rate if each.leaves_more else each.high < each.rest_rate)
    )
