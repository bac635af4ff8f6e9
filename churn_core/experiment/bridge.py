"""From the profit that was expected to the one that was realised, one cause at a time: LOOP.md §5.3."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from churn_core.campaign.economics import Campaign, expected_profit, expected_spend
from churn_core.distributions import normal_above
from churn_core.experiment.adjust import Adjusted, Values
from churn_core.experiment.realised import RealisedProfit

Parts = Sequence[tuple[npt.NDArray[np.bool_], Campaign]]

EXPECTED = "expected"
CHURN = "with the churn that control showed"
RATE = "and the measured success rate"
SPEND = "and the spend that was booked"
REALISED = "realised"


@dataclass(frozen=True, kw_only=True)
class Step:
    """``profit`` after one more thing is replaced by what happened, money; ``None`` where the counts or the list do not define it."""

    name: str
    profit: float | None


@dataclass(frozen=True, kw_only=True)
class Bridge:
    """The five steps; ``control_over_model`` ρ = r_C ÷ mean churn probability; ``z`` of realised − expected and its two-sided p."""

    steps: tuple[Step, ...]
    control_over_model: float | None
    z: float
    p_value: float

    @property
    def is_chance(self) -> bool:
        """Whether the difference is no more than chance."""
        return self.p_value > 0.05

    @property
    def largest(self) -> str | None:
        """The name of the step that changes the profit most; ``None`` where steps are missing."""
        known = [step for step in self.steps if step.profit is not None]
        moves = {after.name: abs(after.profit - before.profit) for before, after in zip(known, known[1:], strict=False)}  # type: ignore[operator]
        return max(moves, key=lambda name: moves[name]) if moves else None


def bridge(
    control: npt.NDArray[np.bool_],
    churn_probability: Values,
    clv: Values,
    campaign: Campaign,
    measured: Adjusted | None,
    realised: RealisedProfit,
    parts: Parts | None = None,
) -> Bridge:
    """Replace, in this order: the churn by what the control group showed, the success rate by the measured one (which is net of
    backfire, so that goes to 0), the spend by what was booked, and all the rest by what happened. (n,) each over the list. ``parts``:
    of several offers the customers whom each is meant for, with the campaign of that offer; the measured rate is that of them all.
    """
    p, value, everybody = churn_probability[~control], clv[~control], np.ones(int((~control).sum()), dtype=bool)
    of_each = [(everybody, campaign)] if parts is None else [(which[~control], of_offer) for which, of_offer in parts]
    spend, gain, assumed_rate, assumed_backfire = (np.zeros(len(p)) for _ in range(4))
    for which, own in of_each:
        spend[which], gain[which] = expected_spend(p[which], own), expected_profit(p[which], value[which], own)
        assumed_rate[which], assumed_backfire[which] = own.success_rate, own.backfire_rate
    planned, profit = float(spend.sum()) + campaign.fixed_cost, float(gain.sum()) - campaign.fixed_cost

    def earned(risk: Values, rate: Values | float, backfire: Values | float) -> float:
        return float((risk * rate * value).sum() - (backfire * (1 - risk) * value).sum())

    ratio = with_churn = with_rate = with_spend = None
    predicted = float(churn_probability.mean())
    if measured is not None and measured.success_rate is not None and predicted > 0:
        ratio = measured.churn_control / predicted
        risk = np.minimum(p * ratio, 1.0)
        with_churn = earned(risk, assumed_rate, assumed_backfire) - planned
        kept = earned(risk, measured.success_rate.estimate, 0.0)
        with_rate, with_spend = kept - planned, kept - realised.spend
    z = (realised.profit.estimate - profit) / realised.standard_error if realised.standard_error > 0 else 0.0
    steps = ((EXPECTED, profit), (CHURN, with_churn), (RATE, with_rate), (SPEND, with_spend))
    return Bridge(
        steps=tuple(Step(name=name, profit=at) for name, at in (*steps, (REALISED, realised.profit.estimate))),
        control_over_model=ratio,
        z=z,
        p_value=2 * normal_above(abs(z)),
    )
