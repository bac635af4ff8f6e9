"""The command ``schema``: what each column of a file is for, as a proposal."""

import argparse
import json
from pathlib import Path
from typing import Any

from churn_core.cli.columns import answers_of, column_options
from churn_core.cli.terminal import say, teller
from churn_core.data.cleaning.account import shown
from churn_core.data.proposing.proposal import Proposal, as_json
from churn_core.data.proposing.propose import propose_file
from churn_core.errors import DataError
from churn_core.files import write_whole
from churn_core.formats import count, counted, plain_number, short_percent

_HEAD = ("column", "role", "kind", "confidence")
_WIDEST = 40  # characters of a name


def schema_options(parser: argparse.ArgumentParser) -> None:
    what = "customers of any company, one row each, with a column that says who left"
    parser.add_argument("file", type=Path, metavar="FILE", help=what)
    parser.add_argument("--output", type=Path, metavar="OUT", help="write the proposal as JSON, for train --schema")
    column_options(parser)


def schema(options: argparse.Namespace) -> dict[str, Any]:
    """Nothing is asked here; what has to be asked is listed with the option that answers it, and what was said is taken."""
    if options.output and options.output.exists() and options.output.samefile(options.file):
        raise DataError(f"{options.output.name} is the file of the customers. Choose another name for the proposal.")
    proposal = propose_file(options.file, answers_of(options), teller())
    value = as_json(proposal)
    if options.output:
        write_whole(options.output, json.dumps(value, allow_nan=False, indent=1, ensure_ascii=False).encode())
    say(options, *in_lines(proposal), *([f"Written to {options.output}."] if options.output else []))
    return {**value, "output": str(options.output) if options.output else None}


def in_lines(proposal: Proposal) -> list[str]:
    """The proposal as lines: the customers, a table with a row per column, then notes, problems and questions."""
    customers = proposal.customers
    rows = [_HEAD, *((each.name[:_WIDEST], each.role, each.kind, each.confidence) for each in proposal.columns)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(_HEAD))]
    reasons = ["reason", *(each.reason for each in proposal.columns)]
    lines = [
        _about(proposal),
        *(
            "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)) + f"  {reason}"
            for row, reason in zip(rows, reasons, strict=True)
        ),
        *_follows(proposal),
        *(f"note: {note}" for note in proposal.notes),
        *([f"note: {counted(customers.twins, 'row')} agree with another one in all but the id."] if customers.twins else []),
        *(f"problem: {problem}" for problem in proposal.problems),
        *(f"ask: {each.question} {each.option}" for each in proposal.questions),
    ]
    return ["".join(sign if sign.isprintable() else "?" for sign in line) for line in lines]  # a name may hold anything


def _follows(proposal: Proposal) -> list[str]:
    """What a customer is worth by the proposal, how long one has been here, and within what time those who left did so."""
    money, tenure = proposal.money, proposal.tenure
    label = f" {proposal.currency}" if proposal.currency else ""
    worth = {
        "charge": f"{money.column} per {money.period or 'period'}",
        "clv": f"{money.column}, for life",
        "fixed": f"{plain_number(money.amount or 0.0)}{label} for life, each",
    }
    return [
        *([f"worth: a customer pays or is worth {worth[money.kind]}"] if money.kind in worth else []),
        *(
            [f"tenure: {tenure.column}, in {tenure.unit}" if tenure.unit != "start date" else f"tenure: since {tenure.column}"]
            if tenure
            else []
        ),
        *([f"window: those who left did so within {plain_number(proposal.window)} months"] if proposal.window else []),
    ]


def _about(proposal: Proposal) -> str:
    """The customers in a sentence."""
    customers, target = proposal.customers, proposal.target
    if target is None or not customers.left:
        return f"{counted(customers.rows, 'row')}; who left is not known."
    who = f"with a value in {target.column}" if target.filled else f"with {target.column} {shown(target.left[0])}"
    return (
        f"{counted(customers.rows, 'row')}; of {counted(customers.usable, 'customer')} with an outcome {count(customers.left)} "
        f"({short_percent(customers.left / customers.usable)}) left: those {who}."
    )
