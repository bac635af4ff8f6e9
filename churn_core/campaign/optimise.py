"""Whom to contact for the largest expected profit: by one threshold, and customer by customer."""

from dataclasses import dataclass

import numpy as np

from churn_core import settings
from churn_core.campaign.economics import Campaign, expected_profit, pays
from churn_core.campaign.sweep import Sweep


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one campaign does, against contacting nobody.

    ``threshold``: the lowest contacted score, ``None`` for an empty campaign or one that no threshold describes.
    ``roi``: profit ÷ spend, ``None`` where nothing is spent.
    """

    contacted: int
    expected_profit: float
    expected_spend: float
    threshold: float | None = None

    @property
    def roi(self) -> float | None:
        return self.expected_profit / self.expected_spend if self.expected_spend > 0 else None


def at_candidate(swept: Sweep, campaign: Campaign, k: int) -> Outcome:
    """The outcome of the ``k``-th candidate of the sweep, 0 being the empty campaign."""
    return Outcome(
        contacted=int(swept.contacted[k]),
        expected_profit=float(swept.expected_profit(campaign)[k]),
        expected_spend=float(swept.expected_spend(campaign)[k]),
        threshold=float(swept.threshold[k]) if k else None,
    )


def at_threshold(swept: Sweep, campaign: Campaign, threshold: float) -> Outcome:
    """The outcome of contacting everybody with a score of at least ``threshold``."""
    return at_candidate(swept, campaign, int(np.searchsorted(-swept.threshold, -threshold, side="right")) - 1)


def best_threshold(swept: Sweep, campaign: Campaign) -> Outcome:
    """The most profitable single threshold, exactly: no grid, no floor, no split tie.

    Of equal profits the smaller campaign; where no contact pays, the empty campaign.
    """
    return at_candidate(swept, campaign, int(np.argmax(swept.expected_profit(campaign))))


def contact_all(swept: Sweep, campaign: Campaign) -> Outcome:
    """The outcome of contacting every customer."""
    return at_candidate(swept, campaign, len(swept.contacted) - 1)


def plateau(swept: Sweep, campaign: Campaign) -> tuple[float, float] | None:
    """The lowest and the highest threshold around the best between which every one is within 1 % of the best profit;
    ``None`` if nothing pays.

    The optimal threshold is an arg max and has no normal error: everything on the plateau is as good.
    """
    profit = swept.expected_profit(campaign)
    best = int(np.argmax(profit))
    if profit[best] <= 0:
        return None
    worse = np.flatnonzero(profit < (1 - settings.PLATEAU_SHARE) * profit[best])
    first = worse[worse < best].max(initial=-1) + 1
    last = worse[worse > best].min(initial=len(profit)) - 1
    return float(swept.threshold[last]), float(swept.threshold[first])


def per_customer(churn_probability, clv, campaign: Campaign, leaving=None) -> Outcome:
    """Contact exactly the customers whose expected profit is above 0: the most that these probabilities can earn.

    ``leaving`` (0/1) reports the realised profit of the same decisions.

    >>> outcome = per_customer([0.6, 0.3, 0.2, 0.1], np.array([20, 400, 40, 1000]), Campaign(success_rate=0.5))
    >>> outcome.contacted, round(outcome.expected_profit, 2), round(outcome.roi, 2)
    (2, 90.0, 4.5)
    """
    earned = expected_profit(churn_probability, clv, campaign)
    contact = pays(earned)
    if leaving is not None:
        earned = expected_profit(leaving, clv, campaign)
    contacted = int(contact.sum())
    return Outcome(
        contacted=contacted,
        expected_profit=float(earned[contact].sum()),
        expected_spend=campaign.retention_cost * contacted,
    )
