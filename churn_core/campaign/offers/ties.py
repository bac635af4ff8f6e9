"""Who takes which of the choices that are worth the same at the prices, so that the limits are used up and kept to.

At the best prices most customers have one best choice. Some have several that are worth the same: a handful where customers
differ, and any number where many are alike. How many of each kind of customer take which choice is a small linear program,
whose solution splits no more customers than there are limits.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from churn_core.campaign.offers.prices import Choices
from churn_core.campaign.offers.problem import NONE, Floats, Positions, Problem

_SAME = 1e-10  # of the mean best u: choices that differ by less are worth the same
_WIDER = (_SAME, 1e-7, 1e-4, np.inf)  # where prices are not the best, those choices do not suffice; all would


class Settled(NamedTuple):
    """What customers choose, ties settled: (n,) each.

    ``choice``: one of those with the largest v. ``start``: the same, but nothing for those whom the linear program splits,
    and within the limits
    """

    choice: Positions
    start: Positions


def settled(problem: Problem, prices: Floats, chosen: Choices) -> Settled:
    """The choices at the best ``prices``, of which ``chosen`` is one each. Customers who are alike stand side by side."""
    scale = float(problem.profit.max(axis=0).mean())
    start = np.full(problem.customers, NONE, dtype=np.intp)
    for same in _WIDER:
        tied = np.flatnonzero(chosen.regret <= same * scale)
        offer = chosen.offer.copy()
        offer[tied] = NONE
        part = problem.part(tied, problem.limits - problem.used(offer))
        value = part.profit - prices[0] * part.spend - prices[1:, None]
        offer[tied] = _shared(part, (part.profit > 0) & (value >= chosen.value[tied] - same * scale))
        if problem.allows(offer):
            start = offer
            break
    if same > _SAME:
        return Settled(chosen.offer, start)
    return Settled(np.where((start == NONE) & (chosen.value > same * scale), chosen.offer, start), start)


def _shared(problem: Problem, possible: npt.NDArray[np.bool_]) -> Positions:
    """The most profitable assignment (n,) of ``possible`` pairs (J, n), without those who are split; none if none is."""
    offer = np.full(problem.customers, NONE, dtype=np.intp)
    if not problem.customers:
        return offer
    both = np.vstack([problem.profit, problem.spend])
    first = np.flatnonzero(np.append(True, (both[:, 1:] != both[:, :-1]).any(axis=0)))  # of each kind
    size = np.diff(np.append(first, problem.customers))
    j, kind = np.nonzero(possible[:, first])
    pairs = np.arange(len(j))
    limits = np.append(problem.limits, size)
    row = np.concatenate([np.zeros_like(j), 1 + j, 1 + problem.offers + kind])
    use = np.concatenate([problem.spend[j, first[kind]], np.ones(2 * len(j))])
    from scipy.optimize import linprog  # takes as long to load as pandas, and one offer needs none
    from scipy.sparse import coo_array

    uses = coo_array((use, (row, np.tile(pairs, 3))), shape=(len(limits), len(j))).tocsr()
    limited = np.flatnonzero(np.isfinite(limits))
    best = linprog(-problem.profit[j, first[kind]], A_ub=uses[limited], b_ub=limits[limited], method="highs-ds")
    if best.x is None:
        return offer
    whole = np.floor(best.x + 1e-9).astype(np.intp)
    j, kind = np.repeat(j, whole), np.repeat(kind, whole)
    order = np.lexsort((j, kind))
    j, kind = j[order], kind[order]
    before = np.searchsorted(kind, kind)  # how many are served before the first of the same kind
    offer[first[kind] + np.arange(len(kind)) - before] = j
    return offer
