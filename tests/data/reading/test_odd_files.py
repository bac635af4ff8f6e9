"""Odd files of customers that have nothing the matter: each row gets the score of the clean file, and can be written."""

import csv
import gzip
import io
import json

import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from churn_core.data.writing.tables import CsvWriter, ExcelWriter, ParquetWriter
from churn_core.schema.telco import TELCO
from tests.data.reading.conftest import (
    CHARGE,
    CLEAN,
    LINES,
    MANY_LINES,
    NAMES,
    NOTED,
    NUMBERS,
    RAW,
    SPACED,
    TENURE,
    TOTAL,
    as_csv,
    changed,
    decisions,
    excel,
    parquet,
    scored,
    with_decimal_comma,
    with_dimension,
    zipped,
)

WHOLE = {
    **{
        f"{encoding}, separated by {sep!r}, lines ending in {end!r}, quotes {quoting}": as_csv(NOTED, sep, end, quoting).encode(
            encoding
        )
        for encoding, sep, end, quoting in [
            ("utf-8", ",", "\r", 0),
            ("utf-8-sig", ";", "\r\n", 1),
            ("utf-16", "\t", "\n", 0),
            ("utf-16-be", "|", "\r\n", 1),
            ("cp1252", ";", "\n", 0),
            ("utf-32", ",", "\n", 1),
        ]
    },
    "UTF-8 and Windows-1252 by turns": b"".join(
        line.encode("utf-8" if i % 2 else "cp1252") for i, line in enumerate(as_csv(NOTED).splitlines(keepends=True))
    ),
    "quoted by apostrophes": as_csv(quoting=csv.QUOTE_ALL, quote="'"),
    "lines of Windows and of Unix": "".join(line + ("\n", "\r\n")[i % 2] for i, line in enumerate(LINES)),
    "lines of Unix, then of an old Mac": "\n".join(LINES[:30]) + "\n" + "\r".join(LINES[30:]) + "\n",
    "lines of an old Mac, then of Unix": "\r".join(LINES[:30]) + "\r" + "\n".join(LINES[30:]) + "\n",
    "no end of the last line": "\n".join(LINES),
    "empty lines and lines of separators": f"\n\n{',' * (len(NAMES) - 1)}\n  \n".join(LINES),
    "a separator at each end": "".join(line + ",\n" for line in LINES),
    "a separator at the end of each row and not of the header": "\n".join([LINES[0], *(line + "," for line in LINES[1:])]),
    "each line in quotes": "".join(
        '"' + line.replace('"', '""') + '"\r\n' for line in as_csv(quoting=csv.QUOTE_ALL).splitlines()
    ),
    "a line break in a name": as_csv().replace(CHARGE, '"Monthly\nCharges"', 1),
    "line breaks in all names": as_csv(NOTED.rename(columns=lambda name: f"{name}\r\n"), end="\r\n"),
    "further columns without a name or value": "\n".join(line + "," * 30 for line in LINES),
    "an index of pandas beside columns that are blank at first": RAW.assign(
        **{f"Campaign {i}": ["", *["yes"] * 59] for i in range(25)}
    ).to_csv(),
    "a byte order mark in the middle": "\n".join([*LINES[:30], LINES[30].replace(",", ",\ufeff", 1), *LINES[31:]]),
    "JSON records": json.dumps(RAW.to_dict("records")),
    "JSON records of numbers": NUMBERS.to_json(orient="records", indent=2),
    "JSON in UTF-16": json.dumps(NOTED.to_dict("records"), ensure_ascii=False).encode("utf-16"),
    "JSON lines": NUMBERS.to_json(orient="records", lines=True),
    "JSON lines with a byte order mark, empty lines and commas": "\ufeff\n"
    + ",\r\n\r\n".join(map(json.dumps, RAW.to_dict("records"))),
    "JSON objects over several lines": "\n".join(json.dumps(row, indent=1) for row in RAW.to_dict("records")),
    "JSON with its list in an object": json.dumps({"count": 60, "customers": RAW.to_dict("records"), "next": None}),
    "JSON with the keys in any order": json.dumps(
        [dict(list(row.items())[:: 1 - 2 * (i % 2)]) for i, row in enumerate(RAW.to_dict("records"))]
    ),
    **{f"JSON of pandas by {orient}": NUMBERS.to_json(orient=orient) for orient in ("columns", "index", "split", "table")},
    "JSON of lists by column": json.dumps(RAW.to_dict("list")),
    "gzip of Parquet": gzip.compress(parquet(NUMBERS)),
    "gzip of Excel": gzip.compress(excel(NUMBERS)),
    "gzip of JSON": gzip.compress(json.dumps(RAW.to_dict("records")).encode()),
    "zip of CSV": zipped(("customers.csv", as_csv())),
    "zip of JSON lines": zipped(("a/customers.jsonl", NUMBERS.to_json(orient="records", lines=True))),
    "zip of Parquet beside a note": zipped(("README.txt", "what it is"), ("c.parquet", parquet(NUMBERS))),
    "zip of Excel from a Mac": zipped(("a/", ""), ("a/c.xlsx", excel(NUMBERS)), ("__MACOSX/a/._c.xlsx", "x"), (".DS_Store", "y")),
    "gzip of a zip": gzip.compress(zipped(("c.csv", as_csv()))),
    "a line sep=;": "sep=;\r\n" + as_csv(sep=";", end="\r\n"),
    "two byte order marks": "\ufeff\ufeff" + as_csv(),
    "columns the other way round": as_csv(RAW[NAMES[::-1]]),
    "names in snake case": as_csv(RAW.rename(columns=SPACED)),
    "names with units": as_csv(RAW.rename(columns={TENURE: "Tenure (months)", CHARGE: "Monthly Charges [$]"})),
    "a column twice with the same values": as_csv(RAW.assign(again=RAW[TENURE])).replace("again", TENURE),
    "an index of pandas": RAW.to_csv(),
    "decimal commas and semicolons": as_csv(changed(**{CHARGE: with_decimal_comma, TOTAL: with_decimal_comma}), sep=";"),
    "decimal commas in quotes": as_csv(changed(**{CHARGE: with_decimal_comma, TOTAL: with_decimal_comma})),
    "currency signs": as_csv(changed(**{CHARGE: "${}".format})),
    "apostrophes before numbers": as_csv(changed(**{CHARGE: "'{}".format})),
    "line breaks, separators and quotation marks in notes": as_csv(MANY_LINES, end="\r\n"),
    "notes before everything else": as_csv(MANY_LINES[["note", *NAMES]], sep=";"),
    "a backslash before a closing quotation mark": "".join(line + ',"C:\\dir\\"\n' for line in LINES),
    "own columns called text, row and result": as_csv(RAW.assign(text="t", row="r", result="x")),
    "gzip in two pieces": gzip.compress("\n".join(LINES[:9]).encode() + b"\n") + gzip.compress("\n".join(LINES[9:]).encode()),
    "Parquet": parquet(NUMBERS),
    "Parquet of text": parquet(RAW),
    "Parquet of text with decimal commas": parquet(changed(**{CHARGE: with_decimal_comma, TOTAL: with_decimal_comma})),
    "Parquet of categories": parquet(NUMBERS.astype("category")),
    "Parquet with the id as the index": parquet(NUMBERS.set_index(TELCO.id)),
    "Parquet with nullable kinds": parquet(NUMBERS.convert_dtypes()),
    "Excel": excel(NUMBERS),
    "Excel of text": excel(RAW),
    "Excel with empty rows and columns first": excel(
        NUMBERS, edit=lambda sheet: (sheet.insert_rows(1, 3), sheet.insert_cols(1, 2))
    ),
    "Excel that says to have fewer rows": with_dimension(excel(NUMBERS), "A1:T11"),
    "Excel that says to be a single cell": with_dimension(excel(NUMBERS), "A1"),
    "Excel that says to fill the whole sheet": with_dimension(excel(NUMBERS), "A1:XFD1048576"),
}


