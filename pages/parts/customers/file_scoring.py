"""A file in, a scored file out: what was repaired, what was rejected and why, row by row."""

import io
import tempfile
from dataclasses import dataclass
from typing import BinaryIO

import streamlit as st

from churn_core.application.workspace import Workspace
from churn_core.batch.local import ScoredFile, Target, score_file
from churn_core.data.synthetic import template
from churn_core.data.writing.tables import ExcelWriter, ParquetWriter
from churn_core.jobs import Job
from churn_core.monitoring.monitor import Judgement, Watch
from churn_core.storage.files_seen import SCORED
from churn_core.storage.store import Decision
from pages.parts import words
from pages.parts.campaign_inputs import in_words
from pages.parts.downloads import download_csv
from pages.parts.frame import decided_by, errors_in_words
from pages.parts.quality import quality_table, rejects_table
from pages.parts.tables import decision_columns
from pages.parts.watching import keep_record, watch_over

_AT_ONCE = 1.5  # seconds that the page waits before it shows how far it is
_MOST_IN_EXCEL = 100_000  # rows; a workbook of more takes minutes to write


@dataclass(frozen=True, kw_only=True)
class _Done:
    """A scored upload; the files are unnamed and go when the session does."""

    result: ScoredFile
    judgement: Judgement | None
    scored: BinaryIO
    rejects: BinaryIO


def file_scoring(workspace: Workspace, plan) -> None:
    st.write("Drop a file with one row per customer; every row that can be scored is, the others come back with the reason.")
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    upload = left.file_uploader("Customers to score", key="upload")
    with right:
        what = "The columns of a file to be scored, with three invented customers as an example."
        download_csv("Template (CSV)", template, "customers-template.csv", key="template", help=what)
    if upload is None:
        _stop_the_last()
        st.info(
            "No file yet. A table in the Telco schema works: CSV, TSV, Parquet, Excel, or CSV in gzip; other names and spellings "
            "of the columns are recognised. Try it with the template, or with the data of the dashboard. Customers are not kept; "
            f"files over {st.get_option('server.maxUploadSize')} MB go through `python -m churn_core score`."
        )
        return
    with errors_in_words():
        decided = decided_by(plan)
        job = _job(workspace, upload, decided)
        if not job.finished.wait(_AT_ONCE):
            _progress()
            return
        if job.stopped:
            st.info("Stopped. Nothing was kept. Drop the file again to score it after all.")
        elif job.failure is not None:
            raise job.failure
        elif job.result is None:
            st.error(words.markdown(job.error), icon="⛔")
        else:
            _record(upload, job.result, workspace)
            _show_scored(job.result, decided, upload.getvalue(), workspace)


def _job(workspace: Workspace, upload, decided: Decision) -> Job:
    """The scoring of this file by this decision; another one is stopped and forgotten."""
    key = (upload.file_id, workspace.version.model_id, decided)
    last = st.session_state.get("scoring")
    if last is None or last[0] != key:
        _stop_the_last()
        content, watch = upload.getvalue(), watch_over(workspace, decided.plan, decided.threshold)
        job = Job(lambda job: _scored(job, content, workspace, decided, watch))
        st.session_state["scoring"] = (key, job)
        job.start()
    return st.session_state["scoring"][1]


def _stop_the_last() -> None:
    last = st.session_state.pop("scoring", None)
    if last is not None:
        last[1].stop()


def _scored(job: Job, content: bytes, workspace: Workspace, decided: Decision, watch: Watch | None) -> _Done:
    scored, rejects = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115  closed with the session
    result = score_file(
        content,
        workspace.version.model,
        decided.plan,
        decided.threshold,
        scored=Target(stream=scored),
        rejects=Target(stream=rejects),
        report=job.report,
        observe=watch.observe if watch else lambda scored, part: None,
        schema=workspace.schema,
    )
    return _Done(result=result, judgement=watch.judge(result.observed) if watch else None, scored=scored, rejects=rejects)


