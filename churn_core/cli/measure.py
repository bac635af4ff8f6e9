"""The command for a campaign that is over: ``measure``."""

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from churn_core import settings
from churn_core.application.keep_result import keep
from churn_core.application.measure_file import measure_file
from churn_core.application.versions import schema_in_use
from churn_core.cli.common import campaign_options, plan_of
from churn_core.cli.terminal import say, teller, who
from churn_core.data.reading.reader import read_content
from churn_core.errors import DataError
from churn_core.storage.store import open_store


def measure_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("results", type=Path, metavar="RESULTS", help="a row per customer of the list: the id, and who left")
    parser.add_argument(
        "--campaign", metavar="ID", help="the campaign it is about; default: the newest whose customers the file has"
    )
    parser.add_argument("--day", metavar="DAY", help="up to which day the file knows who left, like 2026-01-31; default: today")
    campaign_options(parser)


def measure(options: argparse.Namespace) -> dict[str, Any]:
    store = open_store(settings.home())
    result = measure_file(
        read_content(options.results),
        options.results.name,
        store,
        schema_in_use(settings.home()),
        campaign_id=options.campaign or "",
        plan=plan_of(options),
        today=_day(options.day),
        report=teller(),
    )
    if result.measured is not None:
        keep(result, store, who())
    of_offers = (each.sentence for each in result.per_offer)
    say(options, f"{result.name}: {result.sentence}", *of_offers, *(f"note: {sentence}" for sentence in result.remarks))
    return result.as_dict()


def _day(written: str | None) -> date | None:
    if written is None:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise DataError(f"--day must be a day like 2026-01-31, got {written!r}.") from None
