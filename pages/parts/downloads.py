"""A table to take away."""

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

import pandas as pd
import streamlit as st

from churn_core.data.writing.cells import csv_header, csv_lines, to_csv
from churn_core.data.writing.workbook import Look, to_xlsx
from pages.parts import words
from pages.parts.tickets import tickets

Parts = Callable[[], Iterable[pd.DataFrame]]

_PIECE = 2**20  # bytes of an open file that are read at once
_READING = threading.Lock()  # for as long as one piece: two may fetch the same file, and it has one position


def download_csv(
    label: str,
    table: Callable[[], pd.DataFrame],
    file_name: str,
    key: str,
    primary: bool = False,
    help: str | None = None,
    parts: Callable[[], Parts] | None = None,
) -> None:
    """A button that builds ``table()`` and its CSV only when it is pressed, and reruns nothing. ``parts``: called then too, and gives
    what makes the same table some rows at a time, where it may be long; they are made while the file is sent, and none is kept.
    """
    st.download_button(
        words.markdown(label),
        data=lambda: to_csv(table())[0] if parts is None else _ticket(parts()),
        file_name=file_name,
        mime="text/csv",
        on_click="ignore",
        type="primary" if primary else "secondary",
        icon=":material/download:",
        key=key,
        help=words.markdown(help or "") or None,
    )


def _ticket(parts: Parts) -> bytes:
    """For the parts below each other as one CSV file: the bytes of ``to_csv`` of the whole."""
    return tickets().ticket(lambda: _csv(parts))


def _csv(parts: Parts) -> Iterator[bytes]:
    for at, part in enumerate(parts()):
        yield (b"" if at else csv_header(part.columns)[0]) + csv_lines(part)[0]


def in_pieces(file: BinaryIO) -> Iterator[bytes]:
    """What an open file holds, from its beginning."""
    at = 0
    while piece := _read_at(file, at):
        yield piece
        at += len(piece)


def _read_at(file: BinaryIO, at: int) -> bytes:
    with _READING:
        file.seek(at)
        return file.read(_PIECE)


def download_xlsx(label: str, sheets: Callable[[], dict[str, pd.DataFrame]], file_name: str, key: str, look: Look) -> None:
    """The same for an Excel file of several sheets."""
    st.download_button(
        words.markdown(label),
        data=lambda: to_xlsx(sheets(), look)[0],
        file_name=file_name,
        mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        on_click="ignore",
        icon=":material/download:",
        key=key,
    )
