"""What is measured, and by which yardstick: the model, the money, files, the API and the start of a command."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pyarrow.csv
import pyarrow.parquet
from sklearn.linear_model import LogisticRegression

from churn_core import settings
from churn_core.application.train_version import train_version
from churn_core.application.workspace import Workspace, open_workspace
from churn_core.batch.local import score_file
from churn_core.batch.target import Target
from churn_core.campaign.curve import profit_curve
from churn_core.campaign.economics import Campaign
from churn_core.campaign.offers.assign import assign
from churn_core.campaign.optimise import best_threshold
from churn_core.campaign.plan import Plan
from churn_core.campaign.sweep import sweep
from churn_core.data import telco_source
from churn_core.data.writing.tables import writer_for
from churn_core.model.candidates import build
from churn_core.model.reasons import top_reasons
from churn_core.model.term import matrix
from churn_core.model.terms import readable_terms
from churn_core.monitoring.monitor import Watch
from churn_core.schema.telco import TELCO
from tests.benchmarks import api
from tests.benchmarks.budget import Figure
from tests.benchmarks.files import make
from tests.campaign.offers.conftest import instance

_LEARNED = 20_000  # customers that the model is fitted to


def figures(rows: int) -> Iterator[Figure]:
    """Each figure once it can be measured; ``rows`` of files and tables. All state is in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "data").mkdir()
        (home / "data" / telco_source.FILE_NAME).symlink_to(telco_source.obtain(settings.home() / "data").resolve())
        workspace = open_workspace(home)
        yield from _of_the_model(workspace, home, rows)
        yield from _of_the_money(workspace, rows)
        yield from _of_files(workspace, home, rows)
        yield from _of_the_api(workspace, home)
        yield _of_a_command(home)


def _of_the_model(workspace: Workspace, home: Path, rows: int) -> Iterator[Figure]:
    customers = workspace.customers.sample(max(rows, _LEARNED), replace=True, random_state=0).reset_index(drop=True)
    learned = customers.head(_LEARNED)
    churned, values = learned[TELCO.target].to_numpy(), matrix(readable_terms(TELCO), learned)
    standard = (values - values.mean(axis=0)) / values.std(axis=0)
    theirs = "scikit-learn's LogisticRegression, 20,000"

    def their_fit() -> object:
        return LogisticRegression(max_iter=1000).fit(standard, churned)

    yield Figure(
        name=f"fit, {_LEARNED:,} customers",
        work=lambda: build("logistic").fit(learned, churned),
        yardstick=theirs,
        by=their_fit,
        times=2,
        yardstick_times=4,
    )
    yield Figure(
        name=f"train and evaluate a version, {len(workspace.customers):,}",
        work=lambda: train_version(home, workspace.dataset),
        yardstick=theirs,
        by=their_fit,
        yardstick_times=8,
        turns=2,
    )
    model, many = workspace.version.model, customers.head(rows)
    table, weights = np.asfortranarray(np.random.default_rng(0).random((rows, values.shape[1]))), np.ones(values.shape[1])

    def a_pass() -> object:
        return table @ weights

    numpy = f"numpy: matrix of as many terms × weights, {rows:,}"
    yield Figure(
        name=f"probabilities, {rows:,}",
        work=lambda: model.predict_proba(many),
        yardstick=numpy,
        by=a_pass,
        times=2,
        yardstick_times=20,
    )
    yield Figure(
        name=f"three reasons each, {rows:,}",
        work=lambda: top_reasons(model, many, schema=TELCO),
        yardstick=numpy,
        by=a_pass,
        yardstick_times=20,
    )


def _of_the_money(workspace: Workspace, rows: int) -> Iterator[Figure]:
    rng = np.random.default_rng(0)
    p, charge = rng.beta(0.6, 1.6, rows), rng.uniform(18, 119, rows)
    yield Figure(
        name=f"every threshold swept, {rows:,}",
        work=lambda: sweep(p, monthly_charge=charge),
        yardstick=f"np.argsort, {rows:,}",
        by=lambda: np.argsort(p),
    )
    swept, numbers = workspace.still_here.expected_sweep, rng.random(7_043)
    costs = iter(np.linspace(5, 150, 10**6))

    def moved() -> None:
        campaign = Campaign(retention_cost=next(costs))
        best_threshold(swept, campaign)
        profit_curve(swept, campaign, 200)

    def sorted_() -> object:
        return np.argsort(numbers)

    yield Figure(
        name="a slider moves: best threshold and curve",
        work=moved,
        yardstick="np.argsort, 7,043",
        by=sorted_,
        times=100,
        yardstick_times=200,
    )
    case = instance(np.random.default_rng(0), 7_043, 4)
    yield Figure(
        name="best of four offers for each of 7,043",
        work=lambda: assign(case.profit, case.spend, **case.limits),
        yardstick="np.argsort, 7,043",
        by=sorted_,
        times=2,
        yardstick_times=200,
    )


