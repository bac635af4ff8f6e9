"""What versions that were saved by earlier programs call things, and what their models lack; they go on to be used."""

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline

from churn_core.errors import ModelError
from churn_core.model.boosted import Boosted
from churn_core.model.opaque import Opaque
from churn_core.model.tuned import Tuned

# Name in a pickle → where it is now. The functions of terms have become names in a table.
MOVED = {
    **{(f"churn_core.model.{module}", "Term"): ("churn_core.model.term", "Term") for module in ("features", "terms")},
    **{
        (f"churn_core.model.{module}", "Terms"): ("churn_core.model.terms_step", "Terms")
        for module in ("features", "terms", "term")
    },
    **{
        ("churn_core.model.logistic", name): ("churn_core.model.steady", name) for name in ("SteadyLogisticRegression", "LogOdds")
    },
}
FUNCTIONS = {
    (f"churn_core.model.{module}", name): name for module in ("features", "terms") for name in ("_years", "_first_month")
}
_NAMED: dict[Any, dict[str, Any]] = {  # what a term held for a function → what it says today
    "_years": {"function": "years"},
    "_first_month": {"function": "at_most", "parameter": 1.0},
    np.positive: {"function": "as_it_is"},
    np.log1p: {"function": "log1p"},
    np.multiply: {"function": "product"},
}


def renewed_term(state: dict[str, Any]) -> dict[str, Any]:
    """The fields of a term with a named function, from those of a term that held the function itself."""
    if "parameter" in state:
        return state
    if state["function"] not in _NAMED:
        raise ModelError(f"It has a term with the function {state['function']}, which this program does not know.")
    return {**state, "parameter": None, **_NAMED[state["function"]]}


def renewed(model: Any) -> Any:
    """A fitted model of an earlier program as one of today (``protocol.Model``); one of today as it is."""
    renew = _RENEWED.get(type(model))
    return renew(model) if renew else model


def _boosted(pipeline: Pipeline) -> Boosted:
    return Boosted(pipeline.steps)


def _tuned(search: GridSearchCV) -> Tuned:
    model = Tuned(renewed(search.estimator), search.param_grid)
    model.__dict__.update({**search.__dict__, "estimator": model.estimator})
    model.best_estimator_ = renewed(search.best_estimator_)
    return model


def _opaque(model: Opaque) -> Opaque:
    model.__dict__.setdefault("columns", tuple(model.typical_))
    return model


_RENEWED: dict[Any, Callable[[Any], Any]] = {Pipeline: _boosted, GridSearchCV: _tuned, Opaque: _opaque}
