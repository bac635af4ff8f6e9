"""What the API says of a batch of customers, each as it would be told alone: a pure function from a JSON value and the basis of the
answer to a JSON value.
"""

from collections import Counter
from typing import Any

import numpy as np
import numpy.typing as npt

from churn_core.api.offers import offered
from churn_core.api.plain import PlainBatch
from churn_core.api.said import by_column, has_left, number, record_of
from churn_core.api.strict_json import Table
from churn_core.application.limits import Limits
from churn_core.application.optimum import outcome_as_dict
from churn_core.application.service import Basis
from churn_core.campaign.economics import expected_profit
from churn_core.campaign.forecast import Contacts
from churn_core.campaign.worth import Worth, worth_of
from churn_core.data.cleaning.fields import shown
from churn_core.data.cleaning.records import clean_columns
from churn_core.decisions.offers import ContactsOfOffers
from churn_core.errors import RequestError
from churn_core.formats import count, counted
from churn_core.schema import Schema
from churn_core.storage.publications import Decision

SEGMENTS = ("Low", "Medium", "High", "Very High")
_NAMES = np.array(SEGMENTS, dtype=object)
_SEGMENT_ENDS = (0.2, 0.5, 0.8)  # probabilities, each the last of its segment (CONTRACT.md)
MOST_CUSTOMERS = 5_000  # customers of one batch (CONTRACT.md)
_MOST_NOTES = 50  # sentences; a stranger can spell names and numbers in any number of ways


def predict_batch(body: object, basis: Basis) -> dict[str, Any]:
    """The answer for many customers, a JSON value or a ``PlainBatch``. Raises ``RequestError`` where ``body`` is no batch, where it
    has too many customers, or where none of them can be scored.
    """
    schema, rejected, notes = basis.workspace.version.schema, list[dict[str, Any]](), Counter[str]()
    if isinstance(body, PlainBatch):
        _demand_few(len(body.ids))
        total, ids, columns = len(body.ids), body.ids, body.columns
        left = np.zeros(total, dtype=bool)
    else:
        customers = _customers(body)
        total, at, clean = len(customers), list(range(len(customers))), clean_columns(customers, schema)
        if clean is None:  # some names or values need to be understood, or some customers cannot be scored
            customers, clean, at, rejected = _one_by_one(customers, schema, notes)
        if not at:
            none = "The only customer cannot" if total == 1 else f"None of the {total:,} customers can"
            raise RequestError(f"{none} be scored. The first: {rejected[0]['error']}")
        said, columns = [customers[index] for index in at], {**clean}
        ids, left = [fields.get(schema.id) for fields in said], np.array([has_left(fields, schema, notes) for fields in said])
    probability = basis.workspace.version.model.churn_probabilities_of(columns, schema)
    worth = worth_of(columns, schema, probability)
    predictions = _predictions(probability, worth, ids, left, basis)
    contacts: Contacts | ContactsOfOffers
    if basis.prices is None:
        listed = (probability >= basis.threshold) & ~left
        contacts = Contacts.of(probability[listed], worth.of(listed).clv(basis.plan.campaign), basis.plan.campaign)
    else:
        found = offered(columns, probability, worth, left, basis.plan, basis.prices, schema)
        contacts = found.contacts
        predictions |= {"expected_profit": list(map(number, found.profit.tolist())), "offer": found.name}
    return {
        "predictions": Table(predictions),
        "rejected": rejected,
        "summary": {
            "total_customers": total,
            "scored": len(probability),
            "rejected": len(rejected),
            "have_left": int(left.sum()),
            "high_risk_count": int(np.count_nonzero((probability > _SEGMENT_ENDS[-1]) & ~left)),
            "total_revenue_at_risk": None if worth.for_life else float(np.sum(predictions["annual_revenue_at_risk"])),
            **_contacts(contacts, worth.for_life, basis),
        },
        "notes": _counted(notes),
    }


def _customers(body: object) -> list[Any]:
    customers = body.get("customers") if isinstance(body, dict) else None
    if not isinstance(customers, list) or not customers:
        raise RequestError(f'{_no_batch(body)} Send {{"customers": [ … ]}} with at least one customer.')
    _demand_few(len(customers))
    return customers


