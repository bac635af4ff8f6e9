"""The JSON API: what the outside can rely on."""

import hmac
import json
import logging
import math
import re
import shutil
import time
import warnings
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from churn_core.api import handlers as answers
from churn_core.api import middleware as guard
from churn_core.api.app import PATHS, create_api
from churn_core.application.service import Service
from churn_core.campaign.economics import Campaign, break_even_probability, expected_profit
from churn_core.campaign.optimise import best_threshold
from churn_core.campaign.plan import Plan
from churn_core.data.cleaning.table import clean
from churn_core.data.reading.reader import read_table
from churn_core.data.synthetic import generate
from churn_core.decisions.decide import churn_probability
from churn_core.decisions.score_table import score_table
from churn_core.errors import NothingScored, StoreError
from churn_core.model.candidates import build
from churn_core.model.logistic import TermLogisticRegression
from churn_core.schema.telco import TELCO
from tests.conftest import run_apart

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "Using `httpx`")  # Starlette would rather have its successor
    from starlette.testclient import TestClient

ROOT = Path(__file__).resolve().parents[2]
POSTS = ("/predict", "/predict_batch", "/update_threshold")
GETS = tuple(path for path in PATHS if path not in POSTS)
HERE = ("127.0.0.1", 50000)  # a client on this machine
MIB = 2**20  # bytes
MOST = 5 * MIB  # bytes of a body (CONTRACT.md)
TEXTS = [c.name for c in TELCO.inputs if c.kind == "category"]
NUMBERS = ["tenure", "MonthlyCharges", "TotalCharges"]
WITHOUT = object()  # in place of a value: the field is left out


@pytest.fixture
def service(tmp_path):
    """Not started: a test puts it into the state that it is about."""
    return Service(tmp_path)


@pytest.fixture
def client(service):
    return TestClient(create_api(service), client=HERE)


@pytest.fixture
def ready(service, workspace):
    """A service with the trained version, and a state folder of its own."""
    service.result = workspace
    return service


@pytest.fixture(scope="module")
def api(workspace, tmp_path_factory):
    """One for the tests that change nothing; it keeps its event loop, where others start one for each request."""
    service = Service(tmp_path_factory.mktemp("api"))
    service.result = workspace
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("churn_core.api.app.Allowance", lambda: guard.Allowance(10**9))
        application = create_api(service)
    with TestClient(application, client=HERE) as client:
        yield client


@pytest.fixture(scope="module")
def raw(telco_path):
    """The Telco file, every value as its text."""
    return pd.read_csv(telco_path, dtype=str, keep_default_na=False).drop(columns="Churn")


@pytest.fixture(scope="module")
def customer(raw):
    """The first customer of the file as a request, with some fields changed."""

    def made(index: int = 0, **changed) -> dict:
        return {k: v for k, v in {**as_request(raw.iloc[index]), **changed}.items() if v is not WITHOUT}

    return made


def as_request(row) -> dict:
    """A row of text as JSON has it; the total charge stays text."""
    numbers = {"SeniorCitizen": int(row["SeniorCitizen"]), "tenure": int(row["tenure"])}
    return {**dict(row), **numbers, "MonthlyCharges": float(row["MonthlyCharges"])}


def strictly(text: str):
    """JSON as the standard has it: no NaN, no Infinity."""
    return json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))


def ok(answer) -> dict:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    return strictly(answer.text)


def refused(answer, status: int = 400) -> str:
    """The one sentence of a refusal."""
    assert answer.status_code == status, (answer.status_code, answer.text[:500])
    assert answer.headers["content-type"] == "application/json"
    body = strictly(answer.text)
    assert list(body) == ["error"] and isinstance(body["error"], str) and len(body["error"]) > 10
    assert "Traceback" not in body["error"] and str(ROOT) not in body["error"] and ".py" not in body["error"]
    return body["error"]


def send(client, body: str | bytes, path: str = "/predict", kind: str = "application/json", **headers):
    """A body as it is."""
    content = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    given = {"content-type": kind} if kind else {}
    return client.post(path, content=content, headers=given | {k.replace("_", "-"): v for k, v in headers.items()})


def file_of(customers: pd.DataFrame) -> bytes:
    return customers.to_csv(index=False).encode()


# Health


def test_health_names_the_model_in_use_once_there_is_one(client, ready, workspace):
    body = ok(client.get("/health"))
    assert body["status"] == "healthy" and body["model_version"] == "production" and body["model_loaded"] is True
    assert body["model_id"] == workspace.version.model_id
    assert (body["customers"], body["generated_customers"]) == (7043, False)


def test_health_is_unavailable_while_there_is_no_model_and_says_what_is_being_done(client, service):
    for steps in ([], ["Fetching the Telco data …"]):
        service.steps = steps
        answer = client.get("/health")
        assert answer.status_code == 503 and answer.headers["content-type"] == "application/json"
        body = answer.json()
        assert (body["status"], body["model_loaded"]) == ("unavailable", False)
        assert body["error"].startswith("Not ready yet: ") and (steps or ["Starting"])[-1] in body["error"]


def test_health_gives_the_reason_where_starting_failed(client, service):
    service.error = "The state folder cannot be used. Point CHURN_HOME elsewhere."
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["error"]) == (503, service.error)


def test_health_turns_healthy_without_a_restart(client, service, workspace):
    assert client.get("/health").status_code == 503
    service.result = workspace
    assert client.get("/health").status_code == 200


def test_health_is_degraded_and_says_why_where_something_is_wrong_and_it_still_answers(client, ready, customer, monkeypatch):
    monkeypatch.setattr("churn_core.logs.trouble", lambda: "The log cannot be written (No space left on device).")
    ready._of_version = "The version in production cannot be used, the one before it is."
    body = ok(client.get("/health"))
    assert body["status"] == "degraded" and body["model_loaded"] is True
    assert body["problems"] == [ready.problem, "The log cannot be written (No space left on device)."]
    ok(client.post("/predict", json=customer()))


@pytest.mark.parametrize("path", POSTS)
def test_without_a_model_every_question_is_503_with_the_reason_and_answered_once_there_is_one(
    client, service, workspace, customer, path
):
    body = {"/predict": customer(), "/predict_batch": {"customers": [customer()]}, "/update_threshold": {"threshold": 0.3}}[path]
    assert "Not ready yet" in refused(client.post(path, json=body), 503)
    service.error = "No version can be used. Train one."
    assert refused(client.post(path, json=body), 503) == service.error
    service.result, service.error = workspace, ""
    ok(client.post(path, json=body))


# One customer


