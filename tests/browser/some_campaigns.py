"""Customers and campaigns by chance, for laws that hold of all of them."""

import numpy as np

from churn_core.campaign.economics import AFTER_SAVE, Campaign
from churn_core.campaign.objective import Objective
from churn_core.campaign.plan import RULES, Plan
from churn_core.campaign.sweep import Sweep, sweep


def some_customers(rng: np.random.Generator) -> Sweep:
    """Few or some, with ties or without, valued by charge or by CLV, some certain to leave or to stay, of any tenure or of none."""
    n = int(rng.choice([1, 2, 3, 8, 30, 200]))
    score = [rng.random(n), rng.integers(0, 9, n) / 8, rng.beta(0.6, 1.6, n), np.full(n, 0.3)][rng.integers(4)]
    charge = [
        rng.uniform(18, 119, n),
        rng.integers(20, 120, n).astype(float),
        np.full(n, 65.0),
        rng.uniform(-50, 119, n).clip(0),
    ][rng.integers(4)]
    if rng.random() < 0.7:
        return sweep(score, monthly_charge=charge, tenure=some_tenure(rng, n))
    return sweep(score, clv=12 * charge)


def some_tenure(rng: np.random.Generator, n: int) -> np.ndarray:
    """Months: whole or with a part of one, beyond what was ever seen, not known of some."""
    return [
        rng.integers(0, 73, n).astype(float),
        rng.uniform(0, 40, n),
        rng.integers(60, 2000, n).astype(float),
        np.where(rng.random(n) < 0.2, np.nan, rng.integers(0, 73, n)),
    ][rng.integers(4)]


def some_curve(rng: np.random.Generator) -> tuple[float, ...]:
    """Of one month or of many, falling at once or slowly, to nobody or not."""
    months = int(rng.choice([1, 2, 13, 73, 200]))
    stays = rng.uniform(rng.choice([0.3, 0.9, 0.99]), 1, months - 1)
    curve = np.cumprod(np.append(1.0, stays))
    if rng.random() < 0.3:
        curve[-(months // 2) :] = 0.0
    return tuple(curve.tolist())


def telco_like(rng: np.random.Generator) -> Sweep:
    """As many as the Telco file has, distributed about like them; some scores are tied."""
    score = rng.beta(0.6, 1.6, 7_043)
    score[:700] = score[:700].round(2)
    charge = rng.uniform(18, 119, len(score)).round(2)
    return sweep(score, monthly_charge=charge, tenure=rng.integers(0, 73, len(score)).astype(float))


def some_plan(rng: np.random.Generator, n: int) -> Plan:
    """Every parameter at rest or moved, on a slider's step or off it; every limit, both rules."""

    def maybe(at_rest, moved, chance: float = 0.5):
        return moved() if rng.random() < chance else at_rest

    def share() -> float:
        return float(rng.integers(0, 101) / 100 if rng.random() < 0.5 else rng.uniform(0.001, 1))

    def amount(most: float) -> float:
        return float(rng.integers(0, round(most) + 1) if rng.random() < 0.5 else rng.uniform(0.01, most))

    backfire = maybe(0.0, lambda: float(rng.choice([0.01, 0.002, share()])), 0.3)
    campaign = Campaign(
        retention_cost=maybe(0.0, lambda: amount(float(rng.choice([10, 50, 300]))), 0.9),
        success_rate=share() if rng.random() < 0.5 else float(rng.uniform(0.3, 1)),
        success_rate_give_or_take=maybe(0.2, lambda: float(rng.choice([0.0, share() / 2]))),
        clv_months=float(rng.integers(1, 61) if rng.random() < 0.7 else rng.uniform(0.5, 1200)),
        margin=maybe(1.0, share, 0.3),
        annual_discount=maybe(0.0, share, 0.4),
        monthly_survival=maybe(1.0, lambda: float(rng.choice([0.97, 0.999, 0.0, share()])), 0.4),
        incentive=maybe(0.0, lambda: amount(50), 0.4),
        incentive_uptake=maybe(None, lambda: share() * (1 - backfire)),
        backfire_rate=backfire,
        fixed_cost=maybe(0.0, lambda: amount(20.0 * n), 0.3),
        after_save=str(rng.choice(AFTER_SAVE)),
        window=float(rng.choice([1, 3, 12, rng.uniform(0.1, 24)])),
        tenure_curve=some_curve(rng),
    )
    objective = Objective(
        budget=maybe(None, lambda: amount(30.0 * n), 0.3),
        min_roi=maybe(None, lambda: float(rng.integers(0, 9) / 2 if rng.random() < 0.5 else rng.uniform(0, 20)), 0.3),
        min_marginal_roi=maybe(None, lambda: float(rng.integers(0, 9) / 2 if rng.random() < 0.5 else rng.uniform(0, 8)), 0.3),
    )
    return Plan(campaign=campaign, objective=objective, rule=str(rng.choice(RULES)))
