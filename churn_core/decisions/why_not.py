"""Why a customer whom it would pay to contact is not contacted: in a scored file, alone, or on a contact list."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.campaign.economics import NOISE, expected_spend
from churn_core.campaign.plan import Plan
from churn_core.campaign.schedule import NEVER
from churn_core.formats import as_set, percent

WHY_NOT = "why_not"  # the column that says so
CONTROL_GROUP = "control group: left alone, to measure what contacts change"
NOT_IN_TIME = "not reached in time at so many contacts a week"
_BEYOND = "beyond the limits of the campaign"


def why_not_contacted(
    decisions: pd.DataFrame, plan: Plan, threshold: float | None = None, left: npt.NDArray[np.bool_] | None = None
) -> pd.Series:
    """The reason for each customer with an expected profit who is not contacted; empty for all others.

    ``decisions`` has the columns ``churn_probability``, ``expected_profit`` and ``contact`` of ``decide`` by this ``plan`` and
    published ``threshold``; ``left`` (n,) says who has left, by default nobody. One text for each row, index as ``decisions``.
    The first reason that holds is given: has left, below the threshold, less ROI than each contact has to bring, a limit of the
    whole list (the budget, its ROI, the capacity of the offers), the fixed cost.

    >>> decided = pd.DataFrame({"churn_probability": [0.9, 0.04], "expected_profit": [90.0, 2.0], "contact": [True, False]})
    >>> why_not_contacted(decided, Plan(), threshold=0.046).tolist()
    ['', 'below the published threshold of 4.6%']
    """
    p, profit = decisions["churn_probability"].to_numpy(float), decisions["expected_profit"].to_numpy(float)
    left_out = (profit > 0) & ~decisions["contact"].to_numpy(bool)
    reasons = np.full(len(decisions), "", dtype=object)
    reasons[left_out] = _of_the_list(plan)
    if not plan.offers:
        spend, least = expected_spend(p, plan.campaign), plan.objective.marginal
        reasons[left_out & (profit < least * spend * (1 - NOISE))] = f"ROI below {as_set(least)}"
        if threshold is not None:
            reasons[left_out & (p < threshold)] = f"below the published threshold of {percent(threshold)}"
    if left is not None:
        reasons[left_out & left] = "has left"
    return pd.Series(reasons, index=decisions.index, name="why_not", dtype=object)


def why_not_on_list(
    expected_profit: npt.NDArray[np.float64], control: npt.NDArray[np.bool_], week: npt.NDArray[np.intp] | None = None
) -> npt.NDArray[np.object_]:
    """The reason for each customer of a contact list (n,) who would pay and is not contacted; empty for all others.

    ``control``: who is in the control group; ``week``: in which week each is contacted, ``NEVER`` for who is not. Of a list that is
    cut at one threshold some bring less than they cost; that they get no week needs no reason here.

    >>> why_not_on_list(np.array([9.0, 8.0, 7.0, -1.0]), np.array([False, True, False, False]), np.array([1, 0, 0, 0])).tolist()
    ['', 'control group: left alone, to measure what contacts change', 'not reached in time at so many contacts a week', '']
    """
    reasons = np.full(len(control), "", dtype=object)
    if week is not None:
        reasons[(week == NEVER) & (expected_profit > 0)] = NOT_IN_TIME
    reasons[control] = CONTROL_GROUP
    return reasons


def _of_the_list(plan: Plan) -> str:
    """What keeps a customer who pays off the list as a whole."""
    objective = plan.objective
    if any(offer.capacity is not None for offer in plan.offers):
        return (
            "beyond the capacity of the offers" if objective.budget is None else "beyond the budget or the capacity of the offers"
        )
    if objective.budget is not None and objective.min_roi is not None:
        return _BEYOND
    if objective.budget is not None:
        return "beyond the budget"
    if objective.min_roi is not None:
        return f"ROI of the campaign would fall below {as_set(objective.min_roi)}"
    return "the list does not earn back its fixed cost"
