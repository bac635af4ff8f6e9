"""The sentence over a campaign, for a manager to forward: whom to contact, what that earns and for how much."""

from churn_core.campaign.objective import MAXIMUM_PROFIT
from churn_core.decisions import offers_words
from churn_core.decisions.contact_list import Recommendation
from pages.parts import words


def headline(recommended: Recommendation) -> str:
    """``words.recommendation`` of one offer; of several who gets which."""
    population, plan = recommended.population, recommended.plan
    if recommended.offers is not None:
        told = offers_words.recommendation(recommended.offers, words.currency()).rstrip(".")
        return f"Back-test: {told[0].lower()}{told[1:]}" if population.is_back_test else told
    return words.recommendation(
        recommended.outcome,
        len(population),
        recommended.forecast.range.half_width,
        plan.objective != MAXIMUM_PROFIT,
        population.is_back_test,
        words.within(population.schema),
    )
