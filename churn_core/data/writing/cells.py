"""Tables → CSV files that are safe to open in a spreadsheet."""

import re
from collections.abc import Iterable
from io import BytesIO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

_RUNS = r"""^["'\s\x0b\x1c-\x1f\x{85}\p{Z}]*[=+\-@\t\r]|^[\t\r]"""
NUMBER = r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$"
_NEEDS_QUOTES = r'[,"\r\n]'
_SUSPECT = np.array([byte >= 128 or chr(byte) in "=+-@\"'" or not chr(byte).isprintable() or byte == 32 for byte in range(256)])
_MANY, _MANY_NUMBERS = 1_000, 4_000  # words, numbers; they show whether a column repeats itself
_AT_ONCE = 50_000  # rows that are text at the same time: of a long table the file alone is in memory as a whole
_HALVES = re.compile("[\ud800-\udfff]")  # of surrogate pairs, which UTF-8 cannot carry


def to_csv(table: pd.DataFrame) -> tuple[bytes, int]:
    """``table`` as UTF-8 CSV without its index, and the number of cells that were made harmless.

    Text that a spreadsheet would run as a formula (it begins with = + - @, tab or carriage return, also after
    quotes and spaces, and is not a plain number) gets a leading apostrophe, in the header too. Everything else
    stays as it is; floats are written so that reading them back gives the same bits. Lines end in CR LF
    (RFC 4180).

    >>> to_csv(pd.DataFrame({"note": ["=1+1", "-5", "fine"]}))
    (b"note\\r\\n'=1+1\\r\\n-5\\r\\nfine\\r\\n", 1)
    """
    header, count = csv_header(table.columns)
    whole = BytesIO()
    whole.write(header)
    for start in range(0, len(table), _AT_ONCE):
        lines, in_lines = csv_lines(table.iloc[start : start + _AT_ONCE])
        whole.write(lines)
        count += in_lines
    return whole.getvalue(), count


def csv_header(names: Iterable[object]) -> tuple[bytes, int]:
    """The header line of a CSV file, and how many names were made harmless."""
    words, harmful = _harmless(pa.array([_whole(str(name)) for name in names], type=pa.large_string()))
    return ",".join(_quoted(words).to_pylist()).encode() + b"\r\n", _count(harmful)


def csv_lines(table: pd.DataFrame, lines: pa.Array | None = None, read: int = 0) -> tuple[bytes | pa.Buffer, int]:
    """The rows as lines of a CSV file, and how many cells were made harmless.

    ``lines`` (n,): the text from which the first ``read`` columns were read; it is copied, unless a cell in it has to be made
    harmless.
    """
    if table.empty:
        return b"", 0
    if lines is None or _holds_formulas(table.iloc[:, :read]):
        read = 0
    columns, count = [lines] if read else [], 0
    for position in range(read, table.shape[1]):
        words, harmless = _as_text(table.iloc[:, position])
        columns.append(words)
        count += harmless
    if len(columns) == 1:  # an empty line would not be a row
        columns[0] = pc.if_else(pc.equal(columns[0], ""), _large('""'), columns[0])
    columns[-1] = _joined(columns[-1], "\r\n")
    lines = pc.binary_join_element_wise(*columns, _large(","))
    offsets = np.frombuffer(lines.buffers()[1], dtype=np.int64)
    first, last = offsets[lines.offset], offsets[lines.offset + len(lines)]
    return lines.buffers()[2][int(first) : int(last)], count


