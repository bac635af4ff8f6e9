"""Which customer gets which of several offers: the best within a budget and capacities, each customer at most one, once."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.campaign.economics import Campaign, break_even_probability, expected_profit, expected_spend
from churn_core.campaign.forecast import Contacts, Forecast
from churn_core.campaign.offers.assign import NONE, Assignment, assign
from churn_core.campaign.offers.forecast import forecast_of_offers
from churn_core.campaign.offers.offer import Offer
from churn_core.campaign.optimise import Outcome
from churn_core.campaign.plan import Plan
from churn_core.errors import CampaignError

Values = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class OfOneOffer:
    """What one offer does: ``contacts``, the sums over the customers who get it; ``price``: what one more customer of its capacity
    would earn, money, 0 where the capacity does not bind; ``allowed``: customers who may get it.
    """

    offer: Offer
    contacts: Contacts
    price: float
    allowed: int

    @property
    def is_full(self) -> bool:
        """Whether as many customers get it as can."""
        return self.offer.capacity is not None and self.contacts.number >= self.offer.capacity

    @property
    def outcome(self) -> Outcome:
        """What giving it to its customers does, without the fixed cost of the campaign."""
        return self.contacts.outcome(Campaign())


@dataclass(frozen=True, kw_only=True)
class OfferPrices:
    """What one more unit of each limit of a list would earn: λ of the ``budget``, no unit, and μ of each ``capacity``, money.

    At these prices the list gives each customer the offer with the largest u − λ·e − μ. So is decided who is met alone, where no
    list can be kept to its limits.
    """

    budget: float
    capacity: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class ContactsOfOffers:
    """``forecast.Contacts`` of each of the ``offers``; ``a + b`` is of both parts of a list."""

    offers: tuple[Offer, ...]
    of_each: tuple[Contacts, ...]

    @property
    def number(self) -> int:
        """Customers who get an offer."""
        return sum(each.number for each in self.of_each)

    @property
    def profit(self) -> float:
        """Their expected profit, without the fixed cost; money."""
        return sum(each.profit for each in self.of_each)

    def __add__(self, other: "ContactsOfOffers") -> "ContactsOfOffers":
        return replace(self, of_each=tuple(a + b for a, b in zip(self.of_each, other.of_each, strict=True)))

    def as_list(self) -> list[dict[str, Any]]:
        """What each offer does, as JSON values, without the fixed cost: CONTRACT.md, ``per_offer``."""
        outcomes = [each.outcome(Campaign()) for each in self.of_each]
        return [
            {
                "offer": offer.name,
                "customers": each.contacted,
                "profit": each.expected_profit,
                "spend": each.expected_spend,
                "roi": each.roi,
            }
            for offer, each in zip(self.offers, outcomes, strict=True)
        ]

    def outcome(self, campaign: Campaign) -> Outcome:
        """What giving the offers does, the fixed cost of the ``campaign`` charged once."""
        return sum(self.of_each, Contacts()).outcome(campaign)

    def forecast(self, campaign: Campaign) -> Forecast:
        """The ranges of what that will earn."""
        return forecast_of_offers(self.of_each, [offer.in_campaign(campaign) for offer in self.offers], campaign.fixed_cost)


def no_contacts(plan: Plan) -> Contacts | ContactsOfOffers:
    """The sums over nobody, to add those of the parts of a list to."""
    return ContactsOfOffers(offers=plan.offers, of_each=(Contacts(),) * len(plan.offers)) if plan.offers else Contacts()


@dataclass(frozen=True, kw_only=True, eq=False)
class DecidedOffers:
    """The offers of a ``plan`` on customers (n,). ``per_offer`` is in the order of the plan."""

    plan: Plan
    assignment: Assignment
    per_offer: tuple[OfOneOffer, ...]

    @property
    def offer(self) -> npt.NDArray[np.intp]:
        """The position of each customer's offer in the plan (n,), ``NONE`` for none."""
        return self.assignment.offer

    @property
    def contact(self) -> Mask:
        """Who gets an offer (n,)."""
        return np.asarray(self.offer != NONE, dtype=bool)

    @property
    def names(self) -> npt.NDArray[np.object_]:
        """The name of each customer's offer (n,), ``None`` for none."""
        return names_of(self.plan.offers, self.offer)

    @property
    def prices(self) -> OfferPrices:
        """The prices of the limits."""
        return OfferPrices(budget=self.assignment.budget_price, capacity=tuple(self.assignment.capacity_price.tolist()))

    @property
    def contacts(self) -> ContactsOfOffers:
        """The sums over the customers of each offer."""
        return ContactsOfOffers(offers=self.plan.offers, of_each=tuple(each.contacts for each in self.per_offer))

    @property
    def outcome(self) -> Outcome:
        """What the campaign as a whole does; ``upper_bound`` where it is not proven to be the best."""
        outcome = self.contacts.outcome(self.plan.campaign)
        if self.assignment.optimal:
            return outcome
        return replace(outcome, upper_bound=max(self.assignment.bound, outcome.expected_profit))

    @property
    def forecast(self) -> Forecast:
        """The ranges of what the campaign as a whole will earn."""
        return self.contacts.forecast(self.plan.campaign)


@functools.lru_cache(maxsize=64)  # asked several times for each customer of the API
def campaigns_of(plan: Plan) -> tuple[Campaign, ...]:
    """The campaign of each offer alone, in the order of the plan."""
    return tuple(offer.in_campaign(plan.campaign) for offer in plan.offers)


def names_of(offers: Sequence[Offer], at: npt.NDArray[np.intp]) -> npt.NDArray[np.object_]:
    """The name of the offer at each position (n,), ``None`` for ``NONE``."""
    return np.array([*(offer.name for offer in offers), None], dtype=object)[at]  # NONE is the last


