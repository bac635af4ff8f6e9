"""Mutated tables as files of eight formats, and what may be wrong with such a file: in its structure, or in its bytes."""

import gzip
import io
import json
import random
import re
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from tests.benchmarks.mutations import LAST, TABLE, Case, Mutation, clean_table

FORMATS = ("csv", "tsv", "xlsx", "parquet", "gz", "zip", "json", "jsonl")

# The formats


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell)


def as_text(case: Case, rng: random.Random, delimiter: str = ",", plain: bool = False) -> bytes:
    """CSV; unless ``plain``, with any separator, quoting, line end and encoding that mean the same."""
    always, end, encoding = False, "\n", "utf-8"
    if not plain:
        delimiter, always = rng.choice((delimiter, delimiter, ";", "|", "\t")), rng.random() < 0.3
        end, encoding = (
            rng.choice(("\n", "\n", "\r\n", "\r")),
            rng.choice(("utf-8",) * 4 + ("utf-8-sig", "utf-16", "utf-16-le", "utf-32")),
        )

    def quoted(cell: Any) -> str:
        text = _text(cell)
        return '"' + text.replace('"', '""') + '"' if always or set(text) & set(f'"\r\n{delimiter}') else text

    lines = [delimiter.join(map(quoted, row)) for row in (case.header, *case.rows)]
    return (end.join(lines) + end).encode(encoding, "replace")


def _is_number(cell: Any) -> bool:
    return isinstance(cell, bool | int | float) and abs(cell) < 2**63


def as_excel(case: Case) -> bytes:
    book, stream = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    illegal = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
    for row in (case.header, *case.rows):
        sheet.append([cell if _is_number(cell) else illegal.sub("", _text(cell))[:32_000] or None for cell in row])
    book.save(stream)
    return stream.getvalue()


def as_arrow(case: Case) -> pa.Table:
    width = len(case.header)
    columns = []
    for i in range(width):
        values = [row[i] if i < len(row) else None for row in case.rows]
        try:
            columns.append(pa.array(values))
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError):
            columns.append(pa.array([None if value is None else str(value) for value in values]))
    return pa.table(columns, names=[str(name) for name in case.header])


def as_parquet(table: pa.Table, **how: Any) -> bytes:
    stream = io.BytesIO()
    pq.write_table(table, stream, **how)
    return stream.getvalue()


def as_records(case: Case) -> list[dict[str, Any]]:
    return [dict(zip(case.header, row, strict=False)) for row in case.rows]


def zipped(content: bytes, name: str = "customers.csv") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return stream.getvalue()


def written(case: Case, rng: random.Random, plain: bool = False) -> bytes:
    """The case as a file; ``plain`` as its format usually is."""
    if case.format == "xlsx":
        return as_excel(case)
    if case.format == "parquet":
        return as_parquet(as_arrow(case))
    if case.format == "json":
        return json.dumps(as_records(case)).encode()
    if case.format == "jsonl":
        return "\n".join(map(json.dumps, as_records(case))).encode()
    text = as_text(case, rng, "\t" if case.format == "tsv" else ",", plain)
    return gzip.compress(text, mtime=0) if case.format == "gz" else zipped(text) if case.format == "zip" else text


# What is wrong with a file of one format


def damaged_text(case: Case, rng: random.Random) -> None:
    """Lines cut, quotes that do not close, stray bytes, lines without end."""
    case.touch(None)
    text = case.content
    at = rng.randrange(len(text) + 1)
    piece = rng.choice(
        (b'"', b'"\n', b"\x00", b"\n\n\n", b"\r", b"\xff", b",,,,", b"\xef\xbb\xbf", b"\\", b'"' * 999, b"x" * 4_000_000)
    )
    garbage = b"no row at all\n" * rng.choice((5, 20_000))
    case.content = rng.choice(
        (text[:at] + piece + text[at:], text[:at], text[at:], garbage + text, text + garbage, text[:at] + garbage)
    )


_SHEET = re.compile(rb"<row .*?</row>", re.DOTALL)
_TAGS: list[tuple[bytes, list[bytes]]] = [
    (rb'(<row r=)"\d+"', [b'"0"', b'"-1"', b'"99999999999"', b'"1048577"', b'"1048576"', b'"x"', b'""', b'"5"']),
    (rb'(<c r=)"[A-Z]+\d+"', [b'"XFD1"', b'"ZZZZZZ1"', b'"A0"', b'"1A"', b'""', b'"A99999999999"', b'"\xc3\x841"', b'"B3"']),
    (rb'(<c r="[A-Z]+\d+" t=)"\w+"', [b'"b"', b'"e"', b'"d"', b'"inlineStr"', b'"str"', b'"zz"', b'""', b'"n"']),
    (rb"(<v>)[^<]*", [b"-1", b"999999", b"x", b"", b"1e400", b"NaN", b"-0", b"9" * 5000, b"&#0;", b"&unknown;", b"45000.5"]),
    (rb'(<c r="[A-Z]+\d+")', [b' s="9999"', b' s="-1"', b' s="x"', b' cm="1"']),
]


