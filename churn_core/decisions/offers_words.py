"""Several offers in sentences: what to do, which limit binds and what one more unit of it would earn, and how sure it is the best."""

import math

from churn_core.campaign.offers.offer import Offer
from churn_core.decisions.offers import DecidedOffers
from churn_core.formats import as_set, count, counted, exact_money, listed, money, price, short_percent

ONCE = "Each customer gets at most one offer, once: what several contacts with one customer would do is not worked out."
_NEXT = 1_000.0  # money; how much more budget a sentence asks about, of a small budget less


def recommendation(decided: DecidedOffers, currency: str = "") -> str:
    """What to do, and what it is expected to earn."""
    customers, outcome, forecast = len(decided.offer), decided.outcome, decided.forecast
    if not outcome.contacted:
        return f"Leave all {counted(customers, 'customer')} alone: within the limits no offer earns what it costs."
    given = [each for each in decided.per_offer if each.contacts.number]
    offered = listed(f"'{each.offer.name}' to {count(each.contacts.number)}" for each in given)
    rest = customers - outcome.contacted
    alone = f", leave {count(rest)} alone" if rest else ""
    return (
        f"Offer {offered}{alone}: expected profit {money(outcome.expected_profit, currency)} ± "
        f"{money(forecast.range.half_width, currency)}, spend {money(outcome.expected_spend, currency)}."
    )


def about_limits(decided: DecidedOffers, currency: str = "", further: tuple[float, float] | None = None) -> str:
    """Which limit binds and what one more unit of it would earn; that none does; empty where there is no limit.

    ``further``: an amount of budget beyond that of the plan and what it would earn, where that is known; money. By default the next
    step at the price of the budget, which is the most that it can earn.
    """
    budget = decided.plan.objective.budget
    if budget is None and all(each.offer.capacity is None for each in decided.per_offer):
        return ""
    said = []
    price_of_budget = decided.assignment.budget_price
    if budget is not None and price_of_budget > 0:
        more = next_step(budget)
        more, earned = further or (more, price_of_budget * more)
        said.append(f"The budget binds: the next {price(more, currency)} would earn about {money(earned, currency)}.")
    for each in decided.per_offer:
        if each.price > 0:
            many = counted(each.contacts.number, "customer")
            said.append(
                f"'{each.offer.name}' is full with {many}: one more would earn about {exact_money(each.price, currency)}."
            )
    if said:
        return " ".join(said)
    if decided.outcome.upper_bound is not None:
        return "More budget or more capacity would earn next to nothing."
    return "No limit binds: more budget or more capacity would earn nothing."


def next_step(budget: float) -> float:
    """How much more budget a sentence asks about: 1,000, of a smaller budget the power of ten in a fifth of it.

    >>> next_step(20_000), next_step(1_000), next_step(0)
    (1000.0, 100.0, 1.0)
    """
    return min(_NEXT, 10.0 ** math.floor(math.log10(budget / 5))) if budget >= 5 else 1.0


def about_best(decided: DecidedOffers) -> str:
    """Whether this is proven to be the best, or how far it can be from it."""
    if decided.assignment.optimal:
        return "No other choice of offers within the limits earns more."
    return f"This is at most {short_percent(decided.assignment.gap)} below the best there can be."


def about_nobody(decided: DecidedOffers) -> list[str]:
    """A sentence about each offer whose rule nobody meets."""
    return [
        f"Nobody can get '{each.offer.name}': no customer meets {each.offer.only_if}."
        for each in decided.per_offer
        if each.offer.only_if and not each.allowed
    ]


def offer_in_words(offer: Offer, currency: str = "") -> str:
    """An offer and its terms in one line.

    >>> offer_in_words(Offer(name="Discount", retention_cost=5, incentive=20, capacity=410, only_if="Contract=Two year"), "$")
    'Discount: $5 a contact, $20 incentive, success rate 30%, at most 410 customers, only if Contract=Two year'
    """
    terms = [f"{price(offer.retention_cost, currency)} a contact"]
    if offer.incentive:
        terms.append(f"{price(offer.incentive, currency)} incentive")
    terms.append(f"success rate {as_set(offer.success_rate)}")
    if offer.incentive and offer.incentive_uptake is not None and offer.incentive_uptake < 1 - offer.backfire_rate:
        terms.append(f"{as_set(offer.incentive_uptake)} of the loyal take it")
    if offer.backfire_rate:
        terms.append(f"backfires in {as_set(offer.backfire_rate)}")
    if offer.capacity is not None:
        terms.append(f"at most {counted(offer.capacity, 'customer')}")
    if offer.only_if:
        terms.append(f"only if {offer.only_if}")
    return f"{offer.name}: {', '.join(terms)}"
