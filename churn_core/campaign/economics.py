"""One contacted customer, against doing nothing. Every formula is that of ECONOMICS.md."""

import math
from dataclasses import Field, dataclass, field, fields
from itertools import pairwise
from numbers import Real
from typing import TYPE_CHECKING, Any, TypeVar, overload

import numpy as np
import numpy.typing as npt

from churn_core import settings
from churn_core.errors import CampaignError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Amount = TypeVar("Amount", float, npt.NDArray[np.float64])  # of one customer, or of many

# A profit smaller than this share of its own stake is the rounding noise of floats, and counts as nothing. Without it
# the same customer could be contacted or not depending on the order in which a page, a file or a browser multiplies.
NOISE = 1e-12  # share of a stake; our choice: some 5,000 times the precision of a float


def parameter(default: float | None, low: float, high: float, what: str, mend: str, *, open_low: bool = False) -> Any:
    """A field of a dataclass: a number with its range, its meaning and what to write instead of an impossible value.

    Like that of ``dataclasses.field`` its type is that of the field it is assigned to.
    """
    range_ = {"low": low, "high": high, "what": what, "mend": mend, "open_low": open_low}
    return field(default=default, metadata=range_)


def _money(default: float | None, what: str, example: str) -> Any:
    return parameter(default, 0, settings.MAX_MONEY, what, f"Write {example} as an amount of money, like 10.")


def _share(default: float | None, what: str) -> Any:
    return parameter(default, 0, 1, what, "Write it as a share, like 0.3 for 30 %.")


def check_parameters(values: "DataclassInstance") -> None:
    """Make every parameter a float; refuse, by name, what is no finite number or out of its range.

    ``None`` is kept where it is the default. Raises ``CampaignError``.
    """
    for f in numbers_of(values):
        name, value, at = f.name, getattr(values, f.name), f.metadata
        if value is None and f.default is None:
            continue
        number = _finite(value)
        if number is None:
            raise CampaignError(f"{name} must be a finite number, got {value!r}. Write it with digits, like 0.3 or 12.")
        if at["low"] <= number <= at["high"] and not (at["open_low"] and number == at["low"]):
            object.__setattr__(values, name, number)
            continue
        between = f"more than {at['low']:g} and at most" if at["open_low"] else f"between {at['low']:g} and"
        share = at["high"] == 1 and 1 < number <= 100
        mend = f"Write {number:g} % as {number / 100:g}." if share else at["mend"]
        raise CampaignError(f"{name} must be {between} {at['high']:,.0f}, got {number:g}. {mend}")


def numbers_of(values: "DataclassInstance | type[DataclassInstance]") -> tuple["Field[Any]", ...]:
    """The fields that are numbers within a range."""
    return tuple(f for f in fields(values) if "low" in f.metadata)


def _curve(curve: Any) -> tuple[float, ...] | None:
    """A tenure curve as it was given: it never rises, from at most 1 to at least 0."""
    if curve is None or len(curve) == 0:
        return None
    shares = tuple(_finite(share) for share in curve)
    known = tuple(share for share in shares if share is not None)
    ordered = len(known) == len(shares) <= settings.MAX_MONTHS + 1 and known[0] <= 1 and known[-1] >= 0
    if not ordered or any(later > earlier for earlier, later in pairwise(known)):
        raise CampaignError(
            "tenure_curve must be shares from 1 down to 0, one a month. Leave it out: it is found in the customers."
        )
    return known