def test_a_prediction_has_the_fields_of_the_contract(api, customer, workspace):
    before = datetime.now(UTC).replace(microsecond=0)
    said = ok(api.post("/predict", json=customer()))
    after = datetime.now(UTC)
    assert list(said) == [
        "customer_id",
        "churn_probability",
        "will_churn",
        "recommendation",
        "predicted_at",
        "threshold",
        "break_even_probability",
        "expected_profit",
        "reasons",
        "model_id",
    ]
    assert said["customer_id"] == "7590-VHVEG" and said["model_id"] == workspace.version.model_id
    assert 0 < said["churn_probability"] < 1 and isinstance(said["will_churn"], bool)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", said["predicted_at"])
    assert before <= datetime.fromisoformat(said["predicted_at"]) <= after
    assert 1 <= len(said["reasons"]) <= 3 and all(list(r) == ["feature", "value", "effect"] for r in said["reasons"])


def test_a_prediction_is_the_models_probability_and_the_campaigns_economics(api, customer, workspace):
    said = ok(api.post("/predict", json=customer()))
    p = churn_probability(workspace.version.model, workspace.customers.iloc[[0]])[0]
    clv = Campaign().clv(29.85)
    assert said["churn_probability"] == p
    assert said["break_even_probability"] == break_even_probability(clv, Campaign())
    assert said["expected_profit"] == expected_profit(p, clv, Campaign())
    assert said["will_churn"] is (said["churn_probability"] >= said["threshold"])


def test_reasons_are_what_raises_the_probability_strongest_first_with_the_customers_own_values(api, customer):
    for index in range(40):
        asked = customer(index)
        reasons = ok(api.post("/predict", json=asked))["reasons"]
        effects = [reason["effect"] for reason in reasons]
        assert effects == sorted(effects, reverse=True) and all(effect > 0 for effect in effects)
        assert len({reason["feature"] for reason in reasons}) == len(reasons)
        for reason in reasons:
            if reason["feature"] != "TotalCharges":
                assert reason["value"] == asked[reason["feature"]]


@pytest.mark.parametrize(
    ("probability", "profit", "recommendation"),
    [
        (0.5, 100.5, "High priority for retention"),
        (0.5, 100.0, "Monitor closely"),
        (0.5, -3.0, "Monitor closely"),
        (0.3, 500.0, "Monitor closely"),  # the threshold belongs to those who will churn
        (math.nextafter(0.3, 0), 500.0, "Low churn risk"),
        (0.0, -10.0, "Low churn risk"),
    ],
)
def test_the_recommendation_is_by_threshold_and_by_an_expected_profit_above_100(
    client, ready, customer, monkeypatch, probability, profit, recommendation
):
    ok(client.post("/update_threshold", json={"threshold": 0.3}))
    monkeypatch.setattr(answers, "_said", lambda model, record, schema: (probability, []))
    monkeypatch.setattr(answers, "expected_profit", lambda p, clv, campaign: profit if p != 0.3 else 100.0)
    said = ok(client.post("/predict", json=customer()))
    assert said["recommendation"] == recommendation and said["will_churn"] is (probability >= 0.3)


def test_with_nothing_published_the_threshold_is_the_one_that_earns_most(api, customer, workspace):
    said = ok(api.post("/predict", json=customer()))
    assert said["threshold"] == best_threshold(workspace.expected_sweep, Campaign()).threshold


def test_a_customer_worth_nothing_has_no_break_even_and_the_answer_is_still_json(api, customer):
    said = ok(api.post("/predict", json=customer(MonthlyCharges=0, tenure=0, TotalCharges="")))
    assert said["break_even_probability"] is None and said["expected_profit"] == -10.0


def test_total_charges_are_the_same_as_number_as_text_and_padded(api, customer):
    forms = (29.85, "29.85", " 29.85 ", "2985e-2")
    assert len({json.dumps(probability(api, customer(TotalCharges=form))) for form in forms}) == 1


def probability(api, asked: dict) -> float:
    return ok(api.post("/predict", json=asked))["churn_probability"]


def test_total_charges_blank_null_or_absent_are_tenure_times_monthly_charges(api, customer):
    computed = probability(api, customer(5, TotalCharges=8 * 99.65))
    assert customer(5)["tenure"] == 8 and customer(5)["MonthlyCharges"] == 99.65
    for form in ("", " ", "   ", None, WITHOUT):
        assert probability(api, customer(5, TotalCharges=form)) == computed


TOTALS_IN_WORDS = (
    ["12", " 12.5 ", "1e3", "+5", "-0", "-1", "5.", ".5", "1_000", "1,000", "1 000", "$12", "12abc", "0x10", "True", "no"]
    + ["nan", "NaN", "inf", "-Infinity", "1e400", "1e-400", "1e8", "100000000.1", "00012", "1d3", "--5", "1e", "e1", "N/A"]
    + ["\u0661\u0662", "\uff11\uff12", "12\u00a0", "\u200b12", "null", "None", "1" * 41, "0." + "1" * 60, "0.1234567890123456789"]
    + ["12.345678901234567", "8.41e-17", "99999999.999999999"]
)


@pytest.mark.parametrize("total", TOTALS_IN_WORDS, ids=ascii)
def test_a_total_charge_in_words_means_in_a_request_what_it_means_in_a_file(api, customer, workspace, raw, total):
    table = read_table(file_of(raw.head(1).assign(TotalCharges=total)), TELCO)
    answer = api.post("/predict", json=customer(TotalCharges=total))
    try:
        in_file = score_table(table, workspace.version.model, Plan(), schema=TELCO).scored["churn_probability"].item()
    except NothingScored:
        refused(answer)
    else:
        assert ok(answer)["churn_probability"] == in_file


def test_stray_spaces_and_letter_case_of_words_are_mended_as_in_a_file(api, customer):
    assert probability(api, customer(Contract=" month-TO-month ", gender="FEMALE")) == probability(api, customer())


def test_fields_that_the_schema_does_not_know_change_nothing(api, customer):
    assert probability(api, customer(Churn="Yes", note={"a": [1, None, True]}, **{"": 1})) == probability(api, customer())


@pytest.mark.parametrize(
    "name", ["7590-VHVEG", "", " spaced ", "Zoë 王 🙂", "a\x00b\n", "'; DROP TABLE", "x" * 200, "\ud83d", None]
)
def test_an_id_comes_back_as_it_went_in(api, customer, name):
    text = json.dumps(customer(customerID=name))
    assert ok(send(api, text))["customer_id"] == name
    assert ok(send(api, f'{{"customers": [{text}]}}', "/predict_batch"))["predictions"][0]["customerID"] == name


