"""The measures of a model on some customers: one definition of each, wherever it is shown (MODELLING.md, *One definition*)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss

from churn_core.model.metrics import auc, calibration_error, calibration_noise


@dataclass(frozen=True, kw_only=True)
class Measures:
    """``auc``, ``average_precision``, ``log_loss``, ``brier``; ``calibration_error``, the distance of probabilities and outcomes
    over 15 equal-mass bins, and ``calibration_noise``, what chance alone would give; ``mean_probability``. No units.

    A model that was cross-validated on the customers has the measures of the protocol, everywhere (``cross_validated``); one that
    had not seen them those of all of them at once (``at_once``).
    """

    auc: float
    average_precision: float
    log_loss: float
    brier: float
    calibration_error: float
    calibration_noise: float
    mean_probability: float

    @classmethod
    def cross_validated(cls, summary: Mapping[str, Any], churn_rate: float) -> "Measures":
        """Those of ``evaluate.summary``: means over the held-out folds; the calibration error, which small folds exaggerate, over all
        customers of a repeat, and then the mean over the repeats.
        """
        return cls(
            **{name: summary[name]["mean"] for name in ("auc", "average_precision", "log_loss", "brier")},
            calibration_error=summary["pooled_calibration_error"],
            calibration_noise=summary["calibration_noise"],
            mean_probability=churn_rate + summary["mean_probability_minus_churn_rate"],
        )

    @classmethod
    def at_once(cls, probability: ArrayLike, churned: ArrayLike) -> "Measures":
        """Of probabilities (n,) against who left, 0/1 (n,), some of both."""
        return cls(
            auc=auc(probability, churned),
            average_precision=float(average_precision_score(churned, probability)),
            log_loss=float(log_loss(churned, probability)),
            brier=float(brier_score_loss(churned, probability)),
            calibration_error=calibration_error(probability, churned),
            calibration_noise=calibration_noise(probability),
            mean_probability=float(np.mean(np.asarray(probability, dtype=float))),
        )
