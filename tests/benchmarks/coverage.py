"""How often the ± of a campaign holds what the campaign really earns, and whether the chance of a loss comes true.

    python -m tests.benchmarks.coverage [--campaigns 4000]

Populations with known, so calibrated, probabilities: monthly charges lognormal or those of the Telco sample; 2,000 and 7,043
customers; retention cost 10, 50, 100 and 200; without and with an incentive of 20 that backfires on 1 %. The best threshold's
list is contacted again and again: each time everybody's leaving, staying, taking the offer and backfiring is drawn anew, and
the success rate is known, or drawn too (from the Beta distribution with the assumed mean and deviation, and from a normal
one cut to 0-1). Printed: the share of these campaigns whose profit lies within the range, which should be 95 %.

Then the chance of a loss: of many lists, costs and success rates, in tenths of the chance that the product tells, beside the
share of the drawn campaigns that lost money.
"""

import argparse
from collections.abc import Callable, Iterator
from itertools import product

import numpy as np

from churn_core import settings
from churn_core.campaign.economics import Campaign
from churn_core.campaign.forecast import chance_of_loss, forecast_of, success_rates
from churn_core.campaign.optimise import best_threshold
from churn_core.campaign.sweep import sweep
from churn_core.campaign.uncertainty import Z
from churn_core.data.dataset import read_dataset
from churn_core.data.telco_source import obtain
from churn_core.schema.telco import TELCO

Draw = Callable[[np.random.Generator, int], np.ndarray]


def telco_charges() -> np.ndarray:
    customers = read_dataset(obtain(settings.home() / "data"), schema=TELCO).customers
    return customers[TELCO.monthly_charge].to_numpy(dtype=float)


def population(rng: np.random.Generator, n: int, charges: Draw) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities with a mean of about a quarter, as in the Telco sample, and monthly charges."""
    return 1 / (1 + np.exp(-rng.normal(-1.5, 1.5, n))), charges(rng, n)


def rates(rng: np.random.Generator, campaign: Campaign, how: str, size: int) -> np.ndarray:
    if how == "known":
        return np.full(size, campaign.success_rate)
    if how == "beta":
        return rng.choice(success_rates(campaign, 20_000), size)
    return np.clip(rng.normal(campaign.success_rate, campaign.success_rate_give_or_take / Z, size), 0, 1)


def earned(rng: np.random.Generator, p: np.ndarray, clv: np.ndarray, campaign: Campaign, rate: np.ndarray) -> np.ndarray:
    """What each of as many campaigns as there are rates really earns with this list; money."""
    profits = np.empty(len(rate))
    taken, lost = campaign.incentive_uptake, campaign.backfire_rate
    for k, gamma in enumerate(rate):
        leaves, lot = rng.random(len(p)) < p, rng.random(len(p))
        saved, accepts = leaves & (lot < gamma), ~leaves & (lot < taken)
        backfires = ~leaves & (lot >= 1 - lost)
        money = (saved * (clv - campaign.incentive)).sum() - campaign.incentive * accepts.sum() - (clv * backfires).sum()
        profits[k] = money - campaign.retention_cost * len(p) - campaign.fixed_cost
    return profits


def cells(campaigns: int, seed: int = 0) -> Iterator[tuple[str, int, float, str, str, int, float]]:
    telco = telco_charges()
    kinds: dict[str, Draw] = {
        "lognormal": lambda rng, n: rng.lognormal(4, 0.6, n),
        "Telco": lambda rng, n: rng.choice(telco, n),
    }
    for (name, charges), n, cost, offer in product(kinds.items(), (2_000, 7_043), (10.0, 50.0, 100.0, 200.0), ("plain", "offer")):
        rng = np.random.default_rng([seed, n, int(cost), len(name), len(offer)])
        more = {"incentive": 20.0, "backfire_rate": 0.01} if offer == "offer" else {}
        campaign = Campaign(retention_cost=cost, **more)
        p, charge = population(rng, n, charges)
        best = best_threshold(sweep(p, monthly_charge=charge), campaign)
        if best.threshold is None:
            continue
        listed = p >= best.threshold
        p, clv = p[listed], campaign.clv(charge[listed])
        told = forecast_of(p, clv, campaign)
        for how, band in (("known", told.range_if_exact), ("beta", told.range), ("normal", told.range)):
            profit = earned(rng, p, clv, campaign, rates(rng, campaign, how, campaigns))
            covered = float(np.mean((profit >= band.low) & (profit <= band.high)))
            yield name, n, cost, offer, how, int(listed.sum()), covered


def losses(campaigns: int, how: str, lists: int = 400, seed: int = 1) -> np.ndarray:
    """The chance told and the share that lost money, of many lists (lists, 2)."""
    rng, telco = np.random.default_rng(seed), telco_charges()
    found = []
    while len(found) < lists:
        campaign = Campaign(
            retention_cost=float(rng.choice([10, 50, 100, 200])),
            success_rate=float(rng.uniform(0.1, 0.5)),
            success_rate_give_or_take=0.0 if how == "known" else settings.SUCCESS_RATE_GIVE_OR_TAKE,
        )
        p, charge = population(rng, 2_000, lambda rng, n: rng.choice(telco, n))
        listed = p >= np.quantile(p, 1 - rng.uniform(0.01, 1))
        p, clv = p[listed], campaign.clv(charge[listed])
        told = chance_of_loss(p, clv, campaign)
        if 0.005 < told < 0.995:
            lost = earned(rng, p, clv, campaign, rates(rng, campaign, how, campaigns)) < 0
            found.append((told, float(lost.mean())))
    return np.array(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--campaigns", type=int, default=4_000, help="drawn for each cell")
    drawn = parser.parse_args().campaigns
    print(f"{'charges':10}{'customers':>10}{'cost':>6}{'':>7}{'rate':>8}{'listed':>8}{'within ±':>10}")
    worst = []
    for name, n, cost, offer, how, listed, covered in cells(drawn):
        print(f"{name:10}{n:10,}{cost:6.0f}{offer:>7}{how:>8}{listed:8,}{covered:10.1%}", flush=True)
        worst.append(covered)
    print(f"lowest {min(worst):.1%}, highest {max(worst):.1%} of {len(worst)} cells")
    for how in ("known", "beta", "normal"):
        told, lost = losses(drawn // 4, how).T
        tenth = np.minimum((10 * told).astype(int), 9)
        print(f"chance of a loss, rate {how}: told, lost")
        for k in range(10):
            if (tenth == k).any():
                print(f"  {k / 10:.1f} to {(k + 1) / 10:.1f}  {told[tenth == k].mean():6.1%} {lost[tenth == k].mean():6.1%}")


if __name__ == "__main__":
    main()
