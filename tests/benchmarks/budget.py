"""What may become slower before somebody has to look: a ratio to a yardstick of the same run, beside the ratio that is on record.

A slow or a busy machine slows the yardstick too, so it does not matter. The processor's time is taken and not the clock's, and of
several turns, figure and yardstick by turns, the least of each: what other programs do costs a turn time and never saves it any.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

RECORD = Path(__file__).with_name("budget.json")  # name of a figure → its ratio when it was last put on record
FACTOR = 2.0  # no unit; so many times the ratio on record is too much


@dataclass(frozen=True, kw_only=True)
class Figure:
    """Something that takes time, and what it is measured by. In one turn each is done ``times`` and ``yardstick_times`` times: what
    is short is done often. ``clock``: seconds of the processor so far.
    """

    name: str
    work: Callable[[], object]
    yardstick: str
    by: Callable[[], object]
    times: int = 1
    yardstick_times: int = 1
    turns: int = 5
    clock: Callable[[], float] = time.process_time


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A figure and its yardstick, once; seconds of the processor."""

    name: str
    seconds: float
    yardstick: str
    yardstick_seconds: float

    @property
    def ratio(self) -> float:
        return self.seconds / self.yardstick_seconds


def measure(figure: Figure) -> Measured:
    """The least of several turns, after one that is thrown away."""

    def one(work: Callable[[], object], times: int) -> float:
        started = figure.clock()
        for _ in range(times):
            work()
        return (figure.clock() - started) / times

    took, beside = [], []
    for _ in range(figure.turns + 1):
        took.append(one(figure.work, figure.times))
        beside.append(one(figure.by, figure.yardstick_times))
    return Measured(
        name=figure.name, seconds=min(took[1:]), yardstick=figure.yardstick, yardstick_seconds=min(beside[1:])
    )  # fmt: skip


def on_record() -> dict[str, float]:
    """The ratio of each figure when it was last put on record, by name."""
    return json.loads(RECORD.read_text(encoding="utf-8"))


def bar(name: str, record: Mapping[str, float]) -> float | None:
    """The largest ratio that passes; ``None`` where none is on record yet."""
    return FACTOR * record[name] if name in record else None


def verdict(measured: Measured, record: Mapping[str, float]) -> str:
    """``""`` within the budget; else ``"too slow"``, ``"not on record"``, or ``"faster: renew"``, which is no failure."""
    most = bar(measured.name, record)
    if most is None:
        return "not on record"
    if measured.ratio > most:
        return "too slow"
    return "faster: renew" if measured.ratio < record[measured.name] / FACTOR else ""


def renew(measured: Mapping[str, float]) -> None:
    """Put these ratios on record, three digits each; those of other figures stay."""
    kept = {**on_record(), **{name: float(f"{ratio:.3g}") for name, ratio in measured.items()}}
    RECORD.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
