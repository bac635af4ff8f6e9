"""Many customers: each as alone and as in a file, good ones scored whatever the others are."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from starlette.testclient import TestClient

from churn_core.api.app import create_api
from churn_core.application.service import Service
from churn_core.campaign.economics import Campaign
from churn_core.campaign.forecast import forecast_of
from churn_core.campaign.objective import Objective
from churn_core.campaign.plan import Plan
from churn_core.data.cleaning.table import clean
from churn_core.data.reading.reader import read_table
from churn_core.data.synthetic import generate
from churn_core.decisions.decide import churn_probability
from churn_core.decisions.score_table import score_table
from churn_core.model.candidates import build
from churn_core.model.fitted_equation import FittedEquation
from churn_core.schema.telco import TELCO
from tests.api.conftest import HERE, WITHOUT, as_request, file_of, ok, probability


def test_a_batch_has_the_fields_of_the_contract(api, customer):
    body = ok(api.post("/predict_batch", json={"customers": [customer(0), customer(1)]}))
    assert list(body) == ["predictions", "rejected", "summary", "notes"] and body["rejected"] == body["notes"] == []
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
            "has_left",
        ]
        for prediction in body["predictions"]
    )
    counted = ["total_customers", "scored", "rejected", "have_left", "high_risk_count", "total_revenue_at_risk"]
    earned = ["contacted", "expected_profit", "expected_spend", "roi", "range", "range_if_exact", "limits", "margin"]
    assert list(body["summary"]) == [*counted, *earned]


def test_a_margin_that_nobody_has_stated_is_null(api, customer):
    assert ok(api.post("/predict_batch", json={"customers": [customer(0)]}))["summary"]["margin"] is None


def test_a_batch_says_what_contacting_those_from_the_threshold_up_will_earn(api, customer, workspace):
    asked = [customer(index) for index in range(60)]
    body = ok(api.post("/predict_batch", json={"customers": asked}))
    told, predictions = body["summary"], body["predictions"]
    p = np.array([each["churn_probability"] for each in predictions])
    clv = Campaign().clv(np.array([each["monthly_revenue"] for each in predictions]))
    listed = np.array([each["will_churn"] for each in predictions])
    expected = forecast_of(p[listed], clv[listed], Campaign())
    assert told["contacted"] == listed.sum() > 0 and told["expected_spend"] == 10 * listed.sum()
    assert told["expected_profit"] == pytest.approx(sum(each["expected_profit"] for each in predictions if each["will_churn"]))
    assert told["range"] == pytest.approx({"low": expected.range.low, "high": expected.range.high})
    assert told["range_if_exact"]["high"] == pytest.approx(expected.range_if_exact.high)


def test_whoever_has_left_is_predicted_and_nobody_recommends_to_contact_them(api, customer):
    asked = [{**customer(index), "Churn": "Yes" if index % 2 else "No"} for index in range(10)]
    told = ok(api.post("/predict_batch", json={"customers": asked}))
    unknown = ok(api.post("/predict_batch", json={"customers": [customer(index) for index in range(10)]}))
    gone = [each for each in told["predictions"] if each["has_left"]]
    assert told["summary"]["have_left"] == len(gone) == 5
    assert [each["churn_probability"] for each in told["predictions"]] == [
        each["churn_probability"] for each in unknown["predictions"]
    ]
    assert all(each["annual_revenue_at_risk"] == 0 and each["retention_priority"] > 5 for each in gone)
    assert told["summary"]["contacted"] == sum(each["will_churn"] and not each["has_left"] for each in told["predictions"])
    alone = ok(api.post("/predict", json=asked[1]))
    assert alone["recommendation"] == "Has left: nobody to contact"
    assert ok(api.post("/predict", json=asked[0]))["recommendation"] != alone["recommendation"]


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
        contacts = [p for p in predictions if p["will_churn"]]
        assert summary["contacted"] == len(contacts) and summary["expected_spend"] == 10 * len(contacts)
        assert summary["expected_profit"] == pytest.approx(math.fsum(p["expected_profit"] for p in contacts), rel=1e-12)
        assert summary["roi"] == summary["expected_profit"] / summary["expected_spend"] and summary["limits"] is None


def published(ready, objective: Objective, threshold: float) -> None:
    at = {"threshold": threshold, "contacted": 1, "expected_profit": 1.0, "expected_spend": 1.0}
    plan = Plan(campaign=Campaign(incentive=20, fixed_cost=50), objective=objective)
    saved = ready.store.save("Spring", plan, **at, model_id="m", data_sha256="0" * 64, who="Ada")
    ready.store.publish(threshold, who="Ada", campaign_id=saved.id)


@pytest.mark.parametrize(
    "objective, kept",
    [(Objective(budget=10_000), True), (Objective(budget=900), False), (Objective(min_roi=1000), False)],
    ids=str,
)
def test_a_batch_is_decided_as_each_customer_alone_and_says_whether_it_is_within_the_published_limits(
    client, ready, customer, objective, kept
):
    published(ready, objective, 0.2)
    body = ok(client.post("/predict_batch", json={"customers": [customer(index) for index in range(100)]}))
    contacts = [p for p in body["predictions"] if p["churn_probability"] >= 0.2]
    assert [p["will_churn"] for p in body["predictions"]] == [p["churn_probability"] >= 0.2 for p in body["predictions"]]
    summary = body["summary"]
    assert summary["limits"] == {"budget": objective.budget, "min_roi": objective.min_roi, "kept": kept}
    spend = 50 + sum(10 + 20 * (0.3 * p["churn_probability"] + 1 - p["churn_probability"]) for p in contacts)
    assert summary["expected_spend"] == pytest.approx(spend) and summary["contacted"] == len(contacts) > 30


def test_where_nobody_of_a_batch_will_churn_nothing_is_spent(client, ready, customer):
    published(ready, Objective(budget=10), 1.0)
    summary = ok(client.post("/predict_batch", json={"customers": [customer(0)]}))["summary"]
    assert (summary["contacted"], summary["expected_profit"], summary["expected_spend"], summary["roi"]) == (0, 0, 0, None)
    assert summary["limits"]["kept"]


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
    monkeypatch.setattr(FittedEquation, "churn_probabilities_of", lambda self, records, schema: np.array([probability]))
    body = ok(api.post("/predict_batch", json={"customers": [customer()]}))
    assert body["predictions"][0]["risk_segment"] == segment
    assert body["summary"]["high_risk_count"] == (segment == "Very High")


def test_10_000_generated_customers_are_finite_and_equal_to_the_model(api, workspace):
    frame, random = generate(10_000, seed=7, schema=TELCO).drop(columns="Churn"), np.random.default_rng(7)
    frame["MonthlyCharges"] = random.uniform(0, 200, 10_000)  # with all the digits that a float has
    totals = frame["tenure"] * frame["MonthlyCharges"] * random.uniform(0.6, 1.6, 10_000)  # others would be in another unit
    frame["TotalCharges"] = [repr(x) for x in totals.tolist()]
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
    assert not isinstance(model, FittedEquation)
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