def _of_files(workspace: Workspace, home: Path, rows: int) -> Iterator[Figure]:
    csv, parquet = make(rows, home)
    model, reference = workspace.version.model, workspace.reference

    def scored(source: Path, name: str, watched: bool = False) -> None:
        watch = Watch(reference, Plan()) if watched else None
        score_file(
            source,
            model,
            Plan(),
            schema=TELCO,
            scored=Target(stream=BytesIO(), writer=writer_for(name)),
            observe=lambda result, part: watch.observe(result) if watch else None,
        )

    for source, name, watched in ((csv, "out.csv", False), (csv, "out.csv", True), (parquet, "out.parquet", False)):
        kinds = f"{source.suffix[1:]} → {name.removeprefix('out.')}".replace("csv", "CSV").replace("parquet", "Parquet")
        yield Figure(
            name=f"file scored, {kinds}{', watched' * watched}, {rows:,}",
            work=lambda source=source, name=name, watched=watched: scored(source, name, watched),
            yardstick="pyarrow parses the CSV",
            by=lambda: pyarrow.csv.read_csv(csv),
            yardstick_times=3,
            turns=3,
        )


def _of_the_api(workspace: Workspace, home: Path) -> Iterator[Figure]:
    """The server in a process of its own, on a connection that is kept; its processor time, not that of who asks."""
    raw = workspace.customers.drop(columns=TELCO.target).head(1000)
    customers = json.loads(raw.to_json(orient="records"))
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "churn_core", "serve", "--port", str(port)]
    process = api.server(command, port, CHURN_HOME=str(home))
    try:
        with socket.create_connection(("127.0.0.1", port)) as wire:

            def asks(method: str, path: str, body: object = None) -> Callable[[], None]:
                sent = api.message(method, path, body)
                return lambda: _ask(wire, sent)

            one, clock = asks("POST", "/predict", customers[0]), _processor_of(process.pid)
            yield Figure(
                name="/predict",
                work=one,
                yardstick="/health",
                by=asks("GET", "/health"),
                times=60,
                yardstick_times=60,
                turns=25,
                clock=clock,
            )
            yield Figure(
                name="/predict_batch of 1,000",
                work=asks("POST", "/predict_batch", {"customers": customers}),
                yardstick="/predict",
                by=one,
                times=3,
                yardstick_times=60,
                turns=15,
                clock=clock,
            )
    finally:
        process.terminate()
        process.wait(20)


def _ask(wire: socket.socket, sent: bytes) -> None:
    """One request and its whole answer."""
    wire.sendall(sent)
    head, _, body = wire.recv(65536).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), head
    length = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
    while len(body) < length:
        body += wire.recv(1 << 20)


def _processor_of(pid: int) -> Callable[[], float]:
    """The processor time of another process, seconds (Linux). The number is what C's ``clock_getcpuclockid`` gives."""
    return lambda: time.clock_gettime((~pid << 3) | 2)


def _of_a_command(home: Path) -> Figure:
    """A command that does next to nothing: what is imported before it begins, once it has been compiled."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["CHURN_HOME"] = str(home)

    def run(*words: str) -> Callable[[], object]:
        return lambda: subprocess.run(
            [sys.executable, *words], cwd=settings.CHECKOUT, env=environment, check=True, capture_output=True
        )

    def ended() -> float:
        times = os.times()
        return times.children_user + times.children_system

    return Figure(
        name="python -m churn_core --help",
        work=run("-m", "churn_core", "--help"),
        yardstick="python -c 'import pandas'",
        by=run("-c", "import pandas"),
        turns=2,
        clock=ended,
    )
