"""The commands that learn from a file of customers with their outcome: ``train`` and ``evaluate``."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from churn_core import logs, settings
from churn_core.application.left_alone import learning_from
from churn_core.application.own_customers import OWN_MODEL
from churn_core.application.train_version import train_version
from churn_core.application.training_file import customers_to_learn_from, schema_of_file
from churn_core.cli.columns import answers_of, column_options, said_without_a_file, schema_option
from churn_core.cli.terminal import say, teller
from churn_core.data import telco_source as telco
from churn_core.data.dataset import Dataset
from churn_core.data.proposing.answers import NOTHING_SAID
from churn_core.data.reading.reader import read_content
from churn_core.errors import DataError
from churn_core.formats import counted, decimal, percent
from churn_core.jobs import Report
from churn_core.model import compare, comparison_file
from churn_core.model.candidates import NAMES
from churn_core.model.cross_validation import Protocol
from churn_core.model.metrics import top_share
from churn_core.model.registry import Registry
from churn_core.model.train import outcome
from churn_core.model.weights import standing_for
from churn_core.schema.telco import TELCO

_FIRST = 10  # rejected rows that are listed
_FIFTH = 0.2  # of the customers


def train_options(parser: argparse.ArgumentParser) -> None:
    _file_options(parser)
    parser.add_argument("--model", metavar="NAME", help=f"one of {', '.join(NAMES)}; default: {_models()}")


def evaluate_options(parser: argparse.ArgumentParser) -> None:
    _file_options(parser)
    parser.add_argument(
        "--models",
        metavar="a,b",
        help="names, separated by commas; default: all of the published comparison; of other columns cards and boosted trees",
    )
    parser.add_argument("--folds", type=int, default=settings.FOLDS, metavar="N", help="default: %(default)s")
    parser.add_argument("--repeats", type=int, metavar="N", help=f"default: {settings.REPEATS}, fewer of many customers")
    parser.add_argument("--seed", type=int, default=settings.SEED, metavar="N", help="default: %(default)s")
    parser.add_argument("--output", type=Path, metavar="FILE", help=f"write it as JSON, as models/{comparison_file.FILE} is")


def _models() -> str:
    """Which model is trained where none is named."""
    ours = settings.PREFERRED_MODEL
    return ours if ours == OWN_MODEL else f"{ours} for the Telco columns, else {OWN_MODEL}"


def _file_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data",
        type=Path,
        metavar="FILE",
        help="customers of any company, one row each, with a column that says who left; default: the Telco data",
    )
    schema_option(parser)
    column_options(parser)


def _to_learn_from(options: argparse.Namespace, home: Path, tell: Report) -> tuple[bytes, Dataset]:
    """The content of the file to learn from, by default the Telco sample, and its customers."""
    if said_without_a_file(options):
        raise DataError(
            "The options of columns are about a file. Name it with --data FILE, or leave them out for the Telco data."
        )
    answers = answers_of(options)
    if options.schema is not None and answers != NOTHING_SAID:
        raise DataError(
            "--schema says already what the columns are for. Leave the other options out, or give them to `schema FILE --output`."
        )
    path = options.data or telco.obtain(home / "data", tell)
    schema = TELCO if options.data is None else None if options.schema is None else schema_of_file(options.schema, path.name)
    content = read_content(path)
    return content, learning_from(customers_to_learn_from(home, content, path.name, answers, schema, tell), home)


def train(options: argparse.Namespace) -> dict[str, Any]:
    home, tell = settings.home(), teller()
    logs.set_up(home, console=False)
    content, dataset = _to_learn_from(options, home, tell)
    learned = standing_for(np.arange(len(dataset.customers)), dataset.weight)
    model = options.model or (settings.PREFERRED_MODEL if dataset.schema is TELCO else OWN_MODEL)
    version = train_version(home, dataset, model, tell, content)
    metadata, production = version.metadata, Registry(home / "models").production_id() == version.model_id
    metrics, quality = metadata["metrics"], dataset.quality
    rejects = quality.rejects.head(_FIRST).to_dict("records")
    best = top_share(version.out_of_fold[learned], outcome(dataset)[learned], _FIFTH)
    say(
        options,
        f"registered {version.model_id} in {decimal(metadata['seconds'], 1, 's')}"
        + (" and put it into production" if production else f"; use it: python -m churn_core promote {version.model_id}"),
        f"trained on {counted(metadata['data']['rows'], 'customer')} of {metadata['data']['name']}"
        + (f"; {counted(quality.rejected, 'row was', 'rows were')} left out" if quality.rejected else ""),
        *(f"row {each['row']}: {each['problem']}" for each in rejects),
        *quality.warnings,
        f"On customers it had not seen, the riskiest fifth holds {percent(best['gain'])} of those who left.",
        f"cross-validated: AUC {decimal(metrics['auc']['mean'], 4)}, Brier {decimal(metrics['brier']['mean'], 4)}, "
        f"log loss {decimal(metrics['log_loss']['mean'], 4)}, calibration error {decimal(metrics['pooled_calibration_error'], 4)}",
        f"next: {'' if production else 'promote it, then '}score a file of these customers: "
        "python -m churn_core score FILE --output OUT.csv",
    )
    return {
        **metadata,
        "comparison": _comparison(metadata),
        "riskiest_fifth": best,
        "production": production,
        "rejected": quality.rejected,
        "rejects": rejects,
        "warnings": list(quality.warnings),
    }


def _comparison(metadata: dict[str, Any]) -> dict[str, Any]:
    """The model beside plain logistic regression on the same folds, with the paired interval of its AUC."""
    return {
        "models": {metadata["name"]: metadata["metrics"], settings.PLAIN_MODEL: metadata["plain_logistic"]},
        "auc_minus_plain_logistic": metadata["auc_minus_plain_logistic"],
    }


def evaluate(options: argparse.Namespace) -> dict[str, Any]:
    home, tell = settings.home(), teller()
    _, dataset = _to_learn_from(options, home, tell)
    usual = Protocol.of(len(dataset.customers))
    repeats = usual.repeats if options.repeats is None else options.repeats
    protocol = replace(usual, folds=options.folds, repeats=repeats, seed=options.seed)
    asked = options.models.split(",") if options.models is not None else compare.names_for(dataset.schema)
    names = tuple(name.strip() for name in asked)
    result = compare.compare(names, dataset, outcome(dataset), home / "models", protocol, tell)
    if options.output is not None:
        comparison_file.write(result, options.output)
    compare.forget(result, dataset, home / "models")
    alone = [] if dataset.left_alone is None else [dataset.left_alone.in_words()]
    say(options, *alone, *_comparison_in_words(result))
    return {
        **result,
        "models": {name: {k: v for k, v in m.items() if k != "out_of_fold"} for name, m in result["models"].items()},
    }


def _comparison_in_words(result: dict[str, Any]) -> list[str]:
    head = f"{'':28}{'AUC':>8}{'against plain, 95% interval':>34}{'log loss':>10}{'Brier':>8}{'ECE':>8}{'seconds':>9}"
    recommended = result.get("recommendation")
    return [
        *([recommended["sentence"], recommended["riskiest"]] if recommended else []),
        f"{counted(result['data']['rows'], 'customer')} of {result['data']['name']}, {result['protocol']['folds']} folds × "
        f"{result['protocol']['repeats']}, seed {result['protocol']['seed']}; best log loss first",
        head,
        *(
            f"{r.model:28}{decimal(r.auc, 4):>8}{_against_plain(r):>34}{decimal(r.log_loss, 4):>10}"
            f"{decimal(r.brier, 4):>8}{decimal(r.pooled_calibration_error, 4):>8}{decimal(r.seconds, 1):>9}"
            for r in comparison_file.table(result).itertuples()
        ),
    ]


def _against_plain(row: Any) -> str:
    minus, low, high = (decimal(value, 4, signed=True) for value in (row.auc_minus, row.auc_low, row.auc_high))
    return f"{minus} [{low}, {high}]"
