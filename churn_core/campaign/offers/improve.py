"""A better assignment by changing one or two customers at a time: what is left of a budget is used up in small steps."""

import numpy as np

from churn_core.campaign.offers.prices import Choices
from churn_core.campaign.offers.problem import Floats, Positions, Problem

_NEAR = 1000  # customers of least regret who may change; our choice
_CHANGES = 400  # changes of least regret that are tried in pairs; our choice: a step takes about a millisecond
_STEPS = 100  # at most; our choice


def improved(problem: Problem, prices: Floats, chosen: Choices, offer: Positions) -> Positions:
    """The assignment (n,) after the best changes that fit, each of one customer or two, until none earns more.

    ``chosen``: the choices at the ``prices``. Two who change together may exchange places of an offer that is full, or a
    cheap one for a dear one.
    """
    customers = np.sort(np.argsort(chosen.regret, kind="stable")[:_NEAR])
    part = problem.part(customers, problem.allowed - problem.used(offer))
    m, left = len(customers), part.limits
    u, e = np.vstack([np.zeros(m), part.profit]), np.vstack([np.zeros(m), part.spend])
    value = u - prices[0] * e - np.append(0.0, prices[1:])[:, None]
    now = offer[customers] + 1
    everybody = np.arange(m)
    rows = np.arange(1 + part.offers)
    for _ in range(_STEPS):
        lost = value[now, everybody] - value
        lost[now, everybody] = np.inf
        to, who = _tried(lost, u, e, now)
        come, who = now[who], np.append(who, -1)  # the last one is no change
        more = np.append(u[to, who[:-1]] - u[come, who[:-1]], 0.0)
        cost = np.append(e[to, who[:-1]] - e[come, who[:-1]], 0.0)
        come, to = np.append(come, 0), np.append(to, 0)
        kind, each = np.unique(come * len(rows) + to, return_inverse=True)
        use = np.equal(kind % len(rows), rows[1:, None]).astype(int) - np.equal(kind // len(rows), rows[1:, None])
        fits = (use[:, :, None] + use[:, None, :] <= left[1:, None, None]).all(axis=0)
        gain = more[:, None] + more
        gain[~(fits[each][:, each] & (cost[:, None] + cost <= left[0]) & (who[:, None] != who))] = 0.0
        gain[-1, -1] = 0.0
        first, second = np.unravel_index(int(gain.argmax()), gain.shape)
        if gain[first, second] <= 1e-12 * max(1.0, abs(more).max()):
            break
        for change in (first, second):
            left[0] -= cost[change]
            left[1:] -= use[:, each[change]]
            if who[change] >= 0:
                now[who[change]] = to[change]
    better = offer.copy()
    better[customers] = now - 1
    return better


def _tried(lost: Floats, u: Floats, e: Floats, now: Positions) -> tuple[Positions, Positions]:
    """The changes of least regret, as the choice and the customer of each: of those that are alike two, as only two change at once."""
    order = np.argsort(lost, axis=None, kind="stable")
    to, who = np.unravel_index(order[np.isfinite(lost.ravel()[order])], lost.shape)
    alike = np.stack([lost[to, who], u[to, who], e[to, who], u[now[who], who], e[now[who], who], now[who], to])
    by_kind = np.lexsort(alike)
    new = np.append(True, (np.diff(alike[:, by_kind]) != 0).any(axis=0))
    first = np.maximum.accumulate(np.where(new, np.arange(len(new)), 0))
    kept = np.sort(by_kind[np.arange(len(new)) - first < 2])[:_CHANGES]
    return to[kept], who[kept]
