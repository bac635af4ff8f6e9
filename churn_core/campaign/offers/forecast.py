"""What a campaign of several offers will earn: the range around its expected profit, and the chance of a loss.

The contacts of each offer vary under the parameters of that offer. The success rates of different offers are taken to be independent:
that one is above what was assumed says nothing of another. Formulas: ECONOMICS.md, *How sure* and *Several offers*.
"""

from collections.abc import Sequence
from functools import reduce

import numpy as np
import numpy.typing as npt

from churn_core.campaign.economics import Campaign
from churn_core.campaign.forecast import NOTHING, Contacts, Forecast, chance_below, moments_at, success_rates
from churn_core.campaign.uncertainty import Band, Z

Values = npt.NDArray[np.float64]

_JOINT_RATES = 2_000  # equally likely sets of success rates, one of each offer; our choice: right to about half a point
_SEED = 17  # any number: the same sets every time


def forecast_of_offers(contacts: Sequence[Contacts], campaigns: Sequence[Campaign], fixed_cost: float) -> Forecast:
    """The ranges of giving each offer to its customers: ``contacts`` and ``campaigns`` (J,) are of each offer; money.

    Π ± z·√(Σ_j Σvar + Σ_j (Σp(V − d))²·(half/z)²), with the sums of each offer over its own customers.

    >>> one = Contacts(number=1, profit=100.0, spend=10.0, variance=400.0, saved_value=50.0)
    >>> forecast_of_offers([one, Contacts()], [Campaign(), Campaign()], 0.0) == one.forecast(Campaign())
    True
    """
    if not any(each.number for each in contacts):
        return NOTHING
    profit = sum(each.profit for each in contacts) - fixed_cost
    exact = Z * float(np.sqrt(sum(each.variance for each in contacts)))
    by_rate = [each.saved_value * campaign.success_rate_give_or_take for each, campaign in zip(contacts, campaigns, strict=True)]
    whole = float(reduce(np.hypot, (each for each in by_rate if each), exact))
    return Forecast(
        range=Band(estimate=profit, low=profit - whole, high=profit + whole),
        range_if_exact=Band(estimate=profit, low=profit - exact, high=profit + exact),
    )


def chance_of_loss_of_offers(
    churn_probability: Sequence[Values], clv: Sequence[Values], campaigns: Sequence[Campaign], fixed_cost: float
) -> float:
    """The chance that the campaign loses money; of each offer (J,) the customers who get it, and its own campaign. 0–1.

    As ``forecast.chance_of_loss``; the success rates are the mid-points of each offer's distribution, in orders drawn by lot.
    """
    given = [(p, value, campaign) for p, value, campaign in zip(churn_probability, clv, campaigns, strict=True) if len(p)]
    if not given:
        return 0.0
    random = np.random.default_rng(_SEED)
    moments, certain = [], fixed_cost
    for p, value, campaign in given:
        rates = success_rates(campaign) if len(given) == 1 else random.permutation(success_rates(campaign, _JOINT_RATES))
        moments.append(moments_at(rates, p, value, campaign))
        certain += campaign.retention_cost * len(p)
    mean, variance, skewed = (sum(of_offer[1:], of_offer[0]) for of_offer in zip(*moments, strict=True))
    return chance_below(certain, mean, variance, skewed)
