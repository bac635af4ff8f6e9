"""What the API promises, as an OpenAPI document made from the one schema, and as a page to read."""

import functools
import html
import json

from churn_core import __version__
from churn_core.api.handlers import HIGH_PRIORITY, LOW_RISK, MONITOR, MOST_CUSTOMERS, SEGMENTS
from churn_core.schema import Column, Schema
from churn_core.schema.telco import TELCO

_NUMBER, _TEXT, _BOOL, _WHOLE = {"type": "number"}, {"type": "string"}, {"type": "boolean"}, {"type": "integer"}
_SHARE = {"type": "number", "minimum": 0, "maximum": 1}
_REFUSED = {
    "400": "The request cannot be answered as it is: not JSON, not sent as JSON, or a field is missing, unknown or out of range.",
    "401": "No token, or a wrong one.",
    "408": "The body took too long.",
    "413": "The body is larger than 5 MiB, or holds more than 5,000 customers.",
    "429": "Too many threshold updates; Retry-After says when to try again.",
    "503": "The service cannot answer at the moment.",
}


def _column(column: Column) -> dict:
    """What a JSON value of the column may be."""
    text = f"{column.label}{f', {column.unit}' if column.unit else ''}"
    if column.kind == "category":
        return {"type": "string", "enum": list(column.allowed), "description": text}
    if column.kind == "flag":
        return {"type": "integer", "enum": [0, 1], "description": text}
    if column.kind == "text":
        return {"type": "string", "maxLength": 200, "description": text}
    kind = "integer" if column.kind == "whole" else "number"
    number = {"type": kind, "minimum": column.low, "maximum": column.high, "description": text}
    if column.role == "total_charge":
        absent = {"description": f"{text}; as a number or as text; blank, null or absent: tenure × monthly charge"}
        number = {
            "anyOf": [number, {"type": "string", "pattern": r"^ *$|^[0-9]{1,7}(\.[0-9]{1,4})?$"}, {"type": "null"}],
            **absent,
        }
    return number


def _object(required: bool = True, **properties) -> dict:
    return {"type": "object", "properties": properties, **({"required": list(properties)} if required else {})}


def _answer(what: str, schema: dict) -> dict:
    return {"description": what, "content": {"application/json": {"schema": schema}}}


def _refusals(*statuses: str) -> dict:
    return {status: _answer(_REFUSED[status], {"$ref": "#/components/schemas/Error"}) for status in statuses}


def _post(summary: str, body: dict, answer: dict, *statuses: str, **more) -> dict:
    content = {"required": True, "content": {"application/json": {"schema": body}}}
    return {"post": {"summary": summary, "requestBody": content, "responses": {"200": answer, **_refusals(*statuses)}, **more}}


def _get(summary: str, responses: dict) -> dict:
    return {"get": {"summary": summary, "responses": responses}}


@functools.cache
def document(schema: Schema) -> dict:
    """The OpenAPI 3.1 document."""
    customer = {
        "type": "object",
        "properties": {column.name: _column(column) for column in schema.inputs},
        "required": [column.name for column in schema.inputs if column.required],
    }
    a_customer, id_ = {"$ref": "#/components/schemas/Customer"}, {"type": ["string", "null"]}
    health = _object(required=False, status=_TEXT, model_version=_TEXT, model_loaded=_BOOL, model_id=_TEXT, error=_TEXT)
    prediction = _object(
        customer_id=id_,
        churn_probability=_SHARE,
        will_churn=_BOOL,
        recommendation={"type": "string", "enum": [HIGH_PRIORITY, MONITOR, LOW_RISK]},
        predicted_at={"type": "string", "format": "date-time"},
        threshold=_SHARE,
        break_even_probability={"type": ["number", "null"]},
        expected_profit=_NUMBER,
        reasons={"type": "array", "items": _object(feature=_TEXT, value={}, effect=_NUMBER)},
        model_id=_TEXT,
    )
    of_batch = _object(
        **{schema.id: id_},
        churn_probability=_SHARE,
        will_churn=_BOOL,
        risk_segment={"type": "string", "enum": list(SEGMENTS)},
        monthly_revenue=_NUMBER,
        annual_revenue_at_risk=_NUMBER,
        retention_priority=_WHOLE,
        expected_profit=_NUMBER,
    )
    batch = _object(
        predictions={"type": "array", "items": of_batch},
        rejected={"type": "array", "items": _object(index=_WHOLE, **{schema.id: id_}, error=_TEXT)},
        summary=_object(
            total_customers=_WHOLE, scored=_WHOLE, rejected=_WHOLE, high_risk_count=_WHOLE, total_revenue_at_risk=_NUMBER
        ),
    )
    customers = _object(customers={"type": "array", "minItems": 1, "maxItems": MOST_CUSTOMERS, "items": a_customer})
    wanted = {
        **_object(required=False, threshold=_SHARE, reason={"type": ["string", "null"], "maxLength": 2000}),
        "required": ["threshold"],
    }
    changed = _object(status=_TEXT, new_threshold=_SHARE, previous_threshold=_SHARE)
    plain = {"200": {"description": "Prometheus text", "content": {"text/plain": {"schema": _TEXT}}}}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Whom to keep",
            "version": __version__,
            "description": "Churn probabilities and what to do about them.",
        },
        "paths": {
            "/health": _get("Is there a model?", {"200": _answer("Yes", health), "503": _answer("Not at the moment", health)}),
            "/predict": _post("One customer", a_customer, _answer("The prediction", prediction), "400", "408", "413", "503"),
            "/predict_batch": _post("Many customers", customers, _answer("The predictions", batch), "400", "408", "413", "503"),
            "/update_threshold": _post(
                "Put a threshold into force",
                wanted,
                _answer("Done, and durable", changed),
                "400",
                "401",
                "408",
                "413",
                "429",
                "503",
                security=[{}, {"token": []}],
            ),
            "/metrics": _get("Numbers about the service", {**plain, **_refusals("503")}),
        },
        "components": {
            "schemas": {"Customer": customer, "Error": _object(error=_TEXT)},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def ways() -> list[str]:
    """Every method and path."""
    return [f"{method.upper()} {path}" for path, methods in document(TELCO)["paths"].items() for method in methods]


@functools.cache
def page() -> str:
    """The document to read, with nothing fetched from anywhere."""
    parts = []
    for path, methods in document(TELCO)["paths"].items():
        for method, what in methods.items():
            answers = "".join(
                f"<li><b>{status}</b> {html.escape(a['description'])}</li>" for status, a in what["responses"].items()
            )
            body = what.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
            shown = f"<pre>{html.escape(json.dumps(body, indent=1))}</pre>" if body else ""
            parts.append(f"<h2>{method.upper()} {path}</h2><p>{html.escape(what['summary'])}</p>{shown}<ul>{answers}</ul>")
    customer = html.escape(json.dumps(document(TELCO)["components"]["schemas"]["Customer"], indent=1, ensure_ascii=False))
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>Whom to keep: API</title>"
        "<meta name=viewport content='width=device-width'>"
        "<style>body{font:15px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}"
        "pre{background:#8881;padding:.75rem;overflow:auto;border-radius:6px}:root{color-scheme:light dark}</style>"
        "<h1>Whom to keep: API</h1><p>As a document for tools: <code>/openapi.json</code>.</p>"
        f"{''.join(parts)}<h2>A customer</h2><pre>{customer}</pre></html>"
    )
