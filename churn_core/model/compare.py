"""The comparison of candidates: every one by the same protocol, on all cores, resumable, as one JSON value.

What a round of a candidate said is kept in ``models/.comparing`` until the whole comparison is done, so that a run
that was stopped, or killed, goes on where it was. Other customers, another protocol, other packages or another line of
code in this folder start anew.
"""

import hashlib
import io
import os
import platform
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as package_version
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd

from churn_core import settings
from churn_core.campaign.economics import Campaign
from churn_core.data.dataset import Dataset
from churn_core.files import write_whole
from churn_core.formats import count, counted
from churn_core.model import cross_validation, evaluate
from churn_core.model.alike import Groups, groups_of
from churn_core.model.candidates import ANY_SCHEMA, NAMES, candidate
from churn_core.model.comparison_file import MEASURES, packed
from churn_core.model.cross_validation import PROTOCOL, Protocol
from churn_core.model.recommend import CARD, COMPARED, Recommendation, recommend
from churn_core.model.terms import TERMS, readable_terms
from churn_core.model.weights import Weight
from churn_core.schema import Schema
from churn_core.schema.as_json import as_json

# What is compared on the sample where nothing else is asked for: every candidate but those for other companies, the boosters tuned
# too, and two remedies mended.
ALL = (
    *(name for name in NAMES if name not in ANY_SCHEMA),
    "xgboost+tuned",
    "lightgbm+tuned",
    "logistic_balanced+sigmoid",
    "logistic_smote+isotonic",
)
_PACKAGES = ("scikit-learn", "numpy", "pandas", "scipy", "xgboost-cpu", "xgboost", "lightgbm", "imbalanced-learn")
_ABANDONED = 7 * 86_400  # seconds; a run that was stopped longer ago is not gone on with


