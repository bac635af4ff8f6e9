"""A file in, a scored file out: what was repaired, what was rejected and why, row by row."""

import tempfile
import weakref
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import BinaryIO, Literal

import streamlit as st

from churn_core import settings
from churn_core.api.streamed import Pieces
from churn_core.application.left_alone import drawn_lists
from churn_core.application.score_file import Scored, on_day, score_file
from churn_core.application.workspace import Workspace
from churn_core.batch.spool import Spool
from churn_core.batch.target import Target
from churn_core.data.synthetic import template
from churn_core.data.writing.tables import ExcelWriter, ParquetWriter
from churn_core.jobs import Job
from churn_core.model.registry import Version
from churn_core.monitoring.monitor import Watch
from churn_core.schema import Schema
from churn_core.storage.publications import Decision
from pages.parts import words
from pages.parts.audience import audience
from pages.parts.campaign_words import in_words
from pages.parts.customers.file_figures import file_figures
from pages.parts.customers.open_customer import UPLOAD, keep_file, open_row, scored_table_key
from pages.parts.downloads import download_csv, in_pieces
from pages.parts.explore.columns import by_hand, strengths
from pages.parts.frame import errors_in_words
from pages.parts.own_work import own_work, result
from pages.parts.quality import quality_table, rejects_table
from pages.parts.tables import columns_as_in_the_file, decision_columns, plain_columns, show_table
from pages.parts.tickets import tickets
from pages.parts.watching import keep_record, watch_over

_NAMED = 4  # columns in a sentence
_MOST_IN_EXCEL = 100_000  # rows; a workbook of more takes minutes to write


@dataclass(frozen=True, kw_only=True)
class _Done:
    """A scored upload; the files are unnamed and go when it does, with the session."""

    result: Scored
    scored: BinaryIO
    rejects: BinaryIO
    spool: Spool


def file_scoring(workspace: Workspace, decided: Decision) -> None:
    st.write("Drop a file with one row per customer; every row that can be scored is, the others come back with the reason.")
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    upload = left.file_uploader("Customers to score", key=UPLOAD)
    with right:
        what = "The columns of a file to be scored, with three invented customers as an example."
        download_csv(
            "Template (CSV)", lambda: template(schema=workspace.schema), "customers-template.csv", key="template", help=what
        )
    if upload is None:
        own_work().forget("scoring")
        st.info(
            f"No file yet. A table {_columns_in_words(workspace.schema)} works: CSV, TSV, JSON, Parquet or Excel, "
            "also in gzip or zip; other names and spellings of the columns are recognised. Try it with the template, or with the data "
            "of the dashboard. Customers are not kept; files over "
            f"{words.count(st.get_option('server.maxUploadSize'))} MB go through `python -m churn_core score`.",
            icon=":material/upload_file:",
        )
        return
    with errors_in_words():
        version = on_day(workspace.version, _day_of_file(workspace.schema))
        done = result("scoring", _job(workspace, version, upload, decided), "Drop the file again to score it after all.")
        if done is not None:
            _record(upload, done, workspace)
            keep_file(done.result.file, decided, version)
            _show_scored(done, decided, workspace)


def _columns_in_words(schema: Schema) -> str:
    """What a table to be scored holds: the name of its schema, or the first of its columns where the name is that of a file."""
    if by_hand(schema):
        return f"in the {words.markdown(schema.name)} schema"
    needed = [column.name for column in schema.inputs if column.required]
    more = len(needed) - _NAMED
    named = needed[:_NAMED] if more <= 0 else [*needed[:_NAMED], f"{words.count(more)} more"]
    return f"with the columns {words.markdown(words.listed(named))}" if named else "of your customers"


def _day_of_file(schema: Schema) -> str:
    """The day to which the dates of the file are counted; empty where there are none."""
    if not schema.day:
        return ""
    usual = date.fromisoformat(schema.day)
    told = "The day of the file: so many days since a date. In training dates were counted to the day that is proposed here."
    return (st.date_input("Dates are counted up to", usual, help=told, key="file_day") or usual).isoformat()


def _job(workspace: Workspace, version: Version, upload, decided: Decision) -> Job:
    """The scoring of this file by this decision."""
    back_test = audience(workspace).is_back_test
    content, watch = upload.getvalue(), watch_over(workspace, decided.plan, decided.threshold)
    key = (upload.file_id, version.model_id, version.schema.day, decided, back_test)
    return own_work().job("scoring", key, lambda job: _scored(job, content, version, decided, watch, back_test))


def _scored(job: Job, content: bytes, version: Version, decided: Decision, watch: Watch | None, back_test: bool) -> _Done:
    with ExitStack() as files:
        scored, rejects, parts = (files.enter_context(tempfile.TemporaryFile()) for _ in range(3))
        spool = Spool(parts)
        result = score_file(
            content,
            version,
            decided,
            watch=watch,
            lists=drawn_lists(settings.home(), version.schema),
            scored=Target(stream=scored),
            rejects=Target(stream=rejects),
            spool=spool,
            back_test=back_test,
            says_why=True,
            report=job.report,
        )
        done = _Done(result=result, scored=scored, rejects=rejects, spool=spool)
        weakref.finalize(done, files.pop_all().close)
    return done