def _as_text(values: pd.Series) -> tuple[pa.Array, int]:
    """Each value as a CSV file holds it, and how many were made harmless."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return _each_once(_text_of(values.cat.categories.to_series()), values.cat.codes.to_numpy())
    if isinstance(values.dtype, np.dtype) and values.dtype.kind == "f" and len(values) > _MANY_NUMBERS:
        bits = pa.array(values.to_numpy().view(f"u{values.dtype.itemsize}"))  # -0.0 equals 0.0, but is written differently
        if len(pc.unique(bits[:_MANY_NUMBERS])) < 0.9 * _MANY_NUMBERS:  # writing a number costs more than looking it up
            coded = pc.dictionary_encode(bits)
            return _text_of(pd.Series(coded.dictionary.to_numpy().view(values.dtype))).take(coded.indices), 0
    words = _text_of(values)
    if pd.api.types.is_numeric_dtype(values.dtype):  # truth values too
        return words, 0
    if len(words) > _MANY and len(pc.unique(words[:_MANY])) < _MANY / 8:
        distinct = pc.unique(words)
        if not _count(_harmless(distinct)[1]) and _quoted(distinct) is distinct:  # as most words, they stand as they are
            return words, 0
        coded = pc.dictionary_encode(words)
        return _each_once(coded.dictionary, coded.indices.to_numpy(zero_copy_only=False))
    words, harmful = _harmless(words)
    return _quoted(words), _count(harmful)


def _holds_formulas(table: pd.DataFrame) -> bool:
    kinds = list(table.dtypes)
    of_categories = [word for kind in kinds if isinstance(kind, pd.CategoricalDtype) for word in kind.categories]
    others = (table.iloc[:, i] for i, kind in enumerate(kinds) if not isinstance(kind, pd.CategoricalDtype))
    for values in (pd.Series(of_categories, dtype="object"), *others):
        suspects = _suspects(_text_of(values))
        if len(suspects) and _count(_harmless(suspects)[1]):
            return True
    return False


def _suspects(words: pa.Array) -> pa.Array:
    """The words that begin with a character that can begin a formula, each of them once. It looks at the first byte of each word,
    which clears nearly every column at a tenth of the cost of the whole rule.
    """
    offsets = np.frombuffer(words.buffers()[1], dtype=np.int64)[words.offset : words.offset + len(words) + 1]
    filled = np.flatnonzero(offsets[1:] > offsets[:-1])
    if not len(filled):
        return words[:0]
    begins = np.frombuffer(words.buffers()[2], dtype=np.uint8)[offsets[filled]]
    return words.take(pa.array(filled[_SUSPECT[begins]])).unique()


def _each_once(distinct: pa.Array, codes: np.ndarray) -> tuple[pa.Array, int]:
    """The same as ``_as_text`` for values that repeat; the code -1 is a missing value."""
    words, harmful = _harmless(distinct)
    words = pa.concat_arrays([_quoted(words), pa.array([""], pa.large_string())])
    places = np.where(codes < 0, len(distinct), codes) if len(codes) and codes.min() < 0 else codes
    harmful = np.append(harmful.to_numpy(zero_copy_only=False), False)
    return words.take(pa.array(places)), int(harmful[places].sum()) if harmful.any() else 0


def _text_of(values: pd.Series) -> pa.Array:
    kind = values.dtype
    if isinstance(kind, np.dtype) and kind.kind == "f":
        words = pc.cast(pa.array(values.to_numpy(), from_pandas=True), pa.large_string())
    elif isinstance(kind, np.dtype) and kind.kind == "b":
        words = pc.if_else(pa.array(values.to_numpy()), _large("True"), _large("False"))
    elif isinstance(kind, np.dtype) and kind.kind in "iu":
        words = pc.cast(pa.array(values.to_numpy()), pa.large_string())
    elif isinstance(kind, pd.StringDtype):
        words = pc.cast(pa.array(values), pa.large_string())
    else:
        words = pa.array([None if pd.isna(cell) else _whole(str(cell)) for cell in values], type=pa.large_string())
    words = words.combine_chunks() if isinstance(words, pa.ChunkedArray) else words
    return words.fill_null("") if words.null_count else words


def _large(text: str) -> pa.Scalar:
    return pa.scalar(text, pa.large_string())


def _joined(*parts: pa.Array | str) -> pa.Array:
    """The parts of each cell joined; a part is an array, or one text for all cells."""
    return pc.binary_join_element_wise(*(_large(part) if isinstance(part, str) else part for part in parts), _large(""))


def _whole(text: str) -> str:
    return text if text.isascii() else _HALVES.sub("?", text)


def _harmless(words: pa.Array) -> tuple[pa.Array, pa.Array]:
    """The words, with an apostrophe before each that a spreadsheet would run, and a mask of these."""
    harmful = pc.match_substring_regex(words, _RUNS)
    if not pc.any(harmful).as_py():
        return words, harmful
    harmful = pc.and_not(harmful, pc.match_substring_regex(words, NUMBER))
    return pc.if_else(harmful, _joined("'", words), words), harmful


def _count(which: pa.Array) -> int:
    return pc.sum(which).as_py() or 0


def _quoted(words: pa.Array) -> pa.Array:
    special = pc.match_substring_regex(words, _NEEDS_QUOTES)
    if not pc.any(special).as_py():
        return words
    doubled = pc.replace_substring(words, '"', '""')
    return pc.if_else(special, _joined('"', doubled, '"'), words)
