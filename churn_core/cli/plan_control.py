"""The command that plans the control group of the next campaign: ``plan-control``."""

import argparse
from collections.abc import Sequence
from typing import Any

from churn_core import settings
from churn_core.application.optimum import currency_of
from churn_core.application.plan_of_control import LATER_CAMPAIGNS, ControlAdvice, advise, believed_now
from churn_core.application.workspace import open_workspace
from churn_core.cli.common import campaign_options, decision_of, valued
from churn_core.cli.terminal import say, teller
from churn_core.decisions.plan_of_control import ShareOfControl
from churn_core.decisions.recommendation import recommend_decided
from churn_core.errors import CampaignError
from churn_core.experiment.update import DOUBT
from churn_core.formats import NOTHING, as_set, count, counted, money, percent
from churn_core.storage.store import open_store

_HEADINGS = ("share", "customers", "measures", "shows it works", "shows it pays", "notices harm from", "costs", "worth", "net")


def plan_control_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--doubt",
        type=float,
        metavar="P",
        help=f"chance that contacts do nothing at all, 0-1; default: what the last campaign left of it, else {DOUBT}",
    )
    parser.add_argument(
        "--campaigns",
        type=int,
        default=LATER_CAMPAIGNS,
        metavar="N",
        help="later campaigns of this size that use what this one measures; default: %(default)s",
    )
    campaign_options(parser)


def plan_control(options: argparse.Namespace) -> dict[str, Any]:
    decision, said = decision_of(options)
    if decision.plan.offers:
        raise CampaignError(
            "How many to leave alone is worked out for one offer, and the published campaign has several. Say the terms of one as "
            "campaign options."
        )
    workspace = open_workspace(settings.home(), teller())
    decision = valued(decision, workspace)
    recommended = recommend_decided(workspace.still_here, decision.plan, decision.applied, decision.threshold)
    believed = believed_now(recommended, open_store(settings.home()), options.doubt)
    advice = advise(recommended, believed, options.campaigns, workspace.schema.currency)
    say(
        options,
        f"{counted(advice.plan.listed, 'customer')} on the list; success rate {as_set(believed.success_rate)} ± "
        f"{as_set(believed.give_or_take)}, or with a chance of {percent(believed.doubt, 0)} nothing; "
        f"{counted(advice.plan.later_campaigns, 'later campaign')}; money in {currency_of(workspace.schema)}",
        *_table(advice),
        advice.sentence,
        *(f"note: {sentence}" for sentence in (*advice.remarks, *said)),
    )
    result = advice.as_dict()
    return {
        **result,
        "warnings": [*result["warnings"], *said],
        "threshold": recommended.threshold,
        "model_id": workspace.version.model_id,
    }


def _table(advice: ControlAdvice) -> list[str]:
    rows = [_HEADINGS, *(_row(each) for each in advice.plan.shares)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]


def _row(each: ShareOfControl) -> Sequence[str]:
    at, worth = each.precision, each.worth
    measured = (NOTHING,) * 4
    if at is not None:
        measured = (
            f"± {percent(at.half_width)}",
            percent(at.power, 0),
            percent(each.power_break_even, 0),
            percent(at.harm_noticed, 0),
        )
    earned = (worth.cost, worth.later_campaigns * worth.per_campaign, worth.net)
    return (as_set(each.share), count(each.control), *measured, *map(money, earned))