def _record(upload, done: _Done, workspace: Workspace) -> None:
    """Once for each file and version, whatever the campaign is moved to."""
    recorded = st.session_state.setdefault("recorded", set())
    key = (upload.file_id, workspace.version.model_id)
    if done.result.judged is not None and key not in recorded:
        recorded.add(key)
        keep_record(done.result.judged, upload.name)


def _show_scored(done: _Done, decided: Decision, workspace: Workspace) -> None:
    result, quality = done.result.file, done.result.file.quality
    file_figures(result, decided, workspace.schema)
    with st.container(horizontal=True):
        _downloads(done)
    if about := done.result.limits.in_words(words.money):
        st.warning(words.markdown(about), icon=":material/savings:")
    st.caption(words.markdown(_decided_by(decided, workspace.schema)))
    if done.result.judged is not None:
        verdict = done.result.judged.judgement.verdict
        st.markdown(f"**Beside the customers the model learned from.** {words.said(verdict.sentence)}")
    for warning in result.warnings:
        st.caption(words.markdown(warning))
    if result.harmless:
        cells = words.counted(result.harmless, "cell")
        st.caption(
            f"{cells} that a spreadsheet would run as a formula {'gets' if result.harmless == 1 else 'get'} an apostrophe in CSV."
        )
    _scored_table(done, workspace)
    if quality.rejected:
        rejects_table(result.rejects, quality.rejected, key="rejects")
    if quality.findings or quality.repairs:
        st.markdown("**What was found, and what was done about it**")
        quality_table(quality, key="found")


def _scored_table(done: _Done, workspace: Workspace) -> None:
    """The scored rows that are shown, the most profitable contact first."""
    result, quality, schema = done.result.file, done.result.file.quality, workspace.schema
    shown, ids = result.shown.copy(), result.customers[schema.id]
    if schema.id not in shown:  # as everywhere, a customer without a name is called by the row
        shown[schema.id] = ids
    front = [name for name in (schema.id, *_telling(workspace)) if name in shown]
    columns = {**decision_columns(schema), **columns_as_in_the_file(schema), **plain_columns(schema, front[1:])}
    order = [*front, *[name for name in columns if name in shown and name not in front]]
    if quality.kept > len(shown):
        st.caption(
            f"The first {words.count(len(shown))} of {words.count(quality.kept)} scored rows; the download holds them all."
        )
    best_first = shown[order].sort_values("expected_profit", ascending=False, kind="stable")
    show_table(
        best_first,
        columns,
        key=scored_table_key(),
        height=460,
        on_select=partial(open_row, ids[best_first.index]),
        selection_mode="single-row",
    )
    st.caption("Choose a row to open its customer.")


def _decided_by(decided: Decision, schema: Schema) -> str:
    """By what the file is decided, as a sentence or two."""
    terms, of = in_words(decided.plan, schema), f", of the campaign {decided.name}" if decided.name else ""
    if decided.threshold is None:
        how = (
            "Each customer gets the best offer of the draft"
            if decided.plan.offers
            else "Decided customer by customer by the draft"
        )
        return f"{how}: {terms}."
    if decided.plan.offers:
        return f"Each customer gets the best of the published offers{of}: {terms}."
    return f"Decided by what is published: contact from {words.percent(decided.threshold)} up{of}; expected profit at {terms}."


def _telling(workspace: Workspace) -> list[str]:
    """The strongest columns stand beside the decisions where nobody has said which columns matter."""
    return [] if by_hand(workspace.schema) else [each.column.name for each in strengths(workspace)[:_NAMED]]


def _downloads(done: _Done) -> None:
    """The formats are written when they are asked for, from the scored parts: nothing is scored again."""
    quality = done.result.file.quality
    _download("Download scored (CSV)", lambda: in_pieces(done.scored), "scored.csv", "download_scored", primary=True)
    _download("as Parquet", lambda: _written(done.spool, ParquetWriter), "scored.parquet", "download_parquet")
    if quality.kept <= _MOST_IN_EXCEL:
        _download("as Excel", lambda: _written(done.spool, ExcelWriter), "scored.xlsx", "download_xlsx")
    if quality.rejected:
        _download("Download rejected (CSV)", lambda: in_pieces(done.rejects), "rejected.csv", "download_rejects")


def _written(spool: Spool, writer: type) -> Iterator[bytes]:
    with tempfile.TemporaryFile() as stream:
        spool.write(Target(stream=stream, writer=writer))
        yield from in_pieces(stream)


def _download(label: str, pieces: Pieces, name: str, key: str, primary: bool = False) -> None:
    kind: Literal["primary", "secondary"] = "primary" if primary else "secondary"
    st.download_button(
        words.markdown(label),
        data=lambda: tickets().ticket(pieces),
        file_name=name,
        on_click="ignore",
        type=kind,
        icon=":material/download:",
        key=key,
    )
