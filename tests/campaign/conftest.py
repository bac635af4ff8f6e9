"""What the laws of the campaign are tried on: customers, and campaigns and objectives that use every parameter."""

import numpy as np
from hypothesis import strategies as st

from churn_core.campaign.economics import Campaign
from churn_core.campaign.objective import Objective

# Scores on a coarse grid make ties, any float makes none; laws hold for both.
scores = st.one_of(st.integers(0, 8).map(lambda i: i / 8), st.floats(0, 1), st.floats(0.2, 1))
charges = st.one_of(st.integers(20, 120).map(float), st.floats(0, 200))
customer = st.tuples(scores, charges, st.integers(0, 1))  # score, monthly charge, churned


def tables_of(most: int, least: int = 1):
    rows = st.lists(customer, min_size=least, max_size=most)
    return rows.map(lambda rows: np.array(rows, dtype=float).reshape(-1, 3).T)


# As on a slider, or any: the first meets the ends of the range and round numbers, the second does not.
shares = st.one_of(st.integers(0, 100).map(lambda i: i / 100), st.floats(0.001, 1))
amounts = st.one_of(st.integers(0, 50).map(float), st.floats(0.01, 300))


def at_rest_or(value, moved):
    """A parameter that does nothing, or something: what uses some parameters only is tried as well as what uses all."""
    return st.one_of(st.just(value), moved)


@st.composite
def _campaigns(draw) -> Campaign:
    """Mild enough for a fair part of them to pay; most campaigns with any parameters at all do not."""
    backfire = draw(at_rest_or(0.0, at_rest_or(0.01, shares)))
    return Campaign(
        retention_cost=draw(amounts),
        success_rate=draw(st.one_of(shares, st.floats(0.3, 1))),
        clv_months=draw(st.one_of(st.integers(1, 60), st.just(12))),
        margin=draw(at_rest_or(1.0, shares)),
        annual_discount=draw(at_rest_or(0.0, shares)),
        monthly_survival=draw(at_rest_or(1.0, at_rest_or(0.97, shares))),
        incentive=draw(at_rest_or(0.0, amounts)),
        incentive_uptake=draw(at_rest_or(None, shares.map(lambda share: share * (1 - backfire)))),
        backfire_rate=backfire,
        fixed_cost=draw(at_rest_or(0.0, st.floats(1, 1_000))),
    )


campaigns = _campaigns()
# Profit is γ·V·p − c per contact: what the fast path of the optimum takes.
simple_campaigns = st.builds(
    Campaign,
    retention_cost=amounts,
    success_rate=shares,
    clv_months=st.integers(1, 60),
    margin=at_rest_or(1.0, shares),
    fixed_cost=at_rest_or(0.0, st.floats(1, 1_000)),
)
ratios = st.one_of(st.integers(0, 8).map(lambda i: i / 2), st.floats(0.001, 20))
budgets = st.one_of(st.floats(0, 200), st.floats(0, 5_000))
objectives = st.builds(
    Objective,
    budget=at_rest_or(None, budgets),
    min_roi=at_rest_or(None, ratios),
    min_marginal_roi=at_rest_or(None, ratios),
)


@st.composite
def _tempting(draw) -> tuple[np.ndarray, np.ndarray, Campaign]:
    """A few customers most of whom are worth a contact, each at a cost of its own: a limit then has to choose."""
    customers = draw(st.lists(st.tuples(st.floats(0.3, 1), st.floats(100, 2_000)), min_size=3, max_size=8))
    p, clv = np.array(customers).T
    campaign = Campaign(
        retention_cost=draw(st.floats(0, 20)),
        success_rate=draw(st.floats(0.3, 1)),
        incentive=draw(at_rest_or(0.0, st.floats(10, 80))),
        incentive_uptake=draw(at_rest_or(None, shares)),
        fixed_cost=draw(at_rest_or(0.0, st.floats(1, 300))),
    )
    return p, clv, campaign


tempting = _tempting()


TINY = 1e-6  # money; what summing in another order may change


def meets(objective, profit, spend, slack):
    """Whether a campaign pays and keeps to the budget and the demanded ROI, with some money to spare (or, below 0, almost)."""
    within = spend <= (np.inf if objective.budget is None else objective.budget) - slack
    demanded = (objective.min_roi or 0) * spend
    return within & (profit >= demanded + slack * (1 + (objective.min_roi or 0))) & (profit > slack)


def worth_of(objective, profit, spend, campaign, contacted):
    """Σu − h·Σe: what is compared, the profit itself where no return on each contact is demanded."""
    fixed = campaign.fixed_cost * (np.asarray(contacted) > 0)
    return profit + fixed - objective.marginal * (spend - fixed)
