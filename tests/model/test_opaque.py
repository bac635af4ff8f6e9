"""Models that cannot be written down, and the typical customer that they remember."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.exceptions import NotFittedError

from churn_core.data.cleaning.table import clean
from churn_core.data.synthetic import generate
from churn_core.model.logistic import TermLogisticRegression
from churn_core.model.opaque import Opaque
from churn_core.model.terms import plain_terms
from churn_core.schema.telco import TELCO

CUSTOMERS, _ = clean(generate(300, seed=5, schema=TELCO), TELCO)
CHURNED = CUSTOMERS[TELCO.target].to_numpy()
FEATURES = [column.name for column in TELCO.inputs if column.role != "id"]
COLUMNS = tuple(FEATURES)
PLAIN_TERMS = plain_terms(TELCO)


class Rule(ClassifierMixin, BaseEstimator):
    """A model that somebody wrote down: ``rule`` gives the log-odds of each customer; it learns nothing."""

    def __init__(self, rule=None) -> None:
        self.rule = rule

    def fit(self, customers, y) -> "Rule":
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, customers) -> np.ndarray:
        churn = expit(np.asarray(self.rule(customers), dtype=float))
        return np.column_stack([1 - churn, churn])


def opaque(rule) -> Opaque:
    return Opaque(Rule(rule), COLUMNS).fit(CUSTOMERS, CHURNED)


def has(customers: pd.DataFrame, column: str, value="Yes") -> np.ndarray:
    return (customers[column] == value).to_numpy(dtype=float)


def both(customers: pd.DataFrame) -> np.ndarray:
    """Only both together raise it."""
    return 2 * has(customers, "PaperlessBilling") * has(customers, "Partner")


def test_the_estimator_answers_unchanged():
    plain = TermLogisticRegression(PLAIN_TERMS)
    wrapped = Opaque(plain, COLUMNS).fit(CUSTOMERS, CHURNED)
    expected = clone(plain).fit(CUSTOMERS, CHURNED)
    assert wrapped.predict_proba(CUSTOMERS).tobytes() == expected.predict_proba(CUSTOMERS).tobytes()
    assert wrapped.predict(CUSTOMERS).tolist() == expected.predict(CUSTOMERS).tolist()
    assert wrapped.classes_.tolist() == [0, 1]
    assert not hasattr(plain, "coef_")  # what was given stays unfitted


def test_it_is_unfitted_at_first_and_clonable():
    with pytest.raises(NotFittedError):
        Opaque(Rule(both), COLUMNS).predict_proba(CUSTOMERS)
    assert clone(opaque(both)).estimator.rule is both
    with pytest.raises(NotFittedError):
        clone(opaque(both)).predict_proba(CUSTOMERS)


def test_the_typical_customer_is_the_most_frequent_of_words_and_the_middle_of_numbers():
    typical = opaque(both).typical_
    assert list(typical) == FEATURES
    for column in (TELCO[name] for name in FEATURES):
        values, value = CUSTOMERS[column.name], typical[column.name]
        if column.kind in ("whole", "number"):
            assert (values < value).sum() <= len(values) / 2 <= (values <= value).sum()
        else:
            assert (values == value).sum() == values.value_counts().max()
        assert value in set(values)  # somebody is like that
        assert type(value) in (int, float, str)  # plain values: they go into files


@pytest.mark.parametrize("rule", [both, lambda c: c["tenure"] / 10 - 3 * has(c, "Partner")], ids=["together", "apart"])
def test_contributions_add_up_from_the_typical_customer_to_this_one(rule):
    model = opaque(rule)
    start, added = model.contributions(CUSTOMERS)
    assert added.shape == (len(CUSTOMERS), len(FEATURES))
    assert start + added.sum(axis=1) == pytest.approx(logit(model.predict_proba(CUSTOMERS)[:, 1]), abs=1e-9)
    typical = pd.DataFrame([model.typical_])
    assert start == pytest.approx(logit(model.predict_proba(typical)[0, 1]), abs=1e-12)


def test_the_typical_customer_is_explained_by_nothing():
    model = opaque(lambda c: c["tenure"] / 10 + both(c))
    typical = CUSTOMERS.head(1).assign(**model.typical_).astype(CUSTOMERS.dtypes)
    assert (model.contributions(typical)[1] == 0).all()


def test_a_column_that_the_model_does_not_look_at_contributes_nothing():
    _, added = opaque(both).contributions(CUSTOMERS)
    looked_at = [FEATURES.index("PaperlessBilling"), FEATURES.index("Partner")]
    assert (np.delete(added, looked_at, axis=1) == 0).all() and (added[:, looked_at] != 0).any(axis=0).all()


def test_columns_that_act_apart_each_contribute_exactly_what_they_do():
    model = opaque(lambda c: c["tenure"] / 10 - 3 * has(c, "Partner"))
    _, added = model.contributions(CUSTOMERS)
    months = (CUSTOMERS["tenure"] - model.typical_["tenure"]) / 10
    partner = -3 * (has(CUSTOMERS, "Partner") - (model.typical_["Partner"] == "Yes"))
    assert added[:, FEATURES.index("tenure")] == pytest.approx(months.to_numpy(), abs=1e-9)
    assert added[:, FEATURES.index("Partner")] == pytest.approx(partner, abs=1e-9)


def test_of_two_columns_that_act_only_together_each_gets_half():
    model = opaque(both)
    model.typical_ |= {"PaperlessBilling": "No", "Partner": "No"}
    _, added = model.contributions(CUSTOMERS)
    for name in ("PaperlessBilling", "Partner"):
        assert added[:, FEATURES.index(name)] == pytest.approx(both(CUSTOMERS) / 2, abs=1e-9)


def test_a_customer_is_explained_alone_as_in_company_and_twice_the_same():
    model = opaque(lambda c: c["tenure"] / 10 + both(c))
    _, together = model.contributions(CUSTOMERS)
    for i in range(10):
        assert model.contributions(CUSTOMERS.iloc[[i]])[1].tobytes() == together[[i]].tobytes()
    twice = [5, 5, 2]  # the same row label again
    assert model.contributions(CUSTOMERS.iloc[twice])[1].tobytes() == together[twice].tobytes()


def test_certainty_counts_as_one_in_a_million_from_it():
    model = opaque(lambda c: np.where(has(c, "Partner") == 1, np.inf, -np.inf))
    start, added = model.contributions(CUSTOMERS)
    assert set(model.predict_proba(CUSTOMERS)[:, 1]) == {0.0, 1.0}
    assert np.isfinite(added).all()
    expected = np.where(CUSTOMERS["Partner"] == "Yes", logit(1 - 1e-6), logit(1e-6))
    assert start + added.sum(axis=1) == pytest.approx(expected, abs=1e-9)


def test_explaining_changes_no_customer():
    before = CUSTOMERS.copy()
    opaque(both).contributions(CUSTOMERS)
    pd.testing.assert_frame_equal(CUSTOMERS, before)
