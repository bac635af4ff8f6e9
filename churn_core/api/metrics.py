"""Metrics of the service, for Prometheus: requests, latencies, errors, and what answers are decided by."""

from collections.abc import Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

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
        return generate_latest(self.registry)
