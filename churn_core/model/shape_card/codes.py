"""Each column as a small whole number: what tables are looked up by."""

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

_RARE = 20  # customers; a word that fewer of the training customers have is one of the rest
_MOST_WORDS = 25  # words with a code of their own
_SMOOTH = 20.0  # customers of the average churn rate that are added to each word when words are put in order

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class NumberCodes:
    """Code 0: no number. Code k: the number lies above the (k − 1)th of the ``cuts`` and up to the kth."""

    column: str
    cuts: tuple[float, ...]
    flag: bool = False  # 0 and 1 are no and yes

    @property
    def size(self) -> int:
        """How many codes there are."""
        return len(self.cuts) + 2

    @property
    def unknown(self) -> int | None:
        """The code of what is not known."""
        return 0

    def code_of(self, number: float) -> int:
        """The code of one number."""
        return 1 + bisect_left(self.cuts, number)

    def of(self, customers: pd.DataFrame) -> Codes:
        """The code of each customer, (n,)."""
        numbers = customers[self.column].to_numpy(dtype=float)
        return np.where(np.isnan(numbers), 0, 1 + np.searchsorted(self.cuts, numbers, side="left"))


@dataclass(frozen=True, kw_only=True)
class WordCodes:
    """``code`` of each of the column's ``words``, in their order; words with few customers share one, ``rest``."""

    column: str
    words: tuple[str, ...]
    code: tuple[int, ...]
    rest: int | None

    @property
    def size(self) -> int:
        """How many codes there are."""
        return max(self.code) + 1

    @property
    def unknown(self) -> int | None:
        """The code of what was not seen in training, if there is one."""
        return self.rest

    def of(self, customers: pd.DataFrame) -> Codes:
        """The code of each customer, (n,)."""
        codes: Codes = np.asarray(self.code, dtype=np.int64)[customers[self.column].cat.codes.to_numpy()]
        return codes


ColumnCodes = NumberCodes | WordCodes


def codes_of(
    customers: pd.DataFrame,
    numbers: tuple[str, ...],
    levels: tuple[str, ...],
    churned: npt.NDArray[np.float64],
    most: int = 40,
) -> list[ColumnCodes]:
    """How each of the ``numbers`` and ``levels`` (categories and flags) is coded, learned from the training customers: a number by
    its values where there are at most ``most``, else by quantiles; words by their churn rate, so that neighbours are alike. Columns
    that are the same for everybody have no codes.
    """
    learned: list[ColumnCodes] = []
    for name in (*numbers, *levels):
        values = customers[name]
        if isinstance(values.dtype, pd.CategoricalDtype):
            coded: ColumnCodes = _of_words(name, values, churned)
            if len(set(coded.of(customers))) < 2:
                continue
        else:
            all_numbers = values.to_numpy(dtype=float)
            blank = np.isnan(all_numbers)
            cuts = _cuts(all_numbers[~blank], most)
            if not cuts and (blank.all() or not blank.any()):
                continue
            coded = NumberCodes(column=name, cuts=cuts, flag=name in levels)
        learned.append(coded)
    return learned


def _cuts(numbers: npt.NDArray[np.float64], most: int) -> tuple[float, ...]:
    different = np.unique(numbers)
    if len(different) <= most:
        return tuple(different[:-1].tolist())
    cuts = np.unique(np.quantile(numbers, np.arange(1, most) / most, method="lower"))
    return tuple(cuts.tolist())


def _of_words(name: str, values: pd.Series, churned: npt.NDArray[np.float64]) -> WordCodes:
    code, words = values.cat.codes.to_numpy(), len(values.cat.categories)
    customers, left = np.bincount(code, minlength=words), np.bincount(code, churned, minlength=words)
    usual = np.argsort(-customers, kind="stable")[:_MOST_WORDS]
    group = np.full(words, words)  # the rest
    group[usual] = np.where(customers[usual] >= _RARE, usual, words)
    of_group = np.bincount(group, customers, minlength=words + 1), np.bincount(group, left, minlength=words + 1)
    rate = (of_group[1] + _SMOOTH * churned.mean()) / (of_group[0] + _SMOOTH)
    there = np.unique(group)
    place = np.empty(words + 1, dtype=np.int64)
    place[there[np.argsort(rate[there], kind="stable")]] = np.arange(len(there))
    rest = int(place[words]) if words in there else None
    return WordCodes(column=name, words=tuple(values.cat.categories), code=tuple(place[group].tolist()), rest=rest)


def coded(customers: pd.DataFrame, codes: list[ColumnCodes]) -> Codes:
    """The codes of each customer, (n, columns)."""
    return np.column_stack([each.of(customers) for each in codes]) if codes else np.zeros((len(customers), 0), dtype=np.int64)
