"""The exact sweep: every threshold that makes a difference, none that does not.

Sorted by score once, O(n log n). Candidates are the empty campaign and the end of each group of equal scores:
a tie is never split. What is cumulated does not depend on cost, success rate or CLV horizon, so moving a slider
re-sorts nothing and costs O(distinct scores).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from churn_core.campaign.economics import Campaign


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """All single-threshold campaigns over one set of customers, from the empty one to everybody; k + 1 of them.

    - ``threshold``: the lowest contacted score; ``inf`` for the empty campaign
    - ``contacted``: number of customers with a score of at least the threshold
    - ``value_leaving``: Σ p·v over the contacted, v being the monthly charge or the CLV
    - ``per_value``: True where v is the monthly charge, so that CLV = clv_multiple · v; False where v is the CLV
    """

    threshold: np.ndarray
    contacted: np.ndarray
    value_leaving: np.ndarray
    per_value: bool

    def expected_spend(self, campaign: Campaign) -> np.ndarray:
        """C = c·n of each candidate; money."""
        return campaign.retention_cost * self.contacted

    def expected_profit(self, campaign: Campaign) -> np.ndarray:
        """Π = γ·Σ p·V − c·n of each candidate; money."""
        clv_per_value = campaign.clv_multiple if self.per_value else 1.0
        return campaign.success_rate * clv_per_value * self.value_leaving - self.expected_spend(campaign)


def sweep(score, *, monthly_charge=None, clv=None, leaving=None) -> Sweep:
    """Sort once. ``score`` (n,) ranks the customers; exactly one of ``monthly_charge`` and ``clv`` (n,) values them.

    ``leaving`` (n,) is the probability that each leaves, by default the score itself; what happened (0/1) makes
    the sweep a back-test.

    >>> s = sweep([0.9, 0.5, 0.5, 0.5, 0.2], clv=100.0, leaving=[1, 1, 0, 0, 0])
    >>> s.contacted, s.expected_profit(Campaign(retention_cost=10, success_rate=0.5))
    (array([0, 1, 4, 5]), array([ 0., 40., 60., 50.]))
    """
    if (monthly_charge is None) == (clv is None):
        raise TypeError("sweep takes either monthly_charge or clv")
    score = np.asarray(score, dtype=float)
    value = np.broadcast_to(np.asarray(clv if monthly_charge is None else monthly_charge, dtype=float), score.shape)
    leaving = score if leaving is None else np.asarray(leaving, dtype=float)
    # Ties are put into a fixed order, so that the sums do not depend on the order of the rows, not even in the
    # last digit.
    order = np.lexsort((leaving * value, -score))
    ranked = score[order]
    group_ends = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True)) if len(ranked) else np.array([], dtype=int)
    return Sweep(
        threshold=np.append(np.inf, ranked[group_ends]),
        contacted=np.append(0, group_ends + 1),
        value_leaving=np.append(0.0, np.cumsum((leaving * value)[order])[group_ends]),
        per_value=clv is None,
    )


def profit_curve(swept: Sweep, campaign: Campaign, points: int | None = None) -> pd.DataFrame:
    """The money of every candidate, the empty campaign first.

    Columns: ``threshold`` (NaN for the empty campaign), ``contacted``, ``expected_profit``, ``expected_spend``
    (money), ``roi`` (NaN where nothing is spent). ``points`` thins it for drawing: about so many rows, evenly
    spaced in customers contacted, with both ends and the most profitable row always among them.
    """
    profit, spend = swept.expected_profit(campaign), swept.expected_spend(campaign)
    curve = pd.DataFrame(
        {
            "threshold": np.where(np.isinf(swept.threshold), np.nan, swept.threshold),
            "contacted": swept.contacted,
            "expected_profit": profit,
            "expected_spend": spend,
            "roi": np.divide(profit, spend, out=np.full(len(profit), np.nan), where=spend > 0),
        }
    )
    if points is None or len(curve) <= points:
        return curve
    wanted = np.searchsorted(swept.contacted, np.linspace(0, swept.contacted[-1], points))
    return curve.iloc[np.union1d(wanted, int(np.argmax(profit)))].reset_index(drop=True)