def test_an_id_is_optional(api, customer):
    asked = customer(customerID=WITHOUT)
    assert ok(api.post("/predict", json=asked))["customer_id"] is None
    assert ok(api.post("/predict_batch", json={"customers": [asked]}))["predictions"][0]["customerID"] is None


# Many customers


def test_a_batch_has_the_fields_of_the_contract(api, customer):
    body = ok(api.post("/predict_batch", json={"customers": [customer(0), customer(1)]}))
    assert list(body) == ["predictions", "rejected", "summary"] and body["rejected"] == []
    assert all(
        list(prediction)
        == [
            "customerID",
            "churn_probability",
            "will_churn",
            "risk_segment",
            "monthly_revenue",
            "annual_revenue_at_risk",
            "retention_priority",
            "expected_profit",
        ]
        for prediction in body["predictions"]
    )
    assert list(body["summary"]) == ["total_customers", "scored", "rejected", "high_risk_count", "total_revenue_at_risk"]


@pytest.mark.parametrize("size", [1, 2, 19, 20, 21, 60])
def test_a_customer_is_the_same_to_the_bit_alone_and_in_a_batch_of_any_size(api, customer, size):
    asked = [customer(index) for index in range(size)]
    batch = ok(api.post("/predict_batch", json={"customers": asked}))["predictions"]
    for one, of_batch in zip(asked, batch, strict=True):
        alone = ok(api.post("/predict", json=one))
        assert [alone[k] for k in ("customer_id", "churn_probability", "will_churn", "expected_profit")] == [
            of_batch[k] for k in ("customerID", "churn_probability", "will_churn", "expected_profit")
        ]


def test_a_customer_is_the_same_to_the_bit_among_whole_numbers_among_fractions_and_among_what_needs_mending(api, customer):
    whole = [customer(index, MonthlyCharges=70 + index, TotalCharges=1000 * index) for index in range(30)]
    alone = [probability(api, one) for one in whole]
    for others in ([], [customer(40)], [customer(40, TotalCharges="")], [customer(40, Contract=" one YEAR")], [{}]):
        batch = ok(api.post("/predict_batch", json={"customers": whole + others}))["predictions"]
        assert [prediction["churn_probability"] for prediction in batch[:30]] == alone
        assert [prediction["monthly_revenue"] for prediction in batch[:30]] == [70 + index for index in range(30)]
    computed = [customer(index, MonthlyCharges=70 + index, TotalCharges=WITHOUT) for index in range(30)]
    batch = ok(api.post("/predict_batch", json={"customers": computed}))["predictions"]
    assert [prediction["churn_probability"] for prediction in batch] == [probability(api, one) for one in computed]


@pytest.fixture(scope="module")
def file_and_batch(api, raw, workspace):
    """All Telco customers as a scored file, and as two batches."""
    scored = score_table(read_table(file_of(raw), TELCO), workspace.version.model, Plan(), schema=TELCO).scored
    asked = [as_request(row) for row in raw.to_dict("records")]
    bodies = [ok(api.post("/predict_batch", json={"customers": part})) for part in (asked[:5000], asked[5000:])]
    return scored, [prediction for body in bodies for prediction in body["predictions"]], bodies


def test_every_telco_customer_is_the_same_to_the_bit_in_a_request_and_in_a_scored_file(file_and_batch, raw):
    scored, predictions, _ = file_and_batch
    assert [p["customerID"] for p in predictions] == raw["customerID"].tolist()
    assert [p["churn_probability"] for p in predictions] == scored["churn_probability"].tolist()
    assert [p["expected_profit"] for p in predictions] == scored["expected_profit"].tolist()


def test_with_a_published_threshold_request_and_file_decide_alike(client, ready, customer, raw, workspace):
    ok(client.post("/update_threshold", json={"threshold": 0.35}))
    decision = ready.store.decision(Plan())
    file = score_table(
        read_table(file_of(raw.head(300)), TELCO), workspace.version.model, decision.plan, decision.threshold, schema=TELCO
    ).scored
    body = ok(client.post("/predict_batch", json={"customers": [customer(index) for index in range(300)]}))
    assert [p["will_churn"] for p in body["predictions"]] == file["contact"].tolist()


def test_the_summary_adds_up(file_and_batch):
    for body in file_and_batch[2]:
        predictions, summary = body["predictions"], body["summary"]
        assert summary["total_customers"] == summary["scored"] == len(predictions) and summary["rejected"] == 0
        assert summary["high_risk_count"] == sum(p["risk_segment"] == "Very High" for p in predictions)
        assert summary["total_revenue_at_risk"] == pytest.approx(
            math.fsum(p["annual_revenue_at_risk"] for p in predictions), rel=1e-12
        )


def test_revenue_at_risk_is_twelve_monthly_charges_times_the_probability(file_and_batch, raw):
    for prediction, charge in zip(file_and_batch[1], raw["MonthlyCharges"].astype(float), strict=True):
        assert prediction["monthly_revenue"] == charge
        assert prediction["annual_revenue_at_risk"] == 12 * charge * prediction["churn_probability"]


def test_retention_priority_ranks_by_revenue_at_risk_from_one_and_ties_keep_their_order(file_and_batch, api, customer):
    for body in file_and_batch[2]:
        at_risk = [(-p["annual_revenue_at_risk"], i) for i, p in enumerate(body["predictions"])]
        by_rank = sorted(range(len(at_risk)), key=lambda i: body["predictions"][i]["retention_priority"])
        assert sorted(p["retention_priority"] for p in body["predictions"]) == list(range(1, len(at_risk) + 1))
        assert [i for _, i in sorted(at_risk)] == by_rank
    same = ok(api.post("/predict_batch", json={"customers": [customer()] * 4}))["predictions"]
    assert [p["retention_priority"] for p in same] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("probability", "segment"),
    [
        (0.0, "Low"),
        (0.2, "Low"),
        (math.nextafter(0.2, 1), "Medium"),
        (0.5, "Medium"),
        (math.nextafter(0.5, 1), "High"),
        (0.8, "High"),
        (math.nextafter(0.8, 1), "Very High"),
        (1.0, "Very High"),
    ],
)
def test_the_ends_of_a_risk_segment_belong_to_the_lower_one(api, customer, monkeypatch, probability, segment):
    monkeypatch.setattr(TermLogisticRegression, "churn_probabilities_of", lambda self, records: np.array([probability]))
    body = ok(api.post("/predict_batch", json={"customers": [customer()]}))
    assert body["predictions"][0]["risk_segment"] == segment
    assert body["summary"]["high_risk_count"] == (segment == "Very High")


