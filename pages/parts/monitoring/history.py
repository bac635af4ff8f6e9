"""What the database and the registry remember: files, verdicts, thresholds, versions."""

from typing import Any

import pandas as pd
import streamlit as st

from churn_core import settings
from churn_core.application.workspace import Workspace
from churn_core.batch.local import ScoredFile
from churn_core.campaign.plan import Plan
from churn_core.charts.monitoring import files_figure
from churn_core.model.registry import Registry
from churn_core.monitoring.profile import Profile
from churn_core.monitoring.verdict import MONEY_NAMED
from churn_core.storage.files_seen import FileRecord
from pages.parts import words
from pages.parts.frame import chart, palette, store
from pages.parts.quality import quality_table, rejects_table
from pages.parts.standing import what_was_done
from pages.parts.tables import drift_columns, file_columns, history_columns, promotion_columns, show_table
from pages.parts.watching import scored_files, watch_over


def drift_table(record: FileRecord) -> pd.DataFrame:
    """A row per column, the one that moved farthest first."""
    return pd.DataFrame(record.judgement["drift"]).sort_values("psi", ascending=False, ignore_index=True)


def what_moved(table: pd.DataFrame) -> str:
    """The message of the chart of drift: the column that moved farthest beyond chance, if any did."""
    moved = table[table["level"] != "none"]
    if moved.empty:
        return f"No column has moved beyond chance; the largest PSI is {words.decimal(table['psi'].max())}"
    beyond = moved[moved["psi"] > moved["psi_by_chance"]]
    if beyond.empty:  # the test of the whole column is finer than the PSI of its many words
        return f"{moved.iloc[0].label} has moved a little, within the PSI that chance alone gives"
    worst = beyond.iloc[0]
    chance = words.decimal(worst.psi_by_chance, 3)
    return f"{worst.label} has moved most: PSI {words.decimal(worst.psi)}, where chance alone gives up to {chance}"


def money_metrics(record: FileRecord) -> None:
    money = record.judgement["money"]
    moved = money["change"] is not None and abs(money["change"]) >= MONEY_NAMED
    change = words.change(f"{words.percent(money['change'], signed=True)} a customer") if moved else {}
    at = "contacting nobody" if money["threshold"] is None else f"from {words.percent(money['threshold'])} up"
    best = "contacting nobody" if money["best_threshold"] is None else f"from {words.percent(money['best_threshold'])} up"
    per = "Expected, per 1,000 customers, without fixed cost."
    look: dict[str, Any] = {"border": True, "height": "stretch"}
    with st.container(horizontal=True):
        earns = words.money(money["profit_per_1000"])
        # Grey: more profit because more customers are about to leave is not good news.
        st.metric(f"Today's threshold earns, {at}", earns, help=per, **change, **look)
        st.metric("It earned where it was trained", words.money(money["reference_profit_per_1000"]), help=per, **look)
        st.metric(f"Best for this file, {best}", words.money(money["best_profit_per_1000"]), help=per, **look)
        st.metric(
            "Missed profit per 1,000 customers",
            words.money(money["forgone_per_1000"]),
            help=f"{per} What today's threshold earns less than the best.",
            **look,
        )


def files_tab(records: list[FileRecord], workspace: Workspace, checked: ScoredFile | None) -> None:
    if checked is not None:
        st.markdown("**Quality of the file above**")
        quality_table(checked.quality, key="checked_quality")
        if checked.quality.rejected:
            rejects_table(checked.rejects, checked.quality.rejected, key="checked_rejects")
    if not records:
        st.info("No file yet. Every file that is scored or checked is listed here.", icon=":material/upload_file:")
        return
    rows = [
        {
            "at": record.at,
            "what": record.what,
            "name": record.name,
            "rows": record.rows,
            "kept": record.kept,
            "repaired": record.repaired,
            "contacts": record.contacts,
            "expected_profit": record.expected_profit,
            "level": record.level,
            "sentence": record.sentence,
            "who": record.who,
            "model_id": record.model_id,
        }
        for record in records
    ]
    show_table(pd.DataFrame(rows), file_columns(), key="files")
    mine = [record for record in reversed(records) if record.model_id == workspace.version.model_id][-50:]
    if len(mine) > 1:
        worst = [max(record.judgement["drift"], key=lambda row: row["psi"]) for record in mine]
        table = pd.DataFrame(
            {
                "at": [record.at for record in mine],
                "name": [record.name for record in mine],
                "psi": [row["psi"] for row in worst],
                "column": [row["label"] for row in worst],
                "level": [record.level for record in mine],
            }
        )
        alarms = int((table["level"] != "keep").sum())
        watch = watch_over(workspace, Plan(), None)
        if watch is not None:
            pooled = watch.together(map(Profile.from_dict, scored_files().profiles(workspace.version.model_id)))
            st.markdown(f"**All files of this version together.** {words.said(pooled.sentence)}")
        chart(
            f"{alarms} of the last {len(mine)} files raised an alarm",
            files_figure(table, palette()),
            key="files_psi",
            caption="The colour is the verdict: green keep, purple look, orange retrain. Outcomes and unknown words can "
            "raise an alarm without a PSI.",
        )
    if mine:
        with st.expander("All columns of the latest file", icon=":material/table_rows:"):
            columns = drift_columns()
            show_table(drift_table(mine[-1])[list(columns)], columns, key="drift_rows")


def changes_tab() -> None:
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**Thresholds that were published**")
        history = store().history()
        if history:
            table = pd.DataFrame([{**vars(p), "what": what_was_done(p), "campaign": ""} for p in history])
            order = ["published_at", "what", "threshold", "published_by", "reason", "source"]
            show_table(table[order], history_columns(), key="thresholds")
        else:
            st.info(
                "No threshold has been published yet: files and the API use the best one for the campaign.",
                icon=":material/info:",
            )
    with right:
        st.markdown("**Versions put into production**")
        lines = [{"who": "", **line} for line in reversed(Registry(settings.home() / "models").history())]
        table = pd.DataFrame(lines, columns=["at", "what", "model_id", "who"])
        show_table(table, promotion_columns(), key="productions")
