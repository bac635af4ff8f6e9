"""The models that are compared: unfitted scikit-learn classifiers on clean customers, by name, for any schema.

``logistic`` is the production candidate, ``logistic_plain`` the yardstick. A name may end in ``+tuned`` (its settings
are searched for inside each training part, where there is something to search), and in ``+sigmoid`` or ``+isotonic``
(its probabilities are calibrated on parts of the training customers that it was not fitted on).
"""

import difflib
import importlib
from collections.abc import Callable
from typing import Any

from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier, StackingClassifier, VotingClassifier
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import Pipeline

from churn_core import settings
from churn_core.errors import ModelError
from churn_core.model.boosted import Boosted, CrossValidatedLightGBM
from churn_core.model.card.plain import PlainCard
from churn_core.model.logistic import TermLogisticRegression
from churn_core.model.opaque import Opaque
from churn_core.model.protocol import Candidate, Classifier
from churn_core.model.shape_card.fit import ShapeCard
from churn_core.model.steady import LogOdds, SteadyLogisticRegression
from churn_core.model.terms import features, plain_terms, polynomial_terms, readable_terms, tree_terms
from churn_core.model.terms_step import Terms
from churn_core.model.tuned import Tuned
from churn_core.schema import Schema
from churn_core.schema.telco import TELCO

TUNED, CALIBRATIONS = "+tuned", ("+sigmoid", "+isotonic")
_SEED = {"random_state": settings.SEED}
_INSIDE = StratifiedKFold(5, shuffle=True, **_SEED)  # the folds within a training part


def _logistic(schema: Schema) -> TermLogisticRegression:
    """The production candidate: readable terms, standardised, L2; no class weights, no resampling."""
    return TermLogisticRegression(readable_terms(schema), C=0.1)


def _logistic_plain(schema: Schema) -> TermLogisticRegression:
    """What everybody tries first: every feature, one-hot or as it comes. The yardstick."""
    return TermLogisticRegression(plain_terms(schema))


def _card(schema: Schema) -> PlainCard:
    """The readable card of any schema: one shape for each column, and a few rules."""
    return PlainCard(*_numbers_and_levels(schema))


def _shape_card(schema: Schema) -> ShapeCard:
    """The card that may also hold tables of two columns: nearly as good as boosted trees, harder to read."""
    _library("lightgbm")
    return ShapeCard(*_numbers_and_levels(schema))


def _numbers_and_levels(schema: Schema) -> tuple[tuple[str, ...], tuple[str, ...]]:
    columns = features(schema)
    levels = tuple(column.name for column in columns if column.kind in ("category", "flag"))
    return tuple(column.name for column in columns if column.name not in levels), levels


def _logistic_balanced(schema: Schema) -> TermLogisticRegression:
    """A remedy: those who left count as much in all as those who stayed."""
    return TermLogisticRegression(plain_terms(schema), class_weight="balanced")


def _logistic_smote(schema: Schema) -> TermLogisticRegression:
    """A remedy: customers who left are invented between real ones until they are as many as those who stayed."""
    return TermLogisticRegression(plain_terms(schema), resampler=_library("imblearn.over_sampling").SMOTE(**_SEED))


def _logistic_polynomial(schema: Schema) -> TermLogisticRegression:
    """A remedy: squares and products of the numbers."""
    return TermLogisticRegression(polynomial_terms(schema))


def _xgboost(schema: Schema) -> Boosted:
    """Many shallow trees, each learning little and seeing part of the customers and columns."""
    booster = _library("xgboost").XGBClassifier(
        n_estimators=400,
        learning_rate=0.03,
        max_depth=2,
        min_child_weight=5,
        subsample=0.8,
        colsample_bytree=0.4,
        reg_lambda=5,
        n_jobs=1,
        **_SEED,
    )
    return Boosted(_on_terms(schema, booster))


def _xgboost_defaults(schema: Schema) -> Boosted:
    """As the library comes: what the article's first comparison was with."""
    return Boosted(_on_terms(schema, _library("xgboost").XGBClassifier(n_jobs=1, **_SEED)))


def _lightgbm(schema: Schema) -> Boosted:
    """As ``xgboost``, with leaves instead of levels."""
    booster = _library("lightgbm").LGBMClassifier(
        n_estimators=200,
        learning_rate=0.05,
        num_leaves=4,
        min_child_samples=30,
        subsample=0.8,
        subsample_freq=1,
        colsample_bytree=0.4,
        reg_lambda=5,
        n_jobs=1,
        verbose=-1,
        deterministic=True,
        force_row_wise=True,
        **_SEED,
    )
    return Boosted(_on_terms(schema, booster))


def _boosted(schema: Schema) -> Boosted:
    """lightgbm for any schema: how many trees and how large, the customers decide; moved to the churn rate."""
    _library("lightgbm")
    return Boosted([("terms", Terms(tree_terms(schema))), ("model", CrossValidatedLightGBM())])


def _hist_gradient_boosting(schema: Schema) -> Opaque:
    trees = HistGradientBoostingClassifier(
        max_iter=200, learning_rate=0.05, max_leaf_nodes=6, min_samples_leaf=40, l2_regularization=10, **_SEED
    )
    return _opaque(schema, Pipeline(_on_terms(schema, trees)))


def _random_forest(schema: Schema) -> Opaque:
    forest = RandomForestClassifier(300, min_samples_leaf=10, max_features=0.3, n_jobs=1, **_SEED)
    return _opaque(schema, Pipeline(_on_terms(schema, forest)))


def _ensemble_voting(schema: Schema) -> Opaque:
    """The mean of three unlike models' probabilities."""
    return _opaque(schema, VotingClassifier(_members(schema), voting="soft"))


