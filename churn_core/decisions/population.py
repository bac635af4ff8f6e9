"""Whom a campaign is worked out on: the customers still here, or, as a back-test, all of them.

A snapshot with outcomes holds customers who have left. They are evidence and no list (ECONOMICS.md, *Who can be contacted*).
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.campaign.sweep import Sweep
from churn_core.campaign.worth import Worth, worth_of
from churn_core.decisions.kept import MANY, Kept
from churn_core.errors import CampaignError
from churn_core.schema import Schema

HERE, ALL = "here", "all"  # customers still here · all of them, which is the back-test
WHICH = (HERE, ALL)


@dataclass(frozen=True, kw_only=True, eq=False)
class Population:
    """Cleaned ``customers`` and the probability (n,) that each leaves if left alone.

    ``churned`` (n,) is what happened, 0/1; ``None`` in a population of customers still here, of whom it is not known yet.
    """

    which: str
    customers: pd.DataFrame
    probability: npt.NDArray[np.float64]
    churned: npt.NDArray[np.int_] | None
    schema: Schema

    @classmethod
    def still_here(cls, customers: pd.DataFrame, probability: npt.NDArray[np.float64], schema: Schema) -> "Population":
        """Those of the customers whose outcome is not "left", or unknown: the only ones who can be contacted."""
        here = (customers[schema.target] != 1).to_numpy()
        return cls(which=HERE, customers=customers[here], probability=probability[here], churned=None, schema=schema)

    @classmethod
    def of_all(cls, customers: pd.DataFrame, probability: npt.NDArray[np.float64], schema: Schema) -> "Population":
        """All customers: what the same rule would have done before."""
        churned = np.asarray(customers[schema.target])
        return cls(which=ALL, customers=customers, probability=probability, churned=churned, schema=schema)

    def among(self, customers: pd.Index) -> "Population":
        """Those of this population whose row labels are among ``customers``."""
        kept = self.customers.index.isin(customers)
        churned = None if self.churned is None else self.churned[kept]
        return replace(self, customers=self.customers[kept], probability=self.probability[kept], churned=churned)

    def __len__(self) -> int:
        return len(self.customers)

    @property
    def is_back_test(self) -> bool:
        return self.which == ALL

    @cached_property
    def kept(self) -> Kept:
        """What was worked out on these customers, by what was asked: the last recommendations, with their draws."""
        return Kept()

    @cached_property
    def figures(self) -> Kept:
        """Tables and numbers of parts of these customers that pages show."""
        return Kept(most=MANY)

    @cached_property
    def worth(self) -> Worth:
        """What each customer is worth (n,)."""
        return worth_of(self.customers, self.schema, self.probability)

    @cached_property
    def expected_sweep(self) -> Sweep:
        """The sweep by expected profit; sorted once."""
        return self.worth.sweep(self.probability)

    @cached_property
    def realised_sweep(self) -> Sweep:
        """The sweep by realised profit, in the order of the probabilities; sorted once. Raises ``CampaignError`` where it is not
        known who left.
        """
        if self.churned is None:
            raise CampaignError(
                "What a campaign realised is known of a back-test only. Take all customers, not those still here."
            )
        return self.worth.sweep(self.probability, leaving=self.churned)
