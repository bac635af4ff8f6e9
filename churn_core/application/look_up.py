"""One customer of the dashboard, or of a scored file: what is decided and why, and whether the contact list has the customer."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from churn_core.application.offer_prices import offer_prices
from churn_core.application.workspace import Workspace
from churn_core.campaign.plan import Plan
from churn_core.decisions.decide import score
from churn_core.decisions.recommendation import recommend
from churn_core.decisions.why_not import why_not_contacted
from churn_core.errors import DataError
from churn_core.storage.publications import Decision


@dataclass(frozen=True, kw_only=True, eq=False)
class LookedUp:
    """One customer. ``customer``: one row; ``decision``: its ``DECISION_COLUMNS`` by the production model, as in a scored file, and
    ``why_not`` the reason of who pays and is not contacted; ``has_left``: nobody contacts such a customer, whatever the figures say.
    Of the dashboard's customers ``unseen_probability``: by a model that had not seen the customer, and ``listed``: whether the contact
    list has the customer; ``None`` for those of a file.
    """

    customer: pd.DataFrame
    decision: pd.Series
    why_not: str
    has_left: bool
    unseen_probability: float | None = None
    listed: bool | None = None


def look_up(workspace: Workspace, customer_id: str, decision: Decision, draft: Plan) -> LookedUp:
    """A customer of the dashboard as the ``decision`` of scored files has it, beside the list of the ``draft``.

    Raises ``DataError`` for an id that nobody has.
    """
    ids = workspace.customers[workspace.schema.id]
    found = (ids == customer_id).to_numpy().nonzero()[0]
    if not len(found):
        raise DataError(f"There is no customer {customer_id!r} among those of the dashboard. Check the id.")
    position = int(found[0])
    customer = workspace.customers.iloc[[position]]
    recommended = recommend(workspace.still_here, draft)
    at = recommended.population.customers.index.get_indexer(customer.index)[0]
    has_left = at < 0
    now = decided(workspace, customer, decision, has_left=has_left)
    return LookedUp(
        customer=customer,
        decision=now,
        why_not=why_not(now, decision),
        unseen_probability=float(workspace.probability[position]),
        listed=not has_left and bool(recommended.contact[at]),
        has_left=has_left,
    )


def decided(workspace: Workspace, customer: pd.DataFrame, decision: Decision, *, has_left: bool = False) -> pd.Series:
    """The ``decision_columns`` of one clean customer (one row); no fixed cost is charged to a single contact, one of several offers is
    chosen at the prices of their limits, and who has left is not contacted.
    """
    plan, here, prices = decision.applied.of_one_contact, np.array([not has_left]), offer_prices(workspace, decision.applied)
    model, schema = workspace.version.model, workspace.schema
    return score(customer, model, plan, decision.threshold, here=here, prices=prices, schema=schema).iloc[0]


def why_not(decided_alone: pd.Series, decision: Decision) -> str:
    """Why a customer of ``decided`` who pays is not contacted; empty for all others. Several offers keep their limits for one customer
    too, by their prices.
    """
    plan = decision.applied if decision.plan.offers else decision.applied.of_one_contact
    return str(why_not_contacted(decided_alone.to_frame().T, plan, decision.threshold).item())
