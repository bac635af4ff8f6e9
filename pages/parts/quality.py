"""What was found in a file and what was done about it: repairs, contradictions, rejects."""

import pandas as pd
import streamlit as st

from churn_core.data.quality import QualityReport
from pages.parts import words
from pages.parts.tables import quality_columns, reject_columns, show_table

_KINDS = ("kind", "column", "what", "count", "example", "done")


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
    show_table(table[list(_KINDS)], quality_columns(), key=key)


def rejects_table(rejects: pd.DataFrame, rejected: int, key: str) -> None:
    """The first rows that could not be used, and why."""
    more = f" (the first {words.count(len(rejects))} of {words.count(rejected)})" if rejected > len(rejects) else ""
    st.markdown(f"**Rejected**: mend these rows and upload them again{more}")
    show_table(rejects[["row", "problem"]], reject_columns(), key=key)
