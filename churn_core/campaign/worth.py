"""What each customer is worth: a charge per month, or a value for life that no campaign's horizon changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.campaign.economics import Campaign
from churn_core.campaign.sweep import Sweep, sweep
from churn_core.schema import Schema


@dataclass(frozen=True, kw_only=True, eq=False)
class Worth:
    """``amount`` (n,) is money per month of each customer or, ``for_life``, the customer's lifetime value; money, ≥ 0."""

    amount: npt.NDArray[np.float64]
    for_life: bool = False

    def clv(self, campaign: Campaign) -> npt.NDArray[np.float64]:
        """The customer lifetime value V of each (n,); money. A value for life is V itself.

        >>> worth = np.array([70.0])
        >>> float(Worth(amount=worth).clv(Campaign(clv_months=12))[0]), float(Worth(amount=worth, for_life=True).clv(Campaign())[0])
        (840.0, 70.0)
        """
        return self.amount if self.for_life else campaign.clv(self.amount)

    def of(self, which: Any) -> "Worth":
        """The worth of some of the customers: a mask, positions or a slice."""
        return replace(self, amount=self.amount[which])

    def sweep(self, score: npt.ArrayLike, leaving: npt.ArrayLike | None = None) -> Sweep:
        """``sweep.sweep`` of these customers."""
        if self.for_life:
            return sweep(score, clv=self.amount, leaving=leaving)
        return sweep(score, monthly_charge=self.amount, leaving=leaving)

    @property
    def at_risk(self) -> npt.NDArray[np.float64]:
        """What is lost within a year by each who leaves (n,): twelve monthly charges, or the lifetime value; money."""
        return self.amount if self.for_life else 12 * self.amount


def worth_of(customers: pd.DataFrame | Mapping[str, Sequence[Any] | npt.NDArray[Any]], schema: Schema) -> Worth:
    """The worth of clean customers, a table or its columns by name. A negative charge, a refund, is worth nothing."""
    name = schema.monthly_charge or schema.clv_column
    if name is None:
        rows = len(customers) if isinstance(customers, pd.DataFrame) else len(next(iter(customers.values())))
        return Worth(amount=np.full(rows, float(schema.clv or 0.0)), for_life=True)
    amount = np.asarray(customers[name], dtype=np.float64)
    if schema[name].low < 0:
        amount = np.maximum(amount, 0.0)
    return Worth(amount=amount, for_life=schema.monthly_charge is None)


def clv_of_one(customer: Mapping[str, Any], schema: Schema, campaign: Campaign) -> float:
    """The lifetime value of one clean customer, money; the same bits as in any table."""
    name = schema.monthly_charge or schema.clv_column
    amount = float(schema.clv or 0.0) if name is None else float(customer[name])
    amount = max(amount, 0.0)
    return campaign.clv(amount) if schema.monthly_charge else amount
