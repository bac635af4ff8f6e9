"""The prices of money and of capacity at which what customers choose for themselves fits the limits as well as it can.

At prices x = (λ, μ₁ … μ_J) ≥ 0 each customer chooses the offer with the largest v = u − λ·e − μ, or none. For any prices

    D(x) = λ·B + Σ μ·K + Σᵢ max(0, maxⱼ v)

is an upper bound on what an assignment can earn (Lagrange); at the best prices it is the bound of the linear program. D is
convex with a kink wherever a customer is of two minds. Smoothed by τ, Σᵢ τ·log(1 + Σⱼ exp(v / τ)) in place of the maxima, it
has a gradient and a Hessian, and is minimised by Newton steps within a trust region that is a box; then with a smaller τ.

Only customers whose best and second choice differ by less than 40·τ enter: to all others the smoothing does nothing, and
their choice counts as made. That is looked at again in the end: the minimum over those who entered is the minimum over all
where nobody else would choose differently, because D of all is nowhere lower than that.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from churn_core.campaign.offers.box import lowest_in_box
from churn_core.campaign.offers.problem import NONE, Floats, Positions, Problem

_SAMPLE = 1024  # customers that the first prices are found with
_MANY = 3 * _SAMPLE  # more customers than that are sampled first
_DECIDED = 40.0  # times τ: the second choice then weighs exp(−40)
_FEWEST = 100  # customers who enter in any case
_FIRST = 0.3  # of the mean best u: the first τ
_NEAR = 0.003  # of the mean best u: the first τ from prices that are near to the best
_FALL = 0.15  # of τ from level to level
_FINEST = 1e-12  # of the mean best u: the last τ, near the rounding of numbers
_STEPS = 60  # Newton steps in a level; some four are usual
_ENOUGH = 0.01  # of τ: a step that would lower the smoothed D by less is the last
_WIDE = 10.0  # times τ: the first trust region
_WIDENED = 8  # times that those who enter are found anew


class Choices(NamedTuple):
    """What customers choose at some prices.

    - ``offer`` (n,): the best offer, ``NONE`` for none
    - ``value`` (n,): its v, 0 for none; money
    - ``regret`` (n,): by how much the second choice is worth less; money
    """

    offer: Positions
    value: Floats
    regret: Floats


def choices(problem: Problem, prices: Floats) -> Choices:
    """What each customer chooses at ``prices`` (1 + J,). Of equal ones none is taken first, then the first offer."""
    n = problem.customers
    offer, value, regret = np.full(n, NONE, dtype=np.intp), np.zeros(n), np.empty(n)
    for block in problem.blocks():
        best, second, which = value[block], np.full(block.stop - block.start, -np.inf), offer[block]
        for j in range(problem.offers):
            v = problem.profit[j, block] - prices[0] * problem.spend[j, block]
            v -= prices[1 + j]
            np.maximum(second, np.minimum(best, v), out=second)
            which[v > best] = j
            np.maximum(best, v, out=best)
        regret[block] = best - second
    return Choices(offer, value, regret)


def upper_bound(problem: Problem, prices: Floats, chosen: Choices) -> float:
    """D: no assignment within the limits earns more; money."""
    limited = np.isfinite(problem.limits)
    return float(problem.limits[limited] @ prices[limited] + chosen.value.sum())


def best_prices(problem: Problem, start: Floats | None = None) -> Floats:
    """The prices (1 + J,) with the lowest D; 0 for what is not limited. ``start``: prices that they may be near to."""
    prices = np.zeros(1 + problem.offers)
    n = problem.customers
    if not n or not np.isfinite(problem.limits).any():
        return prices
    scale = float(problem.profit.max(axis=0).mean())
    highest, tau = _highest(problem), _FIRST * scale
    if start is not None:
        prices, tau = start, _NEAR * scale
    elif n > _MANY:
        every = np.linspace(0, n - 1, _SAMPLE).round().astype(np.intp)
        prices, _ = _descend(problem.part(every, problem.limits * (_SAMPLE / n)), prices, highest, tau, scale / _SAMPLE)
        tau = _NEAR * scale
    for _ in range(_WIDENED):
        prices, lowest = _descend(problem, prices, highest, tau, _FINEST * scale)
        bound = upper_bound(problem, prices, choices(problem, prices))
        if bound - lowest <= _FINEST * bound:
            break
        tau *= 4
    return prices


def _descend(problem: Problem, prices: Floats, highest: Floats, tau: float, finest: float) -> tuple[Floats, float]:
    """The prices with the lowest D from ``tau`` down to ``finest``, and D there while all who did not enter keep their choice."""
    chosen, settled = choices(problem, prices), 0.0
    while True:
        wide = _DECIDED * tau
        for _ in range(_WIDENED):
            enter = chosen.regret <= max(wide, least(chosen.regret, _FEWEST))
            made = np.where(enter, NONE, chosen.offer)
            part = problem.part(enter, problem.limits - problem.used(made))
            prices = _newton(part, prices, highest, tau)
            chosen = choices(problem, prices)
            if _regretted(problem, prices, chosen, made, ~enter) <= tau:
                break
            wide *= 2
        settled += problem.earned(made)
        problem, chosen = part, Choices(chosen.offer[enter], chosen.value[enter], chosen.regret[enter])
        if tau <= finest:
            return prices, settled + upper_bound(problem, prices, chosen)
        tau = max(finest, _FALL * tau)


def least(values: Floats, m: int) -> float:
    """The least number that at least ``m`` of the values do not exceed."""
    return float(np.partition(values, m - 1)[m - 1]) if len(values) > m else np.inf


def _regretted(problem: Problem, prices: Floats, chosen: Choices, made: Positions, settled: npt.NDArray[np.bool_]) -> float:
    """What the ``settled``, whose choice counts as ``made``, would gain at ``prices`` by choosing anew; money."""
    changed = np.flatnonzero(settled & (chosen.offer != made))
    offer = made[changed]
    value = problem.profit[offer, changed] - prices[0] * problem.spend[offer, changed] - prices[1 + offer]
    return float((chosen.value[changed] - np.where(offer == NONE, 0.0, value)).sum())


def _newton(problem: Problem, prices: Floats, highest: Floats, tau: float) -> Floats:
    """The prices with the lowest smoothed D, from ``prices`` on."""
    paid = problem.spend[problem.spend > 0]
    unit = np.append(1.0 / paid.mean() if len(paid) else 1.0, np.ones(problem.offers))  # of x: each then moves v about as much
    limited = np.isfinite(problem.limits)
    unit = unit[limited]
    x = prices[limited] / unit
    high = highest[limited] / unit
    smooth = _Smooth(problem, limited, unit)
    value, gradient, hessian = smooth.at(x, tau)
    radius = _WIDE * tau
    for _ in range(_STEPS):
        low, up = np.maximum(-x, -radius), np.minimum(high - x, radius)
        if not gradient.any():
            break
        ridge = 1e-10 * max(float(np.trace(hessian)), np.abs(gradient).max() / radius)
        step = lowest_in_box(hessian + ridge * np.eye(len(x)), gradient, low, np.maximum(up, 0.0))
        hoped = -float(gradient @ step + step @ hessian @ step / 2)
        size = float(np.abs(step).max())
        if hoped <= _ENOUGH * tau * min(1.0, (size < 0.99 * radius) + 0.001) + 1e-16 * abs(value):
            break
        after = smooth.at(x + step, tau)
        fell = (value - after[0]) / hoped
        if fell > 0.1:
            x = x + step
            value, gradient, hessian = after
        if fell < 0.25:
            radius = 0.25 * size
        elif fell > 0.75 and size > 0.99 * radius:
            radius *= 3
    new = np.zeros_like(prices)
    new[limited] = x * unit
    return new


def _highest(problem: Problem) -> Floats:
    """Prices (1 + J,) above which nobody chooses what they are for."""
    usable = problem.profit > 0
    paid = usable & (problem.spend > 0)
    rate = np.divide(problem.profit, problem.spend, out=np.zeros_like(problem.profit), where=paid)
    most = np.where(usable, problem.profit, 0.0).max(axis=1, initial=0.0)
    return 1.01 * np.append(rate.max(initial=0.0), most)


class _Smooth:
    """The smoothed D of a problem, as a function of x: the prices of what is ``limited``, each in its ``unit``."""

    def __init__(self, problem: Problem, limited: npt.NDArray[np.bool_], unit: Floats) -> None:
        self.profit = problem.profit.ravel()
        self.shape = problem.profit.shape
        use = np.zeros((1 + problem.offers, *self.shape))
        use[0] = problem.spend
        use[np.arange(1, 1 + problem.offers), np.arange(problem.offers)] = 1.0
        self.use = (use[limited] * unit[:, None, None]).reshape(len(unit), -1)  # of each limit, by offer and customer
        self.limits = problem.limits[limited] * unit

    def at(self, x: Floats, tau: float) -> tuple[float, Floats, Floats]:
        """The value, money; the gradient (d,) and the Hessian (d, d)."""
        v = ((self.profit - x @ self.use) / tau).reshape(self.shape)
        top = np.maximum(v.max(axis=0), 0.0)
        v -= top
        share = np.exp(v, out=v)  # how much each offer is chosen
        total = share.sum(axis=0)
        total += np.exp(-top)
        share /= total
        used = self.use * share.ravel()
        mean = used.reshape(len(x), *self.shape).sum(axis=1)
        value = float(self.limits @ x + tau * (top + np.log(total)).sum())
        return value, self.limits - mean.sum(axis=1), (used @ self.use.T - mean @ mean.T) / tau
