"""The command for the file to take along: ``report``."""

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from churn_core import settings
from churn_core.application.optimum import outcome_as_dict
from churn_core.application.workspace import open_workspace
from churn_core.campaign.plan import Plan
from churn_core.cli.common import about_others, campaign_options, offers_option, plan_and_notices
from churn_core.cli.terminal import say, teller
from churn_core.decisions.population import HERE, WHICH
from churn_core.decisions.segments.find import find_segments
from churn_core.files import write_whole
from churn_core.report.document import kind_of
from churn_core.report.link import BASE, usual_currency
from churn_core.report.memo import memo_of
from churn_core.storage.store import open_store


def report_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--output", type=Path, required=True, metavar="FILE", help="the memo: .html with sliders that work offline, or .pptx"
    )
    parser.add_argument(
        "--customers", choices=WHICH, default=HERE, help="those still here, or all of them as a back-test; default: %(default)s"
    )
    parser.add_argument(
        "--address", default=BASE, metavar="URL", help="of the dashboard, to which the memo links; default: %(default)s"
    )
    parser.add_argument("--currency", metavar="LABEL", help="written in front of money; default: that of the data, else $")
    offers_option(parser)
    campaign_options(parser)


def report(options: argparse.Namespace) -> dict[str, Any]:
    kind = kind_of(options.output)  # before anything is worked out
    (given, notices), store = plan_and_notices(options), open_store(settings.home())
    tell = teller()
    workspace = open_workspace(settings.home(), tell)
    found = find_segments(workspace.customers, workspace.schema, weight=workspace.dataset.weight, report=tell)
    plan = given or store.decision(Plan()).plan
    currency = options.currency if options.currency is not None else usual_currency(workspace.schema)
    memo = memo_of(
        workspace,
        plan,
        store,
        day=datetime.now(UTC).date(),
        found=found,
        population=workspace.population(options.customers),
        currency=currency,
        base=options.address,
    )
    write_whole(options.output, kind.write(memo))
    recommended, warnings = memo.recommended, [*notices, *memo.notes, *([] if given else about_others(store))]
    say(
        options,
        f"{options.output}: {memo.headline}",
        *memo.sure,
        f"open it again: {memo.link}",
        *(f"note: {sentence}" for sentence in warnings),
    )
    return {
        **outcome_as_dict(recommended.outcome, recommended.forecast),
        "customers": len(recommended.population),
        "headline": memo.headline,
        "threshold": recommended.threshold,
        "link": memo.link,
        "output": str(options.output),
        "warnings": warnings,
        "model_id": memo.model_id,
    }
