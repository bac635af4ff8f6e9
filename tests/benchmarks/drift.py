"""How often the watch alarms: ``python -m tests.benchmarks.drift [--runs 1000]``. Prints two tables; asserts nothing.

Needs the Telco data (``python -m churn_core data``). The Telco customers are the population. In every run a reference of
7,043 customers and a file are drawn from it with replacement, as how often each customer occurs, so that a million rows
cost as much as twenty. An alarm is a verdict other than keep. The outcomes and the money are judged too where nothing has
moved; a shift is in one column alone, and only the drift is judged.
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.optimize import brentq

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from churn_core import settings
from churn_core.campaign.economics import Campaign, expected_profit
from churn_core.data.dataset import read_dataset
from churn_core.data.telco_source import FILE_NAME
from churn_core.model.candidates import build
from churn_core.model.cross_validation import cross_validate
from churn_core.monitoring.drift import drift
from churn_core.monitoring.outcomes import outcome_check
from churn_core.monitoring.profile import ONE, SCORE, Bins, Outcomes, Profile
from churn_core.monitoring.profiling import bins_of, profile, profiled_columns
from churn_core.monitoring.verdict import MoneyDrift, verdict
from churn_core.schema.telco import TELCO

QUIET_ROWS = (20, 50, 100, 500, 1_000, 5_000, 50_000, 1_000_000)
SHIFTED_ROWS = (500, 5_000, 50_000)
TENURE, CHARGE, CONTRACT = "tenure", TELCO.monthly_charge, "Contract"


class Population:
    """The Telco customers, with probabilities of models that had not seen them, which are taken to be the true ones."""

    def __init__(self) -> None:
        customers = read_dataset(settings.home() / "data" / FILE_NAME, schema=TELCO).customers
        self.customers, churned = customers, customers[TELCO.target].to_numpy()
        self.p = cross_validate(build("logistic"), customers, churned).mean(axis=0)
        self.profit = expected_profit(self.p, Campaign().clv(customers[CHARGE].to_numpy()), Campaign())
        self.ranked = np.argsort(-self.p)
        self.bins: Bins = bins_of(customers, self.p, TELCO)
        self.codes, self.values = {}, {SCORE: self.p}
        for column in profiled_columns(TELCO):
            if column.name in self.bins.edges:
                self.values[column.name] = customers[column.name].to_numpy(dtype=float)
            else:
                allowed = {value: code for code, value in enumerate(self.bins.values[column.name])}
                self.codes[column.name] = customers[column.name].astype(object).map(allowed).to_numpy(dtype=int)
        self.codes |= {name: np.searchsorted(self.bins.edges[name], of, side="right") for name, of in self.values.items()}
        assert self.profile(np.ones(len(customers))).counts == profile(customers, self.p, self.bins, schema=TELCO).counts

    def draw(self, rng: np.random.Generator, rows: int, weights: np.ndarray | None = None) -> np.ndarray:
        """How often each customer occurs in a file of ``rows``, drawn with replacement; (n,)."""
        n = len(self.p)
        return rng.multinomial(rows, np.full(n, 1 / n) if weights is None else weights)

    def profile(self, times: np.ndarray, outcomes: Outcomes | None = None) -> Profile:
        """The summary of a file in which each customer occurs so many ``times``."""
        return Profile(
            bins=self.bins,
            rows=int(times.sum()),
            counts={name: self.counted(name, times) for name in self.codes},
            sums={name: round(float(times @ of) * ONE) for name, of in self.values.items()},
            outcomes=outcomes,
        )

    def counted(self, name: str, times: np.ndarray) -> tuple[int, ...]:
        counts = np.bincount(self.codes[name], weights=times, minlength=self.bins.size(name))
        return tuple(counts.astype(int).tolist())

    def outcomes(self, rng: np.random.Generator, times: np.ndarray) -> Outcomes:
        """What happened to them, drawn from the probabilities."""
        whole = [times, rng.binomial(times, self.p)]
        parts = [np.rint(times * of * ONE) for of in (self.p, self.p * (1 - self.p))]
        n, y, p, v = (self.counted(SCORE, of) for of in (*whole, *parts))
        return Outcomes(customers=n, churned=y, expected=p, variance=v)

    def money(self, before: np.ndarray, now: np.ndarray) -> MoneyDrift:
        """What the best threshold of the reference earns on the file, and what the best of the file would."""
        earned, on_file = (np.cumsum((times * self.profit)[self.ranked]) / times.sum() * 1_000 for times in (before, now))
        kept, best = int(earned.argmax()), int(on_file.argmax())
        return MoneyDrift(
            threshold=float(self.p[self.ranked[kept]]),
            profit_per_1000=float(on_file[kept]),
            best_threshold=float(self.p[self.ranked[best]]),
            best_profit_per_1000=float(on_file[best]),
            reference_profit_per_1000=float(earned[kept]),
            customers=int(now.sum()),
        )

    def shifted(self, name: str, sd: float) -> np.ndarray:
        """Weights ∝ exp(θz) of the customers under which the mean of a number lies ``sd`` standard deviations higher; (n,)."""
        z = (self.values[name] - self.values[name].mean()) / self.values[name].std()

        def tilted(theta: float) -> np.ndarray:
            weights = np.exp(theta * z)
            return weights / weights.sum()

        return tilted(brentq(lambda theta: tilted(theta) @ z - sd, 0, 3))

    def moved(self, away: str, to: tuple[str, ...], share: float) -> np.ndarray:
        """Weights under which a ``share`` of all customers has gone from one contract to others, in proportion; (n,)."""
        contract = self.customers[CONTRACT].astype(str)
        weights = np.full(len(contract), 1 / len(contract))
        for there, change in ((contract == away, -share), (contract.isin(to), share)):
            weights[there] *= 1 + change / there.mean()
        return weights


def false_alarms(population: Population, rows: int, runs: int, rng: np.random.Generator) -> tuple[float, float]:
    """The share of verdicts other than keep, without and with known outcomes, where nothing has moved."""
    alarms = np.zeros(2)
    for _ in range(runs):
        before, now = population.draw(rng, len(population.p)), population.draw(rng, rows)
        reference, file = population.profile(before), population.profile(now, population.outcomes(rng, now))
        table, money = drift(reference, file, TELCO), population.money(before, now)
        outcomes = outcome_check(file, float(population.p @ before / before.sum()))
        alarms += [verdict(table, known, money).level != "keep" for known in (None, outcomes)]
    return alarms[0] / runs, alarms[1] / runs


def power(population: Population, name: str, weights: np.ndarray, rows: int, runs: int, rng: np.random.Generator) -> float:
    """The share of verdicts other than keep where one column alone is drawn by the ``weights``."""
    found = 0
    for _ in range(runs):
        reference = population.profile(population.draw(rng, len(population.p)))
        file, moved = population.profile(population.draw(rng, rows)), population.profile(population.draw(rng, rows, weights))
        sums = {**file.sums, **({name: moved.sums[name]} if name in file.sums else {})}
        file = replace(file, counts={**file.counts, name: moved.counts[name]}, sums=sums)
        found += verdict(drift(reference, file, TELCO)).level != "keep"
    return found / runs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1_000, help="files without drift of each size; a fifth as many of each shift")
    runs = parser.parse_args().runs
    population, rng = Population(), np.random.default_rng(settings.SEED)
    print("| rows | false alarms | with known outcomes |\n|---:|---:|---:|")
    for rows in QUIET_ROWS:
        without, known = false_alarms(population, rows, runs, rng)
        print(f"| {rows:,} | {without:.1%} | {known:.1%} |", flush=True)
    shifts = [
        *((f"{name} by {sd:g} sd", name, population.shifted(name, sd)) for name in (TENURE, CHARGE) for sd in (0.1, 0.2, 0.3)),
        *(
            (f"contract: {points} points from month-to-month to {words}", CONTRACT, population.moved(away, to, points / 100))
            for words, away, to in (
                ("two year", "Month-to-month", ("Two year",)),
                ("both others", "Month-to-month", ("One year", "Two year")),
            )
            for points in (5, 10, 15)
        ),
    ]
    print(f"\n| shift | {' | '.join(f'{rows:,} rows' for rows in SHIFTED_ROWS)} |\n|---|{'---:|' * len(SHIFTED_ROWS)}")
    for words, name, weights in shifts:
        noticed = [power(population, name, weights, rows, max(runs // 5, 1), rng) for rows in SHIFTED_ROWS]
        print(f"| {words} | {' | '.join(f'{share:.0%}' for share in noticed)} |", flush=True)


if __name__ == "__main__":
    main()
