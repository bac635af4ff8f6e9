"""At what prices a customer who is met alone is decided, where a campaign with several offers is published."""

from churn_core.application.workspace import Workspace
from churn_core.campaign.plan import Plan
from churn_core.decisions.offers import OfferPrices
from churn_core.decisions.recommendation import recommend


def offer_prices(workspace: Workspace, plan: Plan) -> OfferPrices | None:
    """The prices of the plan's limits on the dashboard's customers who are still here; ``None`` for a plan without several offers.

    Raises ``CampaignError`` where the rule of an offer is about a column or a value that these customers do not have.
    """
    offers = recommend(workspace.still_here, plan).offers if plan.offers else None
    return None if offers is None else offers.prices
