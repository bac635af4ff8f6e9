"""Damaged files of customers: each row gets the score of the clean file, or a reject with its line, or all an error."""

import csv
import datetime
import gzip

import pandas as pd
import pytest

from churn_core.data.reading import encoding
from churn_core.data.reading.reader import TableReader
from churn_core.errors import DataError
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
    edited,
    excel,
    parquet,
    scored,
)


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
    "months called years": (as_csv(RAW.rename(columns={TENURE: "tenure (years)"})), "TotalCharges is far from tenure"),
    "charges in cents": (as_csv(RAW.rename(columns={CHARGE: CHARGE + " ¢"})), f"Missing required columns: '{CHARGE}'"),
    "a single column missing": (as_csv(RAW.drop(columns="Contract")), "Missing required columns: 'Contract'"),
    "row names of R without a name": (
        "\n".join([LINES[0], *(f"{i},{line}" for i, line in enumerate(LINES[1:]))]),
        "None of the 60",
    ),
    "a gzip file cut off": (gzip.compress(as_csv().encode())[:-100], "gzip file is damaged"),
    "a Parquet file cut off": (parquet(NUMBERS)[:-500], "Parquet file is damaged"),
    "an Excel file cut off": (excel(NUMBERS)[:-300], "damaged"),
    "JSON of values": (RAW.to_json(orient="values"), "lists of values, not records"),
    "HTML": (RAW.to_html(), "HTML table.*Open it in Excel"),
    "a dump of SQL": ("".join(f"INSERT INTO c VALUES ({line});\n" for line in LINES[1:]), "dump of SQL.*export the table"),
    "columns separated by spaces": (RAW.to_string(index=False), "separated by spaces.*Save the table as CSV"),
    "all in column A of Excel": (excel(pd.DataFrame({LINES[0]: LINES[1:]})), "in the first column.*Text to Columns"),
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


def test_notes_are_there_also_if_no_row_can_be_scored_or_a_column_is_missing():
    never = excel(NUMBERS, edit=lambda sheet: [sheet.cell(i, NAMES.index(CHARGE) + 1, "=1+1") for i in range(2, 62)])
    for content in (never, excel(NUMBERS.drop(columns=TENURE), edit=lambda sheet: sheet.cell(7, 1, "=1+1"))):
        with pytest.raises(DataError) as refused:
            scored(content)
        assert any("never computed" in note for note in refused.value.notes)
    with pytest.raises(DataError) as refused:
        scored(as_csv(sep=";").replace("tenure", "duration"))
    assert refused.value.notes == ("Columns are separated by semicolons.",)


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
    with pytest.raises(DataError, match="10,000 consecutive lines are no rows of the table"):
        scored("\n".join(LINES) + "\n" + '"endless\n' * 10_100)
