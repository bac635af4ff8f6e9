"""Raw customers → clean customers."""

import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn_core.data.cleaning.table import clean
from churn_core.data.quality import AS_TEXT, CONTRADICTION
from churn_core.data.reading.reader import read_table
from churn_core.data.synthetic import generate
from churn_core.errors import DataError
from churn_core.schema.telco import TELCO
from tests.gym import GYM, members

CATEGORIES = [column for column in TELCO.columns if column.kind == "category"]
REQUIRED = [column.name for column in TELCO.columns if column.required]


def raw_customers(rows: int = 20) -> pd.DataFrame:
    return generate(rows, seed=3, schema=TELCO)


def with_value(column: str, value: object, row: int = 7) -> pd.DataFrame:
    raw = raw_customers().astype({column: "object"})
    raw.loc[row, column] = value
    return raw


def counts(report, column: str) -> dict[str, int]:
    return {repair.what: repair.count for repair in report.repairs if repair.column == column}


# What the result is


def test_the_columns_are_those_of_the_schema_in_its_order_with_its_types():
    shuffled = raw_customers()[[column.name for column in reversed(TELCO.columns)]].assign(unknown="x")
    customers, _ = clean(shuffled, TELCO)
    assert list(customers) == [column.name for column in TELCO.columns]
    for column in TELCO.columns:
        dtype = {"category": "category", "number": "float64", "text": "str"}.get(column.kind, "int64")
        assert customers[column.name].dtype == dtype, column.name
    for column in CATEGORIES:
        assert tuple(customers[column.name].cat.categories) == column.allowed


def test_the_raw_table_is_not_changed():
    raw = raw_customers()
    raw["Contract"] = raw["Contract"].str.upper() + " "
    before = raw.copy(deep=True)
    clean(raw, TELCO)
    pd.testing.assert_frame_equal(raw, before)


def test_cleaning_clean_customers_repairs_nothing_and_changes_nothing():
    once, _ = clean(raw_customers().assign(SeniorCitizen="Yes", TotalCharges=" "), TELCO)
    twice, report = clean(once, TELCO)
    assert (report.repairs, report.rejected, report.warnings) == ((), 0, ())
    pd.testing.assert_frame_equal(once, twice)


def test_the_real_customers_once_clean_stay_clean(telco):
    again, report = clean(telco.customers, TELCO)
    assert report.repairs == () and again.equals(telco.customers)


@settings(max_examples=20)
@given(st.permutations(range(20)))
def test_the_order_of_the_rows_changes_nothing(order):
    raw = with_value("tenure", "x")
    raw["Contract"] = raw["Contract"].where(raw.index % 3 > 0, raw["Contract"].str.lower())
    customers, report = clean(raw, TELCO)
    shuffled, same = clean(raw.iloc[list(order)], TELCO)
    pd.testing.assert_frame_equal(shuffled.sort_index(), customers)
    assert (same.repairs, same.rejects.to_dict()) == (report.repairs, report.rejects.to_dict())


def test_a_row_does_not_depend_on_the_others():
    raw = raw_customers()
    together, _ = clean(raw, TELCO)
    alone = pd.concat([clean(raw.loc[[label]], TELCO)[0] for label in raw.index])
    pd.testing.assert_frame_equal(alone, together)


def test_the_rows_keep_their_labels_whatever_they_are():
    raw = raw_customers(3)
    raw.index = [12, 5, 99]
    assert list(clean(raw, TELCO)[0].index) == [12, 5, 99]


def test_customers_to_be_scored_have_no_target_and_get_none():
    assert TELCO.target not in clean(raw_customers().drop(columns=TELCO.target), TELCO)[0]


# What is repaired, and counted


def test_the_real_file_has_eleven_blanks_to_mend_and_nothing_else(telco_path):
    raw = read_table(telco_path, TELCO).frame
    customers, report = clean(raw, TELCO)
    assert {(r.column, r.what): r.count for r in report.repairs} == {
        ("TotalCharges", "blank, set to tenure × MonthlyCharges"): 11
    }
    assert report.repaired == 11 and AS_TEXT not in {f.kind for f in report.findings}  # in a text file all is text
    blank = raw["TotalCharges"].str.strip() == ""
    assert blank.sum() == 11
    assert (customers.loc[blank, "TotalCharges"] == 0).all() and (customers.loc[blank, "tenure"] == 0).all()


