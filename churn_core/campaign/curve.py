"""Profit and ROI over the threshold."""

import numpy as np
import pandas as pd

from churn_core.campaign.economics import Campaign
from churn_core.campaign.optimise import best_threshold
from churn_core.campaign.sweep import Sweep


def profit_curve(swept: Sweep, campaign: Campaign, points: int | None = None) -> pd.DataFrame:
    """The money of every candidate, the empty campaign first.

    Columns: ``threshold`` (NaN for the empty campaign), ``contacted``, ``expected_profit``, ``expected_spend``
    (money), ``roi`` (NaN where nothing is spent). ``points`` thins it for drawing: about so many rows, evenly
    spaced in customers contacted, with both ends and the most profitable row always among them.
    """
    thin = points is not None and len(swept.contacted) > points
    threshold, totals = swept.thinned(points) if thin else (swept.threshold, swept.totals())
    columns = [threshold, totals.contacted, totals.expected_profit(campaign), totals.expected_spend(campaign)]
    best = best_threshold(swept, campaign)
    if thin and best.threshold is not None and best.contacted not in totals.contacted:
        place = np.searchsorted(totals.contacted, best.contacted)
        row = (best.threshold, best.contacted, best.expected_profit, best.expected_spend)
        columns = [np.insert(column, place, value) for column, value in zip(columns, row, strict=True)]
    threshold, contacted, profit, spend = columns
    return pd.DataFrame(
        {
            "threshold": np.where(np.isinf(threshold), np.nan, threshold),
            "contacted": contacted,
            "expected_profit": profit,
            "expected_spend": spend,
            "roi": np.divide(profit, spend, out=np.full(len(profit), np.nan), where=spend > 0),
        }
    )
