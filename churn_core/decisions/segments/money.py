"""What a segment is worth under a plan: what the campaign earns within it, and what a point of churn is worth."""

from dataclasses import dataclass, replace

import numpy as np

from churn_core.campaign.forecast import Contacts, Forecast
from churn_core.campaign.offers.forecast import forecast_of_offers
from churn_core.campaign.plan import Plan
from churn_core.decisions.offers import campaigns_of
from churn_core.decisions.offers_of_population import decided_offers
from churn_core.decisions.policies import HasMembers, segment_economics
from churn_core.decisions.population import Population


@dataclass(frozen=True, kw_only=True)
class OfferWithin:
    """One of several offers within a segment: how many get it, and what that is expected to earn, money."""

    name: str
    customers: int
    expected_profit: float


@dataclass(frozen=True, kw_only=True)
class SegmentMoney:
    """A segment under a plan, without its limits and its fixed cost: those are of the whole campaign.

    Of the population that the campaign is about: ``customers`` of the segment, how many of them it pays to contact, the
    ``expected_profit`` of that with its ``forecast``, and ``value_of_a_point``, what one percentage point less churn keeps, money.
    ``offers``: of a plan with several, those that fit somebody, the one that earns most first.
    """

    customers: int
    contacted: int
    expected_profit: float
    forecast: Forecast
    value_of_a_point: float
    offers: tuple[OfferWithin, ...] = ()

    @property
    def offer(self) -> str:
        """The offer that fits the segment, the one that earns most in it; empty where there is one kind of contact or none pays."""
        return self.offers[0].name if self.offers else ""


def money_of(segment: HasMembers, population: Population, plan: Plan) -> SegmentMoney:
    """The money of a segment among a population. Of several it must not be added up: a customer can be in more than one."""
    economics = segment_economics(population, segment, plan.campaign)
    one = SegmentMoney(
        customers=economics["customers"],
        contacted=economics["outcome"].contacted,
        expected_profit=economics["outcome"].expected_profit,
        forecast=economics["forecast"],
        value_of_a_point=economics["value_of_a_point"],
    )
    return _of_offers(one, segment, population, plan) if plan.offers else one


def _of_offers(one: SegmentMoney, segment: HasMembers, population: Population, plan: Plan) -> SegmentMoney:
    """The same with the best of the plan's offers for each customer."""
    plan = replace(plan.without_limits, campaign=replace(plan.campaign, fixed_cost=0.0))
    decided = decided_offers(population, plan)
    inside, clv = segment.members(population.customers).to_numpy(), population.worth.clv(plan.campaign)
    each = []
    for j, campaign in enumerate(campaigns_of(plan)):
        given = inside & np.asarray(decided.offer == j)
        each.append(Contacts.of(population.probability[given], clv[given], campaign))
    offers = [
        OfferWithin(name=offer.name, customers=contacts.number, expected_profit=contacts.profit)
        for offer, contacts in zip(plan.offers, each, strict=True)
        if contacts.number
    ]
    return replace(
        one,
        contacted=sum(contacts.number for contacts in each),
        expected_profit=sum(contacts.profit for contacts in each),
        forecast=forecast_of_offers(each, campaigns_of(plan), 0.0),
        offers=tuple(sorted(offers, key=lambda offer: -offer.expected_profit)),
    )
