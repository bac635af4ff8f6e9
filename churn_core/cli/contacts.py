"""The command for the list to work through: ``contacts``."""

import argparse
from pathlib import Path
from typing import Any

from churn_core import settings
from churn_core.application.optimum import contacts_in_words, outcome_as_dict
from churn_core.application.workspace import open_workspace
from churn_core.batch.target import Target
from churn_core.campaign.forecast import Contacts
from churn_core.cli.common import decision_of, say, teller
from churn_core.data.writing.tables import writer_for
from churn_core.decisions.contact_list import Recommendation, contact_list, recommend, recommend_published
from churn_core.decisions.population import Population
from churn_core.errors import CampaignError
from churn_core.files import Unfinished
from churn_core.formats import count, counted
from churn_core.schema import of_leaving
from churn_core.storage.publications import Decision


def contacts(options: argparse.Namespace) -> dict[str, Any]:
    output: Path = options.output
    writer = writer_for(output.name)
    decision, said = decision_of(options)
    workspace = open_workspace(settings.home(), teller())
    schema = workspace.schema
    recommended = _recommended(workspace.still_here, decision)
    if not recommended.outcome.contacted:
        raise CampaignError(
            "Nobody is worth a contact by this campaign, so there is no list. Lower the cost, or raise what a save is worth."
        )
    listed = contact_list(recommended, workspace.version.model, control_share=options.control)
    with Unfinished(output) as unfinished:
        target = Target(stream=unfinished.stream, writer=writer)
        with target.opened() as out:
            out.append(target.encoded(listed), listed.columns)
            out.close()
        unfinished.finish()
    treated, campaign = listed[~listed["control_group"]], recommended.plan.campaign
    clv = recommended.clv_of(treated)
    earned = Contacts.of(treated["churn_probability"].to_numpy(dtype=float), clv, campaign)  # net of the control group
    outcome = outcome_as_dict(earned.outcome(campaign), earned.forecast(campaign))
    control = len(listed) - len(treated)
    left = len(workspace.customers) - len(workspace.still_here)
    said = [*said, f"{counted(left, 'customer')} of the data {'has' if left == 1 else 'have'} left and cannot be contacted."]
    say(
        options,
        f"{output}: {counted(len(listed), 'customer')} still here, {count(control)} of them left alone as a control group",
        contacts_in_words(outcome, workspace.schema),
        *([of_leaving(schema)] if schema.window is not None else []),
        *(f"note: {sentence}" for sentence in said),
    )
    return {
        **outcome,
        "treated": len(treated),
        "control": control,
        "left": left,
        "threshold": recommended.threshold,
        "warnings": said,
        "window_months": schema.window,
        "output": str(output),
        "model_id": workspace.version.model_id,
    }


def _recommended(here: Population, decision: Decision) -> Recommendation:
    if decision.threshold is None:
        return recommend(here, decision.plan)
    return recommend_published(here, decision.applied, decision.threshold)
