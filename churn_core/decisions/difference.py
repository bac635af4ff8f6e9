"""What one list of contacts changes against another, of the same customers."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from churn_core.campaign.economics import Campaign, expected_profit, expected_spend


@dataclass(frozen=True, kw_only=True)
class Difference:
    """``contacts``: how many customers more are contacted; ``expected_profit``, ``expected_spend``: money more. Negative: so many
    fewer, so much less. ``others``: how many customers are on one of the lists alone.
    """

    contacts: int
    expected_profit: float
    expected_spend: float
    others: int


def difference(
    churn_probability: npt.NDArray[np.float64],
    clv: npt.NDArray[np.float64],
    before: npt.NDArray[np.bool_],
    after: npt.NDArray[np.bool_],
    campaign: Campaign,
) -> Difference:
    """What contacting ``after`` (n,) in place of ``before`` (n,) changes, both at the parameters of one ``campaign``: a list does
    not earn more because more is assumed of it.

    >>> p, clv, nobody, all_of_them = np.array([0.5, 0.1]), np.array([100.0, 100.0]), np.zeros(2, bool), np.ones(2, bool)
    >>> difference(p, clv, nobody, all_of_them, Campaign())
    Difference(contacts=2, expected_profit=-2.0, expected_spend=20.0, others=2)
    """
    sign = after.astype(int) - before.astype(int)
    profit, spend = expected_profit(churn_probability, clv, campaign), expected_spend(churn_probability, campaign)
    fixed = campaign.fixed_cost * (int(after.any()) - int(before.any()))
    return Difference(
        contacts=int(sign.sum()),
        expected_profit=float((sign * profit).sum()) - fixed,
        expected_spend=float((sign * spend).sum()) + fixed,
        others=int(np.count_nonzero(sign)),
    )
