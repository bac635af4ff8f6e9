"""The list with the largest profit within a budget and a least ROI of the whole, and how far it can be from the best.

Customer i earns uᵢ > 0 for a spend of eᵢ. Both limits say Σa ≤ A over the list: a = e and A = B − F for the budget, and
a = H·e − u and A = −(1 + H)·F for Π ≥ H·C. For any price λ ≥ 0 a list within the limit earns

    Σu ≤ λ·A + Σ max(0, uᵢ − λ·aᵢ) − Σ |uᵢ − λ·aᵢ|        the last sum over those on the other side of u > λ·a

(Lagrange; for the ROI u − λ·a is (1 + λ)·u − λ·H·e). Ranked by u/e, those with u > λ·a come first whatever the limit and
its price, so that one order serves both. The best price is that of the first customer who no longer fits whole. With it
the first two terms are the LP bound, and |u − λ·a| is the *regret* of a customer: what the bound loses with that customer
on the other side.

All before that customer, and whoever else still fits, are the list to begin with. From all before that customer on,
customers change sides one by one, those of least regret first. Of the lists so far those are dropped that earn no more
than another that spends no more, and those whose regrets add up to more than the bound is above the best list so far
(Nemhauser & Ullmann 1969, "Discrete dynamic programming and capital allocation"; Pisinger 1997, "A minimal algorithm for
the 0-1 knapsack problem"). A list with any further customer changed loses at least the next regret: as soon as that is too
much the best list so far is the best of all. Where it takes too many lists to get there, the bound less the next regret is
what any other list can earn at most.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from churn_core.campaign.economics import NOISE, pays
from churn_core.campaign.objective import Objective

_NEAR = 200  # customers who may change sides; our choice
_ADDED = 10  # customers who fill what is left of a limit; our choice
_MOST = 50_000  # lists that are looked at; our choice: some ten milliseconds

Money = npt.NDArray[np.float64]
Positions = npt.NDArray[np.intp]

NOBODY: Positions = np.array([], dtype=np.intp)


class Relaxed(NamedTuple):
    """The best list if a part of one customer could be contacted: the LP of one limit.

    - ``whole``: how many of the ranked customers are contacted whole
    - ``earned``, ``spent``: profit and spend with the part of the next one, fixed cost included
    - ``regret`` (n,): what each customer on the other side costs; money
    """

    whole: int
    earned: float
    spent: float
    regret: Money


def best_list(profit: Money, spend: Money, objective: Objective, fixed_cost: float) -> tuple[Positions, float | None]:
    """The positions of those to contact, of customers (n,) who earn u > 0 for a spend of e each.

    And what no list within the limits can earn more than, fixed cost included; ``None`` where this one is the best.
    Nobody, where no list within the limits earns back the fixed cost.
    """
    kept = np.arange(len(profit))
    if objective.budget is not None:  # a customer who alone costs more than the budget can be on no list
        kept = np.flatnonzero(spend + fixed_cost <= objective.budget * (1 + NOISE))
    kept = kept[_ranked(profit[kept], spend[kept])]
    u, e = profit[kept], spend[kept]
    earned = np.append(0.0, np.cumsum(u)) - fixed_cost
    spent = np.append(0.0, np.cumsum(e)) + fixed_cost
    whole = int(np.flatnonzero(np.append(True, objective.allows(earned[1:], spent[1:])))[-1])
    if whole == len(u) or np.ptp(e) <= NOISE * e.max():  # all of them; or where no k customers earn more than the first k
        return (kept[:whole] if _earns(earned[whole], spent[whole], fixed_cost) else NOBODY), None
    cut = relaxed(u, e, earned, spent, objective)
    if cut is None or not _earns(cut.earned, cut.spent, fixed_cost):
        return NOBODY, None
    contact, bound = _best_near(cut, u, e, (earned[cut.whole], spent[cut.whole]), objective)
    return kept[contact], bound


def _ranked(profit: Money, spend: Money) -> Positions:
    """The customers (n,) in falling order of u/e, of the same u/e in falling order of u."""
    with np.errstate(over="ignore"):  # a spend close to 0 counts as 0
        rate = np.divide(profit, spend, out=np.full(len(profit), np.inf), where=spend > 0)
    return np.lexsort((-profit, -rate))


def relaxed(u: Money, e: Money, earned: Money, spent: Money, objective: Objective) -> Relaxed | None:
    """The LP of the tighter limit, for ranked customers with u and e (n,), and the sums of the first 0 … n of them.

    ``None`` where not even with a part of a customer a list is within the limits.
    """
    cuts = []
    limits = [(Objective(budget=objective.budget), 0.0, e)] if objective.budget is not None else []
    if objective.min_roi is not None:
        limits.append((Objective(min_roi=objective.min_roi), objective.min_roi, objective.min_roi * e - u))
    for limit, roi, weight in limits:
        fits = np.flatnonzero(limit.allows(earned, spent))
        if not len(fits):
            return None
        k = int(fits[-1])
        if k == len(u):
            continue
        room = earned[k] - roi * spent[k] if limit.budget is None else limit.budget - spent[k]
        with np.errstate(over="ignore"):
            part = min(1.0, max(0.0, room / weight[k]))
            regret = np.abs(u - u[k] * (weight / weight[k]))
        cuts.append(Relaxed(k, float(earned[k] + part * u[k]), float(spent[k] + part * e[k]), regret))
    cut = min(cuts, key=lambda cut: cut.earned)
    return cut if objective.allows(cut.earned, cut.spent) else None


def _best_near(
    cut: Relaxed, u: Money, e: Money, sums: tuple[float, float], objective: Objective
) -> tuple[npt.NDArray[np.bool_], float | None]:
    """The best list found from the first ``cut.whole`` on, whose profit and spend are ``sums``: whom to contact (n,).

    And what any other list can earn at most; ``None`` where none earns more.
    """
    noise = NOISE * (abs(cut.earned) + cut.spent)
    near = _least(cut.regret, _NEAR)
    beyond = np.inf if len(near) == len(u) else cut.regret[near[-1]]
    profit, spend, lost = np.array([sums[0]]), np.array([sums[1]]), np.zeros(1)
    steps: list[Positions] = []  # of each customer, which of the lists before (unchanged, then changed) were kept
    best, changed = _filled(cut.whole, u, e, sums, objective)
    found, looked_at = None, 0
    for j, regret in zip(np.append(near, -1), np.append(cut.regret[near], beyond), strict=True):
        allowed = np.where(objective.allows(profit, spend), profit, -np.inf)
        if allowed.max(initial=-np.inf) > best + noise:
            best, found = float(allowed.max()), (len(steps), int(allowed.argmax()))
        looked_at += len(profit)
        exact = not len(profit) or cut.earned - regret <= best + noise
        if exact or j < 0 or looked_at > _MOST:
            break
        sign = -1.0 if j < cut.whole else 1.0
        profit, spend = np.append(profit, profit + sign * u[j]), np.append(spend, spend + sign * e[j])
        lost = np.append(lost, lost + regret)
        kept = np.flatnonzero(lost < cut.earned - best - noise)
        kept = kept[np.lexsort((-profit[kept], spend[kept]))]
        most_before = np.maximum.accumulate(np.append(-np.inf, profit[kept]))[:-1]
        kept = kept[profit[kept] > most_before + noise]
        profit, spend, lost = profit[kept], spend[kept], lost[kept]
        steps.append(kept)
    contact = np.arange(len(u)) < cut.whole
    contact[changed if found is None else _changed(*found, near, steps)] ^= True
    return contact & (best > noise), None if exact else float(cut.earned - regret)


def _filled(whole: int, u: Money, e: Money, sums: tuple[float, float], objective: Objective) -> tuple[float, list[int]]:
    """The profit of the first ``whole`` and of those who still fit, the most profitable first; and who those are.

    A good list to begin with: the better it is, the fewer others have to be looked at. 0 where the first alone do not fit.
    """
    profit, spend = sums
    added: list[int] = []
    if not objective.allows(profit, spend):
        return 0.0, added
    more, cost = u[whole:].copy(), e[whole:]
    while len(added) < _ADDED:
        more[~objective.allows(profit + more, spend + cost)] = 0.0
        j = int(more.argmax())
        if not more[j]:
            break
        profit, spend = profit + more[j], spend + cost[j]
        more[j] = 0.0
        added.append(whole + j)
    return max(0.0, float(profit)), added


def _changed(count: int, place: int, near: Positions, steps: list[Positions]) -> list[int]:
    """Who is on the other side in the list that was found after so many steps at that place."""
    changed = []
    for step in range(count - 1, -1, -1):
        place, before = int(steps[step][place]), len(steps[step - 1]) if step else 1
        if place >= before:
            changed.append(int(near[step]))
            place -= before
    return changed


def _least(values: Money, m: int) -> Positions:
    """The positions of the ``m`` least values, in rising order; of equal ones the first."""
    within = np.arange(len(values))
    if len(values) > m:
        within = np.flatnonzero(values <= np.partition(values, m - 1)[m - 1])
    return within[np.argsort(values[within], kind="stable")][:m]


def _earns(profit: float, spend: float, fixed_cost: float) -> bool:
    """Whether a list earns more than the noise of its sums."""
    return pays(profit - NOISE * (profit + spend + fixed_cost))
