"""The offers of a plan on a population, worked out once for everything that asks for the same: headline, list, files and side bar."""

from collections import OrderedDict
from weakref import WeakKeyDictionary

from churn_core.campaign.plan import Plan
from churn_core.decisions.offers import DecidedOffers, decide_offers, identity_of
from churn_core.decisions.only_if import may_get
from churn_core.decisions.population import Population

_KEPT: WeakKeyDictionary[Population, OrderedDict[Plan, DecidedOffers]] = WeakKeyDictionary()
_MOST = 32  # plans of a population; our choice: what a few people look at within a few minutes


def decided_offers(population: Population, plan: Plan) -> DecidedOffers:
    """Who gets which offer. Raises ``CampaignError`` for a rule on a column or value that is not there."""
    kept = _KEPT.setdefault(population, OrderedDict())
    found = kept.get(plan)
    if found is None:
        p, clv = population.probability, population.worth.clv(plan.campaign)
        allowed = may_get(plan.offers, population.customers, population.schema)
        found = kept[plan] = decide_offers(p, clv, allowed, plan, identity_of(population.customers[population.schema.id]))
        while len(kept) > _MOST:
            kept.popitem(last=False)
    return found
