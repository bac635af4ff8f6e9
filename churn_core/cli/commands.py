"""The command line: ``python -m churn_core COMMAND``. Exit 0 on success, 2 with one line of error and its notes, 130 on Ctrl-C."""

import argparse
import errno
import json
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from churn_core import logs, settings
from churn_core.api.middleware import is_loopback
from churn_core.api.server import serve
from churn_core.api.workers import serve_by
from churn_core.application.service import Service
from churn_core.campaign.plan import Plan
from churn_core.cli import contacts as cli_contacts
from churn_core.cli import files as cli_files
from churn_core.cli import measure as cli_measure
from churn_core.cli import offers as cli_offers
from churn_core.cli import plan_control as cli_plan
from churn_core.cli import report as cli_report
from churn_core.cli import schema as cli_schema
from churn_core.cli import train as cli_train
from churn_core.cli.columns import day_option
from churn_core.cli.common import (
    about_others,
    campaign_options,
    close_quietly,
    fail,
    findings_in_words,
    offers_option,
    place,
    say,
    teller,
    who,
)
from churn_core.data import telco_source as telco
from churn_core.data.dataset import read_dataset
from churn_core.decisions.offers_words import offer_in_words
from churn_core.decisions.population import WHICH
from churn_core.errors import ChurnError
from churn_core.formats import count, counted, decimal, moment, percent, visible
from churn_core.model.registry import Registry
from churn_core.schema.telco import TELCO
from churn_core.storage.store import open_store

_WAITING = 2048  # connections that wait to be accepted
_MOST_WORKERS = 64
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


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m churn_core", description="Whom to keep when customers leave.", allow_abbrev=False)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)

    def command(name: str, run: Callable[[argparse.Namespace], dict[str, Any] | None], what: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=what, description=what, allow_abbrev=False)
        sub.set_defaults(run=run)
        if run is not _serve:
            sub.add_argument("--json", action="store_true", help="print one JSON object on stdout")
        return sub

    command("data", _data, "get and verify the Telco data, and print the quality report")
    cli_schema.options(command("schema", cli_schema.schema, "propose what each column of any company's file is for"))
    cli_train.train_options(command("train", cli_train.train, "train, evaluate and register a version of the model"))
    what = "compare models by one protocol: the same folds for all, intervals paired by fold"
    cli_train.evaluate_options(command("evaluate", cli_train.evaluate, what))
    command("models", _models, "list the versions, newest first")
    sub = command("promote", _promote, "put a version into production")
    sub.add_argument("version", metavar="VERSION")
    command("rollback", _rollback, "back to the version that was in production before")
    sub = command("threshold", _threshold, "the published threshold, by which API and files decide; with a VALUE, publishes it")
    sub.add_argument(
        "value", type=float, nargs="?", metavar="VALUE", help="0 to 1: contact everybody from this churn probability up"
    )
    sub.add_argument("--reason", default="", metavar="TEXT", help="kept with it")
    _commands_for_lists(command)
    sub = command("serve", _serve, "the JSON API alone")
    sub.add_argument("--host", default="127.0.0.1", help="default: %(default)s")
    sub.add_argument("--port", type=int, default=5000, help="default: %(default)s")
    sub.add_argument(
        "--workers", type=int, default=1, metavar="N", help="processes that answer on the port; default: %(default)s"
    )
    return parser


