"""What the API says of one customer: a pure function from a JSON value and the basis of the answer to a JSON value.

A customer has the columns of the schema of the version in use.
"""

import functools
import math
import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np

from churn_core.api.offers import offered
from churn_core.api.plain import Plain
from churn_core.api.said import has_left, number, record_of
from churn_core.application.service import Basis
from churn_core.campaign.economics import figures_of_one
from churn_core.campaign.worth import clv_of_one, worth_of
from churn_core.model.protocol import Model

HIGH_PRIORITY, MONITOR, LOW_RISK = "High priority for retention", "Monitor closely", "Low churn risk"
HAS_LEFT = "Has left: nobody to contact"
WORTH_MUCH = 100.0  # money; an expected profit above it makes a customer a priority (CONTRACT.md)
MOST_REASONS = 3


def predict(customer: object, basis: Basis) -> dict[str, Any]:
    """The answer for one customer, a JSON value or a ``Plain`` one. Raises ``RequestError`` with what is wrong, and the mend."""
    version, campaign, notes = basis.workspace.version, basis.plan.campaign, Counter[str]()
    model, schema = version.model, version.schema
    fields, record = customer if isinstance(customer, Plain) else record_of(customer, schema, notes)
    probability, reasons = _probability_and_reasons(record, basis)
    gone, offer = has_left(fields, schema, notes), {}
    if basis.prices is None:
        clv = clv_of_one(record, schema, campaign, probability)
        break_even, profit = figures_of_one(probability, clv, campaign)
    else:
        columns, p = {name: [value] for name, value in record.items()}, np.array([probability])
        found = offered(columns, p, worth_of(columns, schema, p), np.array([gone]), basis.plan, basis.prices, schema)
        break_even, profit, offer = float(found.break_even[0]), float(found.profit[0]), {"offer": found.name[0]}
    will_churn = probability >= basis.threshold
    recommendation = (HIGH_PRIORITY if profit > WORTH_MUCH else MONITOR) if will_churn else LOW_RISK
    return {
        "customer_id": fields.get(schema.id),
        "churn_probability": probability,
        "will_churn": will_churn,
        "recommendation": HAS_LEFT if gone else recommendation,
        "predicted_at": _moment(int(time.time())),
        "threshold": basis.threshold,
        "break_even_probability": break_even if math.isfinite(break_even) else None,
        "expected_profit": number(profit),
        **offer,
        "reasons": [{"feature": name, "value": _value(name, record, model), "effect": effect} for name, effect in reasons],
        "model_id": version.model_id,
        "notes": [f"{note}." for note in notes],
    }


def _probability_and_reasons(record: Mapping[str, Any], basis: Basis) -> tuple[float, list[tuple[str, float]]]:
    """The probability, and the strongest reasons that raise it with their effects."""
    version = basis.workspace.version
    probability, added = version.model.probability_and_contributions_of(record, version.schema)
    return probability, basis.reasons.strongest(record, added, MOST_REASONS)


@functools.lru_cache(maxsize=2)
def _moment(second: int) -> str:
    """A Unix time in seconds as ISO 8601 in UTC; formatted once for all answers of that second."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _value(reason: str, record: Mapping[str, Any], model: Model) -> Any:
    """What a clean customer has there, ``None`` for a blank; of a reason of several columns an object of what each has."""
    if reason not in record:
        columns = next(each for name, each in zip(model.reasons, model.told_by, strict=True) if name == reason)
        return {name: _value(name, record, model) for name in dict.fromkeys(columns)}
    value = record[reason]
    return None if isinstance(value, float) and math.isnan(value) else value