def _ensemble_stacking(schema: Schema) -> Opaque:
    """A logistic regression on what three unlike models say of customers they had not seen."""
    on_top = Pipeline([("log_odds", LogOdds()), ("logistic", SteadyLogisticRegression())])
    return _opaque(schema, StackingClassifier(_members(schema), on_top, cv=_INSIDE, stack_method="predict_proba"))


def _members(schema: Schema) -> list[tuple[str, Classifier]]:
    return [("logistic", _logistic(schema)), ("xgboost", _xgboost(schema)), ("random_forest", _random_forest(schema))]


def _on_terms(schema: Schema, estimator: Any) -> list[tuple[str, Any]]:
    """The steps of a pipeline: plain terms, then ``estimator``."""
    return [("terms", Terms(plain_terms(schema))), ("model", estimator)]


def _opaque(schema: Schema, estimator: Any) -> Opaque:
    """Any scikit-learn classifier of clean customers as a candidate."""
    return Opaque(estimator, tuple(column.name for column in features(schema)))


# To add one: a function that is given a schema, and its name here; then `python -m churn_core evaluate --models NAME`.
CANDIDATES: dict[str, Callable[[Schema], Candidate]] = {
    "logistic": _logistic,
    "logistic_plain": _logistic_plain,
    "card": _card,
    "shape_card": _shape_card,
    "xgboost": _xgboost,
    "xgboost_defaults": _xgboost_defaults,
    "lightgbm": _lightgbm,
    "boosted": _boosted,
    "hist_gradient_boosting": _hist_gradient_boosting,
    "random_forest": _random_forest,
    "logistic_balanced": _logistic_balanced,
    "logistic_smote": _logistic_smote,
    "logistic_polynomial": _logistic_polynomial,
    "ensemble_voting": _ensemble_voting,
    "ensemble_stacking": _ensemble_stacking,
}

NAMES = tuple(CANDIDATES)
ANY_SCHEMA = ("card", "shape_card", "boosted")  # those that choose by themselves what they learn of each column
REMEDIES = tuple(name for name in NAMES if name.startswith("logistic_") and name != settings.PLAIN_MODEL)

_SEARCHED = {  # settings that are tried by ``+tuned``
    "logistic": {"C": [0.03, 0.1, 0.3, 1, 3]},
    "logistic_plain": {"C": [0.03, 0.1, 0.3, 1, 3]},
    "xgboost": {"model__max_depth": [2, 3], "model__n_estimators": [200, 400], "model__reg_lambda": [1, 10]},
    "lightgbm": {"model__num_leaves": [4, 6], "model__n_estimators": [100, 200], "model__reg_lambda": [1, 10]},
}
TUNABLE = tuple(_SEARCHED)


def candidate(name: str, schema: Schema) -> Candidate:
    """A new, unfitted classifier; ``fit(X, y)`` and ``predict_proba(X)`` take clean customers of ``schema``, ``y`` is 0/1.

    Columns that a model does not use, the target among them, are ignored. Raises ``ModelError`` for a name that is not known,
    and for one whose library cannot be used on this machine.

    >>> candidate("logistic_plain+sigmoid", TELCO).estimator.method
    'sigmoid'
    >>> candidate("logistik", TELCO)
    Traceback (most recent call last):
    churn_core.errors.ModelError: There is no model named 'logistik'. Did you mean 'logistic'? Known: logistic, ...
    """
    base, calibration = next(((name.removesuffix(end), end[1:]) for end in CALIBRATIONS if name.endswith(end)), (name, ""))
    base, tuned = base.removesuffix(TUNED), base.endswith(TUNED)
    if base not in CANDIDATES:
        raise _unknown(name, base)
    model = CANDIDATES[base](schema)
    if tuned:
        if base not in _SEARCHED:
            raise ModelError(f"{base} has no settings to search for. Those that have: {', '.join(TUNABLE)}.")
        model = Tuned(model, _SEARCHED[base], scoring="neg_log_loss", cv=_INSIDE, error_score="raise")
    if calibration:
        model = _opaque(schema, CalibratedClassifierCV(model, method=calibration, cv=_INSIDE, ensemble=False))
    return model


def build(name: str, tune: bool = False) -> Candidate:
    """``candidate`` for the Telco sample: the name by which code outside asks for a model (CONTRACT.md).

    ``tune=True`` is the same as a name that ends in ``+tuned``, before a calibration.

    >>> build("logistic").C
    0.1
    """
    if tune and TUNED not in name:
        end = next((end for end in CALIBRATIONS if name.endswith(end)), "")
        name = name.removesuffix(end) + TUNED + end
    return candidate(name, TELCO)


def _unknown(name: str, base: str) -> ModelError:
    near = difflib.get_close_matches(base, NAMES, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    return ModelError(
        f"There is no model named {name!r}.{hint} Known: {', '.join(NAMES)}; each also with {' or '.join(CALIBRATIONS)}, "
        f"and {', '.join(TUNABLE)} with {TUNED}."
    )


def _library(name: str) -> Any:
    """Imported when it is asked for: the boosters are large, and need a system library that small machines lack."""
    try:
        return importlib.import_module(name)
    except (ImportError, OSError, ValueError) as error:  # XGBoostError is a ValueError
        package, why = name.split(".", maxsplit=1)[0], (str(error).strip() or type(error).__name__).splitlines()[0][:120]
        raise ModelError(
            f"{package} cannot be used on this machine ({why}). Install it: pip install -r "
            "requirements.txt, and for lightgbm the system library libgomp1"
        ) from error
