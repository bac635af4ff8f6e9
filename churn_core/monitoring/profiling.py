"""Customers and their churn probabilities → their summary; one pass per column, nothing is sorted."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.errors import DataError
from churn_core.monitoring.profile import ONE, SCORE, Bins, Outcomes, Profile, frequent
from churn_core.schema import Column, Schema

_NUMBERS = ("whole", "number", "date")  # kinds
BINS = 10  # no unit; tenths of the reference: the custom of PSI in credit scoring (Siddiqi 2006)
_WHOLE = 2.0**62  # in the unit of the column; halves of smaller whole numbers add up within 64 bits
_HALF = 32  # bits
_FEW = 10  # categories; so few are counted faster one by one


def bins_of(customers: pd.DataFrame, probability: npt.ArrayLike, schema: Schema) -> Bins:
    """The bins of the reference: tenths by quantile of its numbers and its churn probabilities (n,), equal edges merged, and one
    for blanks where they are values; the allowed values of its categories and flags. Ids and free text have none.

    Raises ``DataError`` without customers, or for a value that is missing or infinite.
    """
    p = _probabilities(customers, probability)
    if not len(p):
        raise DataError("There are no customers to take the bins from. Take those that the model was trained on.")
    numbers = {c.name: _numbers(customers, c.name, c.blanks) for c in schema.inputs if c.kind in _NUMBERS}
    return Bins(
        edges={name: _edges(values) for name, values in {**numbers, SCORE: p}.items()},
        values={c.name: c.allowed or (0, 1) for c in schema.inputs if c.kind in ("category", "flag")},
        blanks=tuple(c.name for c in schema.inputs if c.kind in _NUMBERS and c.blanks),
    )


def profile(
    customers: pd.DataFrame,
    probability: npt.ArrayLike,
    bins: Bins,
    *,
    churned: npt.ArrayLike | None = None,
    unseen: Mapping[str, Mapping[str, int]] | None = None,
    schema: Schema,
) -> Profile:
    """The summary of cleaned customers and their churn probabilities (n,); one pass per column, no sorting.

    ``churned`` (n,), 0/1, where known; ``unseen`` as in ``Profile``. Raises ``DataError`` for bins of another schema, a
    missing column, a missing value, and lengths that differ.

    >>> from churn_core.data.cleaning.table import clean
    >>> from churn_core.data.synthetic import generate
    >>> from churn_core.schema.telco import TELCO
    >>> customers, p = clean(generate(100, seed=1, schema=TELCO), TELCO)[0], np.linspace(0, 1, 100)
    >>> bins = bins_of(customers, p, TELCO)
    >>> parts = [profile(customers[:30], p[:30], bins, schema=TELCO), profile(customers[30:], p[30:], bins, schema=TELCO)]
    >>> parts[0] + parts[1] == profile(customers, p, bins, schema=TELCO)
    True
    """
    if {*bins.edges, *bins.values} != {c.name for c in profiled_columns(schema)} | {SCORE}:
        raise DataError(f"The bins are not those of the schema {schema.name}. Make new ones from the reference customers.")
    p = _probabilities(customers, probability)
    numbers = {name: p if name == SCORE else _numbers(customers, name, name in bins.blanks) for name in bins.edges}
    codes = {name: _bins_of_numbers(values, bins, name) for name, values in numbers.items()}
    counts = {name: tuple(np.bincount(of, minlength=bins.size(name)).tolist()) for name, of in codes.items()}
    counts |= {name: _counts(customers, name, values) for name, values in bins.values.items()}
    unknown = set(unseen or {}) - set(bins.values)
    if unknown:
        raise DataError(f"Unseen words belong to categories and flags, not to {', '.join(sorted(map(str, unknown)))}.")
    return Profile(
        bins=bins,
        rows=len(p),
        counts=counts,
        sums={name: _exact_sum(_known(values) if name in bins.blanks else values) for name, values in numbers.items()},
        unseen={name: frequent(words) for name, words in (unseen or {}).items() if words},
        outcomes=None if churned is None else _outcomes(p, churned, codes[SCORE], bins.size(SCORE)),
    )


def profiled_columns(schema: Schema) -> tuple[Column, ...]:
    """The columns that are counted, in the schema's order: all but ids and free text."""
    return tuple(column for column in schema.inputs if column.kind != "text" and column.role != "id")


