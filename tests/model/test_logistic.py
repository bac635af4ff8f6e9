"""Logistic regression that stays an equation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit
from sklearn.base import BaseEstimator, clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from churn_core.data.cleaning.table import clean
from churn_core.data.synthetic import generate
from churn_core.model import fitted_equation
from churn_core.model.logistic import TermLogisticRegression
from churn_core.model.steady import SteadyLogisticRegression
from churn_core.model.term import matrix
from churn_core.model.terms import TERMS, plain_terms, polynomial_terms
from churn_core.schema.telco import TELCO

CUSTOMERS, _ = clean(generate(400, seed=11, schema=TELCO), TELCO)
CHURNED = CUSTOMERS[TELCO.target].to_numpy()
RECORDS = CUSTOMERS.to_dict("records")
OTHERS, _ = clean(generate(200, seed=12, schema=TELCO), TELCO)
PLAIN_TERMS, POLYNOMIAL_TERMS = plain_terms(TELCO), polynomial_terms(TELCO)
FITTED = {
    "readable": TermLogisticRegression(TERMS).fit(CUSTOMERS, CHURNED),
    "plain": TermLogisticRegression(PLAIN_TERMS).fit(CUSTOMERS, CHURNED),
    "polynomial": TermLogisticRegression(POLYNOMIAL_TERMS).fit(CUSTOMERS, CHURNED),
}

every_encoding = pytest.mark.parametrize("name", FITTED)


def named(*names: str) -> tuple:
    return tuple(term for term in TERMS if term.name in names)


def exact(**settings) -> LogisticRegression:
    return LogisticRegression(solver="newton-cg", tol=1e-10, max_iter=1000, **settings)


def by_scikit_learn(terms, customers, churned, **settings) -> np.ndarray:
    """The probabilities of scikit-learn's regression on standardised terms, fitted to the last digits."""
    values = StandardScaler().fit_transform(matrix(terms, customers))
    return exact(**settings).fit(values, churned).predict_proba(values)


# It is logistic regression


@pytest.mark.parametrize("c", [0.1, 1.0, 10.0])
@pytest.mark.parametrize("terms", [TERMS, PLAIN_TERMS, POLYNOMIAL_TERMS], ids=FITTED)
def test_it_is_scikit_learns_regression_on_standardised_terms(terms, c):
    ours = TermLogisticRegression(terms, C=c).fit(CUSTOMERS, CHURNED).predict_proba(CUSTOMERS)
    assert ours == pytest.approx(by_scikit_learn(terms, CUSTOMERS, CHURNED, C=c), abs=1e-6)


@pytest.mark.parametrize("weight", ["balanced", {0: 1, 1: 5}])
def test_class_weights_are_those_of_scikit_learn(weight):
    ours = TermLogisticRegression(TERMS, class_weight=weight).fit(CUSTOMERS, CHURNED).predict_proba(CUSTOMERS)
    assert ours == pytest.approx(by_scikit_learn(TERMS, CUSTOMERS, CHURNED, class_weight=weight), abs=1e-6)


@every_encoding
def test_it_predicts_as_many_leavers_as_it_was_fitted_on(name):
    assert FITTED[name].predict_proba(CUSTOMERS)[:, 1].sum() == pytest.approx(CHURNED.sum(), abs=1e-3)


def test_balanced_classes_count_as_much_in_all_and_each_keeps_its_sum():
    p = TermLogisticRegression(TERMS, class_weight="balanced").fit(CUSTOMERS, CHURNED).predict_proba(CUSTOMERS)[:, 1]
    weight = np.where(CHURNED == 1, 1 / CHURNED.mean(), 1 / (1 - CHURNED.mean()))
    assert weight @ p == pytest.approx(weight @ CHURNED, abs=1e-3)
    assert p.mean() > CHURNED.mean() + 0.05  # and so it cries wolf


def test_the_equation_is_in_each_terms_own_unit():
    for model in FITTED.values():
        log_odds = model.intercept_ + matrix(model.terms, OTHERS) @ model.coef_
        assert model.decision_function(OTHERS) == pytest.approx(log_odds, abs=1e-9)
        assert model.predict_proba(OTHERS)[:, 1] == pytest.approx(expit(log_odds), abs=1e-12)


