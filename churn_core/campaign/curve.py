"""Profit and ROI over the threshold."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.campaign.economics import NOISE, Campaign
from churn_core.campaign.optimise import best_threshold
from churn_core.campaign.sweep import Sweep


def profit_curve(swept: Sweep, campaign: Campaign, points: int | None = None) -> pd.DataFrame:
    """The money of every candidate, the empty campaign first; columns as in ``curve_table``.

    ``points`` thins it for drawing: about so many rows, evenly spaced in customers contacted, with both ends and the most
    profitable row always among them.
    """
    swept = swept.valued(campaign)
    if points is None or len(swept.contacted) <= points:
        totals = swept.totals()
        return curve_table(swept.threshold, totals.contacted, totals.expected_profit(campaign), totals.expected_spend(campaign))
    threshold, totals = swept.thinned(points)
    columns = [threshold, totals.contacted, totals.expected_profit(campaign), totals.expected_spend(campaign)]
    best = best_threshold(swept, campaign)
    if best.threshold is not None and best.contacted not in totals.contacted:
        place = np.searchsorted(totals.contacted, best.contacted)
        row = (best.threshold, best.contacted, best.expected_profit, best.expected_spend)
        columns = [np.insert(column, place, value) for column, value in zip(columns, row, strict=True)]
    return curve_table(*columns)


def beyond_budget(swept: Sweep, campaign: Campaign, budget: float) -> float | None:
    """The highest threshold whose campaign is expected to spend more than ``budget`` (money): from there down nothing can be
    afforded. ``None`` where everybody can.
    """
    valued = swept.valued(campaign)
    beyond = valued.threshold[valued.totals().expected_spend(campaign) > budget * (1 + NOISE)]
    return float(beyond.max()) if len(beyond) else None


def curve_table(
    threshold: npt.NDArray[np.float64],
    contacted: npt.NDArray[Any],
    profit: npt.NDArray[np.float64],
    spend: npt.NDArray[np.float64],
) -> pd.DataFrame:
    """The candidates as a table.

    Columns: ``threshold`` (NaN for the empty campaign), ``contacted``, ``expected_profit``, ``expected_spend`` (money),
    ``roi`` (NaN where nothing is spent, infinite where next to nothing is).
    """
    with np.errstate(over="ignore"):
        roi = np.divide(profit, spend, out=np.full(len(profit), np.nan), where=spend > 0)
    return pd.DataFrame(
        {
            "threshold": np.where(np.isinf(threshold), np.nan, threshold),
            "contacted": contacted,
            "expected_profit": profit,
            "expected_spend": spend,
            "roi": roi,
        }
    )