def test_good_rows_are_scored_and_bad_rows_come_back_with_their_index(api, customer):
    bad = {1: customer(Contract="Daily"), 3: [], 4: {"customerID": "T"}, 6: None, 7: customer(customerID=7)}
    asked = [bad.get(index, customer(index)) for index in range(9)]
    body = ok(api.post("/predict_batch", json={"customers": asked}))
    assert [r["index"] for r in body["rejected"]] == list(bad)
    assert [r["customerID"] for r in body["rejected"]] == ["7590-VHVEG", None, "T", None, None]
    assert all(list(r) == ["index", "customerID", "error"] for r in body["rejected"])
    assert "Contract: 'Daily' is not one of Month-to-month, One year, Two year" in body["rejected"][0]["error"]
    assert body["rejected"][2]["error"].startswith("Missing required fields: ['gender'")
    assert [p["customerID"] for p in body["predictions"]] == [asked[i]["customerID"] for i in (0, 2, 5, 8)]
    summary = body["summary"]
    assert (summary["total_customers"], summary["scored"], summary["rejected"]) == (9, 4, 5)
    good = ok(api.post("/predict_batch", json={"customers": [asked[i] for i in (0, 2, 5, 8)]}))
    assert body["predictions"] == good["predictions"]


def test_a_batch_of_bad_rows_only_is_400_with_what_is_wrong(api):
    sentence = refused(api.post("/predict_batch", json={"customers": [{"customerID": "T", "tenure": 12}, []]}))
    assert "None of the 2 customers" in sentence and "Missing required fields" in sentence


@pytest.mark.parametrize(
    "body",
    [{}, [], None, 3, "x", {"customers": []}, {"customers": {}}, {"customers": None}, {"customers": "x"}, {"Customers": [{}]}],
)
def test_what_is_no_batch_is_400_and_says_what_one_is(api, body):
    assert '{"customers": [' in refused(send(api, json.dumps(body), "/predict_batch"))


def test_5000_customers_are_a_batch_and_5001_are_413(api, customer):
    one = customer()
    body = ok(api.post("/predict_batch", json={"customers": [one] * 5000}))
    assert body["summary"]["scored"] == 5000
    assert "5,000" in refused(api.post("/predict_batch", json={"customers": [one] * 5001}), 413)
    assert "5,000" in refused(api.post("/predict_batch", json={"customers": [{}] * 5001}), 413)


def test_10_000_generated_customers_are_finite_and_equal_to_the_model(api, workspace):
    frame, random = generate(10_000, seed=7, schema=TELCO).drop(columns="Churn"), np.random.default_rng(7)
    frame["MonthlyCharges"] = random.uniform(0, 200, 10_000)  # with all the digits that a float has
    frame["TotalCharges"] = [repr(x) for x in random.uniform(0, 20_000, 10_000).tolist()]
    expected = churn_probability(workspace.version.model, clean(frame, TELCO)[0])
    asked = json.loads(frame.to_json(orient="records", double_precision=15))
    for one, charge in zip(asked, frame["MonthlyCharges"], strict=True):
        one["MonthlyCharges"] = charge
    bodies = [ok(api.post("/predict_batch", json={"customers": asked[at : at + 5000]})) for at in (0, 5000)]
    predictions = [prediction for body in bodies for prediction in body["predictions"]]
    said = np.array([prediction["churn_probability"] for prediction in predictions])
    assert len(said) == 10_000 and np.isfinite(said).all() and ((said >= 0) & (said <= 1)).all()
    assert (said == expected).all(), f"{(said != expected).sum()} differ from the table"
    assert all(math.isfinite(v) for p in predictions for v in p.values() if isinstance(v, float))
    from_file = score_table(read_table(file_of(frame), TELCO), workspace.version.model, Plan(), schema=TELCO).scored[
        "churn_probability"
    ]
    assert (said == from_file.to_numpy()).all(), f"{(said != from_file.to_numpy()).sum()} differ from the file"


def test_a_model_that_is_no_equation_says_the_same_alone_in_a_batch_and_in_a_table(tmp_path, workspace, telco, customer):
    model = build("xgboost").fit(telco.customers, telco.customers["Churn"].to_numpy())
    assert not isinstance(model, TermLogisticRegression)
    service = Service(tmp_path)
    service.result = replace(workspace, version=replace(workspace.version, model=model))
    client = TestClient(create_api(service), client=HERE)
    asked = [customer(index) for index in range(30)]
    batch = ok(client.post("/predict_batch", json={"customers": asked}))["predictions"]
    assert [p["churn_probability"] for p in batch] == churn_probability(model, telco.customers.head(30)).tolist()
    for one, of_batch in zip(asked[:5], batch, strict=False):
        alone = ok(client.post("/predict", json=one))
        assert alone["churn_probability"] == of_batch["churn_probability"]
        assert all(reason["effect"] > 0 for reason in alone["reasons"])


# A customer that cannot be scored


@pytest.mark.parametrize("column", [c.name for c in TELCO.inputs if c.required])
def test_a_missing_column_is_named(api, customer, column):
    assert refused(api.post("/predict", json=customer(**{column: WITHOUT}))) == f"Missing required fields: ['{column}']"


def test_all_missing_columns_are_named_at_once(api):
    sentence = refused(api.post("/predict", json={"customerID": "TEST-001"}))
    assert sentence == f"Missing required fields: {[c.name for c in TELCO.inputs if c.required]}"


OF_NO_TYPE = [True, False, None, [], {}, [1], {"a": 1}]
WRONG = [
    *((name, value) for name in TEXTS for value in (*OF_NO_TYPE, 0, 1.5, "", "Maybe", "\ud800", "x" * 10_000)),
    *(("SeniorCitizen", value) for value in (*OF_NO_TYPE, 2, -1, 0.5, "1", "Yes", "")),
    *((name, value) for name in ("tenure", "MonthlyCharges") for value in (*OF_NO_TYPE, "12", "", "x")),
    *(("TotalCharges", value) for value in (True, False, [], {}, "abc", "1,000", "\ud800", "x" * 10_000)),
    *(("customerID", value) for value in (True, 0, 1.5, [], {}, "x" * 201)),
    *(("tenure", value) for value in (-1, 1201, 1.5, 10**400, 1e300)),
    *(("MonthlyCharges", value) for value in (-0.01, 100_001, 10**400, -(10**400))),
    *(("TotalCharges", value) for value in (-1, 100_000_001, 10**400, "-1", "1e9", "nan", "inf", "-Infinity")),
]


