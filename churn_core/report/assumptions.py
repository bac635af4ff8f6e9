"""What was assumed: every parameter of a plan with its value in words, and where that comes from."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from churn_core.campaign.economics import OWN_RISK, STAYS, Campaign
from churn_core.campaign.offers.offer import OF_ONE_OFFER
from churn_core.campaign.open_margin import NOT_STATED
from churn_core.campaign.plan import Plan
from churn_core.campaign.worth import OF_REVENUE
from churn_core.decisions.offers_words import offer_in_words
from churn_core.formats import as_set, counted, price
from churn_core.report.link import AFTER_SAVE, BASIC, RULES
from churn_core.schema import Schema

YOURS, USUAL, OF_DATA = "your assumption", "usual value, unchanged", "said by the data"

LABELS = {  # as on the pages
    "retention_cost": "Retention cost per contact",
    "success_rate": "Success rate",
    "success_rate_give_or_take": "Success rate, give or take",
    "clv_months": "CLV horizon in months",
    "margin": "Margin",
    "annual_discount": "Discount rate per year",
    "monthly_survival": "Monthly survival",
    "after_save": "After the save",
    "window": "Churn window in months",
    "incentive": "Incentive",
    "incentive_uptake": "Uptake by loyal customers",
    "backfire_rate": "Backfire rate",
    "fixed_cost": "Fixed cost",
    "budget": "Budget",
    "min_roi": "Least ROI of the campaign",
    "min_marginal_roi": "Least ROI of each contact",
    "rule": "Whom to contact",
}


@dataclass(frozen=True, kw_only=True)
class Assumption:
    """One parameter: what it is called on the pages, its value in words, and its source."""

    label: str
    value: str
    source: str


def assumptions_of(plan: Plan, schema: Schema, measured: str | None, currency: str) -> tuple[Assumption, ...]:
    """Every parameter that counts in this plan. ``measured``: the campaign that measured the success rate, if one did."""
    for_life = schema.monthly_charge is None
    shown = {name: write for name, write in _writers(currency).items() if _counts(name, plan, for_life)}
    values = {**vars(plan.campaign), **vars(plan.objective), "rule": plan.rule}
    usual = {**Plan().as_dict(), "budget": None, "min_roi": None, "min_marginal_roi": None, "window": None}
    told = [
        Assumption(label=LABELS[name], value=write(values[name]), source=_source(name, values[name] == usual[name], plan, schema))
        for name, write in shown.items()
    ]
    if measured is not None:
        rates = (LABELS["success_rate"], LABELS["success_rate_give_or_take"])
        told = [Assumption(**{**vars(each), "source": measured}) if each.label in rates else each for each in told]
    offers = [Assumption(label="Offer", value=offer_in_words(each, currency), source=YOURS) for each in plan.offers]
    return (*offers, *told, _time_of(plan, schema))


def in_front(assumptions: Iterable[Assumption]) -> tuple[Assumption, ...]:
    """Those to look at: the basic ones, the budget, and whatever does not have its usual value."""
    always = {LABELS[name] for name in (*BASIC, "budget")}
    return tuple(each for each in assumptions if each.source != USUAL or each.label in always)


def at_usual(assumptions: Iterable[Assumption]) -> str:
    """All the others, in one sentence; empty where there is none."""
    assumptions = tuple(assumptions)
    rest = [f"{each.label}: {each.value}" for each in assumptions if each not in in_front(assumptions)]
    return f"All else has its usual value. {'; '.join(rest)}." if rest else ""


def _writers(currency: str) -> dict[str, Callable[[Any], str]]:
    def amount(value: float | None) -> str:
        return "no limit" if value is None else price(value, currency)

    def share(value: float | None) -> str:
        return "no limit" if value is None else as_set(value)

    def months(value: float) -> str:
        return counted(value, "month")

    return {
        "retention_cost": amount,
        "success_rate": share,
        "success_rate_give_or_take": lambda half: f"± {share(half)}" if half else "exactly right",
        "clv_months": months,
        "margin": share,
        "annual_discount": share,
        "monthly_survival": share,
        "after_save": lambda name: AFTER_SAVE[name],
        "incentive": amount,
        "incentive_uptake": share,
        "backfire_rate": share,
        "fixed_cost": amount,
        "budget": amount,
        "min_roi": share,
        "min_marginal_roi": share,
        "rule": lambda name: RULES[name],
    }


def _counts(name: str, plan: Plan, for_life: bool) -> bool:
    """Whether the plan asks this at all: a lifetime value knows no horizon, and each of several offers has terms of its own."""
    if for_life and name in OF_REVENUE:
        return False
    if plan.offers and name in (*OF_ONE_OFFER, "min_roi", "min_marginal_roi", "rule"):
        return False
    return name != "incentive_uptake" or plan.campaign.incentive > 0


def _source(name: str, is_usual: bool, plan: Plan, schema: Schema) -> str:
    if name == "margin" and plan.margin_is_open:
        return NOT_STATED[0].lower() + NOT_STATED[1:].rstrip(".")
    return YOURS if not is_usual or (name == "margin" and plan.margin_stated) else USUAL


def _time_of(plan: Plan, schema: Schema) -> Assumption:
    """The churn window: a probability is that of leaving within it."""
    campaign: Campaign = plan.campaign
    window = schema.window if campaign.window is None else campaign.window
    asked = campaign.after_save == OWN_RISK or campaign.after_save != STAYS
    if window is None:
        value, source = "not stated", "the data do not say within how many months customers left"
    else:
        value, source = counted(window, "month"), OF_DATA if window == schema.window else YOURS
    return Assumption(label="Churn window", value=value, source=f"{source}; the worth of a save rests on it" if asked else source)
