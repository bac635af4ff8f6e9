"""One customer: the answer, and what a request may leave out or write differently."""

import json
import math
import re
from datetime import UTC, datetime

import pytest

from churn_core.api import one_customer
from churn_core.campaign.economics import Campaign, break_even_probability, expected_profit
from churn_core.campaign.optimise import best_threshold
from churn_core.campaign.plan import Plan
from churn_core.data.reading.reader import read_table
from churn_core.decisions.decide import churn_probability
from churn_core.decisions.score_table import score_table
from churn_core.errors import NothingScored
from churn_core.schema.telco import TELCO
from tests.api.conftest import WITHOUT, file_of, ok, probability, refused, send


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
        "notes",
    ]
    assert said["notes"] == []
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
    monkeypatch.setattr(one_customer, "_probability_and_reasons", lambda record, basis: (probability, []))
    monkeypatch.setattr(one_customer, "figures_of_one", lambda p, clv, campaign: (0.1, profit if p != 0.3 else 100.0))
    said = ok(client.post("/predict", json=customer()))
    assert said["recommendation"] == recommendation and said["will_churn"] is (probability >= 0.3)


def test_with_nothing_published_the_threshold_is_the_one_that_earns_most(api, customer, workspace):
    said = ok(api.post("/predict", json=customer()))
    assert said["threshold"] == best_threshold(workspace.still_here.expected_sweep, Campaign()).threshold


def test_a_customer_worth_nothing_has_no_break_even_and_the_answer_is_still_json(api, customer):
    said = ok(api.post("/predict", json=customer(MonthlyCharges=0, tenure=0, TotalCharges="")))
    assert said["break_even_probability"] is None and said["expected_profit"] == -10.0


def test_total_charges_are_the_same_as_number_as_text_and_padded(api, customer):
    forms = (29.85, "29.85", " 29.85 ", "2985e-2")
    assert len({json.dumps(probability(api, customer(TotalCharges=form))) for form in forms}) == 1


def test_total_charges_blank_null_or_absent_are_tenure_times_monthly_charges(api, customer):
    computed = probability(api, customer(5, TotalCharges=8 * 99.65))
    assert customer(5)["tenure"] == 8 and customer(5)["MonthlyCharges"] == 99.65
    for form in ("", " ", "   ", None, WITHOUT, "nan", "NULL", "<NA>", "\\N", " $ -   "):  # as in a file
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
