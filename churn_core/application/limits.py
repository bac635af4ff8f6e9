"""Whether what a published campaign decided keeps to its limits: as a sentence, and as JSON."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from churn_core.campaign.objective import Objective
from churn_core.campaign.plan import PER_CUSTOMER
from churn_core.decisions.published_limits import Limited, has_limits
from churn_core.formats import as_set, count, percent
from churn_core.storage.publications import Decision


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The limits of a published campaign, beside a list that it decided.

    ``expected_profit`` and ``expected_spend`` (money) are those of the list, fixed cost included; ``limited`` is what the limits
    changed of contacting everybody from the threshold up, as ``from_threshold_up`` says it.
    """

    decision: Decision
    expected_profit: float
    expected_spend: float
    limited: Limited | None = None

    @property
    def kept(self) -> bool:
        """Whether the list spends no more and brings no less than the campaign asks for."""
        return _within(self.decision.plan.objective, self.expected_profit, self.expected_spend)

    def in_words(self, money: Callable[[float], str] = count) -> str:
        """What the limits changed, or that the list is beyond them; empty where everybody from the threshold up is within them,
        and where no threshold is published. ``money`` writes an amount.
        """
        threshold, objective = self.decision.threshold, self.decision.plan.objective
        if threshold is None:
            return ""
        if self.limited is not None:
            forbidden = self.limited.forbidden
            told = _beside(forbidden.expected_profit, forbidden.expected_spend, objective, money)
            return f"Contacting everybody from {percent(threshold)} up would {told}. {self._instead(self.limited)}."
        if self.kept:
            return ""
        told = _beside(self.expected_profit, self.expected_spend, objective, money)
        what = (
            "Everybody gets the best offer"
            if self.decision.plan.offers
            else f"Everybody from {percent(threshold)} up is contacted"
        )
        return f"{what}, whatever the limits: the list is expected to {told}."

    def _instead(self, limited: Limited) -> str:
        if limited.cut is not None:
            return f"So only those from {percent(limited.cut)} up are contacted"
        if self.decision.plan.rule == PER_CUSTOMER and self.expected_spend > 0:
            return "So only those of them are contacted who earn most within the limits"
        return "So nobody is contacted"

    def as_dict(self) -> dict[str, Any] | None:
        """As JSON, with the keys of CONTRACT.md; ``None`` where the campaign has no limits."""
        objective, limited = self.decision.plan.objective, self.limited
        if self.decision.threshold is None or not has_limits(objective):
            return None
        return {
            "budget": objective.budget,
            "min_roi": objective.min_roi,
            "kept": self.kept,
            "cut": limited.cut if limited else None,
            "from_threshold": {
                "contacted": limited.forbidden.contacted,
                "expected_profit": limited.forbidden.expected_profit,
                "expected_spend": limited.forbidden.expected_spend,
                "roi": limited.forbidden.roi,
            }
            if limited
            else None,
        }


def _within(objective: Objective, profit: float, spend: float) -> bool:
    return bool(objective.allows(np.asarray(profit), spend))


def _beside(profit: float, spend: float, objective: Objective, money: Callable[[float], str]) -> str:
    """What a list comes to beside each limit that it breaks."""
    broken = []
    if not _within(Objective(budget=objective.budget), profit, spend) and objective.budget is not None:
        broken.append(f"spend {money(spend)} against a published budget of {money(objective.budget)}")
    if not _within(Objective(min_roi=objective.min_roi), profit, spend) and objective.min_roi is not None:
        least = as_set(objective.min_roi)
        broken.append(f"bring an ROI of {percent(profit / spend, 0)} against a published least ROI of {least}")
    return " and ".join(broken)
