"""The search: rules of one to three conditions whose customers leave far more often, or more seldom, than the others."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from churn_core.decisions.segments.candidates import Candidates
from churn_core.decisions.segments.conditions import Mask
from churn_core.decisions.segments.counting import Counter, Counts, Sums

Rule = tuple[int, ...]  # positions of conditions, rising
POWER = 0.3  # of a segment's share in its score: twice the customers count as much as 1.23 times the distance
GAIN = 1.04  # by which a longer rule has to beat those it is made of
BEAM = 120  # rules of two conditions to which a third is added
_NEVER = -np.inf

Weight = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Found:
    """``rules``, the best first; ``tried``: how many were looked at."""

    rules: tuple[Rule, ...]
    tried: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Search:
    """``candidates`` among searched customers, who ``left`` (n,), for how many each stands, the fewest customers of a rule, and the
    customers of whom it is about still (n,) with the sums of every two conditions among them.
    """

    candidates: Candidates
    left: Mask
    weight: Weight | None
    least: int
    open_: Mask
    pairs: Sums

    @classmethod
    def of(cls, candidates: Candidates, left: Mask, weight: Weight | None, least: int) -> "Search":
        """Among all of them. The sums are counted once; what is taken away later costs its own customers alone."""
        everybody = np.ones(len(left), dtype=bool)
        pairs = _pairs(candidates, left, weight, everybody)
        return cls(candidates=candidates, left=left, weight=weight, least=least, open_=everybody, pairs=pairs)

    def without(self, members: Mask) -> "Search":
        """The same search without these customers."""
        gone = members & self.open_
        pairs = self.pairs.without(_pairs(self.candidates, self.left, self.weight, gone))
        return replace(self, open_=self.open_ & ~members, pairs=pairs)

    def best(self, side: int, allowed: npt.NDArray[np.intp]) -> Found:
        """The best rules of the ``allowed`` conditions among the customers that are open.

        ``side`` 1: who leave more often; −1: more seldom. The score is side · (rate − rate of all who are open) · share^0.3.
        """
        counter = _counter(self.left, self.weight, self.open_)
        everybody = counter.sums(counter.pack(np.ones((1, int(self.open_.sum())), dtype=bool)))
        apart = self._apart(allowed)
        score = self._score(self.pairs.at(allowed), everybody, side)
        single = score.diagonal()
        pool: dict[Rule, float] = {(at,): float(value) for at, value in enumerate(single)}
        better = apart & (score > np.maximum(np.maximum.outer(single, single), 0) * GAIN)
        level = _first({(i, j): float(score[i, j]) for i, j in np.argwhere(np.triu(better, 1)).tolist()})
        tried = len(allowed) + int(np.triu(apart, 1).sum())
        if level:
            pool |= level
            two = np.array(list(level))
            members = counter.pack(self.candidates.members[np.ix_(allowed, self.open_)])
            score = self._score(counter.together(members[two[:, 0]] & members[two[:, 1]], members), everybody, side)
            apart = apart[two[:, 0]] & apart[two[:, 1]]
            tried += int(apart.sum())
            better = apart & (score > np.maximum(np.array(list(level.values())), 0)[:, None] * GAIN)
            three = ((tuple(sorted((*two[r].tolist(), j))), float(score[r, j])) for r, j in np.argwhere(better).tolist())
            pool |= _first(dict(three))
        ordered = sorted(pool, key=lambda rule: (-pool[rule] / GAIN ** (len(rule) - 1), len(rule), rule))
        rules = (tuple(int(allowed[at]) for at in rule) for rule in ordered if pool[rule] > 0)
        return Found(rules=tuple(rules), tried=tried)

    def _apart(self, allowed: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
        """Whether two conditions speak of different columns (k, k)."""
        columns = [self.candidates.conditions[at].columns for at in allowed]
        apart = [[not one & other for other in columns] for one in columns]
        return np.array(apart, dtype=bool).reshape(len(allowed), len(allowed))

    def _score(self, sums: Sums, everybody: Sums, side: int) -> Counts:
        all_, base = everybody.standing, everybody.left / everybody.standing
        enough = (sums.customers >= self.least) & (everybody.customers - sums.customers >= self.least)
        standing = np.where(enough, sums.standing, 1.0)
        return np.where(enough, side * (sums.left / standing - base) * (standing / all_) ** POWER, _NEVER)


def _counter(left: Mask, weight: Weight | None, rows: Mask) -> Counter:
    return Counter.of(left[rows], None if weight is None else weight[rows])


def _pairs(candidates: Candidates, left: Mask, weight: Weight | None, rows: Mask) -> Sums:
    counter = _counter(left, weight, rows)
    return counter.pairs(counter.pack(candidates.members[:, rows]))


def _first(rules: dict[Rule, float]) -> dict[Rule, float]:
    """The best of the rules."""
    return dict(sorted(rules.items(), key=lambda each: (-each[1], each[0]))[:BEAM])
