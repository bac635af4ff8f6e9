"""The optimum of a set of scored customers as JSON values: what ``optimise`` answers."""

import math
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt

from churn_core import settings
from churn_core.application.scored_money import Money
from churn_core.campaign import open_margin
from churn_core.campaign import optimise_summary as of_summary
from churn_core.campaign.curve import profit_curve
from churn_core.campaign.economics import Campaign, break_even_probability
from churn_core.campaign.forecast import Forecast, chance_of_loss, forecast_of
from churn_core.campaign.objective import MAXIMUM_PROFIT
from churn_core.campaign.optimise import Outcome, best_threshold, choose, contact_all, per_customer
from churn_core.campaign.plan import Plan
from churn_core.campaign.summary import Summary
from churn_core.campaign.summary_value import valued
from churn_core.campaign.uncertainty import Z, misses, optimism, realised_bands
from churn_core.errors import DataError
from churn_core.formats import count, counted, decimal, money, percent
from churn_core.schema import Schema


def optimum(
    money: Money, plan: Plan, curve_points: int | None = None, how_sure: bool = False, realised: bool | None = None
) -> dict[str, Any]:
    """The best single threshold, the per-customer rule and everybody, with the whole curve; CONTRACT.md names the keys.

    ``realised``, by default where it is known who left: every profit and range is worked out with what happened in place of
    the probabilities, ``basis`` says so, and the order stays that of the probabilities. ``how_sure`` adds the chance of a loss
    and, where it is known who left, how well the average is known and what choosing a threshold on outcomes flatters.
    Raises ``DataError`` if the realised profits are asked for without ``churned``.
    """
    campaign, objective, p = plan.campaign, plan.objective, money.probability
    realised = money.churned is not None if realised is None else realised
    if realised and money.churned is None:
        raise DataError("What a campaign realised can be told from what happened only. Add the column churned (0/1).")
    leaving = money.churned if realised else None
    swept = money.worth.sweep(p, leaving)
    clv, happens = money.worth.clv(campaign), p if leaving is None else leaving
    best, each, all_of_them = (
        best_threshold(swept, campaign, objective),
        per_customer(p, clv, campaign, leaving, objective),
        contact_all(swept, campaign),
    )
    above = p >= (np.inf if best.threshold is None else best.threshold)
    paying = choose(p, clv, campaign, objective)[0]

    def values(outcome: Outcome, contact: npt.NDArray[np.bool_]) -> dict[str, Any]:
        return outcome_as_dict(outcome, forecast_of(happens[contact], clv[contact], campaign, outcome.expected_profit))

    break_even = break_even_probability(clv, campaign)
    rows = profit_curve(swept, campaign, curve_points).to_dict("records")
    return {
        "basis": "realised" if realised else "expected",
        "customers": len(p),
        "threshold": {"threshold": best.threshold, **values(best, above)},
        "per_customer": values(each, paying),
        "contact_all": values(all_of_them, np.ones(len(p), dtype=bool)),
        "break_even_probability": {
            name: _finite(of(break_even)) for name, of in (("min", np.min), ("median", np.median), ("max", np.max))
        },
        "curve": [{name: _finite(value) for name, value in row.items()} for row in rows],
        "open_margin": _open_margin(plan, money.worth.for_life, lambda other: best_threshold(swept, other, objective)),
        **({"how_sure": _how_sure(money, clv, plan, above)} if how_sure else {}),
    }


def optimum_of_summary(summary: Summary, plan: Plan, curve_points: int | None = None) -> dict[str, Any]:
    """The same of a summary of any number of customers. ``upper_bound`` says what no threshold, and no list, can exceed.

    Break-even probabilities are those of the cells' mean monthly charge. Raises ``DataError`` for a summary of nobody, and
    for limits that only a list of customers can keep to one by one.
    """
    if not summary.customers:
        raise DataError("The summary holds no customers. Score them again with --summary.")
    campaign, found = plan.campaign, valued(summary, plan.campaign)
    best = of_summary.best_threshold(summary, campaign, plan.objective)
    each, each_forecast = of_summary.per_customer_forecast(summary, campaign)
    everybody, of_everybody = of_summary.forecast_of_everybody(summary, campaign)
    cells = found.summary.cells
    break_even = break_even_probability(found.campaign.clv(cells["value"] / cells["contacted"]), found.campaign)
    order = np.argsort(break_even)
    middle = np.searchsorted(np.cumsum(cells["contacted"][order]), summary.customers / 2)
    rows = of_summary.profit_curve(summary, campaign, curve_points or settings.CURVE_POINTS).to_dict("records")
    return {
        "basis": "expected",
        "customers": summary.customers,
        "threshold": {"threshold": best.threshold, **outcome_as_dict(best, of_summary.forecast_above(summary, best, campaign))},
        "per_customer": outcome_as_dict(each, each_forecast) if plan.objective == MAXIMUM_PROFIT else None,
        "contact_all": outcome_as_dict(everybody, of_everybody),
        "break_even_probability": {
            "min": _finite(break_even.min()),
            "median": _finite(break_even[order][middle]),
            "max": _finite(break_even.max()),
        },
        "curve": [{name: _finite(value) for name, value in row.items()} for row in rows],
        "open_margin": _open_margin(
            plan, summary.for_life, lambda other: of_summary.best_threshold(summary, other, plan.objective)
        ),
    }