def positions_of(offers: Sequence[Offer], names: pd.Series) -> npt.NDArray[np.intp]:
    """What ``names_of`` names (n,)."""
    return np.asarray(names.map({offer.name: j for j, offer in enumerate(offers)}).fillna(NONE), dtype=np.intp)


def identity_of(ids: pd.Series) -> npt.NDArray[np.uint64]:
    """A number for each customer's id (n,), by which ties are settled, so that the order of the rows does not matter."""
    return np.asarray(pd.util.hash_array(ids.astype(str).to_numpy(dtype=object), categorize=False), dtype=np.uint64)


def earnings(churn_probability: Values, clv: Values, allowed: Mask, plan: Plan) -> tuple[Values, Values]:
    """Expected profit u, −∞ where an offer is not for the customer, and expected spend e of each offer; (J, n) each, money."""
    campaigns = campaigns_of(plan)
    profit = np.stack([expected_profit(churn_probability, clv, campaign) for campaign in campaigns])
    spend = np.stack(
        [np.broadcast_to(expected_spend(churn_probability, campaign), churn_probability.shape) for campaign in campaigns]
    )
    return np.where(allowed, profit, -np.inf), spend


def decide_offers(
    churn_probability: Values,
    clv: Values,
    allowed: Mask,
    plan: Plan,
    identity: npt.NDArray[np.generic] | None = None,
) -> DecidedOffers:
    """The largest profit of the ``plan``'s offers within its budget and their capacities; (n,) each over customers still here.

    ``allowed`` (J, n) as ``only_if.may_get`` gives it; ``identity`` (n,) as ``identity_of``. One offer without limits is given to
    whoever is worth a contact, as ``optimise.choose``. Raises ``CampaignError`` for a plan without offers.
    """
    if not plan.offers:
        raise CampaignError("The campaign has no list of offers. Add an offer.")
    profit, spend = earnings(churn_probability, clv, allowed, plan)
    assignment = assign(
        profit,
        spend,
        budget=plan.objective.budget,
        capacity=[offer.capacity for offer in plan.offers],
        fixed_cost=plan.campaign.fixed_cost,
        identity=identity,
        names=[offer.name for offer in plan.offers],
    )
    return of_assignment(assignment, churn_probability, clv, allowed, plan)


def of_assignment(assignment: Assignment, churn_probability: Values, clv: Values, allowed: Mask, plan: Plan) -> DecidedOffers:
    """The figures of an assignment of the ``plan``'s offers, as of any other."""
    contacts = contacts_of(churn_probability, clv, plan, assignment.offer)
    per_offer = (
        OfOneOffer(offer=offer, contacts=of_offer, price=float(price), allowed=int(may.sum()))
        for offer, of_offer, price, may in zip(plan.offers, contacts.of_each, assignment.capacity_price, allowed, strict=True)
    )
    return DecidedOffers(plan=plan, assignment=assignment, per_offer=tuple(per_offer))


def contacts_of(churn_probability: Values, clv: Values, plan: Plan, offer: npt.NDArray[np.intp]) -> ContactsOfOffers:
    """The sums over the customers of each of the plan's offers, from the position of each customer's ``offer``; (n,) each."""
    given = [offer == j for j in range(len(plan.offers))]
    return ContactsOfOffers(
        offers=plan.offers,
        of_each=tuple(
            Contacts.of(churn_probability[of_offer], clv[of_offer], campaign)
            for of_offer, campaign in zip(given, campaigns_of(plan), strict=True)
        ),
    )


def at_prices(churn_probability: Values, clv: Values, allowed: Mask, plan: Plan, prices: OfferPrices) -> npt.NDArray[np.intp]:
    """The position of each customer's offer at the ``prices`` of a list (n,): the one with the largest u − λ·e − μ above 0, of equal
    ones the first by name; ``NONE`` where no offer is worth its price.
    """
    profit, spend = earnings(churn_probability, clv, allowed, plan)
    net = np.where(profit > 0, profit - prices.budget * spend - np.array(prices.capacity)[:, None], -np.inf)
    order = np.argsort([offer.name for offer in plan.offers], kind="stable")
    best = order[net[order].argmax(axis=0)]
    return np.where(net[best, np.arange(net.shape[1])] > 0, best, NONE)


def figures_of_given(churn_probability: Values, clv: Values, plan: Plan, offer: npt.NDArray[np.intp]) -> tuple[Values, Values]:
    """Expected profit and spend of giving each customer (n,) the own ``offer``, money; 0 for whoever gets none."""
    profit, spend = earnings(churn_probability, clv, np.ones((len(plan.offers), len(offer)), dtype=bool), plan)
    rows, gets = np.arange(len(offer)), offer != NONE
    return np.where(gets, profit[offer, rows], 0.0), np.where(gets, spend[offer, rows], 0.0)


def figures_of_each(
    churn_probability: Values, clv: Values, allowed: Mask, plan: Plan, offer: npt.NDArray[np.intp]
) -> tuple[Values, Values]:
    """Expected profit and break-even probability of each customer (n,) by the own ``offer``; of whoever gets none by the offer that
    would earn most; NaN where no offer is for the customer.
    """
    profit, _ = earnings(churn_probability, clv, allowed, plan)
    rows = np.arange(len(churn_probability))
    meant = np.where(offer == NONE, profit.argmax(axis=0), offer)
    break_even = np.stack([break_even_probability(clv, campaign) for campaign in campaigns_of(plan)])[meant, rows]
    own, for_nobody = profit[meant, rows], ~allowed.any(axis=0)
    return np.where(for_nobody, np.nan, own), np.where(for_nobody, np.nan, break_even)
