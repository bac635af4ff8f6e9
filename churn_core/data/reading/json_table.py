"""JSON → parts of a raw table: records in an array, one to a line, or laid out as pandas does."""

import itertools
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from churn_core.data.reading import encoding
from churn_core.data.reading.encoding import Readable, utf8_blocks
from churn_core.data.reading.header import names_customers, refuse_many
from churn_core.data.reading.json_text import DECODER, JsonText, TooLong, Twice
from churn_core.data.reading.lines import Unread
from churn_core.errors import DataError
from churn_core.formats import count, listed
from churn_core.jobs import Report
from churn_core.schema import Schema

_ROWS = 25_000  # records of a part
_CELLS = 1_000_000  # values of a part
_PART = 16 * 2**20  # characters of a part, about
_MOST_COLUMNS = 2_000  # names; a customer table has some dozens
_MOST_UNREAD = 10_000  # consecutive records that are no rows
_MOST_EMPTY = 100_000  # consecutive records without a name
_MOST_OF_A_DOCUMENT = 8 * 2**20  # characters of an object that is no list of records; it lies in memory as a whole
_EXAMPLES = 3  # names that are said
_BEGINNING = 20  # characters; they show what follows
_SURROGATE = re.compile("[\ud800-\udfff]")
_RECORDS = 'Write it as records, [{"name": value, …}, …]; in pandas: to_json(orient="records").'

Placed = tuple[int, int, Any]  # the number of a record or its line, its characters, the value; ``Unread`` if there is none
JsonPart = tuple[pd.DataFrame, list[Unread], None]


def is_json(head: bytes) -> bool:
    """Whether a file that begins with ``head`` is JSON.

    >>> [is_json(head) for head in (b'[{"a": 1}]', b'\\xef\\xbb\\xbf {"a": 1}', b"[name],[note]", b"{name},{note}")]
    [True, True, False, False]
    """
    return re.match(r'[\s\x1e\ufeff]*(\[\s*[{\["\]\d-]|\{\s*["}])', encoding.beginning(head)) is not None


def open_json(stream: Readable, notices: list[str], schema: Schema, report: Report) -> tuple[list[str], Iterator[JsonPart]]:
    """The columns, which are the names of the first part's records in the order in which they appear, and the parts. The index
    is the number of the record, from 1, or its line where each record has its own. Values keep their types; nested ones become
    text. ``notices`` grows.

    Raises ``DataError``, at once or while iterating, if the JSON is damaged, holds no records, or has names without end.
    """
    parts = _Parts(_records(JsonText(utf8_blocks(stream, notices), report), schema), notices)
    first = next(parts, None)
    if not parts.names:
        raise DataError(f"The JSON holds no customers. {_RECORDS}")
    refuse_many(parts.columns)
    return parts.columns, itertools.chain([first] if first else [], parts)


def _records(text: JsonText, schema: Schema) -> Iterator[Placed]:
    if text.peek() == "[":
        return _of_lists(text)
    line, number = text.line_ahead(), 1 + text.text.count("\n", 0, text.at)
    if line.endswith("\n") and isinstance(first := _of_line(line), dict):
        text.at += len(line)
        lines = enumerate(text.lines(), start=number + 1)
        following = next(((number, line) for number, line in lines if line.strip()), None)
        if following is None:
            return _of_document(first, schema)
        return _of_lines(itertools.chain([(number, line), following], lines))
    try:
        document = text.value("The object", _MOST_OF_A_DOCUMENT)
    except TooLong:
        return _in_object(text)
    if text.peek():  # several objects, each over several lines
        return itertools.chain([(1, 0, document)], text.sequence(after=1))
    return _of_document(document, schema)


def _of_lists(text: JsonText) -> Iterator[Placed]:
    """The records of a list, and of those that follow it, as pages of an answer do."""
    number = 0
    while text.peek() == "[":
        text.at += 1
        for placed in text.sequence("]", after=number):
            number = placed[0]
            yield placed
    _refuse_more(text, "its list of records")


