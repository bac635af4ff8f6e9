"""The OpenAPI document: what it says is what the API does."""

import json
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
import schemathesis
from hypothesis import HealthCheck, assume, given, settings
from jsonschema import Draft202012Validator
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS
from starlette.testclient import TestClient

from churn_core.api import batch as batches
from churn_core.api import middleware, one_customer, openapi
from churn_core.api.app import PATHS, create_api
from churn_core.application.service import Service
from churn_core.data.cleaning.fields import other_names
from churn_core.schema.telco import TELCO

OPERATIONS = ["GET /health", "POST /predict", "POST /predict_batch", "POST /update_threshold", "GET /metrics"]
EXAMPLES = 100  # of each operation, of requests that the document allows and of those that it does not


@pytest.fixture(scope="module")
def app(workspace, tmp_path_factory):
    """The API on a state folder of its own, which takes any number of updates from anywhere."""
    service = Service(tmp_path_factory.mktemp("openapi"))
    service.result = workspace
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("churn_core.api.app.Allowance", lambda: middleware.Allowance(10**9))
        patched.setattr(middleware, "is_loopback", lambda address: True)
        yield create_api(service)


@pytest.fixture(scope="module")
def document() -> dict:
    return openapi.document(TELCO)


@pytest.fixture(scope="module")
def published(app):
    """The document as schemathesis fetches it from the application."""
    return schemathesis.openapi.from_asgi("/openapi.json", app)


# The document


def test_the_document_is_served_as_json_and_as_a_page(app, document):
    client = TestClient(app)
    assert client.get("/openapi.json").json() == json.loads(json.dumps(document))
    answer = client.get("/docs")
    assert answer.status_code == 200 and answer.headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("path", ["/openapi.json", "/docs"])
def test_before_there_is_a_version_the_document_says_so_instead_of_describing_no_customer(tmp_path, path):
    answer = TestClient(create_api(Service(tmp_path))).get(path)
    assert answer.status_code == 503 and answer.json()["error"].startswith("Not ready yet: ")


def test_every_path_is_served_and_every_served_path_is_in_it(document):
    assert set(document["paths"]) == set(PATHS) - {"/openapi.json", "/docs"}
    assert [f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods] == OPERATIONS


def schemas(value) -> Iterator[dict]:
    """Every JSON schema of the document."""
    if isinstance(value, dict):
        if isinstance(value.get("schema"), dict):
            yield value["schema"]
        for inner in value.values():
            yield from schemas(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from schemas(inner)


def test_every_schema_of_it_is_one(document):
    found = [*schemas(document), *document["components"]["schemas"].values()]
    assert len(found) > 20
    for schema in found:
        Draft202012Validator.check_schema(schema)


def test_a_customer_is_described_by_the_one_schema(document):
    customer = document["components"]["schemas"]["Customer"]
    assert list(customer["properties"]) == [column.name for column in TELCO.inputs]
    assert customer["required"] == [column.name for column in TELCO.inputs if column.required]
    for column in TELCO.inputs:
        told = customer["properties"][column.name]
        assert column.label in told["description"]
        if column.kind == "category":
            assert told["enum"] == list(column.allowed)


def test_limits_and_words_are_those_of_the_code(document):
    batch = document["paths"]["/predict_batch"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert batch["properties"]["customers"]["maxItems"] == batches.MOST_CUSTOMERS == 5_000
    said = document["paths"]["/predict"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert said["properties"]["recommendation"]["enum"] == [
        one_customer.HIGH_PRIORITY,
        one_customer.MONITOR,
        one_customer.LOW_RISK,
        one_customer.HAS_LEFT,
    ]
    assert middleware.MOST_BYTES == 5 * 2**20


class Outside(HTMLParser):
    """What a page would fetch or run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs) -> None:
        if tag in ("script", "link", "img", "iframe", "object", "embed", "base"):
            self.found.append(tag)
        self.found += [name for name, _ in attrs if name in ("src", "href", "srcset") or name.startswith("on")]


def test_the_page_tells_every_operation_and_fetches_nothing():
    page, outside = openapi.page(TELCO), Outside()
    outside.feed(page)
    assert outside.found == [] and "url(" not in page and "@import" not in page
    assert all(operation in page for operation in OPERATIONS)
    assert all(column.name in page for column in TELCO.inputs)


# The answers


def response_schema(document: dict, path: str, status: int) -> dict:
    """The schema of an answer, with what it refers to."""
    method = next(iter(document["paths"][path].values()))
    found = method["responses"][str(status)]["content"]["application/json"]["schema"]
    return {**found, "components": document["components"]}


def test_the_answers_that_clients_rely_on_have_every_documented_field_and_no_other(app, document, telco_path):
    customer = json.loads(telco_path_first(telco_path))
    client = TestClient(app)
    asked = {"/predict": customer, "/predict_batch": {"customers": [customer, {}]}, "/update_threshold": {"threshold": 0.4}}
    for path, body in asked.items():
        answer, schema = client.post(path, json=body), response_schema(document, path, 200)
        Draft202012Validator(schema).validate(answer.json())
        only_with_offers = set(schema["properties"]) - set(schema["required"])
        assert set(answer.json()) == set(schema["required"]) and only_with_offers <= {"offer"}
    Draft202012Validator(response_schema(document, "/health", 200)).validate(client.get("/health").json())
    for path in asked:
        answer = client.post(path, json=[])
        assert answer.status_code == 400
        Draft202012Validator(response_schema(document, path, 400)).validate(answer.json())


def telco_path_first(path) -> str:
    """The first customer of the file as JSON."""
    header, first = path.read_text().splitlines()[:2]
    row = dict(zip(header.split(","), first.split(","), strict=True))
    row |= {name: int(row[name]) for name in ("SeniorCitizen", "tenure")} | {"MonthlyCharges": float(row["MonthlyCharges"])}
    return json.dumps(row)


ALLOWED, NOT_ALLOWED = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
ASKED = [(operation, ALLOWED) for operation in OPERATIONS] + [(post, NOT_ALLOWED) for post in OPERATIONS if "POST" in post]


def customers_in(body: object) -> list[dict]:
    """The customers of a request. In a field that is a column under another name, which JSON schema cannot say, only its values are
    allowed: a generator that tries the words of our code draws such names.
    """
    inside = body.get("customers", [body]) if isinstance(body, dict) else []
    return [each for each in inside if isinstance(each, dict)] if isinstance(inside, list) else []


@pytest.mark.slow
@pytest.mark.parametrize(("operation", "mode"), ASKED)
def test_no_request_fails_and_every_answer_is_documented_and_as_documented(published, operation, mode):
    method, path = operation.split()
    asked, statuses = published[path][method], []
    # Of a batch the good customers are answered, so a batch with a bad one is no bad request.
    excluded = CHECKS.get_by_names(["negative_data_rejection"]) if path == "/predict_batch" else []

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=asked.as_strategy(generation_mode=mode))
    def law(case) -> None:
        assume(mode is not ALLOWED or not any(other_names(each, TELCO) for each in customers_in(case.body)))
        answer = case.call_and_validate(excluded_checks=excluded)
        statuses.append(answer.status_code)
        assert answer.status_code < 500
        assert str(answer.status_code) in asked.definition.raw["responses"]
        if answer.status_code == 413:
            assert len(case.body["customers"]) > batches.MOST_CUSTOMERS

    law()
    assert len(statuses) >= (EXAMPLES if method == "POST" else 1)
    assert set(statuses) == {200} if mode is ALLOWED else 400 in statuses and set(statuses) <= {200, 400, 413}