@pytest.mark.parametrize(("column", "value"), WRONG, ids=lambda v: ascii(v)[:24])
def test_a_wrong_type_an_unknown_word_or_a_number_out_of_range_is_400_and_names_the_column(api, customer, column, value):
    text = json.dumps(customer(**{column: value}))
    sentence = refused(send(api, text))
    assert sentence.startswith(f"{column}: ") and len(sentence) < 300
    if column in TEXTS:
        assert sentence.endswith(f"is not one of {', '.join(TELCO[column].allowed)}")
    body = ok(send(api, f'{{"customers": [{text}, {json.dumps(customer())}]}}', "/predict_batch"))
    assert body["rejected"][0]["index"] == 0 and body["rejected"][0]["error"] == sentence


def test_every_problem_of_a_customer_is_told_at_once(api, customer):
    sentence = refused(api.post("/predict", json=customer(tenure=-1, Contract="Daily", SeniorCitizen=True)))
    assert [part.split(":")[0] for part in sentence.split("; ")] == ["SeniorCitizen", "tenure", "Contract"]


@pytest.mark.parametrize("column", NUMBERS)
def test_the_ends_of_a_range_belong_to_it(api, customer, column):
    for end in (TELCO[column].low, TELCO[column].high):
        ok(api.post("/predict", json=customer(**{column: int(end)})))


@pytest.mark.parametrize("body", [[], [{}], None, 3, "x", True])
def test_a_customer_that_is_no_object_is_400(api, body):
    assert "object" in refused(send(api, json.dumps(body)))


# JSON


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "body", ["", " ", "not json", '{"customerID": "x",', "{}{}", "{'a': 1}", "[1,]", "\x00", "nul", '"a', "\ufeff{}"]
)
def test_what_is_no_json_is_400_and_says_where(api, path, body):
    sentence = refused(send(api, body, path))
    assert "JSON" in sentence and "line" in sentence


@pytest.mark.parametrize(
    "body", [b"\xff\xfe{\x00}\x00", b'{"a": "\xe9"}', b'{"a": "\xed\xa0\x80"}', b"\x80", b'{"a": "\xc0\xaf"}']
)
def test_what_is_not_utf_8_is_400(api, body):
    assert "UTF-8" in refused(send(api, body))


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "kind",
    ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml", "text/json", "é", ";"],
)
def test_what_is_not_sent_as_json_is_400(api, customer, path, kind):
    sentence = refused(send(api, json.dumps(customer()), path, kind.encode("utf-8") if kind else ""))
    assert "Content-Type: application/json" in sentence


@pytest.mark.parametrize("kind", ["application/json", "Application/JSON; charset=UTF-8", 'application/json;charset="utf-8"'])
def test_json_in_utf_8_is_taken_however_it_is_announced(api, customer, kind):
    ok(send(api, json.dumps(customer()), kind=kind))


@pytest.mark.parametrize("charset", ["utf-16", "iso-8859-1", "utf-7", '"latin1"'])
def test_another_charset_is_400(api, customer, charset):
    assert "UTF-8" in refused(send(api, json.dumps(customer()), kind=f"application/json; charset={charset}"))


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "identity, gzip", "x"])
def test_a_compressed_body_is_400(api, customer, encoding):
    assert "Content-Encoding" in refused(send(api, json.dumps(customer()), Content_Encoding=encoding))


@pytest.mark.parametrize("length", ["²", "-1", "x", "1e3", "", "5 242 881", "9" * 5000, "0" * 30 + "2"])
def test_a_length_that_is_no_number_is_no_failure(api, length):
    assert call(api.app, "/predict", length=length)[0]["status"] in (400, 413)


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("field", ["tenure", "MonthlyCharges", "TotalCharges", "unknown"])
def test_nan_and_infinity_are_no_json_numbers(api, customer, word, field):
    text = json.dumps({**customer(), field: "HERE"}).replace('"HERE"', word)
    assert word in refused(send(api, text))


@pytest.mark.parametrize("number", ["1e400", "-1e400", "1" + "0" * 310, "9" * 4300, "-" + "9" * 4000])
@pytest.mark.parametrize("field", ["SeniorCitizen", *NUMBERS])
def test_a_number_beyond_the_floats_is_400(api, customer, number, field):
    text = json.dumps({**customer(), field: "HERE"}).replace('"HERE"', number)
    assert refused(send(api, text)).startswith(f"{field}: ")


@pytest.mark.parametrize("field", ["tenure", "unknown", "SeniorCitizen"])
def test_a_number_of_thousands_of_digits_is_400(api, customer, field):
    for digits in ("9" * 5000, "-" + "1" * 5_000, "7" * 5_000_000):
        text = json.dumps({**customer(), field: "HERE"}).replace('"HERE"', digits)
        assert "digits" in refused(send(api, text))


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "a": 1}',
        '{"a": 1, "\\u0061": 2}',
        '{"x": {"a": 1, "a": 2}}',
        '{"x": [[{"b": 0}, {"a": 1, "a": 2}]]}',
        '{"a": "::", "b": ":", "a": ":"}',
        '{"a": "\\":\\"", "a": "\\\\"}',
        '{":": 1, ":": 2}',
        '{"": 1, "": 2}',
        '{"customers": [{"tenure": 1, "tenure": 2}]}',
        '{"threshold": 0.1, "threshold": 0.9}',
        '{"\\ud800": 1, "\\ud800": 2}',
    ],
)
@pytest.mark.parametrize("path", POSTS)
def test_a_key_that_comes_twice_is_400(api, path, text):
    assert "comes twice" in refused(send(api, text, path))


@pytest.mark.parametrize("value", ["a: b", '":"', "::::", "\\", '"', '{"a":1,"a":2}'])
def test_colons_and_escapes_in_texts_are_no_keys(api, customer, value):
    assert ok(api.post("/predict", json=customer(customerID=value)))["customer_id"] == value
    assert probability(api, customer(**{value: value})) == probability(api, customer())


def nested(levels: int, opening: str = "[", closing: str = "]") -> str:
    return opening * levels + ("1" if opening != "[" else "") + closing * levels


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_20_levels_are_read_and_21_are_400(api, customer, opening, closing):
    text = json.dumps(customer())[:-1]
    ok(send(api, f'{text}, "extra": {nested(19, opening, closing)}}}'))  # and the customer itself
    for levels in (20, 21, 500, 5_000, 100_000):
        assert "20 levels" in refused(send(api, f'{text}, "extra": {nested(levels, opening, closing)}}}'))
    assert "20 levels" in refused(send(api, nested(21, opening, closing)))


