"""Customers, their scores and both palettes, which the figures are drawn of and in."""

import numpy as np
import pytest

from churn_core.campaign.curve import profit_curve
from churn_core.campaign.economics import Campaign
from churn_core.campaign.optimise import best_threshold
from churn_core.campaign.sweep import sweep
from churn_core.charts import campaign as campaign_charts
from churn_core.charts.theme import DARK, LIGHT
from churn_core.data.cleaning.table import clean
from churn_core.data.synthetic import generate
from churn_core.schema.telco import TELCO

CUSTOMERS = clean(generate(400, seed=3, schema=TELCO), TELCO)[0]
P = np.random.default_rng(0).random(400).round(2)
SWEPT = sweep(P, monthly_charge=CUSTOMERS[TELCO.monthly_charge].to_numpy())
CHURNED = CUSTOMERS[TELCO.target].to_numpy()


def traces(fig, kind: str) -> list:
    return [trace for trace in fig.data if trace.type == kind]


def vertical_lines(fig) -> list[float]:
    return [shape.x0 for shape in fig.layout.shapes if shape.type == "line"]


@pytest.fixture(params=[LIGHT, DARK], ids=["light", "dark"])
def palette(request):
    return request.param


def compared(campaigns: dict[str, Campaign], palette):
    curves = {name: profit_curve(SWEPT, campaign) for name, campaign in campaigns.items()}
    outcomes = {name: best_threshold(SWEPT, campaign) for name, campaign in campaigns.items()}
    best = {name: (o.threshold, o.expected_profit) for name, o in outcomes.items() if o.threshold is not None}
    return campaign_charts.compared_curves_figure(curves, best, palette, "€"), curves, best
