"""What a version is made of: a fitted model, what it understands customers to be, and how well it did; as files and back.

::

    equation.json       the fitted model, where it is an equation; nothing of it is unpickled
    card.json           the fitted model, where it is a readable card; neither
    model.pickle        the fitted model, where it has nothing else (``pickles``)
    out_of_fold.npy     the held-out probability of each training customer
    self_test.json      generated customers and their probabilities, to the last bit, tried at every load

Beside them lies whatever else was given to be kept with the version: its attachments.
"""

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from churn_core import settings
from churn_core.data.cleaning.table import clean
from churn_core.data.synthetic import generate
from churn_core.errors import ModelError
from churn_core.model import equation
from churn_core.model.card import as_json
from churn_core.model.card.fitted import FittedCard
from churn_core.model.fitted_equation import FittedEquation
from churn_core.model.protocol import Model
from churn_core.schema import Schema

EQUATION, CARD, MODEL = "equation.json", "card.json", "model.pickle"  # a version has one of them
OUT_OF_FOLD, SELF_TEST = "out_of_fold.npy", "self_test.json"
OWN = (EQUATION, CARD, MODEL, OUT_OF_FOLD, SELF_TEST)  # every other file is an attachment
MEND = "Train a new version: python -m churn_core train"
_TESTED = 24  # generated customers of the self-test
_SAME = 1e-12  # no unit; how far a probability of the self-test may be from what it was


@dataclass(frozen=True, kw_only=True)
class Version:
    """A model with its schema, its metadata and the out-of-fold probabilities of the customers it was trained on, in order."""

    model: Model
    schema: Schema
    metadata: dict[str, Any]
    out_of_fold: np.ndarray
    attachments: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def model_id(self) -> str:
        return str(self.metadata["model_id"])

    @property
    def tenure_curve(self) -> tuple[float, ...]:
        """The share of the customers it was trained on who are still there after 0, 1, 2 … months, see
        ``campaign.after_save.tenure_curve``; empty where they have no tenure, or where it was trained before this was kept.
        """
        return tuple(self.metadata.get("tenure_curve", ()))

    def attachment(self, name: str) -> bytes | None:
        """What was kept with the version under this name; ``None`` where nothing was."""
        return self.attachments.get(name)


def files_of(model: Model, out_of_fold: np.ndarray, schema: Schema) -> dict[str, bytes]:
    """The files of a version by name. Raises ``ModelError`` for a model that could not be read back."""
    return {**_written(model), OUT_OF_FOLD: _saved(out_of_fold), SELF_TEST: _self_test(model, schema)}


def _written(model: Model) -> dict[str, bytes]:
    """The model as JSON where that says all of it, else pickled."""
    if model.card is not None:
        return {CARD: as_json.dumps(model.card)}
    if model.equation is not None and model.equation.is_whole:
        return {EQUATION: equation.dumps(model.equation)}
    return {MODEL: _pickles().dumps(model)}


def read_back(model_id: str, content: Mapping[str, bytes], schema: Schema) -> tuple[Model, np.ndarray]:
    """The model, its self-test passed, and the out-of-fold probabilities, from the content of a version's files.

    Raises ``ModelError`` naming the file that is damaged or foreign, or a model that gives other probabilities here than where
    it was made.
    """
    name = next((name for name in (EQUATION, CARD) if name in content), MODEL)
    try:
        model: Model = _READ[name](content[name])
    except ModelError as error:
        raise ModelError(f"{model_id}/{name} is no model of this program. {error} {MEND}") from error
    apart = _apart(model, content[SELF_TEST], schema)
    if not apart <= _SAME:
        raise ModelError(
            f"Version {model_id} gives other probabilities here than where it was made (up to {apart:.1g} apart in "
            f"{SELF_TEST}). {MEND}"
        )
    try:
        return model, _loaded(content[OUT_OF_FOLD])
    except (ValueError, EOFError, OSError) as error:
        raise ModelError(f"{model_id}/{OUT_OF_FOLD} holds no probabilities. {MEND}") from error


_READ: dict[str, Callable[[bytes], Model]] = {
    EQUATION: lambda content: FittedEquation.of(equation.loads(content)),
    CARD: lambda content: FittedCard.of(as_json.loads(content)),
    MODEL: lambda content: _pickles().loads(content),
}


def _pickles() -> Any:
    from churn_core.model import pickles  # with it the libraries of all models are loaded, which most versions do without

    return pickles


def _saved(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def _loaded(content: bytes) -> np.ndarray:
    array = np.load(io.BytesIO(content), allow_pickle=False)
    if not isinstance(array, np.ndarray) or array.ndim != 1 or array.dtype.kind != "f":
        raise ValueError("not one number for each customer")
    return array


def _self_test(model: Model, schema: Schema) -> bytes:
    """Generated customers, never real ones, as they would come in a file, and what the model says of them."""
    raw = generate(_TESTED, settings.SEED, schema).drop(columns=schema.target)
    said = model.churn_probability(clean(raw, schema)[0])
    return json.dumps({"customers": raw.to_dict("records"), "churn_probability": said.tolist()}, indent=1).encode()


def _apart(model: Model, self_test: bytes, schema: Schema) -> float:
    """The largest difference of a probability to what it was when the version was saved; infinite where it has none."""
    try:
        tested = json.loads(self_test)
        said = model.churn_probability(clean(pd.DataFrame(tested["customers"]), schema)[0])
        return float(np.abs(said - np.array(tested["churn_probability"])).max())
    except Exception:  # a model that cannot answer here fails its test, whatever the reason
        return float("inf")
