"""Damaged and odd files of customers: each row gets the score of the clean file, or a reject with its line, or all an error."""

import csv
import datetime
import gzip
import io
import json
import re
import zipfile

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from churn_core.batch.local import Target, score_file
from churn_core.campaign.plan import Plan
from churn_core.data.cleaning.table import clean
from churn_core.data.reading import encoding
from churn_core.data.reading.reader import TableReader
from churn_core.data.synthetic import generate
from churn_core.data.writing.tables import CsvWriter, ExcelWriter, ParquetWriter
from churn_core.decisions.decide import DECISION_COLUMNS
from churn_core.errors import DataError
from churn_core.model.candidates import build
from churn_core.schema.telco import TELCO

TRAINING, _ = clean(generate(400, seed=9, schema=TELCO), TELCO)
MODEL = build("logistic").fit(TRAINING, TRAINING[TELCO.target].to_numpy())
RAW = generate(60, seed=4, schema=TELCO).drop(columns=TELCO.target).astype(str)
NAMES, IDS = list(RAW), RAW[TELCO.id].tolist()
TENURE, CHARGE, TOTAL = TELCO.tenure, TELCO.monthly_charge, TELCO.named("total_charge")
NUMBERS = RAW.assign(
    **{TENURE: RAW[TENURE].astype(int), CHARGE: RAW[CHARGE].astype(float), TOTAL: pd.to_numeric(RAW[TOTAL], errors="coerce")}
)


def as_csv(frame: pd.DataFrame = RAW, sep=",", end="\n", quoting=csv.QUOTE_MINIMAL, quote='"', header=True) -> str:
    return frame.to_csv(index=False, sep=sep, lineterminator=end, quoting=quoting, quotechar=quote, header=header)


LINES = as_csv().splitlines()


def scored(content: bytes | str, writer=CsvWriter):
    """What came of it, the scored file and the rejects."""
    out, rejects = io.BytesIO(), io.BytesIO()
    content = content.encode() if isinstance(content, str) else content
    targets = {"scored": Target(stream=out, writer=writer), "rejects": Target(stream=rejects)}
    result = score_file(content, MODEL, Plan(), schema=TELCO, **targets)
    return result, out.getvalue(), pd.read_csv(io.BytesIO(rejects.getvalue()), dtype=str, keep_default_na=False)


def decisions(content: bytes | str) -> dict[str, list]:
    """Of each customer, to the last bit."""
    frame = pd.read_csv(io.BytesIO(scored(content)[1]), dtype=str, keep_default_na=False)
    name = next(name for name in frame if re.sub(r"\W|_", "", name).lower() in (TELCO.id.lower(), "custid"))
    return dict(zip(frame[name], frame[list(DECISION_COLUMNS)].to_numpy().tolist(), strict=True))


CLEAN = decisions(as_csv())


def changed(**columns) -> pd.DataFrame:
    return RAW.assign(**{name: [do(value) for value in RAW[name]] for name, do in columns.items()})


def edited(**lines: str) -> str:
    """The file with some of its lines replaced: ``at_5`` is the one with the number 5."""
    numbered = {int(name[3:]): line for name, line in lines.items()}
    return "".join(numbered.get(i, line) + "\n" for i, line in enumerate(LINES, start=1))


def with_decimal_comma(word: str) -> str:
    return word.replace(".", ",")


def parquet(frame: pd.DataFrame, **options) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer, **options)
    return buffer.getvalue()


def excel(frame: pd.DataFrame, before=(), edit=lambda sheet: None) -> bytes:
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    for row in (*before, list(frame), *frame.astype(object).where(frame.notna(), None).to_numpy().tolist()):
        sheet.append(row)
    edit(sheet)
    book.save(buffer)
    return buffer.getvalue()


