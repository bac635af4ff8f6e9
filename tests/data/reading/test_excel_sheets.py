"""Which sheet of a workbook is read, and what is said of what Excel hides."""

import pytest

from churn_core.data.columns import find_columns
from churn_core.data.reading import excel
from churn_core.errors import DataError
from churn_core.schema.telco import TELCO
from tests.data.reading.workbooks import CUSTOMERS, NEXT, OTHER, RELATED, TABLE, packed, parts, read, row, shared, sheet

HIDDEN, VERY_HIDDEN = 'state="hidden"', 'state="veryHidden"'
CHOICES = {  # the sheets with their states, and the number of the one that is read
    "the first of customers": ([(OTHER, ""), (TABLE, ""), (TABLE, "")], 2),
    "the first that holds anything if none holds customers": ([("", ""), (OTHER, ""), (OTHER, "")], 2),
    "a visible one before a hidden one of customers": ([(TABLE, HIDDEN), (TABLE, "")], 2),
    "a hidden one of customers before others": ([(OTHER, ""), (TABLE, VERY_HIDDEN)], 2),
    "a visible one of others before a hidden one of others": ([(OTHER, HIDDEN), (OTHER, "")], 2),
    "customers beside a sheet that cannot be read": ([(row(1, [1] * 600), ""), (TABLE, "")], 2),
}


@pytest.mark.parametrize("name", CHOICES)
def test_the_sheet_that_is_read_is(name):
    sheets, number = CHOICES[name]
    tables, notices = read(packed(parts(*[sheet(rows) for rows, _ in sheets], states=tuple(state for _, state in sheets))))
    hidden = "hidden " if sheets[number - 1][1] else ""
    assert any(f"Only the {hidden}sheet 'S{number}' of the Excel file is read" in notice for notice in notices)
    assert len(tables[0].frame) == (len(CUSTOMERS) if sheets[number - 1][0] == TABLE else 1)


def test_hidden_sheets_that_hold_values_are_counted():
    sheets = [(TABLE, ""), (OTHER, HIDDEN), ("", HIDDEN), (TABLE, VERY_HIDDEN), (OTHER, "")]
    _, notices = read(packed(parts(*[sheet(rows) for rows, _ in sheets], states=tuple(state for _, state in sheets))))
    assert "2 hidden sheets of the Excel file hold values and are not read." in notices


def test_a_chart_is_no_sheet():
    content = parts(sheet(OTHER), sheet(TABLE))
    tables, notices = read(packed(content | {RELATED: content[RELATED].replace("worksheet", "chartsheet", 1)}))
    assert len(tables[0].frame) == len(CUSTOMERS) and notices == []


def test_without_customers_anywhere_the_fault_of_a_sheet_is_told():
    with pytest.raises(DataError, match="more than 500 columns"):
        read(packed(parts(sheet(row(1, [1] * 600)), sheet(OTHER))))


def hidden(*lines: int, rows: str = TABLE) -> str:
    for line in lines:
        rows = rows.replace(f'<row r="{line}"', f'<row r="{line}" hidden="1"')
    return rows


@pytest.mark.parametrize("rows", [3, 1_000])
def test_hidden_rows_are_read_and_counted(rows, monkeypatch):
    monkeypatch.setattr(excel, "_ROWS", rows)
    tables, notices = read(packed(parts(sheet(hidden(2, 5, NEXT - 1) + row(NEXT + 1, [None], ' hidden="true"')))))
    assert sum(len(table.frame) for table in tables) == len(CUSTOMERS)
    assert [notice for notice in notices if "hidden" in notice] == [
        "3 rows of the sheet are hidden in Excel and read like the others. Delete them first if they are not meant."
    ]


def test_hidden_columns_that_hold_values_are_read_and_named():
    columns = '<cols><col min="2" max="3" hidden="1"/><col min="4" max="4"/><col min="400" max="16384" hidden="1"/></cols>'
    tables, notices = read(packed(parts(sheet(before=columns))))
    assert list(tables[0].frame) == list(CUSTOMERS)
    names = ", ".join(map(repr, list(CUSTOMERS)[1:3]))
    assert f"2 columns of the sheet are hidden in Excel and read like the others: {names}." in notices


def test_where_nothing_is_hidden_nothing_is_said():
    assert read(packed(parts()))[1] == []


@pytest.mark.parametrize("line", [2, 9])
def test_a_formula_that_was_never_computed_is_told_wherever_it_stands(line, monkeypatch):
    monkeypatch.setattr(excel, "_ROWS", 3)
    at = f'</row><row r="{line + 1}"'
    _, notices = read(packed(parts(sheet(TABLE.replace(at, f'<c r="V{line}"><f>1+1</f></c>{at}')))))
    assert [notice for notice in notices if "never computed" in notice] == [
        "The sheet has formulas that were never computed; their cells are blank. Open and save it in Excel first."
    ]


def test_a_formula_whose_value_is_an_empty_text_is_computed():
    _, notices = read(packed(parts(sheet(TABLE + f'<row r="{NEXT}"><c t="str"><f>A1</f><v></v></c></row>'))))
    assert notices == []


def test_columns_are_those_of_the_header_and_those_that_hold_something():
    header = [*CUSTOMERS, None, "empty"]
    rows = row(1, header) + "".join(
        row(i, [*values, "beside"]) for i, values in enumerate(CUSTOMERS.to_numpy().tolist(), start=2)
    )
    (table,), _ = read(packed(parts(sheet(rows))))
    assert list(table.frame) == [*CUSTOMERS, "", "empty"]
    assert set(find_columns(table.frame.columns, TELCO).at) == set(CUSTOMERS)


@pytest.mark.parametrize("work", [1, 300])
def test_wide_or_long_rows_make_shorter_parts_and_change_nothing(work, monkeypatch):
    content = packed(parts())
    (whole,), _ = read(content)
    monkeypatch.setattr(excel, "_WORK", work)
    tables, _ = read(content)
    assert len(tables) > 1
    assert [values for table in tables for values in table.frame.to_numpy().tolist()] == whole.frame.to_numpy().tolist()


@pytest.mark.parametrize("way", ["inline", "shared", "formula"])
def test_a_carriage_return_comes_as_one_however_excel_writes_it(way):
    words = ["Contract_x000D_\nkind", "Two year_x000D_", "a_x005F_x000D_", "a_x000D_b"]
    cells = {
        "inline": "".join(f'<c t="inlineStr"><is><t>{word}</t></is></c>' for word in words),
        "shared": "".join(f'<c t="s"><v>{i}</v></c>' for i in range(4)),
        "formula": "".join(f'<c t="str"><f>A9</f><v>{word}</v></c>' for word in words),
    }[way]
    texts = shared("".join(f"<si><t>{word}</t></si>" for word in words))
    (part,), _ = read(packed(parts(sheet(f'<row r="1">{cells}</row><row r="2">{cells}</row>'), texts=texts)))
    assert part.frame.iloc[0].tolist()[:2] == ["Contract\r\nkind", "Two year\r"]
    assert part.frame.iloc[0].tolist()[2:] == ["a_x000D_" if way == "shared" else "a_x005F_x000D_", "a_x000D_b"]
