"""How fast and how good the best of several offers is: ``python tests/benchmarks/offers.py [--instances 200]``.

Prints a table; asserts nothing. Times are the best of several runs in this one process. Beside it, scipy's integer programming
(HiGHS) on what it can do. The peak of the memory is that of the process up to there, the customers themselves included.
"""

import argparse
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from churn_core.campaign.offers.assign import assign
from churn_core.campaign.offers.frontier import frontier
from tests.campaign.offers.conftest import Instance, by_integer_programming, instance

EXACT = 1e-9  # share of a profit that summing in another order may change


def seconds(run: Callable[[], object], repeats: int) -> float:
    """The best of ``repeats`` runs."""
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - start)
    return best


def show(what: str, measured: str, bar: str = "", more: str = "") -> None:
    print(f"{what:<58} {measured:>12} {bar:>10}  {more}", flush=True)


def solved(case: Instance, repeats: int) -> tuple[str, str]:
    """How long an instance takes, and how good the answer is."""
    found = assign(case.profit, case.spend, **case.limits)
    took = seconds(lambda: assign(case.profit, case.spend, **case.limits), repeats)
    return f"{1e3 * took:.0f} ms", "proven best" if found.optimal else f"{found.gap:.1e} below the bound"


def against_integer_programming(instances: int) -> None:
    """Random instances of 300 customers and 4 offers: the gap to the optimum, how many are proven, how long both take."""
    rng = np.random.default_rng(17)
    gaps, proven, took, theirs = [], 0, [], 0.0
    for k in range(instances):
        kind = ("any", "round", "ties", "rule")[k % 4]
        case = instance(rng, 300, 4, kind, rng.choice([0.2, 0.4, 0.6, 0.8]), rng.choice([0.1, 0.25, 0.4]))
        start = time.perf_counter()
        found = assign(case.profit, case.spend, **case.limits)
        took.append(time.perf_counter() - start)
        start = time.perf_counter()
        best = by_integer_programming(case, seconds=20)
        theirs += time.perf_counter() - start
        gaps.append(max(0.0, 1 - found.profit / best) if best else 0.0)
        proven += found.optimal
        if found.bound < best * (1 - EXACT) or (found.optimal and gaps[-1] > EXACT):
            print(f"instance {k}: bound {found.bound}, found {found.profit}, best {best}")
    show(f"{instances} instances of 300 × 4: largest gap to the optimum", f"{max(gaps):.1e}", "1e-4")
    show("    instances with a gap above 1e-4", f"{sum(gap > 1e-4 for gap in gaps)}", "0")
    show("    proven best", f"{proven / instances:.1%}", "90 %")
    show("    one instance, median", f"{1e3 * float(np.median(took)):.0f} ms", "", f"slowest {max(took):.2f} s")
    show("    all of them", f"{sum(took):.1f} s", "", f"integer programming {theirs:.1f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--instances", type=int, default=200, help="instances of 300 × 4 (default %(default)s)")
    many = parser.parse_args().instances
    show("", "measured", "bar")
    for n, bar, repeats in ((7_043, "60 ms", 7), (100_000, "300 ms", 5), (1_000_000, "3,000 ms", 3)):
        for seed in range(3 if n == 7_043 else 1):
            case = instance(np.random.default_rng(seed), n, 4)
            took, good = solved(case, repeats)
            show(f"{n:>9,} × 4, budget and capacities", took, bar, good)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        show("    peak of the memory so far", f"{peak:.0f} MB", "600 MB" if n == 1_000_000 else "")
    for seed in range(3):
        took, good = solved(instance(np.random.default_rng(seed), 7_043, 4, budget=0.02, capacity=0.05), 3)
        show("    7,043 × 4, budget of 2 %, capacities of 5 %", took, "1,000 ms", good)
    for kind in ("round", "ties", "rule", "equal"):
        took, good = solved(instance(np.random.default_rng(0), 7_043, 4, kind), 3)
        show(f"    7,043 × 4, {kind}", took, "", good)
    took, good = solved(instance(np.random.default_rng(0), 7_043, 6), 3)
    show("    7,043 × 6, budget and capacities", took, "", good)
    for n, repeats in ((7_043, 5), (100_000, 3), (1_000_000, 1)):
        case = instance(np.random.default_rng(0), n, 4, budget=None)
        free = seconds(lambda: frontier(case.profit, case.spend), repeats)  # noqa: B023
        show(f"{n:>9,} × 4: the frontier without capacities", f"{1e3 * free:.0f} ms")
        if n < 1_000_000:
            full = seconds(lambda: frontier(case.profit, case.spend, capacity=case.capacity), 1)  # noqa: B023
            show(f"{n:>9,} × 4: the frontier with capacities, 60 points", f"{1e3 * full:.0f} ms")
    case = instance(np.random.default_rng(0), 7_043, 4)
    start = time.perf_counter()
    best, ours = by_integer_programming(case, seconds=30), assign(case.profit, case.spend, **case.limits).profit
    show(
        "    7,043 × 4 by integer programming, 30 s at most",
        f"{time.perf_counter() - start:.0f} s",
        "",
        f"earns {best / ours - 1:+.1e}",
    )
    against_integer_programming(many)


if __name__ == "__main__":
    main()
