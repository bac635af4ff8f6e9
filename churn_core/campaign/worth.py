"""What each customer is worth: a charge per month, or a value for life that no campaign's horizon changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.campaign.after_save import clv_multiples
from churn_core.campaign.economics import STAYS, Campaign
from churn_core.campaign.sweep import Sweep, sweep
from churn_core.schema import Schema

OF_REVENUE = ("clv_months", "margin", "annual_discount", "monthly_survival", "after_save", "window")
"""The parameters that make a lifetime value of a charge; a value that is one already asks none of them."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Worth:
    """``amount`` (n,) is money per month of each customer or, ``for_life``, the customer's lifetime value; money, ≥ 0.

    ``probability`` (n,), 0–1, and ``tenure`` (n,), months, say how long a saved customer stays, where a campaign asks that.
    """

    amount: npt.NDArray[np.float64]
    for_life: bool = False
    probability: npt.NDArray[np.float64] | None = None
    tenure: npt.NDArray[np.float64] | None = None

    def clv(self, campaign: Campaign) -> npt.NDArray[np.float64]:
        """The customer lifetime value V of each (n,); money. A value for life is V itself.

        >>> worth = np.array([70.0])
        >>> float(Worth(amount=worth).clv(Campaign(clv_months=12))[0]), float(Worth(amount=worth, for_life=True).clv(Campaign())[0])
        (840.0, 70.0)
        """
        return self.amount if self.for_life else clv_multiples(campaign, self.probability, self.tenure) * self.amount

    def of(self, which: Any) -> "Worth":
        """The worth of some of the customers: a mask, positions or a slice."""
        probability = None if self.probability is None else self.probability[which]
        tenure = None if self.tenure is None else self.tenure[which]
        return replace(self, amount=self.amount[which], probability=probability, tenure=tenure)

    def sweep(self, score: npt.ArrayLike, leaving: npt.ArrayLike | None = None) -> Sweep:
        """``sweep.sweep`` of these customers."""
        if self.for_life:
            return sweep(score, clv=self.amount, leaving=leaving)
        return sweep(score, monthly_charge=self.amount, leaving=leaving, tenure=self.tenure)

    @property
    def at_risk(self) -> npt.NDArray[np.float64]:
        """What is lost within a year by each who leaves (n,): twelve monthly charges, or the lifetime value; money."""
        return self.amount if self.for_life else 12 * self.amount


def worth_of(
    customers: pd.DataFrame | Mapping[str, Sequence[Any] | npt.NDArray[Any]],
    schema: Schema,
    probability: npt.NDArray[np.float64] | None,
) -> Worth:
    """The worth of clean customers, a table or its columns by name. A negative charge, a refund, is worth nothing.

    ``probability`` (n,) that each leaves if left alone; ``None`` where only the amounts matter.
    """
    name = schema.monthly_charge or schema.clv_column
    if name is None:
        rows = len(customers) if isinstance(customers, pd.DataFrame) else len(next(iter(customers.values())))
        return Worth(amount=np.full(rows, float(schema.clv or 0.0)), for_life=True, probability=probability)
    amount = np.asarray(customers[name], dtype=np.float64)
    if schema[name].low < 0:
        amount = np.maximum(amount, 0.0)
    age = None if schema.tenure is None or schema.tenure not in customers else customers[schema.tenure]
    tenure = None if age is None else np.asarray(age, dtype=np.float64)
    return Worth(amount=amount, for_life=schema.monthly_charge is None, probability=probability, tenure=tenure)


def clv_of_one(customer: Mapping[str, Any], schema: Schema, campaign: Campaign, probability: float) -> float:
    """The lifetime value of one clean customer, money; the same bits as in any table."""
    name = schema.monthly_charge or schema.clv_column
    amount = float(schema.clv or 0.0) if name is None else float(customer[name])
    amount = max(amount, 0.0)
    if schema.monthly_charge is None:
        return amount
    if campaign.after_save == STAYS:
        return campaign.clv(amount)
    tenure = None if schema.tenure is None else np.array([customer[schema.tenure]], dtype=np.float64)
    worth = Worth(amount=np.array([amount]), probability=np.array([probability]), tenure=tenure)
    return float(worth.clv(campaign)[0])
