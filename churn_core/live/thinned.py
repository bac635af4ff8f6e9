"""Many customers as fewer rows, so that a browser computes them while a slider moves: the same money, and thresholds that lie closer
than anybody sets them.

Customers next to each other in falling order of score are one *step*; a step is contacted whole, or customer by customer. Where the
plan asks more than the score, a step has *cells*: one for each tenure in whole months, and of those next to each other by value.
Instead of the k customers of a cell two rows stand for k/2 each, with the mean score of the step, and with values of the mean ± the
standard deviation, both weighted by the score. So Σpv and Σpv² are those of the cell and Σp that of the step, and with them the
profit, the spend and its range.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from churn_core.campaign.economics import Campaign, expected_profit
from churn_core.campaign.plan import ONE_THRESHOLD, Plan
from churn_core.campaign.sweep import Sweep

MOST = 50_000  # customers that are sent one by one, and rows that stand for more of them; our choice: about a megabyte
PARTS = 16  # cells of a step by value, where each customer is decided; our choice: a drag is off by less than a figure shows
FEWEST = 250  # steps; fewer are too coarse for a threshold; our choice: 0.4 % of the customers in each

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Steps:
    """Customers in falling order of score, or rows that each stand for ``weight`` (n,) of them; ``None``: every row is a customer.
    Then ``cell`` says in which cell each of the customers is, and the rows 2j and 2j + 1 are those of cell j.
    """

    swept: Sweep
    weight: Values | None = None
    cell: npt.NDArray[np.int32] | None = None

    @property
    def number(self) -> int:
        """How many steps there are."""
        return len(self.swept.contacted) - 1


def thinned(swept: Sweep, most: int = MOST, *, each: bool = False, by_tenure: bool = False) -> Steps:
    """The customers as they are, of more than ``most`` at most so many rows. A tie is never split.

    ``each``: with cells by value, for customers who are decided one by one; ``by_tenure``: with a cell for each month of tenure, which
    the rows then have. That leaves a step no cells by value, and few steps where there are very many tenures (``FEWEST``).
    """
    customers = len(swept.score)
    if customers <= most:
        return Steps(swept=swept)
    age = _months(swept) if by_tenure else np.zeros(1)
    ages = len(np.unique(age))
    parts = PARTS if each and ages == 1 else 1
    steps = max(most // (2 * parts * ages), 1)
    ends = np.unique(swept.contacted[np.searchsorted(swept.contacted, np.floor(np.linspace(0, customers, steps + 1)[1:]))])
    step = np.repeat(np.arange(len(ends)), np.diff(np.append(0, ends)))
    cell = step if parts == ages == 1 else _cells(step, np.broadcast_to(age, customers), swept.value, parts)
    return _rows(swept, step, cell, age if by_tenure else None)


def _months(swept: Sweep) -> Values:
    """The tenure in whole months, as it counts: of nobody below 0, and 0 where it is not known."""
    if swept.tenure is None:
        return np.zeros(1)
    return np.maximum(np.floor(np.nan_to_num(swept.tenure, nan=0.0)), 0.0)


def _cells(step: npt.NDArray[np.intp], age: Values, value: Values, parts: int) -> npt.NDArray[np.intp]:
    """The cell of each customer (n,): within a step by age, within an age as many ``parts`` of equally many by value."""
    order = np.lexsort((value, age, step))
    new = np.append(True, (np.diff(step[order]) != 0) | (np.diff(age[order]) != 0))
    starts = np.flatnonzero(new)
    size = np.diff(np.append(starts, len(order)))
    rank = np.arange(len(order)) - np.repeat(starts, size)
    part = rank * parts // np.repeat(size, size)
    cell = np.empty(len(order), dtype=np.intp)
    cell[order] = np.cumsum(new | np.append(False, np.diff(part) != 0)) - 1
    return cell


def _rows(swept: Sweep, step: npt.NDArray[np.intp], cell: npt.NDArray[np.intp], age: Values | None) -> Steps:
    """Two rows for each cell."""
    p, v, size = swept.score, swept.value, np.bincount(cell).astype(float)
    first = np.unique(cell, return_index=True)[1]
    score = (np.bincount(step, p) / np.bincount(step))[step[first]]
    weighed = np.where(score[cell] > 0, p, 1.0)  # of a score of 0 all count alike
    # The weights of a cell add up to the score that its rows have, so that Σpv and Σpv² are those of the customers.
    whole = np.where(score > 0, score * size, size)
    mean = np.bincount(cell, weighed * v) / whole
    apart = np.sqrt(np.maximum(np.bincount(cell, weighed * v**2) / whole - mean**2, 0.0))
    rows, value = np.repeat(score, 2), np.column_stack([mean + apart, mean - apart]).ravel()
    tenure = None if age is None else np.repeat(np.broadcast_to(age, len(p))[first], 2)
    return Steps(
        swept=replace(swept, score=rows, leaving=rows, value=value, tenure=tenure),
        weight=np.repeat(size / 2, 2),
        cell=cell.astype(np.int32),
    )


def most_off(steps: Steps, swept: Sweep, plan: Plan) -> float:
    """How far the best profit of the rows is at most from that of the customers, under a plan without limits; money, ≥ 0.

    Let D be Σu of the rows less Σu of the customers, of all up to the end of a step; 0 but for what tenure, backfire and the own risk
    leave. *One threshold*: every end of a step is a threshold of the customers, so the rows find max (Π + D) over those. The best of
    all lies within one step s. It earns at most Σ max(u, 0) of s more than the end before it, and at most Σ max(−u, 0) more than the
    end behind it. So the two are no further apart than max |D| + the largest, over s, of the smaller of these sums.

    *Customer by customer*: Σ max(u, 0) = (Σu + Σ|u|)/2. Of the k customers of a cell as of its rows |Σu| ≤ Σ|u| ≤ √(k·Σu²): the
    triangle inequality, and Cauchy and Schwarz. So a cell is off by at most half of |D of it| + the larger of √(k·Σu²) of the one less
    |Σu| of the other. Where nobody's u, or everybody's, is above 0 in customers and rows, Σ|u| = |Σu|, and it is |D of it| at most.
    """
    if steps.cell is None or steps.weight is None:
        return 0.0
    cell, weight, of_row = steps.cell, steps.weight, np.repeat(np.arange(len(steps.weight) // 2), 2)
    u, rows = _profit(swept, plan.campaign), _profit(steps.swept, plan.campaign)
    here, there = np.bincount(cell, u), np.bincount(of_row, weight * rows)
    if plan.rule == ONE_THRESHOLD:
        score = steps.swept.score[::2]
        step = np.cumsum(np.append(False, np.diff(score) != 0))
        gained, lost = (np.bincount(step[cell], np.maximum(each, 0.0)) for each in (u, -u))
        return float(np.abs(np.cumsum(np.bincount(step, there - here))).max() + np.minimum(gained, lost).max())
    size = np.bincount(cell)
    above = np.bincount(cell, u > 0) + np.bincount(of_row, rows > 0)
    alike = (above == 0) | (above == size + 2)
    longest, longest_of_rows = np.sqrt(size * np.bincount(cell, u**2)), np.sqrt(size * np.bincount(of_row, weight * rows**2))
    apart = np.maximum(longest - np.abs(there), longest_of_rows - np.abs(here))
    off = np.abs(there - here)
    return float(np.where(alike, off, (off + np.maximum(apart, 0.0)) / 2).sum())


def _profit(swept: Sweep, campaign: Campaign) -> Values:
    return np.asarray(expected_profit(swept.score, swept.clv(campaign), campaign))
