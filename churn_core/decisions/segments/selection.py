"""From rules to few and different proposals: each next is judged by the customers that none before it holds."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from churn_core.decisions.segments.conditions import Condition, Mask
from churn_core.decisions.segments.search import Rule, Search
from churn_core.decisions.segments.statistics import Tally, fisher
from churn_core.jobs import Report

HIGH, LOW = 1, -1  # the side of a segment: its customers leave more often, or more seldom
SLOTS = {HIGH: 4, LOW: 2}  # proposals at most; our choice: as many as a page shows
CHANCE = 0.05  # that any segment is told though none differs
_FAMILIES = 2  # whose conditions are searched by themselves first
_LIFT = 1.3  # the churn rate of a segment by that of all, at least; of those who leave seldom the other way round
_FRESH = 0.5  # share of a segment's customers that no other holds, at least
_ALIKE = 0.4  # customers that two segments share by those that either has (Jaccard), at most


@dataclass(frozen=True, kw_only=True, eq=False)
class Proposal:
    """The ``conditions`` of a segment, and the churn rate that the search found, 0–1."""

    side: int
    conditions: tuple[Condition, ...]
    rate: float


def select(search: Search, report: Report) -> tuple[list[Proposal], int]:
    """At most four proposals whose customers leave more often and two whose customers leave more seldom, and how many rules were
    tried. Chance alone brings each with 5 % / 6 at most (Fisher, Bonferroni over the rules of its search).
    """
    left, weight = search.left, search.weight
    base = Tally.of(np.ones(len(left), dtype=bool), left, weight).rate
    chosen: list[Proposal] = []
    tried, places = 0, sum(SLOTS.values())
    family = search.candidates.family
    held = [number for number in range(_FAMILIES) if (family == number).any()]
    for side, slots in SLOTS.items():
        before, still = list[Mask](), search
        for slot in ([*held, *[-1] * slots] if side == HIGH else [-1] * slots)[:slots]:
            report("Looking for segments", (len(chosen) + 1) / (places + 1))
            allowed = np.flatnonzero(family == slot) if slot >= 0 else np.arange(len(family))
            found = still.best(side, allowed)
            tried += found.tried
            for rule in found.rules:
                members = members_of(rule, search.candidates.members)
                if _is_good(members, side, base, still, before, found.tried * places):
                    chosen.append(
                        Proposal(
                            side=side,
                            conditions=_in_order(rule, search),
                            rate=Tally.of(members, left, weight).rate,
                        )
                    )
                    before, still = [*before, members], still.without(members)
                    break
    return chosen, tried


def members_of(rule: Rule, members: npt.NDArray[np.bool_]) -> Mask:
    """Who meets every condition of the rule (n,)."""
    return np.asarray(np.logical_and.reduce(members[list(rule)]), dtype=bool)


def _in_order(rule: Rule, search: Search) -> tuple[Condition, ...]:
    """The conditions of the rule, those of fewest columns first: a long one reads best at the end."""
    conditions = [search.candidates.conditions[at] for at in rule]
    return tuple(sorted(conditions, key=lambda condition: len(condition.columns)))


def _is_good(members: Mask, side: int, base: float, search: Search, before: list[Mask], tried: int) -> bool:
    """Whether a rule is far enough from all, new enough, and no child of chance."""
    left, weight, open_ = search.left, search.weight, search.open_
    rate, new = Tally.of(members, left, weight).rate, members & open_
    if not (rate >= _LIFT * base if side == HIGH else rate <= base / _LIFT):
        return False
    if new.sum() < _FRESH * members.sum() or any((members & o).sum() > _ALIKE * (members | o).sum() for o in before):
        return False
    inside, outside = (Tally.of(group, left, weight) for group in (new, open_ & ~members))
    return tried * fisher(inside, outside, side) <= CHANCE