def _finite(value: object) -> float | None:
    """The value as a float; ``None`` where it is no number, no finite one, or true or false."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    try:
        number = float(value)
    except OverflowError:  # an integer beyond the floats
        return None
    return number if math.isfinite(number) else None


STAYS, OWN_RISK, TENURE = "stays", "own_risk", "tenure"  # how long a saved customer stays; ECONOMICS.md
AFTER_SAVE = (STAYS, OWN_RISK, TENURE)


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """The parameters of a retention campaign.

    - ``retention_cost`` c: money per contacted customer, always paid; ≥ 0
    - ``success_rate`` γ: P(stays | contacted, would have left); 0–1
    - ``success_rate_give_or_take``: half of the 95 % range of the success rate; 0–1, 0 if it is exactly right
    - ``clv_months`` h: months of revenue that one saved customer is worth; > 0
    - ``margin``: share of revenue that is profit; 0–1
    - ``annual_discount``: per year; 0–1
    - ``monthly_survival``: chance that a saved customer is still there a month later; 0–1
    - ``incentive`` d: money given only to those who accept the offer; ≥ 0
    - ``incentive_uptake`` κ: P(takes the incentive | contacted, would have stayed); 0–1, by default all who still stay: 1 − s
    - ``backfire_rate`` s: P(leaves because contacted | would have stayed); 0–1, κ + s ≤ 1
    - ``fixed_cost`` F: money per campaign, charged only if anyone is contacted; ≥ 0
    - ``after_save``: how long a saved customer stays, one of ``AFTER_SAVE``; see ``campaign.after_save``
    - ``window`` W: the time within which those who leave do so; months, > 0, ``None`` where nobody has said
    - ``tenure_curve`` S: the share of customers who are still there after 0, 1, 2 … months; ``None`` where it is not known

    Success rate, uptake and backfire are assumptions until a campaign with a control group measures them.
    Raises ``CampaignError`` for an impossible value, by name and with the mend.

    >>> Campaign(retention_cost=10, success_rate=0.3, clv_months=12).clv(70.0)
    840.0
    >>> Campaign(success_rate=30)
    Traceback (most recent call last):
    churn_core.errors.CampaignError: success_rate must be between 0 and 1, got 30. Write 30 % as 0.3.
    """

    retention_cost: float = _money(settings.RETENTION_COST, "money per contacted customer", "what one contact costs")
    success_rate: float = _share(settings.SUCCESS_RATE, "share of contacted leavers who stay, 0-1")
    success_rate_give_or_take: float = _share(
        settings.SUCCESS_RATE_GIVE_OR_TAKE, "the success rate give or take this, with 95 percent; 0: exactly right"
    )
    clv_months: float = parameter(
        settings.CLV_MONTHS,
        0,
        settings.MAX_MONTHS,
        "months of revenue that one saved customer is worth",
        "Write the months of revenue that one saved customer is worth, like 12.",
        open_low=True,
    )
    margin: float = _share(1.0, "share of revenue that is profit, 0-1")
    annual_discount: float = _share(0.0, "discount rate per year, 0-1")
    monthly_survival: float = _share(1.0, "chance that a saved customer is still there a month later, 0-1")
    incentive: float = _money(0.0, "money given only to those who accept the offer", "the incentive")
    incentive_uptake: float = _share(None, "share of contacted stayers who take the incentive, 0-1 (default: all)")
    backfire_rate: float = _share(0.0, "share of contacted stayers who leave because of it, 0-1")
    fixed_cost: float = _money(0.0, "money per campaign, charged only if anyone is contacted", "the fixed cost")
    after_save: str = field(
        default=STAYS,
        metadata={
            "choices": AFTER_SAVE,
            "what": "how long a saved customer stays: the whole horizon, at the own risk, or as customers of that tenure do",
        },
    )
    window: float | None = parameter(
        None, 0, settings.MAX_MONTHS, "months within which those who leave do so", "Write a month as 1.", open_low=True
    )
    tenure_curve: tuple[float, ...] | None = field(default=None, metadata={"curve": True})

    def __post_init__(self) -> None:
        check_parameters(self)
        if self.after_save not in AFTER_SAVE:
            said = f"{self.after_save!r:.40}"
            raise CampaignError(f"after_save must be one of {', '.join(AFTER_SAVE)}, got {said}. Take one of them.")
        object.__setattr__(self, "tenure_curve", _curve(self.tenure_curve))
        if self.incentive_uptake is None:
            object.__setattr__(self, "incentive_uptake", 1.0 - self.backfire_rate)
        if self.incentive_uptake + self.backfire_rate > 1 + NOISE:
            most = math.floor(1e4 * (1 - self.backfire_rate)) / 1e4  # rounded down: what the sentence says has to be taken
            raise CampaignError(
                f"incentive_uptake + backfire_rate must be at most 1, got {self.incentive_uptake:g} + {self.backfire_rate:g}: who "
                f"leaves takes no incentive. Lower incentive_uptake to {most:g} or less."
            )

    @property
    def clv_multiple(self) -> float:
        """Customer lifetime value per unit of monthly charge, in months: margin · (1 − q^h) / (1 − q), paid in advance.

        q = monthly_survival / (1 + annual_discount)^(1/12); margin · h where q = 1.

        >>> round(70 * Campaign(clv_months=24, margin=0.5, annual_discount=0.1, monthly_survival=0.97).clv_multiple, 6)
        559.400711
        """
        if self.monthly_survival == 0:
            return float(self.margin)
        log_q = math.log(self.monthly_survival) - math.log1p(self.annual_discount) / 12
        months = float(self.clv_months) if log_q == 0 else math.expm1(self.clv_months * log_q) / math.expm1(log_q)
        return self.margin * months

    def clv(self, monthly_charge: Amount) -> Amount:
        """Customer lifetime value V = clv_multiple · m: money kept by one save; same shape as ``monthly_charge``.

        Of a customer who ``stays``. Otherwise it is another multiple for each: ``worth.Worth.clv``.
        """
        return self.clv_multiple * monthly_charge


def _gain_and_stake(value: Amount, campaign: Campaign, min_marginal_roi: float = 0.0) -> tuple[Amount, Amount]:
    """u = p · gain − stake, with gain = γ·(V − d) + κ·d + s·V and stake = c + κ·d + s·V.

    A demanded return h counts money spent 1 + h times: c and d become (1 + h)·c and (1 + h)·d, which is u − h·e.
    """
    c, d = (1 + min_marginal_roi) * campaign.retention_cost, (1 + min_marginal_roi) * campaign.incentive
    lost_on_stayers = campaign.incentive_uptake * d + campaign.backfire_rate * value
    return campaign.success_rate * (value - d) + lost_on_stayers, c + lost_on_stayers


def expected_profit(churn_probability: npt.ArrayLike, clv: npt.ArrayLike, campaign: Campaign) -> npt.NDArray[np.float64]:
    """Expected profit of contacting a customer, against not: u = p·γ·(V − d) − (1 − p)·(κ·d + s·V) − c.

    Money, same shape as the inputs; without the campaign's fixed cost. With what happened (0 or 1) in place of the
    probability it is the realised profit. Exactly 0 where it is no more than the rounding noise of its terms.

    >>> float(expected_profit(0.6, 20.0, Campaign(retention_cost=10, success_rate=0.5)))
    -4.0
    """
    gain, stake = _gain_and_stake(np.asarray(clv, dtype=float), campaign)
    profit = np.asarray(churn_probability) * gain - stake
    return np.where(np.abs(profit) <= NOISE * stake, 0.0, profit)


def expected_spend(churn_probability: npt.ArrayLike, campaign: Campaign) -> npt.NDArray[np.float64]:
    """Expected spend on a contacted customer: e = c + p·γ·d + (1 − p)·κ·d; money, same shape as the input.

    The loss from backfire is lost value, not spend.
    """
    p = np.asarray(churn_probability)
    accepted = p * campaign.success_rate + (1 - p) * campaign.incentive_uptake
    return campaign.retention_cost + campaign.incentive * accepted


@overload
def pays(profit: float) -> bool: ...
@overload
def pays(profit: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]: ...
def pays(profit: float | npt.NDArray[np.float64]) -> bool | npt.NDArray[np.bool_]:
    """Whether to contact, from the expected profit of contacting: strictly more than nothing; same shape."""
    return profit > 0


def break_even_probability(clv: npt.ArrayLike, campaign: Campaign, min_marginal_roi: float = 0.0) -> npt.NDArray[np.float64]:
    """The probability at which contacting earns nothing (or exactly the demanded return on its spend).

    p* = (c + κ·d + s·V) / (γ·(V − d) + κ·d + s·V), with d = s = 0 it is c/(γ·V); infinite where no probability makes
    contacting pay, and above 1 where none that exists does.

    >>> break_even_probability(np.array([840.0, 0.0]), Campaign()).round(4)
    array([0.0397,    inf])
    """
    gain, stake = _gain_and_stake(np.asarray(clv, dtype=float), campaign, min_marginal_roi)
    with np.errstate(over="ignore"):
        return np.where(gain > 0, np.divide(stake, np.where(gain > 0, gain, 1.0)), np.inf)


def figures_of_one(churn_probability: float, clv: float, campaign: Campaign) -> tuple[float, float]:
    """``break_even_probability`` and ``expected_profit`` of one customer, to the last bit, without the cost of arrays.

    >>> figures_of_one(0.6, 20.0, Campaign(retention_cost=10, success_rate=0.5))
    (1.0, -4.0)
    """
    gain, stake = _gain_and_stake(clv, campaign)
    profit = churn_probability * gain - stake
    return stake / gain if gain > 0 else math.inf, 0.0 if abs(profit) <= NOISE * stake else profit
