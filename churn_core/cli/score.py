"""The command ``score``: a file of customers in, the decisions out."""

import argparse
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyarrow as pa

from churn_core import settings
from churn_core.application.left_alone import drawn_lists
from churn_core.application.optimum import (
    contacts_in_words,
    outcome_as_dict,
)
from churn_core.application.score_file import Scored, about_day, on_day, score_file
from churn_core.application.version_in_use import version_in_use
from churn_core.application.versions import customers_of, reference_of, schema_in_use, watch_of
from churn_core.batch.target import Target
from churn_core.campaign.forecast import Forecast
from churn_core.campaign.open_margin import not_stated
from churn_core.campaign.optimise import Outcome
from churn_core.cli.common import day_option, decision_of, decision_options, engine_option, findings_in_words, place, valued
from churn_core.cli.monitor import not_remembered
from churn_core.cli.terminal import say, teller
from churn_core.data.quality import finding_as_dict
from churn_core.data.reading.reader import TableReader
from churn_core.data.writing.tables import writer_for
from churn_core.decisions.offers import ContactsOfOffers
from churn_core.decisions.offers_words import ONCE
from churn_core.errors import ChurnError, DataError, NothingScored
from churn_core.files import Unfinished, write_whole
from churn_core.formats import count, counted
from churn_core.model.registry import Version
from churn_core.monitoring.monitor import Watch
from churn_core.storage.publications import Decision

_BY_ROW = "Spark decides row by row; `optimise` finds a threshold within the limits from a --summary."


def score_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("input", type=place, metavar="INPUT")
    parser.add_argument(
        "--output",
        type=place,
        required=True,
        metavar="OUT",
        help="the input's columns and the decisions: .csv, .parquet or .xlsx",
    )
    parser.add_argument("--rejects", type=Path, metavar="REJ", help="the rows that cannot be scored, and why")
    day_option(parser)
    parser.add_argument(
        "--summary", type=Path, metavar="SUM", help="a few megabytes from which `optimise` and the page Campaign work"
    )
    engine_option(
        parser, "spark: INPUT and OUT are files or folders of Parquet or CSV that Spark reads and writes; rejects stay in OUT"
    )
    parser.add_argument(
        "--back-test", action="store_true", help="decide those who have left by the file's outcome as if they were still here"
    )
    decision_options(parser)


def score(options: argparse.Namespace) -> dict[str, Any]:
    if options.engine == "spark":
        return _score_on_spark(options)
    pa.set_memory_pool(pa.system_memory_pool())  # which keeps less of what parts no longer need than Arrow's own
    sys.setswitchinterval(0.0005)  # seconds; by default who works on a part waits for ten times as long for a moment of Python
    started = time.perf_counter()
    for given in (options.input, options.output):
        if isinstance(given, str):
            raise DataError(f"{given} is no file of this machine. Only Spark reads and writes such places: --engine spark")
    decision, said = decision_of(options)
    targets = [path for path in (options.output, options.rejects) if path is not None]
    writers = [writer_for(path.name) for path in targets]
    _told_apart(options.input, options.summary, *targets)
    home, tell = settings.home(), teller()
    with ExitStack() as stack:
        # What is no table is refused before a first version is trained.
        reader = stack.enter_context(TableReader(options.input, schema_in_use(home), report=tell))
        in_use = version_in_use(home, tell)
        version, decision = on_day(in_use, options.day), valued(decision, in_use)
        watch, why = _watch(in_use, decision)
        unfinished = [stack.enter_context(Unfinished(path)) for path in targets]
        summary = stack.enter_context(Unfinished(options.summary)) if options.summary is not None else None
        out = [Target(stream=each.stream, writer=writer) for each, writer in zip(unfinished, writers, strict=True)]
        try:
            scored = score_file(
                reader,
                version,
                decision,
                watch=watch,
                lists=drawn_lists(home, version.schema),
                scored=out[0],
                rejects=out[1] if len(out) > 1 else None,
                summarise=summary is not None,
                back_test=options.back_test,
                report=tell,
            )
        except NothingScored:
            if options.rejects is not None:
                unfinished[1].finish()
            raise
        if summary is not None and scored.summary is not None:
            summary.stream.write(scored.summary.to_bytes())
            summary.finish()
        for each in reversed(unfinished):  # the scored file last: where it is, the others are
            each.finish()
    return _told(options, scored, version, in_use, said, why, started)


