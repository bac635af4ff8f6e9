"""A fitted model as bytes, and back, without ever running what is no part of a model.

A pickle names what it is made of, and loading calls it. So every name is looked at before it is resolved: classes of
the libraries that models are made of, and a short list of this package's own and of numpy's building blocks; and none
of them may be changed. A foreign file, even one whose hash somebody put right, ends in a sentence instead of running.
"""

import io
import pickle
from types import FunctionType
from typing import Any

import numpy as np

from churn_core.errors import ModelError
from churn_core.model import former
from churn_core.model.protocol import Model
from churn_core.model.term import Term

_LIBRARIES = ("sklearn", "xgboost", "lightgbm", "imblearn")  # of these any class
_EXACT = {
    ("churn_core.model.term", "Term"),
    ("churn_core.model.terms_step", "Terms"),
    ("churn_core.model.evidence", "Evidence"),
    ("churn_core.model.card.card", "Card"),
    ("churn_core.model.card.shape", "Curve"),
    ("churn_core.model.card.shape", "Levels"),
    ("churn_core.model.card.joint", "Axis"),
    ("churn_core.model.card.joint", "Condition"),
    ("churn_core.model.card.joint", "Rule"),
    ("churn_core.model.card.joint", "Table"),
    ("churn_core.model.card.fitted", "FittedCard"),
    ("churn_core.model.card.plain", "PlainCard"),
    ("churn_core.model.shape_card.fit", "ShapeCard"),
    ("churn_core.model.fitted_equation", "FittedEquation"),
    ("churn_core.model.logistic", "TermLogisticRegression"),
    ("churn_core.model.steady", "SteadyLogisticRegression"),
    ("churn_core.model.steady", "LogOdds"),
    ("churn_core.model.boosted", "Boosted"),
    ("churn_core.model.boosted", "CrossValidatedLightGBM"),
    ("churn_core.model.tuned", "Tuned"),
    ("churn_core.model.opaque", "Opaque"),
    ("builtins", "slice"),
    ("collections", "OrderedDict"),
    ("collections", "defaultdict"),
    ("sklearn.metrics._classification", "log_loss"),
    ("numpy", "dtype"),
    ("numpy", "ndarray"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "scalar"),
    ("numpy._core.numeric", "_frombuffer"),
    ("numpy.ma", "MaskedArray"),
    ("numpy.ma.core", "_mareconstruct"),
    ("numpy.random._pcg64", "PCG64"),
    ("numpy.random._pickle", "__bit_generator_ctor"),
    ("numpy.random._pickle", "__generator_ctor"),
    ("numpy.random.bit_generator", "SeedSequence"),
    ("numpy.random.bit_generator", "__pyx_unpickle_SeedSequence"),
}


def dumps(model: Model) -> bytes:
    """The model as bytes. Raises ``ModelError`` for one that ``loads`` would refuse, so that nobody saves it in vain."""
    content = pickle.dumps(model, protocol=5)
    loads(content)
    return content


def loads(content: bytes) -> Any:
    """The model, one of an earlier program renewed. Raises ``ModelError`` where it is made of anything else than models are, or is
    no pickle.

    >>> loads(pickle.dumps(print))
    Traceback (most recent call last):
    churn_core.errors.ModelError: It holds builtins.print, which no model is made of; it was not loaded.
    """
    try:
        return former.renewed(_Careful(io.BytesIO(content)).load())
    except ModelError:
        raise
    except Exception as error:  # a pickle can fail in as many ways as there are classes in it
        raise ModelError(f"It cannot be read as a model ({type(error).__name__}).") from error


class _Careful(pickle._Unpickler):
    """In Python rather than C, because only there what is about to be changed can be looked at first."""

    stack: list[Any]

    def find_class(self, module: str, name: str) -> Any:
        module, name = former.MOVED.get((module, name), (module, name))
        if (module, name) in former.FUNCTIONS:
            return former.FUNCTIONS[module, name]
        if (module, name) in _EXACT:
            return super().find_class(module, name)
        if module.split(".")[0] in (*_LIBRARIES, "numpy") and "." not in name:
            found = super().find_class(module, name)
            if isinstance(found, np.ufunc):
                return found
            if isinstance(found, type) and found.__module__.split(".")[0] in _LIBRARIES:
                return found
        raise ModelError(f"It holds {module}.{name}, which no model is made of; it was not loaded.")

    def load_build(self) -> None:
        """Gives an object its state; a class or a function has one too, but no model changes those."""
        changed = self.stack[-2]
        if isinstance(changed, (type, FunctionType, np.ufunc)):
            raise ModelError("It changes what models are made of; it was not loaded.")
        if isinstance(changed, Term):
            self.stack[-1] = former.renewed_term(self.stack[-1])
        super().load_build()  # type: ignore[misc]  # it is there, but in no stub

    dispatch = {**pickle._Unpickler.dispatch, pickle.BUILD[0]: load_build}  # type: ignore[dict-item]  # of this very class
