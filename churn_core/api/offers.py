"""What the API says where a campaign with several offers is published: each customer's offer, as the customer would get alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from churn_core.campaign.offers.assign import NONE
from churn_core.campaign.plan import Plan
from churn_core.campaign.worth import Worth
from churn_core.decisions.offers import ContactsOfOffers, OfferPrices, at_prices, contacts_of, figures_of_each, names_of
from churn_core.decisions.only_if import may_get
from churn_core.schema import Schema

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Offered:
    """Of each customer of a request (n,): the ``name`` of the offer, ``None`` for none; ``profit`` (money) and ``break_even`` of that
    offer, of whoever gets none of the one that would earn most, NaN where no offer is for the customer. ``contacts``: sums over those
    who get one.
    """

    name: list[str | None]
    profit: Values
    break_even: Values
    contacts: ContactsOfOffers


def offered(
    columns: Mapping[str, Any], probability: Values, worth: Worth, left: npt.NDArray[np.bool_], plan: Plan, prices: OfferPrices,
    schema: Schema,
) -> Offered:  # fmt: skip
    """A request does not know of the others, so no budget and no capacity can be kept over it: each customer is decided at the
    ``prices`` of the list of the dashboard's customers. ``columns``: those of clean customers; who has ``left`` gets nothing.
    """
    clv = worth.clv(plan.campaign)
    allowed = may_get(plan.offers, columns, schema)
    offer = np.where(left, NONE, at_prices(probability, clv, allowed, plan, prices))
    profit, break_even = figures_of_each(probability, clv, allowed, plan, offer)
    return Offered(
        name=names_of(plan.offers, offer).tolist(),
        profit=profit,
        break_even=break_even,
        contacts=contacts_of(probability, clv, plan, offer),
    )
