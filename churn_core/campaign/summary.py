"""Any number of customers in four megabytes, from which every campaign can still be worked out.

What a contact earns is bilinear in the churn probability p and the monthly charge v: u = a + b·p + c·v + d·p·v
(ECONOMICS.md), with coefficients that only the campaign knows. So a group of customers that is contacted as a whole needs
no more than n, Σp, Σv and Σpv, and what it earns is exact for every cost, success rate, horizon, incentive and uptake
chosen afterwards. A summary keeps these four sums for each *cell* of a grid over p and v, from which customers are
chosen one by one, and for each *bin* of a much finer grid over p alone, from which a threshold is.

What is lost is the choice *inside* a cell or a bin that the border between paying and not paying runs through. Of each
outcome it is said how much that can be: ``Outcome.upper_bound``.

**Proof of the bound.** Let the n customers of a cell earn u₁ … uₙ, with sum U. A bilinear function on a rectangle has its
least and largest value, l and h, at corners. Where l < 0 < h the convex function max(u, 0) lies on [l, h] below its
chord h·(u − l)/(h − l), so that choosing at will inside the cell earns Σ max(uᵢ, 0) ≤ h·(U − n·l)/(h − l); elsewhere,
or for n = 1, it earns max(U, 0). Any list of customers is a choice inside each cell: the sum over the cells bounds it.
A threshold contacts whole bins from above and a part of at most one more: what the whole ones earn and the bound of
that bin bound it, and the largest of these over all bins bounds every threshold. All of it up to the rounding of floats.

Cells and bins end at floats whose last binary digits are 0: logarithmic spacing, with edges that are exact and the same
on every machine. Where more of them are occupied than fit, neighbours are put together two by two. How often depends on
the customers alone, not on how they were split or in which order they came; so summaries can be added as they come.
"""

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from pathlib import Path

import numpy as np
import pandas as pd

from churn_core.campaign.economics import NOISE, Campaign, expected_profit, expected_spend, pays
from churn_core.campaign.objective import MAXIMUM_PROFIT, Objective
from churn_core.campaign.optimise import NOBODY_CONTACTED, Outcome, outcome_of_totals
from churn_core.campaign.sweep import Totals
from churn_core.errors import DataError

MOST_CELLS, MOST_BINS = 64_000, 32_000  # no unit; at 36 and 52 bytes each just under 4 MB
_PIECE = 2**20  # customers that are sorted at once: some 100 MB of working memory, whatever the length of the list
_MAGIC = b"churn-summary-1\n"
_COUNTS = struct.Struct("<4q")  # how many cells and bins follow, and how often each were put together

_SUMS = [("key", "<u4"), ("contacted", "<i8"), ("leaving", "<f8"), ("value", "<f8"), ("value_leaving", "<f8")]
_CELL = np.dtype(_SUMS)
_BIN = np.dtype([*_SUMS, ("lowest", "<f8"), ("highest", "<f8")])  # and the range of p that was met inside


@dataclass(frozen=True, kw_only=True)
class _Axis:
    """Places of non-negative numbers: 2^``digits`` to an octave from 2^``first`` on, all that is smaller in place 0."""

    first: int
    digits: int

    def place(self, x: np.ndarray) -> np.ndarray:
        return np.maximum((x.view(np.int64) >> (52 - self.digits)) - self._origin, 0)

    def edge(self, place: np.ndarray) -> np.ndarray:
        """The least number in a place."""
        edge = ((np.maximum(place, 0) + self._origin) << (52 - self.digits)).view(np.float64)
        return np.where(place <= 0, 0.0, edge)

    @property
    def _origin(self) -> int:
        return (self.first + 1023) << self.digits  # 1023 is the bias of a float's exponent


_P_OF_BIN = _Axis(first=-13, digits=18)  # p from 1.2e-4 up, in steps of 4e-6 of it at most
_P_OF_CELL = _Axis(first=-13, digits=10)  # p from 1.2e-4 up, in steps of 0.1 % of it at most
_CHARGE = _Axis(first=-10, digits=10)  # money per month from 0.001 up, in steps of 0.1 % of it at most
_MOST_CHARGE = 2.0**30  # money per month; above MAX_MONEY, and the last that has a place