@st.fragment(run_every=0.5)
def _progress() -> None:
    """The bar; the whole page follows when it is full."""
    job = st.session_state["scoring"][1] if "scoring" in st.session_state else None
    if job is None or job.finished.is_set():
        st.rerun()
    st.progress(min(max(job.share, 0.0), 1.0), text=words.markdown(job.steps[-1] if job.steps else "Reading …"))
    if st.button("Stop", key="stop_scoring", icon=":material/stop_circle:"):
        job.stop()
        st.caption("Stopping …")


def _record(upload, done: _Done, workspace: Workspace) -> None:
    """Once for each file and version, whatever the campaign is moved to."""
    recorded = st.session_state.setdefault("recorded", set())
    key = (upload.file_id, workspace.version.model_id)
    if done.judgement is not None and key not in recorded:
        recorded.add(key)
        keep_record(SCORED, upload.name, workspace, done.result, done.judgement)


def _show_scored(done: _Done, decided: Decision, content: bytes, workspace: Workspace) -> None:
    result, quality = done.result, done.result.quality
    with st.container(horizontal=True):
        st.metric("Rows", words.count(quality.rows), border=True)
        st.metric("Scored", words.count(quality.kept), border=True)
        st.metric("Values repaired", words.count(result.repaired), border=True)
        st.metric("Rejected", words.count(quality.rejected), border=True)
        st.metric("Worth contacting", words.count(result.contacts), border=True, help=f"At {in_words(decided.plan)}.")
        st.metric("Expected profit", words.money(result.expected_profit), border=True)
    with st.container(horizontal=True):
        _downloads(done, decided, content, workspace)
    st.caption(
        words.markdown(f"Decided customer by customer at the campaign in force: {in_words(decided.plan)}.")
        if decided.threshold is None
        else words.markdown(
            f"Decided by what is published: contact from {words.percent(decided.threshold)} up"
            + (f", of the campaign {words.plain(decided.name)}" if decided.name else "")
            + f"; expected profit at {in_words(decided.plan)}."
        )
    )
    if done.judgement is not None:
        verdict = done.judgement.verdict
        st.markdown(f"**Beside the customers the model learned from.** {words.said(verdict.sentence)}")
    for warning in result.warnings:
        st.caption(words.plain(warning))
    if result.harmless:
        st.caption(f"{words.count(result.harmless)} cells that a spreadsheet would run as a formula get an apostrophe in CSV.")
    if quality.rejected:
        rejects_table(result.rejects, quality.rejected, key="rejects")
    if quality.findings or quality.repairs:
        st.markdown("**What was found, and what was done about it**")
        quality_table(quality, key="found")
    shown = result.shown
    front = [workspace.schema.id] if workspace.schema.id in shown else []
    columns = decision_columns(workspace.schema)
    order = [*front, *[name for name in columns if name in shown and name != workspace.schema.id]]
    if quality.kept > len(shown):
        st.caption(
            f"The first {words.count(len(shown))} of {words.count(quality.kept)} scored rows; the download holds them all."
        )
    st.dataframe(shown, hide_index=True, column_order=order, column_config=columns, key="scored", height=460)


def _downloads(done: _Done, decided: Decision, content: bytes, workspace: Workspace) -> None:
    _download("Download scored (CSV)", lambda: _content(done.scored), "scored.csv", "download_scored", primary=True)

    def as_(writer: type):
        def written() -> bytes:
            stream = io.BytesIO()
            target = Target(stream=stream, writer=writer)
            score_file(content, workspace.version.model, decided.plan, decided.threshold, scored=target, schema=workspace.schema)
            return stream.getvalue()

        return written

    _download("as Parquet", as_(ParquetWriter), "scored.parquet", "download_parquet")
    if done.result.quality.kept <= _MOST_IN_EXCEL:
        _download("as Excel", as_(ExcelWriter), "scored.xlsx", "download_xlsx")
    if done.result.quality.rejected:
        _download("Download rejected (CSV)", lambda: _content(done.rejects), "rejected.csv", "download_rejects")


def _download(label: str, data, name: str, key: str, primary: bool = False) -> None:
    kind = "primary" if primary else "secondary"
    st.download_button(label, data=data, file_name=name, on_click="ignore", type=kind, icon=":material/download:", key=key)


def _content(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read()
