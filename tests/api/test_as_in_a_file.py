"""Rows of ``csv.DictReader`` are customers as they are: names and values are understood as in a file, and it is said."""

import csv
import json

import pytest

from churn_core.campaign.plan import Plan
from churn_core.data.reading.reader import read_table
from churn_core.decisions.score_table import score_table
from churn_core.errors import NothingScored
from churn_core.schema.telco import TELCO
from tests.api.conftest import MOST, WITHOUT, ok, probability, refused, send

AS_TEXT = "numbers stored as text, read as numbers"
NUMBERS = ("SeniorCitizen", "tenure", "MonthlyCharges")  # of a row of DictReader; that the total is text is no news


def noted(api, asked: dict) -> list[str]:
    return ok(api.post("/predict", json=asked))["notes"]


def in_file(content: str, workspace) -> list[float]:
    table = read_table(content.encode(), TELCO)
    return score_table(table, workspace.version.model, Plan(), schema=TELCO).scored["churn_probability"].tolist()


def written(rows: list[dict], delimiter: str = ",") -> str:
    """The rows as a file."""
    lines = [delimiter.join(f'"{value}"' for value in row.values()) for row in rows]
    return "\n".join([delimiter.join(rows[0]), *lines]) + "\n"


# Rows of DictReader


def test_rows_of_dictreader_give_the_bits_of_the_file_and_say_what_was_text(api, telco_path, workspace):
    with open(telco_path, newline="") as file:
        rows = list(csv.DictReader(file))[:1000]
    body = ok(api.post("/predict_batch", json={"customers": rows}))
    scored = in_file(written(rows), workspace)
    assert [p["churn_probability"] for p in body["predictions"]] == scored and body["rejected"] == []
    assert body["notes"] == [f"{name}: {AS_TEXT} (1,000 customers)." for name in NUMBERS]
    assert body["summary"]["have_left"] == sum(row["Churn"] == "Yes" for row in rows)
    alone = [ok(api.post("/predict", json=row)) for row in rows[:50]]
    assert [one["churn_probability"] for one in alone] == scored[:50]
    assert all(one["notes"] == [f"{name}: {AS_TEXT}." for name in NUMBERS] for one in alone)


EDITIONS = {  # name of the column → how another edition of the file calls it
    "customerID": "\ufeffCustomerID",
    "tenure": "Tenure (months)",
    "MonthlyCharges": "monthly_charges",
    "TotalCharges": "Total Charges ($)",
    "SeniorCitizen": "Senior Citizen",
    "gender": "sex",
    "Churn": "Churn Label",
}


def test_another_edition_of_the_file_is_understood_field_by_field(api, telco_path, workspace):
    with open(telco_path, newline="") as file:
        rows = [dict(row) for row in csv.DictReader(file)][:200]
    fibre = {"Fiber optic": "fibre", "DSL": "dsl "}
    for row in rows:
        row["MonthlyCharges"] = row["MonthlyCharges"].replace(".", ",")
        row["TotalCharges"] = row["TotalCharges"].replace(".", ",")
        row["SeniorCitizen"] = "Yes" if row["SeniorCitizen"] == "1" else "No"
        row["InternetService"] = fibre.get(row["InternetService"], row["InternetService"])
        row["Partner"] = {"Yes": "1.0", "No": "0.00"}[row["Partner"]]
    rows = [{EDITIONS.get(name, name): value for name, value in row.items()} | {"Country": "US", "": ""} for row in rows]
    body = ok(api.post("/predict_batch", json={"customers": rows}))
    assert [p["churn_probability"] for p in body["predictions"]] == in_file(written(rows, ";"), workspace)
    assert [p["customerID"] for p in body["predictions"]] == [row["\ufeffCustomerID"] for row in rows]
    assert [p["has_left"] for p in body["predictions"]] == [row["Churn Label"] == "Yes" for row in rows]
    assert 'MonthlyCharges: taken from the field "monthly_charges" (200 customers).' in body["notes"]
    assert any(note.startswith("MonthlyCharges: decimal comma read (") for note in body["notes"])
    assert any(note.startswith("InternetService: other spelling recognised (") for note in body["notes"])
    assert "SeniorCitizen: Yes/No read as 1/0 (200 customers)." in body["notes"]
    one = ok(api.post("/predict", json=rows[0]))
    assert one["customer_id"] == rows[0]["\ufeffCustomerID"]
    assert one["churn_probability"] == body["predictions"][0]["churn_probability"]


