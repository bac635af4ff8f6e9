"""Delimited text, read in blocks of any size."""

import io
from unittest import mock

from churn_core.data.reading import encoding
from churn_core.data.reading.text import TextBlocks
from churn_core.data.synthetic import generate
from churn_core.data.writing.cells import to_csv
from churn_core.schema.telco import TELCO

CUSTOMERS = generate(120, seed=5, schema=TELCO)
FILE = to_csv(CUSTOMERS)[0]


def read(content: bytes, block: int = 2**22, sample: int = 2**16, line_by_line: bool = False, coded: bool = False):
    """(line → values, unread lines, the blocks' own text of each line, the reader)."""
    patches = {"BLOCK": block, "SAMPLE": sample}
    with mock.patch.multiple(encoding, **patches):
        blocks = TextBlocks(io.BytesIO(content), coded=coded, schema=TELCO)
        if line_by_line:
            blocks._regular = lambda block, ends, line: None
        rows, unread, lines = {}, [], {}
        for frame, refused, written in blocks:
            assert list(frame.columns) == blocks.columns and not set(frame.index) & set(rows)
            values = frame.astype(str).to_numpy().tolist()
            rows |= dict(zip(frame.index.tolist(), values, strict=True))
            unread += refused
            if written is not None:
                lines |= dict(zip(frame.index.tolist(), written.to_pylist(), strict=True))
    return rows, unread, lines, blocks


def outcome(content: bytes, **how):
    rows, unread, _, blocks = read(content, **how)
    return rows, unread, blocks.columns, blocks.decimal, sorted(blocks.notices)