def test_a_number_that_is_read_as_it_stands_is_no_mend_and_text_among_numbers_is_said():
    raw = raw_customers().assign(MonthlyCharges=lambda raw: raw["MonthlyCharges"].astype(str))
    customers, report = clean(raw, TELCO)
    assert customers["MonthlyCharges"].tolist() == raw_customers()["MonthlyCharges"].tolist()
    assert report.repaired == 0 and "MonthlyCharges" not in {r.column for r in report.repairs}
    (found,) = (f for f in report.findings if f.kind == AS_TEXT and f.column == "MonthlyCharges")
    assert (found.count, found.what, found.done) == (20, "numbers stored as text", "read as numbers")


@pytest.mark.parametrize(
    ("written", "decimal", "mends"),
    [
        ("29.85", ".", {}),
        ("29,85", ",", {}),
        ("29,85", ".", {"decimal comma read": 1}),
        ("$29.85", ".", {"currency signs removed": 1}),
        ("1,029.85", ".", {"thousands separators removed": 1}),
        ("1.029,85", ",", {}),
        ("'29.85", ".", {"apostrophe removed": 1}),
    ],
)
def test_a_number_is_mended_where_signs_are_removed_or_the_decimal_mark_is_not_that_of_the_file(written, decimal, mends):
    raw = raw_customers().astype("str")
    if decimal == ",":
        for name in ("MonthlyCharges", "TotalCharges"):
            raw[name] = raw[name].str.replace(".", ",", regex=False)
    raw.loc[raw.index[0], "MonthlyCharges"] = written
    customers, report = clean(raw, TELCO, decimal)
    assert customers["MonthlyCharges"].iloc[0] in (29.85, 1029.85) and report.rejected == 0
    assert counts(report, "MonthlyCharges") == mends and report.repaired == sum(mends.values())


@pytest.mark.parametrize("column", CATEGORIES, ids=lambda column: column.name)
def test_stray_spaces_and_letter_case_are_mended_and_counted_in_every_category(column):
    raw = raw_customers()
    written = raw[column.name].astype("object")
    raw[column.name] = [f" {v}" if i < 5 else v.swapcase() if i < 12 else v for i, v in enumerate(written)]
    customers, report = clean(raw, TELCO)
    assert counts(report, column.name) == {"stray spaces removed": 5, "letter case mended": 7}
    assert customers[column.name].astype("object").tolist() == written.tolist()


@pytest.mark.parametrize("yes, no", [(1, 0), ("1", "0"), ("Yes", "No"), (1.0, 0.0), (True, False), (" yes", "NO "), ("y", "n")])
def test_a_flag_may_be_written_in_any_of_its_ways(yes, no):
    raw = raw_customers()
    wanted = raw["SeniorCitizen"].astype("int64")
    written = pd.Series([yes if flag else no for flag in wanted], dtype="object")
    customers, report = clean(raw.assign(SeniorCitizen=written), TELCO)
    assert customers["SeniorCitizen"].tolist() == wanted.tolist()
    as_words = sum(str(value) not in ("0", "1", "0.0", "1.0") for value in written)
    assert sum(counts(report, "SeniorCitizen").values()) == as_words


def test_a_repair_in_a_row_that_is_rejected_is_not_counted():
    raw = with_value("tenure", "?").assign(Contract=lambda raw: raw["Contract"].str.upper())
    assert counts(clean(raw, TELCO)[1], "Contract") == {"letter case mended": 19}


def test_an_outcome_is_words_by_custom_and_needs_no_repair():
    customers, report = clean(raw_customers(), TELCO)
    assert set(customers[TELCO.target]) == {0, 1} and counts(report, TELCO.target) == {}


@given(st.floats(0, 100_000))
def test_a_number_stored_as_text_is_the_same_number_to_the_last_bit(charge):
    as_text, _ = clean(with_value("MonthlyCharges", f" {charge!r} "), TELCO)
    assert as_text["MonthlyCharges"][7] == charge


@pytest.mark.parametrize("blank", [" ", "", None, float("nan"), pd.NA])
def test_a_blank_total_charge_becomes_tenure_times_monthly_charge(blank):
    customers, report = clean(with_value("TotalCharges", blank), TELCO)
    assert customers["TotalCharges"][7] == customers["tenure"][7] * customers["MonthlyCharges"][7]
    generated_blank = (raw_customers()["TotalCharges"].drop(7) == " ").sum()
    assert counts(report, "TotalCharges")["blank, set to tenure × MonthlyCharges"] == generated_blank + 1


