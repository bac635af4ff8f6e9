"""The draft in words: what each input is called, and a campaign in one line."""

from churn_core.campaign.economics import OWN_RISK, TENURE, Campaign
from churn_core.campaign.plan import Plan
from churn_core.report.assumptions import LABELS as _CALLED
from churn_core.report.link import RULES
from churn_core.schema import Schema
from pages.parts import several_offers, words

_HELP = {
    "retention_cost": "What contacting one customer costs, whether or not it helps.",
    "success_rate": (
        "Of the contacted customers who would have left, the share who stay. Your estimate "
        "until a campaign with a control group has measured it: see Results."
    ),
    "success_rate_give_or_take": (
        "Half of the range that you hold 95% likely: 30% give or take 20% is 10% to 50%. 0 if the success rate is exactly right. It "
        "decides how far the ± of every profit reaches."
    ),
    "clv_months": "Months of revenue that one saved customer is worth.",
    "margin": "Share of revenue that is profit.",
    "annual_discount": "What a year's wait takes off the value of money.",
    "monthly_survival": "Chance that a saved customer is still there a month later.",
    "after_save": (
        "How long a saved customer stays. With their own risk, those most likely to leave now would soon be at risk again, so "
        "saving them is worth less. By tenure, a saved customer stays as long as others who have been here that long."
    ),
    "window": "A churn probability is that of leaving within so many months.",
    "incentive": "Money given only to those who accept the offer.",
    "incentive_uptake": (
        "Share of contacted customers who would have stayed anyway and still take the incentive; at most those whom the "
        "contact does not drive away."
    ),
    "backfire_rate": (
        "Share of contacted customers who would have stayed and leave because of the contact. One telecom field trial found "
        "such an effect."
    ),
    "fixed_cost": "Per campaign, charged only if anyone is contacted.",
    "budget": "The most that the campaign may be expected to spend, fixed cost included.",
    "min_roi": "Expected profit ÷ expected spend of the whole campaign; 2.45 is 245%.",
    "min_marginal_roi": (
        "Expected profit ÷ expected spend that every single contact has to bring; 1 is 100%. The sensible control of ROI."
    ),
}
LABELS = {name: (_CALLED[name], what) for name, what in _HELP.items()}  # what an input is called, and its help


def is_for_life(schema: Schema) -> bool:
    """Whether customers are worth a lifetime value as it stands, which no horizon changes."""
    return schema.monthly_charge is None


def worth_in_words(schema: Schema) -> str:
    """What customers with a lifetime value are worth, as a sentence."""
    if schema.clv_column is not None:
        return f"Each customer is worth what the column {schema.clv_column} says: a lifetime value, which no horizon changes."
    return f"Each customer is worth {words.price(schema.clv)}, as you said."


def in_words(plan: Plan, schema: Schema) -> str:
    """The basic parameters, and every other value that differs from its default, in one line."""
    c, o, for_life = plan.campaign, plan.objective, is_for_life(schema)
    worth = f"each customer worth {words.price(schema.clv)}" if schema.clv_column is None else "lifetime values as in the data"
    half = c.success_rate_give_or_take
    give_or_take = f" ± {words.as_set(half)}" if half else ", exactly"
    window = schema.window if c.window is None else c.window
    within = "" if window is None else f" of leaving within {words.counted(window, 'month')}"
    basic = f"{words.price(c.retention_cost)} per contact, {words.as_set(c.success_rate)} success{give_or_take}, " + (
        worth if for_life else f"{words.counted(c.clv_months, 'month')} of revenue"
    )
    if plan.offers:
        months = "" if for_life else f", {words.counted(c.clv_months, 'month')} of revenue"
        basic = f"{several_offers.offers_in_words(plan.offers)}{months}"
        c = several_offers.of_all_offers(c)
    also = [
        (c.margin != 1 and not for_life, f"{words.as_set(c.margin)} margin"),
        (c.annual_discount and not for_life, f"{words.as_set(c.annual_discount)} discount a year"),
        (c.monthly_survival != 1 and not for_life, f"{words.as_set(c.monthly_survival)} monthly survival"),
        (c.after_save == OWN_RISK and not for_life, f"saved customers keep their own risk{within}"),
        (c.after_save == TENURE and not for_life, "saved customers stay like others of their tenure"),
        (c.incentive, f"{words.price(c.incentive)} incentive, taken by {words.as_set(c.incentive_uptake)} of stayers"),
        (c.backfire_rate, f"{words.as_set(c.backfire_rate)} backfire"),
        (c.fixed_cost, f"{words.price(c.fixed_cost)} fixed cost"),
        (o.budget is not None, f"at most {words.price(o.budget)} spent"),
        (o.min_roi is not None, f"ROI of at least {words.as_set(o.min_roi)}"),
        (o.min_marginal_roi is not None, f"each contact at least {words.as_set(o.min_marginal_roi)} ROI"),
    ]
    return ", ".join([basic, *(text for differs, text in also if differs)])


def rule_in_words(plan: Plan) -> str:
    """How a plan chooses whom to contact."""
    return "The best of several offers for each customer" if plan.offers else RULES[plan.rule]


def decides_by(plan: Plan, threshold: float | None) -> str:
    """What a campaign decides by once it is published, in a few words: its single threshold, or its offers."""
    return words.counted(len(plan.offers), "offer") if plan.offers else words.percent(threshold)


def label_of(name: str) -> str:
    """What a parameter is called on screen."""
    return LABELS[name][0]


def value_in_words(name: str, value: float) -> str:
    """A parameter's value in its unit."""
    kind = Campaign.__dataclass_fields__[name].metadata["high"]
    if kind == 1:
        return words.as_set(value)
    return words.counted(value, "month") if name in ("clv_months", "window") else words.price(value)
