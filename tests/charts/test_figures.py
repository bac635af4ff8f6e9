"""Every figure says what its axes measure."""

import numpy as np

from churn_core.campaign.curve import profit_curve
from churn_core.campaign.economics import Campaign
from churn_core.charts import campaign as campaign_charts
from churn_core.charts import candidates as candidate_charts
from churn_core.charts import customers as customer_charts
from churn_core.charts import model as model_charts
from churn_core.charts import sensitivity as sensitivity_charts
from churn_core.charts.theme import LIGHT
from churn_core.decisions import describe
from churn_core.model import metrics
from churn_core.schema.telco import TELCO
from tests.charts.conftest import CHURNED, CUSTOMERS, SWEPT, P, compared


def test_every_axis_says_what_it_measures():
    curve = profit_curve(SWEPT, Campaign())
    for fig in (
        campaign_charts.roi_curve_figure(curve, LIGHT, best=None, best_roi=None, plateau=None, break_even=0.04),
        compared({"one": Campaign()}, LIGHT)[0],
        sensitivity_charts.heat_map_figure(
            np.array([0, 1]), np.array([0, 1]), np.eye(2), LIGHT, now=(0, 0), share=False, currency="$"
        ),
        model_charts.gain_figure(metrics.gain_table(P, CHURNED), LIGHT),
        candidate_charts.ranking_lines_figure({"one": metrics.roc_table(P, CHURNED)}, LIGHT),
        model_charts.lift_figure(metrics.gain_table(P, CHURNED), LIGHT),
        customer_charts.churn_by_tenure_figure(describe.churn_by_tenure(CUSTOMERS, TELCO), LIGHT),
    ):
        assert fig.layout.xaxis.title.text and fig.layout.yaxis.title.text
