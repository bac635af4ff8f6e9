"""The API of any company: described by the schema in production, with the same bits as a file, and null for what is not known."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from churn_core.api.app import create_api
from churn_core.api.openapi import document
from churn_core.application import score_file as use_case
from churn_core.application.own_customers import own_dataset, schema_for
from churn_core.application.service import Service
from churn_core.application.train_version import train_version
from churn_core.batch.target import Target
from churn_core.campaign.plan import Plan
from churn_core.data.proposing.propose import propose
from churn_core.model.registry import Registry, Version
from churn_core.schema import Schema
from churn_core.schema.telco import TELCO
from churn_core.storage.publications import Decision
from churn_core.storage.store import open_store
from tests.companies import BANK, COMPANIES, SAAS, SHOP, Company

pytestmark = pytest.mark.slow

any_company = pytest.mark.parametrize("company", COMPANIES, ids=lambda company: company.name)


def strict(text: str) -> dict:
    return json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("companies")


@pytest.fixture(scope="module")
def versions(home) -> dict[str, Version]:
    """A version of each company, all in one home."""
    made = {}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("churn_core.settings.REPEATS", 1)
        for company in COMPANIES:
            schema = schema_for(propose(company.raw(400, 0), company.answers), company.file)
            dataset = own_dataset(company.content(), company.file, schema)
            made[company.name] = train_version(home, dataset, "logistic", content=company.content())
    return made


@pytest.fixture(scope="module")
def service(home, versions) -> Iterator[Service]:
    running = Service(home, look_every=60.0).start()
    assert running.finished.wait(60)
    yield running
    running.close()


@pytest.fixture
def asked(home, versions, service):
    """Puts a company's version into production; a client of the API that has taken it up."""

    def client(company: Company) -> tuple[TestClient, Version]:
        version = versions[company.name]
        Registry(home / "models").promote(version.model_id)
        service.look()
        return TestClient(create_api(service), base_url="http://localhost", client=("127.0.0.1", 50_000)), version

    return client


def scored(raw: pd.DataFrame, version: Version) -> pd.DataFrame:
    """What ``score`` writes for these rows."""
    out = io.BytesIO()
    decision = Decision(plan=Plan())
    use_case.score_file(raw.to_csv(index=False).encode(), version, decision, watch=None, scored=Target(stream=out))
    return pd.read_csv(io.BytesIO(out.getvalue()))


def as_values(raw: pd.DataFrame) -> list[dict]:
    """The rows as a program has them: numbers as numbers, a blank as null."""
    read = pd.read_csv(io.BytesIO(raw.to_csv(index=False).encode()))
    return [{name: None if value != value else value for name, value in row.items()} for row in read.to_dict("records")]


def as_text(raw: pd.DataFrame) -> list[dict]:
    """The rows as ``csv.DictReader`` has them."""
    return pd.read_csv(io.BytesIO(raw.to_csv(index=False).encode()), dtype=str, keep_default_na=False).to_dict("records")


@any_company
@pytest.mark.parametrize("rows_of", [as_values, as_text])
def test_a_row_of_a_file_gets_the_same_bits_alone_in_a_batch_and_in_the_file(asked, company, rows_of):
    client, version = asked(company)
    raw = company.raw(50, 11).drop(columns=version.schema.target)
    in_file, rows = scored(raw, version), rows_of(raw)
    wanted = in_file["churn_probability"].tolist()
    batch = strict(client.post("/predict_batch", json={"customers": rows}).text)
    assert batch["rejected"] == [] and [each["churn_probability"] for each in batch["predictions"]] == wanted
    profit = in_file["expected_profit"].tolist()
    assert [each["expected_profit"] for each in batch["predictions"]] == profit
    for row, probability, earned in zip(rows[:10], wanted, profit, strict=False):
        alone = strict(client.post("/predict", json=row).text)
        assert (alone["churn_probability"], alone["expected_profit"]) == (probability, earned)


@any_company
def test_the_service_takes_up_a_version_of_another_company_at_once_and_says_whose_it_is(asked, company):
    client, version = asked(company)
    health = client.get("/health").json()
    assert (health["status"], health["schema"], health["model_id"]) == ("healthy", company.name, version.model_id)
    described = client.get("/openapi.json").json()["components"]["schemas"]["Customer"]
    assert list(described["properties"]) == [column.name for column in version.schema.inputs]
    assert company.name != "shop" or "last order" in client.get("/docs").text


@any_company
def test_the_example_of_the_document_is_described_by_it_and_is_answered(asked, company):
    client, version = asked(company)
    customer = document(version.schema)["components"]["schemas"]["Customer"]
    Draft202012Validator.check_schema(customer)
    (example,) = customer["examples"]
    Draft202012Validator(customer).validate(example)
    assert client.post("/predict", json=example).status_code == 200


@any_company
def test_what_the_document_says_of_an_answer_is_what_is_answered(asked, company):
    client, version = asked(company)
    told, rows = document(version.schema), as_values(company.raw(20, 3))
    for path, body in (("/predict", rows[0]), ("/predict_batch", {"customers": rows})):
        answer = told["paths"][path]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
        Draft202012Validator({**answer, "components": told["components"]}).validate(strict(client.post(path, json=body).text))


@any_company
def test_no_id_is_null_and_the_document_says_so(asked, company):
    client, version = asked(company)
    customer = document(version.schema)["components"]["schemas"]["Customer"]
    texts = [column.name for column in version.schema.inputs if column.kind == "text"]
    row = {**as_values(company.raw(1, 3))[0], **dict.fromkeys(texts)}
    assert version.schema.id in texts
    Draft202012Validator(customer).validate({name: row[name] for name in customer["properties"]})
    assert client.post("/predict", json=row).json()["customer_id"] is None


