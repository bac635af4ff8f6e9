"""The command line: ``python -m churn_core COMMAND``. Exit 0 on success, 2 with one line of error and its notes, 130 on Ctrl-C."""

import argparse
import errno
import json
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from churn_core.cli.terminal import close_quietly, fail
from churn_core.errors import ChurnError

# Each command → the module of this folder that has it, a function of its name and perhaps its ``_options``, and what it does. The
# module is loaded when the command is chosen: what the others need takes a second or two.
_COMMANDS = {
    "data": ("data", "get and verify the Telco data, and print the quality report"),
    "schema": ("schema", "propose what each column of any company's file is for"),
    "train": ("train", "train, evaluate and register a version of the model"),
    "evaluate": ("train", "compare models by one protocol: the same folds for all, intervals paired by fold"),
    "models": ("versions", "list the versions, newest first"),
    "promote": ("versions", "put a version into production"),
    "rollback": ("versions", "back to the version that was in production before"),
    "threshold": ("versions", "the published threshold, by which API and files decide; with a VALUE, publishes it"),
    "score": ("score", "score a CSV, TSV, Parquet or Excel file of customers"),
    "monitor": ("monitor", "data quality and drift of a file, against what the version in production was trained on"),
    "contacts": ("contacts", "the list to work through, of the dashboard's customers who are still here"),
    "offers": ("offers", "the best of several offers for each customer, within a budget and capacities"),
    "measure": ("measure", "what a finished campaign did, from the file that came back"),
    "plan-control": ("plan_control", "how many customers to leave alone, so that the campaign can be measured"),
    "report": ("report", "the decision as a file to take along: a page with sliders that work offline, or slides"),
    "optimise": ("optimise", "the most profitable threshold for scored customers"),
    "serve": ("serve", "the JSON API alone"),
}
_MENDS = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), "Make room on the disk and try again."),
    errno.EROFS: "Choose a folder that can be written, for the state by CHURN_HOME.",
}


def main(argv: list[str] | None = None) -> int:
    """Run one command; the exit code. All that the user can cause ends in one line on stderr, its notes, and 2; Ctrl-C in 130."""
    try:
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")  # a console that knows no "—" shows "?" instead of failing
        options = _parser().parse_args(argv)
        result = options.run(options)
        if getattr(options, "json", False):
            print(json.dumps(result, allow_nan=False))
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        close_quietly()
    except ChurnError as error:
        return fail(str(error), getattr(error, "notes", ()))
    except OSError as error:
        name = "/".join(Path(error.filename).parts[-2:]) if isinstance(error.filename, str | Path) else "a file"
        return fail(f"{error.strerror or error}: {name}. {_MENDS.get(error.errno or 0, 'Check the path and its permissions.')}")
    except KeyboardInterrupt:
        return fail("stopped; nothing was left half written.", code=130)
    return 0


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ChurnError(f"{message}. See: {self.prog} --help")


class _Command(_Parser):
    """A command, whose options are added when it is chosen, or its help is printed."""

    def __init__(self, *, command: str, **how: Any) -> None:
        super().__init__(**how)
        self._command = command

    def parse_known_args(self, *args: Any) -> Any:  # type: ignore[override]
        self._complete()
        return super().parse_known_args(*args)

    def format_help(self) -> str:
        self._complete()
        return super().format_help()

    def _complete(self) -> None:
        if self.get_default("run") is None:
            module, name = _module_of(self._command), self._command.replace("-", "_")
            self.set_defaults(run=getattr(module, name))
            if name != "serve":
                self.add_argument("--json", action="store_true", help="print one JSON object on stdout")
            getattr(module, f"{name}_options", lambda parser: None)(self)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m churn_core", description="Whom to keep when customers leave.", allow_abbrev=False)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Command)
    for name, (_, what) in _COMMANDS.items():
        commands.add_parser(name, command=name, help=what, description=what, allow_abbrev=False)
    return parser


def load(argv: Sequence[str]) -> None:
    """Load what the command of these words needs, if they begin with one: what takes long, and does nothing yet."""
    if argv and argv[0] in _COMMANDS:
        _module_of(argv[0])


def _module_of(command: str) -> ModuleType:
    return import_module(f"churn_core.cli.{_COMMANDS[command][0]}")
