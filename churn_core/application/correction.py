"""What to believe of the success rate after a campaign, given what was believed before: LOOP.md §9."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from churn_core.campaign.plan import Plan
from churn_core.errors import CampaignError
from churn_core.experiment.measure import Measured
from churn_core.experiment.update import DOUBT, Posterior, RateBelief, by_counts, by_estimate, fits, forgotten, gross, prior
from churn_core.storage.draws import KeptDraw
from churn_core.storage.results import KeptResult, Results
from churn_core.storage.store import Store

_YEAR = 365.25  # days


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What is believed of the success rate: ``before`` the campaign and after it. ``success_rate`` and ``give_or_take`` are those to
    plan with beside the plan's own backfire rate; ``backfire_rate`` is the measured one, ``None`` where it cannot be told from 0.
    ``fits``: whether the measured rate lies within what was believed; ``earlier``: whether that came from a campaign before.
    """

    before: RateBelief
    posterior: Posterior
    success_rate: float
    give_or_take: float
    backfire_rate: float | None
    fits: bool
    earlier: bool


def assumed(plan: Plan, measured: Measured) -> RateBelief | None:
    """What the plan assumed, net of its backfire; ``None`` where it leaves nothing to learn."""
    campaign, churn = plan.campaign, measured.two_by_two.counts.churn_control
    net = campaign.success_rate
    if campaign.backfire_rate and churn > 0:
        net -= campaign.backfire_rate * (1 - churn) / churn
    try:
        return prior(net, campaign.success_rate_give_or_take, DOUBT)
    except CampaignError:
        return None


def believed(store: Store, plan: Plan, measured: Measured, draw: KeptDraw) -> tuple[RateBelief | None, bool]:
    """What the campaign before has left, the older the vaguer; else what the plan assumed. And whether there was such a campaign."""
    last = last_belief(store, draw.drawn_at, before=draw.id)
    return (assumed(plan, measured), False) if last is None else (last[0], True)


def last_belief(store: Store, at: datetime, before: int | None = None) -> tuple[RateBelief, KeptResult] | None:
    """What is believed at a time by the newest campaign that was drawn and measured, and its result; ``None`` where there is none.
    ``before``: of campaigns that were drawn before the one of this id.
    """
    earlier = [
        each
        for each in Results(store).latest()
        if each.result.get("posterior") and each.draw_id is not None and (before is None or each.draw_id < before)
    ]
    if not earlier:
        return None
    last = max(earlier, key=lambda each: (each.draw_id or 0, each.id))
    years = (at - last.measured_at).days / _YEAR
    return forgotten(belief_of(last.result["posterior"]), years), last


def corrected(before: RateBelief | None, measured: Measured, plan: Plan, earlier: bool = False) -> Correction | None:
    """The posterior, by the headline; by the exact counts where that is not defined."""
    if before is None:
        return None
    estimate, counts = measured.stratified, measured.two_by_two.counts
    after = by_counts(before, counts) if estimate is None else by_estimate(before, estimate)
    harm = None if measured.backfire is None else measured.backfire.backfire_rate
    return Correction(
        before=before,
        posterior=after,
        success_rate=gross(after.belief.mean, plan.campaign.backfire_rate, counts.churn_control),
        give_or_take=after.belief.give_or_take,
        backfire_rate=None if harm is None or harm.low <= 0 else harm.estimate,
        fits=estimate is None or fits(before, estimate),
        earlier=earlier,
    )


def belief_of(posterior: Mapping[str, Any]) -> RateBelief:
    """What ``CampaignResult.as_dict`` says of the success rate, net of backfire."""
    return RateBelief(a=posterior["a"], b=posterior["b"], doubt=posterior["doubt"])


def rate_beside(result: Mapping[str, Any], backfire_rate: float) -> float | None:
    """The success rate to plan with beside a backfire rate; ``result`` as ``CampaignResult.as_dict`` makes it.

    What is measured is net of backfire. A plan that counts backfire by itself needs γ_net + s·(1 − r_C)/r_C: LOOP.md §9. ``None``
    where the campaign says nothing of the rate.
    """
    if not result.get("posterior"):
        return None
    counts = result["two_by_two"]
    churn = counts["left_control"] / counts["control"] if counts["control"] else 0.0
    return gross(belief_of(result["posterior"]).mean, backfire_rate, churn)


def with_measured(plan: Plan, result: Mapping[str, Any], backfire_rate: float | None = None) -> Plan:
    """The plan with the measured success rate and its give-or-take, and with a measured backfire rate where one is given."""
    harm = plan.campaign.backfire_rate if backfire_rate is None else backfire_rate
    rate = rate_beside(result, harm)
    if rate is None:
        return plan
    campaign = replace(
        plan.campaign,
        success_rate=rate,
        success_rate_give_or_take=belief_of(result["posterior"]).give_or_take,
        backfire_rate=harm,
        incentive_uptake=min(plan.campaign.incentive_uptake, 1 - harm),  # who leaves takes no incentive
    )
    return replace(plan, campaign=campaign)
