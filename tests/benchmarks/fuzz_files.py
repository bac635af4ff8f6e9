"""Invented damage: mutated files go through scoring, monitoring and training's reading, each in a process that is watched.

``python -m tests.benchmarks.fuzz_files --minutes 10 [--seed 0] [--save FOLDER]``. A finding is an exception that is no
``ChurnError``, more than 10 s of work, more than 500 MB above what the process held before, a word on stderr, and another
probability for a customer whom no mutation touched. Prints how many files were tried and what was found, by kind; ``--save``
keeps the file and the account of each finding, at most three of a kind. A case is made from its number alone, so
``--seed NUMBER --cases 1`` tries it again. Exits with 1 if anything was found.
"""

import argparse
import faulthandler
import io
import multiprocessing
import os
import re
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from churn_core.batch import local
from churn_core.batch.target import Target
from churn_core.campaign.plan import Plan
from churn_core.data.cleaning.table import clean
from churn_core.data.dataset import read_dataset
from churn_core.data.synthetic import generate
from churn_core.data.writing.tables import writer_for
from churn_core.decisions.decide import churn_probability
from churn_core.errors import ChurnError, NothingScored
from churn_core.model.candidates import build
from churn_core.monitoring.monitor import Watch
from churn_core.monitoring.reference import Reference
from churn_core.schema.telco import TELCO
from tests.benchmarks.damaged_files import FORMATS, clean_file, made

MOST_SECONDS, MOST_WALL = 10.0, 60.0  # of work of all threads, and by the clock of a machine that others use too
MOST_MEMORY = 500.0  # MB above what the process held before the file
_CASES_OF_A_WORKER = 150  # then another one starts, because a process seldom gives memory back
_LOOK_EVERY = 0.02  # seconds
_KEPT = 3  # files of one kind of finding that are saved
Probabilities = dict[str, list[float]]


# In the worker


def work(connection: Connection, told: str) -> None:
    """Take one path after the other through every way; what goes to stderr goes to the file ``told``."""
    os.dup2(os.open(told, os.O_WRONLY | os.O_CREAT | os.O_APPEND), 2)
    faulthandler.register(signal.SIGUSR1, file=sys.stderr, all_threads=True)
    for kind in (UserWarning, RuntimeWarning, FutureWarning):
        warnings.simplefilter("always", kind)  # Python would show each place once in a process
    ways = _ways()
    while path := connection.recv():
        for name, way in ways.items():
            connection.send(("begin", name))
            connection.send(("end", _outcome(way, Path(path))))
        connection.send(("done", None))


def _outcome(way: Callable[[Path], Probabilities], path: Path) -> tuple[str, Any]:
    try:
        return "read", way(path)
    except NothingScored as error:
        return "no row", str(error)
    except ChurnError as error:
        return "refused", str(error)
    except BaseException:
        return "exception", traceback.format_exc()


def _ways() -> dict[str, Callable[[Path], Probabilities]]:
    customers, _ = clean(generate(400, seed=3, schema=TELCO), TELCO)
    model = build("logistic").fit(customers, customers[TELCO.target].to_numpy())
    watch = Watch(Reference.of(customers, churn_probability(model, customers), TELCO), Plan())

    def score(path: Path) -> Probabilities:
        found: list[tuple[list[str], list[float]]] = []

        def observe(scored: Any, part: object) -> None:
            found.append((scored.customers[TELCO.id].tolist(), scored.scored["churn_probability"].tolist()))

        ending = path.suffix if path.suffix in (".parquet", ".xlsx") else ".csv"
        out, rejects = (Target(stream=io.BytesIO(), writer=writer_for(f"out{end}")) for end in (ending, ".csv"))
        local.score_file(path, model, Plan(), schema=TELCO, scored=out, rejects=rejects, observe=observe)
        told: Probabilities = defaultdict(list)
        for ids, probabilities in found:
            for name, probability in zip(ids, probabilities, strict=True):
                told[name].append(probability)
        return dict(told)

    def check(path: Path) -> Probabilities:
        file = local.score_file(path, model, Plan(), schema=TELCO, observe=lambda scored, part: watch.observe(scored))
        watch.judge(file.observed)
        return {}

    def learn(path: Path) -> Probabilities:
        read_dataset(path, schema=TELCO)
        return {}

    return {"score": score, "monitor": check, "train": learn}


# Around the worker


