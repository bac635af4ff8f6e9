"""Several offers as a part of the draft: in the session as one text, in the address under the same name, and in words.

Whoever changes them calls ``put``: the session, the address and the table on the Campaign page then say the same.
"""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from churn_core.campaign.economics import Campaign
from churn_core.campaign.objective import Objective
from churn_core.campaign.offers.in_text import as_text, offers_of
from churn_core.campaign.offers.offer import OF_ONE_OFFER, Offer
from churn_core.campaign.plan import Plan
from pages.parts import address, words

OFFERS = "offers"  # their key in the session, and their name in the address; empty: one offer, that of the inputs
START = "offers_start"  # the offers that the table has to show anew; taken away by the table

IN_ADDRESS = address.Parameter(
    lambda values: values[0] == "" or offers_of(values[0]) is not None, "a list of offers as the Campaign page writes it"
)
_OF_THE_OFFERS = (*OF_ONE_OFFER, "min_roi", "min_marginal_roi", "rule")  # inputs that say nothing once there are several offers


def draft_offers() -> tuple[Offer, ...]:
    """The offers of the draft; none where there is one offer alone. What the address says anew is taken over first."""
    given, known = st.query_params.get(OFFERS, ""), st.session_state.get(OFFERS, "")
    if given != known:
        told = offers_of(given)
        put(told or offers_of(known) or (), in_the_table=told is not None)
    return offers_of(st.session_state.get(OFFERS, "")) or ()


def put(offers: Sequence[Offer], in_the_table: bool = True) -> None:
    """These are the offers from now on. ``in_the_table``: whether the table has to show them anew."""
    text = as_text(offers)
    st.session_state[OFFERS] = text
    if in_the_table:
        st.session_state[START] = tuple(offers)
    if text:
        st.query_params[OFFERS] = text
    else:
        st.query_params.pop(OFFERS, None)


def with_offers(plan: Plan) -> Plan:
    """The ``plan`` of the inputs with the offers of the draft, which keep to a budget and to capacities alone."""
    offers = draft_offers()
    return replace(plan, objective=Objective(budget=plan.objective.budget), offers=offers) if offers else plan


def is_of_the_offers(key: str) -> bool:
    """Whether an input says nothing, since each of several offers has a value of its own."""
    return key in _OF_THE_OFFERS and bool(st.session_state.get(OFFERS))


def of_all_offers(campaign: Campaign) -> Campaign:
    """The ``campaign`` without what each offer has of its own: those are at their defaults."""
    usual = Campaign()
    return replace(campaign, **{name: getattr(usual, name) for name in OF_ONE_OFFER})


def offers_in_words(offers: Sequence[Offer]) -> str:
    """The offers in one line: name, cost and success rate of each."""
    told = [
        f"{offer.name} ({words.price(offer.retention_cost)}, {words.as_set(offer.success_rate)} success"
        + (f", {words.price(offer.incentive)} incentive" if offer.incentive else "")
        + (f", at most {words.count(offer.capacity)}" if offer.capacity is not None else "")
        + (f", only if {offer.only_if}" if offer.only_if else "")
        + ")"
        for offer in offers
    ]
    return f"{words.counted(len(offers), 'offer')}: {words.listed(told)}"
