"""The columns of a file → the columns of the schema: by their name, however it is written, or by an alias."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from churn_core.errors import DataError
from churn_core.schema import Column, Schema, fold

_LONGEST_NAME = 500  # characters; looking for brackets takes the square of the spaces in a name
_BRACKETS = re.compile(r"^(.*?)\s*[(\[]([^()\[\]]*)[)\]]\s*$", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Converted:
    """A column in another unit: its ``position``, its ``unit``, and how many of the schema's unit one of it is (``factor``)."""

    position: int
    unit: str
    factor: float


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Where the columns of the schema stand in a file. ``at``: column of the schema → its positions in the file, several if the
    column repeats. ``converted``: a column that is there in another unit only. ``names``: the file's own.
    """

    names: tuple[str, ...]
    at: dict[str, tuple[int, ...]]
    converted: dict[str, Converted]

    def __contains__(self, name: str) -> bool:
        return name in self.at or name in self.converted

    def are_customers(self, schema: Schema) -> bool:
        """Whether every column that the schema requires is there."""
        return all(column.name in self for column in schema.columns if column.required)

    @property
    def notices(self) -> tuple[str, ...]:
        """One sentence that lists the names that differ from the schema's; none if all agree."""
        first = {name: at[0] for name, at in self.at.items()} | {name: each.position for name, each in self.converted.items()}
        renamed = [f"{self.names[i].strip()!r} as {name}" for name, i in first.items() if self._differs(i, name)]
        return (f"Columns recognised by another name: {', '.join(renamed)}.",) if renamed else ()

    def _differs(self, position: int, name: str) -> bool:
        return self.names[position].strip() != name


def find_columns(names: Sequence[object], schema: Schema) -> Columns:
    """Find each column of the schema by its name; letter case, spaces, underscores and a unit in brackets do not matter.
    An alias counts only if no column has the name itself, and a column in another unit (``Tenure (years)``, ``tenure_years``)
    only if there is no other.

    >>> from churn_core.schema.telco import TELCO
    >>> find_columns(["ID", "monthly_charges", "Tenure (months)", "Tenure (years)"], TELCO).at
    {'customerID': (0,), 'tenure': (2,), 'MonthlyCharges': (1,)}
    >>> find_columns(["Tenure (years)"], TELCO).converted
    {'tenure': Converted(position=0, unit='years', factor=12.0)}
    """
    return _find(tuple(str(name) for name in names), schema)


@lru_cache(maxsize=64)  # the parts of a file all have the same columns
def _find(written: tuple[str, ...], schema: Schema) -> Columns:
    return find_some(schema.columns, written, schema)


def find_some(columns: Iterable[Column], written: tuple[str, ...], schema: Schema) -> Columns:
    """``find_columns`` for these columns of the schema only; nothing is kept of the names."""
    at: dict[str, tuple[int, ...]] = {}
    converted: dict[str, Converted] = {}
    for column in columns:
        ranks = [_rank(name, column) if _may_be(name, column, schema) else None for name in written]
        best = min((rank for rank in ranks if rank is not None), default=None)
        if best is not None:
            # The name itself and its other spellings are the same column twice; an alias may well be something else.
            same = 1 if best <= 1 else best
            at[column.name] = tuple(i for i, rank in enumerate(ranks) if rank is not None and rank <= same)
            if best == 2 and column.role == "id":  # "id" beside "account number": which one it is does not matter
                at[column.name] = at[column.name][:1]
        elif units := [each for each in (_in_another_unit(i, name, column) for i, name in enumerate(written)) if each]:
            converted[column.name] = units[0]
    return Columns(names=written, at=at, converted=converted)


def _may_be(name: str, column: Column, schema: Schema) -> bool:
    """Whether the name is not exactly that of something else."""
    exact = name.strip()
    return exact == column.name or exact not in schema.exact_names


def _rank(name: str, column: Column) -> int | None:
    """0 the name itself, 1 another spelling of it, 2 an alias, ``None`` another column."""
    if name.strip() == column.name:
        return 0
    if len(name) > _LONGEST_NAME:
        return None
    if any(sign in "%‰" or unicodedata.category(sign) == "Sc" for sign in set(name) - set("".join(column.units))):
        return None  # another unit, and folding would hide it
    bracketed = _BRACKETS.match(name)
    folded = fold(name)
    if bracketed and column.units:
        if _is_unit(bracketed[2].strip(), column):
            folded = fold(bracketed[1])
        elif not fold(bracketed[2]):
            return None  # a sign of another unit, % for instance, which folding would lose
    if not folded:  # nothing but signs
        return None
    if folded == fold(column.name):
        return 1
    return 2 if folded in column.names else None


def _in_another_unit(position: int, name: str, column: Column) -> Converted | None:
    """The unit in brackets behind the name of the column, or at its end; ``None`` for another column."""
    if not column.conversions:
        return None
    bracketed = _BRACKETS.match(name)
    written = name if bracketed is None else f"{bracketed[1]} {bracketed[2]}"
    if any(unicodedata.category(sign) == "Sc" or sign in "%‰" for sign in written):
        return None
    folded = fold(written)
    for unit, factor in column.conversions.items():
        before = folded.removesuffix(fold(unit))
        if before != folded and column.names & {before, before.removesuffix("in")}:
            return Converted(position=position, unit=unit, factor=factor)
    return None


def says_another_unit(name: str, column: Column) -> bool:
    """Whether a name that is like that of ``column`` has a unit with it that is not the column's.

    >>> from churn_core.schema.telco import TELCO
    >>> [says_another_unit(name, TELCO["MonthlyCharges"]) for name in ("Annual charges", "Monthly charges (k€)", "Monthly_chrgs ($)")]
    [True, True, False]
    """
    bracketed = _BRACKETS.match(name[:_LONGEST_NAME])
    if bracketed and column.units and not _is_unit(bracketed[2].strip(), column):
        return True
    return any(fold(unit) in fold(name) for unit in column.conversions)


def _is_unit(words: str, column: Column) -> bool:
    """Signs like € fold to nothing, so they must match exactly."""
    return words in column.units or (bool(fold(words)) and fold(words) in {fold(unit) for unit in column.units})


def refuse_other_header(frame: pd.DataFrame, schema: Schema) -> None:
    """Raises ``DataError`` if a row of ``frame`` holds column names in another order than the header: the file was put together
    from several, and values would end up in the wrong columns.
    """
    own = [fold(str(name)) for name in frame.columns]
    names = ({fold(column.name) for column in schema.columns} | set(own)) - {""}  # a blank cell is no name
    found = find_columns(frame.columns, schema)
    for column in schema.columns:
        for position in found.at.get(column.name, ()) if column.kind == "category" else ():
            values = frame.iloc[:, position]
            distinct = values.cat.categories if isinstance(values.dtype, pd.CategoricalDtype) else values.unique()
            folded = {word: fold(word) for word in distinct if isinstance(word, str)}
            suspicious = [word for word, bare in folded.items() if bare in names and bare not in column.by_word]
            for line, row in frame[values.isin(suspicious)].iterrows() if suspicious else ():
                cells = [fold(str(cell)) for cell in row]
                if cells != own and sum(cell in names for cell in cells) > len(cells) / 2:
                    raise DataError(
                        f"Line {line} holds column names again, in another order than the first: several files have been put "
                        "together. Score them one by one, or put their columns into the same order."
                    )
