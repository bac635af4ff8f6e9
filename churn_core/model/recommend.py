"""Which of the compared models is recommended, and why, in one sentence.

The readable card is in production unless what is harder to read is better beyond chance *and* that matters in money. So the shape card
is recommended only where its paired interval on log loss against the plain card excludes 0 and its decisions earn noticeably more; and
boosted trees, which nobody can read, are only offered, and only where the same holds of them against the better card.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.metrics import log_loss

from churn_core import settings
from churn_core.campaign.economics import Campaign
from churn_core.campaign.optimise import per_customer
from churn_core.campaign.worth import worth_of
from churn_core.formats import decimal, money, percent
from churn_core.model.alike import Groups
from churn_core.model.cross_validation import Protocol
from churn_core.model.evaluate import paired_interval
from churn_core.model.metrics import top_share
from churn_core.model.weights import Weight, standing_for
from churn_core.schema import Schema

PLAIN, CARD, SHAPE_CARD, BOOSTED = settings.PLAIN_MODEL, "card", "shape_card", "boosted"
COMPARED = (PLAIN, CARD, SHAPE_CARD, BOOSTED)
_FIFTH = 0.2  # share of the customers, the riskiest
_MATTERS = settings.PLATEAU_SHARE  # share of what the readable model earns; less is "as good"

Probabilities = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A model against a more readable one, by the same folds: log loss (negative: the model predicts better), with its paired 95 %
    interval, and money per 1,000 customers that its decisions really earn more, with its interval.
    """

    model: str
    against: str
    log_loss: float
    low: float
    high: float
    money: float
    money_low: float
    money_high: float
    matters: bool  # the log loss is lower beyond chance, and the money more than a hundredth of what the other earns

    @property
    def better(self) -> bool:
        """Whether chance alone does not explain the lower log loss."""
        return self.high < 0


@dataclass(frozen=True, kw_only=True)
class Recommendation:
    """``model``: the candidate to use, readable. ``offered``: one that cannot be read and is noticeably better, if any.
    ``sentence`` says why, ``riskiest`` what the model found among customers it had not seen.
    """

    model: str
    offered: str | None
    log_loss: Mapping[str, float]  # mean over the folds, by candidate
    money: Mapping[str, float]  # per 1,000 customers at the campaign, mean over the folds, by candidate
    differences: tuple[Difference, ...]  # of the shape card and of the boosted trees
    sentence: str
    riskiest: str

    @property
    def as_json(self) -> dict[str, Any]:
        """All of it as JSON values."""
        return {
            "model": self.model,
            "offered": self.offered,
            "log_loss": dict(self.log_loss),
            "money": dict(self.money),
            "differences": [vars(each) | {"better": each.better} for each in self.differences],
            "sentence": self.sentence,
            "riskiest": self.riskiest,
        }


def recommend(
    held_out: Mapping[str, Probabilities],
    customers: pd.DataFrame,
    churned: npt.NDArray[Any],
    campaign: Campaign,
    protocol: Protocol,
    *,
    schema: Schema,
    groups: Groups | None = None,
    weight: Weight | None = None,
) -> Recommendation:
    """The recommendation among ``card``, and ``shape_card`` and ``boosted`` where they are in ``held_out``: candidate → held-out
    probabilities (repeats, n) by the protocol, on the same folds.
    """
    told = customers, churned, campaign, protocol, schema, groups, weight
    by_fold = {name: _by_fold(said, *told) for name, said in held_out.items()}
    counted = standing_for(np.arange(len(churned)), weight)
    model, differences, offered = CARD, [], None
    if SHAPE_CARD in by_fold:
        differences.append(_difference(by_fold, SHAPE_CARD, CARD, protocol))
        if differences[0].matters:
            model = SHAPE_CARD
    if BOOSTED in by_fold:
        losses = {name: by_fold[name]["log_loss"].mean() for name in (CARD, SHAPE_CARD) if name in by_fold}
        differences.append(_difference(by_fold, BOOSTED, min(losses, key=lambda name: losses[name]), protocol))
        if differences[-1].matters:
            offered = BOOSTED
    return Recommendation(
        model=model,
        offered=offered,
        log_loss={name: float(each["log_loss"].mean()) for name, each in by_fold.items()},
        money={name: float(each["money"].mean()) for name, each in by_fold.items()},
        differences=tuple(differences),
        sentence=_sentence(model, offered, differences, schema.currency),
        riskiest=riskiest_fifth(held_out[model][:, counted], churned[counted]),
    )


