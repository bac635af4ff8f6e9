"""What a file that came back says was spent on each customer: LOOP.md §2."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.campaign.plan import Plan
from churn_core.data.campaign_columns import CampaignColumns
from churn_core.experiment.adjust import Values
from churn_core.experiment.returned import match
from churn_core.storage.draws import DrawnCustomers


def booked(found: CampaignColumns, incentive: Values | float) -> Values | None:
    """Money per row: what was booked, else what was given to those who took the offer; ``incentive``: of each row, or of all."""
    if found.cost is not None or found.offer is None:
        return found.cost
    is_yes_or_no = np.isin(found.offer[~np.isnan(found.offer)], (0.0, 1.0)).all()
    return found.offer * incentive if is_yes_or_no else found.offer


def with_contact(
    found: CampaignColumns, cost: Values | None, control: npt.NDArray[np.bool_], contact: Values | float
) -> Values | None:
    """Where only offers were booked, each contact costs what the plan says: ``contact``, money, of each customer or of all."""
    if cost is None or found.cost is not None:
        return cost
    return np.where(control, cost, cost + contact)


def incentive_of_rows(ids: Sequence[str], customers: DrawnCustomers, salt: str, plan: Plan) -> Values | float:
    """The incentive of each row of a file, money: that of the offer which was meant for its customer; 0 for who is not on the list."""
    if customers.offer is None:
        return plan.campaign.incentive
    distinct = pd.unique(pd.Series(list(ids), dtype=object)).tolist()
    row = match(customers.lots, customers.lots_folded, distinct, salt).row
    own = np.zeros(len(distinct))
    own[row[row >= 0]] = np.array([offer.incentive for offer in plan.offers])[customers.offer[row >= 0]]
    return np.asarray(pd.Series(own, index=distinct)[list(ids)], dtype=np.float64)


def contact_of_customers(customers: DrawnCustomers, plan: Plan) -> Values | float:
    """What a contact costs by the plan, money: of each drawn customer by the offer that was meant for them, or of all."""
    if customers.offer is None:
        return plan.campaign.retention_cost
    own = np.array([offer.retention_cost for offer in plan.offers])
    return np.asarray(own[customers.offer], dtype=np.float64)
