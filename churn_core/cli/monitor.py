"""The command ``monitor``: a file beside the customers that were learnt from."""

import argparse
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from churn_core import settings
from churn_core.application.left_alone import DrawnLists, drawn_lists
from churn_core.application.optimum import (
    currency_of,
)
from churn_core.application.score_file import Judged, about_day, check_file, on_day, remember
from churn_core.application.version_in_use import version_in_use
from churn_core.application.versions import customers_of, reference_of, schema_in_use, watch_of
from churn_core.cli.common import campaign_options, day_option, decision_of, engine_option, place, valued
from churn_core.cli.terminal import say, teller, who
from churn_core.data.reading.reader import TableReader
from churn_core.errors import ChurnError, DataError
from churn_core.formats import count, counted
from churn_core.jobs import Report
from churn_core.model.registry import Version
from churn_core.monitoring.monitor import Watch
from churn_core.storage.files_seen import ScoredFiles
from churn_core.storage.store import open_store


def monitor_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("input", type=place, metavar="FILE")
    day_option(parser)
    engine_option(parser, "spark: FILE is a file or folder of Parquet or CSV that Spark reads")
    campaign_options(parser)


def monitor(options: argparse.Namespace) -> dict[str, Any]:
    decision, said = decision_of(options)
    home, tell = settings.home(), teller()
    on_spark = options.engine == "spark"
    if isinstance(options.input, str) and not on_spark:
        raise DataError(f"{options.input} is no file of this machine. Only Spark reads such places: --engine spark")
    with ExitStack() as stack:
        # What is no table is refused before a first version is trained.
        reader = None if on_spark else stack.enter_context(TableReader(options.input, schema_in_use(home), report=tell))
        version = version_in_use(home, tell)
        decision = valued(decision, version)
        reference = reference_of(version, lambda: customers_of(version, home))
        watch = watch_of(version, reference, decision.plan, decision.threshold)
        of_file, lists = on_day(version, options.day), drawn_lists(home, version.schema)
        if reader is None:
            judged = _on_spark(options.input, of_file, watch, lists, tell)
        else:
            judged = check_file(reader, of_file, watch=watch, lists=lists, report=tell)
    if decision.plan.offers:
        said = [
            *said,
            "The published campaign has several offers; the money here is that of its threshold with one contact for all.",
        ]
    judgement, quality = judged.judgement, judged.file.quality
    why = not_remembered(judged, options.input)
    warnings = [*said, *about_day(of_file, version), *judged.file.warnings, *([f"This check was not kept. {why}"] if why else [])]
    tell(counted(quality.rows, "row"), 1)
    moved = judgement.drift[judgement.drift["level"] != "none"].sort_values("psi", ascending=False)
    money = judgement.money
    say(
        options,
        judgement.verdict.sentence,
        *(f"{row.level}: {row.sentence}" for row in moved.itertuples()),
        *(f"{row.level}: {row.sentence}" for row in judgement.unseen.itertuples()),
        *([f"outcomes: {judgement.outcomes.sentence}"] if judgement.outcomes else []),
        *([f"outcomes: {judgement.unjudged}"] if judgement.unjudged else []),
        f"money: per 1,000 customers today's threshold earns {count(money.profit_per_1000)}, the best for this file "
        f"{count(money.best_profit_per_1000)}; it earned {count(money.reference_profit_per_1000)} on the customers trained on, all in "
        + currency_of(version.schema),
        f"{counted(quality.rows, 'row')}, {count(quality.kept)} usable, {count(quality.rejected)} rejected",
        *(f"{f.kind}: {f.column}: {f.what} ({count(f.count)}); {f.done}" for f in quality.findings),
        *(f"repaired: {r.column}: {r.what} ({count(r.count)})" for r in quality.repairs),
        *(f"note: {warning}" for warning in warnings),
    )
    return {
        **judgement.as_dict(),
        "quality": {**quality.as_dict(), "rejects": judged.file.rejects[["row", "problem"]].to_dict("records")},
        "warnings": warnings,
        "model_id": version.model_id,
        "reference": {"rows": watch.reference.profile.rows, "data": version.metadata["data"]["name"]},
    }


def _on_spark(source: Path | str, version: Version, watch: Watch, lists: DrawnLists, tell: Report) -> Judged:
    from churn_core.application.on_spark import check_on_spark

    tell("Starting Spark …")
    return check_on_spark(source, version, watch=watch, lists=lists)


def not_remembered(judged: Judged, source: Path | str) -> str:
    """Keep what is known of a file; why that could not be done, if so."""
    try:
        remember(judged, Path(source).name, who(), ScoredFiles(open_store(settings.home())))
    except ChurnError as error:
        return str(error)
    return ""
