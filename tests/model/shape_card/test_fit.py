"""The shape card: a card as any other, of look-ups only, exact, the same again, and good where columns act together."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit
from sklearn.metrics import log_loss

from churn_core.model import pickles
from churn_core.model.candidates import candidate
from churn_core.model.card import as_json
from churn_core.model.card.fitted import FittedCard
from churn_core.model.card.joint import Rule, Table
from churn_core.model.card.shape import Curve, Levels
from churn_core.model.shape_card.codes import coded, codes_of
from churn_core.model.shape_card.fit import ShapeCard
from churn_core.model.shape_card.lines import scaled
from churn_core.model.shape_card.stack import weights
from tests.model.gym import GYM, members

NUMBERS, LEVELS = ("visits", "age"), ("plan", "trainer")


def together(rows: int, seed: int) -> pd.DataFrame:
    """Customers of whom those leave who visit seldom *and* are young, and some of the basic plan."""
    rng = np.random.default_rng(seed)
    visits, age = rng.uniform(0, 6, rows), rng.integers(18, 80, rows).astype(float)
    age[rng.random(rows) < 0.1] = np.nan
    plan = rng.choice(["basic", "plus", "premium"], rows)
    log_odds = -2 + 3.5 * ((visits < 2) ^ (age < 40)) + (plan == "basic") + np.isnan(age)
    return pd.DataFrame(
        {
            "visits": visits,
            "age": age,
            "plan": pd.Categorical(plan, categories=["basic", "plus", "premium", "other"]),
            "trainer": rng.integers(0, 2, rows),
            "left": (rng.random(rows) < expit(log_odds)).astype(int),
        }
    )


@pytest.fixture(scope="module")
def customers():
    return together(2500, 1)


@pytest.fixture(scope="module")
def fitted(customers):
    return ShapeCard(NUMBERS, LEVELS).fit(customers, customers["left"])


def test_contributions_add_up_to_the_log_odds(fitted, customers):
    base, added = fitted.contributions(customers)
    assert np.abs(base + added.sum(axis=1) - logit(fitted.churn_probability(customers))).max() < 1e-9
    assert np.abs(added.mean(axis=0)).max() < 1e-9


def test_no_tree_is_left_in_it(fitted):
    assert all(isinstance(line, (Curve, Levels, Table, Rule)) for line in fitted.card.lines)
    assert FittedCard.of(as_json.loads(as_json.dumps(fitted.card))).card == fitted.card


def test_one_customer_has_the_bits_of_any_table(fitted, customers):
    at_once = fitted.churn_probability(customers)
    alone = [fitted.churn_probability_of(row) for row in customers.head(50).to_dict("records")]
    assert at_once[:50].tolist() == alone


def test_a_column_has_one_line_at_most(fitted):
    alone = [line.column for line in fitted.card.lines if isinstance(line, (Curve, Levels))]
    assert len(alone) == len(set(alone)) and len(fitted.card.lines) <= 40


def test_columns_that_act_together_get_a_table_or_a_rule_and_help_with_new_customers(fitted, customers):
    assert any({"visits", "age"} <= set(line.columns) for line in fitted.card.lines)
    new = together(2500, 2)
    additive = ShapeCard((), LEVELS).fit(customers, customers["left"])
    assert log_loss(new["left"], fitted.churn_probability(new)) < log_loss(new["left"], additive.churn_probability(new)) - 0.05


def test_as_many_are_expected_to_leave_as_left(fitted):
    new = together(20_000, 3)
    assert abs(fitted.churn_probability(new).mean() - new["left"].mean()) < 0.02


def test_the_same_customers_give_the_same_card(fitted, customers):
    assert as_json.dumps(ShapeCard(NUMBERS, LEVELS).fit(customers, customers["left"]).card) == as_json.dumps(fitted.card)


def test_a_blank_or_a_word_that_nobody_had_is_scored(customers):
    known = customers.assign(age=customers["age"].fillna(50))
    fitted = ShapeCard(NUMBERS, LEVELS).fit(known, known["left"])
    new = known.head(3).copy()
    new["age"], new["plan"] = np.nan, pd.Categorical(["other"] * 3, dtype=known["plan"].dtype)
    assert np.isfinite(fitted.decision_function(new)).all()


def test_it_is_a_candidate_of_any_schema_and_can_be_stored():
    gym = members(600, seed=2)
    fitted = candidate("shape_card", GYM).fit(gym, gym["left"])
    assert pickles.loads(pickles.dumps(fitted)).churn_probability(gym).tobytes() == fitted.churn_probability(gym).tobytes()


def test_codes_tell_numbers_apart_in_their_order_and_blanks_are_the_first(customers):
    (age,) = codes_of(customers, ("age",), (), customers["left"].to_numpy(float))
    codes = age.of(customers)
    known = customers["age"].notna().to_numpy()
    assert set(codes[~known]) == {0} and 0 not in codes[known]
    order = np.argsort(customers["age"].to_numpy()[known])
    assert (np.diff(codes[known][order]) >= 0).all()


def test_a_column_that_is_the_same_for_everybody_has_no_codes(customers):
    same = customers.assign(visits=1.0)
    assert [each.column for each in codes_of(same, NUMBERS, LEVELS, same["left"].to_numpy(float))] == ["age", "plan", "trainer"]
    assert coded(same, []).shape == (len(same), 0)


def test_stacking_gives_a_model_that_says_nothing_no_weight():
    rng = np.random.default_rng(0)
    log_odds = rng.normal(0, 2, 4000)
    left = (rng.random(4000) < expit(log_odds)).astype(float)
    _, good, noise = weights(log_odds, rng.normal(0, 1, 4000), left)
    assert abs(good - 1) < 0.1 and 0 <= noise < 0.1
    _, good, against = weights(log_odds, -log_odds + rng.normal(0, 1, 4000), left)
    assert good > 0 and against >= 0


@pytest.mark.parametrize("by", [0.5, 2.0])
def test_a_scaled_line_adds_so_many_times_as_much(fitted, customers, by):
    for line in fitted.card.lines:
        assert np.allclose(scaled(line, by).effects(customers), by * line.effects(customers), atol=1e-12)
