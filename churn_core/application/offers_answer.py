"""The best of several offers for scored customers: of a file, or of the dashboard. What ``offers`` answers."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.application.optimum import currency_of, outcome_as_dict
from churn_core.application.scored_money import scored_money
from churn_core.campaign.economics import TENURE
from churn_core.campaign.plan import Plan
from churn_core.data.cleaning.taken import together
from churn_core.data.columns import find_columns
from churn_core.data.reading.reader import RawTable
from churn_core.decisions.offers import DecidedOffers, OfOneOffer, decide_offers, figures_of_given, identity_of
from churn_core.decisions.offers_of_population import decided_offers
from churn_core.decisions.offers_words import ONCE, about_best, about_limits, about_nobody, recommendation
from churn_core.decisions.only_if import may_get_in_file
from churn_core.decisions.population import HERE, Population
from churn_core.formats import count, counted, money, percent
from churn_core.schema import Schema

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class OffersAnswer:
    """``decided`` on customers still here. ``customers``: a row for each customer of the table or of the dashboard, those who have
    left too, with the columns of ``listed``. ``left``: how many of them have left; ``notices`` about the table.
    """

    decided: DecidedOffers
    customers: pd.DataFrame
    left: int
    schema: Schema
    notices: tuple[str, ...] = ()

    @property
    def warnings(self) -> list[str]:
        """What else the reader has to know."""
        left = f"{counted(self.left, 'customer has', 'customers have')} left and can get nothing."
        return [*self.notices, *([left] if self.left else []), *about_nobody(self.decided)]

    def as_dict(self) -> dict[str, Any]:
        """As JSON values; CONTRACT.md names the keys."""
        decided = self.decided
        outcome, assignment = decided.outcome, decided.assignment
        values = outcome_as_dict(outcome, decided.forecast)
        values.pop("upper_bound", None)
        return {
            "profit": values.pop("expected_profit"),
            "spend": values.pop("expected_spend"),
            "bound": outcome.expected_profit if outcome.upper_bound is None else outcome.upper_bound,
            "gap": assignment.gap,
            "optimal": assignment.optimal,
            "customers": len(decided.offer),
            **values,
            "left": self.left,
            "per_offer": [
                {**told, "capacity": each.offer.capacity, "allowed": each.allowed}
                for told, each in zip(decided.contacts.as_list(), decided.per_offer, strict=True)
            ],
            "prices": {
                "budget": assignment.budget_price,
                "capacity": {each.offer.name: each.price for each in decided.per_offer},
            },
            "recommendation": recommendation(decided, self.schema.currency),
            "limits": about_limits(decided, self.schema.currency),
            "warnings": self.warnings,
        }

    def in_words(self) -> list[str]:
        """The answer as lines to read."""
        decided, currency = self.decided, self.schema.currency
        limits = about_limits(decided, currency)
        return [
            f"{counted(len(decided.offer), 'customer')} still here, in {currency_of(self.schema)}",
            recommendation(decided, currency),
            *(_in_words(each, currency) for each in decided.per_offer),
            *([limits] if limits else []),
            about_best(decided),
            ONCE,
        ]


def offers_of_dashboard(population: Population, plan: Plan, left: int) -> OffersAnswer:
    """The ``plan``'s offers for the dashboard's customers still here; ``left``: how many are not."""
    schema, ids = population.schema, population.customers[population.schema.id]
    p, clv = population.probability, population.worth.clv(plan.campaign)
    decided = decided_offers(population, plan)
    described = pd.DataFrame({schema.id: ids.to_numpy(), "churn_probability": p, "clv": clv})
    return OffersAnswer(decided=decided, customers=_listed(described, decided, p, clv), left=left, schema=schema)


def offers_of_file(table: RawTable, plan: Plan, schema: Schema) -> OffersAnswer:
    """The ``plan``'s offers for the customers of a scored file who are still here by ``churned`` or the outcome of the schema.

    Raises ``DataError`` as ``scored_money``, and ``CampaignError`` for a rule on a column that the file does not have.
    """
    frame = table.frame
    by_tenure = plan.campaign.after_save == TENURE
    money = scored_money(frame, schema, HERE, table.decimal, with_tenure=by_tenure)
    here = np.ones(len(frame), dtype=bool) if money.here is None else money.here
    p, clv = money.probability, money.worth.clv(plan.campaign)
    allowed = may_get_in_file(plan.offers, frame[here], schema, table.decimal)
    at = find_columns(frame.columns, schema).at.get(schema.id)
    ids = None if at is None else together(frame, at, schema[schema.id])
    decided = decide_offers(p, clv, allowed, plan, None if ids is None else identity_of(ids[here]))
    described = pd.DataFrame({"row": frame.index, **({} if ids is None else {schema.id: ids.to_numpy()})})
    described[["churn_probability", "clv"]] = np.nan
    described.loc[here, "churn_probability"], described.loc[here, "clv"] = p, clv
    return OffersAnswer(
        decided=decided,
        customers=described.join(_listed(described[here], decided, p, clv)[list(_ADDED)]),
        left=money.left_out,
        schema=schema,
        notices=(*table.notices, *money.warnings),
    )


_ADDED = ("offer", "expected_profit", "expected_spend")


def _listed(described: pd.DataFrame, decided: DecidedOffers, p: Values, clv: Values) -> pd.DataFrame:
    """The customers with ``offer``, and with the expected profit and spend of giving it, money; blank for whoever gets none."""
    profit, spend = (np.where(decided.contact, money, np.nan) for money in figures_of_given(p, clv, decided.plan, decided.offer))
    return described.assign(offer=decided.names, expected_profit=profit, expected_spend=spend)


def _in_words(each: OfOneOffer, currency: str) -> str:
    outcome = each.outcome
    most = "" if each.offer.capacity is None else f" of at most {count(each.offer.capacity)}"
    profit, spend = (money(amount, currency) for amount in (outcome.expected_profit, outcome.expected_spend))
    return f"{each.offer.name}: {count(outcome.contacted)}{most}, profit {profit}, spend {spend}, ROI {percent(outcome.roi, 0)}"