def _demand_few(customers: int) -> None:
    if customers > MOST_CUSTOMERS:
        raise RequestError(
            f"{customers:,} customers are too many for one batch; {MOST_CUSTOMERS:,} are the most. Send several.", status=413
        )


def _no_batch(body: object) -> str:
    """What a body is that is no batch of customers."""
    if not isinstance(body, dict):
        return f"The body is {shown(body)}."
    if "customers" not in body:
        return 'The body has no "customers".'
    return '"customers" is an empty list.' if body["customers"] == [] else f'"customers" is {shown(body["customers"])}.'


def _counted(notes: Counter[str]) -> list[str]:
    """What had to be understood and in how many customers, the most frequent first."""
    if not notes:
        return []
    told = [f"{note} ({counted(times, 'customer')})." for note, times in notes.most_common(_MOST_NOTES)]
    return told + [f"And {count(len(notes) - _MOST_NOTES)} more."] * (len(notes) > _MOST_NOTES)


def _contacts(contacts: Contacts | ContactsOfOffers, for_life: bool, basis: Basis) -> dict[str, Any]:
    """What contacting some customers of a batch comes to. A batch is decided customer by customer, as each would be alone: the
    limits of the published campaign are not kept to, but it is said whether this batch is within them.
    """
    campaign = basis.plan.campaign
    outcome = contacts.outcome(campaign)
    decision = Decision(plan=basis.plan, threshold=basis.threshold)
    limits = Limits(decision=decision, expected_profit=outcome.expected_profit, expected_spend=outcome.expected_spend).as_dict()
    return {
        **outcome_as_dict(outcome, contacts.forecast(campaign)),
        "limits": limits and {name: limits[name] for name in ("budget", "min_roi", "kept")},
        "margin": None if for_life else basis.plan.stated_margin,
    }


def _one_by_one(
    customers: list[object], schema: Schema, notes: Counter[str]
) -> tuple[list[Any], dict[str, list[Any]], list[int], list[dict[str, Any]]]:
    """What the customers say by column, the clean columns of those that can be scored, their positions, and what is wrong with
    the others.
    """
    said, records, at, rejected = list[Any](), [], [], []
    for index, customer in enumerate(customers):
        try:
            fields, record = record_of(customer, schema, notes)
            said.append(fields)
            records.append(record)
            at.append(index)
        except RequestError as error:
            fields = by_column(customer, schema) if isinstance(customer, dict) else {}
            said.append(fields)
            rejected.append({"index": index, schema.id: _shown_id(fields.get(schema.id)), "error": str(error)})
    return said, {c.name: [record[c.name] for record in records] for c in schema.inputs}, at, rejected


def _predictions(
    probability: npt.NDArray[np.float64],
    worth: Worth,
    ids: list[Any],
    left: npt.NDArray[np.bool_],
    basis: Basis,
) -> dict[str, Any]:
    """The answers for these clean customers, in order, as columns by key; no revenue of those who have ``left`` is at risk any more,
    and they come last in priority. Where a customer is worth an amount for life, no revenue is known, and that amount gives priority.
    """
    schema, campaign = basis.workspace.version.schema, basis.plan.campaign
    profit = expected_profit(probability, worth.clv(campaign), campaign)
    risk = np.where(left, 0.0, worth.at_risk * probability)
    priority = np.empty(len(risk), dtype=int)
    priority[np.lexsort((-risk, left))] = np.arange(1, len(risk) + 1)
    monthly, told = [np.full(len(risk), None)] * 2 if worth.for_life else (worth.amount, risk)
    return {
        schema.id: ids,
        "churn_probability": probability,
        "will_churn": probability >= basis.threshold,
        "risk_segment": _NAMES[np.searchsorted(_SEGMENT_ENDS, probability)],
        "monthly_revenue": monthly,
        "annual_revenue_at_risk": told,
        "retention_priority": priority,
        "expected_profit": profit,
        "has_left": left,
    }


def _shown_id(value: object) -> object:
    """The id as it is echoed: the first 200 characters of a text; ``None`` for anything else."""
    return value[:200] if isinstance(value, str) else None
