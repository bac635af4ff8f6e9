"""A comparison of candidates as it is kept: its file, and what the one JSON value says."""

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from churn_core import settings
from churn_core.data.dataset import Dataset
from churn_core.errors import ModelError
from churn_core.files import write_whole
from churn_core.model import evaluate
from churn_core.model.cross_validation import Protocol
from churn_core.model.measures import Measures

FILE = "comparison.json"
_STEPS = 65_535  # a stored probability is a whole number of these steps: two bytes, and no figure changes that is shown
MEASURES = ("auc", "average_precision", "log_loss", "brier")  # by fold, so that any two models can be paired


def packed(probability: np.ndarray) -> str:
    """Held-out probabilities (n,) as a comparison stores them; see ``out_of_fold``."""
    return base64.b64encode(np.round(probability * _STEPS).astype("<u2").tobytes()).decode()


def out_of_fold(comparison: dict[str, Any], name: str) -> np.ndarray:
    """The held-out probabilities of a candidate (n,), in the order of the customers, to 1/65,535."""
    return np.frombuffer(base64.b64decode(comparison["models"][name]["out_of_fold"]), dtype="<u2") / _STEPS


def held_out(comparison: dict[str, Any], name: str, at_hand: np.ndarray) -> np.ndarray:
    """``out_of_fold``, to the last bit where the probabilities at hand (n,) are those of this candidate."""
    stored = out_of_fold(comparison, name)
    return at_hand if np.abs(stored - at_hand).max() <= 1 / _STEPS else stored


def measures(comparison: dict[str, Any], name: str) -> Measures:
    """The measures of a candidate, as the comparison has them."""
    return Measures.cross_validated(comparison["models"][name], comparison["data"]["churn_rate"])


def table(comparison: dict[str, Any], against: str = settings.PLAIN_MODEL) -> pd.DataFrame:
    """One row per model, best log loss first. Columns: ``model``; ``MEASURES`` (means over the folds) and
    ``pooled_calibration_error``; for each of ``MEASURES`` the difference to the model ``against``, ``_minus``, with its
    paired 95 % interval, ``_low`` and ``_high``; ``profit c/γ`` (money per 1,000 customers, customer by customer);
    ``seconds``.
    """
    models, rows = comparison["models"], []
    protocol = Protocol(**comparison["protocol"])
    for name, measured in models.items():
        row = {"model": name, **{measure: measured[measure]["mean"] for measure in MEASURES}}
        row["pooled_calibration_error"] = measured["pooled_calibration_error"]
        for measure in MEASURES:
            if len(measured["by_fold"][measure]) != protocol.rounds:
                raise ValueError(f"{name} has another number of folds")
            difference = np.subtract(measured["by_fold"][measure], models[against]["by_fold"][measure])
            interval = evaluate.paired_interval(difference, protocol)
            row |= {f"{measure}_{end}": interval[key] for end, key in (("minus", "mean"), ("low", "low"), ("high", "high"))}
        row |= {f"profit {c}": by_policy[evaluate.RULE] for c, by_policy in measured["profit_per_1000"].items()}
        rows.append(row | {"seconds": measured["seconds"]})
    return pd.DataFrame(rows).sort_values("log_loss", ignore_index=True)


def write(comparison: dict[str, Any], path: Path) -> None:
    """As a file, whole or not at all; one line per model, so that a change can be read."""
    head = {key: value for key, value in comparison.items() if key != "models"}
    models = ",\n".join(f"  {json.dumps(name)}: {json.dumps(measured)}" for name, measured in comparison["models"].items())
    write_whole(path, (json.dumps(head, indent=1)[:-2] + ',\n "models": {\n' + models + "\n }\n}\n").encode())


def read(folders: tuple[Path, ...], dataset: Dataset) -> dict[str, Any] | None:
    """The first comparison in ``folders`` that is of these customers; ``None`` where there is none.

    Raises ``ModelError`` for one that cannot be read: it is damaged, and a rerun makes it anew.
    """
    for folder in folders:
        path = Path(folder) / FILE
        try:
            comparison: dict[str, Any] = json.loads(path.read_text())
            of_these = comparison["data"]["sha256"] == dataset.sha256
            if of_these:
                table(comparison)
                if {len(out_of_fold(comparison, name)) for name in comparison["models"]} != {len(dataset.customers)}:
                    raise ValueError("it is of another number of customers")
        except FileNotFoundError:
            continue
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelError(f"{FILE} is damaged. Make it again: python -m churn_core evaluate --output models/{FILE}") from error
        if of_these:
            return comparison
    return None