@pytest.mark.parametrize("path", POSTS)
def test_levels_that_are_never_closed_are_400(api, path):
    for text in ("[" * 100_000, '{"a":' * 100_000, "[{" * 3, '{"customers": ' + "[" * 2_000_000):
        refused(send(api, text, path))


def test_a_key_may_come_again_in_another_object(api, customer):
    ok(api.post("/predict", json=customer(note={"a": 1, "b": {"a": 1}}, more=[{"a": 1}, {"a": 1}])))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_json_comes_in_a_customers_field_the_answer_is_200_or_400(api, customer, data):
    columns = st.sampled_from([column.name for column in TELCO.inputs])
    changed = data.draw(st.dictionaries(columns, JSON, max_size=3))
    text = json.dumps(customer(**changed))
    alone, batch = send(api, text), send(api, f'{{"customers": [{text}]}}', "/predict_batch")
    assert (alone.status_code, batch.status_code) in ((200, 200), (400, 400))
    if alone.status_code == 200:
        assert alone.json()["churn_probability"] == batch.json()["predictions"][0]["churn_probability"]
    else:
        refused(alone), refused(batch)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(POSTS), body=JSON.map(json.dumps) | st.text(max_size=40) | st.binary(max_size=40))
@example(path="/predict", body=b"\xef\xbb\xbf{}")
def test_whatever_the_body_it_is_a_sentence_and_no_failure(api, path, body):
    refused(send(api, body, path))


# Sizes


def padded(text: str, size: int) -> bytes:
    return text.encode() + b" " * (size - len(text.encode()))


@pytest.mark.parametrize("announced", [True, False], ids=["Content-Length", "chunked"])
def test_5_mib_are_read_and_one_byte_more_is_413(api, customer, announced):
    for size, status in ((MOST, 200), (MOST + 1, 413), (MOST + MIB, 413)):
        body = padded(json.dumps(customer()), size)
        parts = body if announced else (body[at : at + MIB] for at in range(0, size, MIB))
        answer = api.post("/predict", content=parts, headers={"content-type": "application/json"})
        assert ("content-length" in answer.request.headers) is announced
        assert answer.status_code == status
        if status == 413:
            assert "5 MiB" in refused(answer, 413)


@pytest.mark.parametrize("path", POSTS)
def test_too_large_a_body_is_refused_on_every_path_without_being_read(client, ready, path):
    sent, received = call(client.app, path, length=str(MOST + 1))
    assert (sent["status"], received) == (413, 0)


def call(app, path: str, length: str = "2", client=HERE, headers=(), body: bytes = b"{}") -> tuple[dict, int]:
    """Past every HTTP client: the start of the answer, and how often the body was asked for."""
    asked, sent = [], []

    async def receive() -> dict:
        asked.append(1)
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict) -> None:
        sent.append(message)

    named = [(b"content-type", b"application/json"), (b"content-length", length.encode("latin-1")), *headers]
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "root_path": "", "scheme": "http"}
    scope |= {"headers": named, "client": client, "server": ("127.0.0.1", 5000), "http_version": "1.1"}
    run_apart(app(scope, receive, send))
    return {**sent[0], "body": sent[1]["body"]}, len(asked)


# The threshold


def test_a_threshold_is_in_force_for_every_answer_after_it_is_acknowledged(client, ready, customer):
    p = probability(client, customer())
    for threshold in (p, math.nextafter(p, 1), 0.0, 1.0, 0, 1):
        said = ok(client.post("/update_threshold", json={"threshold": threshold}))
        assert (said["status"], said["new_threshold"]) == ("success", threshold)
        one = ok(client.post("/predict", json=customer()))
        assert (one["threshold"], one["will_churn"]) == (threshold, p >= threshold)
        batch = ok(client.post("/predict_batch", json={"customers": [customer()]}))
        assert batch["predictions"][0]["will_churn"] == (p >= threshold)


def test_the_answer_tells_the_threshold_before(client, ready, customer):
    unpublished = ok(client.post("/predict", json=customer()))["threshold"]
    assert ok(client.post("/update_threshold", json={"threshold": 0.35, "reason": "why not"})) == {
        "status": "success",
        "new_threshold": 0.35,
        "previous_threshold": unpublished,
    }
    assert ok(client.post("/update_threshold", json={"threshold": 0.4}))["previous_threshold"] == 0.35


def test_who_when_and_why_are_kept(client, ready):
    before = datetime.now(UTC)
    ok(client.post("/update_threshold", json={"threshold": 0.35, "reason": "The board wants it."}))
    kept = ready.store.history()[0]
    assert (kept.threshold, kept.reason, kept.source, kept.published_by) == (0.35, "The board wants it.", "API", "API")
    assert before <= kept.published_at <= datetime.now(UTC)


def test_a_threshold_is_durable_in_another_process_once_it_is_acknowledged(client, ready, workspace, customer):
    ok(client.post("/update_threshold", json={"threshold": 0.61}))
    another = Service(ready.home)
    another.result = workspace
    assert ok(TestClient(create_api(another)).post("/predict", json=customer()))["threshold"] == 0.61


@pytest.mark.parametrize(
    "threshold", ["1.5", "-0.1", "1e400", "true", "false", "null", '"0.4"', "[0.4]", "{}", "1.0000000000000002"]
)
def test_a_threshold_that_is_no_number_from_0_to_1_is_400_and_changes_nothing(client, ready, threshold):
    assert "0 to 1" in refused(send(client, f'{{"threshold": {threshold}}}', "/update_threshold"))
    assert ready.store.latest() == 0


@pytest.mark.parametrize("body", ["{}", "[]", "null", "0.4", '"0.4"', '{"Threshold": 0.4}', '[{"threshold": 0.4}]'])
def test_a_body_without_a_threshold_is_400_and_says_what_to_send(client, ready, body):
    assert '{"threshold": 0.35}' in refused(send(client, body, "/update_threshold"))


def test_a_reason_is_text_of_at_most_2000_characters(client, ready):
    for reason in (1, True, [], {}, "x" * 2001):
        refused(client.post("/update_threshold", json={"threshold": 0.4, "reason": reason}))
    for reason in (None, "", "x" * 2000, "\x00 \x1b[31m\nforged", "\ud800"):
        ok(send(client, json.dumps({"threshold": 0.4, "reason": reason}), "/update_threshold"))
    assert "\x1b" not in ready.store.history()[1].reason and len(ready.store.history()) == 5