@every_encoding
def test_probabilities_add_up_to_one_and_the_answer_is_the_likelier_class(name):
    p = FITTED[name].predict_proba(OTHERS)
    assert p.sum(axis=1).tolist() == [1.0] * len(OTHERS) and FITTED[name].classes_.tolist() == [0, 1]
    assert FITTED[name].predict(OTHERS).tolist() == (p[:, 1] > 0.5).astype(int).tolist()


def test_it_is_unfitted_at_first_clonable_and_learns_the_same_again():
    with pytest.raises(NotFittedError):
        TermLogisticRegression(TERMS).predict_proba(CUSTOMERS)
    with pytest.raises(NotFittedError):
        TermLogisticRegression(TERMS).contributions(CUSTOMERS)
    again = clone(FITTED["readable"])
    assert not hasattr(again, "coef_") and again.terms == TERMS
    assert again.fit(CUSTOMERS, CHURNED).coef_.tobytes() == FITTED["readable"].coef_.tobytes()


# The same bits


@every_encoding
@pytest.mark.parametrize("chunk", [1, 7, 400, 50_000])
def test_a_customer_has_the_same_bits_in_a_batch_alone_and_as_a_mapping_across_any_chunk_boundary(monkeypatch, name, chunk):
    whole = FITTED[name].predict_proba(CUSTOMERS)  # in one chunk
    monkeypatch.setattr(fitted_equation, "_CHUNK", chunk)
    some = slice(0, 40)
    batch = some if chunk == 1 else slice(None)  # each chunk costs as much as any
    assert FITTED[name].predict_proba(CUSTOMERS.iloc[batch]).tobytes() == whole[batch].tobytes()
    one_by_one = np.vstack([FITTED[name].predict_proba(CUSTOMERS.iloc[[i]]) for i in range(some.stop)])
    assert one_by_one.tobytes() == whole[some].tobytes()
    mapped = np.array([FITTED[name].churn_probability_of(customer) for customer in RECORDS])
    assert mapped.tobytes() == whole[:, 1].tobytes()


@given(st.sampled_from(list(FITTED)), st.lists(st.integers(0, len(RECORDS) - 1), max_size=60))
def test_a_probability_depends_on_the_customer_and_not_on_the_company(name, chosen):
    alone = np.array([FITTED[name].churn_probability_of(RECORDS[i]) for i in chosen])
    assert FITTED[name].predict_proba(CUSTOMERS.iloc[chosen])[:, 1].tobytes() == alone.tobytes()


# Contributions


@every_encoding
def test_contributions_and_the_average_add_up_to_the_log_odds(name):
    average, added = FITTED[name].contributions(OTHERS)
    assert added.shape == (len(OTHERS), len(FITTED[name].terms))
    assert average + added.sum(axis=1) == pytest.approx(logit(FITTED[name].predict_proba(OTHERS)[:, 1]), abs=1e-9)


@every_encoding
def test_each_term_is_told_against_its_mean_so_over_the_training_customers_it_cancels(name):
    _, added = FITTED[name].contributions(CUSTOMERS)
    assert added.mean(axis=0) == pytest.approx(np.zeros(added.shape[1]), abs=1e-9)


def test_what_differs_between_two_customers_in_one_column_is_told_by_its_terms_alone():
    model, one = FITTED["readable"], CUSTOMERS.iloc[[0]]
    other = one.assign(SeniorCitizen=1 - one["SeniorCitizen"])
    (_, before), (_, after) = model.contributions(one), model.contributions(other)
    assert [term.name for term, changed in zip(TERMS, (after != before)[0], strict=True) if changed] == ["senior"]


# How sure


def test_the_coefficient_of_a_single_yes_or_no_is_the_log_odds_ratio_with_its_textbook_standard_error():
    senior = CUSTOMERS["SeniorCitizen"].to_numpy()
    a, b, c, d = (((senior == s) & (y == CHURNED)).sum() for s in (1, 0) for y in (1, 0))
    model = TermLogisticRegression(named("senior"), C=1e8).fit(CUSTOMERS, CHURNED)
    assert model.coef_[0] == pytest.approx(np.log(a * d / (b * c)), rel=1e-4)
    assert model.intercept_ == pytest.approx(np.log(c / d), rel=1e-4)
    assert model.standard_errors(CUSTOMERS)[0] == pytest.approx(np.sqrt(1 / a + 1 / b + 1 / c + 1 / d), rel=1e-4)


