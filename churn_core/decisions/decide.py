"""Customers + model + campaign → decisions. The only place where a decision is made."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.campaign.economics import break_even_probability, expected_profit
from churn_core.campaign.optimise import choose
from churn_core.campaign.plan import Plan
from churn_core.campaign.worth import worth_of
from churn_core.decisions.published_limits import Limited, from_threshold_up
from churn_core.model.explain import top_reasons
from churn_core.model.protocol import Model
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
    chosen: npt.NDArray[np.bool_] | None = None,
    here: npt.NDArray[np.bool_] | None = None,
    *,
    schema: Schema,
) -> pd.DataFrame:
    """Whom to contact: everybody from ``threshold`` up, or without a threshold customer by customer, within the plan's limits.
    If these customers are a part of a file and the limits hold for the whole file, ``chosen`` (n,) says whom. ``here`` (n,)
    says who can be contacted at all, by default everybody: nobody else ever is.

    Columns: ``churn_probability``, ``break_even_probability`` (NaN: contacting pays at no probability),
    ``expected_profit`` (money, against not contacting), ``contact`` (bool). Index as ``customers``.
    """
    p = np.asarray(probability, dtype=float)
    clv = worth_of(customers, schema, p).clv(plan.campaign)
    break_even = break_even_probability(clv, plan.campaign)
    here = np.ones(len(p), dtype=bool) if here is None else here
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


def score(
    customers: pd.DataFrame,
    model: Model,
    plan: Plan,
    threshold: float | None = None,
    chosen: npt.NDArray[np.bool_] | None = None,
    here: npt.NDArray[np.bool_] | None = None,
    *,
    schema: Schema,
) -> pd.DataFrame:
    """``DECISION_COLUMNS`` for each cleaned customer."""
    decisions = decide(customers, churn_probability(model, customers), plan, threshold, chosen, here, schema=schema)
    return pd.concat([decisions, top_reasons(model, customers, schema=schema)], axis=1)
