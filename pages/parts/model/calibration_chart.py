"""Whether probabilities are true: predicted against observed, over what chance alone would do."""

import numpy as np

from churn_core.charts.model import calibration_figure
from churn_core.model import metrics
from pages.parts import words
from pages.parts.frame import chart, palette


def calibration_chart(probability: np.ndarray, churned: np.ndarray, apart: float, by_chance: float, key: str) -> None:
    """``apart`` and ``by_chance``: the calibration error, and that of true probabilities."""
    chart(
        f"Predicted against observed: {words.percent(apart)} apart on average, {words.percent(by_chance)} by chance alone",
        calibration_figure(metrics.calibration_table(probability, churned), metrics.calibration_band(probability), palette()),
        key=key,
        caption="Each dot is a fifteenth of the customers with its 95% interval.",
    )