def riskiest_fifth(held_out: Probabilities, churned: npt.NDArray[Any]) -> str:
    """What a model found among customers it had not seen, from probabilities (repeats, n); the mean over the repeats.

    >>> riskiest_fifth(np.array([[0.9, 0.4, 0.3, 0.2, 0.1]]), np.array([1, 0, 1, 0, 0]))
    'On customers it had not seen, the riskiest fifth holds 50.0% of those who left.'
    """
    gain = float(np.mean([top_share(said, churned, _FIFTH)["gain"] for said in held_out]))
    return f"On customers it had not seen, the riskiest fifth holds {percent(gain)} of those who left."


def _by_fold(
    said: Probabilities,
    customers: pd.DataFrame,
    churned: npt.NDArray[Any],
    campaign: Campaign,
    protocol: Protocol,
    schema: Schema,
    groups: Groups | None,
    weight: Weight | None,
) -> pd.DataFrame:
    """``log_loss``, and ``money`` per 1,000 customers that contacting customer by customer really earns, of each fold."""
    clv, rows = worth_of(customers, schema, None).clv(campaign), []
    for i, (_, fold) in enumerate(protocol.splits(churned, groups, weight)):
        fold = standing_for(fold, weight)
        p, left = said[i // protocol.folds, fold], churned[fold]
        earned = per_customer(p, clv[fold], campaign, leaving=left).expected_profit
        rows.append({"log_loss": log_loss(left, p), "money": 1000 * earned / len(fold)})
    return pd.DataFrame(rows)


def _difference(by_fold: Mapping[str, pd.DataFrame], model: str, against: str, protocol: Protocol) -> Difference:
    difference = by_fold[model] - by_fold[against]
    loss = paired_interval(difference["log_loss"], protocol)
    earned = paired_interval(difference["money"], protocol)
    noticeable = _MATTERS * abs(float(by_fold[against]["money"].mean()))
    return Difference(
        model=model,
        against=against,
        log_loss=loss["mean"],
        low=loss["low"],
        high=loss["high"],
        money=earned["mean"],
        money_low=earned["low"],
        money_high=earned["high"],
        matters=loss["high"] < 0 and earned["mean"] > noticeable,
    )


_NAMES = {CARD: "the plain card", SHAPE_CARD: "the shape card", BOOSTED: "boosted trees"}


def _sentence(model: str, offered: str | None, differences: list[Difference], currency: str) -> str:
    """Why this model."""
    of = {each.model: each for each in differences}
    parts = []
    if model == SHAPE_CARD:
        parts.append(
            f"The shape card predicts better than the plain card ({_by(of[SHAPE_CARD])}), worth "
            f"{money(of[SHAPE_CARD].money, currency)} per 1,000 customers; its lines are harder to read"
        )
    elif any(each.better for each in differences):
        slightly = next(each for each in differences if each.better)
        if offered is None:
            parts.append(
                f"The plain card is as good in money as anything tried: {_NAMES[slightly.model]} "
                f"{'predict' if slightly.model == BOOSTED else 'predicts'} a little better ({_by(slightly)}), but that changes the "
                f"money by {money(slightly.money, currency, signed=True)} per 1,000 customers only"
            )
        else:
            parts.append("The plain card is as good as any that can be read")
    else:
        parts.append("The plain card is as good as anything tried: nothing that is harder to read predicts better beyond chance")
    if offered is not None:
        parts.append(
            f"boosted trees would be worth {money(of[BOOSTED].money, currency)} more per 1,000 customers ({_by(of[BOOSTED])}), but "
            "nobody can read them"
        )
    return "; ".join(parts) + "."


def _by(difference: Difference) -> str:
    return (
        f"log loss {decimal(difference.log_loss, 4, signed=True)}, between "
        f"{decimal(difference.low, 4, signed=True)} and {decimal(difference.high, 4, signed=True)}"
    )