@pytest.mark.parametrize("name", WHOLE)
def test_every_customer_is_scored_as_in_the_clean_file(name):
    result, _, rejects = scored(WHOLE[name])
    assert (result.quality.rows, result.quality.kept, len(rejects)) == (60, 60, 0)
    assert decisions(WHOLE[name]) == CLEAN


def test_a_first_customer_with_words_like_names_is_no_header():
    place = RAW.assign(city=["Gender", *["Tenure"] * 59], **{f"Campaign {i}": "" for i in range(30)})
    result, _, _ = scored(place.to_csv())
    assert (result.quality.rows, result.quality.kept) == (60, 60)


# What is written


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_in_an_id_come_back_as_they_were_also_in_the_rejects(end):
    ids = [f"{i}\r\nb\nc\rd" for i in range(len(RAW))]
    content = as_csv(RAW.assign(**{TELCO.id: ids, TENURE: ["?", *RAW[TENURE][1:]]}), end=end)
    _, out, rejects = scored(content)
    back = [row[NAMES.index(TELCO.id)] for row in csv.reader(io.StringIO(out.decode("utf-8-sig"), newline=""))]
    assert back[1:] == ids[1:] and rejects[TELCO.id].tolist() == ids[:1]
    assert pd.read_parquet(io.BytesIO(scored(content, ParquetWriter)[1]))[TELCO.id].tolist() == ids[1:]


AWKWARD = NUMBERS.assign(
    zone=pd.Timestamp("2026-01-05", tz="Europe/Berlin"),
    never=pd.NaT,
    content=[b"\xff\x00"] * len(RAW),
    account=pd.array([None, *range(12345678901234567, 12345678901234567 + 59)], dtype="Int64"),
)


@pytest.mark.parametrize("writer", [CsvWriter, ParquetWriter, ExcelWriter])
def test_columns_of_any_kind_are_written_beside_the_decisions(writer):
    result, content, _ = scored(parquet(AWKWARD), writer)
    assert result.quality.kept == 60 and content


def test_whole_numbers_with_gaps_keep_all_their_digits():
    frame = pd.read_csv(io.BytesIO(scored(parquet(AWKWARD))[1]), dtype=str, keep_default_na=False)
    assert frame["account"].tolist()[:3] == ["", "12345678901234567", "12345678901234568"]


def test_the_rejects_are_mended_and_scored_like_the_clean_customers():
    broken = RAW.assign(**{TENURE: ["?", *RAW[TENURE][1:]], TOTAL: ["-", *RAW[TOTAL][1:]]})
    rejects = scored(as_csv(broken))[2]
    mended = rejects.assign(**{TENURE: RAW[TENURE][0]})
    result, _, again = scored(as_csv(mended))
    assert (result.quality.kept, len(again)) == (1, 0)
    first = RAW[:1].assign(**{TOTAL: ""})
    assert decisions(as_csv(mended)) == decisions(as_csv(first))


def test_a_column_that_is_empty_at_first_is_written_to_parquet_with_its_later_text():
    table = pa.table({name: pa.array(NUMBERS[name]) for name in NAMES} | {"note": pa.nulls(len(RAW))})
    buffer = io.BytesIO()
    pa.parquet.write_table(table, buffer)
    out = scored(buffer.getvalue(), ParquetWriter)[1]
    assert pa.types.is_string(pa.parquet.read_schema(io.BytesIO(out)).field("note").type)
