"""Customers + model + campaign → decisions. The only place where a decision is made."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.campaign.economics import break_even_probability, expected_profit
from churn_core.campaign.offers.assign import NONE
from churn_core.campaign.optimise import choose
from churn_core.campaign.plan import Plan
from churn_core.campaign.worth import worth_of
from churn_core.decisions.offers import OfferPrices, at_prices, decide_offers, figures_of_each, identity_of, names_of
from churn_core.decisions.only_if import may_get
from churn_core.decisions.published_limits import Limited, from_threshold_up
from churn_core.model.protocol import Model
from churn_core.model.reasons import top_reasons
from churn_core.schema import Schema

DECISION_COLUMNS = (
    "churn_probability",
    "break_even_probability",
    "expected_profit",
    "contact",
    "reason_1",
    "reason_2",
    "reason_3",
)
OFFER = "offer"  # the column that names each customer's offer, where there are several
Chosen = npt.NDArray[np.bool_] | npt.NDArray[np.intp]  # whom to contact, or the position of each customer's offer; (n,)


def decision_columns(plan: Plan) -> tuple[str, ...]:
    """``DECISION_COLUMNS``, and ``OFFER`` behind ``contact`` where the plan has several offers."""
    if not plan.offers:
        return DECISION_COLUMNS
    after = DECISION_COLUMNS.index("contact") + 1
    return (*DECISION_COLUMNS[:after], OFFER, *DECISION_COLUMNS[after:])


def churn_probability(model: Model, customers: pd.DataFrame) -> npt.NDArray[np.float64]:
    """The probability that each cleaned customer leaves if nobody contacts them; (n,), 0–1."""
    return model.churn_probability(customers)


def choose_within(
    churn_probability: npt.NDArray[np.float64], clv: npt.NDArray[np.float64], plan: Plan, threshold: float | None = None
) -> tuple[npt.NDArray[np.bool_], Limited | None]:
    """Whom of these customers (n,) to contact, within the limits of the plan: from the ``threshold`` up, and what the limits
    changed of that; without a threshold customer by customer.
    """
    if threshold is None:
        return choose(churn_probability, clv, plan.campaign, plan.objective)[0], None
    return from_threshold_up(churn_probability, clv, plan, threshold)


def decide(
    customers: pd.DataFrame,
    probability: npt.ArrayLike,
    plan: Plan,
    threshold: float | None = None,
    chosen: Chosen | None = None,
    here: npt.NDArray[np.bool_] | None = None,
    prices: OfferPrices | None = None,
    *,
    schema: Schema,
) -> pd.DataFrame:
    """Whom to contact: everybody from ``threshold`` up, or without a threshold customer by customer, within the plan's limits.
    If these customers are a part of a file and the limits hold for the whole file, ``chosen`` (n,) says whom. ``here`` (n,)
    says who can be contacted at all, by default everybody: nobody else ever is.

    A plan with several offers gives each customer one of them or none, whatever the threshold; whoever is met alone is decided at
    the ``prices`` of a list.

    Columns: ``churn_probability``, ``break_even_probability`` (NaN: contacting pays at no probability),
    ``expected_profit`` (money, against not contacting), ``contact`` (bool); where there are several offers these are of the
    customer's own, of whoever gets none of the one that would earn most, and ``offer`` is its name, ``None`` for none. Index as
    ``customers``.
    """
    p = np.asarray(probability, dtype=float)
    clv = worth_of(customers, schema, p).clv(plan.campaign)
    here = np.ones(len(p), dtype=bool) if here is None else here
    if plan.offers:
        return _decide_offers(customers, p, clv, plan, chosen, here, prices, schema)
    break_even = break_even_probability(clv, plan.campaign)
    if chosen is None:
        chosen = np.zeros(len(p), dtype=bool)
        chosen[here], _ = choose_within(p[here], clv[here], plan, threshold)
    return pd.DataFrame(
        {
            "churn_probability": p,
            "break_even_probability": np.where(np.isinf(break_even), np.nan, break_even),
            "expected_profit": expected_profit(p, clv, plan.campaign),
            "contact": chosen & here,
        },
        index=customers.index,
    )


def _decide_offers(
    customers: pd.DataFrame,
    p: npt.NDArray[np.float64],
    clv: npt.NDArray[np.float64],
    plan: Plan,
    chosen: Chosen | None,
    here: npt.NDArray[np.bool_],
    prices: OfferPrices | None,
    schema: Schema,
) -> pd.DataFrame:
    allowed = may_get(plan.offers, customers, schema)
    if chosen is None and prices is not None:
        chosen = at_prices(p, clv, allowed, plan, prices)
    elif chosen is None:
        chosen = np.full(len(p), NONE)
        identity = identity_of(customers[schema.id])
        chosen[here] = decide_offers(p[here], clv[here], allowed[:, here], plan, identity[here]).offer
    offer = np.where(here, chosen, NONE)
    profit, break_even = figures_of_each(p, clv, allowed, plan, offer)
    return pd.DataFrame(
        {
            "churn_probability": p,
            "break_even_probability": np.where(np.isinf(break_even), np.nan, break_even),
            "expected_profit": profit,
            "contact": offer != NONE,
            OFFER: names_of(plan.offers, offer),
        },
        index=customers.index,
    )


def score(
    customers: pd.DataFrame,
    model: Model,
    plan: Plan,
    threshold: float | None = None,
    chosen: Chosen | None = None,
    here: npt.NDArray[np.bool_] | None = None,
    prices: OfferPrices | None = None,
    *,
    schema: Schema,
) -> pd.DataFrame:
    """``decision_columns`` of the plan for each cleaned customer."""
    decisions = decide(customers, churn_probability(model, customers), plan, threshold, chosen, here, prices, schema=schema)
    return pd.concat([decisions, top_reasons(model, customers, schema=schema)], axis=1)
