"""Customers and offers of many kinds, and their best assignments by other ways: every one of them, or integer programming."""

from typing import NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, vstack

KINDS = ("any", "round", "ties", "rule", "equal")


class Instance(NamedTuple):
    """u and e (J, n), and the limits, as ``assign`` takes them."""

    profit: np.ndarray
    spend: np.ndarray
    budget: float | None
    capacity: list[int | None]
    fixed_cost: float = 0.0

    @property
    def limits(self):
        return {"budget": self.budget, "capacity": self.capacity, "fixed_cost": self.fixed_cost}


def instance(rng, n, offers, kind="any", budget=0.4, capacity=0.25, fixed_cost=0.0):
    """``round``: costs in whole money and no incentive; ``ties``: few different customers; ``rule``: offers for some only.

    ``budget``: share of what everybody's best offer would cost; ``capacity``: about the share of the customers who would get
    one that an offer has room for. ``None``: no limit.
    """
    p, clv = rng.beta(0.6, 1.6, n), rng.uniform(18, 119, n) * 12
    cost, rate = rng.uniform(4, 40, offers), rng.uniform(0.1, 0.5, offers)
    incentive = rng.uniform(0, 80, offers) * (rng.random(offers) < 0.7)
    uptake, backfire = rng.uniform(0.2, 1, offers), rng.uniform(0, 0.01, offers)
    if kind == "round":
        cost, incentive, backfire = np.round(cost), incentive * 0, backfire * 0
    if kind == "ties":
        p, clv = rng.integers(0, 11, n) / 10, rng.integers(1, 16, n) * 80.0
        cost, rate, incentive = np.round(cost), np.round(rate, 1), np.round(incentive, -1)
    if kind == "equal":
        p, clv = np.full(n, 0.4), np.full(n, 800.0)
    stays = 1 - p
    profit = np.array(
        [
            p * rate[j] * (clv - incentive[j]) - stays * (uptake[j] * incentive[j] + backfire[j] * clv) - cost[j]
            for j in range(offers)
        ]
    )
    spend = np.array([cost[j] + (p * rate[j] + stays * uptake[j]) * incentive[j] for j in range(offers)])
    if kind == "rule":
        profit[rng.random((offers, n)) < 0.3] = -np.inf
    best = profit.argmax(axis=0)
    worth = profit.max(axis=0) > 0
    dear = float(spend[best, np.arange(n)][worth].sum())
    places = [None if capacity is None else int(capacity * max(1, worth.sum()) * rng.uniform(0.5, 1.5)) for _ in range(offers)]
    return Instance(profit, spend, None if budget is None else budget * dear + fixed_cost, places, fixed_cost)


def totals(case, offer):
    """Profit and spend of who gets what (n,), fixed cost included, and how many get each offer; 0 where nobody does."""
    given = np.flatnonzero(np.asarray(offer) >= 0)
    if not len(given):
        return 0.0, 0.0, np.zeros(len(case.profit), int)
    taken = np.asarray(offer)[given]
    profit, spend = (case.profit[taken, given].sum(), case.spend[taken, given].sum())
    return profit - case.fixed_cost, spend + case.fixed_cost, np.bincount(taken, minlength=len(case.profit))


def enumerated(case):
    """The best profit, and the least spend that earns it, of every assignment there is."""
    offers, n = case.profit.shape
    profit, spend, used = np.zeros(1), np.zeros(1), np.zeros((1, offers), int)
    room = np.inf if case.budget is None else case.budget - case.fixed_cost + 1e-9 * max(1, case.budget)
    most = np.array([n if places is None else places for places in case.capacity])
    for i in range(n):
        pairs = [j for j in range(offers) if case.profit[j, i] > 0]
        profit = np.concatenate([profit] + [profit + case.profit[j, i] for j in pairs])
        spend = np.concatenate([spend] + [spend + case.spend[j, i] for j in pairs])
        used = np.concatenate([used] + [used + (np.arange(offers) == j) for j in pairs])
        fits = (spend <= room) & (used <= most).all(axis=1)
        profit, spend, used = profit[fits], spend[fits], used[fits]
    if not len(profit) or profit.max() <= case.fixed_cost * (1 + 1e-12):
        return 0.0, 0.0
    best = profit.max()
    return best - case.fixed_cost, spend[profit >= best - 1e-11 * max(1, best)].min() + case.fixed_cost


def by_integer_programming(case, seconds=60):
    """The best profit (without a fixed cost) that HiGHS finds, by default to the last bit it can prove."""
    offers, n = case.profit.shape
    j, i = np.nonzero(case.profit > 0)
    if not len(j):
        return 0.0
    u, e = case.profit[j, i], case.spend[j, i]
    pairs = np.arange(len(j))
    rows = [
        csr_array((np.ones(len(j)), (i, pairs)), shape=(n, len(j))),
        csr_array((np.ones(len(j)), (j, pairs)), shape=(offers, len(j))),
    ]
    most = [np.ones(n), np.array([n if places is None else places for places in case.capacity])]
    if case.budget is not None:
        rows.append(csr_array(e[None]))
        most.append(np.array([case.budget]))
    found = milp(
        -u,
        constraints=LinearConstraint(vstack(rows), -np.inf, np.concatenate(most)),
        integrality=np.ones(len(u)),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 0, "time_limit": seconds},
    )
    return 0.0 if found.x is None else float(u @ np.round(found.x))
