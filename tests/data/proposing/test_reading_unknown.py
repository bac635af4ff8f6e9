"""A file whose columns nobody has told: every kind of file, the sheet with the data, and no title for a header."""

import gzip
import io

import pandas as pd
import pytest

from churn_core.data.proposing.propose import propose, propose_file
from churn_core.data.proposing.reading import read_unknown
from churn_core.errors import DataError
from tests.data.proposing.tables import customers, numbers

FRAME = customers(monthly_fee=numbers(10, 90))


def workbook(**sheets: pd.DataFrame) -> bytes:
    file = io.BytesIO()
    with pd.ExcelWriter(file, engine="openpyxl") as writer:
        for name, frame in sheets.items():
            frame.to_excel(writer, sheet_name=name, index=False)
    return file.getvalue()


def parquet(frame: pd.DataFrame) -> bytes:
    file = io.BytesIO()
    frame.to_parquet(file)
    return file.getvalue()


FILES = {
    "CSV": FRAME.to_csv(index=False).encode(),
    "CSV in gzip": gzip.compress(FRAME.to_csv(index=False).encode()),
    "semicolons and decimal commas": FRAME.map(lambda cell: cell.replace(".", ",")).to_csv(index=False, sep=";").encode(),
    "tabs in UTF-16": FRAME.to_csv(index=False, sep="\t").encode("utf-16"),
    "JSON": FRAME.to_json(orient="records").encode(),
    "JSON lines": FRAME.to_json(orient="records", lines=True).encode(),
    "Parquet": parquet(FRAME),
    "Excel": workbook(Customers=FRAME),
}


@pytest.mark.parametrize("kind", FILES)
def test_every_kind_of_file_gives_the_same_proposal(kind):
    found, expected = propose_file(FILES[kind]), propose(FRAME)
    assert found.columns == expected.columns and found.customers == expected.customers and found.money == expected.money


@pytest.mark.parametrize("first", ["dictionary", "cover"])
def test_of_a_workbook_the_sheet_with_most_data_is_read_and_said(first):
    dictionary = pd.DataFrame({"Variable": FRAME.columns, "Description": [f"what {name} means" for name in FRAME.columns]})
    sheets = {
        "Data Dict": dictionary if first == "dictionary" else pd.DataFrame({"Report of 2024": ["made by hand"]}),
        "E Comm": FRAME,
    }
    proposal = propose_file(workbook(**sheets))
    assert proposal.columns == propose(FRAME).columns and any("'E Comm'" in note for note in proposal.notes)
    turned = propose_file(workbook(**dict(reversed(sheets.items()))))
    assert turned.columns == proposal.columns


def test_a_title_above_the_names_of_a_sheet_is_refused_with_the_row():
    titled = pd.DataFrame(
        [["Customers 2024", *[None] * (FRAME.shape[1] - 1)], list(FRAME.columns), *FRAME.head(30).to_numpy().tolist()]
    )
    file = io.BytesIO()
    titled.to_excel(file, index=False, header=False)
    with pytest.raises(DataError, match="in row 2 of the sheet, not in the first. Delete the rows above it"):
        read_unknown(file.getvalue())


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"a\n1\n", b"PK\x03\x04broken"])
def test_what_is_no_table_is_refused_as_everywhere(content):
    with pytest.raises(DataError):
        propose_file(content)


def test_lines_that_are_no_rows_are_counted():
    content = FRAME.to_csv(index=False).encode() + b"1,2,3,4,5,6,7,8,9\n"
    assert any("could not be read" in note for note in propose_file(content).notes)
