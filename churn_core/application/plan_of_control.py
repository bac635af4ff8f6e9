"""Whether to hold back a control group, and of which size, in a sentence and as JSON: LOOP.md §8."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from churn_core import settings
from churn_core.application.correction import last_belief
from churn_core.campaign.forecast import success_rates
from churn_core.campaign.plan import Plan
from churn_core.decisions.plan_of_control import PlanOfControl, ShareOfControl, plan_of_control
from churn_core.decisions.recommendation import Recommendation
from churn_core.distributions import beta_quantile
from churn_core.errors import CampaignError
from churn_core.experiment.update import DOUBT, gross
from churn_core.experiment.worth_of_control import Belief
from churn_core.formats import as_set, counted, money, percent
from churn_core.storage.store import Store

LATER_CAMPAIGNS = 4  # campaigns of the same size that use what this one measures; LOOP.md §8, a choice
MOST_CAMPAIGNS = 50  # our choice
_MID_POINTS = 200  # equally likely success rates that stand for what is believed
_SAME = 1e-6  # share; closer than that two success rates are the same


@dataclass(frozen=True, kw_only=True, eq=False)
class Believed:
    """What is believed of the success rate: 0 with the chance ``doubt``, else ``success_rate`` ± ``give_or_take``.

    ``measured_in``: the campaign that it rests on, and the day; empty where it is an assumption.
    """

    belief: Belief
    success_rate: float
    give_or_take: float
    doubt: float
    measured_in: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class ControlAdvice:
    """A plan of the control group with what it rests on."""

    plan: PlanOfControl
    believed: Believed
    currency: str = ""

    @property
    def sentence(self) -> str:
        """The recommendation."""
        best = self.plan.best
        if best is None:
            return f"Do not hold anybody back: {self._why_not}."
        cost, worth = best.worth.cost, best.worth.later_campaigns * best.worth.per_campaign
        now = f"costs about {self._money(cost)}" if cost >= 0 else f"saves about {self._money(-cost)}"
        return f"Hold back {_group(best)}: it {now} now and is worth about {self._money(worth)} over {self._campaigns}."

    @property
    def remarks(self) -> list[str]:
        """What else whoever decides has to know."""
        plan, said = self.plan, []
        if plan.loses:
            said.append(
                f"By what is believed this list loses money: on average contacts keep {percent(self.believed.belief.mean)} of those "
                "who would leave. Contact fewer until a small campaign has shown more."
            )
        elif plan.best is not None and plan.every_time is not None:
            share, net = as_set(plan.best.share), plan.best.worth.net
            every = f"holding {share} back in every one of these campaigns comes to {self._money(plan.every_time)} in all"
            if plan.every_time <= net:
                said.append(f"Once is enough: {every}, holding it back in this one alone to {self._money(net)}.")
            else:
                said.append(f"Here a permanent group is worth more than one pilot: {every}, against {self._money(net)}.")
        if plan.rests_on_doubt:
            said.append(
                "This rests on the doubt: if contacts were sure to keep somebody, no control group would be worth what it costs."
            )
        if plan.best is None and not self.believed.measured_in:
            said.append("The success rate then stays an assumption, and nothing will show whether the contacts keep anybody.")
        if self.believed.measured_in:
            said.append(
                f"What is believed of the success rate was measured in {self.believed.measured_in}: "
                f"{percent(self.believed.success_rate)} ± {percent(self.believed.give_or_take)}."
            )
        return said

    @property
    def _why_not(self) -> str:
        plan, rates = self.plan, self.believed.belief.rates[self.believed.belief.weights > 0]
        worth = plan.shares[0].worth
        least = plan.least_bad
        if least is None:
            return "the list is too short to be split"
        if np.ptp(rates) < _SAME:
            return "the success rate is taken as exactly right, so there is nothing to learn"
        if not plan.later_campaigns:
            return "no later campaign would use what is learnt"
        brought = self._money(worth.later_campaigns * least.worth.per_campaign)
        return (
            f"even the best share, {_group(least)}, costs about {self._money(least.worth.cost)} now and is worth about {brought} over "
            f"{self._campaigns}. To know the success rate exactly would add about "
            f"{self._money(max(worth.perfect, 0.0))} to a campaign"
        )

    @property
    def _campaigns(self) -> str:
        later = self.plan.later_campaigns
        return "the next campaign" if later == 1 else f"the next {counted(later, 'campaign')}"

    def _money(self, value: float) -> str:
        return money(value, self.currency)

    def as_dict(self) -> dict[str, Any]:
        """As JSON values: CONTRACT.md, ``plan-control``."""
        plan, best = self.plan, self.plan.best
        return {
            "listed": plan.listed,
            "later_campaigns": plan.later_campaigns,
            "belief": {
                "success_rate": self.believed.success_rate,
                "give_or_take": self.believed.give_or_take,
                "doubt": self.believed.doubt,
                "mean": self.believed.belief.mean,
                "measured_in": self.believed.measured_in or None,
            },
            "break_even_success_rate": plan.break_even,
            "perfect": max(plan.shares[0].worth.perfect, 0.0),
            "shares": [share_as_dict(each) for each in plan.shares],
            "recommended": None if best is None else best.share,
            "every_time": plan.every_time,
            "rests_on_doubt": plan.rests_on_doubt,
            "sentence": self.sentence,
            "warnings": self.remarks,
        }


def advise(recommended: Recommendation, believed: Believed, later_campaigns: int, currency: str = "") -> ControlAdvice:
    """Raises ``CampaignError`` where nobody is on the list."""
    if not recommended.contact.any():
        raise CampaignError(
            "Nobody is worth a contact by this campaign, so nobody can be held back. Lower the cost, or raise what a save is worth."
        )
    return ControlAdvice(
        plan=plan_of_control(recommended, believed.belief, check_campaigns(later_campaigns)), believed=believed, currency=currency
    )


def believed_now(recommended: Recommendation, store: Store | None, doubt: float | None = None) -> Believed:
    """What the last measured campaign has left, the older the vaguer; without one, what the plan assumes, with the usual doubt.

    A success rate in the plan that is neither the usual one nor the measured one is somebody's own, and counts instead of what was
    measured. ``doubt`` in place of the one that was kept.
    """
    kept = None if store is None else last_belief(store, datetime.now(UTC))
    if kept is None or not _leaves_it(recommended.plan, kept[1].result["posterior"]):
        campaign, doubt = recommended.plan.campaign, check_doubt(DOUBT if doubt is None else doubt)
        return Believed(
            belief=Belief.of(success_rates(campaign), doubt),
            success_rate=campaign.success_rate,
            give_or_take=campaign.success_rate_give_or_take,
            doubt=doubt,
        )
    rate, result = kept
    doubt = check_doubt(rate.doubt if doubt is None else doubt)
    churn = float(recommended.population.probability[recommended.contact].mean()) if recommended.contact.any() else 0.0
    more = gross(0.0, recommended.plan.campaign.backfire_rate, churn)
    rates = np.minimum(beta_quantile((np.arange(_MID_POINTS) + 0.5) / _MID_POINTS, rate.a, rate.b) + more, 1.0)
    return Believed(
        belief=Belief.of(rates, doubt),
        success_rate=min(rate.if_it_works + more, 1.0),
        give_or_take=2 * rate.sd_if_it_works,
        doubt=doubt,
        measured_in=f"{result.name}, {result.measured_at.date().isoformat()}",
    )


def _leaves_it(plan: Plan, posterior: dict[str, Any]) -> bool:
    """Whether the plan's success rate is the usual one or the measured one, and so nobody's own."""
    now = (plan.campaign.success_rate, plan.campaign.success_rate_give_or_take)
    measured = (posterior["success_rate"], posterior["success_rate_give_or_take"])
    usual = (settings.SUCCESS_RATE, settings.SUCCESS_RATE_GIVE_OR_TAKE)
    return any(abs(now[0] - rate) < _SAME and abs(now[1] - half) < _SAME for rate, half in (measured, usual))


def check_doubt(doubt: float) -> float:
    """Raises ``CampaignError`` for what is no share."""
    if not 0 <= doubt <= 1:
        raise CampaignError(f"The doubt must be a share from 0 to 1, got {doubt}. Write 20 % as 0.2.")
    return float(doubt)


def check_campaigns(later: int) -> int:
    """Raises ``CampaignError`` for a number of campaigns that is none."""
    if not 0 <= later <= MOST_CAMPAIGNS:
        raise CampaignError(
            f"The later campaigns must be from 0 to {MOST_CAMPAIGNS}, got {later}. Count those that will use what this one measures."
        )
    return int(later)


def share_as_dict(each: ShareOfControl) -> dict[str, Any]:
    """A row of the table, as JSON values; CONTRACT.md names the keys."""
    at, worth = each.precision, each.worth
    return {
        "share": each.share,
        "control": each.control,
        "precision": None if at is None else at.half_width,
        "power": None if at is None else at.power,
        "power_break_even": each.power_break_even,
        "harm_noticed": None if at is None else at.harm_noticed,
        "cost": worth.cost,
        "worth_per_campaign": worth.per_campaign,
        "net": worth.net,
    }


def _group(share: ShareOfControl) -> str:
    return f"{as_set(share.share)} ({counted(share.control, 'customer')})"