def _commands_for_lists(command: Callable[..., argparse.ArgumentParser]) -> None:
    """What is done with a list of customers: a file, or those of the dashboard."""
    sub = command("score", cli_files.score, "score a CSV, TSV, Parquet or Excel file of customers")
    sub.add_argument("input", type=place, metavar="INPUT")
    sub.add_argument(
        "--output",
        type=place,
        required=True,
        metavar="OUT",
        help="the input's columns and the decisions: .csv, .parquet or .xlsx",
    )
    sub.add_argument("--rejects", type=Path, metavar="REJ", help="the rows that cannot be scored, and why")
    day_option(sub)
    sub.add_argument(
        "--summary", type=Path, metavar="SUM", help="a few megabytes from which `optimise` and the page Campaign work"
    )
    sub.add_argument(
        "--engine",
        choices=("local", "spark"),
        default="local",
        help="spark: INPUT and OUT are files or folders of Parquet or CSV that Spark reads and writes; rejects stay in OUT",
    )
    sub.add_argument(
        "--back-test", action="store_true", help="decide those who have left by the file's outcome as if they were still here"
    )
    sub.add_argument(
        "--ignore-limits",
        action="store_true",
        help="contact everybody from the published threshold up, whatever the limits of its campaign",
    )
    offers_option(sub)
    campaign_options(sub)
    sub = command(
        "monitor", cli_files.monitor, "data quality and drift of a file, against what the version in production was trained on"
    )
    sub.add_argument("input", type=Path, metavar="FILE")
    day_option(sub)
    campaign_options(sub)
    sub = command("contacts", cli_contacts.contacts, "the list to work through, of the dashboard's customers who are still here")
    sub.add_argument(
        "--output", type=Path, required=True, metavar="LIST", help="the list, the most profitable first: .csv, .parquet or .xlsx"
    )
    sub.add_argument(
        "--control",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="share that nobody contacts, 0 to below 1; default: %(default)g",
    )
    sub.add_argument("--file", type=Path, metavar="FILE", help="list the customers of this file; default: those of the dashboard")
    sub.add_argument("--name", metavar="NAME", help="of the campaign that the list is kept with; default: of today")
    sub.add_argument(
        "--salt",
        metavar="SALT",
        help="of the lots: the same salt leaves the same customers alone; default: the name",
    )
    sub.add_argument(
        "--days",
        type=int,
        metavar="DAYS",
        help="within which leaving counts; default: the window of the customers, if it is known",
    )
    sub.add_argument(
        "--per-week",
        type=int,
        metavar="K",
        help="contacts that can be made in a week: the list says in which week to contact whom",
    )
    sub.add_argument(
        "--ignore-limits",
        action="store_true",
        help="contact everybody from the published threshold up, whatever the limits of its campaign",
    )
    offers_option(sub)
    campaign_options(sub)
    cli_offers.options(
        command("offers", cli_offers.offers, "the best of several offers for each customer, within a budget and capacities")
    )
    sub = command("measure", cli_measure.measure, "what a finished campaign did, from the file that came back")
    sub.add_argument("results", type=Path, metavar="RESULTS", help="a row per customer of the list: the id, and who left")
    sub.add_argument(
        "--campaign", metavar="ID", help="the campaign it is about; default: the newest whose customers the file has"
    )
    sub.add_argument("--day", metavar="DAY", help="up to which day the file knows who left, like 2026-01-31; default: today")
    campaign_options(sub)
    what = "how many customers to leave alone, so that the campaign can be measured"
    cli_plan.options(command("plan-control", cli_plan.plan_control, what))
    what = "the decision as a file to take along: a page with sliders that work offline, or slides"
    cli_report.options(command("report", cli_report.report, what))
    sub = command("optimise", cli_files.optimise, "the most profitable threshold for scored customers")
    sub.add_argument(
        "scored",
        type=Path,
        nargs="?",
        metavar="SCORED",
        help="a summary that score wrote, or "
        "a file with churn_probability and clv or the column of what a customer pays, churned (0/1) making it a back-test; "
        "default: the customers of the dashboard",
    )
    sub.add_argument(
        "--customers",
        choices=WHICH,
        help="those still here, or all of them as a back-test; default: here, and all for a file with churned",
    )
    sub.add_argument(
        "--how-sure", action="store_true", help="add the chance of a loss and, of a back-test, the average and the optimism"
    )
    sub.add_argument("--curve-points", type=int, metavar="N", help="thin the curve to about N rows")
    campaign_options(sub)


def _data(options: argparse.Namespace) -> dict[str, Any]:
    path = telco.obtain(settings.home() / "data", teller())
    dataset = read_dataset(path, schema=TELCO)
    quality = dataset.quality
    say(
        options,
        f"{path}: {counted(quality.rows, 'customer')}, {percent(dataset.customers[TELCO.target].mean())} churned, SHA-256 verified",
        *(f"repaired: {r.column}: {r.what} ({count(r.count)})" for r in quality.repairs),
        f"rejected: {counted(quality.rejected, 'row')}",
        *findings_in_words(quality),
        *quality.warnings,
    )
    return {"path": str(path), "sha256": dataset.sha256, **quality.as_dict()}


