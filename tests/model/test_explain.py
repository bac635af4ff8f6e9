"""Why a probability is what it is."""

import functools

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit

from churn_core.data.cleaning.table import clean
from churn_core.data.synthetic import generate
from churn_core.model import reasons as told_reasons
from churn_core.model.candidates import build
from churn_core.model.explain import Explanation, drivers, explain
from churn_core.model.reasons import explained, in_words, reasons, top_reasons
from churn_core.schema.telco import TELCO

CUSTOMERS, _ = clean(generate(300, seed=7, schema=TELCO), TELCO)
FEW = CUSTOMERS.iloc[::8]

EQUATIONS = ("logistic", "logistic_plain", "logistic_balanced", "logistic+tuned")
EXACT = {  # model → how exactly the contributions add up, on the log-odds
    **dict.fromkeys(EQUATIONS, 1e-9),
    "xgboost": 1e-4,  # it counts with 32 bits
    "lightgbm": 1e-9,
    "random_forest": 1e-6,
    "logistic+isotonic": 1e-6,
}

OPAQUE = ("random_forest", "logistic+isotonic")  # each contribution is looked for by asking the model again
every_model = pytest.mark.parametrize("name", [pytest.param(n, marks=[pytest.mark.slow] * (n in OPAQUE)) for n in EXACT])


@functools.cache
def fitted(name: str):
    model = build(name)
    if name == "random_forest":
        model.set_params(estimator__model__n_estimators=5)  # as good for this, and sixty times faster
    return model.fit(CUSTOMERS, CUSTOMERS[TELCO.target].to_numpy())


@functools.cache
def explanation(name: str) -> Explanation:
    return explain(fitted(name), FEW, TELCO)


@pytest.fixture(scope="module")
def real(telco):
    """The real customers, and the production candidate fitted on them."""
    return telco.customers, build("logistic").fit(telco.customers, telco.customers[TELCO.target].to_numpy())


# Contributions


@every_model
def test_the_contributions_add_up_to_the_log_odds(name):
    total = explanation(name).average + explanation(name).effects.sum(axis=1)
    p = np.clip(fitted(name).predict_proba(FEW)[:, 1], 1e-6, 1 - 1e-6)  # certainty has no log-odds
    assert explanation(name).effects.index.equals(FEW.index)
    assert total.to_numpy() == pytest.approx(logit(p), abs=EXACT[name])


@pytest.mark.parametrize("name", EQUATIONS)
def test_the_average_contribution_of_an_equation_is_nothing(name):
    """Each reason is told against the average customer, so over all of those it was fitted on they cancel."""
    assert explain(fitted(name), CUSTOMERS, TELCO).effects.sum(axis=1).mean() == pytest.approx(0, abs=1e-9)


@every_model
def test_a_customer_is_explained_alone_as_in_company(name):
    for label in FEW.index[:5]:
        alone = explain(fitted(name), FEW.loc[[label]], TELCO)
        assert alone.average == pytest.approx(explanation(name).average, abs=1e-12)
        assert alone.effects.iloc[0].to_numpy() == pytest.approx(explanation(name).effects.loc[label].to_numpy(), abs=1e-12)


@every_model
def test_each_reason_is_there_once_and_named_after_its_first_column(name):
    effects, columns = explanation(name).effects, explanation(name).columns
    assert effects.columns.is_unique and list(effects) == list(columns)
    assert all(names[0] == reason for reason, names in columns.items())
    assert list(effects).count("tenure") == 1  # all forms of tenure together


@every_model
def test_that_there_is_no_internet_is_told_once(name):
    offline = FEW["InternetService"] == "No"
    effects = explanation(name).effects[offline]
    needing = [reason for reason in effects if TELCO[reason].needs == "InternetService"]
    assert needing and offline.any() and (effects[needing] == 0).all(axis=None)
    for most in (3, effects.shape[1]):
        told = reasons(explanation(name), FEW, most=most, schema=TELCO)[offline]
        assert ((told == "no internet service").sum(axis=1) <= 1).all()


@every_model
def test_the_target_and_the_id_are_no_reasons(name):
    blind = FEW.assign(**{TELCO.id: "nobody"}).drop(columns=TELCO.target)
    assert {TELCO.id, TELCO.target}.isdisjoint(explanation(name).effects)
    assert explain(fitted(name), blind, TELCO).effects.to_numpy().tobytes() == explanation(name).effects.to_numpy().tobytes()


@pytest.mark.parametrize("name", [*EQUATIONS, "logistic_polynomial"])
def test_the_effects_of_an_equation_are_the_sums_of_its_contributions_whoever_contradicts_himself(name):
    """Distinct effects are worked out once; a customer with half of a service is not taken for one without it."""
    odd = CUSTOMERS.assign(StreamingTV="No internet service", OnlineBackup="Yes").astype(CUSTOMERS.dtypes)
    some = pd.concat([FEW, odd.iloc[::8]])
    average, added = fitted(name).contributions(some)
    by_hand = {reason: np.zeros(len(some)) for reason in explain(fitted(name), some, TELCO).effects}
    for names, values in zip(fitted(name).told_by, added.T, strict=True):
        column = TELCO[names[0]]
        lacking = (some[column.name] == column.without).to_numpy() & bool(column.needs)
        by_hand[column.name] += np.where(lacking, 0, values)
        by_hand[column.needs or column.name] += np.where(lacking, values, 0)
    told = explain(fitted(name), some, TELCO)
    assert told.average == average
    for reason, effect in by_hand.items():
        assert told.effects[reason].to_numpy() == pytest.approx(effect, abs=1e-12), reason


