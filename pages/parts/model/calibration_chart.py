"""Whether probabilities are true: predicted against observed, over what chance alone would do."""

import numpy as np
import pandas as pd

from churn_core.charts.model import calibration_figure
from churn_core.decisions.kept import Told
from churn_core.model import metrics
from churn_core.model.measures import Measures
from pages.parts import words
from pages.parts.frame import chart, palette


def calibration_chart(scored: Told, measures: Measures, key: str) -> None:
    """``scored``: what is told of the probabilities of customers and of who left, under the measures of their model."""
    apart, by_chance = words.percent(measures.calibration_error), words.percent(measures.calibration_noise)
    chart(
        f"Predicted against observed: {apart} apart on average, {by_chance} by chance alone",
        calibration_figure(scored(metrics.calibration_table), scored(band_table), palette()),
        key=key,
        caption="Each dot is a fifteenth of the customers with its 95% interval.",
    )


def band_table(probability: np.ndarray, churned: np.ndarray) -> pd.DataFrame:
    return metrics.calibration_band(probability)