def test_a_table_without_total_charges_and_ids_is_complete_all_the_same():
    customers, report = clean(raw_customers().drop(columns=["TotalCharges", "customerID"]), TELCO)
    assert customers["TotalCharges"].tolist() == (customers["tenure"] * customers["MonthlyCharges"]).tolist()
    assert customers["customerID"].tolist() == [f"row {i}" for i in range(20)]
    assert report.kept == 20


def test_spaces_around_column_names_do_not_matter():
    assert clean(raw_customers().rename(columns=lambda name: f" {name} "), TELCO)[1].kept == 20


# What cannot be mended without guessing


BAD = [
    ("tenure", "twelve", "tenure: 'twelve' is not a number; write a whole number"),
    ("tenure", "1.5", "tenure: '1.5' is not a whole number"),
    ("tenure", -1, "tenure: '-1' is not between 0 and 1,200 months"),
    ("tenure", 1201, "tenure: '1201' is not between 0 and 1,200 months"),
    ("tenure", True, "tenure: 'True' is not a number; write a whole number"),
    ("tenure", "", "tenure: blank; write a whole number"),
    ("tenure", float("nan"), "tenure: blank; write a whole number"),
    ("MonthlyCharges", "1,234", "MonthlyCharges: '1,234' may be 1234 or 1.234; write a number like 70.35, without units"),
    ("MonthlyCharges", "70 per month", "MonthlyCharges: '70 per month' is not a number; write a number like 70.35, without"),
    ("MonthlyCharges", None, "MonthlyCharges: blank; write a number like 70.35"),
    ("MonthlyCharges", float("inf"), "MonthlyCharges: 'inf' is not a number"),
    ("MonthlyCharges", "nan", "MonthlyCharges: 'nan' is not a number"),
    ("TotalCharges", "much", "TotalCharges: 'much' is not a number"),
    ("TotalCharges", "-5", "TotalCharges: '-5' is not between 0 and 100,000,000 money"),
    ("gender", "Femail", "gender: 'Femail' is not one of Female, Male"),
    ("Contract", "", "Contract: blank is not one of Month-to-month, One year, Two year"),
    ("Contract", None, "Contract: blank is not one of Month-to-month, One year, Two year"),
    ("gender", "x" * 99, f"gender: '{'x' * 39}…' is not one of Female, Male"),
    ("SeniorCitizen", 2, "SeniorCitizen: '2' is not one of 0, 1, No, Yes"),
    ("SeniorCitizen", " ", "SeniorCitizen: blank is not one of 0, 1, No, Yes"),
    ("Churn", "maybe", "Churn: 'maybe' is not one of 0, 1, No, Yes"),
    ("gender", ["Female", "Male"], "gender: "),
    ("tenure", [1, 2], "tenure: "),
]


@pytest.mark.parametrize("column, value, problem", BAD, ids=[f"{c}={str(v)[:12]}" for c, v, _ in BAD])
def test_a_bad_value_rejects_its_row_naming_column_value_and_mend(column, value, problem):
    raw = raw_customers().astype({column: "object"})
    raw.at[7, column] = value
    customers, report = clean(raw, TELCO)
    assert (report.kept, report.rejected, list(customers.index)) == (19, 1, [i for i in range(20) if i != 7])
    (rejected,) = report.rejects.to_dict("records")
    assert rejected["row"] == 7 and rejected["problem"].startswith(problem)


def test_every_problem_of_a_row_is_named():
    raw = with_value("tenure", "x")
    raw.loc[7, "gender"] = "?"
    (problem,) = clean(raw, TELCO)[1].rejects["problem"]
    assert re.fullmatch(r"gender: .*; tenure: .*", problem)


@settings(max_examples=30)
@given(st.sets(st.integers(0, 19)), st.sets(st.integers(0, 19)))
def test_kept_and_rejected_rows_are_all_rows(no_tenure, no_gender):
    raw = raw_customers().astype({"tenure": "object"})
    raw.loc[list(no_tenure), "tenure"] = "?"
    raw.loc[list(no_gender), "gender"] = "?"
    customers, report = clean(raw, TELCO)
    assert report.rows == 20 == report.kept + report.rejected
    assert report.kept == len(customers)
    assert list(report.rejects["row"]) == sorted(no_tenure | no_gender)
    assert list(customers.index) == sorted(set(range(20)) - no_tenure - no_gender)


# What is no customer table


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_column_is_named(name):
    with pytest.raises(DataError, match=f"^Missing required columns: '{name}'. "):
        clean(raw_customers().drop(columns=name), TELCO)


