"""Learning and measuring by weights: who was contacted teaches nothing, who was left alone stands for several."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import log_loss

from churn_core.data.cleaning.table import clean
from churn_core.data.dataset import read_dataset
from churn_core.data.left_alone import LeftAlone
from churn_core.data.synthetic import generate
from churn_core.data.writing.cells import to_csv
from churn_core.errors import DataError
from churn_core.model import cross_validation, evaluate
from churn_core.model.candidates import candidate
from churn_core.model.compare import compare
from churn_core.model.cross_validation import Protocol
from churn_core.model.fitting import fitted
from churn_core.model.metrics import calibration_error, calibration_noise
from churn_core.model.train import outcome
from churn_core.model.weights import repeated
from churn_core.schema.telco import TELCO

CUSTOMERS = clean(generate(900, seed=4, schema=TELCO), TELCO)[0]
LEFT = CUSTOMERS[TELCO.target].to_numpy()
WEIGHT = np.tile([0.0, 0.0, 3.0, 1.0], 225)
TREATED = WEIGHT == 0
ONCE = Protocol(folds=3, repeats=2)


def flipped() -> np.ndarray:
    """Other outcomes of those who were contacted."""
    return np.where(TREATED, 1 - LEFT, LEFT)


@pytest.mark.parametrize("name", ["logistic", "logistic_plain", "logistic_balanced", "logistic_polynomial", "card", "boosted"])
def test_what_contacted_customers_did_changes_no_probability(name):
    said = [fitted(candidate(name, TELCO), CUSTOMERS, left, None, WEIGHT).predict_proba(CUSTOMERS) for left in (LEFT, flipped())]
    assert (said[0] == said[1]).all()


@pytest.mark.parametrize("name", ["logistic", "card"])
def test_who_counts_three_times_moves_the_mean_probability_as_three_would(name):
    model = fitted(candidate(name, TELCO), CUSTOMERS, LEFT, None, WEIGHT)
    mean = np.average(model.predict_proba(CUSTOMERS)[:, 1], weights=WEIGHT)
    assert mean == pytest.approx(np.average(LEFT, weights=WEIGHT), abs=0.004)


def test_equal_weights_are_no_weights_whatever_their_size():
    plain = fitted(candidate("logistic", TELCO), CUSTOMERS, LEFT)
    for size in (1.0, 7.0):
        model = fitted(candidate("logistic", TELCO), CUSTOMERS, LEFT, None, np.full(len(LEFT), size))
        assert model.coef_ == pytest.approx(plain.coef_, abs=1e-6)


class Memory(ClassifierMixin, BaseEstimator):
    def fit(self, X, y, groups=None):
        self.rows_, self.y_, self.groups_ = X["tenure"].to_numpy(), y, groups
        return self


def test_a_model_without_weights_gets_rows_as_often_as_they_count_and_holds_them_together():
    model, rows = fitted(Memory(), CUSTOMERS, LEFT, None, WEIGHT), repeated(WEIGHT)
    assert (model.rows_ == CUSTOMERS["tenure"].to_numpy()[rows]).all() and (model.y_ == LEFT[rows]).all()
    assert (model.groups_ == rows).all()


def test_fractions_of_weights_add_up():
    weight = np.random.default_rng(0).choice([0.0, 1.0, 6.6667], 1000)
    times = np.bincount(repeated(weight), minlength=1000)
    assert abs(times.sum() - weight.sum()) <= 0.5 and (abs(times - weight) < 1).all() and (times[weight == 1] == 1).all()


def test_contacted_customers_are_in_no_fold_that_is_learned_from_and_everybody_is_held_out_once_a_repeat():
    for repeat in range(ONCE.repeats):
        splits = list(ONCE.splits(LEFT, weight=WEIGHT))[repeat * ONCE.folds : (repeat + 1) * ONCE.folds]
        assert not any(TREATED[train].any() or np.intersect1d(train, held_out).size for train, held_out in splits)
        assert np.sort(np.concatenate([held_out for _, held_out in splits])).tolist() == list(range(len(LEFT)))


def test_measures_count_each_by_the_own_weight_and_the_contacted_not_at_all():
    model = candidate("logistic", TELCO)
    held_out = cross_validation.cross_validate(model, CUSTOMERS, LEFT, ONCE, weight=WEIGHT)
    assert (held_out == cross_validation.cross_validate(model, CUSTOMERS, flipped(), ONCE, weight=WEIGHT)).all()
    measured = []
    for left in (LEFT, flipped()):
        by_fold = evaluate.metrics_by_fold(held_out, CUSTOMERS, left, ONCE, schema=TELCO, weight=WEIGHT)
        measured.append(evaluate.summary(held_out, by_fold, left, WEIGHT))
    assert measured[0] == measured[1]
    first = next(ONCE.splits(LEFT, weight=WEIGHT))[1]
    by_fold = evaluate.metrics_by_fold(held_out, CUSTOMERS, LEFT, ONCE, schema=TELCO, weight=WEIGHT)
    assert by_fold["log_loss"][0] == pytest.approx(log_loss(LEFT[first], held_out[0, first], sample_weight=WEIGHT[first]))
    difference = np.average(held_out.mean(axis=0), weights=WEIGHT) - np.average(LEFT, weights=WEIGHT)
    assert measured[0]["mean_probability_minus_churn_rate"] == pytest.approx(difference)


def test_few_who_count_often_are_off_by_chance_as_few_are():
    random = np.random.default_rng(1)
    p = random.uniform(0.05, 0.6, 600)
    weight, rows = np.full(600, 5.0), np.repeat(np.arange(600), 5)
    errors = [calibration_error(p[rows], (random.random(600) < p)[rows]) for _ in range(300)]
    assert calibration_noise(p, weight) == pytest.approx(np.mean(errors), rel=0.05)
    assert calibration_noise(p[rows]) < 0.6 * calibration_noise(p, weight)


def dataset(left: np.ndarray):
    made = read_dataset(to_csv(generate(900, seed=4, schema=TELCO))[0], "x.csv", schema=TELCO)
    alone = LeftAlone(weight=WEIGHT, treated=int(TREATED.sum()), control=225, control_weight=3.0)
    return replace(made, customers=made.customers.assign(**{TELCO.target: left}), left_alone=alone)


def test_a_comparison_is_the_same_whatever_contacted_customers_did(tmp_path):
    found = []
    for left in (LEFT, flipped()):
        of = dataset(left)
        found.append(compare(("logistic",), of, outcome(of), tmp_path / str(len(found)), Protocol(folds=3, repeats=1), cores=1))
    assert found[0]["left_alone"] == {"left_out_treated": 450, "control": 225, "control_weight": 3.0}
    for key in ("policies", "data"):
        assert found[0][key] == found[1][key]
    without_time = [{k: v for k, v in each["models"]["logistic"].items() if k != "seconds"} for each in found]
    assert without_time[0] == without_time[1]


def test_too_few_who_were_left_alone_are_refused_and_why_is_said():
    made = dataset(LEFT)
    weight = np.where(np.arange(len(LEFT)) < 150, 1.0, 0.0)
    few = replace(made, left_alone=LeftAlone(weight=weight, treated=750, control=0, control_weight=None))
    with pytest.raises(DataError, match="150 usable customers.*750 customers were contacted"):
        outcome(few)
