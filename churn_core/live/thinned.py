"""Many customers as fewer steps, so that a file stays small: the same money, and thresholds that lie closer than anybody sets them.

Customers next to each other in falling order of score are one step. Instead of its k customers two stand for k/2 each, with the mean
score, and with charges of the mean ± the standard deviation, both weighted by the score. So Σp, Σpv and Σpv² are those of the
customers, and with them the profit, the spend and its range; a step is contacted whole.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from churn_core.campaign.sweep import Sweep

MOST = 50_000  # customers that a file holds one by one, and rows that stand for more of them; our choice: about a megabyte

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Steps:
    """Customers in falling order of score, or rows that each stand for ``weight`` (n,) of them; ``None``: every row is a customer."""

    swept: Sweep
    weight: Values | None = None


def thinned(swept: Sweep, most: int = MOST) -> Steps:
    """The customers as they are, of more than ``most`` at most so many rows. A tie is never split. Without the tenure."""
    customers = len(swept.score)
    if customers <= most:
        return Steps(swept=swept)
    wanted = np.linspace(0, customers, most // 2 + 1)[1:]
    ends = np.unique(swept.contacted[np.searchsorted(swept.contacted, np.floor(wanted))])
    starts = np.concatenate([[0], ends[:-1]]).astype(np.intp)
    size, p, v = np.diff(np.concatenate([[0], ends])).astype(float), swept.score, swept.value
    score = np.add.reduceat(p, starts) / size
    weighed = np.where(np.repeat(score, size.astype(np.intp)) > 0, p, 1.0)  # of a score of 0 all count alike
    whole = np.add.reduceat(weighed, starts)
    mean = np.add.reduceat(weighed * v, starts) / whole
    apart = np.sqrt(np.maximum(np.add.reduceat(weighed * v**2, starts) / whole - mean**2, 0.0))
    rows = np.repeat(score, 2)
    value = np.column_stack([mean + apart, mean - apart]).ravel()
    return Steps(swept=replace(swept, score=rows, leaving=rows, value=value, tenure=None), weight=np.repeat(size / 2, 2))
