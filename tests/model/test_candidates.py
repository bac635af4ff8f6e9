"""The models that are compared."""

import functools
import importlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV

from churn_core import settings as defaults
from churn_core.data.cleaning.table import clean
from churn_core.data.synthetic import generate
from churn_core.errors import ModelError
from churn_core.model.candidates import NAMES, REMEDIES, TUNABLE, build
from churn_core.model.terms import TERMS, plain_terms
from churn_core.schema.telco import TELCO

PLAIN_TERMS = plain_terms(TELCO)
RAW = generate(300, seed=6, schema=TELCO)
CUSTOMERS, _ = clean(RAW, TELCO)
CHURNED = CUSTOMERS[TELCO.target].to_numpy()
ODD = CUSTOMERS.assign(note="x", **{TELCO.id: "nobody", TELCO.target: 1 - CHURNED})[["note", *reversed(CUSTOMERS.columns)]]
ENDED = (
    "logistic+tuned",
    "lightgbm+tuned",
    "logistic+isotonic",
    "logistic_plain+sigmoid",
    "logistic_smote+isotonic",
    "logistic_balanced+sigmoid",
    "lightgbm+sigmoid",
)
SLOW = (
    "ensemble_voting",
    "ensemble_stacking",
    "hist_gradient_boosting",
    "lightgbm+tuned",
)  # fitted once; their parts are looked at on their own

every_name = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] * (name in SLOW)) for name in (*NAMES, *ENDED)]
)


@functools.cache
def fitted(name: str):
    return build(name).fit(CUSTOMERS, CHURNED)


@functools.cache
def together(name: str) -> np.ndarray:
    return fitted(name).predict_proba(CUSTOMERS)


def test_the_names_of_the_contract_are_known():
    assert {defaults.PREFERRED_MODEL, defaults.PLAIN_MODEL} <= set(NAMES)
    assert {"xgboost", "lightgbm", "hist_gradient_boosting", "random_forest", "ensemble_voting", "ensemble_stacking"} <= set(
        NAMES
    )
    assert set(REMEDIES) == {"logistic_balanced", "logistic_smote", "logistic_polynomial"}
    assert set(TUNABLE) <= set(NAMES)


def test_the_production_candidate_is_readable_and_the_yardstick_plain_without_weights_or_resampling():
    logistic, plain = build("logistic"), build("logistic_plain")
    assert (logistic.terms, plain.terms) == (TERMS, PLAIN_TERMS)
    for model in (logistic, plain):
        assert model.class_weight is None and model.resampler is None


@every_name
def test_a_new_model_is_unfitted_each_time_and_so_is_its_clone(name):
    assert build(name) is not build(name)
    for model in (build(name), clone(build(name)), clone(fitted(name))):
        with pytest.raises(NotFittedError):
            model.predict_proba(CUSTOMERS)


@pytest.mark.parametrize("name", [name for name in (*NAMES, *ENDED) if name not in SLOW])
def test_a_clone_learns_the_same_again_whatever_the_order_of_columns_the_target_the_id_or_a_note(name):
    again = clone(fitted(name)).fit(ODD, CHURNED)
    assert again.predict_proba(CUSTOMERS).tobytes() == together(name).tobytes()


@every_name
def test_probabilities_are_two_columns_that_add_up_to_one_and_churn_is_the_second(name):
    probabilities = together(name)
    assert fitted(name).classes_.tolist() == [0, 1]
    assert probabilities.shape == (len(CUSTOMERS), 2)
    assert ((probabilities >= 0) & (probabilities <= 1)).all()
    assert probabilities.sum(axis=1) == pytest.approx(np.ones(len(CUSTOMERS)))
    assert probabilities[CHURNED == 1, 1].mean() > probabilities[CHURNED == 0, 1].mean() + 0.1


@every_name
def test_the_target_the_id_columns_it_does_not_know_and_their_order_change_nothing(name):
    assert fitted(name).predict_proba(CUSTOMERS.drop(columns=TELCO.target)).tobytes() == together(name).tobytes()
    assert fitted(name).predict_proba(ODD).tobytes() == together(name).tobytes()


@every_name
def test_a_batch_is_the_same_as_one_by_one_to_the_last_bit(name):
    one_by_one = np.vstack([fitted(name).predict_proba(CUSTOMERS.iloc[[i]]) for i in range(0, 300, 30)])
    assert one_by_one.tobytes() == together(name)[::30].tobytes()


@settings(max_examples=60)
@given(
    st.sampled_from([name for name in (*NAMES, *ENDED) if name not in SLOW]),
    st.lists(st.integers(0, len(CUSTOMERS) - 1), min_size=1, max_size=50),
)
def test_a_probability_depends_on_the_customer_and_not_on_the_company(name, chosen):
    assert fitted(name).predict_proba(CUSTOMERS.iloc[chosen]).tobytes() == together(name)[chosen].tobytes()


@every_name
def test_a_clean_file_and_a_repaired_one_give_the_same_probability(name):
    untidy = RAW.assign(Contract=RAW["Contract"].str.upper() + " ", tenure=RAW["tenure"].astype(str))
    repaired, _ = clean(untidy, TELCO)
    assert fitted(name).predict_proba(repaired).tobytes() == together(name).tobytes()


# Remedies