def test_a_database_that_cannot_be_written_acknowledges_nothing(client, ready, monkeypatch):
    def fail(*args, **more):
        raise StoreError("The database in the state folder cannot be used (disk full). Nothing was changed; mend it.")

    monkeypatch.setattr(type(ready.store), "publish", fail)
    assert "Nothing was changed" in refused(client.post("/update_threshold", json={"threshold": 0.4}), 503)


def test_predictions_go_on_by_the_last_known_threshold_while_the_database_cannot_be_asked(client, ready, customer, monkeypatch):
    ok(client.post("/update_threshold", json={"threshold": 0.42}))
    ok(client.post("/predict", json=customer()))

    def fail(self):
        raise StoreError("The database in the state folder cannot be used (locked). Nothing was changed; mend it.")

    with monkeypatch.context() as broken:
        broken.setattr(type(ready.store), "latest", fail)
        assert ok(client.post("/predict", json=customer()))["threshold"] == 0.42
        assert client.get("/health").json()["status"] == "degraded"
    ok(client.post("/predict", json=customer()))
    assert client.get("/health").json()["status"] == "healthy"


# Who may change it

TOKEN = "correct-horse-battery-staple"


@pytest.fixture
def token(monkeypatch):
    monkeypatch.setenv("CHURN_API_TOKEN", TOKEN)
    return TOKEN


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"])
def test_without_a_token_this_machine_may_change_the_threshold(ready, address):
    client = TestClient(create_api(ready), client=(address, 1))
    ok(client.post("/update_threshold", json={"threshold": 0.4}))


@pytest.mark.parametrize(
    "address", ["10.0.0.1", "192.168.1.7", "8.8.8.8", "2001:db8::1", "::ffff:10.0.0.1", "0.0.0.0", "unknown", ""]
)
def test_without_a_token_another_machine_may_not(ready, customer, address):
    client = TestClient(create_api(ready), client=(address, 1))
    sentence = refused(client.post("/update_threshold", json={"threshold": 0.4}), 401)
    assert "CHURN_API_TOKEN" in sentence and ready.store.latest() == 0
    refused(client.post("/update_threshold", json={"threshold": 0.4}, headers={"X-Forwarded-For": "127.0.0.1"}), 401)
    ok(client.post("/predict", json=customer()))


def test_a_client_without_an_address_is_another_machine(ready):
    assert call(create_api(ready), "/update_threshold", client=None)[0]["status"] == 401


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1"])
def test_with_a_token_whoever_has_it_may_from_anywhere(ready, token, address):
    client = TestClient(create_api(ready), client=(address, 1))
    for scheme in ("Bearer", "bearer", "BEARER"):
        ok(client.post("/update_threshold", json={"threshold": 0.4}, headers={"Authorization": f"{scheme} {token}"}))


@pytest.mark.parametrize(
    "given",
    ["", TOKEN, f"Basic {TOKEN}", f"Token {TOKEN}", "Bearer", "Bearer ", f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}x"]
    + [f"Bearer {TOKEN.upper()}", "Bearer é", "Bearer null", f"Bearer {TOKEN} {TOKEN}", f"Bearer{TOKEN}", f"Bearer {'x' * 8000}"],
)
def test_with_a_token_nobody_else_may_not_even_here(client, ready, token, given):
    headers = {"Authorization": given.encode("utf-8")} if given else {}
    answer = client.post("/update_threshold", json={"threshold": 0.4}, headers=headers)
    sentence = refused(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer" and "Authorization: Bearer" in sentence
    assert TOKEN not in answer.text and ready.store.latest() == 0


def test_the_token_does_not_belong_in_the_address(client, ready, token):
    refused(client.post(f"/update_threshold?token={token}&access_token={token}", json={"threshold": 0.4}), 401)


def test_the_token_is_checked_before_the_body_is_read(client, ready, token):
    for headers in ([], [(b"authorization", b"Bearer wrong")]):
        sent, received = call(client.app, "/update_threshold", headers=headers, body=b"not json", length=str(MOST + 1))
        assert (sent["status"], received) == (401, 0)


def test_the_token_is_compared_in_constant_time(client, ready, token, monkeypatch):
    compared = []

    def watched(one, other, _compare=hmac.compare_digest):
        compared.append((one, other))
        return _compare(one, other)

    monkeypatch.setattr(guard.hmac, "compare_digest", watched)
    for said in (f"Bearer {token}", "Bearer x", f"Basic {token}", ""):
        client.post("/update_threshold", json={"threshold": 0.4}, headers={"Authorization": said} if said else {})
    assert len(compared) == 4 and all(right == token.encode() for _, right in compared)


def test_a_token_is_asked_for_by_no_other_path(client, ready, token, customer):
    ok(client.post("/predict", json=customer()))
    ok(client.post("/predict_batch", json={"customers": [customer()]}))
    assert all(client.get(path).status_code == 200 for path in GETS)


def test_too_many_updates_are_429_with_retry_after_and_leave_predictions_alone(ready, customer, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(guard, "time", SimpleNamespace(monotonic=lambda: now[0], perf_counter=time.perf_counter))
    client = TestClient(create_api(ready), client=HERE)
    statuses = [client.post("/update_threshold", json={"threshold": 0.4}).status_code for _ in range(40)]
    limit = statuses.index(429)
    assert 5 <= limit < 40 and set(statuses[:limit]) == {200} and set(statuses[limit:]) == {429}
    answer = client.post("/update_threshold", json={"threshold": 0.4})
    assert "Try again" in refused(answer, 429)
    wait = int(answer.headers["retry-after"])
    assert wait >= 1 and ready.store.latest() == limit
    for _ in range(50):
        ok(client.post("/predict", json=customer()))
    ok(client.post("/predict_batch", json={"customers": [customer()]}))
    now[0] += wait
    ok(client.post("/update_threshold", json={"threshold": 0.4}))


def test_strangers_do_not_use_up_the_updates_of_who_has_the_token(client, ready, token):
    for _ in range(60):
        assert client.post("/update_threshold", json={"threshold": 0.4}).status_code == 401
    ok(client.post("/update_threshold", json={"threshold": 0.4}, headers={"Authorization": f"Bearer {token}"}))


# Paths and methods


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH", "OPTIONS", "TRACE", "BREW"])
def test_a_method_that_a_path_does_not_have_is_405_in_json(client, path, method):
    answer = client.request(method, path)
    assert path in PATHS and "allow" in answer.headers
    assert method in refused(answer, 405)


@pytest.mark.parametrize("path", POSTS)
def test_a_post_route_is_405_for_get_and_says_what_is_for_it(client, path):
    answer = client.get(path)
    assert f"POST {path}" in refused(answer, 405) and answer.headers["allow"] == "POST"
    assert client.head(path).status_code == 405


@pytest.mark.parametrize("path", GETS)
def test_a_get_route_is_405_for_post(client, path):
    assert "GET" in client.post(path, json={}).headers["allow"]
    refused(client.post(path, json={}), 405)


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/nothing",
        "/predict/",
        "/Predict",
        "/predict/1",
        "//predict",
        "/health/",
        "/../etc/passwd",
        "/%2e%2e",
        "/é",
        "/static/",
    ],
)
def test_a_path_that_is_not_there_is_404_in_json_and_says_which_are(client, method, path):
    sentence = refused(client.request(method, path, follow_redirects=False), 404)
    assert all(f"POST {each}" in sentence for each in POSTS) and "GET /health" in sentence


