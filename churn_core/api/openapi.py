"""What the API promises, as an OpenAPI document and as a page to read.

The operations are the same for everybody; what a customer consists of follows the schema of the version in use.
"""

import functools
import html
import json
from typing import Any

from churn_core import __version__
from churn_core.api.batch import MOST_CUSTOMERS, SEGMENTS
from churn_core.api.one_customer import HAS_LEFT, HIGH_PRIORITY, LOW_RISK, MONITOR
from churn_core.api.openapi_customer import customer
from churn_core.schema import Schema

Json = dict[str, Any]

_NUMBER, _TEXT, _BOOL, _WHOLE = {"type": "number"}, {"type": "string"}, {"type": "boolean"}, {"type": "integer"}
_MAYBE_NUMBER = {"type": ["number", "null"]}
_SHARE = {"type": "number", "minimum": 0, "maximum": 1}
_REVENUE = {**_MAYBE_NUMBER, "description": "money; null where customers are worth an amount for life, and no charge is known"}
_OFFER = {
    "type": ["string", "null"],
    "description": "the customer's offer, null for none; there only while a campaign with several offers is published",
}
_PROFIT = {**_MAYBE_NUMBER, "description": "money; null where several offers are published and none is for the customer"}
_ID = {"type": ["string", "integer", "null"]}
_REFUSED = {
    "400": "The request cannot be answered as it is: not JSON, not sent as JSON, or a field is missing, unknown or out of range.",
    "401": "No token, or a wrong one.",
    "408": "The body took too long.",
    "413": "The body is larger than 5 MiB, or holds more than 5,000 customers.",
    "429": "Too many threshold updates; Retry-After says when to try again.",
    "503": "The service cannot answer at the moment.",
}