def with_dimension(content: bytes, dimension: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            new.writestr(name, re.sub(rb'<dimension ref="[^"]*"', f'<dimension ref="{dimension}"'.encode(), old.read(name)))
    return buffer.getvalue()


NOTED = RAW.assign(note=["Zoë – 5 €"] * len(RAW))
MANY_LINES = RAW.assign(note=[f'first {i}\r\nsecond "two", ok\n\nlast' if i % 7 == 0 else "plain" for i in range(len(RAW))])
SPACED = {name: re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower() for name in NAMES}

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


def cells(line: str) -> list[str]:
    return line.split(",")


def without_thousands(word: str) -> str:
    return word if not word.strip() else f"{round(float(word)):,}".replace(",", ".")


ROUNDED = changed(**{CHARGE: lambda word: str(round(float(word))), TOTAL: without_thousands})
THOUSANDS = [i for i, total in enumerate(ROUNDED[TOTAL], start=2) if "." in total]
EMPTY_NOTE = [LINES[0] + ",note", *(line + "," for line in LINES[1:])]
SHIFTED = ",".join([*cells(LINES[6])[:-2], "29,85", cells(LINES[6])[-1], ""])  # a decimal comma without quotes

REJECTED = {
    "a value too few": (edited(at_7=",".join(cells(LINES[6])[:-1])), [7]),
    "a cell shifted to the left": (edited(at_7=",".join([*cells(LINES[6])[:5], *cells(LINES[6])[6:], ""])), [7]),
    "a decimal comma without quotes before an empty note": ("\n".join([*EMPTY_NOTE[:6], SHIFTED, *EMPTY_NOTE[7:]]), [7]),
    "a quotation mark that is not closed": (edited(at_7='"' + LINES[6]), [7]),
    "two of them": (edited(at_7='"' + LINES[6], at_9='"' + LINES[8]), [7, 9]),
    "a line cut off within quotes": (edited(at_7='X,Female,0,"Yes'), [7]),
    "the header again": ("\n".join([*LINES[:30], LINES[0], *LINES[30:]]), [31]),
    "the next header without a line of its own": ("\n".join([*LINES[:29], LINES[29] + LINES[0], *LINES[30:]]), [30]),
    "an end-of-file mark of DOS": (as_csv() + "\x1a", [62]),
    "thousands with points and no decimals anywhere": (as_csv(ROUNDED, sep=";"), THOUSANDS),
    "thousands with points in text in Excel": (excel(ROUNDED), THOUSANDS),
    "a date where a number should be": (
        excel(NUMBERS, edit=lambda sheet: sheet.cell(7, NAMES.index(CHARGE) + 1, datetime.datetime(2026, 5, 1))),
        [7],
    ),
    "an error where a number should be": (excel(NUMBERS, edit=lambda sheet: sheet.cell(7, NAMES.index(TOTAL) + 1, "#REF!")), [7]),
    "a formula that was never computed": (excel(NUMBERS, edit=lambda sheet: sheet.cell(7, NAMES.index(CHARGE) + 1, "=1+1")), [7]),
    "infinity and nothing in Parquet": (
        parquet(NUMBERS.assign(**{CHARGE: [float("inf"), None, *NUMBERS[CHARGE][2:]]})),
        [2, 3],
    ),
}


@pytest.mark.parametrize("name", REJECTED)
def test_what_cannot_be_read_is_rejected_with_its_line_and_the_others_are_scored_as_ever(name):
    content, lines = REJECTED[name]
    result, _, rejects = scored(content)
    assert rejects["row"].astype(int).tolist() == lines and rejects["problem"].all()
    assert result.quality.rows == result.quality.kept + len(lines)
    of_file = decisions(content)
    if name.startswith("thousands"):
        assert len(of_file) == 60 - len(lines) > 0
    else:
        assert all(CLEAN[customer] == decided for customer, decided in of_file.items())


WORDS = [
    "1,234",
    "1.2.3",
    "12 months",
    "0x1A",
    "1_0",
    "12%",
    "(12)",
    "12-",
    "1e999",
    "inf",
    "٣",
    "²",
    "TRUE",
    "1/2",
    "12:00",
    "Jan 85",
    "nan",
]


@pytest.mark.parametrize(
    "column, word", [(column, word) for column in (TENURE, CHARGE, TOTAL) for word in WORDS if (column, word) != (TOTAL, "nan")]
)
def test_what_is_no_number_or_could_be_two_is_never_taken_for_one(column, word):
    _, _, rejects = scored(as_csv(RAW.assign(**{column: [word, *RAW[column][1:]]})))
    assert rejects["row"].tolist() == ["2"] and column in rejects["problem"][0]


SWAPPED = [{"OnlineSecurity": "OnlineBackup", "OnlineBackup": "OnlineSecurity"}.get(name, name) for name in NAMES]
REFUSED = {
    "files put together with columns in another order": (
        as_csv(RAW[:30]) + as_csv(RAW[30:][SWAPPED]),
        "Line 32 .* another order",
    ),
    "the same with other spellings": (
        as_csv(RAW[:30]) + as_csv(RAW[30:][SWAPPED].rename(columns=SPACED)),
        "Line 32 .* another order",
    ),
    "two lines of names": (LINES[0] + "\n" + as_csv(), "two lines of column names"),
    "a title": ("Customers of March\n\n" + as_csv(), "in line 3"),
    "a title in Excel": (excel(NUMBERS, before=[["Customers"], []]), "in row 3"),
    "a column twice with different values": (as_csv(RAW.assign(again="7")).replace("again", TENURE), "more than once"),
    "tenure in years": (as_csv(RAW.rename(columns={TENURE: "tenure (years)"})), "Missing required columns: 'tenure'"),
    "charges in cents": (as_csv(RAW.rename(columns={CHARGE: CHARGE + " ¢"})), f"Missing required columns: '{CHARGE}'"),
    "a single column missing": (as_csv(RAW.drop(columns="Contract")), "Missing required columns: 'Contract'"),
    "each line in quotes": ("".join(f'"{line}"\n' for line in LINES), "single column"),
    "row names of R without a name": (
        "\n".join([LINES[0], *(f"{i},{line}" for i, line in enumerate(LINES[1:]))]),
        "None of the 60",
    ),
    "a gzip file cut off": (gzip.compress(as_csv().encode())[:-100], "gzip file is damaged"),
    "a Parquet file cut off": (parquet(NUMBERS)[:-500], "Parquet file is damaged"),
    "an Excel file cut off": (excel(NUMBERS)[:-300], "damaged"),
    "JSON": (json.dumps(RAW.to_dict("records")), "Missing required columns|more than 2,000 columns"),
    "HTML": (RAW.to_html(), "single column"),
    "a dump of SQL": ("".join(f"INSERT INTO c VALUES ({line});\n" for line in LINES[1:]), "Missing required columns"),
    "a foreign table with ragged lines": ("a,b,c\n" + "1,2\n" * 20, "Missing required columns"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_be_a_guess_is_an_error_that_says_what_to_do(name):
    content, sentence = REFUSED[name]
    with pytest.raises(DataError, match=sentence) as refused:
        scored(content)
    assert str(refused.value).count(".") >= 1


def test_formulas_that_were_never_computed_are_told():
    content = excel(NUMBERS, edit=lambda sheet: sheet.cell(7, NAMES.index(TOTAL) + 1, "=F7*S7"))
    assert any("never computed" in warning for warning in scored(content)[0].warnings)


# Blocks


@pytest.mark.parametrize("block", [700, 1_111, 5_000])
@pytest.mark.parametrize(
    "content",
    [
        as_csv(MANY_LINES),
        as_csv(MANY_LINES, sep=";", end="\r\n", quoting=csv.QUOTE_ALL),
        as_csv(NOTED).encode("cp1252"),
        edited(at_7='"' + LINES[6], at_20="too,short", at_33=LINES[32] + '"', at_40="", at_50=LINES[49].replace(",", ',""', 1)),
        edited(at_9=LINES[8].replace(",", "\r", 3), at_30='"a ""b""' + LINES[29]),
    ],
    ids=["notes", "quotes everywhere", "Windows-1252", "stray marks", "stray returns"],
)
def test_where_a_file_is_cut_into_blocks_changes_no_row_no_line_and_no_reject(content, block, monkeypatch):
    content = content if isinstance(content, bytes) else content.encode()

    def everything() -> tuple:
        reader = TableReader(content, TELCO)
        parts = list(reader)
        rows = [
            (line, *row) for part in parts for line, row in zip(part.frame.index, part.frame.astype(str).to_numpy(), strict=True)
        ]
        for part in parts:
            if part.lines is not None:
                assert list(csv.reader(part.lines.to_pylist())) == part.frame.astype(str).to_numpy().tolist()
        return [[*map(str, row)] for row in rows], [r for p in parts for r in p.rejects.to_numpy().tolist()], reader.notices

    whole = everything()
    monkeypatch.setattr(encoding, "BLOCK", block)
    monkeypatch.setattr(encoding, "SAMPLE", 600)
    assert everything() == whole


def test_a_long_run_of_lines_that_are_no_rows_ends_in_an_error():
    with pytest.raises(DataError, match="lines in a row are no rows of the table"):
        scored("\n".join(LINES) + "\n" + '"endless\n' * 10_100)


# What is written


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
    assert pa.types.is_large_string(pa.parquet.read_schema(io.BytesIO(out)).field("note").type)
