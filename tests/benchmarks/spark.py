"""Spark beside one machine, in one run, and from it what a billion customers would take.

``python -m tests.benchmarks.spark [ROWS]``: needs a trained ``CHURN_HOME``, pyspark and Java 17. The customers are Telco's again and
again, as Parquet. Prints of a cluster of two workers with a core each, and of one machine in one process and in two with a core
each: seconds, seconds of the processor (of the whole tree of processes: the workers' Python is no part of what Spark counts), rows
per second and core, and the most memory of one process. Other programs cost time; what the processor did they hardly change.
"""

import json
import os
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from churn_core import settings
from churn_core.application.on_spark import check_on_spark, score_on_spark
from churn_core.application.score_file import score_file
from churn_core.application.workspace import open_workspace
from churn_core.batch.spark_account import Account
from churn_core.batch.spark_scorer import as_read, scored_batch
from churn_core.batch.target import Target
from churn_core.campaign.plan import Plan
from churn_core.data.writing.tables import writer_for
from churn_core.model.registry import Version
from churn_core.monitoring.monitor import Watch
from churn_core.storage.publications import Decision
from tests.batch.cluster import cluster
from tests.benchmarks.files import make

_BILLION = 1_000_000_000
_DECISION = Decision(plan=Plan())
_CARRIED = "Spark, two workers: rows to Python and back"
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Took:
    """Seconds of the clock and of the processor."""

    seconds: float
    processor: float


def version_and_watch() -> tuple[Version, Watch]:
    workspace = open_workspace(settings.home(), training="never")
    return workspace.version, Watch(workspace.reference, _DECISION.plan)


