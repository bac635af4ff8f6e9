"""What nothing is learnt from: constants, blanks, copies, persons, and what was known only afterwards."""

import numpy as np
import pytest

from churn_core.data.proposing.answers import Answers
from churn_core.data.proposing.propose import propose
from tests.data.proposing.tables import ROWS, customers, gone, numbers

chance = np.random.default_rng(5)


def reason(frame, name: str) -> str:
    column = propose(frame)[name]
    return column.reason if column.role == "left out" else ""


@pytest.mark.parametrize(
    "name, values, why",
    [
        ("country", ["Canada"] * ROWS, "the same in every row: 'Canada'"),
        ("note", [""] * (ROWS - 2) + ["x", "y"], "blank in 100% of the rows"),
        ("remark", [f"customer number {i} wrote that" for i in range(ROWS)], "nearly every row has other words"),
        ("Surname", [f"Smith{i % 150}" for i in range(ROWS)], "it says who somebody is, or how to reach him"),
    ],
)
def test_a_column_that_can_teach_nothing_is_left_out_with_the_reason(name, values, why):
    assert reason(customers(**{name: values}), name) == why


def test_a_column_without_a_name_and_one_whose_name_stands_twice_are_left_out():
    frame = customers(extra=numbers(0, 9))
    frame.columns = ["", *frame.columns[1:-2], "visits", "churn"]
    proposal = propose(frame)
    assert [(column.name, column.reason) for column in proposal.left_out] == [
        ("", "it has no name"),
        ("visits", "its name stands in the file twice"),
    ]


def test_a_copy_in_other_words_is_left_out_and_the_first_is_kept():
    sex = chance.choice(["0", "1"], ROWS)
    frame = customers(area=sex, area_name=np.where(sex == "1", "north", "south"))
    assert reason(frame, "area_name") == "the same as area in other words" and not reason(frame, "area")


def test_two_numbers_are_copies_only_if_they_have_the_same_values():
    fee = np.array(numbers(1, 90))
    frame = customers(a=fee, b=fee, c=[f"{12 * float(value):.2f}" for value in fee])
    assert reason(frame, "b") == "the same as a in other words" and not reason(frame, "c")


def test_the_column_that_has_a_role_is_kept_rather_than_its_copy():
    months = numbers(1, 20, decimals=0)
    proposal = propose(customers(grade=months, tenure_months=months))
    assert proposal["tenure_months"].role == "tenure" and proposal["grade"].role == "left out"


def test_a_column_that_alone_tells_who_left_is_a_leak_with_its_auc():
    frame = customers()
    frame.insert(
        1, "points", np.where(gone(frame), chance.uniform(50, 90, ROWS), chance.uniform(0, 51, ROWS)).round(2).astype(str)
    )
    frame.insert(1, "survey", np.where(gone(frame), "price", ""))
    leaks = {column.name: column.auc for column in propose(frame).leaks}
    assert set(leaks) == {"points", "survey"} and all(0.97 < auc <= 1 for auc in leaks.values())


def test_a_column_that_nearly_tells_it_is_kept_and_shown_with_its_auc():
    frame = customers(rows=4000, customer_id=None)
    frame.insert(0, "points", chance.normal(np.where(gone(frame), 2.2, 0.0), 1).round(2).astype(str))
    column = propose(frame)["points"]
    assert (
        (column.role, column.confidence) == ("feature", "likely") and 0.9 < column.auc < 0.97 and "known before?" in column.reason
    )


@pytest.mark.parametrize(
    "name",
    ["Churn Reason", "churn_score", "ChurnCategory", "Cancellation Date", "Kündigungsgrund", "motivo cancelacion", "exit date",
     "predicted", "churn_probability", "Naive_Bayes_Classifier_Attrition", "reason for leaving", "termination_date"],
)  # fmt: skip
def test_what_is_made_when_somebody_leaves_is_a_leak_by_its_name(name):
    proposal = propose(customers(**{name: chance.choice(["a", "b", "c"], ROWS)}))
    assert proposal[name].role == "left out" and proposal[name].leak and "its name says" in proposal[name].reason


@pytest.mark.parametrize(
    "name", ["previous_cancellations", "last order date", "contract renewal", "satisfaction score", "risk class", "days left"]
)
def test_what_merely_sounds_like_it_is_no_leak(name):
    assert not propose(customers(**{name: numbers(0, 60, decimals=0)})).leaks


def test_noise_is_no_leak_however_many_values_it_has():
    noise = {f"n{i}": numbers(0, 1, decimals=6, seed=100 + i) for i in range(20)}
    words = {f"w{i}": np.random.default_rng(200 + i).choice([f"v{j}" for j in range(40)], ROWS) for i in range(20)}
    proposal = propose(customers(**noise, **words))
    assert not proposal.leaks and not [column for column in proposal.columns if column.auc is not None]


@pytest.mark.parametrize(
    "name",
    ["Age", "age_group", "Customer_Age", "gender", "Sex", "Geschlecht", "Marital_Status", "Married", "Familienstand", "nationality",
     "zip code", "Zipcode ", "PLZ", "SeniorCitizen", "birth year", "edad", "género", "sexe", "estado civil", "birthday"],
)  # fmt: skip
def test_what_people_are_born_with_or_live_by_is_used_only_if_somebody_says_so(name):
    column = propose(customers(**{name: chance.choice(["3", "4", "5", "6"], ROWS)}))[name.strip()]
    assert column.role == "sensitive" and "only if you say so" in column.reason


@pytest.mark.parametrize(
    "name", ["subscription_age", "account age", "device age", "percentage", "usage", "page views", "average", "genre"]
)
def test_the_age_of_things_is_not_sensitive(name):
    assert not propose(customers(**{name: chance.choice(["1", "2", "3"], ROWS)})).sensitive


def test_a_postal_code_is_a_word_and_no_number():
    column = propose(customers(zip_code=[str(90_000 + i % 70) for i in range(ROWS)]))["zip_code"]
    assert column.kind == "category" and column.low is None and "90005" in column.values


def test_what_somebody_leaves_out_is_left_out_and_what_somebody_names_is_kept():
    proposal = propose(
        customers(predicted_fee=numbers(1, 90)), Answers(leave_out=("Plan",), charge="predicted_fee", charge_period="month")
    )
    assert proposal["plan"].role == "left out" and proposal["plan"].reason == "you said so"
    assert proposal["predicted_fee"].role == "charge"


def test_rows_that_agree_in_all_but_the_id_are_told():
    frame = customers()
    frame.iloc[1:3, 1:] = frame.iloc[0, 1:].to_list()  # three that agree
    frame.iloc[11, 1:] = frame.iloc[10, 1:].to_list()
    frame.loc[11, "distance"] = "0.00"  # one that nearly does
    counted = propose(frame).customers
    assert counted.twins == 3 and counted.near_twins >= 5


def test_what_is_left_out_has_no_role_either():
    frame = customers(monthly_fee=numbers(10, 90))
    proposal = propose(frame, Answers(leave_out=("customer_id", "monthly_fee", "churn")))
    assert (proposal.id, proposal.money.kind, proposal.target) == (None, "none", None)
    assert [column.reason for column in proposal.left_out] == ["you said so"] * 3


def test_an_outcome_that_stands_twice_is_taken_once():
    frame = customers()
    frame.insert(0, "churn", frame["churn"], allow_duplicates=True)
    proposal = propose(frame)
    assert [column.role for column in proposal.columns if column.name == "churn"] == ["target", "left out"]
    assert proposal.customers.usable == ROWS and not proposal.leaks
