"""What of the curve a budget forbids."""

import numpy as np
import pytest

from churn_core.campaign.curve import beyond_budget, profit_curve
from churn_core.campaign.economics import Campaign
from churn_core.campaign.sweep import sweep

SWEPT = sweep(np.array([0.9, 0.5, 0.5, 0.1]), monthly_charge=np.full(4, 50.0))
CAMPAIGN = Campaign(retention_cost=10, fixed_cost=5)


@pytest.mark.parametrize(
    "budget, highest", [(0, 0.9), (14.9, 0.9), (15, 0.5), (34, 0.5), (35, 0.1), (44, 0.1), (45, None), (1e9, None)]
)
def test_from_the_highest_threshold_that_spends_more_than_the_budget_down_nothing_can_be_afforded(budget, highest):
    assert beyond_budget(SWEPT, CAMPAIGN, budget) == highest
    curve = profit_curve(SWEPT, CAMPAIGN)
    for row in curve.dropna(subset="threshold").itertuples():
        assert (row.expected_spend > budget) == (highest is not None and row.threshold <= highest)
