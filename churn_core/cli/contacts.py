"""The command for the list to work through: ``contacts``."""

import argparse
from pathlib import Path
from typing import Any

from churn_core import settings
from churn_core.application.drawn_list import DrawnList, draw_list, formats_of
from churn_core.application.file_population import population_of_file
from churn_core.application.optimum import contacts_in_words, outcome_as_dict
from churn_core.application.workspace import open_workspace
from churn_core.batch.target import Target
from churn_core.campaign.open_margin import not_stated
from churn_core.cli.common import decision_of, decision_options, valued
from churn_core.cli.terminal import say, teller, who
from churn_core.data.writing.tables import writer_for
from churn_core.data.writing.workbook import Look, to_xlsx
from churn_core.decisions.offers_words import ONCE
from churn_core.decisions.recommendation import recommend_decided
from churn_core.decisions.weeks import as_dict, in_words
from churn_core.errors import CampaignError
from churn_core.files import Unfinished
from churn_core.formats import count, counted
from churn_core.schema import Schema, of_leaving
from churn_core.storage.store import open_store


def contacts_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--output", type=Path, required=True, metavar="LIST", help="the list, the most profitable first: .csv, .parquet or .xlsx"
    )
    parser.add_argument(
        "--control",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="share that nobody contacts, 0 to below 1; default: %(default)g",
    )
    parser.add_argument(
        "--file", type=Path, metavar="FILE", help="list the customers of this file; default: those of the dashboard"
    )
    parser.add_argument("--name", metavar="NAME", help="of the campaign that the list is kept with; default: of today")
    parser.add_argument(
        "--salt",
        metavar="SALT",
        help="of the lots: the same salt leaves the same customers alone; default: the name",
    )
    parser.add_argument(
        "--days",
        type=int,
        metavar="DAYS",
        help="within which leaving counts; default: the window of the customers, if it is known",
    )
    parser.add_argument(
        "--per-week",
        type=int,
        metavar="K",
        help="contacts that can be made in a week: the list says in which week to contact whom",
    )
    decision_options(parser)


def contacts(options: argparse.Namespace) -> dict[str, Any]:
    output: Path = options.output
    writer_for(output.name)  # before anything is worked out
    decision, said = decision_of(options)
    workspace = open_workspace(settings.home(), teller())
    schema, decision = workspace.schema, valued(decision, workspace)
    of_file = None if options.file is None else population_of_file(options.file, workspace.version, teller())
    here = workspace.still_here if of_file is None else of_file.population
    left = len(workspace.customers) - len(here) if of_file is None else of_file.left
    recommended = recommend_decided(here, decision.plan, decision.applied, decision.threshold)
    if not recommended.outcome.contacted:
        raise CampaignError(
            "Nobody is worth a contact by this campaign, so there is no list. Lower the cost, or raise what a save is worth."
        )
    store = open_store(settings.home())
    drawn = draw_list(
        workspace,
        recommended,
        store,
        who=who(),
        share=options.control,
        name=options.name or "",
        salt=options.salt or "",
        days=options.days,
        data_sha256="" if of_file is None else of_file.sha256,
        per_week=options.per_week,
    )
    _write(drawn, output, schema)
    campaign = recommended.plan.campaign
    outcome = outcome_as_dict(drawn.contacts.outcome(campaign), drawn.contacts.forecast(campaign))  # net of the control group
    treated, control = drawn.draw.treated, drawn.draw.control
    per_offer = drawn.per_offer
    if per_offer:
        said.append(ONCE)
    said += [] if of_file is None else of_file.warnings
    if left:
        said.append(f"{counted(left, 'customer')} of the data {'has' if left == 1 else 'have'} left and cannot be contacted.")
    say(
        options,
        f"{output}: {counted(treated + control, 'customer')} still here, {count(control)} of them left alone as a control group",
        f"kept as the campaign {drawn.campaign.name} ({drawn.campaign.id}); measure it with: python -m churn_core measure RESULTS",
        contacts_in_words(outcome, workspace.schema),
        *(_in_words(each) for each in per_offer),
        *([of_leaving(schema)] if schema.window is not None else []),
        *([] if drawn.planned is None else [in_words(drawn.planned)]),
        *not_stated(recommended.plan, here.worth.for_life),
        *(f"note: {sentence}" for sentence in said),
    )
    return {
        **outcome,
        "campaign": drawn.campaign.id,
        "salt": drawn.draw.salt,
        **({"per_offer": per_offer} if per_offer else {}),
        "treated": treated,
        "control": control,
        "left": left,
        "threshold": recommended.threshold,
        "warnings": said,
        "window_months": schema.window,
        "margin": None if here.worth.for_life else recommended.plan.stated_margin,
        "schedule": None if drawn.planned is None else as_dict(drawn.planned),
        "output": str(output),
        "model_id": workspace.version.model_id,
    }


def _in_words(offer: dict[str, Any]) -> str:
    """An offer of ``DrawnList.per_offer`` as a line to read."""
    return f"{offer['offer']}: {count(offer['treated'])}, and {count(offer['control'])} whom it is meant for left alone"


def _write(drawn: DrawnList, output: Path, schema: Schema) -> None:
    """The list whole or not at all; in Excel whom to call and whom to leave alone are two sheets."""
    with Unfinished(output) as unfinished:
        if output.suffix.lower() == ".xlsx":
            unfinished.stream.write(to_xlsx(drawn.sheets(), Look(formats=formats_of(schema, schema.currency)))[0])
        else:
            target = Target(stream=unfinished.stream, writer=writer_for(output.name))
            with target.opened() as out:
                table = drawn.table
                out.append(target.encoded(table), table.columns)
                out.close()
        unfinished.finish()