def compare(
    names: tuple[str, ...],
    dataset: Dataset,
    churned: np.ndarray,
    kept: Path,
    protocol: Protocol = PROTOCOL,
    report: Callable[[str, float], None] = lambda sentence, share: None,
    cores: int | None = None,
) -> dict[str, Any]:
    """The comparison as JSON values; plain logistic regression is always in it, the others are measured against it.

    ``kept`` is a folder for what was measured so far, until ``forget``. ``report(sentence, share)`` is called after every
    round, with the time to go; what it raises ends the comparison, and what was measured is kept.

    ``models`` maps each name to its measures (``evaluate.summary``), ``minus_plain_logistic`` (paired intervals),
    ``by_fold``, ``seconds`` (of one core, to fit and predict all rounds) and ``out_of_fold`` (of the first repeat; see
    ``out_of_fold``). ``policies`` holds what needs no model. ``recommendation`` is there where the readable card is among them
    (``recommend``, by the default campaign).
    """
    names = tuple(dict.fromkeys((settings.PLAIN_MODEL, *names)))
    for name in names:
        candidate(name, dataset.schema)  # a wrong name, or a library that is not there, is said before anything is computed
    started, customers = time.perf_counter(), dataset.customers
    groups, weight = groups_of(customers, dataset.schema), dataset.weight
    splits = list(protocol.splits(churned, groups, weight))
    folder = Path(kept) / ".comparing" / _fingerprint(dataset, protocol, groups)
    _remove_what_was_abandoned(folder.parent)
    said = {name: np.full((protocol.repeats, len(churned)), np.nan) for name in names}
    seconds = dict.fromkeys(names, 0.0)
    progress = _Progress(names, protocol.rounds, cores or os.cpu_count() or 1, report)

    missing = []
    for i in range(protocol.rounds):  # the first round of all before the second of any: the time to go is soon known
        for name in names:
            done = _read(folder / f"{name}-{i}.npy", len(splits[i][1]) + 1)
            if done is None:
                missing.append((name, i))
                continue
            said[name][i // protocol.folds, splits[i][1]], seconds[name] = done[:-1], seconds[name] + done[-1]
            progress.known(name, done[-1])
    for name, i, probability, took in _rounds(missing, dataset, churned, splits, groups, progress.cores):
        buffer = io.BytesIO()
        np.save(buffer, np.append(probability, took), allow_pickle=False)
        write_whole(folder / f"{name}-{i}.npy", buffer.getvalue())
        said[name][i // protocol.folds, splits[i][1]], seconds[name] = probability, seconds[name] + took
        progress.done(name, took)

    as_counted: Any = {"schema": dataset.schema, "groups": groups, "weight": weight}
    by_fold = {name: evaluate.metrics_by_fold(said[name], customers, churned, protocol, **as_counted) for name in names}
    recommended = _recommended(said, dataset, churned, protocol, groups)
    return {
        **({} if recommended is None else {"recommendation": recommended.as_json}),
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "data": {"name": dataset.name, "sha256": dataset.sha256, "rows": len(churned), "churn_rate": dataset.churn_rate},
        **({} if dataset.left_alone is None else {"left_alone": dataset.left_alone.as_dict()}),
        "protocol": protocol.as_json,
        "packages": packages(),
        "cores": progress.cores,
        "seconds": round(time.perf_counter() - started, 1),
        "policies": evaluate.simple_policies(customers, churned, protocol, **as_counted),
        "models": {
            name: {
                **evaluate.summary(said[name], by_fold[name], churned, weight),
                "minus_plain_logistic": {
                    measure: evaluate.paired_interval(by_fold[name][measure] - by_fold[settings.PLAIN_MODEL][measure], protocol)
                    for measure in MEASURES
                },
                "by_fold": {measure: by_fold[name][measure].round(6).tolist() for measure in MEASURES},
                "seconds": round(seconds[name], 2),
                "out_of_fold": packed(said[name][0]),
            }
            for name in names
        },
    }


def names_for(schema: Schema) -> tuple[str, ...]:
    """What is compared where nothing else is asked for: of a schema with terms written by hand every candidate; of any other the
    plain one and those that choose by themselves what they learn of each column.
    """
    return ALL if readable_terms(schema) is TERMS else COMPARED


def _recommended(
    said: Mapping[str, np.ndarray], dataset: Dataset, churned: np.ndarray, protocol: Protocol, groups: Groups | None
) -> Recommendation | None:
    if CARD not in said:
        return None
    compared = {name: each for name, each in said.items() if name in COMPARED}
    told: Any = {"schema": dataset.schema, "groups": groups, "weight": dataset.weight}
    return recommend(compared, dataset.customers, churned, Campaign(), protocol, **told)


def forget(comparison: dict[str, Any], dataset: Dataset, kept: Path) -> None:
    """What ``compare`` kept of a comparison, once that is where it should be."""
    protocol, groups = Protocol(**comparison["protocol"]), groups_of(dataset.customers, dataset.schema)
    folder = Path(kept) / ".comparing" / _fingerprint(dataset, protocol, groups)
    for name in comparison["models"]:
        for i in range(protocol.rounds):
            (folder / f"{name}-{i}.npy").unlink(missing_ok=True)


def _remove_what_was_abandoned(folder: Path) -> None:
    """Rounds of other code or other customers that nobody came back to."""
    for path in folder.glob("*"):
        if time.time() - path.stat().st_mtime > _ABANDONED:
            shutil.rmtree(path, ignore_errors=True)


def _rounds(
    missing: list[tuple[str, int]],
    dataset: Dataset,
    churned: np.ndarray,
    splits: list[tuple[np.ndarray, np.ndarray]],
    groups: Groups | None,
    cores: int,
) -> Iterator[tuple[str, int, np.ndarray, float]]:
    """Each missing round as it is finished, in whatever order."""
    customers, schema = dataset.customers, dataset.schema
    told = groups, dataset.weight
    tasks = (joblib.delayed(_round)(name, i, schema, customers, churned, *splits[i], *told) for name, i in missing)
    with joblib.parallel_config("loky", inner_max_num_threads=1):
        yield from joblib.Parallel(n_jobs=cores, batch_size=1, return_as="generator_unordered")(tasks)


def _round(
    name: str,
    i: int,
    schema: Schema,
    customers: pd.DataFrame,
    churned: np.ndarray,
    train: np.ndarray,
    held_out: np.ndarray,
    groups: Groups | None,
    weight: Weight | None,
) -> tuple[str, int, np.ndarray, float]:
    started = time.perf_counter()
    probability = cross_validation.held_out_probability(
        candidate(name, schema), customers, churned, train, held_out, groups, weight
    )
    return name, i, probability, time.perf_counter() - started


class _Progress:
    """How much is done, and the time to go: the rounds that are left, each as long as that candidate's took so far."""

    def __init__(self, names: tuple[str, ...], rounds: int, cores: int, report: Callable[[str, float], None]) -> None:
        self.cores, self._report, self._rounds = cores, report, rounds
        self._took: dict[str, list[float]] = {name: [] for name in names}

    def known(self, name: str, seconds: float) -> None:
        self._took[name].append(seconds)

    def done(self, name: str, seconds: float) -> None:
        self.known(name, seconds)
        all_of_them = [each for took in self._took.values() for each in took]
        usual = sum(all_of_them) / len(all_of_them)
        left = sum((self._rounds - len(took)) * (sum(took) / len(took) if took else usual) for took in self._took.values())
        done, total = len(all_of_them), self._rounds * len(self._took)
        self._report(f"{count(done)} of {counted(total, 'round')}, {_duration(left / self.cores)} to go", done / total)


def _duration(seconds: float) -> str:
    return f"about {count(seconds / 60)} min" if seconds >= 90 else f"{count(seconds)} s"


def _read(path: Path, length: int) -> np.ndarray | None:
    """What a round said, and the seconds it took; ``None`` where it was not finished, or is damaged."""
    try:
        values = np.load(path, allow_pickle=False)
        good = values.shape == (length,) and values.dtype == float and np.isfinite(values).all()
    except Exception:  # numpy raises many different errors at a damaged header
        return None
    return values if good and ((values[:-1] >= 0) & (values[:-1] <= 1)).all() else None


def _fingerprint(dataset: Dataset, protocol: Protocol, groups: Groups | None) -> str:
    """Of everything that a round depends on."""
    code = [path.read_bytes() for path in sorted(Path(__file__).parent.rglob("*.py"))]
    code += [each.tobytes() for each in (groups, dataset.weight) if each is not None]
    told = f"{dataset.sha256} {len(dataset.customers)} {as_json(dataset.schema)} {protocol} {packages()}".encode()
    return hashlib.sha256(b"\0".join([told, *code])).hexdigest()[:16]


def packages() -> dict[str, str]:
    """Name → version of everything that a probability depends on, as far as it is installed."""
    found = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = package_version(name)
        except PackageNotFoundError:
            continue
    return found