# What every answer has

HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}


def every_kind_of_answer(client, customer):
    """Of each status one, and the pages."""
    yield from (client.get(path) for path in GETS)
    yield client.post("/predict", json=customer())
    yield client.post("/predict_batch", json={"customers": [customer()]})
    yield client.post("/update_threshold", json={"threshold": 0.4})
    yield client.post("/predict", json={})
    yield client.post("/predict", content=b" " * (MOST + 1), headers={"content-type": "application/json"})
    yield client.get("/predict")
    yield client.get("/nothing")
    yield client.request("OPTIONS", "/update_threshold")


def test_every_answer_has_security_headers_and_a_request_id_of_its_own(client, ready, customer):
    answers_ = list(every_kind_of_answer(client, customer))
    for answer in answers_:
        told = (answer.request.method, answer.request.url.path, answer.status_code)
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, told
        assert "default-src 'none'" in answer.headers["content-security-policy"], told
        assert re.fullmatch(r"[\w-]{8,}", answer.headers["x-request-id"]), told
        assert "access-control-allow-origin" not in answer.headers
    assert len({answer.headers["x-request-id"] for answer in answers_}) == len(answers_)


@pytest.mark.parametrize("path", ["/predict", "/predict_batch"])
def test_a_failure_of_our_own_is_500_in_json_without_internals_and_the_log_has_it(
    client, ready, customer, monkeypatch, caplog, path
):
    def fail(*args):
        raise RuntimeError(f"secret of {customer()['customerID']} in {__file__}")

    monkeypatch.setattr(answers, path[1:], fail)
    monkeypatch.setattr(logging.getLogger("churn_core"), "propagate", True)
    answer = client.post(path, json=customer() if path == "/predict" else {"customers": [customer()]})
    sentence = refused(answer, 500)
    assert "secret" not in answer.text and "VHVEG" not in answer.text and "RuntimeError" not in answer.text
    assert "log" in sentence and {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    record = next(record for record in caplog.records if record.exc_info)
    assert record.request_id == answer.headers["x-request-id"]
    monkeypatch.undo()
    ok(client.post("/predict", json=customer()))


def test_no_customer_no_charge_and_no_token_is_logged(client, ready, customer, caplog, monkeypatch, token):
    monkeypatch.setattr(logging.getLogger("churn_core"), "propagate", True)
    secret = customer(customerID="SECRET-ID", MonthlyCharges=77.77, TotalCharges="888.88")
    with caplog.at_level(logging.DEBUG):
        client.post("/predict", json=secret)
        client.post("/predict", json={**secret, "Contract": "SECRET-WORD"})
        client.post("/predict_batch", json={"customers": [secret, {}]})
        client.post("/update_threshold", json={"threshold": 0.4}, headers={"Authorization": f"Bearer {token}"})
        client.post("/update_threshold", json={"threshold": 0.4}, headers={"Authorization": f"Bearer {token}SECRET"})
    told = "\n".join(str(vars(record)) for record in caplog.records if record.name.startswith("churn_core"))
    assert "Answered." in told
    assert not any(word in told for word in ("SECRET", "77.77", "888.88", token))


def test_metrics_count_requests_customers_and_errors_and_name_what_is_in_force(client, ready, customer, workspace):
    ok(client.post("/update_threshold", json={"threshold": 0.25}))
    ok(client.post("/predict", json=customer()))
    ok(client.post("/predict_batch", json={"customers": [customer(), customer()]}))
    client.post("/predict", json={})
    answer = client.get("/metrics")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/plain")
    lines = answer.text.splitlines()
    assert 'churn_requests_total{path="/predict",status="200"} 1.0' in lines
    assert 'churn_requests_total{path="/predict",status="400"} 1.0' in lines
    assert {"churn_predictions_total 3.0", "churn_threshold 0.25", "churn_errors_total 0.0"} <= set(lines)
    assert f'churn_model_info{{model_id="{workspace.version.model_id}"}} 1.0' in lines
    assert any(line.startswith('churn_request_seconds_bucket{le="0.001",path="/predict"}') for line in lines)


def test_metrics_answer_while_there_is_no_model(client, service):
    assert client.get("/metrics").status_code == 200


def test_a_line_that_a_stranger_writes_is_never_a_label_of_the_metrics(client, ready):
    for path in ("/nothing-1", "/predict/evil", "/é"):
        client.get(path)
    assert "evil" not in client.get("/metrics").text


# Beside the dashboard


@pytest.fixture(scope="module")
def dashboard(workspace_home, tmp_path_factory):
    """The dashboard's own application, on a trained home."""
    import app
    from pages.parts.frame import preparation

    home = shutil.copytree(workspace_home, tmp_path_factory.mktemp("dashboard") / "home")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("CHURN_HOME", str(home))
        with TestClient(app.app, client=HERE) as client:
            assert preparation(home).finished.wait(60)
            yield client


def test_the_api_answers_on_the_dashboards_port(dashboard, api, customer):
    assert ok(dashboard.get("/health"))["status"] == "healthy"
    assert probability(dashboard, customer()) == probability(api, customer())
    assert len(ok(dashboard.post("/predict_batch", json={"customers": [customer()]}))["predictions"]) == 1
    ok(dashboard.post("/update_threshold", json={"threshold": 0.4}))


@pytest.mark.parametrize("path", POSTS)
def test_get_on_a_post_route_is_405_in_json_on_the_dashboards_port_too(dashboard, path):
    for method in ("GET", "PUT", "DELETE"):
        answer = dashboard.request(method, path)
        refused(answer, 405)
        assert answer.headers["allow"] == "POST"
    assert dashboard.head(path).status_code == 405


def test_errors_are_json_on_the_dashboards_port_too(dashboard):
    refused(send(dashboard, "not json"))
    refused(send(dashboard, padded("{}", MOST + 1)), 413)