# In words


@every_model
def test_reasons_are_the_strongest_effects_that_raise_the_probability(name):
    words, told = in_words(explanation(name), FEW, TELCO), reasons(explanation(name), FEW, schema=TELCO)
    assert list(told) == ["reason_1", "reason_2", "reason_3"] and told.index.equals(FEW.index)
    assert words.shape == explanation(name).effects.shape and words.index.equals(FEW.index)
    for label in FEW.index:
        effects = explanation(name).effects.loc[label].sort_values(ascending=False, kind="stable")
        raising = effects.index[effects > 0][:3]
        expected = words.loc[label, raising].tolist()
        assert told.loc[label].tolist() == expected + [""] * (3 - len(expected))


@every_model
def test_a_customer_whom_nothing_drives_away_has_no_reason(name):
    told = reasons(explanation(name), FEW, most=1, schema=TELCO)["reason_1"]
    assert (told == "").equals(explanation(name).effects.max(axis=1) <= 0)


@every_model
def test_who_asks_for_more_reasons_than_there_are_gets_each_once_and_then_nothing(name):
    effects = explanation(name).effects
    there_are = effects.shape[1]
    told = reasons(explanation(name), FEW, most=there_are + 2, schema=TELCO)
    assert list(told) == [f"reason_{place}" for place in range(1, there_are + 3)]
    assert ((told != "").sum(axis=1) == (effects > 0).sum(axis=1)).all()
    assert (told.iloc[:, -2:] == "").all(axis=None)


@every_model
@pytest.mark.parametrize("chunk", [1, 7, 38, 1000])
def test_the_top_reasons_of_many_are_those_of_all_at_once(monkeypatch, name, chunk):
    some = FEW.iloc[:8] if chunk == 1 else FEW
    expected = reasons(explanation(name), FEW, most=4, schema=TELCO).loc[some.index]
    monkeypatch.setattr(told_reasons, "_CHUNK", chunk)
    pd.testing.assert_frame_equal(top_reasons(fitted(name), some, most=4, schema=TELCO), expected)


@every_model
def test_the_top_reasons_of_one_customer_are_a_table_of_one_row(name):
    one = top_reasons(fitted(name), FEW.iloc[[3]], schema=TELCO)
    pd.testing.assert_frame_equal(one, reasons(explanation(name), FEW, schema=TELCO).iloc[[3]])


@every_model
def test_the_top_reasons_of_nobody_are_an_empty_table(name):
    """A campaign that contacts nobody has an empty list, whatever the model."""
    nobody = top_reasons(fitted(name), FEW.iloc[:0], schema=TELCO)
    assert nobody.shape == (0, 3) and list(nobody) == ["reason_1", "reason_2", "reason_3"]


@every_model
def test_the_table_of_one_customer_adds_up_with_the_rest_in_its_last_line(name):
    one = FEW.iloc[[5]]
    table = explained(fitted(name), one, most=4, schema=TELCO)
    assert list(table) == ["reason", "effect"]
    assert table["reason"].tolist()[-1] == "everything else" and len(table) == 5
    assert table["effect"].sum() == pytest.approx(explain(fitted(name), one, TELCO).effects.iloc[0].sum(), abs=1e-12)
    sizes = table["effect"].abs().tolist()[:-1]
    assert sizes == sorted(sizes, reverse=True)


def test_customers_with_the_same_row_label_keep_their_own_reasons():
    twice = FEW.iloc[[0, 1, 2]].set_axis([7, 7, 7])
    for name in EXACT:
        told = top_reasons(fitted(name), twice, schema=TELCO)
        assert told.to_numpy().tolist() == top_reasons(fitted(name), FEW.iloc[[0, 1, 2]], schema=TELCO).to_numpy().tolist()
        assert told.index.tolist() == [7, 7, 7]


@pytest.mark.parametrize("tv, movies, words", [
    ("Yes", "Yes", "has streaming TV and has streaming movies"),
    ("Yes", "No", "has streaming TV"),
    ("No", "Yes", "has streaming movies"),
    ("No", "No", "no streaming TV and no streaming movies"),
])  # fmt: skip
def test_of_several_services_of_one_reason_those_are_told_that_the_customer_has(tv, movies, words):
    some = CUSTOMERS[(CUSTOMERS["StreamingTV"] == tv) & (CUSTOMERS["StreamingMovies"] == movies)].head(3)
    assert len(some) and set(in_words(explain(fitted("logistic"), some, TELCO), some, TELCO)["StreamingTV"]) == {words}


# The real customers


def test_a_new_month_to_month_fibre_customer_is_told_so(real):
    customers, model = real
    typical = customers.query(
        "tenure == 1 and Contract == 'Month-to-month' and InternetService == 'Fiber optic' and PaymentMethod == 'Electronic check'"
    ).head(1)
    told = top_reasons(model, typical, schema=TELCO).iloc[0].tolist()
    assert told[0] == "1 month with us"
    assert set(told) <= {"1 month with us", "fibre internet", "month-to-month contract", "pays by electronic check"}


def test_the_strongest_drivers_are_contract_internet_service_and_tenure_and_each_reason_is_ranked_once(real):
    customers, model = real
    ranked = drivers(model, customers, TELCO)
    effects = explain(model, customers, TELCO).effects
    assert set(ranked[:3]) == {"Contract", "InternetService", "tenure"} and sorted(ranked) == sorted(effects)
    strengths = [np.abs(effects[name]).mean() for name in ranked]
    assert strengths == sorted(strengths, reverse=True)
