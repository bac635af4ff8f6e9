"""What several offers are worth together: beside each of them alone, and beside all but one."""

from dataclasses import replace

import pandas as pd

from churn_core.campaign.optimise import NOBODY_CONTACTED
from churn_core.campaign.plan import Plan
from churn_core.decisions.offers_of_population import decided_offers
from churn_core.decisions.policies import NOBODY
from churn_core.decisions.population import Population

ALL_OFFERS = "Best of all offers"


def only(name: str) -> str:
    """What the choice of one offer alone is called.

    >>> only("Call")
    "'Call' alone"
    """
    return f"'{name}' alone"


def policies_of_offers(population: Population, plan: Plan) -> pd.DataFrame:
    """What each choice earns within the budget and the capacities: nobody, each offer alone, and all of them.

    Columns: those of ``policies.policies``; no threshold describes these choices, and no limit forbids one.
    """
    outcomes = {NOBODY: NOBODY_CONTACTED}
    for offer in plan.offers:
        outcomes[only(offer.name)] = decided_offers(population, replace(plan, offers=(offer,))).outcome
    outcomes[ALL_OFFERS] = decided_offers(population, plan).outcome
    rows = [(name, o.contacted, o.expected_profit, o.expected_spend, o.roi) for name, o in outcomes.items()]
    table = pd.DataFrame(rows, columns=["policy", "contacted", "expected_profit", "expected_spend", "roi"])
    return table.astype({"roi": float}).assign(threshold=float("nan"), forbidden_by="")


def without_each(population: Population, plan: Plan) -> pd.DataFrame:
    """What the other offers earn at their best where one is missing. One row for each offer.

    Columns: ``offer``, the one that is missing; ``contacted``; ``expected_profit`` and ``lost``, what it adds to the others, money.
    """
    whole, rows = decided_offers(population, plan).outcome, []
    for missing in plan.offers:
        others = tuple(offer for offer in plan.offers if offer != missing)
        left = decided_offers(population, replace(plan, offers=others)).outcome if others else NOBODY_CONTACTED
        rows.append((missing.name, left.contacted, left.expected_profit, whole.expected_profit - left.expected_profit))
    return pd.DataFrame(rows, columns=["offer", "contacted", "expected_profit", "lost"])
