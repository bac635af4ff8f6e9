"""The options that say what the columns of any company's file are for."""

import argparse
import math
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

from churn_core.data.proposing.answers import NOTHING_SAID, Answers, Meant
from churn_core.data.proposing.proposal import Period, TenureUnit
from churn_core.errors import DataError
from churn_core.settings import MAX_MONEY


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _unit(text: str) -> str:
    return text.replace("-", " ")


def _meant(text: str) -> tuple[str, str]:
    """``NAME=WHAT``; a name may hold the sign, too."""
    name, sign, what = text.rpartition("=")
    what = what.strip().lower()
    what = "leave out" if what == "leave-out" else what
    if not (sign and name.strip()) or what not in get_args(Meant):
        raise argparse.ArgumentTypeError(f'{text!r} does not say what a column is; write NAME=WHAT, like "Area code=category"')
    return name.strip(), what


_WHAT = ", ".join(each.replace(" ", "-") for each in get_args(Meant))
_OPTION_OF = {"sensitive": "use_sensitive", "columns": "column"}  # the field of the answers → the option, where they differ
_COLUMN: dict[str, Any] = {"default": "", "metavar": "C"}
_COLUMNS: dict[str, Any] = {"default": (), "metavar": "A,B", "type": _names}
_OPTIONS: dict[str, dict[str, Any]] = {
    "target": {**_COLUMN, "help": "the column that says who left"},
    "left": {"default": "", "metavar": "L", "help": "the value there that means left"},
    "id": {**_COLUMN, "help": "the column that says who the customer is"},
    "no-id": {"action": "store_true", "help": "no column says who the customer is; customers are called by their row"},
    "charge": {**_COLUMN, "help": "the column of what a customer pays per period"},
    "charge-period": {
        "choices": get_args(Period),
        "metavar": "PERIOD",
        "help": "for how long the charge is paid: month, year or week",
    },
    "clv": {"type": float, "metavar": "X", "help": "what every customer is worth for life, in money"},
    "clv-column": {**_COLUMN, "help": "the column of what a customer is worth for life"},
    "tenure": {**_COLUMN, "help": "the column that says how long a customer has been here, or since when"},
    "tenure-unit": {
        "type": _unit,
        "choices": get_args(TenureUnit),
        "metavar": "UNIT",
        "help": "months, days, weeks or years; start-date where the tenure is the day or the year in which it began",
    },
    "no-tenure": {"action": "store_true", "help": "no column says how long a customer has been here"},
    "window": {"type": float, "metavar": "MONTHS", "help": "within how many months those who left did so; kept with the version"},
    "column": {
        "action": "append",
        "default": [],
        "type": _meant,
        "metavar": "NAME=WHAT",
        "help": f"what a column is: {_WHAT}; use takes one that would be left out, like a leak; may be given again",
    },
    "leave-out": {**_COLUMNS, "help": "columns that are not used"},
    "use-sensitive": {**_COLUMNS, "help": "columns like age or gender that are used all the same"},
    "currency": {"default": "", "metavar": "L", "help": "a label for amounts, like CHF, kr or R$"},
    "day": {"default": "", "metavar": "YYYY-MM-DD", "help": "the day to which dates count; default: the last in the file"},
}


def column_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("columns", "what the columns of the file are for; what is not said is proposed")
    for name, how in _OPTIONS.items():
        group.add_argument(f"--{name}", **how)


def schema_option(parser: argparse.ArgumentParser) -> None:
    what = "the columns as `schema FILE --output` wrote them, edited perhaps, or the schema of a version; instead of the other options"
    parser.add_argument("--schema", type=Path, metavar="FILE", help=what)


def answers_of(options: argparse.Namespace) -> Answers:
    """What the options say. Raises ``DataError`` for an amount or a number of months that is none."""
    if options.clv is not None and not 0 < options.clv <= MAX_MONEY:
        raise DataError(
            f"--clv must be an amount of money above 0, got {options.clv:g}. Write what a customer is worth, like 600."
        )
    if options.window is not None and not (options.window > 0 and math.isfinite(options.window)):
        raise DataError(f"--window must be a number of months above 0, got {options.window:g}. Write a month as 1.")
    said = {each.name: getattr(options, _OPTION_OF.get(each.name, each.name)) for each in fields(Answers)}
    return Answers(**{**said, "columns": tuple(options.column)})


def said_without_a_file(options: argparse.Namespace) -> bool:
    """Whether columns are spoken of, and no file is given that could have them."""
    return options.data is None and (options.schema is not None or answers_of(options) != NOTHING_SAID)
