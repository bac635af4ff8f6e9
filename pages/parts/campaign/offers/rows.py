"""The table of offers as it is typed: its columns, a row for each offer, and what is wrong with a row in words of the table."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from churn_core import settings
from churn_core.campaign.offers.offer import OF_ONE_OFFER, Offer, check_offers
from churn_core.errors import CampaignError
from pages.parts import words

Row = Mapping[str, Any]

MOST = 8  # offers; our choice: more than a call centre can tell apart
TEXTS = ("name", "only_if")
SHARES = ("success_rate", "success_rate_give_or_take", "incentive_uptake", "backfire_rate")  # typed in per cent
AMOUNTS = ("retention_cost", "incentive", "capacity")
COLUMNS = ("name", *OF_ONE_OFFER, "capacity", "only_if")
LABELS = {
    "name": "Offer",
    "retention_cost": "Cost",
    "success_rate": "Success (%)",
    "success_rate_give_or_take": "± (%)",
    "incentive": "Incentive",
    "incentive_uptake": "Uptake (%)",
    "backfire_rate": "Backfire (%)",
    "capacity": "Capacity",
    "only_if": "Only if",
}
USUAL = {
    "success_rate_give_or_take": 100 * settings.SUCCESS_RATE_GIVE_OR_TAKE,
    "incentive": 0,
    "incentive_uptake": 100,
    "backfire_rate": 0,
}
_EXAMPLES = {"retention_cost": "10", "success_rate": "30"}
_DIGITS = 10  # decimals of a per cent that are kept, so that 29% is .29 and back


def rows_of(offers: Sequence[Offer]) -> list[dict[str, Any]]:
    """A row for each offer."""
    return [{name: _cell(offer, name) for name in COLUMNS} for offer in offers]


def _cell(offer: Offer, name: str) -> Any:
    value = getattr(offer, name)
    if name in SHARES:
        return round(100 * value, _DIGITS)
    return None if value == "" else value


def table_of(rows: Sequence[Row]) -> pd.DataFrame:
    """The rows as a table: texts, and numbers that may be missing."""
    table = pd.DataFrame([{name: row.get(name) for name in COLUMNS} for row in rows], columns=list(COLUMNS))
    return table.astype({name: object if name in TEXTS else float for name in COLUMNS})


def typed(table: pd.DataFrame) -> list[dict[str, Any]]:
    """What stands in the table; ``None`` for what does not. A row in which nobody has typed a name, a cost or a rate is none."""
    rows = [{name: None if _is_missing(value) else value for name, value in row.items()} for row in table.to_dict("records")]
    return [row for row in rows if any(row.get(name) is not None for name in ("name", *_EXAMPLES, "capacity", "only_if"))]


def offers_of_rows(rows: Sequence[Row]) -> tuple[Offer, ...]:
    """The offers that are typed. Raises ``CampaignError`` for the first cell that cannot be, by offer and column, with the mend."""
    if not rows:
        raise CampaignError("The table holds no offer. Add one, or switch “Several offers” off.")
    if len(rows) > MOST:
        raise CampaignError(f"The table holds {words.count(len(rows))} offers. Leave at most {words.count(MOST)}.")
    offers = tuple(_offer(row, f"Row {words.count(position)}") for position, row in enumerate(rows, start=1))
    check_offers(offers)
    return offers


def _offer(row: Row, place: str) -> Offer:
    name = " ".join(str(row.get("name") or "").split())
    if not name:
        raise CampaignError(f"{place} of the offers has no name. Write what the offer is called into “{LABELS['name']}”.")
    values = {each: _number(row, each, name) for each in (*SHARES, *AMOUNTS)}
    left = 1 - (values["backfire_rate"] or 0)  # who leaves takes no incentive
    values["incentive_uptake"] = values["incentive_uptake"] if values["incentive_uptake"] < left - 10.0**-_DIGITS else left
    return Offer(name=name, only_if=row.get("only_if") or "", **values)


def _number(row: Row, column: str, name: str) -> Any:
    value = row.get(column)
    if value is None and column in _EXAMPLES:
        raise CampaignError(f"Offer “{name}” has no “{LABELS[column]}”. Write a number, like {_EXAMPLES[column]}.")
    if value is None:
        value = USUAL.get(column)
    if value is None:
        return None
    high = 100 if column in SHARES else settings.MAX_MONEY
    if not 0 <= value <= high:
        raise CampaignError(
            f"Offer “{name}” has {words.plain_number(value)} as “{LABELS[column]}”. Write a number from 0 to {words.count(high)}."
        )
    return round(value / 100, _DIGITS + 2) if column in SHARES else value


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value)) or (isinstance(value, str) and not value.strip())