def _object(**properties: Json) -> Json:
    """An object that always has all of these properties."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def _with(schema: Json, **properties: Json) -> Json:
    """The object, which may have these properties too."""
    return {**schema, "properties": {**schema["properties"], **properties}}


def _maybe(**properties: Json) -> Json:
    """An object that may lack any of these properties."""
    return {"type": "object", "properties": properties}


def _component(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _answer(what: str, schema: Json) -> Json:
    return {"description": what, "content": {"application/json": {"schema": schema}}}


def _refusals(*statuses: str) -> Json:
    return {status: _answer(_REFUSED[status], _component("Error")) for status in statuses}


def _post(summary: str, body: Json, answer: Json, *statuses: str, **more: object) -> Json:
    content = {"required": True, "content": {"application/json": {"schema": body}}}
    return {"post": {"summary": summary, "requestBody": content, "responses": {"200": answer, **_refusals(*statuses)}, **more}}


def _get(summary: str, responses: Json) -> Json:
    return {"get": {"summary": summary, "responses": responses}}


_NOTES: Json = {
    "type": "array",
    "items": _TEXT,
    "description": "What had to be understood as in a file: numbers in text, other spellings of names and words.",
}
_RANGE = _object(low=_NUMBER, high=_NUMBER)
_HEALTH = _maybe(status=_TEXT, model_version=_TEXT, model_loaded=_BOOL, model_id=_TEXT, schema=_TEXT, error=_TEXT)
_PREDICTION = _with(
    _object(
        customer_id=_ID,
        churn_probability=_SHARE,
        will_churn=_BOOL,
        recommendation={"type": "string", "enum": [HIGH_PRIORITY, MONITOR, LOW_RISK, HAS_LEFT]},
        predicted_at={"type": "string", "format": "date-time"},
        threshold=_SHARE,
        break_even_probability=_MAYBE_NUMBER,
        expected_profit=_PROFIT,
        reasons={"type": "array", "items": _object(feature=_TEXT, value={}, effect=_NUMBER)},
        model_id=_TEXT,
        notes=_NOTES,
    ),
    offer=_OFFER,
)
_CUSTOMERS = _object(customers={"type": "array", "minItems": 1, "maxItems": MOST_CUSTOMERS, "items": _component("Customer")})
_BATCH = _object(
    predictions={"type": "array", "items": _component("PredictionOfBatch")},
    rejected={"type": "array", "items": _component("Rejected")},
    summary=_object(
        total_customers=_WHOLE,
        scored=_WHOLE,
        rejected=_WHOLE,
        have_left=_WHOLE,
        high_risk_count=_WHOLE,
        total_revenue_at_risk=_REVENUE,
        contacted=_WHOLE,
        expected_profit=_NUMBER,
        expected_spend=_NUMBER,
        roi=_MAYBE_NUMBER,
        range=_RANGE,
        range_if_exact=_RANGE,
        limits={**_object(budget=_MAYBE_NUMBER, min_roi=_MAYBE_NUMBER, kept=_BOOL), "type": ["object", "null"]},
        margin=_MAYBE_NUMBER,
    ),
    notes=_NOTES,
)
_WANTED = {
    **_maybe(threshold=_SHARE, reason={"type": ["string", "null"], "maxLength": 2000}),
    "required": ["threshold"],
}
_CHANGED = _object(status=_TEXT, new_threshold=_SHARE, previous_threshold=_SHARE)
_METRICS = {"200": {"description": "Prometheus text", "content": {"text/plain": {"schema": _TEXT}}}, **_refusals("503")}

_OF_CUSTOMERS = ("400", "408", "413", "503")
_OF_THRESHOLD = ("400", "401", "408", "413", "429", "503")
PATHS: dict[str, Json] = {
    "/health": _get("Is there a model?", {"200": _answer("Yes", _HEALTH), "503": _answer("Not at the moment", _HEALTH)}),
    "/predict": _post("One customer", _component("Customer"), _answer("The prediction", _PREDICTION), *_OF_CUSTOMERS),
    "/predict_batch": _post("Many customers", _CUSTOMERS, _answer("The predictions", _BATCH), *_OF_CUSTOMERS),
    "/update_threshold": _post(
        "Publish a threshold",
        _WANTED,
        _answer("Done, and durable", _CHANGED),
        *_OF_THRESHOLD,
        security=[{}, {"token": []}],
    ),
    "/metrics": _get("Numbers about the service", _METRICS),
}
OPERATIONS = [f"{method.upper()} {path}" for path, methods in PATHS.items() for method in methods]


@functools.lru_cache(maxsize=4)
def document(schema: Schema) -> Json:
    """The OpenAPI 3.1 document of a service whose customers have the columns of ``schema``."""
    rejected: dict[str, Json] = {"index": _WHOLE, schema.id: _ID, "error": _TEXT}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Whom to keep",
            "version": __version__,
            "description": "Churn probabilities and what to do about them.",
        },
        "paths": PATHS,
        "components": {
            "schemas": {
                "Customer": customer(schema),
                "PredictionOfBatch": _with(
                    _object(
                        **{schema.id: _ID},
                        churn_probability=_SHARE,
                        will_churn=_BOOL,
                        risk_segment={"type": "string", "enum": list(SEGMENTS)},
                        monthly_revenue=_REVENUE,
                        annual_revenue_at_risk=_REVENUE,
                        retention_priority=_WHOLE,
                        expected_profit=_PROFIT,
                        has_left=_BOOL,
                    ),
                    offer=_OFFER,
                ),
                "Rejected": _object(**rejected),
                "Error": _object(error=_TEXT),
            },
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


@functools.lru_cache(maxsize=4)
def page(schema: Schema) -> str:
    """The document to read, with nothing fetched from anywhere."""
    parts = []
    for path, methods in PATHS.items():
        for method, what in methods.items():
            answers = "".join(
                f"<li><b>{status}</b> {html.escape(a['description'])}</li>" for status, a in what["responses"].items()
            )
            body = what.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
            shown = f"<pre>{html.escape(json.dumps(body, indent=1))}</pre>" if body else ""
            parts.append(f"<h2>{method.upper()} {path}</h2><p>{html.escape(what['summary'])}</p>{shown}<ul>{answers}</ul>")
    shown = html.escape(json.dumps(customer(schema), indent=1, ensure_ascii=False))
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>Whom to keep: API</title>"
        "<meta name=viewport content='width=device-width'>"
        "<style>body{font:15px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}"
        "pre{background:#8881;padding:.75rem;overflow:auto;border-radius:6px}:root{color-scheme:light dark}</style>"
        "<h1>Whom to keep: API</h1><p>As a document for tools: <code>/openapi.json</code>.</p>"
        f"{''.join(parts)}<h2>A customer</h2><pre>{shown}</pre></html>"
    )