def test_standard_errors_are_those_of_the_unpenalised_likelihood_where_there_is_next_to_no_penalty():
    terms = named("tenure_years", "log_tenure", "fibre", "senior", "streaming_services")
    model = TermLogisticRegression(terms, C=1e8).fit(CUSTOMERS, CHURNED)
    x = np.column_stack([np.ones(len(CUSTOMERS)), matrix(terms, CUSTOMERS)])  # in the terms' own units, not standardised
    p = expit(x @ np.append(model.intercept_, model.coef_))
    information = sum(pi * (1 - pi) * np.outer(row, row) for row, pi in zip(x, p, strict=True))
    expected = np.sqrt(np.diag(np.linalg.inv(information)))[1:]
    assert model.standard_errors(CUSTOMERS) == pytest.approx(expected, rel=1e-5)


def test_a_penalty_makes_coefficients_smaller_and_surer():
    loose, tight = (TermLogisticRegression(TERMS, C=c).fit(CUSTOMERS, CHURNED) for c in (100.0, 0.001))
    assert np.abs(tight.coef_ * tight.scale_).sum() < np.abs(loose.coef_ * loose.scale_).sum()
    assert (tight.standard_errors(CUSTOMERS) < loose.standard_errors(CUSTOMERS)).all()


def test_without_the_penalty_a_coefficient_is_nearly_that_of_an_unpenalised_fit():
    terms = named("tenure_years", "log_tenure", "fibre", "senior", "streaming_services", "two_year")
    free = TermLogisticRegression(terms, C=1e8).fit(CUSTOMERS, CHURNED)
    shrunken = TermLogisticRegression(terms, C=1.0).fit(CUSTOMERS, CHURNED)
    coefficients, errors = shrunken.unpenalised(CUSTOMERS)
    assert np.abs(coefficients - free.coef_).max() < 0.1 * np.abs(shrunken.coef_ - free.coef_).max()
    assert free.unpenalised(CUSTOMERS)[0] == pytest.approx(free.coef_, rel=1e-5)
    assert free.unpenalised(CUSTOMERS)[1] == pytest.approx(free.standard_errors(CUSTOMERS), rel=1e-5)
    assert errors == pytest.approx(free.standard_errors(CUSTOMERS), rel=0.15)


def test_a_term_that_others_say_too_has_no_effect_of_its_own():
    """Of three contracts each is what the two others are not; tenure is told by nothing else."""
    terms = tuple(t for t in plain_terms(TELCO) if t.columns[0] in ("Contract", "tenure"))
    coefficients, errors = TermLogisticRegression(terms).fit(CUSTOMERS, CHURNED).unpenalised(CUSTOMERS)
    of_contract = [term.columns == ("Contract",) for term in terms]
    assert np.isnan(coefficients).tolist() == np.isnan(errors).tolist() == of_contract and sum(of_contract) == 3


def test_intervals_without_the_penalty_cover_the_true_coefficient_and_those_of_the_shrunken_one_do_not():
    """True coefficients, and 300 samples that they made: 95 of 100 intervals hold them; 272 of 300 are 3.5 standard errors below."""
    terms, rng = named("tenure_years", "log_tenure", "fibre", "senior", "one_year", "two_year"), np.random.default_rng(8)
    customers = CUSTOMERS.loc[CUSTOMERS.index.repeat(3)]
    truth = TermLogisticRegression(terms, C=1e8).fit(CUSTOMERS, CHURNED)
    p, free, shrunken = truth.churn_probability(customers), np.zeros(6), np.zeros(6)
    for _ in range(300):
        model = TermLogisticRegression(terms, C=0.03).fit(customers, (rng.random(len(p)) < p).astype(int))
        coefficients, errors = model.unpenalised(customers)
        free += np.abs(coefficients - truth.coef_) <= 1.96 * errors
        shrunken += np.abs(model.coef_ - truth.coef_) <= 1.96 * model.standard_errors(customers)
    assert free.min() >= 272 > shrunken.min()


