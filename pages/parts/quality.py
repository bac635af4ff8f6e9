"""What was found in a file and what was done about it: repairs, contradictions, rejects."""

from typing import Any

import pandas as pd
import streamlit as st

from churn_core.data.quality import QualityReport
from pages.parts import words

_KINDS = {"kind": "Kind", "column": "Column", "what": "What", "count": "Rows", "example": "For example", "done": "What was done"}


def quality_table(quality: QualityReport, key: str) -> None:
    """Everything that was found, and every repair, with counts and examples."""
    found = quality.finding_table()
    repairs = pd.DataFrame(
        [("repaired", r.column, r.what, r.count, "", "repaired") for r in quality.repairs if not r.what.startswith("blank")],
        columns=list(_KINDS),
    )
    table = pd.concat([found, repairs], ignore_index=True) if len(found) else repairs
    if table.empty:
        st.caption("Nothing missing, out of range, unknown or contradictory was found.")
        return
    st.dataframe(table[list(_KINDS)], hide_index=True, key=key, column_config=_columns())


def rejects_table(rejects: pd.DataFrame, rejected: int, key: str) -> None:
    """The first rows that could not be used, and why."""
    more = f" (the first {words.count(len(rejects))} of {words.count(rejected)})" if rejected > len(rejects) else ""
    st.markdown(f"**Rejected**: mend these rows and upload them again{more}")
    columns: dict[str, Any] = {
        "row": st.column_config.NumberColumn("Line in the file", width="small", format="%d"),
        "problem": "Problem",
    }
    st.dataframe(rejects[["row", "problem"]], hide_index=True, key=key, column_config=columns)


def _columns() -> dict[str, Any]:
    number = st.column_config.NumberColumn(_KINDS["count"], format="localized")
    return {name: number if name == "count" else label for name, label in _KINDS.items()}