def test_a_blank_is_null_and_another_word_counts_as_other_and_both_are_described(asked):
    client, version = asked(SHOP)
    (row,) = as_values(SHOP.raw(1, 2))
    row |= {"visits": None, "card": "platinum", "last order": None, "discount": None}
    customer = document(version.schema)["components"]["schemas"]["Customer"]
    Draft202012Validator(customer).validate({name: row[name] for name in customer["properties"]})
    told = strict(client.post("/predict", json=row).text)
    assert "card: \"platinum\" is not known, used as 'other'." in told["notes"]
    assert strict(client.post("/predict", json={**row, "card": "other"}).text)["churn_probability"] == told["churn_probability"]


def test_a_reason_shows_a_blank_as_null(asked):
    client, _ = asked(SHOP)
    rows = [{**row, "visits": None, "last order": None} for row in as_values(SHOP.raw(30, 2))]
    reasons = [reason for row in rows for reason in strict(client.post("/predict", json=row).text)["reasons"]]
    blank = [reason for reason in reasons if reason["feature"] in ("visits", "last order")]
    assert blank and all(reason["value"] is None for reason in blank)


def test_errors_are_in_the_words_of_the_schema(asked):
    client, _ = asked(SHOP)
    (row,) = as_values(SHOP.raw(1, 2))
    missing = client.post("/predict", json={"fee": 3}).json()["error"]
    assert missing.startswith("Missing required fields: ['since', 'visits'")
    wrong = client.post("/predict", json={**row, "since": "yesterday", "fee": None}).json()["error"]
    assert 'since: "yesterday" is not a date like ' in wrong and "fee: " in wrong
    assert not any(column.name in missing + wrong for column in TELCO.columns if column.name != "tenure")


def test_an_id_that_files_have_as_a_number_is_taken_and_echoed_as_one(asked):
    client, _ = asked(BANK)
    (row,) = as_values(BANK.raw(1, 2))
    assert isinstance(row["account id"], int)
    assert client.post("/predict", json=row).json()["customer_id"] == row["account id"]
    refused = client.post("/predict", json={**row, "account id": True})
    assert refused.status_code == 400 and "account id" in refused.json()["error"]


@pytest.mark.parametrize("company", [BANK, SAAS], ids=lambda company: company.name)
def test_where_no_charge_is_known_revenue_is_null_and_priority_goes_by_what_is_at_stake(asked, company):
    client, version = asked(company)
    told = strict(
        client.post("/predict_batch", json={"customers": as_values(company.raw(30, 5).drop(columns=version.schema.target))}).text
    )
    assert (
        {each["monthly_revenue"] for each in told["predictions"]}
        == {each["annual_revenue_at_risk"] for each in told["predictions"]}
        == {None}
    )
    assert told["summary"]["total_revenue_at_risk"] is None
    assert sorted(each["retention_priority"] for each in told["predictions"]) == list(range(1, 31))
    if company is BANK:  # all are worth the same
        by_priority = sorted(told["predictions"], key=lambda each: each["retention_priority"])
        probabilities = [each["churn_probability"] for each in by_priority]
        assert probabilities == sorted(probabilities, reverse=True)


def test_a_charge_of_another_period_is_told_by_the_month(asked):
    client, _ = asked(SHOP)
    (row,) = as_values(SHOP.raw(1, 2).assign(fee="120.0"))
    (told,) = strict(client.post("/predict_batch", json={"customers": [row]}).text)["predictions"]
    assert told["monthly_revenue"] == pytest.approx(10)
    assert told["annual_revenue_at_risk"] == pytest.approx(120 * told["churn_probability"])


def test_a_threshold_that_is_published_for_one_company_is_not_anothers_and_is_there_when_one_goes_back(asked, home):
    client, _ = asked(BANK)
    default = client.post("/predict", json=as_values(BANK.raw(1, 2))[0]).json()["threshold"]
    assert client.post("/update_threshold", json={"threshold": 0.77}).json()["previous_threshold"] == default
    client, _ = asked(SAAS)
    row = as_values(SAAS.raw(1, 2))[0]
    assert client.post("/predict", json=row).json()["threshold"] != 0.77
    assert open_store(home).of_others() == {"bank": 0.77}
    assert client.post("/update_threshold", json={"threshold": 0.11}).json()["new_threshold"] == 0.11
    client, _ = asked(BANK)
    assert client.post("/predict", json=as_values(BANK.raw(1, 2))[0]).json()["threshold"] == 0.77


def test_where_the_database_is_gone_the_threshold_of_others_is_not_taken_for_ones_own(asked, service, monkeypatch):
    client, _ = asked(BANK)
    assert client.post("/update_threshold", json={"threshold": 0.77}).status_code == 200
    row = as_values(SAAS.raw(1, 2))[0]

    def gone() -> int:
        raise service.store.unusable(OSError("gone"))

    monkeypatch.setattr(service.store, "latest", gone)
    client, _ = asked(SAAS)
    assert client.post("/predict", json=row).json()["threshold"] != 0.77


def test_the_decimal_mark_of_a_customer_that_shows_none_is_that_of_the_file_it_was_learnt_from():
    schema: Schema = BANK.schema()
    assert schema.decimal == "."
    frame = BANK.raw(400, 0)
    frame["balance"] = frame["balance"].map(lambda value: str(value).replace(".", ","))
    assert schema_for(propose(frame.astype(str), BANK.answers), "bank.csv").decimal == ","
