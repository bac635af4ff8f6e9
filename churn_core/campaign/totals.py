"""Sums over the customers whom a campaign contacts: all that its profit, its spend and its ROI are worked out from."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar, overload

import numpy as np
import numpy.typing as npt

from churn_core.campaign.economics import Campaign

Sums = TypeVar("Sums", float, npt.NDArray[Any])  # of one campaign, or of many: counts and sums of floats


@dataclass(frozen=True, kw_only=True, eq=False)
class Totals(Generic[Sums]):
    """Sums over the contacted customers of one campaign, or of many at once: scalars, or arrays of one shape.

    - ``contacted`` n, ``leaving`` Σp, ``value`` Σv, ``value_leaving`` Σpv: v is the monthly charge or the CLV
    - ``per_value``: True where v is the monthly charge, so that V = clv_multiple · v; False where v is the CLV
    """

    contacted: Sums
    leaving: Sums
    value: Sums
    value_leaving: Sums
    per_value: bool

    @overload
    def at(self: "Totals[npt.NDArray[Any]]", k: int) -> "Totals[float]": ...
    @overload
    def at(self: "Totals[npt.NDArray[Any]]", k: slice | npt.NDArray[np.integer]) -> "Totals[npt.NDArray[Any]]": ...
    def at(self: "Totals[npt.NDArray[Any]]", k: Any) -> "Totals[Any]":
        """The sums of the campaigns at the positions ``k`` only."""
        of = (self.contacted[k], self.leaving[k], self.value[k], self.value_leaving[k])
        return Totals(contacted=of[0], leaving=of[1], value=of[2], value_leaving=of[3], per_value=self.per_value)

    def clv_per_value(self, campaign: Campaign) -> float:
        """V/v: ``clv_multiple`` in months where v is the monthly charge, 1 where it is the CLV."""
        return campaign.clv_multiple if self.per_value else 1.0

    def saved_value(self, campaign: Campaign) -> Sums:
        """Σp·(V − d): what the contacts would keep if every one of them succeeded, ∂Π/∂γ; money."""
        saved = self.clv_per_value(campaign) * self.value_leaving
        return saved - campaign.incentive * self.leaving if campaign.incentive else saved

    def lost_on_stayers(self, campaign: Campaign) -> Sums:
        """κ·Σ(1−p)·d + s·Σ(1−p)·V: incentives that stayers take, and stayers lost because of the contact; money."""
        lost: Sums = campaign.incentive_uptake * campaign.incentive * (self.contacted - self.leaving)
        if campaign.backfire_rate:
            stayers = self.clv_per_value(campaign) * (self.value - self.value_leaving)
            lost = lost + campaign.backfire_rate * stayers
        return lost

    def expected_profit(self, campaign: Campaign) -> Sums:
        """Π = γ·Σp(V−d) − κ·Σ(1−p)d − s·Σ(1−p)V − c·n − F; money, 0 for the empty campaign."""
        earned = campaign.success_rate * self.saved_value(campaign) - campaign.retention_cost * self.contacted
        if campaign.incentive or campaign.backfire_rate:
            earned = earned - self.lost_on_stayers(campaign)
        return earned - campaign.fixed_cost * (self.contacted > 0) if campaign.fixed_cost else earned

    def expected_spend(self, campaign: Campaign) -> Sums:
        """C = c·n + γ·d·Σp + κ·d·Σ(1−p) + F; money, 0 for the empty campaign."""
        spend = campaign.retention_cost * self.contacted
        if campaign.incentive:
            accepted = campaign.success_rate * self.leaving + campaign.incentive_uptake * (self.contacted - self.leaving)
            spend = spend + campaign.incentive * accepted
        return spend + campaign.fixed_cost * (self.contacted > 0) if campaign.fixed_cost else spend


def totals_of(leaving: npt.NDArray[np.float64], clv: npt.NDArray[np.float64]) -> Totals[float]:
    """The sums over the customers of one list, each with a chance of leaving (or 0/1) and a CLV; (n,) each."""
    return Totals(
        contacted=len(leaving),
        leaving=float(leaving.sum()),
        value=float(clv.sum()),
        value_leaving=float((leaving * clv).sum()),
        per_value=False,
    )