@dataclass(frozen=True, kw_only=True, eq=False)
class Summary:
    """What is kept of the customers. ``cells`` and ``bins`` are tables of sums, in rising order of their ``key``.

    ``coarse_cells`` and ``coarse_bins`` count how often neighbours had to be put together.

    >>> one, other = Summary.of([0.9, 0.2], [70.0, 40.0]), Summary.of([0.01], [20.0])
    >>> (one + other).customers, Summary.from_bytes((one + other).to_bytes()).customers
    (3, 3)
    >>> best = best_threshold(one + other, Campaign(retention_cost=50))
    >>> best.threshold, best.contacted, round(best.expected_profit, 2), best.upper_bound == best.expected_profit
    (0.9, 1, 176.8, True)
    """

    cells: np.ndarray
    bins: np.ndarray
    coarse_cells: int = 0
    coarse_bins: int = 0

    @classmethod
    def of(cls, probability, monthly_charge) -> "Summary":
        """Of customers with these churn probabilities (n,), 0–1, and monthly charges (n,), money; none at all will do.

        Raises ``DataError`` where one of them is no such number.
        """
        p, v = (np.asarray(values, dtype=np.float64, order="C") for values in (probability, monthly_charge))
        if p.ndim != 1 or p.shape != v.shape:
            raise DataError("Every customer needs one churn probability and one monthly charge: give two lists of one length.")
        _check(p, 1.0, "churn probability", "1")
        _check(v, _MOST_CHARGE, "monthly charge", f"{_MOST_CHARGE:,.0f}")
        pieces = (cls._of_piece(p[at : at + _PIECE], v[at : at + _PIECE]) for at in range(0, len(p), _PIECE))
        return reduce(cls.__add__, pieces, EMPTY)

    @classmethod
    def _of_piece(cls, p: np.ndarray, v: np.ndarray) -> "Summary":
        one = {"contacted": np.ones(len(p), dtype=np.int64), "leaving": p, "value": v, "value_leaving": p * v}
        cell = _interleaved(_P_OF_CELL.place(p), _CHARGE.place(v))
        bin_ = {**one, "lowest": p, "highest": p}
        return cls._added([(cell, 0, one)], [(_P_OF_BIN.place(p), 0, bin_)])

    @classmethod
    def _added(cls, cells: list[tuple], bins: list[tuple]) -> "Summary":
        """Of all the rows of these tables: each a key, how often neighbours were put together before, and columns."""
        cells, coarse_cells = _added(cells, MOST_CELLS, _CELL)
        bins, coarse_bins = _added(bins, MOST_BINS, _BIN)
        return cls(cells=cells, bins=bins, coarse_cells=coarse_cells, coarse_bins=coarse_bins)

    def __add__(self, other: "Summary") -> "Summary":
        """The summary of both lists of customers; the same, but for the last digits of the sums, in whichever order."""
        if not isinstance(other, Summary):
            return NotImplemented
        return self._added(
            [(one.cells["key"], one.coarse_cells, one.cells) for one in (self, other)],
            [(one.bins["key"], one.coarse_bins, one.bins) for one in (self, other)],
        )

    @property
    def customers(self) -> int:
        return int(self.bins["contacted"].sum())

    @cached_property
    def everybody(self) -> Totals:
        """The sums over all customers."""
        return self.edges.at(-1)

    @cached_property
    def edges(self) -> Totals:
        """The sums over all customers from each bin up (k + 1,), from nobody to everybody."""
        return _totals(np.concatenate([np.zeros(1, dtype=_BIN), self.bins[::-1]]), np.cumsum)

    @cached_property
    def threshold(self) -> np.ndarray:
        """The lowest contacted probability at each edge (k + 1,); ``inf`` for nobody."""
        return np.append(np.inf, self.bins["lowest"][::-1])

    @cached_property
    def rectangles(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Between what p and what monthly charge each cell lies: least p, largest p, least charge, largest charge (j,)."""
        key = self.cells["key"].astype(np.int64) << self.coarse_cells
        p, charge = _gathered(key), _gathered(key >> 1)
        wide_p, wide_charge = 1 << (self.coarse_cells + 1) // 2, 1 << self.coarse_cells // 2
        largest_p = np.minimum(_P_OF_CELL.edge(p + wide_p), 1.0)
        return _P_OF_CELL.edge(p), largest_p, _CHARGE.edge(charge), _CHARGE.edge(charge + wide_charge)

    def to_bytes(self) -> bytes:
        """For a file or a database: what it is, the hash of what follows, the sizes and the tables; under 4 MB."""
        counts = _COUNTS.pack(len(self.cells), len(self.bins), self.coarse_cells, self.coarse_bins)
        content = counts + self.cells.tobytes() + self.bins.tobytes()
        return _MAGIC + hashlib.sha256(content).digest() + content

    @classmethod
    def from_bytes(cls, content: bytes) -> "Summary":
        """From ``to_bytes``; nothing in it is ever run. Raises ``DataError`` for what is none, or damaged."""
        if content[: len(_MAGIC)] != _MAGIC:
            raise DataError("This is no summary of customers, or one of another version. Summarise the customers again.")
        digest, content = content[len(_MAGIC) : len(_MAGIC) + 32], content[len(_MAGIC) + 32 :]
        if hashlib.sha256(content).digest() != digest or not cls._is_whole(content):
            raise DataError("The summary of customers is damaged. Summarise the customers again.")
        cells, _, coarse_cells, coarse_bins = _COUNTS.unpack_from(content)
        tables, end = content[_COUNTS.size :], cells * _CELL.itemsize
        return cls(
            cells=np.frombuffer(tables[:end], dtype=_CELL),
            bins=np.frombuffer(tables[end:], dtype=_BIN),
            coarse_cells=coarse_cells,
            coarse_bins=coarse_bins,
        )

    @staticmethod
    def _is_whole(content: bytes) -> bool:
        if len(content) < _COUNTS.size:
            return False
        cells, bins, coarse_cells, coarse_bins = _COUNTS.unpack_from(content)
        counted = 0 <= cells <= MOST_CELLS and 0 <= bins <= MOST_BINS and 0 <= coarse_cells < 64 and 0 <= coarse_bins < 32
        return counted and len(content) == _COUNTS.size + cells * _CELL.itemsize + bins * _BIN.itemsize


def is_summary(path: Path) -> bool:
    """Whether a file begins as ``to_bytes`` does."""
    try:
        with Path(path).open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError:  # whoever reads it next says what is wrong
        return False


EMPTY = Summary(cells=np.empty(0, dtype=_CELL), bins=np.empty(0, dtype=_BIN))


def _check(values: np.ndarray, most: float, what: str, shown: str) -> None:
    wrong = np.flatnonzero(~((values >= 0) & (values <= most)))
    if len(wrong):
        raise DataError(f"The {what} of customer {wrong[0] + 1:,} is {values[wrong[0]]:g}. It must be between 0 and {shown}.")


def _interleaved(p: np.ndarray, charge: np.ndarray) -> np.ndarray:
    """One number for a cell: the bits of both places in turn, so that half of it is the cell twice as wide (Morton 1966).

    Along p first, along the charge next, and so on; and numbers in order stay in order.
    """
    return _spread(p) | (_spread(charge) << 1)


_MASKS = ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555))  # shift, and the bits that stay of 16


def _spread(bits: np.ndarray) -> np.ndarray:
    for shift, mask in _MASKS:
        bits = (bits | (bits << shift)) & mask
    return bits


def _gathered(bits: np.ndarray) -> np.ndarray:
    bits = bits & _MASKS[-1][1]
    for (shift, _), (_, mask) in zip(_MASKS[::-1], (*_MASKS[-2::-1], (0, 0xFFFF)), strict=True):
        bits = (bits | (bits >> shift)) & mask
    return bits


def _added(tables: list[tuple], most: int, dtype: np.dtype) -> tuple[np.ndarray, int]:
    """Rows of one place added up, in rising order, with neighbours put together until ``most`` are left; and how often."""
    level = max(level for _, level, _ in tables)
    key = np.concatenate([key.astype(np.int64) >> (level - of_table) for key, of_table, _ in tables])
    order = np.argsort(key, kind="stable")
    key = key[order]
    while np.count_nonzero(key[1:] != key[:-1]) >= most:
        key, level = key >> 1, level + 1  # what was in order stays in order
    first = np.flatnonzero(np.append(True, key[1:] != key[:-1])) if len(key) else np.empty(0, dtype=np.int64)
    added = np.empty(len(first), dtype=dtype)
    added["key"] = key[first]
    how = {"lowest": np.minimum, "highest": np.maximum}
    for name in dtype.names[1:]:
        column = np.concatenate([columns[name] for _, _, columns in tables])[order]
        added[name] = how.get(name, np.add).reduceat(column, first) if len(first) else 0
    return added, level


def _totals(rows: np.ndarray, of=lambda column: column) -> Totals:
    sums = {name: of(np.ascontiguousarray(rows[name])) for name in ("contacted", "leaving", "value", "value_leaving")}
    return Totals(**sums, per_value=True)


def _most(earned: np.ndarray, customers: np.ndarray, least: np.ndarray, largest: np.ndarray) -> np.ndarray:
    """No choice among so many customers, each of whom earns between ``least`` and ``largest``, earns more; money.

    The chord of the module's proof, and ``earned`` (all of them) or 0 where there is nothing to choose.
    """
    plain = np.maximum(earned, 0.0)
    choice = (least < 0) & (largest > 0) & (customers > 1)
    span = np.where(choice, largest - least, 1.0)
    return np.where(choice, np.maximum(largest * ((earned - customers * least) / span), plain), plain)


def _corners(p: tuple, charge: tuple, campaign: Campaign, min_marginal_roi: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """The least and the largest u − h·e of one contact on each rectangle, which is bilinear as u is; money."""
    at = []
    for one in p:
        demanded = min_marginal_roi * expected_spend(one, campaign)
        at += [expected_profit(one, campaign.clv(other), campaign) - demanded for other in charge]
    return reduce(np.minimum, at), reduce(np.maximum, at)


def per_customer(summary: Summary, campaign: Campaign) -> Outcome:
    """Decide cell by cell: contact those who together earn something. ``upper_bound``: no list can earn more.

    At most the bound less the profit is lost against deciding customer by customer; see the module for the proof.
    """
    totals, without_fixed = _totals(summary.cells), replace(campaign, fixed_cost=0.0)
    earned = totals.expected_profit(without_fixed)
    chosen = pays(earned - NOISE * (np.abs(earned) + totals.expected_spend(without_fixed)))
    least_p, largest_p, least_charge, largest_charge = summary.rectangles
    corners = _corners((least_p, largest_p), (least_charge, largest_charge), campaign)
    bound = max(0.0, float(_most(earned, totals.contacted, *corners).sum()) - campaign.fixed_cost)
    outcome = outcome_of_totals(_totals(summary.cells[chosen], np.sum), campaign)
    if not pays(outcome.expected_profit - NOISE * outcome.expected_spend):
        outcome = NOBODY_CONTACTED
    return replace(outcome, upper_bound=max(bound, outcome.expected_profit))


def best_threshold(summary: Summary, campaign: Campaign, objective: Objective = MAXIMUM_PROFIT) -> Outcome:
    """The best single threshold among the edges of the bins, exactly. ``upper_bound``: none between them earns more.

    Of equal profits the smaller campaign; where no contact pays, the empty one. Within a budget or a least ROI the bound
    is on what any threshold that keeps to them can earn; with a least ROI of each contact, on what the best one earns.
    """
    edges = summary.edges
    profit, spend = edges.expected_profit(campaign), edges.expected_spend(campaign)
    k = int(objective.best(profit, spend, campaign.fixed_cost))
    outcome = outcome_of_totals(edges.at(k), campaign, float(summary.threshold[k]))
    bounds = [outcome.expected_profit, *_bounds_within_bins(summary, campaign, objective, k)]
    return replace(outcome, upper_bound=float(max(bounds)))


def _bounds_within_bins(summary: Summary, campaign: Campaign, objective: Objective, k: int) -> Iterator[float]:
    """What a threshold inside a bin can earn at most; nothing where none of those could be the best."""
    if not len(summary.bins):
        return
    reach, spend = _reach(summary, campaign) - campaign.fixed_cost, summary.edges.at(slice(-1)).expected_spend(campaign)
    # It earns at most the one and spends at least the other: where even these break a limit, the threshold does.
    possible = objective.allows(reach, spend)
    if objective.marginal:  # and by Σu − h·Σe, which the best threshold has most of, it has to be as good as that edge
        profit, spent = (float(of(campaign)) for of in (summary.edges.at(k).expected_profit, summary.edges.at(k).expected_spend))
        worth = profit - objective.marginal * spent + (campaign.fixed_cost * (1 + objective.marginal) if k else 0.0)
        noise = NOISE * (abs(profit) + (1 + objective.marginal) * (spent + campaign.fixed_cost))
        possible &= _reach(summary, campaign, objective.marginal) >= worth - noise
    if possible.any():
        yield reach[possible].max()


def _reach(summary: Summary, campaign: Campaign, min_marginal_roi: float = 0.0) -> np.ndarray:
    """The bound on Σu − h·Σe of each threshold inside a bin (k,), from the highest: all above it, and the most of the bin;
    money, without the fixed cost.
    """
    campaign = replace(campaign, fixed_cost=0.0)
    bins = summary.bins[::-1]
    _, _, least_charge, largest_charge = summary.rectangles
    charges = least_charge.min(), largest_charge.max()
    corners = _corners((bins["lowest"], bins["highest"]), charges, campaign, min_marginal_roi)
    of_bin, above = (
        totals.expected_profit(campaign) - min_marginal_roi * totals.expected_spend(campaign)
        for totals in (_totals(bins), summary.edges.at(slice(-1)))
    )
    single = bins["lowest"] == bins["highest"]  # no threshold lies inside
    return above + np.where(single, np.maximum(of_bin, 0.0), _most(of_bin, bins["contacted"], *corners))


def profit_curve(summary: Summary, campaign: Campaign, points: int | None = None) -> pd.DataFrame:
    """The money of every threshold at the edge of a bin, the empty campaign first; exact in every row.

    Columns as in ``churn_core.campaign.curve``: ``threshold`` (NaN for the empty campaign), ``contacted``,
    ``expected_profit``, ``expected_spend`` (money), ``roi`` (NaN where nothing is spent). ``points`` thins it for drawing:
    about so many rows, evenly spaced in customers, with both ends and the most profitable row among them.
    """
    edges = summary.edges
    profit, spend = edges.expected_profit(campaign), edges.expected_spend(campaign)
    at = np.arange(len(profit))
    if points is not None and len(at) > points:
        wanted = np.linspace(0, edges.contacted[-1], points)
        best = int(MAXIMUM_PROFIT.best(profit, spend, campaign.fixed_cost))
        at = np.union1d(np.searchsorted(edges.contacted, wanted), [0, best, len(at) - 1])
    profit, spend, threshold = profit[at], np.broadcast_to(spend, profit.shape)[at], summary.threshold[at]
    return pd.DataFrame(
        {
            "threshold": np.where(np.isinf(threshold), np.nan, threshold),
            "contacted": edges.contacted[at],
            "expected_profit": profit,
            "expected_spend": spend,
            "roi": np.divide(profit, spend, out=np.full(len(profit), np.nan), where=spend > 0),
        }
    )
