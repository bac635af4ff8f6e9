"""What a finished campaign did: every estimate of LOOP.md §3–§7, and which of them is the headline."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from churn_core.campaign.economics import Campaign, expected_spend
from churn_core.campaign.forecast import Contacts, Forecast, forecast_of
from churn_core.campaign.offers.forecast import forecast_of_offers
from churn_core.campaign.uncertainty import Band
from churn_core.errors import DataError
from churn_core.experiment.adjust import Adjusted, Values, adjusted
from churn_core.experiment.backfire import SuccessAndBackfire, success_and_backfire
from churn_core.experiment.bridge import Bridge, bridge
from churn_core.experiment.by_tenth import Tenth, by_tenth
from churn_core.experiment.checks import FAR, Missing, SampleRatio, balance, missing, sample_ratio
from churn_core.experiment.reached import PerReached, per_reached
from churn_core.experiment.realised import FEWEST_LEAVERS, RealisedProfit, realised_profit
from churn_core.experiment.strata import RateEstimate, counts_by_stratum, mantel_haenszel
from churn_core.experiment.two_by_two import Counts, TwoByTwo, band_as_dict, times, two_by_two

MANTEL_HAENSZEL, TWO_BY_TWO = "mantel_haenszel", "two_by_two"


@dataclass(frozen=True, kw_only=True, eq=False)
class Finished:
    """All customers who were on the list when lots were drawn, (n,) each, and what became of them within the window.

    ``control`` by the draw; ``left`` 1, 0 or NaN where it is not known; ``stratum``, ``churn_probability`` and ``clv`` (money) of the
    draw, ``None`` where the list is not at hand; ``cost`` money, NaN where none was booked; ``reached`` 1, 0 or NaN. ``campaign``
    with what was assumed; ``share`` the planned share of the control group, ``None`` if only the user knows it.

    Of a campaign with several offers ``offer`` is the position of the one that was meant for the customer, in either arm, and
    ``offers`` are the campaigns of each. What is measured of the whole is the mixture of them, see ``per_offer``: its success rate
    differs with the risk, so that success and backfire cannot be told apart.
    """

    control: npt.NDArray[np.bool_]
    left: Values
    campaign: Campaign
    stratum: npt.NDArray[np.integer] | None = None
    churn_probability: Values | None = None
    clv: Values | None = None
    cost: Values | None = None
    reached: Values | None = None
    share: float | None = None
    offer: npt.NDArray[np.integer] | None = None
    offers: tuple[Campaign, ...] = ()

    @property
    def parts(self) -> list[tuple[npt.NDArray[np.bool_], Campaign]]:
        """The customers whom each offer is meant for, with the campaign of that offer; without several offers all of them."""
        if self.offer is None:
            return [(np.ones(len(self.control), dtype=bool), self.campaign)]
        return [(self.offer == j, campaign) for j, campaign in enumerate(self.offers)]

    def of_offer(self, which: npt.NDArray[np.bool_], campaign: Campaign) -> "Finished":
        """The customers whom one offer is meant for (n,), as a campaign of their own; its strata are numbered from 1."""

        def some(values: Values | None) -> Values | None:
            return None if values is None else values[which]

        strata = None if self.stratum is None else np.unique(self.stratum[which], return_inverse=True)[1] + 1
        return Finished(
            control=self.control[which],
            left=self.left[which],
            campaign=campaign,
            stratum=strata,
            churn_probability=some(self.churn_probability),
            clv=some(self.clv),
            cost=some(self.cost),
            reached=some(self.reached),
            share=self.share,
        )

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """Whose outcome is known (n,)."""
        return ~np.isnan(self.left)


@dataclass(frozen=True, kw_only=True)
class Cost:
    """``assumed``: treated customers whose cost nobody booked, for whom the plan's expected spend stands; ``on_control``: money that
    was spent on customers who were to be left alone, in no figure.
    """

    assumed: int
    on_control: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Measured:
    """A campaign's result. What is ``None`` is not defined or needs the list, and a sentence says so.

    ``headline``: the success rate by ``method``, net of backfire. ``effect``: Δ, and ``kept`` customers, both adjusted by the churn
    probability where there is one. ``expected``: what the plan promised of the treated. ``too_few``: fewer than 20 leavers in an
    arm, so that money cannot be told.
    """

    finished: Finished
    sample_ratio: SampleRatio | None
    sample_ratio_known: SampleRatio | None
    balance: float | None
    two_by_two: TwoByTwo
    stratified: RateEstimate | None
    adjusted: Adjusted | None
    by_tenth: list[Tenth]
    missing: Missing
    reached: PerReached | None
    backfire: SuccessAndBackfire | None
    realised: RealisedProfit | None
    cost: Cost
    expected: Forecast | None
    bridge: Bridge | None

    @property
    def method(self) -> str:
        return TWO_BY_TWO if self.stratified is None else MANTEL_HAENSZEL

    @property
    def headline(self) -> Band | None:
        """Fixed in advance: over the drawn strata, and two by two where that is not defined. Never chosen by the result."""
        return self.two_by_two.success_rate if self.stratified is None else self.stratified.success_rate

    @property
    def effect(self) -> Band:
        return self.two_by_two.reduction if self.adjusted is None else self.adjusted.reduction

    @property
    def kept(self) -> Band:
        return times(self.effect, self.two_by_two.counts.treated)

    @property
    def too_few(self) -> bool:
        counts = self.two_by_two.counts
        return min(counts.left_treated, counts.left_control) < FEWEST_LEAVERS

    @property
    def unbalanced(self) -> bool:
        return self.balance is not None and abs(self.balance) > FAR

    @property
    def methods_differ(self) -> bool:
        """Whether the stratified and the plain rate are more than a standard error apart."""
        plain = self.two_by_two.success_rate
        if self.stratified is None or plain is None:
            return False
        rate = self.stratified.success_rate.estimate
        return abs(plain.estimate - rate) > self.stratified.se_log * (1 - rate)

    def as_dict(self) -> dict[str, Any]:
        """As JSON values: CONTRACT.md, ``measure``."""
        rate, realised, expected = self.headline, self.realised, self.expected
        return {
            "sample_ratio": None if self.sample_ratio is None else {"p": self.sample_ratio.p_value},
            "two_by_two": self.two_by_two.counts.as_dict(),
            "success_rate": None if rate is None else {**(band_as_dict(rate) or {}), "method": self.method},
            "effect": band_as_dict(self.effect),
            "kept": band_as_dict(self.kept),
            "realised_profit": None if realised is None else band_as_dict(realised.profit),
            "expected": None if expected is None else band_as_dict(expected.range),
            "bridge": [] if self.bridge is None else [vars(step) for step in self.bridge.steps],
            "backfire_rate": None if self.backfire is None else band_as_dict(self.backfire.backfire_rate),
            "per_reached": None if self.reached is None else band_as_dict(self.reached.success_rate),
            "unknown": {"treated": self.missing.treated, "control": self.missing.control},
            "bounds": band_as_dict(self.missing.bounds),
            "by_tenth": [
                {
                    "stratum": tenth.stratum,
                    **tenth.counts.as_dict(),
                    "effect": band_as_dict(tenth.reduction),
                    "may_harm": tenth.may_harm,
                }
                for tenth in self.by_tenth
            ],
        }


def measure(finished: Finished) -> Measured:
    """Everything the draw and the outcomes say.

    Raises ``DataError`` where there is no figure to give: one arm is empty, or the control group is not the one that was drawn.
    """
    control, left, known = finished.control, finished.left, finished.known
    n_control, n_treated = int(control.sum()), int((~control).sum())
    _both_arms(n_treated, n_control)
    drawn = at_end = None
    if finished.share is not None:
        drawn = sample_ratio(n_treated, n_control, finished.share)
        at_end = (
            sample_ratio(int((~control & known).sum()), int((control & known).sum()), finished.share) if known.any() else None
        )
        if drawn.alarm:
            raise DataError(
                "The control group is not the one that was drawn, so nothing is estimated from it. Measure with the list as it was "
                "drawn."
            )
    counts = Counts.of(control, left)
    p, value = finished.churn_probability, finished.clv
    strata = {} if finished.stratum is None else counts_by_stratum(finished.stratum, control, left)
    plain = two_by_two(counts)
    by_risk = None if p is None else adjusted(control, left, p)
    costs, cost = _costs(finished)
    realised = expected = steps = None
    if value is not None:
        realised = realised_profit(control, left, value, costs, fixed_cost=finished.campaign.fixed_cost, churn_probability=p)
        if p is not None:
            expected = _expected(finished, p, value)
            parts = None if finished.offer is None else finished.parts
            steps = None if realised is None else bridge(control, p, value, finished.campaign, by_risk, realised, parts)
    return Measured(
        finished=finished,
        sample_ratio=drawn,
        sample_ratio_known=at_end,
        balance=None if p is None else balance(control, p),
        two_by_two=plain,
        stratified=mantel_haenszel(list(strata.values())) if strata else None,
        adjusted=by_risk,
        by_tenth=by_tenth(strata) if finished.offer is None else [],  # the strata of several offers are not in one order of risk
        missing=missing(counts, n_treated - counts.treated, n_control - counts.control),
        reached=_reached(finished, counts),
        backfire=None if p is None or finished.offer is not None else success_and_backfire(control, left, p),
        realised=realised,
        cost=cost,
        expected=expected,
        bridge=steps,
    )


def _expected(finished: Finished, p: Values, clv: Values) -> Forecast:
    """What the plan promised of the treated, and its ranges."""
    treated = ~finished.control
    if finished.offer is None:
        return forecast_of(p[treated], clv[treated], finished.campaign)
    contacts = [Contacts.of(p[which & treated], clv[which & treated], campaign) for which, campaign in finished.parts]
    return forecast_of_offers(contacts, finished.offers, finished.campaign.fixed_cost)


def _both_arms(treated: int, control: int) -> None:
    if not control:
        raise DataError(
            "Nobody was left alone, so there is nothing to compare with and the campaign cannot be measured. Hold a control group "
            "back next time."
        )
    if not treated:
        raise DataError("Everybody is in the control group, so nobody was contacted. Check the column that says who was treated.")


def _costs(finished: Finished) -> tuple[Values, Cost]:
    """Money per customer: what was booked, and for the treated without a booking what the plan expects; 0 for control."""
    control, booked = finished.control, finished.cost
    planned, p = np.zeros(len(control)), finished.churn_probability
    for which, campaign in finished.parts:
        planned[which] = campaign.retention_cost if p is None else expected_spend(p[which], campaign)
    if booked is None:
        booked = np.full(len(control), math.nan)
    nothing = np.isnan(booked)
    costs = np.where(nothing, np.where(control, 0.0, planned), booked)
    return costs, Cost(assumed=int((nothing & ~control).sum()), on_control=float(costs[control].sum()))


def _reached(finished: Finished, counts: Counts) -> PerReached | None:
    if finished.reached is None:
        return None
    control = finished.control
    reached = np.nan_to_num(finished.reached) == 1
    return per_reached(
        counts,
        int(reached[~control].sum()),
        drawn=int((~control).sum()),
        reached_control=int(reached[control].sum()),
        held=int(control.sum()),
    )
