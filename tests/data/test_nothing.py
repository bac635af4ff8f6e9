"""Words for nothing: one list, in numbers, flags, categories, outcomes and ids, of files and of JSON."""

from dataclasses import replace

import pandas as pd
import pytest

from churn_core.data.cleaning.record import clean_record
from churn_core.data.cleaning.table import clean
from churn_core.data.nothing import NOTHING, is_nothing
from churn_core.data.quality import MISSING
from churn_core.data.reading.reader import read_table
from churn_core.data.synthetic import generate
from churn_core.decisions.outcomes import read_outcomes
from churn_core.errors import DataError
from churn_core.schema.telco import TELCO

WRITTEN = (
    *("NaN", "nan", "<NA>", "NA", "#N/A", "N/A", "\\N", "(null)", "NULL", "null", "[NULL]", "None", "n.a.", "—", "–", "-", "nil"),
    *(" $ -   ", " € -", "-   € ", "$-", "$      -", " NULL ", "\u00a0NA", "'-", "NaT", "(blank)", ".", "#NV"),
    *("#N/D", "undefined"),
)
KINDS = [TELCO.tenure, TELCO.monthly_charge, "gender", "SeniorCitizen", "Partner", TELCO.target]


def customers():
    return generate(20, seed=1, schema=TELCO)


def having(column, word):
    raw = customers().astype({column: "object"})
    raw.at[7, column] = word
    return raw


def from_file(raw):
    table = read_table(raw.to_csv(index=False).encode(), TELCO)
    return clean(table.frame, TELCO, table.decimal)


@pytest.mark.parametrize("word", [*WRITTEN, *NOTHING])
def test_each_word_stands_for_nothing_in_any_letter_case(word):
    assert is_nothing(word) and is_nothing(word.upper()) and is_nothing(f" {word.title()} ")


@pytest.mark.parametrize("word", ["?", "No", "0", "$", "unknown", "Nan Goldin", "--1", "n", "(No)", "-0", "Nill"])
def test_other_words_do_not(word):
    assert not is_nothing(word)


@pytest.mark.parametrize("word", WRITTEN)
def test_a_total_charge_of_nothing_is_worked_out_in_tables_files_and_json(word):
    raw = having(TELCO.total_charge, word)
    blank, _ = clean(having(TELCO.total_charge, ""), TELCO)
    for table, report in (clean(raw, TELCO), from_file(raw)):
        assert table.reset_index(drop=True).equals(blank) and report.rejected == 0
    record = raw.iloc[7].drop(TELCO.target).to_dict() | {TELCO.tenure: 3, TELCO.monthly_charge: 20.0, "SeniorCitizen": 0}
    assert clean_record(record, TELCO)[TELCO.total_charge] == 60.0


@pytest.mark.parametrize("word", WRITTEN)
@pytest.mark.parametrize("column", KINDS)
def test_elsewhere_nothing_is_a_value_that_is_missing_and_no_new_word(column, word):
    for _, report in (clean(having(column, word), TELCO), from_file(having(column, word))):
        (rejected,) = report.rejects["problem"]
        assert rejected.startswith(f"{column}: ") and report.rejected == 1
        assert {finding.kind for finding in report.found if finding.done == "row rejected"} == {MISSING}


@pytest.mark.parametrize("word", WRITTEN)
def test_an_id_of_nothing_names_nobody(word):
    raw = having(TELCO.id, word)
    raw.at[9, TELCO.id] = word
    table, report = clean(raw, TELCO)
    assert table[TELCO.id][[7, 9]].tolist() == ["row 7", "row 9"] and not report.warnings  # and repeats nobody
    record = raw.iloc[7].drop(TELCO.target).to_dict() | {"SeniorCitizen": 0, TELCO.tenure: 3, TELCO.monthly_charge: 20.0}
    assert clean_record(record, TELCO)[TELCO.id] == ""


@pytest.mark.parametrize("word", WRITTEN)
def test_an_outcome_of_nothing_is_no_outcome_that_could_not_be_read(word):
    found = read_outcomes(pd.DataFrame({TELCO.target: ["Yes", word, "No"]}), TELCO)
    assert found.left.tolist() == [True, False, False] and found.unread.blank == 1 and not found.unread.words


def test_a_word_by_which_the_schema_means_a_value_is_that_value():
    gender = TELCO["gender"]
    columns = tuple(
        replace(c, allowed=(*c.allowed, "None"), synonyms={**c.synonyms, "n/a": "None"}) if c == gender else c
        for c in TELCO.columns
    )
    schema = replace(TELCO, columns=columns)
    for word in ("None", " none", "N/A"):
        table, report = clean(having("gender", word), schema)
        assert table["gender"][7] == "None" and report.rejected == 0
    assert clean(having("gender", "NULL"), schema)[1].rejected == 1


def test_a_flag_for_which_the_schema_writes_such_a_word_keeps_it():
    partner = TELCO["Partner"]
    columns = tuple(replace(c, kind="flag", allowed=(), synonyms={"nil": "0"}) if c == partner else c for c in TELCO.columns)
    table, report = clean(having("Partner", "Nil"), replace(TELCO, columns=columns))
    assert table["Partner"][7] == 0 and report.rejected == 0


def test_a_name_that_is_such_a_word_stays_where_it_is_no_id():
    raw = customers().iloc[7].drop(TELCO.target).to_dict() | {"SeniorCitizen": 0, TELCO.tenure: 3, TELCO.monthly_charge: 20.0}
    with pytest.raises(DataError, match=r'^gender: "NULL" is not one of'):
        clean_record({**raw, "gender": "NULL"}, TELCO)