@pytest.mark.parametrize("remedy", ["logistic_balanced", "logistic_smote"])
def test_a_remedy_for_few_leavers_says_too_many_and_calibration_mends_it(remedy):
    end = "+sigmoid" if remedy == "logistic_balanced" else "+isotonic"
    assert together(remedy)[:, 1].mean() > CHURNED.mean() + 0.05
    assert together(remedy + end)[:, 1].mean() == pytest.approx(CHURNED.mean(), abs=0.03)


def test_polynomial_features_bring_no_other_columns():
    polynomial = build("logistic_polynomial").terms
    assert len(polynomial) > len(PLAIN_TERMS)
    assert {c for term in polynomial for c in term.columns} == {c for term in PLAIN_TERMS for c in term.columns}


# Endings


@pytest.mark.parametrize("name", TUNABLE)
def test_a_tuned_model_is_searched_for_by_log_loss_inside_its_training_part(name):
    for search in (build(name + "+tuned"), build(name, tune=True), build(name + "+tuned", tune=True)):
        assert isinstance(search, GridSearchCV) and search.scoring == "neg_log_loss"
        assert type(search.estimator) is type(build(name))
        assert set(search.param_grid) <= set(search.estimator.get_params())


def test_a_tuned_model_is_that_of_its_settings_with_the_least_log_loss():
    search = fitted("logistic+tuned")
    tried = dict(zip(search.cv_results_["param_C"], search.cv_results_["mean_test_score"], strict=True))
    assert max(tried, key=tried.get) == search.best_estimator_.C and len(tried) > 1
    best = clone(build("logistic")).set_params(C=search.best_estimator_.C).fit(CUSTOMERS, CHURNED)
    assert best.predict_proba(CUSTOMERS).tobytes() == together("logistic+tuned").tobytes()


@pytest.mark.parametrize("name", [name for name in NAMES if name not in TUNABLE])
def test_tuning_where_nothing_is_searched_is_refused(name):
    for ask in (lambda: build(name + "+tuned"), lambda: build(name, tune=True), lambda: build(name + "+tuned+sigmoid")):
        with pytest.raises(ModelError, match=f"^{name} has no settings to search for. Those that have: {', '.join(TUNABLE)}.$"):
            ask()


def test_isotonic_calibration_never_turns_an_order_around():
    before, after = together("logistic")[:, 1], together("logistic+isotonic")[:, 1]
    assert (np.diff(after[np.argsort(before)]) >= 0).all()


def test_sigmoid_calibration_keeps_the_order():
    before, after = together("logistic_plain")[:, 1], together("logistic_plain+sigmoid")[:, 1]
    assert (np.argsort(before) == np.argsort(after)).all()


# Refusals


@pytest.mark.parametrize(
    "name",
    ["logistik", "", "no such thing at all", "Logistic", "+tuned", "logistic+", "logistic+sigmoid+tuned", "logistic+tuned+tuned"],
)
def test_an_unknown_name_is_refused_with_the_known_ones(name):
    with pytest.raises(ModelError) as refused:
        build(name)
    assert str(refused.value).startswith(f"There is no model named {name!r}.")
    assert str(refused.value).endswith(
        f"Known: {', '.join(NAMES)}; each also with +sigmoid or +isotonic, and {', '.join(TUNABLE)} with +tuned."
    )


@pytest.mark.parametrize(
    "missed, meant",
    [
        ("logistik", "logistic"),
        ("xgbost+tuned", "xgboost"),
        ("random_forrest+sigmoid", "random_forest"),
        ("lightbgm", "lightgbm"),
    ],
)
def test_a_near_miss_is_guessed_at(missed, meant):
    with pytest.raises(ModelError, match=f"Did you mean '{meant}'\\?"):
        build(missed)


def test_nothing_is_guessed_at_where_nothing_is_near():
    with pytest.raises(ModelError) as refused:
        build("qqqq")
    assert "Did you mean" not in str(refused.value)


class XGBoostError(ValueError):
    """As xgboost raises it on import where its library cannot be loaded (xgboost/core.py)."""


LIBRARIES = {
    "xgboost": "xgboost",
    "xgboost_defaults": "xgboost",
    "ensemble_voting": "xgboost",
    "lightgbm": "lightgbm",
    "logistic_smote": "imblearn",
}
NOT_USABLE = {
    "not installed": ImportError("No module named 'it'"),
    "system library missing": OSError("libgomp.so.1: cannot open shared object file: No such file or directory\nand more"),
    "without a word": ImportError(),
}
NOT_LOADED = XGBoostError(
    "\nXGBoost Library (libxgboost.dylib) could not be loaded.\nLikely causes:\n  * OpenMP is not installed"
)


@pytest.mark.parametrize(
    "name, error",
    [
        *(pytest.param(name, error, id=f"{name}-{why}") for name in LIBRARIES for why, error in NOT_USABLE.items()),
        pytest.param("xgboost", NOT_LOADED, id="xgboost-as it says it"),
    ],
)
def test_a_library_that_cannot_be_used_is_refused_with_the_mend(monkeypatch, name, error):
    usual = importlib.import_module

    def refuse(module, *args):
        if module.split(".")[0] == LIBRARIES[name]:
            raise error
        return usual(module, *args)

    monkeypatch.setattr(importlib, "import_module", refuse)
    for ending in ("", "+sigmoid"):
        with pytest.raises(ModelError, match="pip install -r requirements.txt") as refused:
            build(name + ending)
        assert str(refused.value).startswith(f"{LIBRARIES[name]} cannot be used on this machine (")
        assert "()" not in str(refused.value) and "\n" not in str(refused.value)
        assert refused.value.__cause__ is error
    build("logistic")  # the others can be used
