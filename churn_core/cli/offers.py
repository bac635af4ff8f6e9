"""The command for several offers: ``offers``."""

import argparse
from pathlib import Path
from typing import Any

from churn_core import settings
from churn_core.application.offers_answer import OffersAnswer, offers_of_dashboard, offers_of_file
from churn_core.application.version_in_use import version_in_use
from churn_core.application.versions import schema_in_use
from churn_core.application.workspace import open_workspace
from churn_core.batch.target import Target
from churn_core.campaign.economics import TENURE
from churn_core.campaign.plan import Plan
from churn_core.campaign.summary import is_summary
from churn_core.cli.common import NOT_BESIDE_OFFERS, campaign_options, plan_and_notices
from churn_core.cli.terminal import say, teller
from churn_core.data.reading.reader import read_table
from churn_core.data.writing.tables import writer_for
from churn_core.errors import DataError
from churn_core.files import Unfinished


def offers_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "offers_file",
        type=Path,
        metavar="OFFERS",
        help="a row per offer: offer, retention_cost, incentive, success_rate, success_rate_give_or_take, incentive_uptake, "
        "backfire_rate, capacity, only_if; a blank is the default",
    )
    parser.add_argument(
        "scored",
        type=Path,
        nargs="?",
        metavar="SCORED",
        help="a file with churn_probability and clv or the column of what a customer pays; who has left by churned gets nothing; "
        "default: the customers of the dashboard",
    )
    parser.add_argument("--output", type=Path, metavar="LIST", help="the offer of each customer: .csv, .parquet or .xlsx")
    campaign_options(parser, hidden=NOT_BESIDE_OFFERS)


def offers(options: argparse.Namespace) -> dict[str, Any]:
    output: Path | None = options.output
    if output is not None:
        writer_for(output.name)  # before anything is worked out
        if output.resolve() in {each.resolve() for each in (options.offers_file, options.scored) if each is not None}:
            raise DataError("--output has to be another file than those that are read. Give it its own name.")
    plan, notices = plan_and_notices(options)
    answer = _answer(options.scored, plan or Plan())
    if output is not None:
        _write(answer, output)
    result = answer.as_dict()
    result["warnings"] = [*notices, *result["warnings"]]
    say(options, *answer.in_words(), *(f"note: {sentence}" for sentence in result["warnings"]))
    return {**result, "output": None if output is None else str(output)}


def _answer(scored: Path | None, plan: Plan) -> OffersAnswer:
    if scored is None:
        workspace = open_workspace(settings.home(), teller())
        here = workspace.still_here
        return offers_of_dashboard(here, workspace.valued(plan), left=len(workspace.customers) - len(here))
    if is_summary(scored):
        raise DataError(
            f"{scored.name} is a summary and holds no customers, to whom offers could be given. Give the scored file."
        )
    schema = schema_in_use(settings.home())
    table = read_table(scored, schema)
    for line in table.rejects.itertuples():
        raise DataError(f"Row {line.row} {line.problem}. Mend it or leave the row out.")
    curve = version_in_use(settings.home(), teller()).tenure_curve if plan.campaign.after_save == TENURE else ()
    return offers_of_file(table, plan.valued_for(schema.window, curve), schema)


def _write(answer: OffersAnswer, output: Path) -> None:
    """The list whole or not at all."""
    with Unfinished(output) as unfinished:
        target = Target(stream=unfinished.stream, writer=writer_for(output.name))
        with target.opened() as out:
            out.append(target.encoded(answer.customers), answer.customers.columns)
            out.close()
        unfinished.finish()