def damaged_excel(case: Case, rng: random.Random) -> None:
    """The workbook packed again, with another XML in it."""
    with zipfile.ZipFile(io.BytesIO(case.content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    rows = _SHEET.findall(parts[sheet])
    kind = rng.choice(
        ("tags", "tags", "tags", "rows", "empty", "deep", "missing", "strings", "entity", "hidden", "dimension", "names")
    )
    case.done.append(kind)
    if kind != "tags":
        case.touch(None)
    if kind == "tags":
        pattern, values = rng.choice(_TAGS)
        chosen = rng.randrange(len(rows))
        moves = pattern in (_TAGS[0][0], _TAGS[1][0]) or not 0 < chosen <= len(case.rows) or not case.rows[chosen - 1]
        case.touch(None if moves else case.rows[chosen - 1])
        changed = re.sub(pattern, lambda found: found[1] + rng.choice(values), rows[chosen], count=rng.choice((1, 1, 0)))
        parts[sheet] = parts[sheet].replace(rows[chosen], changed, 1)
    elif kind == "rows":
        parts[sheet] = parts[sheet].replace(rows[-1], rows[-1] * rng.choice((2, 500, 20_000)), 1)
    elif kind == "empty":
        filler = rng.choice((b'<row r="2"/>', b"<row/>", b'<row r="3"><c/></row>', b'<row><c r="A1"/><c r="A1"/></row>'))
        parts[sheet] = parts[sheet].replace(rows[-1], filler * rng.choice((10, 300_000)) + rows[-1], 1)
    elif kind == "deep":
        depth = rng.choice((10, 100_000))
        parts[sheet] = parts[sheet].replace(rows[-1], b"<row><c>" + b"<is>" * depth + b"</is>" * depth + b"</c></row>", 1)
    elif kind == "missing":
        del parts[rng.choice(list(parts))]
    elif kind == "strings":
        part = "xl/sharedStrings.xml"
        some = rng.choice(
            (b"<si/>", b"<si><t/></si>", b"<si><r><t>a</t></r><r><t>b</t></r></si>", b"<si><t>" + b"x" * 100_000 + b"</t></si>")
        )
        parts[part] = (
            parts[part].replace(b"<si>", some * rng.choice((1, 3, 2000)) + b"<si>", rng.choice((1, -1))) if part in parts else b""
        )
        parts[part] = parts[part][:60_000_000]
    elif kind == "entity":
        head = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
        parts[sheet] = parts[sheet].replace(b"<worksheet", head + b"<worksheet", 1).replace(b"<v>", b"<v>&b;", 1)
    elif kind == "hidden":
        parts[sheet] = parts[sheet].replace(b"<row ", b'<row hidden="1" ')
    elif kind == "dimension":
        parts[sheet] = re.sub(rb'(<dimension ref=)"[^"]*"', rb'\1"A1:XFD1048576"', parts[sheet])
    else:
        parts = {rng.choice((name, name.upper(), f"/{name}", f"../{name}")): content for name, content in parts.items()}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    case.content = stream.getvalue()


_TYPES: list[Callable[[pa.Array], pa.Array]] = [
    lambda column: column.dictionary_encode(),
    lambda column: column.cast(pa.large_string()),
    lambda column: column.cast(pa.string()).cast(pa.binary()),
    lambda column: column.cast(pa.decimal128(12, 3)),
    lambda column: column.cast(pa.float32()),
    lambda column: column.cast(pa.int8()),
    lambda column: column.cast(pa.timestamp("s")),
    lambda column: column.cast(pa.duration("s")),
    lambda column: column.cast(pa.bool_()),
    lambda column: pa.nulls(len(column)),
    lambda column: pa.array([[value] for value in column.to_pylist()]),
    lambda column: pa.array([{"a": value} for value in column.to_pylist()]),
    lambda column: pa.array([None if i % 3 else value for i, value in enumerate(column.to_pylist())]),
    lambda column: pa.array(["x" * 50_000 if i == len(column) - 1 else str(v) for i, v in enumerate(column.to_pylist())]),
]


def damaged_parquet(case: Case, rng: random.Random) -> None:
    """Other types, nulls, nested columns, many rows that take no room, small row groups, other codecs."""
    case.touch(None)
    table = as_arrow(case)
    if table.num_rows and rng.random() < 0.15:
        table = pa.concat_tables([table.slice(0, 1)] * rng.choice((2, 5_000)))
    for _ in range(rng.choice((0, 1, 1, 2, 6))):
        at = rng.randrange(table.num_columns)
        try:
            column = rng.choice(_TYPES)(table.column(at).combine_chunks())
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError):
            continue
        table = table.set_column(at, table.column_names[at], column)
    how: dict[str, Any] = {
        "row_group_size": rng.choice((1, 7, 10_000)),
        "compression": rng.choice(("snappy", "zstd", "none", "gzip")),
    }
    how |= {
        "use_dictionary": rng.random() < 0.5,
        "version": rng.choice(("1.0", "2.6")),
        "data_page_version": rng.choice(("1.0", "2.0")),
    }
    case.content = as_parquet(table.slice(0, rng.choice((0, 1, None, None, None))), **how)


def damaged_json(case: Case, rng: random.Random) -> None:
    """Other shapes, depth, numbers and ends."""
    case.touch(None)
    records, text = as_records(case), case.content.decode()
    deep, how = rng.choice((5, 100_000)), rng.randrange(9)
    shaped = (
        lambda: json.dumps({rng.choice(("data", "customers", "rows")): records}),
        lambda: json.dumps({name: [record.get(name) for record in records] for name in case.header}),
        lambda: json.dumps({"columns": case.header, "data": case.rows}),
        lambda: text.replace(":", ':{"a":' * deep, 1),
        lambda: "[" * deep + text + "]" * deep,
        lambda: re.sub(
            r": \d+", lambda found: rng.choice((": NaN", ": 1e999", ": " + "9" * 6000, ": [1]", ": {}")), text, count=3
        ),
        lambda: "\ufeff" + text,
        lambda: text.replace("}", ",}", 1) + ",",
        lambda: text.replace('"tenure"', '"gender"', rng.choice((1, -1))),
    )
    case.content = shaped[how]().encode()


def damaged_archive(case: Case, rng: random.Random) -> None:
    """Archives in archives, several tables in one, other names, and much of nothing."""
    case.touch(None)
    text = as_text(case, rng, plain=True)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(rng.choice((0, 1, 2, 3000))):
            archive.writestr(f"{number}.csv", text if number < 3 else b"")
        archive.writestr(rng.choice(("../evil.csv", "/etc/passwd", "__MACOSX/._a.csv", "a/b/c.csv", "a.txt", "a\x00b.csv")), text)
    bomb = b"\n" * rng.choice((1_000_000, 100_000_000))
    packed: tuple[Callable[[], bytes], ...] = (
        stream.getvalue,
        lambda: gzip.compress(gzip.compress(text)),
        lambda: zipped(gzip.compress(text), "a.csv.gz"),
        lambda: gzip.compress(text) * 3,
        lambda: gzip.compress(text + bomb),
        lambda: zipped(text + bomb),
        lambda: zipped(as_excel(case), "a.xlsx"),
        lambda: gzip.compress(as_parquet(as_arrow(case))),
    )
    case.content = rng.choice(packed)()


OF_FORMAT: dict[str, Mutation] = {
    **dict.fromkeys(("csv", "tsv"), damaged_text),
    **dict.fromkeys(("gz", "zip"), damaged_archive),
    **dict.fromkeys(("json", "jsonl"), damaged_json),
    "xlsx": damaged_excel,
    "parquet": damaged_parquet,
}


def damaged_bytes(case: Case, rng: random.Random) -> None:
    """Bytes changed, left out, doubled or cut off, whatever the format."""
    case.touch(None)
    content = bytearray(case.content)
    for _ in range(rng.choice((1, 1, 3, 30))):
        at, length = rng.randrange(len(content) + 1), rng.choice((1, 4, 100))
        how = rng.randrange(5)
        if how == 0 and at < len(content):
            content[at] = rng.randrange(256)
        elif how == 1:
            del content[at : at + length]
        elif how == 2:
            content[at:at] = content[at : at + length]
        elif how == 3:
            content[at:at] = rng.randbytes(length)
        elif rng.random() < 0.2:
            del content[at:]
    case.content = bytes(content)


def made(seed: int) -> Case:
    """The case of this number, the same every time."""
    rng = random.Random(seed)
    header, rows = clean_table()
    case = Case(header=header, rows=rows, format=rng.choice(FORMATS))
    for mutation in sorted(rng.choices(TABLE, k=rng.choice((0, 1, 1, 2, 3))), key=lambda each: each in LAST):
        mutation(case, rng)
        case.done.append(mutation.__name__)
    case.content = written(case, rng)
    if rng.random() < 0.5 and case.rows:
        OF_FORMAT[case.format](case, rng)
        case.done.append(OF_FORMAT[case.format].__name__)
    if rng.random() < 0.25:
        damaged_bytes(case, rng)
        case.done.append("damaged_bytes")
    return case


def clean_file(kind: str) -> bytes:
    header, rows = clean_table()
    return written(Case(header=header, rows=rows, format=kind), random.Random(0), plain=True)