def _open_margin(plan: Plan, for_life: bool, best: Callable[[Campaign], Outcome]) -> list[dict[str, Any]] | None:
    """The best threshold at other margins while nobody has stated one; a lifetime value knows no margin."""
    if for_life or not plan.margin_is_open:
        return None
    return [asdict(each) for each in open_margin.at_margins(best, plan.campaign)]


def _how_sure(money: Money, clv: npt.NDArray[np.float64], plan: Plan, contact: npt.NDArray[np.bool_]) -> dict[str, Any]:
    p, campaign = money.probability, plan.campaign
    sure: dict[str, Any] = {"chance_of_loss": chance_of_loss(p[contact], clv[contact], campaign)}
    if money.churned is None:
        return sure
    y = money.churned
    profit, roi = realised_bands(contact, y, clv, campaign)
    missed = misses(p[contact], y[contact], clv[contact], campaign)
    back_test = money.worth.sweep(p, y)
    flattery = optimism(back_test, campaign, plan.objective)
    return {
        **sure,
        "threshold": {
            "realised_profit": profit.estimate,
            "expected_profit": {"low": profit.low, "high": profit.high},
            "roi": None if roi is None else {"low": roi.low, "high": roi.high},
        },
        "misses": {"standard_deviations": missed, "beyond_chance": abs(missed) > Z},
        "optimism": {
            "chosen": flattery.chosen,
            "held_out": flattery.held_out,
            "gap": flattery.gap,
            "corrected": flattery.corrected,
        },
    }


def currency_of(schema: Schema) -> str:
    """What amounts are in: the label of the schema, or whose currency it is where nobody has said it."""
    return schema.currency or ("the currency of the charges" if schema.monthly_charge else "the currency of what they are worth")


def in_words(result: dict[str, Any], schema: Schema) -> list[str]:
    """The answer of ``optimum`` as lines to read."""
    best = result["threshold"]
    lines = [
        f"{counted(result['customers'], 'customer')}, profit {result['basis']}, in {currency_of(schema)}",
        f"best threshold {decimal(best['threshold'], 4)}: contact {_in_words(best)}",
        *([f"customer by customer: contact {_in_words(result['per_customer'])}"] if result["per_customer"] else []),
        f"everybody: contact {_in_words(result['contact_all'])}",
    ]
    if result["open_margin"]:
        lines.append(open_margin.in_words([open_margin.AtMargin(**each) for each in result["open_margin"]]))
    if "how_sure" in result:
        lines += _how_sure_in_words(result["how_sure"])
    return lines


def _how_sure_in_words(sure: dict[str, Any]) -> list[str]:
    lines = [f"chance that the best threshold loses money: {percent(sure['chance_of_loss'])}"]
    if "optimism" not in sure:
        return lines
    average, flattery, apart = sure["threshold"], sure["optimism"], sure["misses"]
    low, high = average["expected_profit"]["low"], average["expected_profit"]["high"]
    chance = "beyond chance" if apart["beyond_chance"] else "by no more than chance"
    return [
        *lines,
        f"realised by the best threshold, given who left: {money(average['realised_profit'])}, its long-run mean between "
        f"{money(low)} and {money(high)} with 95%",
        f"expected and realised differ {chance} ({decimal(apart['standard_deviations'], 1, signed=True)} standard deviations)",
        f"choosing the threshold on these outcomes would flatter the profit by about {money(flattery['corrected'])} "
        f"(at most {money(flattery['gap'])})",
    ]


def _in_words(outcome: dict[str, Any]) -> str:
    bound = f" (none can earn more than {money(outcome['upper_bound'])})" if "upper_bound" in outcome else ""
    give_or_take, if_exact = (money((outcome[name]["high"] - outcome[name]["low"]) / 2) for name in ("range", "range_if_exact"))
    profit = f"profit {money(outcome['expected_profit'])} ± {give_or_take} (± {if_exact} if the success rate is exactly right)"
    contacted, spend, roi = count(outcome["contacted"]), money(outcome["expected_spend"]), percent(outcome["roi"], 0)
    return f"{contacted}, {profit}{bound}, spend {spend}, ROI {roi}"


def contacts_in_words(outcome: dict[str, Any], schema: Schema) -> str:
    """``outcome_as_dict`` as a line to read."""
    return f"contact {_in_words(outcome)}, in {currency_of(schema)}"


def outcome_as_dict(outcome: Outcome, forecast: Forecast) -> dict[str, Any]:
    """What a list does, as JSON values; CONTRACT.md names the keys."""
    return {
        "contacted": outcome.contacted,
        "expected_profit": outcome.expected_profit,
        "expected_spend": outcome.expected_spend,
        "roi": outcome.roi,
        "range": {"low": forecast.range.low, "high": forecast.range.high},
        "range_if_exact": {"low": forecast.range_if_exact.low, "high": forecast.range_if_exact.high},
        **({} if outcome.upper_bound is None else {"upper_bound": outcome.upper_bound}),
    }


def _finite(value: Any) -> float | int | None:
    """JSON knows no infinity and no NaN: they are null."""
    value = value.item() if isinstance(value, np.generic) else value
    return value if isinstance(value, int) else float(value) if math.isfinite(value) else None
