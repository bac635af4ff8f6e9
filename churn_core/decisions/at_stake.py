"""What a recommendation keeps of the revenue at risk, and what its last contacts bring back: money for whoever decides."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from churn_core.campaign.economics import Campaign, expected_profit, expected_spend
from churn_core.campaign.plan import ONE_THRESHOLD
from churn_core.decisions.offers import campaigns_of
from churn_core.decisions.policies import revenue_at_risk
from churn_core.decisions.recommendation import Recommendation

THOUSAND = 1000  # contacts that stand for the last ones of a list

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class LastContacts:
    """The ``contacts`` of a list that would be left out first: their ``spend`` and what they are expected to bring back; money."""

    contacts: int
    spend: float
    brought_back: float


def recovered_share(recommended: Recommendation) -> float:
    """The share of the revenue at risk that the campaign is expected to keep, 0 where nothing is at risk.

    Σ m·(γ·p − s·(1 − p)) over those who are contacted ÷ Σ m·p over the population: m is the monthly charge or the lifetime value, γ
    the success rate and s the backfire rate. No unit; below 0 where the campaign drives away more than it keeps.
    """
    population = recommended.population
    at_risk = revenue_at_risk(population) / (1 if population.worth.for_life else 12)
    amount = population.worth.amount

    def kept(campaign: Campaign, some: npt.NDArray[np.bool_]) -> Values:
        p = population.probability[some]
        return amount[some] * (campaign.success_rate * p - campaign.backfire_rate * (1 - p))

    return float(_of_contacts(recommended, kept).sum()) / at_risk if at_risk > 0 else 0.0


def last_contacts(recommended: Recommendation, most: int = THOUSAND) -> LastContacts | None:
    """The last contacts of a list: by one threshold those least likely to leave, else those who earn least for what they cost.

    ``None`` where the list has no more than ``most``: then its last contacts are all of it.
    """
    return recommended.figures.get(("last", most), lambda: _last_contacts(recommended, most))


def _last_contacts(recommended: Recommendation, most: int) -> LastContacts | None:
    contact, population = recommended.contact, recommended.population
    if contact.sum() <= most:
        return None
    clv = recommended.clv
    profit = _of_contacts(recommended, lambda campaign, some: expected_profit(population.probability[some], clv[some], campaign))
    spend = _of_contacts(recommended, lambda campaign, some: expected_spend(population.probability[some], campaign))
    by_threshold = recommended.offers is None and recommended.plan.rule == ONE_THRESHOLD
    rank = population.probability if by_threshold else np.divide(profit, spend, out=profit.copy(), where=spend > 0)
    listed = np.flatnonzero(contact)
    last = listed[np.argsort(rank[listed], kind="stable")[:most]]
    spent = float(spend[last].sum())
    return LastContacts(contacts=most, spend=spent, brought_back=float(profit[last].sum()) + spent)


def _of_contacts(recommended: Recommendation, value: Callable[[Campaign, npt.NDArray[np.bool_]], Values]) -> Values:
    """``value`` of each customer who is contacted, by the own offer where there are several; 0 for all others (n,)."""
    found = np.zeros(len(recommended.contact))
    if recommended.offers is None:
        found[recommended.contact] = value(recommended.plan.campaign, recommended.contact)
        return found
    for position, campaign in enumerate(campaigns_of(recommended.plan)):
        given = recommended.offers.offer == position
        found[given] = value(campaign, given)
    return found
