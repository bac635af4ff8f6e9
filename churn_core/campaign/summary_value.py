"""What the customers of a summary are worth, where that is not one multiple of every charge.

At the own risk (``after_save``) a lifetime value is v·A(p), A falling with p. A cell and a bin keep sums of v and pv, so each takes
A at its mean p for what it is expected to earn, and A at its least and its largest p for what it cannot exceed: the gain of a
save counts with A(least p), and the loss of a stayer with A(largest p). A bin is at most 4e-6 of p wide and a cell, in full
resolution, 0.1 %, so that both are all but the same.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from churn_core.campaign.after_save import clv_multiples
from churn_core.campaign.economics import STAYS, TENURE, Campaign
from churn_core.campaign.summary import Rows, Summary
from churn_core.errors import CampaignError

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Factors:
    """By how much values are multiplied in each cell or bin (j,), or in all: ``mean``, and for what cannot be exceeded ``gain``, of
    saves, and ``loss``, of stayers.
    """

    mean: Values | float = 1.0
    gain: Values | float = 1.0
    loss: Values | float = 1.0

    def reversed(self) -> "Factors":
        """The same from the last to the first."""
        turned = (each if isinstance(each, float) else each[::-1] for each in (self.mean, self.gain, self.loss))
        return Factors(**dict(zip(("mean", "gain", "loss"), turned, strict=True)))


@dataclass(frozen=True, kw_only=True, eq=False)
class Valued:
    """A summary and a campaign by which its values count as they are. ``summary``: what contacts are expected to earn; ``most``: what
    they cannot exceed. ``cells`` and ``bins``: by what their values were multiplied.
    """

    summary: Summary
    campaign: Campaign
    most: Summary
    cells: Factors = Factors()
    bins: Factors = Factors()

    @property
    def is_exact(self) -> bool:
        """Whether what is expected of a whole bin is exact."""
        return self.most is self.summary


def valued(summary: Summary, campaign: Campaign) -> Valued:
    """The summary in the money of a campaign. Raises ``CampaignError`` where that needs what a summary does not hold: tenures."""
    if summary.for_life or campaign.after_save == STAYS:
        return Valued(summary=summary, campaign=summary.valued_by(campaign), most=summary)
    if campaign.after_save == TENURE:
        raise CampaignError("A summary holds no tenures. Take after_save own-risk or stays, or the scored customers themselves.")
    least_p, largest_p, _, _ = summary.rectangles
    cells = _factors(summary.cells, least_p, largest_p, campaign)
    bins = _factors(summary.bins, summary.bins["lowest"], summary.bins["highest"], campaign)
    plain = {"after_save": STAYS, "clv_months": 1.0, "margin": 1.0, "annual_discount": 0.0, "monthly_survival": 1.0}
    return Valued(
        summary=_times(summary, cells, bins, most=False),
        campaign=replace(campaign, **plain),  # type: ignore[arg-type]
        most=_times(summary, cells, bins, most=True),
        cells=cells,
        bins=bins,
    )


def _factors(rows: Rows, least_p: Values, largest_p: Values, campaign: Campaign) -> Factors:
    mean = rows["leaving"] / rows["contacted"]
    of = (np.asarray(clv_multiples(campaign, p, None)) for p in (mean, least_p, largest_p))
    return Factors(**dict(zip(("mean", "gain", "loss"), of, strict=True)))


def _times(summary: Summary, cells: Factors, bins: Factors, most: bool) -> Summary:
    """The summary with its values multiplied; ``most``: saves as dear and stayers as cheap as they can be."""
    of_cells, of_bins = (_rows_times(rows, by, most) for rows, by in ((summary.cells, cells), (summary.bins, bins)))
    return replace(summary, cells=of_cells, bins=of_bins)


def _rows_times(rows: Rows, by: Factors, most: bool) -> Rows:
    times = rows.copy()
    gain, loss = (by.gain, by.loss) if most else (by.mean, by.mean)
    times["value_leaving"] = gain * rows["value_leaving"]
    times["value"] = times["value_leaving"] + loss * (rows["value"] - rows["value_leaving"])
    if "squares" in (rows.dtype.names or ()):  # p², v², p²v, pv² and p²v²
        mean = np.asarray(by.mean)
        times["squares"] = rows["squares"] * np.stack([np.ones_like(mean), mean**2, mean, mean**2, mean**2], axis=1)
    return times
