"""A long file through the scorer, against the time that pyarrow needs to parse it in the same run.

``python -m tests.benchmarks.files [ROWS …]``: needs a trained ``CHURN_HOME``. Prints, for CSV and Parquet, seconds, the
ratio to pyarrow's parse of the CSV (the best of three), rows per second, and the most memory that the process ever held. Then,
as whole processes, ``score`` beside what a user would otherwise write: pandas and scikit-learn, without reasons and watch.
"""

import compileall
import json
import pickle
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from churn_core import settings
from churn_core.application.workspace import open_workspace
from churn_core.batch.local import score_file
from churn_core.batch.target import Target
from churn_core.campaign.plan import Plan
from churn_core.data import telco_source as telco
from churn_core.data.writing.tables import writer_for
from churn_core.model.registry import Registry
from churn_core.monitoring.monitor import Watch
from churn_core.schema.telco import TELCO

_AT_ONCE = 500_000  # rows that are made at once


def make(rows: int, folder: Path) -> tuple[Path, Path]:
    """The Telco customers again and again, in random order, each with an id of its own; as CSV and as Parquet."""
    raw = pd.read_csv(telco.obtain(settings.home() / "data"), dtype="str", keep_default_na=False)
    table, rng = pa.Table.from_pandas(raw.drop(columns=TELCO.target), preserve_index=False), np.random.default_rng(0)
    csv, parquet, writer = folder / "customers.csv", folder / "customers.parquet", None
    with csv.open("wb") as file:
        for start in range(0, rows, _AT_ONCE):
            count = min(_AT_ONCE, rows - start)
            part = table.take(pa.array(rng.integers(0, len(raw), count)))
            ids = pa.array([f"{number:08d}-KEEP" for number in range(start, start + count)])
            part = part.set_column(0, TELCO.id, ids)
            options = pa.csv.WriteOptions(include_header=start == 0, quoting_style="none")
            pa.csv.write_csv(part, file, options)
            writer = writer or pa.parquet.ParquetWriter(parquet, part.schema)
            writer.write_table(part)
    writer.close()
    return csv, parquet


def run(source: str, target: str, csv: str, watched: str) -> None:
    """In a process of its own: score, then parse."""
    registry = Registry(settings.home() / "models")
    model = registry.load(registry.production_id()).model
    watch = Watch(open_workspace(settings.home(), training="never").reference, Plan()) if watched == "watched" else None
    before = _most_memory()
    started = time.perf_counter()
    with open(target, "wb") as stream:
        result = score_file(
            Path(source),
            model,
            Plan(),
            scored=Target(stream=stream, writer=writer_for(target)),
            observe=lambda scored, part: watch.observe(scored) if watch else None,
            schema=TELCO,
        )
    seconds, most = time.perf_counter() - started, _most_memory()
    parse = []
    for _ in range(3):
        started = time.perf_counter()
        pa.csv.read_csv(csv)
        parse.append(time.perf_counter() - started)
    told = {"seconds": seconds, "parse": min(parse), "before": before, "most": most, "rows": result.quality.kept}
    print(json.dumps(told))


def _most_memory() -> float:
    """MB that this process held at most (Linux)."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


_USUAL = """
import pickle, sys, pandas as pd
model, source, target = sys.argv[1:]
customers = pd.read_csv(source)
customers["TotalCharges"] = pd.to_numeric(customers["TotalCharges"], errors="coerce").fillna(0)
customers["churn_probability"] = pickle.load(open(model, "rb")).predict_proba(customers)[:, 1]
customers.to_csv(target, index=False)
"""


def usual(folder: Path) -> Path:
    """The pipeline that a user would fit on the Telco customers, as a file."""
    customers = pd.read_csv(telco.obtain(settings.home() / "data"))
    customers["TotalCharges"] = pd.to_numeric(customers["TotalCharges"], errors="coerce").fillna(0)
    numbers = ["tenure", "MonthlyCharges", "TotalCharges"]
    words = [name for name in customers if name not in (*numbers, TELCO.id, TELCO.target)]
    columns = ColumnTransformer(
        [("numbers", StandardScaler(), numbers), ("words", OneHotEncoder(handle_unknown="ignore"), words)]
    )
    model = make_pipeline(columns, LogisticRegression(max_iter=1_000)).fit(customers, customers[TELCO.target] == "Yes")
    path = folder / "usual.pickle"
    path.write_bytes(pickle.dumps(model))
    return path


def whole(name: str, *command: str) -> None:
    """A whole process three times, and of each figure the middle one: its seconds, and those of the processor."""
    clock, processor = list[float](), list[float]()
    for _ in range(3):
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run([sys.executable, *command], stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        clock.append(time.perf_counter() - started)
        processor.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    print(f"whole process {name:28}{sorted(clock)[1]:7.2f} s, {sorted(processor)[1]:7.2f} s of the processor")


def main(rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        csv, parquet = make(rows, Path(folder))
        print(f"{rows:,} rows, CSV {csv.stat().st_size / 1e6:,.0f} MB, Parquet {parquet.stat().st_size / 1e6:,.0f} MB")
        for source, ending, watched in (
            (csv, "csv", ""),
            (csv, "csv", "watched"),
            (parquet, "parquet", ""),
        ):
            command = [
                sys.executable,
                "-m",
                "tests.benchmarks.files",
                "run",
                str(source),
                f"{folder}/out.{ending}",
                str(csv),
                watched,
            ]
            told = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout.splitlines()[-1])
            ratio, speed = told["seconds"] / told["parse"], told["rows"] / told["seconds"]
            print(
                f"{source.suffix[1:]:8}→ {ending:8}{watched:8}{told['seconds']:7.2f} s  {ratio:6.2f} × parse ({told['parse']:.2f} s)  "
                f"{speed:12,.0f} rows/s  {told['most']:6.0f} MB at most, {told['before']:.0f} before"
            )
        compileall.compile_dir(
            settings.CHECKOUT / "churn_core", quiet=1
        )  # as after the first start, whatever this machine is told
        scored = f"{folder}/out.csv"
        whole("pandas and scikit-learn", "-c", _USUAL, str(usual(Path(folder))), str(csv), scored)
        whole("score, reasons and watch too", "-m", "churn_core", "score", str(csv), "--output", scored, "--json")


if __name__ == "__main__":
    if sys.argv[1:2] == ["run"]:
        run(*sys.argv[2:])
    else:
        for rows in sys.argv[1:] or ["1000000"]:
            main(int(rows))
