"""Metrics of the service, for Prometheus: requests, latencies, errors, and what answers are decided by."""

import os
from collections.abc import Iterator, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, Metric, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector

SHARED = "PROMETHEUS_MULTIPROC_DIR"  # the variable by which the library keeps counts in files of a folder that processes share
VERDICTS = ("keep", "look", "retrain")
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The metrics of one process, in a registry of their own."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter("churn_requests", "Requests answered.", ["path", "status"], registry=self.registry)
        self.latency = Histogram(
            "churn_request_seconds", "Time to the answer.", ["path"], buckets=_SECONDS, registry=self.registry
        )
        self.predictions = Counter("churn_predictions", "Customers scored by the API.", registry=self.registry)
        self.errors = Counter("churn_errors", "Answers with a status of 500 and more.", registry=self.registry)
        self.threshold = Gauge("churn_threshold", "The threshold that answers are decided by.", registry=self.registry)
        self.model = Info("churn_model", "The version in use.", registry=self.registry)
        self.drift = Gauge("churn_drift_psi", "PSI of the last file, by column.", ["column"], registry=self.registry)
        self.verdict = Gauge("churn_drift_verdict", "On the last file: 0 keep, 1 look, 2 retrain.", registry=self.registry)
        self._of_path: dict[tuple[str, int], tuple[Counter, Histogram]] = {}

    def answered(self, path: str, status: int, seconds: float) -> None:
        """Count a request to ``path``: a route, never the path that a client sent."""
        if (path, status) not in self._of_path:  # finding the labels costs more than counting
            self._of_path[path, status] = self.requests.labels(path, status), self.latency.labels(path)
        counter, histogram = self._of_path[path, status]
        counter.inc()
        histogram.observe(seconds)
        if status >= 500:
            self.errors.inc()

    def judged(self, judgement: Mapping[str, Any]) -> None:
        """Take over drift and verdict of a file that was scored or checked, from ``Judgement.as_dict``."""
        for row in judgement["drift"]:
            self.drift.labels(row["column"]).set(row["psi"])
        self.verdict.set(VERDICTS.index(judgement["verdict"]["level"]))

    def text(self) -> bytes:
        """All metrics as Prometheus reads them. Of several processes counts and times are the sums, whichever of them is asked, those
        of one that has ended among them; the threshold, the version and the drift are the same in all.
        """
        folder = os.environ.get(SHARED)
        return generate_latest(_Together(self.registry, folder) if folder else self.registry)


class _Together(CollectorRegistry):
    """What a process says itself of the state, and what is counted by all processes."""

    def __init__(self, own: CollectorRegistry, folder: str) -> None:
        super().__init__()
        self._own: Any = own
        self._all: Any = MultiProcessCollector(None, folder)  # type: ignore[no-untyped-call]  # the library has no types here

    def collect(self) -> Iterator[Metric]:
        yield from (metric for metric in self._own.collect() if metric.type in ("gauge", "info"))
        yield from (metric for metric in self._all.collect() if metric.type in ("counter", "histogram"))
