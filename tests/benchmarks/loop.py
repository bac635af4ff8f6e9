"""How often the intervals of a measured campaign hold the truth, and how often its alarms are false.

    python -m tests.benchmarks.loop [--campaigns 2000]

Each campaign has a list of its own: 500 to 5,000 customers, 5 to 20 % of them in control, scores that are right or too low (the true
odds are 1.5 times theirs), a success rate from 0 to 0.5 or from the range that was believed, no backfire or up to 5 %, all outcomes
known or a tenth lost by chance. It goes through ``draw`` and ``measure`` as a real one does. Printed: the share of intervals that hold
the truth, which should be 95 % (93 to 97), overall and where few or many of the control group are expected to leave; how much narrower
the adjusted intervals are; and how often the two alarms of a campaign without fault go off.

What is true: of the rate 1 − Σq_treated/Σq_control over the list, of the profit what the treated are expected to earn, given the list.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from churn_core.campaign.economics import Campaign
from churn_core.campaign.uncertainty import Band
from churn_core.experiment.draw import draw
from churn_core.experiment.measure import Finished, Measured, measure
from churn_core.experiment.update import by_estimate, prior

BELIEVED = Campaign(retention_cost=10, success_rate=0.3, success_rate_give_or_take=0.2)
BEFORE = prior(BELIEVED.success_rate, BELIEVED.success_rate_give_or_take)
STARTS = (0.05, 0.15, 0.3)  # churn probability from which a list is contacted
FEW, MANY = 20, 60  # leavers expected in control


@dataclass(frozen=True, kw_only=True, eq=False)
class Truth:
    """A list and what is true of it: scores and true churn (n,), the rates, and where the rates come from."""

    p: np.ndarray
    risk: np.ndarray
    clv: np.ndarray
    rate: float
    backfire: float
    share: float
    start: float
    believed: bool
    calibrated: bool
    lost: float

    @property
    def if_treated(self) -> np.ndarray:
        return self.risk * (1 - self.rate) + (1 - self.risk) * self.backfire


def truth_of(rng: np.random.Generator, *, backfire: bool = True) -> Truth:
    n = int(np.exp(rng.uniform(np.log(500), np.log(5_000))))
    start = float(rng.choice(STARTS))
    score = rng.normal(-1.5, 1.5, 20 * n)
    score = score[score >= logit(start)][:n]  # those above a threshold, as a list is
    calibrated, believed = rng.random() < 0.5, rng.random() < 0.5
    return Truth(
        p=expit(score),
        risk=expit(score if calibrated else score + np.log(1.5)),
        clv=12 * rng.uniform(18, 118, len(score)),
        rate=float(rng.beta(BEFORE.a, BEFORE.b) if believed else rng.uniform(0, 0.5)),
        backfire=float(rng.uniform(0, 0.05)) if backfire and rng.random() < 1 / 3 else 0.0,
        share=float(rng.uniform(0.05, 0.2)),
        start=start,
        believed=bool(believed),
        calibrated=bool(calibrated),
        lost=0.1 if rng.random() < 1 / 3 else 0.0,
    )


def carried_out(rng: np.random.Generator, truth: Truth, salt: str) -> tuple[Finished, float]:
    """The campaign as it comes back, and what the treated really earned; money."""
    n = len(truth.p)
    drawn = draw([f"C{i}" for i in range(n)], truth.p, truth.share, salt)
    leaving, lot = rng.random(n) < truth.risk, rng.random(n)
    saved, backfired = leaving & (lot < truth.rate), ~leaving & (lot < truth.backfire)
    left = np.where(drawn.control, leaving, (leaving & ~saved) | backfired).astype(float)
    earned = truth.clv * (saved.astype(float) - backfired) - BELIEVED.retention_cost
    left[rng.random(n) < truth.lost] = np.nan
    finished = Finished(
        control=drawn.control, left=left, campaign=BELIEVED, stratum=drawn.stratum, churn_probability=truth.p, clv=truth.clv,
        share=truth.share,
    )  # fmt: skip
    return finished, float(earned[~drawn.control].sum())


def held(band: Band | None, value: float) -> float:
    """1 where the band holds the value, 0 where not, NaN where there is no band."""
    return np.nan if band is None else float(band.low <= value <= band.high)


def checked(truth: Truth, finished: Finished, earned: float, said: Measured) -> dict[str, float]:
    treated, q = ~finished.control, truth.if_treated
    change, rate = float((truth.risk - q).mean()), 1 - q.sum() / truth.risk.sum()
    profit = float((truth.clv * (truth.risk - q) - BELIEVED.retention_cost)[treated].sum())
    plain, adjusted, two = said.two_by_two, said.adjusted, said.backfire
    found = {
        "Δ, two by two": held(plain.reduction, change),
        "rate, two by two": held(plain.success_rate, rate),
        "rate, Mantel–Haenszel (headline)": held(said.headline, rate),
        "Δ, adjusted": held(None if adjusted is None else adjusted.reduction, change),
        "rate, adjusted": held(None if adjusted is None else adjusted.success_rate, rate),
        "realised profit": held(None if said.realised is None or said.too_few else said.realised.profit, profit),
        "backfire rate": held(None if two is None else two.backfire_rate, truth.backfire),
        "rate beside backfire": held(None if two is None else two.success_rate, truth.rate),
        "predicted range of the profit": np.nan,
        "posterior": np.nan,
    }
    if truth.believed and not truth.backfire:
        if truth.calibrated and said.expected is not None:
            found["predicted range of the profit"] = held(said.expected.range, earned)
        if said.stratified is not None:
            after = by_estimate(BEFORE, said.stratified)
            found["posterior"] = float(after.low <= truth.rate <= after.high)
    return found


def widths(said: Measured) -> dict[str, float]:
    """Adjusted ÷ plain widths."""
    plain, rate, adjusted = said.two_by_two, said.stratified, said.adjusted
    if plain.success_rate is None or rate is None or adjusted is None or adjusted.success_rate is None:
        return {}
    return {
        "rate, Mantel–Haenszel": rate.success_rate.half_width / plain.success_rate.half_width,
        "rate, adjusted": adjusted.success_rate.half_width / plain.success_rate.half_width,
        "Δ, adjusted": adjusted.reduction.half_width / plain.reduction.half_width,
    }


def alarms(truth: Truth, said: Measured) -> dict[str, float]:
    """Alarms that nothing justifies; NaN where something may."""
    at_end, harm = said.sample_ratio_known, any(tenth.may_harm for tenth in said.by_tenth)
    return {
        "sample ratio of the draw": float(said.sample_ratio is not None and said.sample_ratio.alarm),
        "sample ratio of the known outcomes": float(at_end is not None and at_end.alarm),
        "outcomes missing unevenly": float(said.missing.uneven) if truth.lost else np.nan,
        "some tenth may be harmed": np.nan if truth.backfire else float(harm),
        "the two groups differ (d above 0.1)": float(said.unbalanced),
    }


def campaigns(number: int, seed: int = 0, *, backfire: bool = True) -> Iterator[tuple[Truth, Finished, float, Measured]]:
    for k in range(number):
        rng = np.random.default_rng([seed, k])
        truth = truth_of(rng, backfire=backfire)
        finished, earned = carried_out(rng, truth, f"campaign {seed} {k}")
        yield truth, finished, earned, measure(finished)


def share(values: pd.Series) -> str:
    known = values.dropna()
    return f"{known.mean():8.1%}" if len(known) >= 50 else f"{'–':>8}"


def mean_ratio(values: pd.Series) -> float:
    """The geometric mean."""
    return float(np.exp(np.log(values.dropna()).mean()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--campaigns", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    cover, narrow, false, about = [], [], [], []
    for truth, finished, earned, said in campaigns(options.campaigns, options.seed):
        cover.append(checked(truth, finished, earned, said))
        narrow.append(widths(said))
        false.append(alarms(truth, said))
        about.append((truth.calibrated, truth.backfire > 0, finished.control.sum() * truth.risk.mean(), truth.start))
    calibrated, backfires, leavers, start = (np.array(values) for values in zip(*about, strict=True))
    parts = {
        "all": np.ones(len(about), dtype=bool),
        "right": calibrated,
        "too low": ~calibrated,
        "s > 0": backfires,
        f"< {FEW}": leavers < FEW,
        f"to {MANY}": (leavers >= FEW) & (leavers < MANY),
        "more": leavers >= MANY,
    }
    print(f"{'':36}{'':>8}{'':>8}{'scores':>16}{'backfire':>9}{'leavers expected in control':>29}")
    print(f"{'holds the truth':36}{'number':>8}" + "".join(f"{name:>8}" for name in parts))
    table = pd.DataFrame(cover)
    for name, values in table.items():
        print(f"{name:36}{values.notna().sum():8,}" + "".join(share(values[rows]) for rows in parts.values()), flush=True)
    print(f"\n{'width beside that of two by two':36}{'':8}{'all':>8}" + "".join(f"{f'from {at:g}':>10}" for at in STARTS))
    for name, values in pd.DataFrame(narrow).items():
        means = [f"{mean_ratio(values[start == at]):10.3f}" for at in STARTS]
        print(f"{name:36}{values.notna().sum():8,}{mean_ratio(values):8.3f}" + "".join(means))
    print("\nfalse alarms")
    for name, values in pd.DataFrame(false).items():
        print(f"{name:36}{values.notna().sum():8,}{values.mean():8.2%}")


if __name__ == "__main__":
    main()
