"""What the service answered, from its own log: requests, customers, latencies and errors, hour by hour."""

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from churn_core.logs import FILE

_COLUMNS = ["hour", "requests", "customers", "refused", "errors", "median_ms", "p95_ms"]


@dataclass(frozen=True, kw_only=True, eq=False)
class ServiceRecord:
    """``hours``: one row per hour with requests. Columns: ``hour`` (UTC), ``requests``, ``customers`` (scored), ``refused``
    (status 4xx), ``errors`` (5xx), ``median_ms``, ``p95_ms`` (milliseconds to the answer). The other fields are the same over
    all of them; ``since`` is the first line that the log still holds, ``None`` for no line at all.
    """

    hours: pd.DataFrame
    requests: int
    customers: int
    refused: int
    errors: int
    median_ms: float
    p95_ms: float
    since: datetime | None


def service_record(folder: Path, last: timedelta = timedelta(days=7), now: datetime | None = None) -> ServiceRecord:
    """Of the log files in ``folder``, the rotated ones too; lines that cannot be read are passed over."""
    begin, since = (now or datetime.now(UTC)) - last, None
    by_hour: dict[datetime, list[tuple[int, float, int]]] = defaultdict(list)
    for line in _lines(Path(folder)):
        told = _told(line)
        if told is None:
            continue
        at, answer = told
        since = at if since is None else min(since, at)
        if answer is not None and at >= begin:
            by_hour[at.replace(minute=0, second=0, microsecond=0)].append(answer)
    rows = [_summed(hour, by_hour[hour]) for hour in sorted(by_hour)]
    everything = _summed(begin, [answer for answers in by_hour.values() for answer in answers])
    return ServiceRecord(
        hours=pd.DataFrame([tuple(row.values()) for row in rows], columns=_COLUMNS),
        since=since,
        **{name: value for name, value in everything.items() if name != "hour"},
    )


def _lines(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob(FILE + "*")):
        # A file may be put aside, or go, between the listing and the reading; a folder is no log.
        with suppress(OSError), path.open(encoding="utf-8", errors="replace") as lines:
            yield from lines


def _told(line: str) -> tuple[datetime, tuple[int, float, int] | None] | None:
    """When, and of an answer its status, milliseconds and customers."""
    try:
        values = json.loads(line)
        at = datetime.fromisoformat(values["at"])
        if at.tzinfo is None:  # not of this log, whose times are UTC and say so
            return None
        if "milliseconds" not in values:
            return at, None
        return at, (int(values["status"]), float(values["milliseconds"]), int(values.get("customers", 0)))
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):  # whatever else was written into the file
        return None


def _summed(hour: datetime, answers: list[tuple[int, float, int]]) -> dict[str, Any]:
    status = np.array([answer[0] for answer in answers], dtype=int)
    milliseconds = np.array([answer[1] for answer in answers], dtype=float)
    return {
        "hour": hour,
        "requests": len(answers),
        "customers": sum(answer[2] for answer in answers),
        "refused": int(((status >= 400) & (status < 500)).sum()),
        "errors": int((status >= 500).sum()),
        "median_ms": float(np.median(milliseconds)) if len(answers) else float("nan"),
        "p95_ms": float(np.quantile(milliseconds, 0.95)) if len(answers) else float("nan"),
    }
