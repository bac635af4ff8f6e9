"""What to believe of the success rate after a campaign, given what was believed before: LOOP.md §9."""

from dataclasses import dataclass, replace
from datetime import datetime

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
    plan with; ``fits``: whether the measured rate lies within what was believed.
    """

    before: RateBelief
    posterior: Posterior
    success_rate: float
    give_or_take: float
    fits: bool


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


def believed(store: Store, plan: Plan, measured: Measured, draw: KeptDraw) -> RateBelief | None:
    """What the campaign before has left, the older the vaguer; else what the plan assumed."""
    last = last_belief(store, draw.drawn_at, before=draw.id)
    return assumed(plan, measured) if last is None else last[0]


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
    kept = last.result["posterior"]
    years = (at - last.measured_at).days / _YEAR
    return forgotten(RateBelief(a=kept["a"], b=kept["b"], doubt=kept["doubt"]), years), last


def corrected(before: RateBelief | None, measured: Measured, plan: Plan) -> Correction | None:
    """The posterior, by the headline; by the exact counts where that is not defined."""
    if before is None:
        return None
    estimate, counts = measured.stratified, measured.two_by_two.counts
    after = by_counts(before, counts) if estimate is None else by_estimate(before, estimate)
    rate = gross(after.belief.mean, plan.campaign.backfire_rate, counts.churn_control)
    return Correction(
        before=before,
        posterior=after,
        success_rate=rate,
        give_or_take=after.belief.give_or_take,
        fits=estimate is None or fits(before, estimate),
    )


def corrected_plan(plan: Plan, correction: Correction) -> Plan:
    """The plan with what is believed now."""
    campaign = replace(plan.campaign, success_rate=correction.success_rate, success_rate_give_or_take=correction.give_or_take)
    return replace(plan, campaign=campaign)
