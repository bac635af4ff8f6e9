"""What has moved between two profiles, how far, and whether chance alone would move it as far."""

from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core import settings
from churn_core.distributions import chi_squared_above, chi_squared_quantile
from churn_core.errors import DataError
from churn_core.formats import counted, decimal, percent, plain_number, short_percent
from churn_core.monitoring.profile import OTHER_WORDS, SCORE, Profile, same_bins
from churn_core.monitoring.profiling import profiled_columns
from churn_core.schema import Schema

Level = Literal["none", "small", "look", "major"]  # of a shift; small: beyond chance, but no alarm
LEVELS: tuple[Level, ...] = get_args(Level)  # the mildest first
QUIET: tuple[Level, ...] = ("none", "small")  # no alarm

# No unit; our choice: the geometric mean of 0.01, which is no reason to act, and 0.04, which should be noticed. PSI is about
# δ² for a smooth shift of δ standard deviations, and at least 4d² where the share d of the customers is in another bin
# (Pinsker's inequality): 0.01 is a tenth of a standard deviation or 5 points, 0.04 twice as far.
PSI_LOOK = 0.02
PSI_MAJOR = 0.25  # no unit; a significant change (Siddiqi 2006, "Credit Risk Scorecards"); half a standard deviation, 25 points
SMALLEST_SHARE = 1e-4  # share; a rarer bin counts as this in PSI, so that an empty one adds at most 9 times what it lost
SIGNIFICANCE = 0.01  # share of files without drift that may have any column beyond chance, after Holm; as for the outcomes
LEAST_EXPECTED = 5  # customers; the rule for cells of a χ² test (Cochran 1954)
UNSEEN_LOOK, UNSEEN_MAJOR = 0.005, 0.05  # share of rows; our choice: a typo is rarer, a twentieth is a new product
UNSEEN_LEAST = 5  # rows; our choice: fewer are slips of the hand, in a file of any size


