"""What the API says of customers: one decision everywhere, alone and in a batch."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.api.batch import MOST_CUSTOMERS, SEGMENTS, predict_batch
from churn_core.api.middleware import Answer
from churn_core.api.one_customer import HIGH_PRIORITY, LOW_RISK, predict
from churn_core.application.service import Basis
from churn_core.campaign.plan import Plan
from churn_core.data.cleaning import table as cleaning
from churn_core.data.cleaning.table import clean
from churn_core.data.synthetic import generate
from churn_core.errors import RequestError
from churn_core.model.candidates import build
from churn_core.schema.telco import TELCO

RAW = generate(400, seed=11, schema=TELCO).drop(columns=TELCO.target).to_dict("records")
TOTAL = TELCO.named("total_charge")
EDGE = {**RAW[0], TELCO.tenure: 1200, TELCO.monthly_charge: 100_000, TOTAL: None}  # its total is beyond what one may send


@pytest.fixture(scope="module", params=["logistic", "xgboost"])
def basis(request):
    """An equation, and a model that needs a table."""
    customers = clean(generate(400, seed=3, schema=TELCO), TELCO)[0]
    model = build(request.param).fit(customers, customers[TELCO.target].to_numpy())
    workspace = SimpleNamespace(version=SimpleNamespace(model=model, model_id="m", schema=TELCO))
    return Basis(workspace=workspace, plan=Plan(), threshold=0.3)


def test_alone_in_a_batch_and_in_a_table_a_customer_gets_the_same_to_the_last_bit(basis):
    batch = predict_batch({"customers": RAW}, basis)["predictions"]
    table = basis.workspace.version.model.predict_proba(clean(generate(400, seed=11, schema=TELCO), TELCO)[0])[:, 1].tolist()
    assert [one["churn_probability"] for one in batch] == table
    for customer, one in list(zip(RAW, batch, strict=True))[:25]:
        alone = predict(customer, basis)
        assert {key: alone[key] for key in ("churn_probability", "will_churn", "expected_profit")} == {
            key: one[key] for key in ("churn_probability", "will_churn", "expected_profit")
        }
        assert alone["customer_id"] == one[TELCO.id] == customer[TELCO.id]


def test_a_clean_record_is_not_turned_into_a_table_and_cleaned_again(monkeypatch, basis):
    expected = predict_batch({"customers": RAW[:3]}, basis)["predictions"]
    monkeypatch.setattr(cleaning, "find_columns", lambda *_: pytest.fail("a table was cleaned"))
    assert predict_batch({"customers": RAW[:3]}, basis)["predictions"] == expected
    assert [predict(customer, basis)["churn_probability"] for customer in RAW[:3]] == [
        one["churn_probability"] for one in expected
    ]


def test_a_customer_who_will_leave_is_one_from_the_threshold_up(basis):
    p = predict(RAW[0], basis)["churn_probability"]
    for threshold in (0.0, p, p + 1e-9, 1.0):
        said = predict(RAW[0], replace(basis, threshold=threshold))
        assert said["will_churn"] is (p >= threshold) and said["threshold"] == threshold
        assert (said["recommendation"] == LOW_RISK) is not said["will_churn"]
        assert (said["recommendation"] == HIGH_PRIORITY) is (said["will_churn"] and said["expected_profit"] > 100)


def test_the_batch_adds_up(basis):
    said = predict_batch({"customers": [*RAW[:50], {}, 5]}, basis)
    predictions, summary = said["predictions"], said["summary"]
    assert (summary["total_customers"], summary["scored"], summary["rejected"]) == (52, 50, 2)
    assert summary["high_risk_count"] == sum(one["churn_probability"] > 0.8 for one in predictions)
    assert summary["total_revenue_at_risk"] == pytest.approx(sum(one["annual_revenue_at_risk"] for one in predictions))
    for one in predictions:
        p = one["churn_probability"]
        assert one["risk_segment"] == SEGMENTS[(p > 0.2) + (p > 0.5) + (p > 0.8)]
        assert one["annual_revenue_at_risk"] == pytest.approx(12 * one["monthly_revenue"] * p)
    by_priority = sorted(predictions, key=lambda one: one["retention_priority"])
    assert [one["retention_priority"] for one in by_priority] == list(range(1, 51))
    risks = [one["annual_revenue_at_risk"] for one in by_priority]
    assert risks == sorted(risks, reverse=True)
    assert [one["index"] for one in said["rejected"]] == [50, 51]


@given(st.lists(st.booleans(), min_size=1, max_size=12).filter(any))
def test_bad_customers_come_back_by_index_and_change_nothing_for_the_good(basis, good):
    many = [RAW[n] if fine else {**RAW[n], "Contract": "?"} for n, fine in enumerate(good)]
    said = predict_batch({"customers": many}, basis)
    alone = predict_batch({"customers": [customer for customer, fine in zip(many, good, strict=True) if fine]}, basis)
    assert said["predictions"] == alone["predictions"]
    assert [(one["index"], one[TELCO.id]) for one in said["rejected"]] == [
        (n, RAW[n][TELCO.id]) for n, fine in enumerate(good) if not fine
    ]


@pytest.mark.parametrize(
    "edge", [EDGE, {**EDGE, TELCO.tenure: 0, TELCO.monthly_charge: 0}, {**EDGE, TELCO.id: "\ud83d"}], ids=range(3)
)
def test_a_customer_at_the_edge_of_what_is_allowed_is_answered_in_finite_numbers(basis, edge):
    assert Answer(predict(edge, basis)).body and Answer(predict_batch({"customers": [RAW[1], edge]}, basis)).body


def test_reasons_are_the_few_strongest_and_all_raise_the_probability(basis):
    for customer in RAW[:20]:
        effects = [reason["effect"] for reason in predict(customer, basis)["reasons"]]
        assert len(effects) <= 3 and effects == sorted(effects, reverse=True) and all(effect > 0 for effect in effects)


@pytest.mark.parametrize(
    "body", [None, [], {}, {"customers": None}, {"customers": {}}, {"customers": []}, RAW[0]], ids=lambda b: str(b)[:20]
)
def test_what_is_no_batch_is_refused(basis, body):
    with pytest.raises(RequestError) as caught:
        predict_batch(body, basis)
    assert caught.value.status == 400


def test_a_batch_of_only_bad_customers_is_refused_and_one_too_long_is_too_large(basis):
    for customers, status in (([{}, 5], 400), ([5] * (MOST_CUSTOMERS + 1), 413)):
        with pytest.raises(RequestError) as caught:
            predict_batch({"customers": customers}, basis)
        assert caught.value.status == status
    for odd in (None, [], "x", 5, True):
        with pytest.raises(RequestError, match="A customer is a JSON object"):
            predict(odd, basis)
