"""How segments are found: what, how often by chance, and how long it takes. ``python -m tests.benchmarks.segments [FILE]``.

``FILE``: the Telco customers, by default those of the state folder. Prints

- what is found on them, and with how many of 20 cuts into halves the first segment is the one that the schema has written;
- of 100 shuffles of who left: in how many anything is found, of customers who stand for one and for several;
- seconds and memory at 7,043 and at 500,000 customers of 20 columns, half of them numbers, and all of them numbers.
"""

import resource
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from churn_core import settings
from churn_core.data.dataset import read_dataset
from churn_core.data.telco_source import FILE_NAME
from churn_core.decisions.segments.find import find_segments
from churn_core.decisions.segments.found import FoundSegment
from churn_core.formats import counted, decimal, percent
from churn_core.schema import Column, Schema
from churn_core.schema.telco import TELCO

CUTS, SHUFFLES, COLUMNS = 20, 100, 20
SIZES = (7_043, 500_000)


def jaccard(one: np.ndarray, other: np.ndarray) -> float:
    return float((one & other).sum() / (one | other).sum())


def line(segment: FoundSegment) -> str:
    return (
        f"- {segment.in_words('$')}: {counted(segment.customers, 'customer')}, churn rate {percent(segment.rate)} "
        f"({percent(segment.low)} to {percent(segment.high)}), others {percent(segment.rest_rate)}; "
        f"found {percent(segment.found_rate)}"
    )


def of_telco(customers: pd.DataFrame) -> None:
    found, written = find_segments(customers, TELCO), TELCO.segments[0].members(customers).to_numpy()
    print(found.in_words())
    for segment in found.segments:
        print(line(segment))
    firsts = [find_segments(customers, TELCO, seed=seed).segments[0].mask(customers) for seed in range(CUTS)]
    hits = sum(jaccard(first, written) >= 0.95 for first in firsts)
    print(f"the written segment is the first in {hits} of {CUTS} cuts into halves")


def of_chance(customers: pd.DataFrame) -> None:
    listed = (customers["InternetService"] == "Fiber optic").to_numpy()
    for what, was_listed in (("nobody was contacted", False), ("of fibre customers one in ten was left alone", True)):
        told = refused = 0
        for seed in range(SHUFFLES):
            rng = np.random.default_rng(seed)
            left = rng.permutation(customers[TELCO.target].to_numpy())
            weight = np.where(listed, np.where(rng.random(len(left)) < 0.1, 10.0, 0.0), 1.0) if was_listed else None
            found = find_segments(customers.assign(**{TELCO.target: left}), TELCO, weight=weight)
            told, refused = told + bool(found.segments), refused + found.refused
        print(f"shuffled {SHUFFLES} times, {what}: segments in {told}, proposals that did not hold {refused}", flush=True)


def made_up(rows: int, words: int) -> tuple[pd.DataFrame, Schema]:
    """So many customers of 20 columns, ``words`` of them categories of four values; three columns say who leaves."""
    rng, columns, values = np.random.default_rng(1), [], {}
    for at in range(COLUMNS):
        name = f"c{at}"
        if at < words:
            values[name] = pd.Categorical.from_codes(rng.integers(0, 4, rows), ["a", "b", "c", "d"])
            columns.append(Column(name=name, label=name, kind="category", allowed=("a", "b", "c", "d")))
        else:
            values[name] = rng.normal(size=rows)
            columns.append(Column(name=name, label=name, kind="number"))
    risky = (np.asarray(values["c19"]) > 0.3) & (np.asarray(values["c18"]) < 0.5)
    values["left"] = (rng.random(rows) < np.where(risky, 0.5, 0.15)).astype(int)
    columns.append(Column(name="left", label="Left", kind="flag", role="target"))
    return pd.DataFrame(values), Schema(name="Made up", columns=tuple(columns), clv=100.0)


def of_size() -> None:
    for rows in SIZES:
        for words in (COLUMNS // 2, 0):
            customers, schema = made_up(rows, words)
            started, of_processor = time.perf_counter(), time.process_time()
            found = find_segments(customers, schema)
            passed, worked = time.perf_counter() - started, time.process_time() - of_processor
            print(
                f"{rows:,} customers, {words} categories and {COLUMNS - words} numbers: {decimal(passed, 1, 's')} "
                f"({decimal(worked, 1, 's')} of processor), {found.conditions} conditions, {len(found)} segments, at most "
                f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:,} MB",
                flush=True,
            )


if __name__ == "__main__":
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else settings.home() / "data" / FILE_NAME
    telco = read_dataset(path, schema=TELCO).customers
    of_telco(telco)
    of_chance(telco)
    of_size()
