"""The offers of a plan on a population, worked out once for whatever asks for the same, and what they earn at every budget."""

from churn_core.campaign.offers.frontier import Frontier, frontier
from churn_core.campaign.plan import Plan
from churn_core.decisions.offers import DecidedOffers, decide_offers, earnings, identity_of
from churn_core.decisions.only_if import may_get
from churn_core.decisions.population import Population

POINTS = 200  # of a frontier without capacities, which come from one sorting; our choice: no bend between two can be seen
POINTS_WITHIN = 60  # of one with capacities, each an assignment of its own


def decided_offers(population: Population, plan: Plan) -> DecidedOffers:
    """Who gets which offer. Raises ``CampaignError`` for a rule on a column or value that is not there."""
    return population.kept.get(("offers", plan), lambda: _decided(population, plan))


def _decided(population: Population, plan: Plan) -> DecidedOffers:
    p, clv = population.probability, population.worth.clv(plan.campaign)
    allowed = may_get(plan.offers, population.customers, population.schema)
    return decide_offers(p, clv, allowed, plan, identity_of(population.customers[population.schema.id]))


def frontier_of_offers(population: Population, plan: Plan) -> Frontier:
    """What the offers earn at every budget, that of the plan set aside."""
    p, clv = population.probability, population.worth.clv(plan.campaign)
    profit, spend = earnings(p, clv, may_get(plan.offers, population.customers, population.schema), plan)
    capacity = [offer.capacity for offer in plan.offers]
    points = POINTS if all(each is None for each in capacity) else POINTS_WITHIN
    return frontier(profit, spend, capacity=capacity, fixed_cost=plan.campaign.fixed_cost, points=points)
