"""A file as the watch sees it."""

import pandas as pd

from churn_core.campaign.economics import Campaign
from churn_core.campaign.plan import Plan
from churn_core.data.reading.reader import RawTable
from churn_core.decisions.score_table import score_part, understand
from churn_core.monitoring.monitor import Watch
from churn_core.schema.telco import TELCO

PLAN = Plan(campaign=Campaign(retention_cost=40, incentive=5, backfire_rate=0.01))
CHARGE, CONTRACT = TELCO.monthly_charge, "Contract"


def scored(raw: pd.DataFrame, workspace, plan: Plan = PLAN):
    return score_part(understand(RawTable(frame=raw), is_part=True, schema=TELCO), workspace.version.model, plan, schema=TELCO)


def seen(raw: pd.DataFrame, workspace, watch: Watch):
    return watch.observe(scored(raw, workspace))
