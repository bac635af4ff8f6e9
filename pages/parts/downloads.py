"""A table to take away."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from churn_core.data.writing.cells import to_csv
from churn_core.data.writing.workbook import Look, to_xlsx
from pages.parts import words


def download_csv(
    label: str, table: Callable[[], pd.DataFrame], file_name: str, key: str, primary: bool = False, help: str | None = None
) -> None:
    """A button that builds ``table()`` and its CSV only when it is pressed, and reruns nothing."""
    st.download_button(
        words.markdown(label),
        data=lambda: to_csv(table())[0],
        file_name=file_name,
        mime="text/csv",
        on_click="ignore",
        type="primary" if primary else "secondary",
        icon=":material/download:",
        key=key,
        help=words.markdown(help or "") or None,
    )


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
