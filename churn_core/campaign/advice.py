"""What common advice would earn: "start the search at 0.1", "use 0.5", "maximise the ROI". Shown beside the optimum, never taken."""

import numpy as np

from churn_core.campaign.economics import Campaign
from churn_core.campaign.objective import MAXIMUM_PROFIT, Objective
from churn_core.campaign.optimise import NOBODY_CONTACTED, Outcome, at_candidate, best_threshold
from churn_core.campaign.sweep import Sweep


def best_from(swept: Sweep, campaign: Campaign, floor: float, objective: Objective = MAXIMUM_PROFIT) -> tuple[Outcome, bool]:
    """The best threshold of a search that starts at ``floor``, and whether it only found its own floor.

    An optimum on the edge of what was searched says nothing about the optimum.

    >>> from churn_core.campaign.sweep import sweep
    >>> outcome, on_the_edge = best_from(sweep([0.4, 0.3, 0.2, 0.05], clv=1000.0), Campaign(), floor=0.1)
    >>> outcome.threshold, on_the_edge
    (0.2, True)
    """
    n = int(np.count_nonzero(swept.score >= floor))
    found = best_threshold(swept.some(slice(n)), campaign, objective)
    return found, 0 < found.contacted == n < len(swept.score)


def highest_roi(swept: Sweep, campaign: Campaign) -> Outcome:
    """The single threshold with the largest profit ÷ spend: a campaign of a handful of customers.

    Without a fixed cost the ROI of a growing list is a running mean of a falling sequence, so its maximum is at the start.
    """
    swept = swept.valued(campaign)
    profit, spend = swept.expected_profit(campaign), swept.expected_spend(campaign)
    roi = np.divide(profit, spend, out=np.full(len(profit), -np.inf), where=spend > 0)
    k = int(np.argmax(roi))
    return at_candidate(swept, campaign, k) if profit[k] > 0 else NOBODY_CONTACTED