def _refuse_more(text: JsonText, what: str) -> None:
    """Raises ``DataError`` unless the text has ended; what follows would be left out."""
    if text.peek():
        raise DataError(f"The JSON goes on after {what}, with {_shown(text.text[text.at :][:_BEGINNING])}. {_RECORDS}")


def _of_lines(lines: Iterable[tuple[int, str]]) -> Iterator[Placed]:
    """The records of lines with one each."""
    for number, line in lines:
        if line.strip():
            found = _of_line(line)
            yield number, len(line), Unread(row=number, problem=found, text=line.strip()) if isinstance(found, str) else found


def _of_line(line: str) -> Any:
    """The value in a line, or what is wrong with it."""
    bare = line.strip("\x1e\r\n\t ,")
    try:
        found, end = DECODER.raw_decode(bare)
    except RecursionError:
        return "is nested too deep for a customer"
    except json.JSONDecodeError:
        return "is no JSON"
    return found if end == len(bare) and not isinstance(found, str) else "holds more than one JSON value, or text alone"


def _in_object(text: JsonText) -> Iterator[Placed]:
    """The records of the one list that a large object has among its values."""
    text.at += 1
    found = ""
    while (character := text.peek()) != "}":
        name = text.value("The object") if character == '"' else None
        if not isinstance(name, str) or not text.colon():
            raise DataError("The JSON is damaged or cut off in its outermost object. Write it again.")
        if text.peek() != "[":
            try:
                text.value(f"The value {_shown(name)}")
            except TooLong as error:
                raise DataError(f"The JSON is larger than 8 MB and no list of records. {_RECORDS}") from error
        elif found:
            raise _several([found, name])
        else:
            found, text.at = name, text.at + 1
            yield from text.sequence("]")
    text.at += 1
    if not found:
        raise DataError(f"The JSON holds no list of records. {_RECORDS}")
    _refuse_more(text, "its object")


def _of_document(document: Any, schema: Schema) -> Iterator[Placed]:
    """The records of an object: its list of records, the layouts of pandas, or the object as the only record."""
    names, values = list(document), list(document.values())
    lists = [name for name in names if _holds(document[name], list, dict)]
    records: list[Any]
    if names_customers(names, schema) and not all(isinstance(value, dict | list) for value in values):
        records = [document]
    elif len(lists) > 1:
        raise _several(lists)
    elif lists:
        records = document[lists[0]]
    elif _holds(document.get("columns"), list, str) and _holds(document.get("data"), list, list):  # to_json(orient="split")
        records = [dict(zip(document["columns"], row, strict=False)) for row in document["data"]]
    elif values and all(isinstance(value, list) for value in values):  # to_dict("list")
        records = [dict(zip(names, row, strict=True)) for row in itertools.zip_longest(*values)]
    elif values and all(isinstance(value, dict) for value in values):  # by column, or by row
        by_column = names_customers(names, schema) or not names_customers(list(values[0]), schema)
        places = dict.fromkeys(place for value in values for place in value) if by_column else {}
        records = [{name: document[name].get(place) for name in names} for place in places] if by_column else values
    else:
        records = [document]
    return ((number, 0, record) for number, record in enumerate(records, start=1))


def _holds(value: Any, outer: type, inner: type) -> bool:
    return isinstance(value, outer) and bool(value) and all(isinstance(each, inner) for each in value)  # type: ignore[attr-defined]


def _several(lists: list[str]) -> DataError:
    names = listed(_shown(name) for name in lists[:5])
    return DataError(f"The JSON holds several lists of records ({names}). Keep the one of the customers.")


