"""Three scenarios of the same list: the success rate at its low end, as assumed, and at its high end."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from churn_core import settings
from churn_core.campaign.economics import Campaign
from churn_core.campaign.forecast import Contacts
from churn_core.decisions.offers import campaigns_of
from churn_core.decisions.recommendation import Recommendation
from churn_core.formats import as_set

CAREFUL, ASSUMED, HOPEFUL = "Careful", "As assumed", "Hopeful"


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """The list of the recommendation if the success rate is another: ``profit`` and ``spend``, money, and ``roi``."""

    name: str
    rate: str
    profit: float
    spend: float

    @property
    def roi(self) -> float | None:
        """Profit ÷ spend; ``None`` if nothing is spent."""
        return self.profit / self.spend if self.spend > 0 else None


def scenarios_of(recommended: Recommendation) -> tuple[Scenario, ...]:
    """The same contacts in each: nobody is added to the list or taken off it. Empty where nobody is contacted."""
    if not recommended.outcome.contacted:
        return ()
    ends = (("low", CAREFUL, _low), ("assumed", ASSUMED, _assumed), ("high", HOPEFUL, _high))
    return tuple(_scenario(recommended, end, name, rate_of) for end, name, rate_of in ends)


def least_rate(recommended: Recommendation) -> float | None:
    """The success rate at which the list of one offer earns nothing: from there up it pays. Profit is linear in the rate, so two
    rates tell it. ``None`` of several offers, where nobody is contacted, and where the rate changes nothing.
    """
    if recommended.offers is not None or not recommended.outcome.contacted:
        return None
    at_none, at_all = _outcome(recommended, lambda _: 0.0)[0], _outcome(recommended, lambda _: 1.0)[0]
    return None if at_all <= at_none else min(max(-at_none / (at_all - at_none), 0.0), 1.0)


def _scenario(recommended: Recommendation, end: str, name: str, rate_of: Callable[[Campaign], float]) -> Scenario:
    profit, spend = _outcome(recommended, rate_of)
    if recommended.offers is None:
        said = f"{as_set(rate_of(recommended.plan.campaign))} of the leavers contacted stay"
    else:
        said = {"low": "each offer at its low end", "assumed": "each offer as assumed", "high": "each offer at its high end"}[end]
    return Scenario(name=name, rate=said, profit=profit, spend=spend)


def _outcome(recommended: Recommendation, rate_of: Callable[[Campaign], float]) -> tuple[float, float]:
    """Profit and spend of the list with other success rates; money."""
    p, clv, plan = recommended.population.probability, recommended.clv, recommended.plan
    if recommended.offers is None:
        parts = [(recommended.contact, plan.campaign)]
    else:
        parts = [(recommended.offers.offer == j, campaign) for j, campaign in enumerate(campaigns_of(plan))]
    sums = [Contacts.of(p[given], clv[given], replace(campaign, success_rate=rate_of(campaign))) for given, campaign in parts]
    fixed = plan.campaign.fixed_cost
    return sum(each.profit for each in sums) - fixed, sum(each.spend for each in sums) + fixed


def _half(campaign: Campaign) -> float:
    """The give or take; a quarter of the rate where it is said to be exactly right, so that there is something to compare."""
    return campaign.success_rate_give_or_take or settings.SENSITIVITY_SHARE * campaign.success_rate


def _low(campaign: Campaign) -> float:
    return max(campaign.success_rate - _half(campaign), 0.0)


def _assumed(campaign: Campaign) -> float:
    return campaign.success_rate


def _high(campaign: Campaign) -> float:
    return min(campaign.success_rate + _half(campaign), 1.0)
