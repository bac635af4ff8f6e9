"""A campaign on the customers of the dashboard: the recommendation, the list to work through, and one customer of it."""

from dataclasses import dataclass

import pandas as pd

from churn_core import settings
from churn_core.application.workspace import Workspace
from churn_core.campaign.plan import Plan
from churn_core.decisions import contact_list as lists
from churn_core.decisions.contact_list import Control, Recommendation
from churn_core.decisions.decide import score
from churn_core.errors import DataError
from churn_core.storage.publications import Decision


def recommend(workspace: Workspace, plan: Plan) -> Recommendation:
    """The plan carried out on the customers of the dashboard."""
    return lists.recommend(
        workspace.customers, workspace.probability, workspace.churned, plan, workspace.expected_sweep, workspace.schema
    )


def contact_list(
    workspace: Workspace,
    recommended: Recommendation,
    *,
    control_share: float = 0.0,
    seed: int = settings.SEED,
    first: int | None = None,
) -> pd.DataFrame:
    """Whom to contact, the most profitable first, with the columns of ``decisions.contact_list``."""
    return lists.contact_list(
        workspace.customers,
        workspace.probability,
        workspace.version.model,
        recommended,
        control_share=control_share,
        seed=seed,
        first=first,
        schema=workspace.schema,
    )


def control_of(workspace: Workspace, recommended: Recommendation, share: float, seed: int) -> Control:
    """What a control group of this ``share`` (0–1) costs and buys."""
    return lists.control_of(workspace.customers, workspace.probability, recommended, share, seed, schema=workspace.schema)


@dataclass(frozen=True, kw_only=True, eq=False)
class LookedUp:
    """One customer. ``customer``: one row; ``decision``: its ``DECISION_COLUMNS`` by the production model, as in a scored file;
    ``unseen_probability``: by a model that had not seen the customer; ``listed``: whether the contact list has the customer.
    """

    customer: pd.DataFrame
    decision: pd.Series
    unseen_probability: float
    listed: bool


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
    return LookedUp(
        customer=customer,
        decision=decided(workspace, customer, decision),
        unseen_probability=float(workspace.probability[position]),
        listed=bool(recommend(workspace, draft).contact[position]),
    )


def decided(workspace: Workspace, customer: pd.DataFrame, decision: Decision) -> pd.Series:
    """``DECISION_COLUMNS`` of one clean customer (one row); no fixed cost is charged to a single contact."""
    plan = decision.plan.of_one_contact
    return score(customer, workspace.version.model, plan, decision.threshold, schema=workspace.schema).iloc[0]
