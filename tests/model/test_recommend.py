"""Which model is recommended: the readable one, unless what is harder to read is surely better and that matters in money."""

import json

import numpy as np
import pytest
from scipy.special import expit

from churn_core.campaign.economics import Campaign
from churn_core.model.cross_validation import Protocol
from churn_core.model.recommend import recommend
from tests.model.gym import GYM, members

ROWS, PROTOCOL = 3000, Protocol(repeats=2)
CAMPAIGN = Campaign(retention_cost=60, success_rate=0.3, clv_months=12)
RNG = np.random.default_rng(0)
TRUE = RNG.normal(-1, 2, ROWS)
CUSTOMERS = members(ROWS).assign(left=(RNG.random(ROWS) < expit(TRUE)).astype(int))


def said(noise: float, seed: int = 1) -> np.ndarray:
    """Probabilities of a model that sees the truth through so much noise, (repeats, n)."""
    shrunken = 1 / (1 + noise**2 / 4)
    return expit(shrunken * (TRUE + 1 + np.random.default_rng(100 + seed).normal(0, noise, (2, ROWS))) - 1)


def asked(**noises: float):
    held_out = {name: said(noise, seed) for seed, (name, noise) in enumerate(noises.items())}
    return recommend(held_out, CUSTOMERS, CUSTOMERS["left"].to_numpy(), CAMPAIGN, PROTOCOL, schema=GYM)


def test_the_plain_card_where_nothing_is_better():
    chosen = asked(logistic_plain=2.0, card=1.0, shape_card=1.0, boosted=1.0)
    assert (chosen.model, chosen.offered) == ("card", None)
    assert chosen.sentence.startswith("The plain card is as good as anything tried")


def test_the_shape_card_where_it_is_surely_better_and_that_matters():
    chosen = asked(card=2.0, shape_card=0.3, boosted=0.3)
    assert (chosen.model, chosen.offered) == ("shape_card", None)
    difference = chosen.differences[0]
    assert difference.better and difference.matters and difference.money > 0
    assert chosen.sentence.startswith("The shape card predicts better") and "harder to read" in chosen.sentence


def test_the_plain_card_where_what_is_better_earns_nothing_more():
    """Nobody is worth contacting, whatever one knows of them: a lower log loss is worth nothing."""
    held_out = {"card": said(2.0), "shape_card": said(0.3)}
    dear = Campaign(retention_cost=100_000, success_rate=0.3, clv_months=12)
    chosen = recommend(held_out, CUSTOMERS, CUSTOMERS["left"].to_numpy(), dear, PROTOCOL, schema=GYM)
    assert chosen.model == "card" and chosen.differences[0].better and not chosen.differences[0].matters
    assert "a little better" in chosen.sentence


def test_boosted_trees_are_offered_where_they_are_surely_better_than_the_better_card_and_never_recommended():
    chosen = asked(card=2.0, shape_card=1.9, boosted=0.2)
    assert chosen.offered == "boosted" and chosen.model in ("card", "shape_card")
    assert chosen.differences[-1].against == min(("card", "shape_card"), key=lambda name: chosen.log_loss[name])
    assert "nobody can read them" in chosen.sentence


def test_a_model_that_is_worse_is_neither():
    chosen = asked(card=0.3, shape_card=2.0, boosted=2.0)
    assert (chosen.model, chosen.offered) == ("card", None) and not any(each.better for each in chosen.differences)


def test_what_was_not_compared_is_not_missed():
    chosen = asked(card=1.0)
    assert chosen.model == "card" and chosen.differences == ()


def test_a_recommendation_is_json():
    chosen = asked(logistic_plain=2.0, card=1.0, shape_card=0.5, boosted=0.4)
    assert json.loads(json.dumps(chosen.as_json))["model"] == chosen.model
    assert set(chosen.log_loss) == set(chosen.money) == {"logistic_plain", "card", "shape_card", "boosted"}


def test_the_riskiest_fifth_is_of_the_model_that_is_recommended():
    chosen, p = asked(card=0.0001, shape_card=2.0), said(0.0001, 0)
    left = CUSTOMERS["left"].to_numpy()
    found = np.mean([left[np.argsort(-each, kind="stable")[: ROWS // 5]].sum() / left.sum() for each in p])
    assert chosen.riskiest == f"On customers it had not seen, the riskiest fifth holds {100 * found:.1f}% of those who left."


@pytest.mark.parametrize("noise", [0.3, 3.0])
def test_money_is_what_the_decisions_really_earned(noise):
    chosen = asked(card=noise)
    assert chosen.money["card"] < 1000 * np.maximum(0.3 * 12 * CUSTOMERS["fee"] * CUSTOMERS["left"] - 60, 0).mean()