class _Parts(Iterator[JsonPart]):
    """The parts of the records. ``names`` are those of the first part; later ones are left out, which ``notices`` say."""

    def __init__(self, records: Iterator[Placed], notices: list[str]) -> None:
        self._records, self._notices = records, notices
        self.names: dict[str, None] = {}
        self._begun, self._unread, self._empty = False, 0, 0  # consecutive records that are no rows, or hold nothing
        self._nested, self._late = dict[str, None](), dict[str, None]()

    @property
    def columns(self) -> list[str]:
        return [_plain(name).strip() for name in self.names]

    def __next__(self) -> JsonPart:
        rows, places, unread, size = list[dict[str, Any]](), list[int](), list[Unread](), 0
        for place, length, record in self._records:
            size += length
            if problem := self._problem(place, record):
                unread.append(problem)
            elif not record:
                self._count_empty()
            else:
                self._note(record)
                rows.append(record)
                places.append(place)
            if size > _PART or len(rows) + len(unread) >= _ROWS or len(rows) * len(self.names) > _CELLS:
                break
        if not rows and not unread:
            self._tell()
            raise StopIteration
        self._begun = True
        cells = {i: self._cells(name, [row.get(name) for row in rows]) for i, name in enumerate(self.names)}
        frame = pd.DataFrame(cells, index=pd.Index(places, dtype="int64"), dtype="object")
        frame.columns = pd.Index(self.columns, dtype="object")
        return frame, unread, None

    def _problem(self, place: int, record: Any) -> Unread | None:
        """Why a record is no row, if it is none. Raises ``DataError`` after ``_MOST_UNREAD`` consecutive ones."""
        if isinstance(record, dict) and not isinstance(record, Twice):
            if record:
                self._unread = self._empty = 0
            return None
        if not self._begun and isinstance(record, list):
            raise DataError(f"The JSON holds lists of values, not records. {_RECORDS}")
        self._unread += 1
        if isinstance(record, Unread):
            problem = record
        elif isinstance(record, Twice):
            problem = Unread(
                row=place, problem=f"has {_shown(record.name)} more than once, with different values", text=_text(record)
            )
        else:
            problem = Unread(row=place, problem="is no record of names and values", text=_text(record))
        if self._unread > _MOST_UNREAD:
            raise DataError(
                f"Record {place} {problem.problem}; {count(_MOST_UNREAD)} consecutive records are no rows. Export the JSON again."
            )
        return problem

    def _count_empty(self) -> None:
        self._empty += 1
        if self._empty > _MOST_EMPTY:
            raise DataError(f"The JSON has more than {count(_MOST_EMPTY)} consecutive empty records. Leave them out.")

    def _note(self, record: dict[str, Any]) -> None:
        """Take the names of a record of the first part; remember new ones of a later part."""
        if record.keys() <= self.names.keys():
            return
        more = self._late if self._begun else self.names
        more |= dict.fromkeys(name for name in record if name not in self.names)
        if len(more) > _MOST_COLUMNS:
            raise DataError(f"The JSON has more than {count(_MOST_COLUMNS)} names. Are its records customers?")

    def _cells(self, name: str, values: list[Any]) -> list[Any]:
        """The values of a column; nested ones as text."""
        kinds = set(map(type, values))
        if kinds & {dict, list, Twice}:
            self._nested.setdefault(name)
            values = [_text(value) if isinstance(value, dict | list) else value for value in values]
        if str in kinds and not (kinds == {str} and all(map(str.isascii, values))):
            values = [_plain(value) if isinstance(value, str) else value for value in values]
        return values

    def _tell(self) -> None:
        """What was done to the names and values, once all are read."""
        nested, late = ([_shown(name) for name in list(names)[:_EXAMPLES]] for names in (self._nested, self._late))
        if nested:
            self._notices.append(f"Nested values are kept as text: {listed(nested)}.")
        if late:
            self._notices.append(f"Names that appear late in the JSON are left out: {listed(late)}.")
        self._nested, self._late = {}, {}


def _text(value: Any) -> str:
    try:
        return _plain(json.dumps(value, ensure_ascii=False))
    except RecursionError:
        return "…"


def _plain(words: str) -> str:
    """Text without halves of characters, which JSON can name, and no file can hold."""
    return words if words.isascii() else _SURROGATE.sub("\ufffd", words)


def _shown(name: str) -> str:
    return repr(_plain(name if len(name) <= 60 else name[:59] + "…"))
