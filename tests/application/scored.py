"""Four scored customers, and campaigns for them."""

import numpy as np
import pandas as pd

from churn_core.campaign.economics import Campaign
from churn_core.campaign.objective import Objective

GOOD = pd.DataFrame(
    {"churn_probability": ["0.9", "0.5", "0.5", "0.1"], "MonthlyCharges": ["70", "20", "40", "0"]}, index=[2, 3, 4, 5]
)

BACK_TEST = GOOD.assign(churned=["0", "1", "0", "1"])
P, CHARGE, CHURNED = np.array([0.9, 0.5, 0.5, 0.1]), np.array([70.0, 20, 40, 0]), np.array([0.0, 1, 0, 1])

FULL = Campaign(
    retention_cost=2, success_rate=0.5, clv_months=6, margin=0.9, annual_discount=0.1, monthly_survival=0.98, incentive=8,
    incentive_uptake=0.9, backfire_rate=0.01, fixed_cost=5,
)  # fmt: skip
LIMITS = [Objective(), Objective(budget=18), Objective(min_roi=10), Objective(min_marginal_roi=4), Objective(budget=0)]
