"""The command ``optimise``: the most profitable threshold of scored customers."""

import argparse
from pathlib import Path
from typing import Any

from churn_core import settings
from churn_core.application.optimum import (
    in_words,
    optimum,
    optimum_of_summary,
)
from churn_core.application.scored_money import dashboard_money, scored_money
from churn_core.application.version_in_use import version_in_use
from churn_core.application.versions import schema_in_use
from churn_core.application.workspace import open_workspace
from churn_core.campaign.economics import TENURE
from churn_core.campaign.plan import Plan
from churn_core.campaign.summary import Summary, is_summary
from churn_core.cli.common import campaign_options, plan_of
from churn_core.cli.terminal import say, teller
from churn_core.data.reading.reader import read_table
from churn_core.decisions.population import HERE, WHICH, Population
from churn_core.errors import DataError
from churn_core.formats import counted


def optimise_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "scored",
        type=Path,
        nargs="?",
        metavar="SCORED",
        help="a summary that score wrote, or "
        "a file with churn_probability and clv or the column of what a customer pays, churned (0/1) making it a back-test; "
        "default: the customers of the dashboard",
    )
    parser.add_argument(
        "--customers",
        choices=WHICH,
        help="those still here, or all of them as a back-test; default: here, and all for a file with churned",
    )
    parser.add_argument(
        "--how-sure", action="store_true", help="add the chance of a loss and, of a back-test, the average and the optimism"
    )
    parser.add_argument("--curve-points", type=int, metavar="N", help="thin the curve to about N rows")
    campaign_options(parser)


def whose(population: Population) -> str:
    """Whom the figures are about, in a sentence."""
    if population.is_back_test:
        return "back-test: all customers, those who have left included; nobody can be contacted by it"
    return "customers still here"


def optimise(options: argparse.Namespace) -> dict[str, Any]:
    plan = plan_of(options) or Plan()
    if options.curve_points is not None and options.curve_points < 2:
        raise DataError("--curve-points must be 2 or more: the curve has two ends.")
    asked = options.curve_points, options.how_sure
    if options.scored is not None and is_summary(options.scored):
        if options.customers is not None:
            raise DataError("A summary holds the customers that it was made of. Choose them when scoring: score --back-test")
        if options.how_sure:
            raise DataError("How sure a profit is can be told from what happened only, and a summary holds no outcomes.")
        plan = plan.valued_for(schema_in_use(settings.home()).window, ())
        result = optimum_of_summary(Summary.from_bytes(options.scored.read_bytes()), plan, options.curve_points)
        say(options, *in_words(result, schema_in_use(settings.home())))
        return result
    if options.scored is None:
        workspace = open_workspace(settings.home(), teller())
        population, plan = workspace.population(options.customers or HERE), workspace.valued(plan)
        result = {"population": population.which, **optimum(dashboard_money(population), plan, *asked, realised=False)}
        say(options, whose(population), *in_words(result, workspace.schema))
        return result
    schema = schema_in_use(settings.home())
    table = read_table(options.scored, schema)
    for line in table.rejects.itertuples():
        raise DataError(f"Row {line.row} {line.problem}. Mend it or leave the row out.")
    by_tenure = plan.campaign.after_save == TENURE
    curve = version_in_use(settings.home(), teller()).tenure_curve if by_tenure else ()
    plan = plan.valued_for(schema.window, curve)
    money = scored_money(table.frame, schema, options.customers, table.decimal, with_tenure=by_tenure)
    result = {"left_out": money.left_out, "warnings": [*table.notices, *money.warnings], **optimum(money, plan, *asked)}
    if money.left_out:
        say(
            options,
            f"{counted(money.left_out, 'customer has', 'customers have')} left by the file's own outcome and "
            f"{'is' if money.left_out == 1 else 'are'} left out; a back-test: --customers all",
        )
    say(options, *in_words(result, schema), *(f"note: {warning}" for warning in result["warnings"]))
    return result
