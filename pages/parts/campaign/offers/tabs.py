"""What the tabs of the Campaign page show where there are several offers; those made for one offer say so in a sentence."""

import pandas as pd
import streamlit as st

from churn_core.application.workspace import Workspace
from churn_core.campaign.sensitivity import break_evens
from churn_core.campaign.totals import totals_of
from churn_core.charts.sensitivity import bands_figure
from churn_core.decisions.compare_offers import ALL_OFFERS, policies_of_offers, without_each
from churn_core.decisions.control import control_of
from churn_core.decisions.offers import DecidedOffers, campaigns_of
from churn_core.decisions.recommendation import Recommendation, recommend
from pages.parts import words
from pages.parts.campaign.other_answers import other_answers
from pages.parts.frame import chart, palette
from pages.parts.tables import (
    control_of_offers_columns,
    missing_offer_columns,
    policy_columns,
    show_table,
    success_rates_of_offers_columns,
)

SHARES = (0.05, 0.1, 0.2)  # of each offer's customers who are left alone; our choice


def control_tab_of_offers(workspace: Workspace, recommended: Recommendation) -> None:
    """How well each offer would be measured, by the share of its customers who are left alone."""
    if recommended.population.is_back_test:
        recommended = recommend(workspace.still_here, recommended.plan)
    if not recommended.outcome.contacted:
        st.info("Nobody gets an offer, so there is nothing to measure.", icon=":material/info:")
        return
    st.markdown(
        "A **control group** is a part of the list, drawn by lot within the customers of each offer, that nobody contacts. So each "
        "offer is measured against customers whom it was meant for. Choose its share on the tab “Contact list”."
    )
    show_table(_precision(recommended), control_of_offers_columns(SHARES), key="control_of_offers")
    st.caption(
        "The give or take with which each success rate will be known, with 95%. Offers with few customers need a larger share. What "
        "the best share is worth is worked out for one offer alone: switch “Several offers” off to see it."
    )


def _precision(recommended: Recommendation) -> pd.DataFrame:
    """Columns: ``offer``, ``customers``; for each of ``SHARES`` the give or take of the success rate, 0–1, NaN for none."""
    of_each = {share: control_of(recommended, share, "").per_offer for share in SHARES}
    rows = [{"offer": each.offer, "customers": each.treated + each.customers} for each in of_each[SHARES[0]]]
    table = pd.DataFrame(rows)
    for share, found in of_each.items():
        table[f"{share}"] = [float("nan") if each.precision is None else each.precision.half_width for each in found]
    return table


def many_customers_tab_of_offers(workspace: Workspace, recommended: Recommendation) -> None:
    st.info(
        "A summary holds no single customer, and so does not say who would get which offer. Switch “Several offers” off to see what "
        "one offer earns on it, or assign the offers on the command line.",
        icon=":material/info:",
    )
    st.code("python -m churn_core offers OFFERS.csv scored.parquet --budget 20000", language="sh")


def policies_tab_of_offers(workspace: Workspace, recommended: Recommendation) -> None:
    """Each offer alone beside all of them."""
    table = policies_of_offers(recommended.population, recommended.plan)
    profit = table.set_index("policy")["expected_profit"]
    alone = profit.drop(ALL_OFFERS)
    st.markdown(
        words.markdown(
            "With several offers each customer is decided by the own figures, so no single threshold says who is contacted. Together "
            f"the offers earn {words.money(profit[ALL_OFFERS])}; the best single choice is {alone.idxmax()}, which earns "
            f"{words.money(alone.max())}. All keep to the budget and the capacities."
        )
    )
    columns = {name: column for name, column in policy_columns().items() if name not in ("threshold", "forbidden_by")}
    show_table(table, columns, key="policies_of_offers", column_order=list(columns))


def how_sure_tab_of_offers(workspace: Workspace, recommended: Recommendation) -> None:
    """The range of what the campaign will earn, and how far each success rate can fall."""
    if recommended.offers is None or not recommended.outcome.contacted:
        st.info("Nobody gets an offer, so nothing can be lost.", icon=":material/info:")
        return
    forecast = recommended.forecast
    rows = [
        ("If the success rates are exactly right", forecast.range_if_exact),
        ("With the give or take of each", forecast.range),
    ]
    table = pd.DataFrame(
        [(label, b.estimate, b.low, b.high, f"{words.money(b.low)} to {words.money(b.high)}") for label, b in rows],
        columns=["label", "estimate", "low", "high", "text"],
    )
    left, right = st.columns([3, 2], gap="large")
    with left:
        chart(
            f"The chance that this campaign loses money is {words.chance(recommended.chance_of_loss)}",
            bands_figure(table, palette(), words.currency()),
            key="bands_of_offers",
            caption="What this campaign will earn, 95 of 100 times. Who leaves, who stays and who takes an offer is chance even where "
            "every assumption is right. The success rates of different offers are taken to be independent: if they are wrong in the "
            "same direction, the range is wider.",
        )
    with right:
        st.markdown("**How far each success rate can fall**")
        show_table(
            _success_rates(recommended, recommended.offers), success_rates_of_offers_columns(), key="success_rates_of_offers"
        )
        st.caption("Below its break-even an offer loses money with the customers who get it, whatever the others do.")


def _success_rates(recommended: Recommendation, decided: DecidedOffers) -> pd.DataFrame:
    """Columns: ``offer``; ``success_rate`` as assumed and ``break_even``, at which its customers bring nothing, 0–1; NaN for none."""
    plan, p, clv = recommended.plan, recommended.population.probability, recommended.clv
    rows = []
    for j, (offer, campaign) in enumerate(zip(plan.offers, campaigns_of(plan), strict=True)):
        given = decided.offer == j
        least = break_evens(totals_of(p[given], clv[given]), campaign)[0] if given.any() else None
        rows.append((offer.name, offer.success_rate, least))
    return pd.DataFrame(rows, columns=["offer", "success_rate", "break_even"]).astype({"break_even": float})


def sensitivity_tab_of_offers(workspace: Workspace, recommended: Recommendation) -> None:
    """What each offer adds, and what other answers would change."""
    st.markdown("**What each offer adds**")
    table = without_each(recommended.population, recommended.plan)
    show_table(table, missing_offer_columns(), key="missing_offers")
    st.caption(
        "Each offer is left out, and the others are given anew. What one unit more of a limit would earn stands above, and the curve "
        "shows every budget. The heat map and the bars of this tab are made for one offer: switch “Several offers” off to see them."
    )
    other_answers(workspace, recommended)


TABS_OF_OFFERS = {  # the tabs that are others than with one offer
    "Control group": control_tab_of_offers,
    "Per customer or one threshold": policies_tab_of_offers,
    "How sure": how_sure_tab_of_offers,
    "Sensitivity": sensitivity_tab_of_offers,
    "Many customers": many_customers_tab_of_offers,
}