def parts_of(parquet: Path, folder: Path, parts: int) -> list[Path]:
    """The rows in so many files of one length, as an export has them."""
    table, paths = pa.parquet.read_table(parquet), []
    folder.mkdir()
    for number in range(parts):
        at, end = (each * table.num_rows // parts for each in (number, number + 1))
        paths.append(folder / f"{number}.parquet")
        pa.parquet.write_table(table.slice(at, end - at), paths[-1])
    return paths


def tree() -> list[Path]:
    """This process and all that it has started, in ``/proc`` (Linux)."""
    children: dict[str, list[str]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            children.setdefault(stat.read_text().rpartition(")")[2].split()[1], []).append(stat.parent.name)
        except OSError:  # it has ended meanwhile
            continue
    found = [str(os.getpid())]
    for each in found:
        found.extend(children.get(each, []))
    return [Path("/proc") / each for each in found]


def processor() -> float:
    """Seconds of the processor that the tree has used, those of ended children too."""
    fields = [(each / "stat").read_text().rpartition(")")[2].split() for each in tree()]
    return sum(int(tick) for each in fields for tick in each[11:15]) / _TICKS


def most_memory(name: str) -> float:
    """The most memory, MB, that one of the processes below this one of that name has ever held."""
    statuses = [(each / "status").read_text() for each in tree()[1:]]
    return max(int(status.partition("VmHWM:")[2].split()[0]) / 1024 for status in statuses if status.split()[1].startswith(name))


def timed(work: Callable[[], object]) -> Took:
    before, started = processor(), time.perf_counter()
    work()
    return Took(time.perf_counter() - started, processor() - before)


def show(name: str, took: Took, rows: int, cores: int, memory: str) -> None:
    print(
        f"{name:44}{took.seconds:8.1f} s {took.processor:8.1f} s {rows / took.seconds / cores:10,.0f} {rows / took.processor:10,.0f}"
        f"   {memory}",
        flush=True,
    )


def alone(core: str, source: str, target: str) -> None:
    """In a process of its own, on one core: score a file with the watch."""
    os.sched_setaffinity(0, {int(core)})
    version, watch = version_and_watch()
    started, used = time.perf_counter(), time.process_time()
    with open(target, "wb") as stream:
        target = Target(stream=stream, writer=writer_for(target))
        score_file(Path(source), version, _DECISION, watch=watch, scored=target)
    status = Path("/proc/self/status").read_text()
    most = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    print(json.dumps([time.perf_counter() - started, time.process_time() - used, most]))


def side_by_side(sources: list[Path], folder: Path) -> tuple[Took, float]:
    """Each source in a process and on a core of its own, all at once."""
    command = [sys.executable, "-m", "tests.benchmarks.spark", "alone"]
    cores = sorted(os.sched_getaffinity(0))
    running = [
        subprocess.Popen([*command, str(core), str(source), f"{folder}/{core}.parquet"], stdout=subprocess.PIPE, text=True)
        for core, source in zip(cores, sources, strict=False)
    ]
    told = [json.loads(each.communicate()[0].splitlines()[-1]) for each in running]
    return Took(max(each[0] for each in told), sum(each[1] for each in told)), max(each[2] for each in told)


def size_of_account(source: Path, version: Version, watch: Watch) -> int:
    """Bytes that a task sends to the driver."""
    batch = next(pa.parquet.ParquetFile(source).iter_batches())
    scored = scored_batch(batch, version.model, version.schema, _DECISION.plan.of_one_contact, None, False)
    return len(pickle.dumps(Account.of(as_read(batch), scored, version.schema, lambda scored, part: watch.observe(scored))))


def carried(spark: Any, source: Path, target: Path) -> None:
    """What Spark alone does: the rows to the workers' Python, as they are back, and written."""
    df = spark.read.parquet(str(source))
    df.mapInArrow(lambda batches: batches, df.schema).write.parquet(str(target))


def size(folder: Path) -> int:
    return sum(each.stat().st_size for each in folder.glob("*.parquet"))


@contextmanager
def spark_of_two(folder: Path) -> Iterator[Any]:
    yield from cluster(folder, batch=None)


def main(rows: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        csv, parquet = make(rows, folder)
        csv.unlink()
        halves, parts = parts_of(parquet, folder / "halves", 2), folder / "parts"
        parts_of(parquet, parts, 8)
        version, watch = version_and_watch()
        small = parts_of(halves[0], folder / "small", 100)[0]
        print(f"{rows:,} rows, {size(parts) / 1e6:,.0f} MB of Parquet in 8 files")
        print(f"{'':44}{'clock':>10} {'processor':>10} {'rows/s·core':>11} {'/s of proc.':>10}   most memory of one process")
        for label, sources in (("one machine, one process", [parquet]), ("one machine, two processes", halves)):
            took, most = side_by_side(sources, folder)
            show(f"{label}: score with watch", took, rows, len(sources), f"Python {most:,.0f} MB")
        with spark_of_two(folder / "spark") as spark:
            for target in ("warm-1", "warm-2"):  # the workers import what they need
                score_on_spark(small, folder / target, version, _DECISION, watch=watch)
            works = {
                _CARRIED: lambda: carried(spark, parts, folder / "carried"),
                "Spark, two workers: score with watch": lambda: score_on_spark(
                    parts, folder / "a", version, _DECISION, watch=watch
                ),
                "Spark, two workers: score, watch, summary": lambda: score_on_spark(
                    parts, folder / "b", version, _DECISION, watch=watch, summarise=True
                ),
                "Spark, two workers: monitor": lambda: check_on_spark(parts, version, watch=watch),
            }
            took = {}
            for label, work in works.items():
                took[label] = timed(work)
                memory = f"Python {most_memory('python'):,.0f} MB, Java {most_memory('java'):,.0f} MB"
                show(label, took[label], rows, 2, memory)
        billion(rows, took, size(parts), size(folder / "a"), size_of_account(small, version, watch))


def billion(rows: int, took: dict[str, Took], read: int, written: int, account: int) -> None:
    """The paper sum: everything but the driver's part grows with the rows."""
    times = _BILLION / rows
    print(f"\nA billion customers, {times:,.0f} times as many:")
    for name, each in took.items():
        hours = each.processor * times / 3600
        print(f"  {name.partition(': ')[2]:24}{hours:8,.0f} core-hours: {60 * hours / 100:6,.0f} minutes on 100 cores")
    tasks = -(-read * times // 2**27)
    print(f"  {read * times / 1e9:,.0f} GB of Parquet are read, {written * times / 1e9:,.0f} GB are written")
    print(
        f"  {tasks:,.0f} tasks of 128 MiB send {account / 1e3:,.0f} KB each to the driver, {tasks * account / 1e6:,.0f} MB in all"
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["alone"]:
        alone(*sys.argv[2:])
    else:
        main(int((sys.argv[1:] or ["1000000"])[0]))
