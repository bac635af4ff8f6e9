"""The exact sweep: every threshold that contacts other customers than the next one does.

Sorted by score once, O(n log n). Candidates are the empty campaign and the end of each group of equal scores: a tie is
never split. What is cumulated does not depend on the campaign, so moving a slider re-sorts nothing.

Without an incentive and without backfire a slider costs even less than a pass over the customers: the best
threshold is found on a ``Hull``, and the customers worth a contact in a ``Ranking``.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from churn_core.campaign.after_save import clv_multiples, value_terms
from churn_core.campaign.economics import STAYS, Campaign, expected_profit, expected_spend
from churn_core.campaign.hull import Hull
from churn_core.campaign.ranking import Ranking
from churn_core.campaign.totals import Totals


@dataclass(frozen=True, kw_only=True, eq=False)
class Sweep:
    """Customers (n,) in falling order of score, and with them all single-threshold campaigns.

    ``leaving`` is the probability that each leaves, the score itself or what happened (0/1); ``value`` the monthly charge
    (``per_value``) or the CLV. The k + 1 candidates, from the empty campaign to everybody, are positions in ``threshold``.
    ``tenure`` in months, where it is known, and the score, which then is the churn probability, say how long each stays after a save.
    ``revalued``: valued anew for each horizon, so that sorting them by what they are worth would cost more than it saves.
    """

    score: npt.NDArray[np.float64]
    leaving: npt.NDArray[np.float64]
    value: npt.NDArray[np.float64]
    per_value: bool
    tenure: npt.NDArray[np.float64] | None = None
    revalued: bool = False

    def valued(self, campaign: Campaign) -> "Sweep":
        """The same customers, valued so that one multiple serves all of them: as they are where a saved customer stays, else by
        their lifetime values under this campaign. Made once for all campaigns by which a save is worth the same.
        """
        if not self.per_value or campaign.after_save == STAYS:
            return self
        terms = value_terms(campaign)
        if terms not in self._valued:
            self._valued.clear()  # the last one is what a slider of cost or success rate asks for again and again
            self._valued[terms] = self.valued_once(campaign)
            self._valued[terms].__dict__["contacted"] = self.contacted
        return self._valued[terms]

    def valued_once(self, campaign: Campaign) -> "Sweep":
        """The same customers by their lifetime values under this campaign, for a single question: nothing is made for the next."""
        return replace(self, value=self.clv(campaign), per_value=False, tenure=None, revalued=True)

    @cached_property
    def _valued(self) -> "dict[tuple[object, ...], Sweep]":
        return {}

    def some(self, which: slice | npt.NDArray[np.intp]) -> "Sweep":
        """The sweep over some of the customers, at rising positions: they stay in order, so nothing is sorted again."""
        score = self.score[which]
        leaving = score if self.expected else self.leaving[which]
        tenure = None if self.tenure is None else self.tenure[which]
        return replace(self, score=score, leaving=leaving, value=self.value[which], tenure=tenure)

    @property
    def expected(self) -> bool:
        """Whether profits are expected ones; realised ones otherwise."""
        return self.leaving is self.score

    @cached_property
    def contacted(self) -> npt.NDArray[np.signedinteger]:
        """How many customers each candidate contacts: those with a score of at least its threshold; (k + 1,)."""
        n = len(self.score)
        ends = np.flatnonzero(np.append(self.score[1:] != self.score[:-1], True)) if n else np.array([], dtype=int)
        return np.append(0, ends + 1).astype(np.int32 if n < 2**31 else np.int64)

    @property
    def threshold(self) -> npt.NDArray[np.float64]:
        """The lowest contacted score of each candidate (k + 1,); ``inf`` for the empty campaign."""
        return np.append(np.inf, self.score[self.contacted[1:] - 1])

    def totals(self, at: npt.NDArray[np.intp] | None = None) -> Totals[npt.NDArray[Any]]:
        """The sums of every candidate, or of those at the positions ``at``, the first of them 0; one pass over the customers."""
        ends = self.contacted if at is None else self.contacted[at]
        leaving = np.cumsum(self.leaving)
        return Totals(
            contacted=ends,
            leaving=_at_ends(leaving, ends),
            value=_at_ends(np.cumsum(self.value), ends),
            value_leaving=_at_ends(np.cumsum(self.leaving * self.value), ends),
            per_value=self.per_value,
        )

    def first(self, n: int) -> Totals[float]:
        """The sums over the ``n`` customers with the highest scores; added in the same order as in ``totals``."""
        p, v = self.leaving[:n], self.value[:n]
        sums = [float(np.cumsum(part)[-1]) if n else 0.0 for part in (p, v, p * v)]
        return Totals(contacted=n, leaving=sums[0], value=sums[1], value_leaving=sums[2], per_value=self.per_value)

    def clv(self, campaign: Campaign) -> npt.NDArray[np.float64]:
        """The lifetime value of each customer (n,); money."""
        return clv_multiples(campaign, self.score, self.tenure) * self.value if self.per_value else self.value

    def expected_profit(self, campaign: Campaign) -> npt.NDArray[np.float64]:
        """Π of each candidate (k + 1,); money, 0 for the empty campaign."""
        return self._cumulated(expected_profit(self.leaving, self.clv(campaign), campaign), -campaign.fixed_cost)

    def expected_spend(self, campaign: Campaign) -> npt.NDArray[np.float64]:
        """C of each candidate (k + 1,); money, 0 for the empty campaign."""
        return self._cumulated(expected_spend(self.leaving, campaign), campaign.fixed_cost)

    def _cumulated(self, of_each: npt.NDArray[np.float64], if_anyone: float) -> npt.NDArray[np.float64]:
        sums = _at_ends(np.cumsum(of_each), self.contacted)
        sums[1:] += if_anyone
        return sums

    @cached_property
    def gain(self) -> npt.NDArray[np.float64]:
        """p·v of each customer (n,)."""
        return self.leaving * self.value

    @cached_property
    def value_leaving(self) -> npt.NDArray[np.float64]:
        """Σpv of each candidate (k + 1,)."""
        return _at_ends(np.cumsum(self.gain), self.contacted)

    @cached_property
    def hull(self) -> Hull:
        """The candidates that are best for some cost; made once."""
        return Hull.of(self.threshold, self.totals(), self.gain)

    @cached_property
    def ranking(self) -> Ranking:
        """The customers by p·v; made once."""
        return Ranking.of(self.gain)

    @cached_property
    def _thinned(self) -> dict[int, tuple[npt.NDArray[np.float64], Totals[npt.NDArray[Any]]]]:
        return {}

    def thinned(self, points: int) -> tuple[npt.NDArray[np.float64], Totals[npt.NDArray[Any]]]:
        """The thresholds and the sums of about so many candidates, evenly spaced in customers; both ends among them."""
        if points not in self._thinned:
            wanted = np.linspace(0, self.contacted[-1], points)
            at = np.union1d(np.searchsorted(self.contacted, wanted), [0, len(self.contacted) - 1])
            self._thinned[points] = self.threshold[at], self.totals(at)
        return self._thinned[points]


def _at_ends(cumulated: npt.NDArray[np.float64], ends: npt.NDArray[np.signedinteger]) -> npt.NDArray[np.float64]:
    """The cumulated sum over the first ``ends`` customers; the first of ``ends`` is 0, and so is its sum."""
    sums = np.empty(len(ends))
    sums[0] = 0.0
    sums[1:] = cumulated if len(ends) == len(cumulated) + 1 else cumulated[ends[1:] - 1]
    return sums


def sweep(
    score: npt.ArrayLike,
    *,
    monthly_charge: npt.ArrayLike | None = None,
    clv: npt.ArrayLike | None = None,
    leaving: npt.ArrayLike | None = None,
    tenure: npt.ArrayLike | None = None,
) -> Sweep:
    """Sort once. ``score`` (n,) ranks the customers; exactly one of ``monthly_charge`` and ``clv`` (n,) values them.

    ``leaving`` (n,) is the probability that each leaves, by default the score itself; what happened (0/1) makes
    the sweep a back-test. ``tenure`` (n,), months: how long each has been there, for campaigns that ask that.

    >>> s = sweep([0.9, 0.5, 0.5, 0.5, 0.2], clv=100.0, leaving=[1, 1, 0, 0, 0])
    >>> s.contacted.tolist(), s.expected_profit(Campaign(retention_cost=10, success_rate=0.5)).tolist()
    ([0, 1, 4, 5], [0.0, 40.0, 60.0, 50.0])
    """
    values = clv if monthly_charge is None else monthly_charge
    if values is None or (monthly_charge is not None and clv is not None):
        raise TypeError("sweep takes either monthly_charge or clv")
    scores = np.asarray(score, dtype=float)
    value = np.broadcast_to(np.asarray(values, dtype=float), scores.shape)
    # Ties are put into a fixed order, so that the sums do not depend on the order of the rows, not even in the
    # last digit.
    age = None if tenure is None else np.asarray(tenure, dtype=float)
    keys = (value,) if age is None else (age, value)
    if leaving is None:
        order = np.lexsort((*keys, -scores))
        ranked = happened = scores[order]
    else:
        outcome = np.asarray(leaving, dtype=float)
        order = np.lexsort((*keys, outcome, -scores))
        ranked, happened = scores[order], outcome[order]
    in_order = None if age is None else age[order]
    return Sweep(score=ranked, leaving=happened, value=value[order], per_value=clv is None, tenure=in_order)