def test_a_column_by_another_spelling_or_an_alias_is_recognised_and_told():
    other = {
        "MonthlyCharges": "monthly_charges",
        "tenure": "Tenure (months)",
        "customerID": "account number",
        "gender": " GENDER",
    }
    customers, report = clean(raw_customers().rename(columns=other), TELCO)
    pd.testing.assert_frame_equal(customers, clean(raw_customers(), TELCO)[0])
    (told,) = report.warnings
    assert all(repr(name.strip()) in told for name in other.values())


@pytest.mark.parametrize("unit", ["centuries", "%", "quarters"])
def test_a_column_in_a_unit_that_is_not_known_is_not_taken_for_the_one_that_is_missing(unit):
    with pytest.raises(DataError) as refused:
        clean(raw_customers().rename(columns={"tenure": f"Tenure ({unit})"}), TELCO)
    assert f"'Tenure ({unit})' meant to be 'tenure'?" in str(refused.value)


def test_a_misspelt_column_is_guessed_at_as_both_are_spelt():
    with pytest.raises(DataError) as refused:
        clean(raw_customers().rename(columns={"MonthlyCharges": "Montly_Charge"}), TELCO)
    assert "'Montly_Charge' meant to be 'MonthlyCharges'?" in str(refused.value)


def test_a_column_that_is_there_twice_with_different_values_is_named():
    raw = raw_customers()
    with pytest.raises(DataError, match="'tenure' .*more than once .*different values: .* in row .*Keep one"):
        clean(pd.concat([raw, (raw["tenure"] + 1).rename("Tenure")], axis=1), TELCO)


def test_a_column_that_is_there_twice_with_the_same_values_is_one():
    raw = raw_customers()
    pd.testing.assert_frame_equal(clean(pd.concat([raw, raw[["tenure", "gender"]]], axis=1), TELCO)[0], clean(raw, TELCO)[0])


def test_unknown_columns_may_be_there_twice():
    raw = raw_customers()
    note = pd.DataFrame({"note": "x"}, index=raw.index)
    assert clean(pd.concat([raw, note, note], axis=1), TELCO)[1].kept == 20


def test_a_table_without_rows_is_refused():
    with pytest.raises(DataError, match="There are no customers"):
        clean(raw_customers().head(0), TELCO)


def test_a_repeated_id_is_told_and_each_row_stays_a_customer():
    raw = raw_customers().assign(customerID="A")
    customers, report = clean(raw, TELCO)
    assert len(customers) == 20
    assert report.warnings == ("19 rows repeat the customerID of an earlier row; each row is treated as a separate customer.",)


def test_the_report_as_json_values_says_what_the_report_says():
    raw = with_value("tenure", "x").assign(SeniorCitizen="Yes")
    _, report = clean(raw, TELCO)
    told = report.as_dict()
    assert (told["rows"], told["kept"], told["rejected"]) == (20, 19, 1)
    assert [r["row"] for r in told["rejects"]] == [7]
    assert [r.count for r in report.repairs] == [r["count"] for r in told["repairs"]]
    assert sum(r["column"] == "SeniorCitizen" for r in told["repairs"]) == 1


def test_a_text_that_is_blank_does_not_make_its_customer_nameless():
    raw = members(20).assign(goal="  ")
    customers, report = clean(raw, GYM)
    assert customers["member_no"].tolist() == raw["member_no"].tolist() and report.kept == 20
    assert (customers["goal"] == "").all()


def test_a_flag_is_read_in_the_words_of_its_schema_and_in_the_usual_ones():
    raw = members(6).assign(status=["Cancelled", "MEMBER ", "yes", "0", "quit", " "])
    customers, report = clean(raw, GYM)
    assert customers["status"].tolist() == [1, 0, 1, 0]
    assert report.rejects.problem.tolist() == [
        f"status: {shown} is not one of 0, 1, No, Yes, member, cancelled" for shown in ("'quit'", "blank")
    ]


def test_what_builds_on_a_flag_contradicts_it_like_what_builds_on_a_word():
    raw = members(200)
    without = raw.index[raw["sauna"] == 0][0]
    raw.loc[without, "sauna_towels"] = "own"
    found = [finding for finding in clean(raw, GYM)[1].findings if finding.kind == CONTRADICTION]
    assert [(each.column, each.what, each.rows) for each in found] == [
        ("sauna_towels", "sauna is 0, and it is not 'no sauna'", (without,))
    ]