def _edges(values: npt.NDArray[np.float64]) -> tuple[float, ...]:
    values = _known(values)
    if not len(values):  # blanks only
        return (0.0,)
    edges = np.unique(np.quantile(values, np.arange(1, BINS) / BINS, method="inverted_cdf"))
    edges = edges[edges > values.min()]  # a bin below the least value would be empty
    if not len(edges):  # one value fills nine tenths or more: it is a bin, with one on either side
        edges = np.array([values.min(), np.nextafter(values.min(), np.inf)])
    return tuple(edges.tolist())


def _known(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return values[~np.isnan(values)]


def outcomes_of(p: npt.NDArray[np.float64], churned: npt.NDArray[np.float64], bins: Bins) -> Outcomes:
    """What happened to some customers, 0/1 (n,), beside their churn probabilities (n,)."""
    return _outcomes(p, churned, _bins_of_numbers(p, bins, SCORE), bins.size(SCORE))


def _bins_of_numbers(values: npt.NDArray[np.float64], bins: Bins, name: str) -> npt.NDArray[np.intp]:
    """The bin of each number (n,): how many edges it has reached, sooner counted than searched for; a blank is in the last."""
    reached = np.zeros(len(values), dtype=np.int8)
    for edge in bins.edges[name]:
        reached += values >= edge
    codes = reached.astype(np.intp)
    if name in bins.blanks:
        codes[np.isnan(values)] = bins.size(name) - 1
    return codes


def _numbers(customers: pd.DataFrame, name: str, blanks: bool) -> npt.NDArray[np.float64]:
    values: npt.NDArray[np.float64] = _column(customers, name).to_numpy(dtype=float)
    if not (np.isfinite(values) | (blanks & np.isnan(values))).all():
        raise DataError(f"{name} has a value that is missing or infinite. Clean the customers first.")
    return values


def _counts(customers: pd.DataFrame, name: str, allowed: tuple[str | int, ...]) -> tuple[int, ...]:
    """How many customers have each of the allowed values."""
    values = _column(customers, name)
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes, known = values.array.codes, values.array.categories
        if len(known) <= _FEW:
            of_known = [int(np.count_nonzero(codes == code)) for code in range(len(known))]
        else:
            of_known = np.bincount(codes + np.intp(1), minlength=len(known) + 1)[1:].tolist()
        of_value = dict(zip(known, of_known, strict=True))
        counts = tuple(of_value.get(value, 0) for value in allowed)
    else:
        own = values.to_numpy()
        counts = tuple(int(np.count_nonzero(own == value)) for value in allowed)
    if sum(counts) != len(values):
        raise DataError(f"{name} has a value that is not one of {', '.join(map(str, allowed))}. Clean the customers first.")
    return counts


def _column(customers: pd.DataFrame, name: str) -> pd.Series:
    if name not in customers:
        raise DataError(f"The customers have no column '{name}'. Clean them first.")
    return customers[name]


def _probabilities(customers: pd.DataFrame, probability: npt.ArrayLike) -> npt.NDArray[np.float64]:
    p = np.asarray(probability, dtype=float)
    if p.shape != (len(customers),):
        raise DataError(f"{len(customers):,} customers and {p.size:,} churn probabilities: give one for each customer.")
    if not ((p >= 0) & (p <= 1)).all():
        raise DataError("A churn probability is missing or not between 0 and 1. Score the customers again.")
    return p


def _outcomes(p: npt.NDArray[np.float64], churned: npt.ArrayLike, codes: npt.NDArray[np.intp], size: int) -> Outcomes:
    y = np.asarray(churned)
    if y.shape != p.shape or not np.isin(y, (0, 1)).all():
        raise DataError("The outcomes must be 0 or 1, one for each customer. Leave them out where they are not known.")
    members = [codes == code for code in range(size)]
    return Outcomes(
        customers=tuple(int(each.sum()) for each in members),
        churned=tuple(int(y[each].sum()) for each in members),
        expected=tuple(_exact_sum(p[each]) for each in members),
        variance=tuple(_exact_sum((p * (1 - p))[each]) for each in members),
    )


def _exact_sum(values: npt.NDArray[np.float64]) -> int:
    """Σ of values, each rounded to 2⁻³², in such parts: the same in any order and any chunks."""
    large = np.abs(values) >= _WHOLE
    beyond = sum(map(int, values[large].tolist())) if large.any() else 0  # they have no fraction
    values = values[~large] if beyond or large.any() else values
    whole = np.floor(values)
    exact = whole.astype(np.int64)
    halves = (int((exact >> _HALF).sum()) << _HALF) + int((exact & (2**_HALF - 1)).sum())
    return (beyond + halves) * ONE + int(np.rint((values - whole) * ONE).astype(np.int64).sum())
