"""Titles above a table and quotation marks around whole lines are left out and said; a table that has neither is never changed."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn_core.application.own_customers import own_dataset, read_own, schema_for
from churn_core.data.proposing.answers import Answers
from churn_core.data.proposing.reading import read_unknown
from churn_core.data.reading.beginnings import are_in_quotes, lines_above
from tests.data.proposing.tables import customers, numbers

FRAME = customers(monthly_fee=numbers(10, 90), tenure_months=numbers(0, 60, decimals=0))


def csv_of(delimiter: str = ",") -> str:
    return FRAME.to_csv(index=False, sep=delimiter)


def quoted(text: str) -> str:
    return "".join('"' + line.replace('"', '""') + '"\n' for line in text.splitlines())


ABOVE = {
    "a title": ("Customers of May\n", 1),
    "a title and an empty line": ("Customers of May\n\n", 2),
    "a title in a row of empty values": ("Customers of May{0}{0}{0}{0}{0}{0}\n", 1),
    "notes with a day": ("Report{0}churn\nExported on{0}2024-05-01\n\n\n", 4),
    "a long note": ("Made by hand. Ask Ann if anything is unclear! 12 % of all.\n", 1),
}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("above", ABOVE)
def test_what_stands_above_the_names_is_left_out_and_said(above, delimiter):
    lines, number = ABOVE[above]
    table = read_unknown((lines.format(delimiter) + csv_of(delimiter)).encode())
    assert list(table.frame.columns) == list(FRAME.columns) and len(table.frame) == len(FRAME)
    assert table.frame.index[0] == number + 2
    assert any("above the names of the columns" in notice for notice in table.notices)


def test_lines_in_quotation_marks_as_a_whole_are_read_and_said():
    table = read_unknown(quoted(FRAME.assign(plan='the "big" one, with all').to_csv(index=False)).encode())
    assert list(table.frame.columns) == list(FRAME.columns) and set(table.frame["plan"]) == {'the "big" one, with all'}
    assert any("in quotation marks as a whole" in notice for notice in table.notices)


@pytest.mark.parametrize("content", [("Customers of May\n" + csv_of()), quoted(csv_of())], ids=["a title", "quotes"])
def test_what_is_learnt_from_such_a_file_is_what_is_learnt_from_the_plain_one(content):
    answers = Answers(charge="monthly_fee", tenure="tenure_months")
    plain, odd = csv_of().encode(), content.encode()
    schema = schema_for(read_own(odd, "ours.csv").proposal(answers), "ours.csv")
    learnt = [own_dataset(each, "ours.csv", schema).customers.reset_index(drop=True) for each in (odd, plain)]
    assert learnt[0].equals(learnt[1])


def test_a_line_of_units_below_the_names_may_have_blanks():
    units = ["", "times", "", "km", "CHF", "months", ""]
    odd = FRAME.copy()
    odd.loc[-1] = units
    content = odd.sort_index().to_csv(index=False).encode()
    proposal = read_own(content, "ours.csv").proposal()
    assert any("describes the columns" in note for note in proposal.notes) and proposal.customers.rows == len(FRAME)


words = st.text(st.sampled_from("abcdefgh XYZäö0123456789.,;'\"|\n\t%-"), max_size=12)
names = st.text(st.sampled_from("abcdefgh_ XYZäö.()"), min_size=1, max_size=12).filter(lambda name: name.strip() != "")


@st.composite
def tables(draw):
    """A table as programs write it, with its names in the first line, every one of them, and any values below."""
    width = draw(st.integers(2, 8))
    rows = draw(st.lists(st.lists(words, min_size=width, max_size=width), max_size=30))
    file = io.StringIO()
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    writer = csv.writer(
        file, delimiter=draw(st.sampled_from(",;\t|")), quoting=quoting, lineterminator=draw(st.sampled_from(["\n", "\r\n"]))
    )
    writer.writerow(draw(st.lists(names, min_size=width, max_size=width)))
    writer.writerows(rows)
    return file.getvalue()


@given(tables())
@settings(max_examples=300, deadline=None)
def test_a_table_that_begins_with_its_names_is_never_changed(text):
    assert lines_above(text) == 0 and not are_in_quotes(text)


@given(tables(), st.sampled_from([",", "."]), st.integers(5, 40))
@settings(max_examples=200, deadline=None)
def test_decimal_commas_are_taken_for_no_separators(header, mark, rows):
    names = next(csv.reader(io.StringIO(header)))
    header = ";".join(f"name {i}" for i in range(len(names) + 2))
    values = [";".join(f"{i}{mark}{j}5" for j in range(len(names) + 2)) for i in range(rows)]
    assert lines_above("\n".join([header, *values])) == 0
