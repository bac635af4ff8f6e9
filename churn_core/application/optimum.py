"""The optimum of a set of scored customers as JSON values: what ``optimise`` answers."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core import settings
from churn_core.campaign import optimise_summary as of_summary
from churn_core.campaign.curve import profit_curve
from churn_core.campaign.economics import Campaign, break_even_probability
from churn_core.campaign.objective import MAXIMUM_PROFIT
from churn_core.campaign.optimise import Outcome, best_threshold, contact_all, outcome_of_totals, per_customer
from churn_core.campaign.plan import Plan
from churn_core.campaign.summary import Summary
from churn_core.campaign.sweep import Sweep, sweep
from churn_core.campaign.uncertainty import optimism, realised_bands
from churn_core.errors import DataError
from churn_core.schema import Schema
from churn_core.settings import MAX_MONEY


@dataclass(frozen=True, kw_only=True)
class Money:
    """Scored customers as arrays (n,): the probability, either the monthly charge or the CLV, and what happened (0/1)
    if it is known.
    """

    probability: npt.NDArray[np.float64]
    monthly_charge: npt.NDArray[np.float64] | None = None
    clv: npt.NDArray[np.float64] | None = None
    churned: npt.NDArray[np.float64] | None = None

    def lifetime_value(self, campaign: Campaign) -> npt.NDArray[np.float64]:
        """What each customer is worth under the campaign, (n,), money. Raises ``DataError`` where neither value is given."""
        if self.clv is not None:
            return self.clv
        if self.monthly_charge is None:
            raise DataError("There is neither a monthly charge nor a CLV. Give one of them for each customer.")
        return campaign.clv(self.monthly_charge)


def scored_money(frame: pd.DataFrame, schema: Schema) -> Money:
    """From a scored file: ``churn_probability``, ``clv`` or the monthly charge, and ``churned`` where it is there.

    Raises ``DataError`` naming the column or the row.
    """
    if frame.empty:
        raise DataError("There are no customers: the table has a header and no rows.")
    by_clv = "clv" in frame
    value = _numbers(frame, "clv" if by_clv else schema.monthly_charge, instead="" if by_clv else " (or 'clv')")
    return Money(
        probability=_numbers(frame, "churn_probability", high=1),
        monthly_charge=None if by_clv else value,
        clv=value if by_clv else None,
        churned=_numbers(frame, "churned", high=1, whole=True) if "churned" in frame else None,
    )


def optimum(money: Money, plan: Plan, curve_points: int | None = None, how_sure: bool = False) -> dict[str, Any]:
    """The best single threshold, the per-customer rule and everybody, with the whole curve; CONTRACT.md names the keys.

    With ``churned`` every profit is the realised one, ``basis`` says so, and the order stays that of the probabilities.
    ``how_sure`` adds intervals, and what choosing the threshold on the customers it is reported on flatters.
    Raises ``DataError`` if that is asked for without ``churned``.
    """
    campaign, objective = plan.campaign, plan.objective
    swept = sweep(money.probability, monthly_charge=money.monthly_charge, clv=money.clv, leaving=money.churned)
    clv = money.lifetime_value(campaign)
    best = best_threshold(swept, campaign, objective)
    break_even = break_even_probability(clv, campaign)
    rows = profit_curve(swept, campaign, curve_points).to_dict("records")
    return {
        "basis": "expected" if money.churned is None else "realised",
        "customers": len(money.probability),
        "threshold": {"threshold": best.threshold, **_values(best)},
        "per_customer": _values(per_customer(money.probability, clv, campaign, money.churned, objective)),
        "contact_all": _values(contact_all(swept, campaign)),
        "break_even_probability": {
            name: _finite(of(break_even)) for name, of in (("min", np.min), ("median", np.median), ("max", np.max))
        },
        "curve": [{name: _finite(value) for name, value in row.items()} for row in rows],
        **({"how_sure": _how_sure(money, clv, plan, swept, best)} if how_sure else {}),
    }


def optimum_of_summary(summary: Summary, plan: Plan, curve_points: int | None = None) -> dict[str, Any]:
    """The same of a summary of any number of customers. ``upper_bound`` says what no threshold, and no list, can exceed.

    Break-even probabilities are those of the cells' mean monthly charge. Raises ``DataError`` for a summary of nobody, and
    for limits that only a list of customers can keep to one by one.
    """
    if not summary.customers:
        raise DataError("The summary holds no customers. Score them again with --summary.")
    campaign = plan.campaign
    best, each = of_summary.best_threshold(summary, campaign, plan.objective), of_summary.per_customer(summary, campaign)
    cells = summary.cells
    break_even = break_even_probability(campaign.clv(cells["value"] / cells["contacted"]), campaign)
    order = np.argsort(break_even)
    middle = np.searchsorted(np.cumsum(cells["contacted"][order]), summary.customers / 2)
    rows = of_summary.profit_curve(summary, campaign, curve_points or settings.CURVE_POINTS).to_dict("records")
    return {
        "basis": "expected",
        "customers": summary.customers,
        "threshold": {"threshold": best.threshold, **_values(best)},
        "per_customer": _values(each) if plan.objective == MAXIMUM_PROFIT else None,
        "contact_all": _values(outcome_of_totals(summary.everybody, campaign)),
        "break_even_probability": {
            "min": _finite(break_even.min()),
            "median": _finite(break_even[order][middle]),
            "max": _finite(break_even.max()),
        },
        "curve": [{name: _finite(value) for name, value in row.items()} for row in rows],
    }


def _how_sure(money: Money, clv: npt.NDArray[np.float64], plan: Plan, swept: Sweep, best: Outcome) -> dict[str, Any]:
    if money.churned is None:
        raise DataError("How sure a profit is can be told from what happened only. Add the column churned (0/1).")
    contact = money.probability >= (np.inf if best.threshold is None else best.threshold)
    profit, roi = realised_bands(contact, money.churned, clv, plan.campaign)
    flattery = optimism(swept, plan.campaign, plan.objective)
    return {
        "threshold": {
            "expected_profit": {"low": profit.low, "high": profit.high},
            "roi": None if roi is None else {"low": roi.low, "high": roi.high},
        },
        "optimism": {"chosen": flattery.chosen, "held_out": flattery.held_out, "gap": flattery.gap},
    }


def in_words(result: dict[str, Any]) -> list[str]:
    """The answer of ``optimum`` as lines to read."""

    def sentence(outcome: dict[str, Any]) -> str:
        roi = "—" if outcome["roi"] is None else format(outcome["roi"], ".0%")
        bound = f" (none can earn more than {outcome['upper_bound']:,.0f})" if "upper_bound" in outcome else ""
        money = f"profit {outcome['expected_profit']:,.0f}{bound}, spend {outcome['expected_spend']:,.0f}"
        return f"contact {outcome['contacted']:,}, {money}, ROI {roi}"

    best = result["threshold"]
    lines = [
        f"{result['customers']:,} customers, profit {result['basis']}",
        f"best threshold {'—' if best['threshold'] is None else format(best['threshold'], '.4f')}: {sentence(best)}",
        *([f"customer by customer: {sentence(result['per_customer'])}"] if result["per_customer"] else []),
        f"everybody: {sentence(result['contact_all'])}",
    ]
    if "how_sure" in result:
        profit, flattery = result["how_sure"]["threshold"]["expected_profit"], result["how_sure"]["optimism"]
        lines += [
            f"best threshold, 95 % interval: {profit['low']:,.0f} to {profit['high']:,.0f}",
            f"chosen on one half, reported on the other: {flattery['held_out']:,.0f}; {flattery['gap']:,.0f} less than where chosen",
        ]
    return lines


def _values(outcome: Outcome) -> dict[str, Any]:
    return {
        "contacted": outcome.contacted,
        "expected_profit": outcome.expected_profit,
        "expected_spend": outcome.expected_spend,
        "roi": outcome.roi,
        **({} if outcome.upper_bound is None else {"upper_bound": outcome.upper_bound}),
    }


def _finite(value: Any) -> float | int | None:
    """JSON knows no infinity and no NaN: they are null."""
    value = value.item() if isinstance(value, np.generic) else value
    return value if isinstance(value, int) else float(value) if math.isfinite(value) else None


def _numbers(
    frame: pd.DataFrame, name: str, high: float = MAX_MONEY, whole: bool = False, instead: str = ""
) -> npt.NDArray[np.float64]:
    if list(frame.columns).count(name) > 1:
        raise DataError(f"Column '{name}' is there more than once. Keep one of them.")
    if name not in frame:
        raise DataError(f"Missing required column '{name}'{instead}. Score the customers first: python -m churn_core score")
    numbers = pd.to_numeric(frame[name], errors="coerce").astype("float64")
    wrong = ~numbers.between(0, high) | (whole & (numbers % 1 != 0))
    if wrong.any():
        limits = "0 or 1" if whole else f"a number between 0 and {high:,.0f}"
        raise DataError(
            f"Row {wrong.idxmax()}: {name} is {str(frame[name][wrong.idxmax()])[:40]!r}, not {limits}. "
            "Mend it or leave the row out."
        )
    return np.asarray(numbers, dtype=float)