def psi_terms(reference: npt.ArrayLike, current: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """What each bin adds to PSI = Σ (q − r)·ln(q/r), over the bins' shares r, q of two counts (B,); (B,), no unit.

    0 for equal shares, and the same either way round. A share below the floor counts as the floor,
    max(``SMALLEST_SHARE``, half a customer of the smaller side): an empty bin is no proof that nobody belongs there, and
    would otherwise make PSI infinite.

    >>> float(psi_terms([50, 50], [80, 20]).sum().round(3)), float(psi_terms([100, 0], [50, 50]).sum().round(3))
    (0.416, 2.626)
    """
    before, now = np.asarray(reference, dtype=float), np.asarray(current, dtype=float)
    n, m = before.sum(), now.sum()
    floor = max(SMALLEST_SHARE, 0.5 / min(n, m))
    r, q = np.maximum(before / n, floor), np.maximum(now / m, floor)
    terms: npt.NDArray[np.float64] = (q - r) * np.log(q / r)
    return terms


def psi(reference: npt.ArrayLike, current: npt.ArrayLike) -> float:
    """PSI of two counts (B,) without its size bias: Σ ``psi_terms`` − (B − 1)(1/n + 1/m), and never below 0; no unit.

    B counts the bins that either side uses. What is subtracted is the mean of the sum where nothing has moved (Yurdakul 2018,
    "Statistical properties of the population stability index"), so that a small file shows no more than a large one.

    >>> round(psi([500, 500], [80, 20]), 3), psi([500, 500], [53, 47])
    (0.405, 0.0)
    """
    both = np.array([reference, current], dtype=float)
    return max(float(psi_terms(*both).sum() - _degrees(both) * _noise(both)), 0.0)


def psi_by_chance(reference: npt.ArrayLike, current: npt.ArrayLike) -> float:
    """What ``psi`` stays under in 95 of 100 files without drift, (1/n + 1/m)(χ²₀.₉₅(B − 1) − (B − 1)); the same source."""
    both = np.array([reference, current], dtype=float)
    degrees = max(_degrees(both), 1)
    return float(_noise(both) * (chi_squared_quantile(settings.CONFIDENCE, degrees) - degrees))


def _degrees(both: npt.NDArray[np.float64]) -> int:
    return int((both.sum(axis=0) > 0).sum()) - 1


def _noise(both: npt.NDArray[np.float64]) -> float:
    return float((1 / both.sum(axis=1)).sum())


def homogeneity_p_value(reference: npt.ArrayLike, current: npt.ArrayLike, ordered: bool = True) -> float:
    """Chance of counts (B,) at least this far apart if both are draws from one population: Pearson's χ² of the 2×B table,
    in which both sides have their noise.

    Bins where either side expects fewer than ``LEAST_EXPECTED`` are merged, ``ordered`` ones with their neighbours, others
    with one another; 1 where one bin is left.

    >>> homogeneity_p_value([500, 500], [50, 50]), homogeneity_p_value([500, 500], [80, 20]) < 0.001
    (1.0, True)
    """
    both = np.array([reference, current], dtype=float)
    rows = both.sum(axis=1, keepdims=True)
    if not ordered:  # not by their size: where all words are equally frequent in one table, the size says which the other one has
        enough = both.sum(axis=0) / rows.sum() * rows.min() >= LEAST_EXPECTED
        both = both[:, np.argsort(enough, kind="stable")]
    both = np.add.reduceat(both, merged(both.sum(axis=0) / rows.sum() * rows.min()), axis=1)
    expected = rows * both.sum(axis=0) / rows.sum()
    return chi_squared_above(((both - expected) ** 2 / expected).sum(), both.shape[1] - 1) if both.shape[1] > 1 else 1.0


def drift(reference: Profile, current: Profile, schema: Schema) -> pd.DataFrame:
    """One row per column that is profiled, in the schema's order, and the last for the scores.

    Columns: ``column``, ``label``; ``psi``, ``psi_by_chance`` of the functions of these names; ``p_value`` of
    ``homogeneity_p_value``, ``p_adjusted`` for looking at all the rows (Holm 1979); ``level``; ``moved``: the bin that
    adds most to PSI, with ``reference_share``, ``current_share`` (0–1); ``reference_mean``, ``current_mean`` of numbers;
    ``sentence``. A level other than none needs p_adjusted < 0.01, and ``look`` PSI ≥ 0.02, ``major`` PSI ≥ 0.25 as well.

    Raises ``DataError`` where the bins differ or a side has no customers.
    """
    same_bins(reference, current)
    if not (reference.rows and current.rows):
        raise DataError("There are no customers to compare. Score a file of which at least one row can be used.")
    rows = []
    for column in (*profiled_columns(schema), None):
        name, label = (column.name, column.label) if column else (SCORE, "Churn probability")
        counts = np.array([reference.counts[name], current.counts[name]], dtype=float)
        shares, of_numbers = counts / counts.sum(axis=1, keepdims=True), name in reference.sums
        far, most = psi(counts[0], counts[1]), int(psi_terms(counts[0], counts[1]).argmax())
        before, now = (each.mean(name) if of_numbers else np.nan for each in (reference, current))
        moved, means = (
            reference.bins.words(name, column)[most],
            f"; mean {plain_number(before)} → {plain_number(now)}" if of_numbers else "",
        )
        went = f"went from {percent(shares[0, most])} to {percent(shares[1, most])}"
        rows.append(
            {
                "column": name,
                "label": label,
                "psi": far,
                "psi_by_chance": psi_by_chance(counts[0], counts[1]),
                "p_value": homogeneity_p_value(counts[0], counts[1], ordered=of_numbers),
                "moved": moved,
                "reference_share": shares[0, most],
                "current_share": shares[1, most],
                "reference_mean": before,
                "current_mean": now,
                "sentence": f"{label}: {moved} {went} (PSI {decimal(far)}{means})",
            }
        )
    table = pd.DataFrame(rows)
    table.insert(5, "p_adjusted", holm(table["p_value"].to_numpy()))
    beyond = table["p_adjusted"] < SIGNIFICANCE
    level = np.select([~beyond, table["psi"] >= PSI_MAJOR, table["psi"] >= PSI_LOOK], ["none", "major", "look"], "small")
    table.insert(6, "level", level.astype(object))
    return table


def holm(p_values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """p-values (k,) adjusted for the number of looks: below α for any true hypothesis in at most a share α of cases,
    however they depend on each other (Holm 1979).

    >>> holm(np.array([0.01, 0.04, 0.03])).tolist()
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p_values, kind="stable")
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(np.maximum.accumulate(p_values[order] * np.arange(len(p_values), 0, -1)), 1)
    return adjusted


def unseen_words(current: Profile, schema: Schema) -> pd.DataFrame:
    """One row per column with words that the schema does not know, most rows first.

    Columns: ``column``, ``label``, ``word`` (the most frequent one), ``rows`` (with any such word), ``share`` (of the rows kept, and
    of these where they were rejected; 0–1), ``level``, ``sentence``. From 5 rows on, over 0.5 % are ``look``, over 5 % ``major``.
    """
    rows = []
    for name, words in current.unseen.items():
        count = sum(words.values())
        rejected, label = 0 if schema[name].others else count, schema[name].label
        share = count / (current.rows + rejected)
        word = max(words, key=lambda each: (each != OTHER_WORDS, words[each]))
        level = "none" if count < UNSEEN_LEAST or share <= UNSEEN_LOOK else "look" if share <= UNSEEN_MAJOR else "major"
        most = f"{repr(word) if word else 'a blank'}{', most often' if len(words) > 1 else ''}"
        sentence = f"{label}: {most} is unknown to the model ({counted(count, 'row')}, {short_percent(share)})"
        rows.append((name, label, word, count, share, level, sentence))
    table = pd.DataFrame(rows, columns=["column", "label", "word", "rows", "share", "level", "sentence"])
    return table.sort_values("rows", ascending=False, kind="stable", ignore_index=True)


def merged(expected: npt.NDArray[np.float64]) -> list[int]:
    """The first bin of each run of neighbours that expects enough for a χ² test; the last run takes what is left."""
    starts, total = [0], 0.0
    for position, more in enumerate(expected):
        if total >= LEAST_EXPECTED:
            starts.append(position)
            total = 0.0
        total += more
    return starts[:-1] if total < LEAST_EXPECTED and len(starts) > 1 else starts
