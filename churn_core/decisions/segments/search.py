"""The search: rules of one to three conditions whose customers leave far more often, or more seldom, than the others."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from churn_core.decisions.segments.candidates import Candidates
from churn_core.decisions.segments.counting import Counter, Counts, Sums

Rule = tuple[int, ...]  # positions of conditions, rising
POWER = 0.3  # of a segment's share in its score: twice the customers count as much as 1.23 times the distance
GAIN = 1.04  # by which a longer rule has to beat those it is made of
BEAM = 120  # rules of two conditions to which a third is added
LONGEST = 3  # conditions; our choice: what a person keeps in mind
_NEVER = -np.inf


@dataclass(frozen=True, kw_only=True, eq=False)
class Found:
    """``rules``, the best first; ``tried``: how many were looked at."""

    rules: tuple[Rule, ...]
    tried: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Search:
    """Of ``candidates`` among searched customers, the sums of every two of them together, and the fewest customers of a rule."""

    candidates: Candidates
    counter: Counter
    pairs: Sums
    least: int

    @classmethod
    def of(cls, candidates: Candidates, counter: Counter, least: int) -> "Search":
        """The sums are counted once; each part that is taken away later costs its own customers alone."""
        everybody = np.ones(candidates.members.shape[1], dtype=bool)
        pairs = counter.together(candidates.members, candidates.members, everybody)
        return cls(candidates=candidates, counter=counter, pairs=pairs, least=least)

    def without(self, rows: npt.NDArray[np.bool_]) -> "Search":
        """The same search without the customers of ``rows``."""
        members = self.candidates.members
        return Search(
            candidates=self.candidates,
            counter=self.counter,
            pairs=self.pairs.without(self.counter.together(members, members, rows)),
            least=self.least,
        )

    def best(self, side: int, open_: npt.NDArray[np.bool_], allowed: npt.NDArray[np.intp]) -> Found:
        """The best rules of the ``allowed`` conditions among the customers that are ``open_`` (n,), which ``pairs`` are about.

        ``side`` 1: who leave more often; −1: more seldom. The score is side · (rate − rate of all who are open) · share^0.3.
        """
        everybody = self.counter.of(open_[None, :])
        pairs = Sums(
            customers=self.pairs.customers[np.ix_(allowed, allowed)],
            standing=self.pairs.standing[np.ix_(allowed, allowed)],
            left=self.pairs.left[np.ix_(allowed, allowed)],
        )
        columns = [self.candidates.conditions[at].columns for at in allowed]
        apart = np.array([[not a & b for b in columns] for a in columns], dtype=bool).reshape(len(allowed), len(allowed))
        score = self._score(pairs, everybody, side)
        single = score.diagonal().copy()
        pool: dict[Rule, float] = {(at,): float(single[at]) for at in range(len(allowed))}
        better = score > np.maximum(np.maximum.outer(single, single), 0) * GAIN
        two: dict[Rule, float] = {(i, j): float(score[i, j]) for i, j in np.argwhere(np.triu(better & apart, 1)).tolist()}
        level = self._first(two)
        pool |= level
        tried = len(allowed) + int(np.triu(apart, 1).sum())
        if level:
            rules = list(level)
            members = self.candidates.members[allowed]
            rows = np.array([members[i] & members[j] for i, j in rules])
            score = self._score(self.counter.together(rows, members, open_), everybody, side)
            apart = np.array([apart[i] & apart[j] for i, j in rules])
            tried += int(apart.sum())
            better = apart & (score > np.maximum([[level[rule]] for rule in rules], 0) * GAIN)
            three: dict[Rule, float] = {
                tuple(sorted((*rules[r], j))): float(score[r, j]) for r, j in np.argwhere(better).tolist()
            }
            pool |= self._first(three)
        ordered = sorted(pool, key=lambda rule: (-pool[rule] / GAIN ** (len(rule) - 1), len(rule), rule))
        positive = [rule for rule in ordered if pool[rule] > 0]
        return Found(rules=tuple(tuple(int(allowed[at]) for at in rule) for rule in positive), tried=tried)

    def _score(self, sums: Sums, everybody: Sums, side: int) -> Counts:
        all_, base = everybody.standing, everybody.left / np.maximum(everybody.standing, 1e-12)
        with np.errstate(divide="ignore", invalid="ignore"):
            score = side * (sums.left / sums.standing - base) * (sums.standing / all_) ** POWER
        enough = (sums.customers >= self.least) & (everybody.customers - sums.customers >= self.least) & (sums.standing > 0)
        return np.where(enough, score, _NEVER)

    @staticmethod
    def _first(rules: dict[Rule, float]) -> dict[Rule, float]:
        return dict(sorted(rules.items(), key=lambda each: (-each[1], each[0]))[:BEAM])
