"""What one list of contacts changes against another, of the same customers."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from churn_core.campaign.economics import Campaign, expected_profit, expected_spend


@dataclass(frozen=True, kw_only=True)
class Difference:
    """``contacts``: how many customers more are contacted; ``expected_profit``, ``expected_spend``: money more. Negative: so many
    fewer, so much less. ``others``: how many customers are on one of the lists alone, or get another offer.
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


@dataclass(frozen=True, kw_only=True, eq=False)
class Given:
    """A list as what each customer gets (n,): ``name`` of an offer, empty for nothing; the expected ``profit`` and ``spend`` of that,
    money, 0 for nothing; and the ``fixed_cost`` of giving anything at all.
    """

    name: npt.NDArray[np.object_]
    profit: npt.NDArray[np.float64]
    spend: npt.NDArray[np.float64]
    fixed_cost: float

    @property
    def contact(self) -> npt.NDArray[np.bool_]:
        """Who gets something (n,)."""
        return np.asarray(self.name != "", dtype=bool)


def difference_of_offers(before: Given, after: Given) -> Difference:
    """What giving ``after`` in place of ``before`` changes, each by its own terms.

    >>> mail, call = (np.array([name, ""], dtype=object) for name in ("Mail", "Call"))
    >>> money = np.array([5.0, 0.0]), np.array([1.0, 0.0])
    >>> one = Given(name=mail, profit=money[0], spend=money[1], fixed_cost=0.0)
    >>> difference_of_offers(one, Given(name=call, profit=2 * money[0], spend=money[1], fixed_cost=0.0))
    Difference(contacts=0, expected_profit=5.0, expected_spend=0.0, others=1)
    """
    fixed = after.fixed_cost * bool(after.contact.any()) - before.fixed_cost * bool(before.contact.any())
    return Difference(
        contacts=int(after.contact.sum()) - int(before.contact.sum()),
        expected_profit=float((after.profit - before.profit).sum()) - fixed,
        expected_spend=float((after.spend - before.spend).sum()) + fixed,
        others=int(np.count_nonzero(before.name != after.name)),
    )
