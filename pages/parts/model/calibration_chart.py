"""Whether probabilities are true: predicted against observed, over what chance alone would do."""

import numpy as np

from churn_core.charts.model import calibration_figure
from churn_core.model import metrics
from churn_core.model.measures import Measures
from pages.parts import words
from pages.parts.frame import chart, palette


def calibration_chart(probability: np.ndarray, churned: np.ndarray, measures: Measures, key: str) -> None:
    """Probabilities of customers (n,) against who left (n,), under the measures of their model."""
    apart, by_chance = words.percent(measures.calibration_error), words.percent(measures.calibration_noise)
    chart(
        f"Predicted against observed: {apart} apart on average, {by_chance} by chance alone",
        calibration_figure(metrics.calibration_table(probability, churned), metrics.calibration_band(probability), palette()),
        key=key,
        caption="Each dot is a fifteenth of the customers with its 95% interval.",
    )
