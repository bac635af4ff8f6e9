"""A file of scored customers in a few KB, whatever their number: counts per bin, sums, unseen words, outcomes.

Summaries of parts add up to the summary of the whole, to the last bit: sums are whole multiples of 2⁻³², rounded once
per customer.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from churn_core.errors import DataError
from churn_core.formats import plain_number
from churn_core.schema import BLANK, Column

SCORE = "churn_probability"  # what the scores are called among the columns
WORDS_KEPT, WORD_LENGTH = 20, 40  # words per column, characters; our choice: enough to recognise, small enough to keep
OTHER_WORDS = "(other)"  # the words beyond the most frequent ones
ONE = 2**32  # parts of 1 in which sums are kept: whole numbers add up exactly in any order
_FORMAT = 1  # version of the stored fields


@dataclass(frozen=True, kw_only=True)
class Bins:
    """The bins of each column. ``edges``: the inner edges of a column of numbers and of the scores, rising; a value on an
    edge is in the bin above it. ``values``: the allowed values of a category or flag, each a bin. ``blanks``: the columns of numbers
    in which a blank is a value, with a last bin for it.
    """

    edges: Mapping[str, tuple[float, ...]]
    values: Mapping[str, tuple[str | int, ...]]
    blanks: tuple[str, ...] = ()

    def size(self, name: str) -> int:
        """Number of bins of a column."""
        return len(self.edges[name]) + 1 + (name in self.blanks) if name in self.edges else len(self.values[name])

    def words(self, name: str, column: Column | None = None) -> list[str]:
        """Each bin of a column in words: ``"12 to below 24"``, ``"Two year"``; flags as No and Yes."""
        if name in self.values:
            flags: dict[str | int, str] = {0: "No", 1: "Yes"}
            return [flags.get(value, str(value)) for value in self.values[name]]
        return [*self._of_numbers(name, column), *([BLANK] if name in self.blanks else [])]

    def _of_numbers(self, name: str, column: Column | None) -> list[str]:
        edges = self.edges[name]
        shown = [plain_number(edge) for edge in edges]
        if len(edges) == 2 and edges[1] == np.nextafter(edges[0], np.inf):  # the reference has one value only
            return [f"below {shown[0]}", shown[0], f"above {shown[0]}"]
        unit = f" {column.unit}" if column and column.kind in ("whole", "date") and column.unit else ""
        between = [f"{low} to below {high}{unit}" for low, high in pairwise(shown)]
        return [f"below {shown[0]}{unit}", *between, f"{shown[-1]}{unit} and more"]


@dataclass(frozen=True, kw_only=True)
class Outcomes:
    """What happened, per bin of the scores: ``customers`` n, ``churned`` Σy, and in parts of 2⁻³² ``expected`` Σp and
    ``variance`` Σp(1−p).
    """

    customers: tuple[int, ...]
    churned: tuple[int, ...]
    expected: tuple[int, ...]
    variance: tuple[int, ...]

    def __add__(self, other: "Outcomes") -> "Outcomes":
        return Outcomes(**{name: _added(own, getattr(other, name)) for name, own in vars(self).items()})


@dataclass(frozen=True, kw_only=True)
class Profile:
    """The summary of ``rows`` scored customers.

    ``counts``: column → customers per bin, the scores under ``SCORE``; ``sums``: column of numbers → sum in parts of 2⁻³²;
    ``unseen``: column → word that the schema does not know → rows that were rejected for it, or counted as another value; of
    each column the 20 most frequent words are kept, the others as ``OTHER_WORDS``; ``outcomes`` of those whose outcome is known.
    Profiles add; ``DataError`` if their bins differ. Totals are exact; which words are kept may depend on the order where a
    column has more than 20.
    """

    bins: Bins
    rows: int
    counts: Mapping[str, tuple[int, ...]]
    sums: Mapping[str, int]
    unseen: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    outcomes: Outcomes | None = None

    def mean(self, name: str) -> float:
        """The mean of a column of numbers without its blanks, in its unit, or of the scores; NaN without rows."""
        known = self.rows - (self.counts[name][-1] if name in self.bins.blanks else 0)
        return self.sums[name] / (ONE * known) if known else float("nan")

    def __add__(self, other: "Profile") -> "Profile":
        same_bins(self, other)
        outcomes = self.outcomes or other.outcomes
        if self.outcomes and other.outcomes:
            outcomes = self.outcomes + other.outcomes
        unseen: dict[str, Counter[str]] = {}
        for profiled in (self, other):
            for name, words in profiled.unseen.items():
                unseen.setdefault(name, Counter()).update(words)
        return Profile(
            bins=self.bins,
            rows=self.rows + other.rows,
            counts={name: _added(own, other.counts[name]) for name, own in self.counts.items()},
            sums={name: own + other.sums[name] for name, own in self.sums.items()},
            unseen={name: frequent(words) for name, words in unseen.items()},
            outcomes=outcomes,
        )

    def as_dict(self) -> dict[str, Any]:
        """All of it as JSON values. Whole numbers may need more than 53 bits: read them as Python does, not as doubles."""
        return {
            "format": _FORMAT,
            "rows": self.rows,
            "edges": {name: list(edges) for name, edges in self.bins.edges.items()},
            "values": {name: list(values) for name, values in self.bins.values.items()},
            **({"blanks": list(self.bins.blanks)} if self.bins.blanks else {}),
            "counts": {name: list(counts) for name, counts in self.counts.items()},
            "sums": dict(self.sums),
            "unseen": {name: dict(words) for name, words in self.unseen.items()},
            "outcomes": self.outcomes and {name: list(numbers) for name, numbers in vars(self.outcomes).items()},
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Profile":
        """The profile of ``as_dict``. Raises ``DataError`` for anything else, and where the counts contradict each other."""
        try:
            return _read(values)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise DataError(f"The summary of a scored file is damaged: {error}. Score the file again.") from error


def _added(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(x + y for x, y in zip(a, b, strict=True))


def same_bins(a: Profile, b: Profile) -> None:
    """Raises ``DataError`` unless both count in the same bins."""
    if a.bins != b.bins:
        raise DataError(
            "The two summaries count in different bins, so they cannot be compared or added. "
            "Summarise both with the bins of the same version's reference."
        )


def frequent(words: Mapping[str, int]) -> dict[str, int]:
    """The most frequent words, cut to a length that can be shown, and the others together."""
    cut: Counter[str] = Counter()
    for word, count in words.items():
        cut[word if len(word) <= WORD_LENGTH else word[: WORD_LENGTH - 1] + "…"] += int(count)
    rest = cut.pop(OTHER_WORDS, 0)
    ranked = sorted(cut.items(), key=lambda item: (-item[1], item[0]))
    rest += sum(count for _, count in ranked[WORDS_KEPT:])
    return dict(ranked[:WORDS_KEPT]) | ({OTHER_WORDS: rest} if rest else {})


def _read(values: Mapping[str, Any]) -> Profile:
    fields = {"format", "rows", "edges", "values", "counts", "sums", "unseen", "outcomes"}
    _need(fields <= set(values) <= fields | {"blanks"}, "its fields")
    _need(values["format"] == _FORMAT, f"format {values['format']!r}")
    rows, counts, sums, unseen = values["rows"], values["counts"], values["sums"], values["unseen"]
    edges = {name: tuple(float(_real(edge)) for edge in each) for name, each in values["edges"].items()}
    of_words, blanks = {name: tuple(each) for name, each in values["values"].items()}, tuple(values.get("blanks", ()))
    bins = Bins(edges=edges, values=of_words, blanks=blanks)
    _need(len(set(blanks)) == len(blanks) and set(blanks) <= set(edges) - {SCORE}, "blanks")
    _need(SCORE in edges and not set(edges) & set(bins.values), "its columns")
    _need(all(each and np.isfinite(each).all() and (np.diff(each) > 0).all() for each in edges.values()), "edges")
    _need(all(type(v) in (str, int) for each in bins.values.values() for v in each), "values")
    _need(all(len(set(each)) == len(each) > 0 for each in bins.values.values()), "values")
    _need(set(counts) == {*edges, *bins.values} and set(sums) == set(edges) and set(unseen) <= set(bins.values), "columns")
    _need(_count(rows) and all(type(each) is int for each in sums.values()), "numbers")
    _need(0 <= sums[SCORE] <= rows * ONE, "the sum of the scores")
    for name, each in counts.items():
        _need(len(each) == bins.size(name) and all(map(_count, each)) and sum(each) == rows, f"the counts of {name}")
    for name, words in unseen.items():
        _need(0 < len(words) <= WORDS_KEPT + (OTHER_WORDS in words), f"the words of {name}")
        _need(all(type(w) is str and len(w) <= WORD_LENGTH and _count(n) and n for w, n in words.items()), f"words of {name}")
    known = values["outcomes"]
    if known is not None:
        known = Outcomes(**{name: tuple(each) for name, each in known.items()})
        _need(all(len(each) == bins.size(SCORE) and all(map(_count, each)) for each in vars(known).values()), "outcomes")
        together = zip(known.customers, counts[SCORE], known.churned, known.expected, known.variance, strict=True)
        _need(all(n <= of and y <= n and max(p, 4 * v) <= n * ONE for n, of, y, p, v in together), "outcomes")
    return Profile(
        bins=bins,
        rows=rows,
        counts={name: tuple(each) for name, each in counts.items()},
        sums=dict(sums),
        unseen={name: dict(words) for name, words in unseen.items()},
        outcomes=known,
    )


def _need(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(what)


def _count(value: object) -> bool:
    return type(value) is int and value >= 0


def _real(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{value!r} is no number")
    return value
