"""What the laws of decisions are tried on: invented customers, a fitted model, and plans that use every limit."""

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from churn_core.campaign.economics import Campaign
from churn_core.campaign.objective import Objective
from churn_core.campaign.plan import Plan
from churn_core.data.cleaning.table import clean
from churn_core.data.synthetic import generate
from churn_core.decisions.decide import churn_probability
from churn_core.decisions.population import ALL, HERE, Population
from churn_core.decisions.recommendation import Recommendation, recommend
from churn_core.model.candidates import build
from churn_core.schema.telco import TELCO

RAW = generate(400, seed=9, schema=TELCO)
CUSTOMERS, _ = clean(RAW, TELCO)
CHURNED = CUSTOMERS[TELCO.target].to_numpy()
MODEL = build("logistic").fit(CUSTOMERS, CHURNED)
IDS = CUSTOMERS[TELCO.id].to_numpy()
P = churn_probability(MODEL, CUSTOMERS)
UNKNOWN = Population(which=HERE, customers=CUSTOMERS, probability=P, churned=None, schema=TELCO)  # as if nothing had happened
BACK_TEST = Population(which=ALL, customers=CUSTOMERS, probability=P, churned=CHURNED, schema=TELCO)
SWEPT = UNKNOWN.expected_sweep
FULL = Campaign(retention_cost=15, incentive=20, incentive_uptake=0.6, backfire_rate=0.01, fixed_cost=300, margin=0.8)

campaigns = st.builds(
    Campaign,
    retention_cost=st.floats(0, 300),
    success_rate=st.floats(0, 1),
    clv_months=st.integers(1, 60),
    incentive=st.sampled_from([0.0, 0.0, 5.0, 20.0]),
    backfire_rate=st.sampled_from([0.0, 0.0, 0.01]),
)
with_fixed_cost = st.builds(lambda c, cost: replace(c, fixed_cost=cost), campaigns, st.sampled_from([0.0, 500.0, 20_000.0]))
limits = st.builds(
    Objective,
    budget=st.one_of(st.none(), st.floats(0, 5_000)),
    min_roi=st.one_of(st.none(), st.floats(0, 10)),
    min_marginal_roi=st.one_of(st.none(), st.floats(0, 10)),
)
plans = st.builds(Plan, campaign=with_fixed_cost, objective=limits)


def clv_of(campaign: Campaign) -> np.ndarray:
    return campaign.clv(CUSTOMERS[TELCO.monthly_charge].to_numpy())


def recommended(plan: Plan = Plan(), population: Population = UNKNOWN) -> Recommendation:  # noqa: B008  frozen values
    return recommend(population, plan)
