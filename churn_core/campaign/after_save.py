"""How long a saved customer stays, and what a save is therefore worth (ECONOMICS.md, *What a save is worth*).

stays       for the whole horizon, but for the monthly survival that the campaign assumes for everybody
own_risk    at the own risk from then on: each month with the chance (1 − p)^(1/W), W months being the churn window
tenure      as customers of that age do: with S(a + t)/S(a) of the tenure curve
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from churn_core import settings
from churn_core.campaign.economics import OWN_RISK, TENURE, Campaign
from churn_core.errors import CampaignError

Values = npt.NDArray[np.float64]


def value_terms(campaign: Campaign) -> tuple[object, ...]:
    """Everything of a campaign that a lifetime value follows from, besides the customer: equal terms, equal values."""
    return (
        campaign.margin,
        campaign.clv_months,
        campaign.annual_discount,
        campaign.monthly_survival,
        campaign.after_save,
        campaign.window,
        campaign.tenure_curve,
    )


def clv_multiples(campaign: Campaign, probability: Values | None, tenure: Values | None) -> Values | float:
    """Lifetime value per unit of monthly charge, in months: Σ over the months t of the horizon of q^t · s(t), times the margin.

    q is that of ``Campaign.clv_multiple`` and s(t) the chance to be still there after t months: 1 (``stays``: one number for all
    customers), (1 − p)^(t/W) (``own_risk``) or S(a + t)/S(a) (``tenure``), with the churn ``probability`` p (n,) and the ``tenure``
    a (n,) in months. Of a horizon with a part of a month that part counts as q says. Raises ``CampaignError`` where what is needed
    is not known.

    >>> clv_multiples(Campaign(clv_months=3, after_save="own_risk", window=1), np.array([0.0, 0.5, 1.0]), None)
    array([3.  , 1.75, 1.  ])
    >>> clv_multiples(Campaign(clv_months=2, after_save="tenure", tenure_curve=(1.0, 0.5, 0.5)), None, np.array([0.0, 1.5, 9.0]))
    array([1.5, 2. , 2. ])
    """
    if campaign.after_save == OWN_RISK:
        if campaign.window is None:
            raise CampaignError(
                "After a save at the own risk: within how many months do those who leave do so? Say it with --window, like 1."
            )
        if probability is None:
            raise CampaignError("After a save at the own risk needs the churn probability of each customer. Score them first.")
        return campaign.margin * _at_own_risk(campaign, np.ascontiguousarray(probability, dtype=np.float64))
    if campaign.after_save == TENURE:
        if campaign.tenure_curve is None:
            raise CampaignError("How long customers of which age stay is not known of these. Train a new version on them.")
        if tenure is None:
            raise CampaignError("These customers have no tenure. Take after_save own_risk or stays.")
        by_age = _by_age(campaign.tenure_curve, _log_q(campaign), campaign.clv_months)
        age = np.minimum(np.floor(np.nan_to_num(np.asarray(tenure, dtype=np.float64), nan=0.0)), len(by_age) - 1)
        return campaign.margin * by_age[np.maximum(age, 0.0).astype(np.intp)]
    return campaign.clv_multiple


def _log_q(campaign: Campaign) -> float:
    """The logarithm of q: monthly survival / (1 + annual discount)^(1/12)."""
    with np.errstate(divide="ignore"):
        return float(np.log(campaign.monthly_survival) - np.log1p(campaign.annual_discount) / 12)


def _at_own_risk(campaign: Campaign, p: Values) -> Values:
    """(1 − x^h)/(1 − x) with x = q·(1 − p)^(1/W); h where x is 1, and 1 where it is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        log_x: Values = np.log1p(-p)
        log_x /= float(campaign.window or 1)  # it was asked for before
        log_x += _log_q(campaign)
        months: Values = np.expm1(campaign.clv_months * log_x)
        months /= np.expm1(log_x)
    months[log_x == 0] = campaign.clv_months
    return months


@lru_cache(maxsize=64)
def _by_age(curve: tuple[float, ...], log_q: float, horizon: float) -> Values:
    """Σ q^t · S(a + t)/S(a) over the horizon, for each age a of the curve in whole months; only the first month where S(a) is 0."""
    whole = int(horizon)
    rest = horizon - whole
    part = rest if log_q == 0 else float(np.expm1(rest * log_q) / np.expm1(log_q))
    with np.errstate(invalid="ignore"):
        weight = np.exp(np.arange(whole + 1) * log_q) if np.isfinite(log_q) else np.append(1.0, np.zeros(whole))
    weight[-1] *= part if rest else 0.0
    survival = np.concatenate([curve, np.full(whole, curve[-1])])
    added = np.correlate(survival, weight, mode="valid")
    alive = np.asarray(curve) > 0
    first = min(1.0, part) if whole == 0 else 1.0
    return np.where(alive, added / np.where(alive, curve, 1.0), first)


def tenure_curve(tenure: npt.ArrayLike, left: npt.ArrayLike, weight: npt.ArrayLike | None = None) -> tuple[float, ...]:
    """The tenure curve of customers (n,): the share of customers who are still there after 0, 1, 2 … months.

    S(k) = Π over the ages a ≤ k at which somebody left of 1 − (how many left at a) / (how many were there at a): Kaplan & Meier
    1958, *Journal of the American Statistical Association* 53(282). ``tenure`` is in months; ``left`` 0/1, NaN where it is not
    known, which counts as still here. Customers of ``weight`` 0 tell nothing. Empty where no tenure is known.

    >>> tenure_curve([1, 2, 2, 3], [1, 1, 0, 0])
    (1.0, 0.75, 0.5, 0.5)
    """
    age, gone = np.asarray(tenure, dtype=np.float64), np.nan_to_num(np.asarray(left, dtype=np.float64))
    counts = np.ones(len(age)) if weight is None else np.asarray(weight, dtype=np.float64)
    known = np.isfinite(age) & (counts > 0)
    if not known.any():
        return ()
    ages, at = np.unique(np.maximum(age[known], 0.0), return_inverse=True)
    there = np.bincount(at, counts[known])[::-1].cumsum()[::-1]
    gone_at = np.bincount(at, counts[known] * gone[known])
    survival = np.cumprod(1 - gone_at / there)
    months = np.arange(min(int(ages[-1]), int(settings.MAX_MONTHS)) + 1)
    found = np.searchsorted(ages, months, side="right")
    return tuple(np.append(1.0, survival)[found].tolist())
