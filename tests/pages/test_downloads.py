"""A long table is written part by part while it is sent, and the file is that of the whole."""

import tempfile
from itertools import zip_longest

import pandas as pd
import pytest

from churn_core.api.streamed import Tickets
from churn_core.data.writing.cells import to_csv
from pages.parts import downloads

TABLE = pd.DataFrame(
    {"name": ["=1+1", "a, b", 'c "d"', "", "é"], "amount": [0.1, 1e-7, -0.0, float("nan"), 12.5], "rank": range(5)}
)


@pytest.fixture
def tickets(monkeypatch) -> Tickets:
    """Those of this test alone."""
    given = Tickets()
    monkeypatch.setattr(downloads, "tickets", lambda: given)
    return given


@pytest.mark.parametrize("rows", [1, 2, 5])
def test_the_file_of_parts_is_that_of_the_whole_table_and_each_is_made_when_it_is_sent(monkeypatch, tickets, rows):
    given = {}
    monkeypatch.setattr(downloads.st, "download_button", lambda label, **told: given.update(told))
    asked, made = [], []

    def parts():
        for start in range(0, len(TABLE), rows):
            made.append(start)
            yield TABLE.iloc[start : start + rows]

    def called():
        asked.append(1)
        return parts

    downloads.download_csv("Download", lambda: TABLE, "table.csv", key="table", parts=called)
    assert not asked
    pieces = tickets.pieces(given["data"]())
    assert asked == [1] and not made, "what is kept of a list is kept when the button is pressed, its table is made later"
    for _ in range(2):  # a browser that lost the connection asks again
        made.clear()
        sent = []
        for piece in pieces():
            sent.append(piece)
            assert len(made) == len(sent)
        assert b"".join(sent) == to_csv(TABLE)[0] and asked == [1]


def test_an_open_file_is_sent_whole_to_two_at_once():
    content = bytes(range(256)) * 10_000
    with tempfile.TemporaryFile() as file:
        file.write(content)
        first, second = (downloads.in_pieces(file) for _ in range(2))
        pairs = list(zip_longest(first, second))
    assert len(pairs) > 2 and all(b"".join(each) == content for each in zip(*pairs, strict=True))
