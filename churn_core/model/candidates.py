"""The models that are compared: unfitted scikit-learn classifiers on clean customers, by name.

``logistic`` is the production candidate, ``logistic_plain`` the yardstick. A name may end in ``+tuned`` (its settings
are searched for inside each training part, where there is something to search), and in ``+sigmoid`` or ``+isotonic``
(its probabilities are calibrated on parts of the training customers that it was not fitted on).
"""

import difflib
import importlib
from collections.abc import Callable

from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier, StackingClassifier, VotingClassifier
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.pipeline import Pipeline

from churn_core import settings
from churn_core.errors import ModelError
from churn_core.model.logistic import LogOdds, SteadyLogisticRegression, TermLogisticRegression
from churn_core.model.opaque import Opaque
from churn_core.model.terms import PLAIN_TERMS, POLYNOMIAL_TERMS, TERMS, Terms

TUNED, CALIBRATIONS = "+tuned", ("+sigmoid", "+isotonic")
_SEED = {"random_state": settings.SEED}
_INSIDE = StratifiedKFold(5, shuffle=True, **_SEED)  # the folds within a training part


def _logistic() -> TermLogisticRegression:
    """The production candidate: readable terms, standardised, L2; no class weights, no resampling."""
    return TermLogisticRegression(TERMS, C=0.1)


def _logistic_plain() -> TermLogisticRegression:
    """What everybody tries first: every feature, one-hot or as it comes. The yardstick."""
    return TermLogisticRegression(PLAIN_TERMS)


def _logistic_balanced() -> TermLogisticRegression:
    """A remedy: those who left count as much in all as those who stayed."""
    return TermLogisticRegression(PLAIN_TERMS, class_weight="balanced")


def _logistic_smote() -> TermLogisticRegression:
    """A remedy: customers who left are invented between real ones until they are as many as those who stayed."""
    return TermLogisticRegression(PLAIN_TERMS, resampler=_library("imblearn.over_sampling").SMOTE(**_SEED))


def _logistic_polynomial() -> TermLogisticRegression:
    """A remedy: squares and products of the numbers."""
    return TermLogisticRegression(POLYNOMIAL_TERMS)


def _xgboost() -> Pipeline:
    """Many shallow trees, each learning little and seeing part of the customers and columns."""
    return _on_terms(
        _library("xgboost").XGBClassifier(
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
    )


def _xgboost_defaults() -> Pipeline:
    """As the library comes: what the article's first comparison was with."""
    return _on_terms(_library("xgboost").XGBClassifier(n_jobs=1, **_SEED))


def _lightgbm() -> Pipeline:
    """As ``xgboost``, with leaves instead of levels."""
    return _on_terms(
        _library("lightgbm").LGBMClassifier(
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
    )


def _hist_gradient_boosting() -> Opaque:
    return Opaque(
        _on_terms(
            HistGradientBoostingClassifier(
                max_iter=200, learning_rate=0.05, max_leaf_nodes=6, min_samples_leaf=40, l2_regularization=10, **_SEED
            )
        )
    )


def _random_forest() -> Opaque:
    return Opaque(_on_terms(RandomForestClassifier(300, min_samples_leaf=10, max_features=0.3, n_jobs=1, **_SEED)))


def _ensemble_voting() -> Opaque:
    """The mean of three unlike models' probabilities."""
    return Opaque(VotingClassifier(_members(), voting="soft"))


def _ensemble_stacking() -> Opaque:
    """A logistic regression on what three unlike models say of customers they had not seen."""
    on_top = Pipeline([("log_odds", LogOdds()), ("logistic", SteadyLogisticRegression())])
    return Opaque(StackingClassifier(_members(), on_top, cv=_INSIDE, stack_method="predict_proba"))


def _members() -> list[tuple[str, object]]:
    return [(name, _BUILDERS[name]()) for name in ("logistic", "xgboost", "random_forest")]


_BUILDERS: dict[str, Callable[[], object]] = {
    "logistic": _logistic,
    "logistic_plain": _logistic_plain,
    "xgboost": _xgboost,
    "xgboost_defaults": _xgboost_defaults,
    "lightgbm": _lightgbm,
    "hist_gradient_boosting": _hist_gradient_boosting,
    "random_forest": _random_forest,
    "logistic_balanced": _logistic_balanced,
    "logistic_smote": _logistic_smote,
    "logistic_polynomial": _logistic_polynomial,
    "ensemble_voting": _ensemble_voting,
    "ensemble_stacking": _ensemble_stacking,
}

NAMES = tuple(_BUILDERS)
REMEDIES = tuple(name for name in NAMES if name.startswith("logistic_") and name != settings.PLAIN_MODEL)

_SEARCHED = {  # settings that are tried by ``+tuned``
    "logistic": {"C": [0.03, 0.1, 0.3, 1, 3]},
    "logistic_plain": {"C": [0.03, 0.1, 0.3, 1, 3]},
    "xgboost": {"model__max_depth": [2, 3], "model__n_estimators": [200, 400], "model__reg_lambda": [1, 10]},
    "lightgbm": {"model__num_leaves": [4, 6], "model__n_estimators": [100, 200], "model__reg_lambda": [1, 10]},
}
TUNABLE = tuple(_SEARCHED)


def build(name: str, tune: bool = False):
    """A new, unfitted classifier; ``fit(X, y)`` and ``predict_proba(X)`` take clean customers, ``y`` is 0/1.

    ``tune=True`` is the same as ``+tuned``. Columns that a model does not use, the target among them, are ignored.
    Raises ``ModelError`` for a name that is not known, and for one whose library cannot be used on this machine.

    >>> build("logistic_plain+sigmoid").estimator.method
    'sigmoid'
    >>> build("logistik")
    Traceback (most recent call last):
    churn_core.errors.ModelError: There is no model named 'logistik'. Did you mean 'logistic'? Known: logistic, ...
    """
    base, calibration = next(((name.removesuffix(end), end[1:]) for end in CALIBRATIONS if name.endswith(end)), (name, ""))
    base, tune = base.removesuffix(TUNED), tune or base.endswith(TUNED)
    if base not in _BUILDERS:
        raise _unknown(name, base)
    model = _BUILDERS[base]()
    if tune:
        if base not in _SEARCHED:
            raise ModelError(f"{base} has no settings to search for. Those that have: {', '.join(TUNABLE)}.")
        model = GridSearchCV(model, _SEARCHED[base], scoring="neg_log_loss", cv=_INSIDE, error_score="raise")
    if calibration:
        model = Opaque(CalibratedClassifierCV(model, method=calibration, cv=_INSIDE, ensemble=False))
    return model


def _unknown(name: str, base: str) -> ModelError:
    near = difflib.get_close_matches(base, NAMES, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    return ModelError(
        f"There is no model named {name!r}.{hint} Known: {', '.join(NAMES)}; each also with {' or '.join(CALIBRATIONS)}, "
        f"and {', '.join(TUNABLE)} with {TUNED}."
    )


def _on_terms(model) -> Pipeline:
    return Pipeline([("terms", Terms(PLAIN_TERMS)), ("model", model)])


def _library(name: str):
    """Imported when it is asked for: the boosters are large, and need a system library that small machines lack."""
    try:
        return importlib.import_module(name)
    except (ImportError, OSError, ValueError) as error:  # XGBoostError is a ValueError
        package, why = name.split(".")[0], (str(error).strip() or type(error).__name__).splitlines()[0][:120]
        raise ModelError(
            f"{package} cannot be used on this machine ({why}). Install it: pip install -r "
            "requirements.txt, and for lightgbm the system library libgomp1"
        ) from error