@dataclass
class Worker:
    """A process, and what it held once it had read a clean file of each format; ``clean`` is what it said of them."""

    folder: Path
    clean: dict[str, Probabilities] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cases, self.told = 0, self.folder / f"stderr-{time.monotonic_ns()}"
        self.connection, other = multiprocessing.Pipe()
        self.process = multiprocessing.get_context("spawn").Process(target=work, args=(other, str(self.told)), daemon=True)
        self.process.start()
        other.close()
        self.most = float("inf")
        for kind in FORMATS:
            path = self.folder / f"clean.{kind}"
            path.write_bytes(clean_file(kind))
            said, _ = self.take(path, patience=10)
            self.clean[kind] = said["score"][1] if said.get("score", ("", ""))[0] == "read" else {}
        self.cases, self.most = 0, self.memory() + MOST_MEMORY

    def memory(self) -> float:
        """MB."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20

    def seconds(self) -> float:
        """Of all processors."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def take(self, path: Path, patience: float = 1) -> tuple[dict[str, tuple[str, Any]], list[tuple[str, str]]]:
        """What came of a file in each way, and what was found: pairs of a kind and its account. ``patience`` lengthens the limits."""
        self.cases += 1
        said, before, way = dict[str, tuple[str, Any]](), self._stderr(), ""
        self.connection.send(str(path))
        started, used = time.monotonic(), self.seconds()
        while True:
            try:
                if self.connection.poll(_LOOK_EVERY):
                    what, value = self.connection.recv()
                    if what == "done":
                        break
                    if what == "begin":
                        way, started, used = value, time.monotonic(), self.seconds()
                    else:
                        said[way] = value
                if self.memory() > self.most:
                    return said, [(f"memory in {way}", self._stop())]
                if self.seconds() - used > MOST_SECONDS * patience or time.monotonic() - started > MOST_WALL * patience:
                    return said, [(f"hang in {way}", self._stop())]
            except (EOFError, OSError):
                return said, [(f"died in {way}", self._stderr()[len(before) :])]
        found = [(f"exception in {name}", value) for name, (what, value) in said.items() if what == "exception"]
        if words := self._stderr()[len(before) :]:
            found.append(("stderr", words))
        return said, found

    def _stderr(self) -> str:
        return self.told.read_text(errors="replace") if self.told.exists() else ""

    def _stop(self) -> str:
        """End the process; where it was."""
        before = len(self._stderr())
        os.kill(self.process.pid or 0, signal.SIGUSR1)
        time.sleep(0.5)
        self.process.kill()
        self.process.join()
        return self._stderr()[before:]

    def end(self) -> None:
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


def differing(clean_ones: Probabilities, found: Probabilities, touched: set[str] | None) -> str:
    """The first customer whom nobody touched and who has another probability; empty if there is none."""
    for name, probabilities in found.items():
        if touched is not None and name in clean_ones and name not in touched and set(probabilities) != set(clean_ones[name]):
            return f"{name}: {probabilities} instead of {clean_ones[name]}"
    return ""


def signature(kind: str, account: str) -> str:
    """Findings with the same place in our code are one kind."""
    ours = re.findall(r'(churn_core/[\w/]+\.py)", line (\d+)', account)
    last = account.strip().splitlines()[-1][:90] if account.strip() and kind.startswith(("exception", "stderr")) else ""
    place = ours[0] if kind.startswith(("hang", "memory")) and ours else ours[-1] if ours else ("", "")
    return f"{kind}: {':'.join(place)} {last}".strip()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--cases", type=int, default=sys.maxsize)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--save", type=Path)
    options = parser.parse_args()
    end = time.monotonic() + 60 * options.minutes
    outcomes, tried, kinds, examples = Counter[str](), Counter[str](), Counter[str](), dict[str, str]()
    with tempfile.TemporaryDirectory() as place:
        worker, number = Worker(Path(place)), options.seed
        while time.monotonic() < end and number < options.seed + options.cases:
            case = made(number)
            path = Path(place) / f"case.{case.format}"
            path.write_bytes(case.content)
            said, found = worker.take(path)
            tried[case.format] += 1
            outcomes.update(f"{way} {what}" for way, (what, _) in said.items())
            if said.get("score", ("", {}))[0] == "read":
                account = differing(worker.clean[case.format], said["score"][1], case.touched)
                found += [("another probability", account)] if account else []
            for kind, account in found:
                name = signature(kind, account)
                kinds[name] += 1
                examples.setdefault(name, f"case {number}, {case.format}: {', '.join(case.done)}")
                if options.save and kinds[name] <= _KEPT:
                    options.save.mkdir(parents=True, exist_ok=True)
                    stem = re.sub(r"\W+", "-", name)[:80]
                    (options.save / f"{stem}-{number}.{case.format}").write_bytes(case.content)
                    (options.save / f"{stem}-{number}.txt").write_text(f"{case.done}\n{account}\n", errors="replace")
            number += 1
            if not worker.process.is_alive() or worker.cases >= _CASES_OF_A_WORKER:
                worker.end()
                worker = Worker(Path(place))
        worker.end()
    print(f"{sum(tried.values()):,} files: {', '.join(f'{count:,} {name}' for name, count in sorted(tried.items()))}")
    print(", ".join(f"{count:,} {what}" for what, count in sorted(outcomes.items())))
    for name, count in kinds.most_common():
        print(f"{count:6,}  {name}\n        {examples[name]}")
    print(f"{len(kinds)} kinds of findings.")
    return 1 if kinds else 0


if __name__ == "__main__":
    sys.exit(main())
