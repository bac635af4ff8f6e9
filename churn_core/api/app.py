"""The JSON API: an ASGI application that answers beside the dashboard on one port, or alone.

It is plain Starlette, which Streamlit runs on too. The schema that validates a customer is the one that cleans a file.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from churn_core import logs
from churn_core.api import batch, one_customer, openapi, strict_json
from churn_core.api.metrics import Metrics
from churn_core.api.middleware import (
    LARGE,
    Allowance,
    Answer,
    Endpoint,
    demand_token,
    guarded,
    new_request_id,
    parsed,
    read_body,
    read_json,
    refusal,
    with_headers,
)
from churn_core.api.plain import PlainBatch, plain_batch, plain_customer
from churn_core.application.service import Basis, Service
from churn_core.data.cleaning.fields import shown
from churn_core.errors import CampaignError, RequestError
from churn_core.schema import Schema
from churn_core.storage.checks import LONGEST_NOTE

PATHS = ("/health", "/predict", "/predict_batch", "/update_threshold", "/metrics", "/openapi.json", "/docs")
# A larger batch, and a customer of more fields, are scored in a thread of their own, so that other requests do not wait for it.
_SMALL, _MANY_FIELDS = 20, 200
# Bytes of a batch in which nothing has to be understood, so that it is answered at once, in about 3 ms for 1,000 customers: the way to
# a thread and back costs a fifth of that, and the API alone hands the interpreter on after 5 ms only (sys.getswitchinterval).
_QUICK = 2**20


def create_api(service: Service, measured: Metrics | None = None, allowance: Allowance | None = None) -> Starlette:
    """The API over what ``service`` has in use, ``measured`` by the metrics of a process (its own where none are given);
    ``allowance``: how often the threshold may be changed.
    """
    measured, allowance = measured or Metrics(), allowance or Allowance()

    async def health(request: Request) -> Response:
        workspace = service.workspace
        if workspace is None:
            return Answer({"status": "unavailable", "model_loaded": False, "error": service.not_ready}, status_code=503)
        problems = [problem for problem in (service.problem, logs.trouble()) if problem]
        return Answer(
            {
                "status": "degraded" if problems else "healthy",
                "model_version": "production",
                "model_loaded": True,
                "model_id": workspace.version.model_id,
                "schema": workspace.schema.name,
                "customers": len(workspace.customers),
                "generated_customers": workspace.dataset.generated,
                **({"problems": problems} if problems else {}),
            }
        )

    async def predict(request: Request) -> Response:
        sent, basis = await read_body(request), service.basis()
        customer = plain_customer(sent, basis.workspace.version.schema) or await parsed(sent)
        many = isinstance(customer, dict) and len(customer) > _MANY_FIELDS
        said = await asyncio.to_thread(one_customer.predict, customer, basis) if many else one_customer.predict(customer, basis)
        measured.predictions.inc()
        return Answer(said, told={"model_id": said["model_id"], "customers": 1})

    async def predict_batch(request: Request) -> Response:
        sent, basis = await read_body(request), service.basis()
        plain = plain_batch(sent, basis.workspace.version.schema) if len(sent) < _QUICK else None
        is_quick = plain is not None and _is_quick(basis)
        if is_quick or (len(sent) < LARGE and sent.count(b"{") <= _SMALL):
            answer, scored = _batch(sent, plain, basis)
        else:
            answer, scored = await asyncio.to_thread(_batch, sent, plain, basis)
        measured.predictions.inc(scored)
        answer.told = {"model_id": basis.workspace.version.model_id, "customers": scored}
        return answer

    async def update_threshold(request: Request) -> Response:
        demand_token(request)
        allowance.take()
        body = await read_json(request)
        threshold, reason = _wanted(body)
        try:
            before, now = await asyncio.to_thread(service.update_threshold, threshold, reason, "API")
        except CampaignError as error:
            raise RequestError(str(error)) from error
        return Answer({"status": "success", "new_threshold": now, "previous_threshold": before})

    async def metrics(request: Request) -> Response:
        if service.workspace is not None:
            measured.model.info({"model_id": service.workspace.version.model_id})
            measured.threshold.set(service.basis().threshold)
            last = await asyncio.to_thread(service.last_file)
            if last is not None:
                measured.judged(last.judgement)
        return Response(measured.text(), media_type=measured.content_type)

    async def openapi_json(request: Request) -> Response:
        return Answer(openapi.document(_schema(service)))

    async def docs(request: Request) -> Response:
        return HTMLResponse(openapi.page(_schema(service)))

    def refused(request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):  # it is registered for no other
            raise error
        sentence = {404: "There is nothing at this path.", 405: f"{request.method} is not for this path."}
        mend = f"{sentence.get(error.status_code, error.detail)} The API answers: {', '.join(openapi.OPERATIONS)}."
        return with_headers(refusal(mend, error.status_code, dict(error.headers or {})), new_request_id())

    def route(path: str, handler: Callable[[Request], Awaitable[Response]], method: str = "GET", quiet: bool = True) -> Route:
        return Route(path, guarded(handler, path, measured, quiet), methods=[method])

    in_masses = {
        "/predict": guarded(predict, "/predict", measured),
        "/predict_batch": guarded(predict_batch, "/predict_batch", measured),
    }
    app = _Api(
        in_masses,
        routes=[
            route("/health", health),
            *(Route(path, endpoint, methods=["POST"]) for path, endpoint in in_masses.items()),
            route("/update_threshold", update_threshold, "POST", quiet=False),
            route("/metrics", metrics),
            route("/openapi.json", openapi_json),
            route("/docs", docs),
        ],
        exception_handlers={HTTPException: refused},
    )
    app.router.redirect_slashes = False
    return app


class _Api(Starlette):
    """Starlette that answers what programs post ``in_masses`` (by path) before it goes through its layers and looks for a route.
    Everything else of these paths, and all other paths, go by the routes.
    """

    def __init__(self, in_masses: Mapping[str, Endpoint], **options: Any) -> None:
        super().__init__(**options)
        self._in_masses = in_masses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        endpoint = self._in_masses.get(scope["path"]) if scope["type"] == "http" and scope["method"] == "POST" else None
        if endpoint is None or scope.get("root_path"):
            await super().__call__(scope, receive, send)
        else:
            answer = await endpoint(Request(scope, receive, send))
            await answer(scope, receive, send)


def _schema(service: Service) -> Schema:
    """What a customer consists of: the schema of the version in use. Raises ``RequestError`` (503) while there is none."""
    if service.workspace is None:
        raise RequestError(service.not_ready, status=503)
    return service.workspace.schema


def _is_quick(basis: Basis) -> bool:
    """Whether a thousand customers take a few milliseconds: by a model that needs no table, and not among several offers."""
    model = basis.workspace.version.model
    return basis.prices is None and (model.equation is not None or model.card is not None)


def _batch(sent: bytes, plain: PlainBatch | None, basis: Basis) -> tuple[Answer, int]:
    """The answer to a body, already encoded, and how many customers were scored; ``plain``: the body, where it was read already."""
    if plain is None and len(sent) >= _QUICK:
        plain = plain_batch(sent, basis.workspace.version.schema)
    said = batch.predict_batch(strict_json.loads(sent) if plain is None else plain, basis)
    return Answer(said), said["summary"]["scored"]


def _wanted(body: object) -> tuple[float, str]:
    """The threshold and the reason of a request to change it."""
    if not isinstance(body, dict) or "threshold" not in body:
        what = 'has no "threshold"' if isinstance(body, dict) else f"is {shown(body)}"
        raise RequestError(f'The body {what}. Send {{"threshold": 0.35}}, a number from 0 to 1, and a "reason" if you like.')
    threshold, reason = body["threshold"], body.get("reason")
    if isinstance(threshold, bool) or not isinstance(threshold, int | float) or not 0 <= threshold <= 1:
        raise RequestError(f"The threshold must be a number from 0 to 1, and this is {shown(threshold)}. Write 35 % as 0.35.")
    if reason is not None and not isinstance(reason, str):
        raise RequestError(f"The reason must be text, and this is {shown(reason)}. Write it in quotes.")
    if reason is not None and len(reason) > LONGEST_NOTE:
        raise RequestError(f"The reason has {len(reason):,} characters; {LONGEST_NOTE:,} are the most.")
    return abs(float(threshold)), reason or ""  # −0 is 0
