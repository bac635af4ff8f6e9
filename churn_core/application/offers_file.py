"""A file of offers → the offers of a campaign: OFFERS.csv of the command line, and the same file in the dashboard."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pandas as pd

from churn_core.campaign.offers.offer import Offer, check_offers
from churn_core.data.cleaning.account import plain_text, shown
from churn_core.data.columns import find_columns
from churn_core.data.nothing import is_nothing
from churn_core.data.numbers import read_number
from churn_core.data.reading.reader import read_content, read_table
from churn_core.errors import CampaignError, DataError
from churn_core.formats import listed
from churn_core.schema import Column, Schema, fold

_NAME, _RULE = "offer", "only_if"
_SHARES = ("success_rate", "success_rate_give_or_take", "incentive_uptake", "backfire_rate")
_AMOUNTS = ("retention_cost", "incentive")
_ALIASES = {"retention_cost": ("cost", "contact cost", "cost per contact"), _NAME: ("name", "offer name"), _RULE: ("rule",)}
COLUMNS = (_NAME, *(each.name for each in fields(Offer) if each.name != "name"))
_SCHEMA = Schema(
    name="offers",
    columns=tuple(
        Column(
            name=name,
            label=name,
            kind="text" if name in (_NAME, _RULE) else "number",
            role="id" if name == _NAME else "feature",
            required=name == _NAME,
            aliases=_ALIASES.get(name, ()),
        )
        for name in COLUMNS
    ),
)


@dataclass(frozen=True, kw_only=True)
class OffersFile:
    """The ``offers`` of a file in their order, and ``notices`` about what had to be understood or was left out."""

    offers: tuple[Offer, ...]
    notices: tuple[str, ...] = ()


def read_offers(source: Path | bytes, name: str = "") -> OffersFile:
    """A row per offer, with the columns ``COLUMNS``; only ``offer``, its name, is needed. A blank is the default.

    The names of the columns may be spelt otherwise; a share may be written as 0.3 or 30%. Raises ``DataError`` that names line,
    column and mend for the first thing that is no offer, and for two offers of one name.
    """
    content, name = (source, name or "The file") if isinstance(source, bytes) else (read_content(source), name or source.name)
    if not content.strip():
        raise DataError(f"{name} is empty. Write a header line with {listed(COLUMNS)}, and a line for each offer.")
    table = read_table(content, _SCHEMA)
    for line in table.rejects.itertuples():
        raise DataError(f"Line {line.row} of {name} {line.problem}. Mend it or leave the line out.")
    found = find_columns(table.frame.columns, _SCHEMA)
    for column, at in found.at.items():
        if len(at) > 1:
            raise DataError(f"{name} has the column {column} more than once. Keep one of them.")
    _refuse_percent(table.frame, found.at, name)
    if _NAME not in found.at:
        raise DataError(f"{name} has no column {_NAME!r}. Add it, with the name of each offer.")
    if table.frame.empty:
        raise DataError(f"{name} has a header and no offers. Write a line for each offer.")
    offers = []
    for line, cells in zip(table.frame.index, table.frame.itertuples(index=False, name=None), strict=True):
        written = {column: plain_text(cells[at[0]]).strip() for column, at in found.at.items()}
        try:
            offers.append(_offer(written, table.decimal))
            check_offers(tuple(offers))
        except CampaignError as error:
            raise DataError(f"Line {line} of {name}: {error}") from error
    return OffersFile(offers=tuple(offers), notices=(*table.notices, *found.notices, *_left_out(table.frame, found.at, name)))


def _offer(written: dict[str, str], decimal: str) -> Offer:
    """The offer of one line. Raises ``CampaignError``."""
    if is_nothing(written[_NAME]):
        raise CampaignError("The offer has no name. Name it.")
    values: dict[str, Any] = {"name": written[_NAME]}
    for column, word in written.items():
        if column == _NAME or is_nothing(word):
            continue
        values[column] = word if column == _RULE else _number(word, column, decimal)
    return Offer(**values)


def _number(word: str, column: str, decimal: str) -> float:
    """The number in a cell; a percent sign behind a share divides it by 100."""
    percent = column in _SHARES and word.endswith("%")
    try:
        number = read_number(word[:-1].rstrip() if percent else word, decimal)[0]
    except ValueError:
        like = "a share like 0.3" if column in _SHARES else "an amount like 10" if column in _AMOUNTS else "a number like 500"
        raise CampaignError(f"{column} is {shown(word)}, not a number that can be read. Write {like}.") from None
    return number / 100 if percent else number


def _refuse_percent(frame: pd.DataFrame, known: dict[str, tuple[int, ...]], name: str) -> None:
    """Raises ``DataError`` for a column of a share in another unit: left out, its offers would silently have the default."""
    for written in map(str, frame.columns):
        column = next((each for each in _SHARES if fold(written) == fold(each)), None)
        if column is not None and column not in known:
            raise DataError(f"{name} has a column {written.strip()!r}. Call it {column}, and write shares as 0.3 or 30%.")


def _left_out(frame: pd.DataFrame, known: dict[str, tuple[int, ...]], name: str) -> tuple[str, ...]:
    """A sentence about the columns that no offer has, if any."""
    taken = {at for positions in known.values() for at in positions}
    others = [repr(str(each).strip()) for i, each in enumerate(frame.columns) if i not in taken and str(each).strip()]
    if not others:
        return ()
    return (f"{name} has columns that no offer has, and they are left out: {listed(others)}. Known are {listed(COLUMNS)}.",)
