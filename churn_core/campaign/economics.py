"""One contacted customer, against doing nothing. Every formula is that of ECONOMICS.md."""

import math
from dataclasses import dataclass
from numbers import Real

import numpy as np

from churn_core import settings
from churn_core.errors import CampaignError


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """The parameters of a retention campaign.

    - ``retention_cost`` c: money per contacted customer, always paid; ≥ 0
    - ``success_rate`` γ: P(stays | contacted, would have left); 0–1. An assumption until a campaign with a
      control group measures it.
    - ``clv_months`` h: months of revenue that one saved customer is worth; > 0

    Raises ``CampaignError`` for an impossible value, by name and with the mend.

    >>> Campaign(retention_cost=10, success_rate=0.3, clv_months=12).clv(70.0)
    840.0
    >>> Campaign(success_rate=30)
    Traceback (most recent call last):
    churn_core.errors.CampaignError: success_rate must be between 0 and 1, got 30. Write 30 % as 0.3.
    """

    retention_cost: float = settings.RETENTION_COST
    success_rate: float = settings.SUCCESS_RATE
    clv_months: float = settings.CLV_MONTHS

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, Real) or not _is_finite(value):
                raise CampaignError(f"{name} must be a finite number, got {value!r}. Write it with digits, like 0.3 or 12.")
        if not 0 <= self.retention_cost <= settings.MAX_MONEY:
            raise CampaignError(
                f"retention_cost must be between 0 and {settings.MAX_MONEY:,.0f}, got {self.retention_cost:g}. "
                "Write what one contact costs as an amount of money, like 10."
            )
        if not 0 <= self.success_rate <= 1:
            mend = (
                f"Write {self.success_rate:g} % as {self.success_rate / 100:g}."
                if 1 < self.success_rate <= 100
                else "Write it as a share, like 0.3 for 30 %."
            )
            raise CampaignError(f"success_rate must be between 0 and 1, got {self.success_rate:g}. {mend}")
        if not 0 < self.clv_months <= settings.MAX_MONTHS:
            raise CampaignError(
                f"clv_months must be more than 0 and at most {settings.MAX_MONTHS:,}, got {self.clv_months:g}. "
                "Write the months of revenue that one saved customer is worth, like 12."
            )

    @property
    def clv_multiple(self) -> float:
        """Customer lifetime value per unit of monthly charge, in months: V = clv_multiple · m."""
        return float(self.clv_months)

    def clv(self, monthly_charge):
        """Customer lifetime value V = clv_months · m: money kept by one save; same shape as ``monthly_charge``."""
        return self.clv_multiple * monthly_charge


def _is_finite(value: Real) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer beyond the floats
        return False


def expected_profit(churn_probability, clv, campaign: Campaign):
    """Expected profit of contacting a customer, against not: u = p·γ·V − c; money, same shape as the inputs.

    With what happened (0 or 1) in place of the probability it is the realised profit.

    >>> float(expected_profit(0.6, 20.0, Campaign(retention_cost=10, success_rate=0.5)))
    -4.0
    """
    return np.asarray(churn_probability) * campaign.success_rate * clv - campaign.retention_cost


def pays(profit):
    """Whether to contact, from the expected profit of contacting: strictly more than nothing; same shape."""
    return profit > 0


def break_even_probability(clv, campaign: Campaign):
    """The probability at which contacting earns nothing: p* = c / (γ·V); above 1 or infinite: never contact.

    >>> break_even_probability(np.array([840.0, 0.0]), Campaign()).round(4)
    array([0.0397,    inf])
    """
    kept = campaign.success_rate * np.asarray(clv, dtype=float)
    with np.errstate(over="ignore"):
        return np.where(kept > 0, np.divide(campaign.retention_cost, np.where(kept > 0, kept, 1.0)), np.inf)
