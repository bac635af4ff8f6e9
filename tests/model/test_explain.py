"""Why a probability is what it is."""

import numpy as np
import pytest
from scipy.special import logit

from churn_core.model import explain as explanations
from churn_core.model.candidates import NAMES, build
from churn_core.model.explain import explain, explained, in_words, reasons
from churn_core.schema import TELCO


@pytest.fixture(scope="module")
def customers(telco):
    return telco.customers


@pytest.fixture(scope="module")
def models(customers):
    return {name: build(name).fit(customers, customers[TELCO.target].to_numpy()) for name in NAMES}


every_model = pytest.mark.parametrize("name", NAMES)


@every_model
def test_the_contributions_add_up_to_the_log_odds(models, customers, name):
    explanation = explain(models[name], customers)
    total = explanation.average + explanation.effects.sum(axis=1)
    assert total.to_numpy() == pytest.approx(logit(models[name].predict_proba(customers)[:, 1]), abs=1e-9)


@every_model
def test_the_average_contribution_is_nothing(models, customers, name):
    """Each reason is told against the average customer, so over all customers they cancel."""
    assert explain(models[name], customers).effects.sum(axis=1).mean() == pytest.approx(0, abs=1e-9)


@every_model
def test_a_customer_is_explained_alone_as_in_company(models, customers, name):
    some = customers.iloc[:20]
    together = explain(models[name], some).effects
    for label in some.index:
        alone = explain(models[name], some.loc[[label]]).effects
        assert alone.iloc[0].to_numpy() == pytest.approx(together.loc[label].to_numpy(), abs=1e-12)


@every_model
def test_reasons_are_the_strongest_effects_that_raise_the_probability(models, customers, name):
    some = customers.iloc[::10]
    explanation = explain(models[name], some)
    words, told = in_words(explanation, some), reasons(explanation, some)
    assert list(told) == ["reason_1", "reason_2", "reason_3"] and told.index.equals(some.index)
    for label in some.index:
        effects = explanation.effects.loc[label].sort_values(ascending=False, kind="stable")
        raising = effects.index[effects > 0][:3]
        assert [reason for reason in told.loc[label] if reason] == words.loc[label, raising].tolist()


def test_a_customer_whom_nothing_drives_away_has_no_reason(models, customers):
    explanation = explain(models["logistic"], customers)
    assert (reasons(explanation, customers, most=1)["reason_1"] == "").equals(explanation.effects.max(axis=1) <= 0)


@every_model
def test_that_there_is_no_internet_is_told_once(models, customers, name):
    offline = customers[customers["InternetService"] == "No"].iloc[::20]
    explanation = explain(models[name], offline)
    needing = [reason for reason in explanation.effects if TELCO[reason].needs == "InternetService"]
    assert needing and (explanation.effects[needing] == 0).all(axis=None)
    for most in (3, explanation.effects.shape[1]):
        told = reasons(explanation, offline, most=most)
        assert ((told == "no internet service").sum(axis=1) <= 1).all()


@every_model
def test_both_forms_of_tenure_are_one_reason(models, customers, name):
    explanation = explain(models[name], customers.head(5))
    assert list(explanation.effects).count("tenure") == 1
    assert explanation.effects.columns.is_unique


def test_a_new_month_to_month_fibre_customer_is_told_so(models, customers):
    typical = customers.query(
        "tenure == 1 and Contract == 'Month-to-month' and InternetService == 'Fiber optic' and PaymentMethod == 'Electronic check'"
    ).head(1)
    told = reasons(explain(models["logistic"], typical), typical).iloc[0].tolist()
    assert told[0] == "1 month with us"
    assert set(told) <= {"1 month with us", "fibre internet", "month-to-month contract", "pays by electronic check"}


@pytest.mark.parametrize("tv, movies, words", [
    ("Yes", "Yes", "has streaming TV and has streaming movies"),
    ("Yes", "No", "has streaming TV"),
    ("No", "Yes", "has streaming movies"),
    ("No", "No", "no streaming TV and no streaming movies"),
])  # fmt: skip
def test_of_several_services_of_one_reason_those_are_told_that_the_customer_has(models, customers, tv, movies, words):
    some = customers[(customers["StreamingTV"] == tv) & (customers["StreamingMovies"] == movies)].head(3)
    assert set(in_words(explain(models["logistic"], some), some)["StreamingTV"]) == {words}


@every_model
def test_the_table_of_one_customer_adds_up_with_the_rest_in_its_last_line(models, customers, name):
    one = customers.iloc[[5]]
    table, whole = explained(models[name], one, most=4), explain(models[name], one)
    assert table["reason"].tolist()[-1] == "everything else" and len(table) == 5
    assert table["effect"].sum() == pytest.approx(whole.effects.iloc[0].sum(), abs=1e-12)
    sizes = table["effect"].abs().tolist()[:-1]
    assert sizes == sorted(sizes, reverse=True)


def test_the_strongest_driver_is_tenure_and_each_reason_is_ranked_once(models, customers):
    ranked = explanations.drivers(models["logistic"], customers)
    effects = explain(models["logistic"], customers).effects
    assert ranked[0] == "tenure" and sorted(ranked) == sorted(effects)
    strengths = [np.abs(effects[name]).mean() for name in ranked]
    assert strengths == sorted(strengths, reverse=True)
