"""How well an average is known, from what happened: the long-run mean of a fixed rule, and what choosing a threshold on the
same outcomes flatters.

What one campaign will earn is another question, and has another, wider range: ``churn_core.campaign.forecast``.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import factorial

from churn_core import settings
from churn_core.campaign.economics import Campaign, expected_profit, expected_spend
from churn_core.campaign.objective import MAXIMUM_PROFIT, Objective
from churn_core.campaign.optimise import Outcome, at_threshold, best_threshold
from churn_core.campaign.sweep import Sweep
from churn_core.distributions import normal_quantile

Z = normal_quantile((1 + settings.CONFIDENCE) / 2)  # standard errors on either side of an estimate
_OF_HALVES = 2 ** (2 / 3)  # no unit; how much more choosing on halves flatters than choosing on all customers
_BATCH = 100  # replicates at once; their weights for 7,000 customers stay in the cache
# The Poisson(1) distribution as 2^16 equally likely weights, each probability right to 2^-17: drawn eight times as fast.
_WEIGHTS = np.repeat(np.arange(9.0), np.round(np.exp(-1) / factorial(np.arange(9)) * 2**16).astype(int))


@dataclass(frozen=True, kw_only=True)
class Band:
    """An estimate and its 95 % interval."""

    estimate: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        """The ± of the interval, in the unit of the estimate."""
        return (self.high - self.low) / 2


def _band(estimate: float, standard_error: float) -> Band:
    return Band(estimate=estimate, low=estimate - Z * standard_error, high=estimate + Z * standard_error)


def realised_bands(
    contact: npt.NDArray[np.bool_],
    churned: npt.NDArray[np.float64],
    clv: npt.NDArray[np.float64],
    campaign: Campaign,
) -> tuple[Band, Band | None]:
    """The realised profit and ROI of a fixed list, each with the 95 % interval of its long-run mean; (n,) each over all
    customers.

    SE of the profit: √n · sd(z), z = 1[contacted]·u(y); of the ROI, by the delta method, √n · sd(z − R·w) / C with
    w = 1[contacted]·e. No ROI where nothing is spent.
    """
    z = np.where(contact, expected_profit(churned, clv, campaign), 0.0)
    w = np.where(contact, expected_spend(churned, campaign), 0.0)
    anyone = campaign.fixed_cost if contact.any() else 0.0
    profit, spend = float(z.sum()) - anyone, float(w.sum()) + anyone
    n = len(z)
    by_chance = np.sqrt(n) * z.std(ddof=1) if n > 1 else 0.0
    profit_band = _band(profit, float(by_chance))
    roi = profit / spend if spend > 0 else np.inf
    if not np.isfinite(roi * roi):  # nothing is spent, or next to nothing
        return profit_band, None
    return profit_band, _band(roi, float(np.sqrt(n) * (z - roi * w).std(ddof=1) / spend) if n > 1 else 0.0)


def misses(
    churn_probability: npt.NDArray[np.float64],
    churned: npt.NDArray[np.float64],
    clv: npt.NDArray[np.float64],
    campaign: Campaign,
) -> float:
    """How far the realised profit of a list lies above its expected profit, in standard deviations of what chance makes of
    calibrated probabilities: Σ(y − p)·g / √Σp(1 − p)·g² with g = γ·(V − d) + κ·d + s·V; (n,) each over the list.

    Beyond ±``Z`` chance alone does not explain the difference: the probabilities miss the outcomes.
    """
    stayer, leaver = (expected_profit(np.full(len(clv), y), clv, campaign) for y in (0.0, 1.0))
    gain = leaver - stayer
    variance = float((churn_probability * (1 - churn_probability) * gain**2).sum())
    missed = float(((churned - churn_probability) * gain).sum())
    return float(missed / np.sqrt(variance)) if variance > 0 else 0.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Replicates:
    """What other samples of as many customers would have given; (replicates,) each.

    ``profit`` and ``spend`` of the fixed list; ``best_profit`` and ``best_threshold`` of the threshold that is best in each
    sample, which flatters: it was chosen there.
    """

    profit: npt.NDArray[np.float64]
    spend: npt.NDArray[np.float64]
    best_profit: npt.NDArray[np.float64]
    best_threshold: npt.NDArray[np.float64]

    @property
    def roi(self) -> npt.NDArray[np.float64]:
        """Profit ÷ spend of the fixed list; NaN where nothing is spent."""
        roi = np.full(len(self.profit), np.nan)
        with np.errstate(over="ignore"):
            np.divide(self.profit, self.spend, out=roi, where=self.spend > 0)
        return roi


def bootstrap(
    swept: Sweep,
    campaign: Campaign,
    contact: npt.NDArray[np.bool_] | None = None,
    objective: Objective = MAXIMUM_PROFIT,
    replicates: int = settings.REPLICATES,
    seed: int = settings.SEED,
) -> Replicates:
    """Poisson bootstrap over a back-test ``swept``, on the presorted order: in each replicate every customer counts Poisson(1)
    times, scaled to as many customers as there are.

    ``contact`` (n,) is the fixed list in the order of the sweep; by default that of the best threshold by the scores.
    """
    swept = swept.valued(campaign)
    clv = swept.clv(campaign)
    if contact is None:
        best = best_threshold(replace(swept, leaving=swept.score), campaign, objective)
        contact = np.arange(len(clv)) < best.contacted
    earned, spent = expected_profit(swept.leaving, clv, campaign), expected_spend(swept.leaving, campaign)
    of_list = np.where(contact, np.stack([earned, np.broadcast_to(spent, clv.shape)]), 0.0).T
    ends, threshold = swept.contacted, swept.threshold
    fixed, rng = campaign.fixed_cost, np.random.default_rng(seed)
    sums, best_profit, chosen = [], [], []
    for start in range(0, replicates, _BATCH):
        weight = _WEIGHTS[rng.integers(2**16, size=(min(_BATCH, replicates - start), len(clv)), dtype=np.uint16)]
        weight *= len(clv) / np.maximum(weight.sum(axis=1, keepdims=True), 1.0)  # as many customers in every replicate
        sums.append(weight @ of_list)
        profit = _cumulated(weight * earned, ends, -fixed)
        spend = 0.0 if objective == MAXIMUM_PROFIT else _cumulated(weight * spent, ends, fixed)
        k = objective.best(profit, spend, fixed)
        best_profit.append(np.take_along_axis(profit, k[:, None], axis=-1)[:, 0])
        chosen.append(k)
    profit, spend = np.concatenate(sums).T
    if contact.any():
        profit, spend = profit - fixed, spend + fixed
    k = np.concatenate(chosen)
    return Replicates(
        profit=profit,
        spend=spend,
        best_profit=np.concatenate(best_profit),
        best_threshold=np.where(k == 0, np.nan, threshold[k]),
    )


def _cumulated(
    of_each: npt.NDArray[np.float64], ends: npt.NDArray[np.signedinteger], if_anyone: float
) -> npt.NDArray[np.float64]:
    sums = np.empty((len(of_each), len(ends)))
    sums[:, 0] = 0.0
    if len(ends) == of_each.shape[1] + 1:  # no ties
        np.cumsum(of_each, axis=1, out=sums[:, 1:])
    else:
        sums[:, 1:] = np.cumsum(of_each, axis=1)[:, ends[1:] - 1]
    if if_anyone:
        sums[:, 1:] += if_anyone
    return sums


def spread(values: npt.NDArray[np.float64]) -> Band | None:
    """The median of replicates and the interval that holds 95 % of them; ``None`` where most have no value."""
    known = values[np.isfinite(values)]
    if 2 * len(known) <= len(values):
        return None
    low, middle, high = np.quantile(known, [(1 - settings.CONFIDENCE) / 2, 0.5, (1 + settings.CONFIDENCE) / 2])
    return Band(estimate=float(middle), low=float(low), high=float(high))


def if_success_rate_differs(swept: Sweep, campaign: Campaign, objective: Objective = MAXIMUM_PROFIT) -> pd.DataFrame:
    """What the decision of today earns if the success rate is lower or higher than assumed, and what would be best then.

    Rows for the low end, the assumed rate and the high end. Columns: ``success_rate``, ``expected_profit`` of today's
    threshold (money), ``best_threshold`` and ``best_contacted`` at that rate, ``best_profit`` (money). Profit is
    linear in the rate, so the list that is best at its mean is best under its whole range. Without limits the difference of
    the two profits is what knowing the rate would be worth; under a budget today's list may spend more than the best one.
    """
    today = best_threshold(swept, campaign, objective)
    half = campaign.success_rate_give_or_take
    low, high = max(0.0, campaign.success_rate - half), min(1.0, campaign.success_rate + half)
    rows = []
    for rate in (low, campaign.success_rate, high):
        there = replace(campaign, success_rate=rate)
        best = best_threshold(swept, there, objective)
        kept = at_threshold(swept, there, np.inf if today.threshold is None else today.threshold)
        rows.append((rate, kept.expected_profit, best.threshold, best.contacted, best.expected_profit))
    return pd.DataFrame(rows, columns=["success_rate", "expected_profit", "best_threshold", "best_contacted", "best_profit"])


@dataclass(frozen=True, kw_only=True)
class Optimism:
    """The realised profit of thresholds that were chosen by what happened, over all customers; money.

    ``chosen``: on the half of the customers where each was chosen; ``held_out``: on the other half.
    """

    chosen: float
    held_out: float

    @property
    def gap(self) -> float:
        """How much choosing on a half flatters; money. Choosing on all customers flatters less: at most this much."""
        return self.chosen - self.held_out

    @property
    def corrected(self) -> float:
        """How much choosing on all customers flatters: ``gap`` / 2^(2/3); money.

        The error of an arg max falls with the cube root of the customers it is chosen on (Kim & Pollard 1990, *Annals of
        Statistics* 18(1)), and what it flatters with that power squared.
        """
        return self.gap / _OF_HALVES


def optimism(
    swept: Sweep,
    campaign: Campaign,
    objective: Objective = MAXIMUM_PROFIT,
    splits: int = settings.SPLITS,
    seed: int = settings.SEED,
) -> Optimism:
    """Choose the threshold on one random half by its realised profit, and report it on the other; averaged over ``splits``.

    Both halves take both parts, so either figure counts every customer once; half a fixed cost and half a budget go to each.
    """
    campaign = replace(campaign, fixed_cost=campaign.fixed_cost / 2)
    if objective.budget is not None:
        objective = replace(objective, budget=objective.budget / 2)
    swept = swept.valued(campaign)
    rng, n = np.random.default_rng(seed), len(swept.score)
    chosen = held_out = 0.0
    for _ in range(splits):
        order = rng.permutation(n)
        halves = [swept.some(np.sort(half)) for half in np.array_split(order, 2)]
        for here, there in (halves, halves[::-1]):
            best = best_threshold(here, campaign, objective)
            chosen += best.expected_profit
            held_out += _elsewhere(there, campaign, best).expected_profit
    return Optimism(chosen=chosen / splits, held_out=held_out / splits)


def _elsewhere(swept: Sweep, campaign: Campaign, best: Outcome) -> Outcome:
    return at_threshold(swept, campaign, np.inf if best.threshold is None else best.threshold)
