"""The sentence over a campaign, for a manager to forward: whom to contact, what that earns and for how much."""

from churn_core.campaign.economics import Campaign
from churn_core.campaign.forecast import Forecast
from churn_core.campaign.objective import MAXIMUM_PROFIT
from churn_core.campaign.optimise import Outcome
from churn_core.decisions import offers_words
from churn_core.decisions.recommendation import Recommendation
from churn_core.formats import as_set, count, counted, money, percent
from churn_core.schema import within


def headline(recommended: Recommendation, currency: str = "") -> str:
    """The ``recommendation`` of one offer; of several who gets which."""
    population, plan = recommended.population, recommended.plan
    if recommended.offers is not None:
        told = offers_words.recommendation(recommended.offers, currency).rstrip(".")
        return f"Back-test: {told[0].lower()}{told[1:]}" if population.is_back_test else told
    return recommendation(
        recommended.outcome,
        len(population),
        recommended.forecast.range.half_width,
        plan.objective != MAXIMUM_PROFIT,
        population.is_back_test,
        within(population.schema),
        currency,
    )


def recommendation(
    outcome: Outcome,
    customers: int,
    half_width: float | None = None,
    limited: bool = False,
    back_test: bool = False,
    time: str = "",
    currency: str = "",
) -> str:
    """What to do, what it earns, give or take ``half_width``, and for how much; ``time`` is that of leaving (``within``).

    >>> from churn_core.campaign.optimise import NOBODY_CONTACTED
    >>> recommendation(NOBODY_CONTACTED, 7043)
    'Contact nobody: at these parameters no contact pays'
    """
    label = "Back-test: contact" if back_test else "Contact"
    if not outcome.contacted:
        return f"{label} nobody: {'within these limits' if limited else 'at these parameters'} no contact pays"
    each = outcome.threshold is None
    who = "each above their own break-even" if each else f"everyone above {percent(outcome.threshold)}"
    who += f" (leaving{time})" if time else ""
    give_or_take = "" if half_width is None else f" ±\u00a0{money(half_width, currency)}"
    return (
        f"{label} {count(outcome.contacted)} of {'all ' if back_test else ''}{counted(customers, 'customer')}"
        f"{'' if back_test else ' still here'}, {who}: expected profit {money(outcome.expected_profit, currency)}{give_or_take} on "
        f"{money(outcome.expected_spend, currency)} spent, ROI {percent(outcome.roi, 0)}"
    )


def if_exact(forecast: Forecast, campaign: Campaign, currency: str = "") -> str | None:
    """The narrower range beside an expected profit: what chance alone does, the success rate being exactly right."""
    if not forecast.range_if_exact.half_width:
        return None
    return f"± {money(forecast.range_if_exact.half_width, currency)} if {as_set(campaign.success_rate)} is exactly right"