def _models(options: argparse.Namespace) -> dict[str, Any]:
    registry = Registry(settings.home() / "models")
    production = registry.production_id()
    versions = [{**metadata, "production": metadata["model_id"] == production} for metadata in registry.versions()]
    if not versions:
        say(options, "There is no version yet. Train one: python -m churn_core train")
    for v in versions:
        say(
            options,
            f"{'*' if v['production'] else ' '} {v['model_id']}  AUC {decimal(v['metrics']['auc']['mean'], 4)}  "
            f"Brier {decimal(v['metrics']['brier']['mean'], 4)}  {counted(v['data']['rows'], 'customer')} of {v['data']['name']}"
            f"  schema {v.get('schema', {}).get('name', TELCO.name)}",
        )
    return {"production": production, "versions": versions}


def _promote(options: argparse.Namespace) -> dict[str, Any]:
    logs.set_up(settings.home(), console=False)
    registry = Registry(settings.home() / "models")
    registry.promote(options.version, who=who())
    say(options, f"{options.version} is in production{_whose(registry)}.", *about_others(open_store(settings.home())))
    return {"production": options.version}


def _rollback(options: argparse.Namespace) -> dict[str, Any]:
    logs.set_up(settings.home(), console=False)
    registry = Registry(settings.home() / "models")
    model_id = registry.rollback(who=who())
    say(options, f"{model_id} is in production again{_whose(registry)}.", *about_others(open_store(settings.home())))
    return {"production": model_id}


def _whose(registry: Registry) -> str:
    """Whose customers everything is about from now on."""
    return f", for the customers of the schema {registry.schema_in_use().name}"


def _threshold(options: argparse.Namespace) -> dict[str, Any]:
    store = open_store(settings.home())
    if options.value is not None:
        logs.set_up(settings.home(), console=False)
        store.publish(options.value, who=who(), reason=options.reason, source="command line")
    published, history = store.published(), store.history(20)
    decision = store.decision(Plan())
    say(
        options,
        f"Nothing is published for the customers of {store.company.name}."
        if published is None
        else f"Published: {decimal(published.threshold, 4)}",
        *([f"Several offers of the campaign '{decision.name}' decide, not the threshold:"] if decision.plan.offers else []),
        *map(offer_in_words, decision.plan.offers),
        *about_others(store),
        *(
            f"{moment(p.published_at)}  {'none' if p.threshold is None else decimal(p.threshold, 4)}  by {p.published_by}"
            f" ({p.source}){': ' + p.reason if p.reason else ''}"
            for p in history
        ),
    )
    lines = [{**vars(p), "published_at": p.published_at.isoformat(timespec="seconds")} for p in history]
    offers = {"offers": [offer.as_dict() for offer in decision.plan.offers]} if decision.plan.offers else {}
    return {"threshold": None if published is None else published.threshold, **offers, "history": lines}


def _listen(host: str, port: int) -> socket.socket:
    if not 0 <= port <= 65535:
        raise ChurnError(f"--port must be between 0 and 65535, got {port}. Write one that is free, like 5000.")
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=_WAITING)
    except OSError as error:
        why = error.strerror or error
        raise ChurnError(f"serve cannot use port {port} of {host} ({why}). Choose another with --port.") from error


def _serve(options: argparse.Namespace) -> None:
    if not is_loopback("127.0.0.1" if options.host == "localhost" else options.host) and not os.environ.get("CHURN_API_TOKEN"):
        raise ChurnError(f"serve binds {options.host} only with a token. Set CHURN_API_TOKEN, or use --host 127.0.0.1")
    if not 1 <= options.workers <= _MOST_WORKERS:
        raise ChurnError(
            f"--workers must be between 1 and {_MOST_WORKERS}, got {options.workers}. Write one for each core, like 4."
        )
    if options.workers > 1 and os.name == "nt":
        raise ChurnError("serve --workers needs Linux or macOS, where processes share a port. Leave it out.")
    home, listening = settings.home(), _listen(options.host, options.port)
    if options.workers > 1:
        logs.set_up(home)
        serve_by(options.workers, home, listening, lambda step: print(visible(step)))
        return
    listening.close()
    logs.set_up(home)
    serve(Service(home, report=lambda step: print(visible(step)), training="first").start(), options.host, options.port)
