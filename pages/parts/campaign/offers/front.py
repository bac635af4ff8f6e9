"""The first screen of a campaign with several offers: the sentence, the figures, each offer, and what every budget earns."""

import pandas as pd
import streamlit as st

from churn_core.application.workspace import Workspace
from churn_core.decisions.offers import DecidedOffers
from churn_core.decisions.offers_words import ONCE, about_best, about_limits, about_nobody
from churn_core.decisions.recommendation import Recommendation
from pages.parts import words
from pages.parts.campaign.offers.frontier import frontier_of, frontier_of_budgets, further_budget
from pages.parts.headline import headline
from pages.parts.tables import offer_columns, show_table


def offers_front(workspace: Workspace, recommended: Recommendation, decided: DecidedOffers) -> None:
    """``decided``: the offers of the recommendation."""
    outcome, forecast = recommended.outcome, recommended.forecast
    st.title(words.markdown(headline(recommended)))
    with st.container(horizontal=True):
        st.metric("Customers with an offer", words.count(outcome.contacted), border=True, height="stretch")
        st.metric(
            "Expected profit",
            words.money(outcome.expected_profit),
            f"± {words.money(forecast.range_if_exact.half_width)} if the success rates are exactly right"
            if outcome.contacted
            else None,
            delta_color="off",
            delta_arrow="off",
            border=True,
            height="stretch",
            help="Against contacting nobody. The success rates of different offers are taken to be independent.",
        )
        st.metric("Expected spend", words.money(outcome.expected_spend), border=True, height="stretch")
        st.metric("ROI", words.percent(outcome.roi, 0), border=True, height="stretch", help="Expected profit ÷ expected spend.")
    found = frontier_of(workspace, recommended)
    further = further_budget(found, recommended.plan.objective.budget)
    left, right = st.columns(2, gap="medium")
    with left:
        frontier_of_budgets(decided, found)
    with right:
        show_table(offers_table(decided), offer_columns(), key="offers_of_the_draft")
        said = [about_limits(decided, words.currency(), further), about_best(decided), *about_nobody(decided), ONCE]
        for sentence in filter(None, said):
            st.markdown(words.said(sentence))


def offers_table(decided: DecidedOffers) -> pd.DataFrame:
    """What each offer does. Columns: ``offer``; ``customers``; ``capacity`` in words; ``expected_profit`` and ``expected_spend``,
    money; ``roi``.
    """
    rows = [
        (
            each.offer.name,
            each.contacts.number,
            _used(each.contacts.number, each.offer.capacity),
            each.outcome.expected_profit,
            each.outcome.expected_spend,
            each.outcome.roi,
        )
        for each in decided.per_offer
    ]
    table = pd.DataFrame(rows, columns=["offer", "customers", "capacity", "expected_profit", "expected_spend", "roi"])
    return table.astype({"roi": float})


def _used(number: int, capacity: int | None) -> str:
    if capacity is None:
        return "no limit"
    return f"{words.percent(number / capacity)} of {words.count(capacity)}" if capacity else "nobody can get it"