def _told(
    options: argparse.Namespace, scored: Scored, version: Version, in_use: Version, said: list[str], why: str, started: float
) -> dict[str, Any]:
    """What came of a scored file, printed and as the answer; ``why`` it was not watched, if so."""
    decision, file, judged, quality = scored.limits.decision, scored.file, scored.judged, scored.file.quality
    on_spark, warnings = options.engine == "spark", [*said, *about_day(version, in_use), *file.warnings]
    if judged is not None:
        why = not_remembered(judged, options.input)
    if about := scored.limits.in_words():
        decided = f" {_BY_ROW}" if on_spark else " --ignore-limits contacts them all." if file.limited else ""
        warnings.append(about + decided)
    if isinstance(file.contacts, ContactsOfOffers):
        warnings.append(ONCE)
    warnings += [f"What the file looks like was not kept for monitoring. {why}"] if why else []
    if file.harmless:
        warnings.append(f"{counted(file.harmless, 'cell')} that a spreadsheet would run as a formula got a leading apostrophe.")
    if quality.rejected and options.rejects is None:
        where = "their reasons are in the column problem." if on_spark else "--rejects FILE writes them with their reasons."
        warnings.append(f"{counted(quality.rejected, 'row was', 'rows were')} rejected; {where}")
    for_life = version.schema.monthly_charge is None
    result = {
        "rows": quality.rows,
        "scored": quality.kept,
        "rejected": quality.rejected,
        **_contacts(file.outcome, file.forecast),
        **({"per_offer": file.contacts.as_list()} if isinstance(file.contacts, ContactsOfOffers) else {}),
        "left": file.left,
        "back_test": options.back_test,
        "threshold": decision.threshold,
        "limits": scored.limits.as_dict(),
        "margin": None if for_life else decision.plan.stated_margin,
        "repairs": [{"column": r.column, "what": r.what, "count": r.count} for r in quality.repairs],
        "findings": [finding_as_dict(f) for f in quality.findings],
        "warnings": warnings,
        "output": str(options.output),
        "rejects": None if options.rejects is None else str(options.rejects),
        "summary": None if options.summary is None else str(options.summary),
        "model_id": version.model_id,
        **({"day": version.schema.day} if version.schema.day else {}),
        "verdict": judged.judgement.verdict.sentence if judged else None,
        "seconds": round(time.perf_counter() - started, 3),
    }
    teller()(counted(quality.rows, "row"), 1)
    say(
        options,
        _rows_in_words(options.output, result),
        contacts_in_words({**result, "contacted": result["contact"]}, version.schema),
        *(f"{each['offer']}: {count(each['customers'])}" for each in result.get("per_offer", ())),
        *not_stated(decision.plan, for_life),
        *(f"row {r.row}: {r.problem}" for r in file.rejects.head(10).itertuples()),
        *(f"repaired: {r.column}: {r.what} ({count(r.count)})" for r in quality.repairs),
        *findings_in_words(quality),
        *([judged.judgement.verdict.sentence] if judged else []),
        *(f"note: {warning}" for warning in warnings),
    )
    return result


def _rows_in_words(place: Path | str, figures: dict[str, Any]) -> str:
    rows = f"{count(figures['scored'])} of {counted(figures['rows'], 'row')} scored"
    return f"{place}: {rows}, {count(figures['rejected'])} rejected"


def _contacts(outcome: Outcome, forecast: Forecast) -> dict[str, Any]:
    """What contacting the customers of a file does, as JSON values; their number is ``contact``, as the column."""
    values = outcome_as_dict(outcome, forecast)
    return {"contact": values.pop("contacted"), **values}


def _told_apart(*places: Path | str | None) -> None:
    """Nothing is written over what is read, nor over what else is written."""
    files = [place.resolve() if isinstance(place, Path) else place for place in places if place is not None]
    if len(set(files)) < len(files):
        raise DataError("INPUT, --output, --rejects and --summary have to be different files. Give each its own name.")


def _score_on_spark(options: argparse.Namespace) -> dict[str, Any]:
    from churn_core.application.on_spark import score_on_spark

    started = time.perf_counter()
    _told_apart(options.input, options.output, options.summary)
    decision, said = decision_of(options)
    if options.rejects is not None:
        raise DataError(
            "On Spark the rows that cannot be scored stay in OUT, with the reason in the column problem. Leave --rejects out."
        )
    home, tell = settings.home(), teller()
    in_use = version_in_use(home, tell)
    version, decision = on_day(in_use, options.day), valued(decision, in_use)
    watch, why = _watch(in_use, decision)
    tell("Starting Spark …")
    scored = score_on_spark(
        options.input,
        options.output,
        version,
        decision,
        watch=watch,
        lists=drawn_lists(home, version.schema),
        kind="csv" if str(options.output).lower().endswith(".csv") else "parquet",
        summarise=options.summary is not None,
        back_test=options.back_test,
    )
    if options.summary is not None and scored.summary is not None:
        write_whole(options.summary, scored.summary.to_bytes())
    return _told(options, scored, version, in_use, said, why, started)


def _watch(version: Version, decision: Decision) -> tuple[Watch | None, str]:
    """The watch over the version, or why there is none: a file is scored without it, too."""
    try:
        reference = reference_of(version, lambda: customers_of(version, settings.home()))
        return watch_of(version, reference, decision.plan, decision.threshold), ""
    except ChurnError as error:
        return None, str(error)