# Values in text

VALUES = [
    *(("tenure", value) for value in ("1", " 12 ", "12.0", "1e1", "+5", "1200", "1201", "-1", "1.5", "", "x", "NULL", "1,234", "0x1")),
    *(("MonthlyCharges", value) for value in ("29.85", " 29,85 ", "$29.85", "29.85 EUR", "'29.85", "1,234.50", "1,234", "", "-1")),
    *(("MonthlyCharges", value) for value in ("1.234,50", "1e400", "nan", "True", "29.85.1", "\uff11\uff12", "1_0", "100000", "1e5")),
    *(("SeniorCitizen", value) for value in ("0", "1", "1.0", "0,00", "Yes", "no", " TRUE ", "n", "2", "", "-1", "10", "NULL")),
    *(("Partner", value) for value in ("Y", "false", "1", "0.0", "no", "yes ", "", "2", "nein", "N/A")),
    *(("InternetService", value) for value in ("fibre", "FIBRE-OPTIC", "dsl", "none", "no internet service", "cable")),
    *(("Contract", value) for value in ("monthly", "2 year", "month to month", "Month\u2011to\u2011month", "weekly")),
]  # fmt: skip


@pytest.mark.parametrize(("column", "value"), VALUES, ids=ascii)
def test_a_value_in_text_means_in_a_request_what_it_means_in_a_file(api, raw, workspace, column, value):
    row = {**raw.iloc[3].to_dict(), column: value}
    answer = api.post("/predict", json=row)
    try:
        [scored] = in_file(written([row], ";"), workspace)
    except NothingScored:
        sentence = refused(answer)
        assert sentence.startswith(f"{column}: {json.dumps(value, ensure_ascii=False)} ")
    else:
        said = ok(answer)
        assert said["churn_probability"] == scored
        assert any(note.startswith(f"{column}: ") for note in said["notes"]) or value in TELCO[column].allowed


def test_the_decimal_mark_is_that_of_the_customers_own_numbers(api, customer):
    comma = {"MonthlyCharges": "29,85", "tenure": "1"}
    assert "may be 1234 or 1.234" in refused(api.post("/predict", json=customer(**comma, TotalCharges="1.234")))
    whole = {"MonthlyCharges": "30", "tenure": "1"}
    assert "may be 1234 or 1.234" in refused(api.post("/predict", json=customer(**whole, TotalCharges="1.234")))
    same = probability(api, customer(MonthlyCharges=30, tenure=1, TotalCharges=1.234))
    assert probability(api, customer(MonthlyCharges=30, tenure=1, TotalCharges="1.234")) == same
    assert probability(api, customer(MonthlyCharges="30.0", tenure="1", TotalCharges="1.234")) == same


