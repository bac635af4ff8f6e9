"""The models that are compared."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression

from churn_core.data.clean import clean
from churn_core.data.synthetic import generate
from churn_core.errors import ModelError
from churn_core.model.candidates import NAMES, SteadyLogisticRegression, build
from churn_core.schema import TELCO

RAW = generate(400, seed=6)
CUSTOMERS, _ = clean(RAW)
CHURNED = CUSTOMERS[TELCO.target].to_numpy()
FITTED = {name: build(name).fit(CUSTOMERS, CHURNED) for name in NAMES}

every_model = pytest.mark.parametrize("name", NAMES)


def test_the_names_of_the_contract_are_known():
    assert {"logistic", "logistic_plain"} <= set(NAMES)


@every_model
def test_a_new_model_is_unfitted_each_time(name):
    assert build(name) is not build(name)
    with pytest.raises(NotFittedError):
        build(name).predict_proba(CUSTOMERS)


@every_model
def test_a_model_can_be_cloned_and_learns_the_same_again(name):
    again = clone(FITTED[name]).fit(CUSTOMERS, CHURNED)
    assert again.predict_proba(CUSTOMERS).tobytes() == FITTED[name].predict_proba(CUSTOMERS).tobytes()


@every_model
def test_probabilities_are_two_columns_that_add_up_to_one_and_churn_is_the_second(name):
    probabilities = FITTED[name].predict_proba(CUSTOMERS)
    assert FITTED[name].classes_.tolist() == [0, 1]
    assert ((probabilities >= 0) & (probabilities <= 1)).all()
    assert probabilities.sum(axis=1) == pytest.approx(np.ones(len(CUSTOMERS)))
    assert probabilities[CHURNED == 1, 1].mean() > probabilities[CHURNED == 0, 1].mean()


@every_model
def test_the_target_and_columns_that_it_does_not_know_change_nothing(name):
    without = CUSTOMERS.drop(columns=TELCO.target)
    more = CUSTOMERS.assign(note="x", **{TELCO.target: 1 - CHURNED})[["note", *reversed(CUSTOMERS.columns)]]
    expected = FITTED[name].predict_proba(CUSTOMERS).tobytes()
    assert FITTED[name].predict_proba(without).tobytes() == expected
    assert FITTED[name].predict_proba(more).tobytes() == expected
    assert build(name).fit(without, CHURNED).predict_proba(without).tobytes() == expected


@every_model
def test_the_id_says_nothing(name):
    others = CUSTOMERS.assign(**{TELCO.id: "nobody"})
    assert FITTED[name].predict_proba(others).tobytes() == FITTED[name].predict_proba(CUSTOMERS).tobytes()


@every_model
def test_a_batch_is_the_same_as_one_by_one_to_the_last_bit(name):
    together = FITTED[name].predict_proba(CUSTOMERS)
    one_by_one = np.vstack([FITTED[name].predict_proba(CUSTOMERS.iloc[[i]]) for i in range(40)])
    assert one_by_one.tobytes() == together[:40].tobytes()


@given(st.sampled_from(NAMES), st.lists(st.integers(0, len(CUSTOMERS) - 1), min_size=1, max_size=50))
def test_a_probability_depends_on_the_customer_and_not_on_the_company(name, chosen):
    together = FITTED[name].predict_proba(CUSTOMERS)
    assert FITTED[name].predict_proba(CUSTOMERS.iloc[chosen]).tobytes() == together[chosen].tobytes()


@every_model
def test_a_clean_file_and_a_repaired_one_give_the_same_probability(name):
    untidy = RAW.assign(Contract=RAW["Contract"].str.upper() + " ", tenure=RAW["tenure"].astype(str))
    repaired, _ = clean(untidy)
    assert FITTED[name].predict_proba(repaired).tobytes() == FITTED[name].predict_proba(CUSTOMERS).tobytes()


def test_the_steady_regression_is_the_logistic_regression_of_scikit_learn():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 5))
    y = rng.random(200) < expit(x[:, 0] - 1)
    steady, usual = SteadyLogisticRegression().fit(x, y), LogisticRegression().fit(x, y)
    assert steady.coef_.tolist() == usual.coef_.tolist()
    assert steady.predict_proba(x) == pytest.approx(usual.predict_proba(x), abs=1e-12)
    assert (steady.predict(x) == usual.predict(x)).all()


@pytest.mark.parametrize("name", ["logistik", "", "no such thing at all", "Logistic"])
def test_an_unknown_name_is_refused_with_the_known_ones(name):
    with pytest.raises(ModelError) as refused:
        build(name)
    assert f"There is no model named {name!r}." in str(refused.value)
    assert f"Known: {', '.join(NAMES)}." in str(refused.value)


def test_a_near_miss_is_guessed_at():
    with pytest.raises(ModelError, match="Did you mean 'logistic'?"):
        build("logistik")
