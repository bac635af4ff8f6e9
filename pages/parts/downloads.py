"""A table to take away."""

from collections.abc import Callable, Iterable
from io import BytesIO

import pandas as pd
import streamlit as st

from churn_core.data.writing.cells import csv_header, csv_lines, to_csv
from churn_core.data.writing.workbook import Look, to_xlsx
from pages.parts import words


def download_csv(
    label: str,
    table: Callable[[], pd.DataFrame],
    file_name: str,
    key: str,
    primary: bool = False,
    help: str | None = None,
    parts: Callable[[], Iterable[pd.DataFrame]] | None = None,
) -> None:
    """A button that builds ``table()`` and its CSV only when it is pressed, and reruns nothing. ``parts``: the same table some rows at
    a time, where it may be long; then the file alone is in memory as a whole, until the next run of a page.
    """
    st.download_button(
        words.markdown(label),
        data=lambda: to_csv(table())[0] if parts is None else _written(parts()),
        file_name=file_name,
        mime="text/csv",
        on_click="ignore",
        type="primary" if primary else "secondary",
        icon=":material/download:",
        key=key,
        help=words.markdown(help or "") or None,
    )


def _written(parts: Iterable[pd.DataFrame]) -> BytesIO:
    """The parts below each other as one CSV file: the bytes of ``to_csv`` of the whole."""
    whole = BytesIO()
    for part in parts:
        if not whole.tell():
            whole.write(csv_header(part.columns)[0])
        whole.write(csv_lines(part)[0])
    return whole


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