# What is the same for everybody


@pytest.mark.parametrize("same", [{"SeniorCitizen": 0}, {"tenure": 0}, {"tenure": 5}, {"tenure": 7}, {"tenure": 12}], ids=str)
def test_a_term_that_is_the_same_for_everybody_breaks_nothing_and_says_nothing(same):
    """Five months in years have no exact float, so their standard deviation is rounding noise and not quite 0."""
    alike = CUSTOMERS.assign(**same)
    model = TermLogisticRegression(TERMS).fit(alike, CHURNED)
    assert model.predict_proba(alike) == pytest.approx(by_scikit_learn(TERMS, alike, CHURNED), abs=1e-6)
    (column,) = same
    constant = [k for k, term in enumerate(TERMS) if term.columns == (column,) and term.only is None]
    assert np.isfinite(model.standard_errors(alike)).all()
    assert model.coef_[constant] == pytest.approx(np.zeros(len(constant)), abs=1e-9)


# Resampling


class TheFirstHalf(BaseEstimator):
    """A resampler that keeps the first half, and notes what it was given."""

    def fit_resample(self, values, churned):
        TheFirstHalf.given = self.given = values, churned
        return values[: len(values) // 2], churned[: len(churned) // 2]


def test_a_resampler_changes_the_standardised_training_customers_and_only_those():
    resampler = TheFirstHalf()
    model = TermLogisticRegression(TERMS, resampler=resampler).fit(CUSTOMERS, CHURNED)
    values, churned = TheFirstHalf.given
    assert values.mean(axis=0) == pytest.approx(np.zeros(len(TERMS)), abs=1e-9)
    assert values.std(axis=0) == pytest.approx(np.ones(len(TERMS)))
    assert churned.tolist() == CHURNED.tolist()
    half = exact().fit(values[:200], CHURNED[:200])
    assert model.predict_proba(CUSTOMERS) == pytest.approx(half.predict_proba(values), abs=1e-6)
    assert vars(resampler) == {}  # a copy of it did the work
    assert model.mean_.tolist() == matrix(TERMS, CUSTOMERS).mean(axis=0).tolist()


def test_smote_makes_as_many_leavers_as_stayers_so_probabilities_are_too_high():
    smote = pytest.importorskip("imblearn.over_sampling").SMOTE(random_state=0)
    model = TermLogisticRegression(TERMS, resampler=smote).fit(CUSTOMERS, CHURNED)
    values, churned = smote.fit_resample(StandardScaler().fit_transform(matrix(TERMS, CUSTOMERS)), CHURNED)
    assert churned.mean() == 0.5
    same = exact().fit(values, churned)
    p = model.predict_proba(CUSTOMERS)
    assert p == pytest.approx(same.predict_proba(values[: len(CUSTOMERS)]), abs=1e-6)
    assert p[:, 1].mean() > CHURNED.mean() + 0.05


# On a matrix

MATRIX = np.random.default_rng(0).normal(size=(200, 5))
STEADY = SteadyLogisticRegression().fit(MATRIX, MATRIX[:, 0] > 0.5)


def test_the_steady_regression_is_the_logistic_regression_of_scikit_learn():
    x, y = MATRIX, np.random.default_rng(1).random(200) < expit(MATRIX[:, 0] - 1)
    steady, usual = SteadyLogisticRegression().fit(x, y), LogisticRegression().fit(x, y)
    assert steady.coef_.tolist() == usual.coef_.tolist()
    assert steady.predict_proba(x) == pytest.approx(usual.predict_proba(x), abs=1e-12)
    assert (steady.predict(x) == usual.predict(x)).all()


@given(st.lists(st.integers(0, 199), min_size=1, max_size=40))
def test_a_row_of_a_matrix_has_the_same_bits_in_any_company(chosen):
    assert STEADY.predict_proba(MATRIX[chosen]).tobytes() == STEADY.predict_proba(MATRIX)[chosen].tobytes()