@pytest.mark.parametrize("length", [201, 20_000, 2_000_000])
@pytest.mark.parametrize("column", ["tenure", "MonthlyCharges", "TotalCharges", "SeniorCitizen", "Contract"])
def test_long_text_is_no_number_and_no_word_and_nobody_looks_for_one_in_it(api, customer, column, length):
    """A regular expression that goes back and forth in two million digits would take hours."""
    for word in ("9" * length + "x", "1" * length, " " * length + "1", "1,234" * (length // 5)):
        assert refused(api.post("/predict", json=customer(**{column: word}))).startswith(f"{column}: ")


# Names


@pytest.mark.parametrize(
    ("column", "name"),
    [("tenure", "Tenure (months)"), ("MonthlyCharges", "monthly_charges"), ("gender", "SEX"), ("customerID", "id")]
    + [("TotalCharges", "total charges [$]"), ("PaymentMethod", "payment"), ("Contract", "\ufeffContract")],
)
def test_a_field_in_another_spelling_is_taken_as_a_file_takes_it_and_it_is_said(api, customer, column, name):
    asked = customer()
    said = ok(api.post("/predict", json={name: asked.pop(column), **asked}))
    assert said["churn_probability"] == probability(api, customer()) and said["customer_id"] == "7590-VHVEG"
    [note] = said["notes"]
    assert note.startswith(f"{column}: taken from the field ") and note.endswith('".') and "\ufeff" not in note


@pytest.mark.parametrize(
    ("column", "name", "value", "same", "unit"),
    [
        ("tenure", "Tenure (years)", 2.25, 27, "years converted to months"),
        ("tenure", "tenure_years", "2,99", 35, "years converted to months"),
        ("tenure", "tenure_years", 0.33, 4, "years converted to months"),
        ("MonthlyCharges", "Monthly Charges (cents)", "2985", 29.85, "cents converted to money per month"),
        ("TotalCharges", "total charges in cents", 100000, 1000.0, "cents converted to money"),
        ("TotalCharges", "total charges in cents", "", WITHOUT, "cents converted to money"),
    ],
)
def test_a_field_in_another_unit_is_converted_as_in_a_file_and_it_is_said(
    api, customer, raw, workspace, column, name, value, same, unit
):
    asked = customer(**{column: WITHOUT, name: value})
    said = ok(api.post("/predict", json=asked))
    assert said["churn_probability"] == probability(api, customer(**{column: same}))
    assert f"{column}: {unit}." in said["notes"]
    row = {(name if key == column else key): (value if key == column else known) for key, known in raw.iloc[0].items()}
    assert in_file(written([row], ";"), workspace) == [said["churn_probability"]]
    assert "notes" in ok(api.post("/predict", json=customer(**{name: 10**400, "note": 1})))  # the column itself is there
    if value:
        assert refused(api.post("/predict", json={**asked, name: 10**400})).startswith(f"{column}: 1000")
        assert refused(api.post("/predict", json={**asked, name: True})).startswith(f"{column}: true is not a number")


@pytest.mark.parametrize("name", ["Tenure (decades)", "MonthlyCharges (%)", "tenures", "t" * 200, "tenure" + "_" * 200])
def test_a_name_of_something_else_is_no_spelling(api, customer, name):
    asked = customer()
    column = "MonthlyCharges" if name.startswith("M") else "tenure"
    assert refused(api.post("/predict", json={name: asked.pop(column), **asked})) == f"Missing required fields: ['{column}']"
    assert ok(api.post("/predict", json=customer(**{name: ["whatever"]})))["notes"] == []


@pytest.mark.parametrize(
    "twice",
    [
        {"tenure": 12, "Tenure": "12.0"},
        {"Partner": "Yes", "partner": "1"},
        {"SeniorCitizen": 0, "senior_citizen": "No"},
        {"MonthlyCharges": "29,85", "monthly charges": 29.85, "MONTHLYCHARGES": "$29.85"},
        {"tenure": 0, "TotalCharges": "", "total_charges": 0},
        {"customerID": "a", "customer_id": " a "},
        {"Churn": "Yes", "churn": 1},
        {"Churn": "Yes", "churn": ""},
        {"tenure": 12, "Tenure": None},  # what one leaves blank another may tell, as in a file
        {"TotalCharges": 55.5, "total_charges": "NULL"},
        {"Churn": WITHOUT, "Churn Label": "No", "Churn Value": 0},
        {"tenure": 12, "Months of tenure": 99},  # an alias beside the name itself may be something else
    ],
    ids=" ".join,
)
def test_a_field_that_is_there_twice_with_one_value_is_one(api, customer, twice):
    one = {name: value for name, value in twice.items() if name in TELCO}
    asked = customer(**twice)
    assert probability(api, asked) == probability(api, customer(**one))
    body = ok(api.post("/predict_batch", json={"customers": [asked]}))
    assert body["predictions"][0]["churn_probability"] == probability(api, asked)


@pytest.mark.parametrize(
    "twice",
    [
        {"tenure": 12, "Tenure": 13},
        {"Partner": "Yes", "partner": "No"},
        {"tenure": 2, "TotalCharges": "1", "total_charges": 0},
        {"customerID": "a", "customer_id": "b"},
        {"Churn": "Yes", "churn": 0},
        {"Churn": WITHOUT, "Churn Label": "No", "Churn Value": 1},
    ],
    ids=" ".join,
)
def test_a_field_that_is_there_twice_with_different_values_is_refused_by_name(api, customer, twice):
    asked = customer(**twice)
    sentence = refused(api.post("/predict", json=asked))
    names = [name for name in twice if name in asked][-2:]
    assert "is there more than once (" in sentence and "; keep one of them" in sentence
    assert all(f'"{name}"' in sentence for name in names) and sentence.split(":")[0] in TELCO
    assert ok(api.post("/predict_batch", json={"customers": [asked, customer()]}))["rejected"][0]["error"] == sentence


def test_any_number_of_fields_and_spellings_is_looked_through_once_and_makes_no_long_answer(api, customer):
    """5 MiB of names: other ones, long ones, and ever new spellings of a column."""
    tail = json.dumps(customer())[1:]
    many = {f"x{i}": 1 for i in range(300_000)}
    spellings = [f"t{'_' * (i % 40)}e{'-' * (i // 40 % 40)}n{' ' * (i // 1600)}ure" for i in range(1, 60_000)]
    ok(send(api, "{" + json.dumps(many)[1:-1] + ", " + tail))
    ok(send(api, "{" + json.dumps("tenure" + "_" * (MOST // 2)) + ": 1, " + tail))
    assert len(refused(send(api, "{" + json.dumps(dict.fromkeys(spellings, 99))[1:-1] + ", " + tail))) < 500
    customers = [customer(**{"tenure": WITHOUT, spelling: 1}) for spelling in spellings[:5000]]
    body = ok(api.post("/predict_batch", json={"customers": customers}))
    assert body["summary"]["scored"] == 5000 and len(body["notes"]) == 51
    assert body["notes"][-1].startswith("And ") and body["notes"][-1].endswith(" more.")


# What notes are about


def test_what_comes_as_it_should_has_no_notes(api, customer):
    assert noted(api, customer()) == noted(api, customer(TotalCharges=WITHOUT, extra=[1], Churn="Yes")) == []
    assert ok(api.post("/predict_batch", json={"customers": [customer(0), customer(1)]}))["notes"] == []


def test_notes_count_the_customers_that_were_scored(api, customer):
    asked = [customer(0), customer(1, tenure="5"), customer(2, tenure="5", Contract="Daily"), customer(3, Contract="one YEAR")]
    body = ok(api.post("/predict_batch", json={"customers": asked}))
    assert sorted(body["notes"]) == ["Contract: letter case mended (1 customer).", f"tenure: {AS_TEXT} (1 customer)."]


@pytest.mark.parametrize(
    ("outcome", "shown"), [("maybe", '"maybe"'), (2, "2"), ([], "a list"), ("x\x1b[2J" * 90, '"x\\u001b[2J')]
)
def test_an_outcome_that_could_not_be_read_is_said_and_one_that_is_blank_is_not(api, customer, outcome, shown):
    (note,) = noted(api, customer(Churn=outcome))
    assert note.startswith(f"Churn: {shown}") and note.endswith(" could not be read, counted as still here.") and len(note) < 200
    asked = [customer(0, Churn=outcome), customer(1, Churn=outcome), customer(2, Churn="NULL"), customer(3, Churn="")]
    body = ok(api.post("/predict_batch", json={"customers": asked}))
    assert body["notes"] == [f"{note.removesuffix('.')} (2 customers)."] and body["summary"]["have_left"] == 0
