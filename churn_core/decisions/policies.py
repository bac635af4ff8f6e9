"""What each choice earns: nobody, everybody, one threshold, customer by customer, foresight; and the money of a segment."""

from dataclasses import replace
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.campaign.economics import NOISE, Campaign, break_even_probability, expected_profit, expected_spend
from churn_core.campaign.forecast import Contacts
from churn_core.campaign.objective import MAXIMUM_PROFIT, Objective
from churn_core.campaign.optimise import (
    NOBODY_CONTACTED,
    Outcome,
    best_threshold,
    choose,
    contact_all,
    per_customer,
    ranked_per_customer,
)
from churn_core.campaign.plan import Plan
from churn_core.campaign.sweep import Sweep
from churn_core.campaign.worth import worth_of
from churn_core.decisions.population import Population
from churn_core.schema import Schema

NOBODY, EVERYBODY, ONE_THRESHOLD, EACH, FORESIGHT = (
    "Nobody",
    "Everybody",
    "Best threshold",
    "Customer by customer",
    "Perfect foresight (realised)",
)


def revenue_at_risk(population: Population) -> float:
    """The revenue of a year that is expected to leave: Σ 12 · monthly charge · churn probability; money per year. Of customers with
    a value for life, the value that is expected to leave; money.
    """
    worth = population.worth
    return float((1 if worth.for_life else 12) * np.sum(worth.amount * population.probability))


def customer_sweep(
    customers: pd.DataFrame, probability: npt.ArrayLike, leaving: npt.ArrayLike | None = None, *, schema: Schema
) -> Sweep:
    """The sweep over these customers, valued as the schema says; sorted once for all positions of the sliders."""
    p = np.asarray(probability, dtype=float)
    return worth_of(customers, schema, p).sweep(p, leaving)


def outcome_of(
    customers: pd.DataFrame,
    probability: npt.ArrayLike,
    campaign: Campaign,
    leaving: npt.ArrayLike | None = None,
    objective: Objective = MAXIMUM_PROFIT,
    *,
    schema: Schema,
) -> Outcome:
    """The outcome of deciding customer by customer; with ``leaving`` (0/1) what the same contacts realised."""
    p = np.asarray(probability, dtype=float)
    return per_customer(p, worth_of(customers, schema, p).clv(campaign), campaign, leaving, objective)


def policies(population: Population, plan: Plan) -> pd.DataFrame:
    """What each choice earns. One row each for contacting nobody, everybody, by the best single threshold and customer by
    customer; in a back-test also with perfect foresight: exactly those who left and are worth it, as it would have been realised.

    Columns: ``policy``, ``contacted``, ``expected_profit``, ``expected_spend`` (money), ``roi`` (NaN if nothing is spent),
    ``threshold`` (NaN if no threshold describes the choice), ``forbidden_by``: the limit of the plan that forbids the choice, by its
    name in ECONOMICS.md, empty for none. Only contacting everybody can be forbidden; the others keep to the limits.
    """
    swept, campaign, objective = population.expected_sweep, plan.campaign, plan.objective
    outcomes = {
        NOBODY: NOBODY_CONTACTED,
        EVERYBODY: contact_all(swept, campaign),
        ONE_THRESHOLD: best_threshold(swept, campaign, objective),
        EACH: ranked_per_customer(swept, campaign, objective),
    }
    if population.churned is not None:
        clv = population.worth.clv(campaign)
        outcomes[FORESIGHT] = per_customer(population.churned, clv, campaign, objective=objective)
    rows = [(n, o.contacted, o.expected_profit, o.expected_spend, o.roi, o.threshold) for n, o in outcomes.items()]
    table = pd.DataFrame(rows, columns=["policy", "contacted", "expected_profit", "expected_spend", "roi", "threshold"])
    forbidden = _limit_on_everybody(outcomes[EVERYBODY], plan, swept)
    table["forbidden_by"] = [forbidden if policy == EVERYBODY else "" for policy in table["policy"]]
    return table.astype({"roi": float, "threshold": float})


def _limit_on_everybody(everybody: Outcome, plan: Plan, swept: Sweep) -> str:
    """The limit that forbids contacting everybody; empty for none."""
    profit, spend, asked = np.asarray(everybody.expected_profit), everybody.expected_spend, plan.objective
    if not Objective(budget=asked.budget).allows(profit, spend):
        return "budget"
    if not Objective(min_roi=asked.min_roi).allows(profit, spend):
        return "min_roi"
    clv = swept.clv(plan.campaign)
    least = asked.marginal * expected_spend(swept.score, plan.campaign) * (1 - NOISE)
    if asked.marginal and (expected_profit(swept.score, clv, plan.campaign) < least).any():
        return "min_marginal_roi"
    return ""


def advantage(table: pd.DataFrame, chosen: str) -> tuple[str, float]:
    """The better of contacting nobody and everybody in the table of ``policies``, and what the ``chosen`` one earns beyond it.

    What a limit forbids is no choice, so it is not compared.
    """
    profit = table.set_index("policy")["expected_profit"]
    allowed = table.loc[table["forbidden_by"] == "", "policy"]
    simple = profit[[policy for policy in (NOBODY, EVERYBODY) if policy in set(allowed)]].idxmax()
    return simple, float(profit[chosen] - profit[simple])


class HasMembers(Protocol):
    """A segment, written or found: it says of any clean customers who is in it."""

    def members(self, customers: pd.DataFrame) -> pd.Series:
        """True for each customer of the segment."""


def segment_economics(population: Population, segment: HasMembers, campaign: Campaign) -> dict[str, Any]:
    """The segment under the campaign: ``customers``, ``break_even_probability`` (of its average charge),
    ``mean_probability``, ``outcome`` and ``forecast`` (of contacting those who pay; no fixed cost is charged to them),
    ``value_of_a_point``: money of CLV that one percentage point less churn keeps, Σ V / 100.
    """
    inside = segment.members(population.customers).to_numpy()
    p, clv = population.probability[inside], population.worth.clv(campaign)[inside]
    without_fixed = replace(campaign, fixed_cost=0.0)
    contact, _ = choose(p, clv, without_fixed)
    contacts = Contacts.of(p[contact], clv[contact], without_fixed)
    return {
        "customers": len(p),
        "break_even_probability": float(break_even_probability(clv.mean(), campaign)) if len(p) else float("nan"),
        "mean_probability": float(p.mean()) if len(p) else float("nan"),
        "outcome": contacts.outcome(without_fixed),
        "forecast": contacts.forecast(without_fixed),
        "value_of_a_point": float(clv.sum()) / 100,
    }


def average_break_even(population: Population, campaign: Campaign) -> float:
    """The break-even of a customer of the average worth, c / (γ·V̄): about where the best single threshold lies."""
    return float(break_even_probability(population.worth.clv(campaign).mean(), campaign))
