"""How fast the economics are: ``python tests/benchmarks/economics.py [--large]``. Prints a table; asserts nothing.

Times are the best of several runs in this one process; machines are noisy, so the ratios in the last column say more.
``--large`` adds 10,000,000 customers (some 2 GB of memory while sorting).
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sklearn.metrics import confusion_matrix

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from churn_core import settings
from churn_core.campaign.curve import profit_curve
from churn_core.campaign.economics import Campaign
from churn_core.campaign.optimise import best_threshold, ranked_per_customer
from churn_core.campaign.sensitivity import heat_map, slider_grid
from churn_core.campaign.sweep import Sweep, sweep
from churn_core.campaign.uncertainty import bootstrap

ALL_TERMS = Campaign(
    incentive=5, incentive_uptake=0.8, backfire_rate=0.01, fixed_cost=1000, margin=0.6, annual_discount=0.1, monthly_survival=0.98
)


def customers(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Churn probabilities, monthly charges and what happened; distributed about like the Telco customers."""
    rng = np.random.default_rng(settings.SEED)
    probability = rng.beta(0.6, 1.6, n)
    return probability, rng.uniform(18, 119, n), (rng.random(n) < probability).astype(float)


def seconds(run: Callable[[], object], repeats: int) -> float:
    """The best of ``repeats`` runs."""
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - start)
    return best


def the_usual_way(probability: np.ndarray, charge: np.ndarray, churned: np.ndarray) -> float:
    """A loop over 180 thresholds with a confusion matrix each, as the article does it: the average charge, a floor, a grid."""
    campaign, clv = Campaign(), 12 * charge.mean()
    best = -np.inf
    for threshold in np.linspace(0.1, 0.999, 180):
        _, in_vain, _, found = confusion_matrix(churned, probability >= threshold, labels=[0, 1]).ravel()
        best = max(best, found * (campaign.success_rate * clv) - (found + in_vain) * campaign.retention_cost)
    return best


def held(swept: Sweep) -> float:
    """Bytes per customer that one sweep holds for the sliders: arrays, hull and ranking."""
    arrays = [
        swept.score,
        swept.value,
        swept.contacted,
        swept.ranking.gain,
        swept.ranking.from_block,
        swept.hull.slope,
        swept.hull.threshold,
    ]
    totals = swept.hull.totals
    arrays += [totals.contacted, totals.leaving, totals.value, totals.value_leaving]
    arrays += [] if swept.expected else [swept.leaving]
    return sum(array.nbytes for array in arrays) / len(swept.score)


def show(what: str, measured: str, bar: str = "", ratio: str = "") -> None:
    print(f"{what:<66} {measured:>12} {bar:>12} {ratio:>18}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="also 10,000,000 customers")
    large = parser.parse_args().large
    show("", "measured", "bar", "")
    moves = iter(np.tile(np.linspace(5, 150, 500), 1000))
    for n in (7_043, 100_000, 1_000_000, *([10_000_000] if large else [])):
        probability, charge, churned = customers(n)
        start = time.perf_counter()
        swept = sweep(probability, monthly_charge=charge)
        best_threshold(swept, Campaign())
        ranked_per_customer(swept, Campaign())
        profit_curve(swept, Campaign(), settings.CURVE_POINTS)
        show(f"{n:>10,}: sort, hull and ranking, once", f"{time.perf_counter() - start:.2f} s")

        def move(swept=swept) -> None:
            campaign = Campaign(retention_cost=float(next(moves)))
            best_threshold(swept, campaign)
            ranked_per_customer(swept, campaign)

        one = seconds(move, 2000)
        show(f"{n:>10,}: one slider move, both rules and their figures", f"{1e6 * one:.0f} µs", "50 µs")
        curve = seconds(lambda swept=swept: profit_curve(swept, Campaign(), settings.CURVE_POINTS), 200)
        show(f"{n:>10,}: the curve of {settings.CURVE_POINTS} points", f"{1e3 * curve:.2f} ms", "1 ms")
        every = seconds(lambda swept=swept: best_threshold(swept, ALL_TERMS), 7)
        bar = "40 ms" if n == 1_000_000 else ""
        show(f"{n:>10,}: the sweep with all terms", f"{1e3 * every:.1f} ms", bar, f"{every / one:,.0f} × a move")
        show(f"{n:>10,}: held per customer", f"{held(swept):.1f} bytes", "32 bytes")
        if n == 100_000:
            usual = seconds(lambda: the_usual_way(probability, charge, churned), 2)  # noqa: B023
            show(
                f"{n:>10,}: 180 thresholds, a confusion matrix each",
                f"{usual:.2f} s",
                "≥ 1,000 ×",
                f"{usual / one:,.0f} × a move",
            )
        if n == 7_043:
            back_test = sweep(probability, monthly_charge=charge, leaving=churned)
            boot = seconds(lambda: bootstrap(back_test, Campaign()), 3)  # noqa: B023
            show(f"{n:>10,}: {settings.REPLICATES:,} bootstrap replicates", f"{boot:.2f} s", "0.6 s")
            for name, campaign in (("", Campaign()), (", all terms", ALL_TERMS)):
                grid = slider_grid(campaign)
                heat = seconds(lambda campaign=campaign, grid=grid: heat_map(swept, campaign, *grid), 10)  # noqa: B023
                show(f"{n:>10,}: heat map of 25 × 25{name}", f"{1e3 * heat:.1f} ms", "50 ms")


if __name__ == "__main__":
    main()
