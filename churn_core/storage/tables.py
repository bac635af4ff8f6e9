"""The tables as they are after the last step of ``steps``: what is asked and written. The steps make them."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from churn_core.errors import StoreError


class Moment(sa.types.TypeDecorator[datetime]):
    """A time in UTC. Both databases keep it without its zone, so that neither can take it for another."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class FormattedJson(sa.types.TypeDecorator[dict[str, Any]]):
    """A JSON object that says its ``format``, a number, when it is written; without one it is of format 1.

    The number is taken off when it is read, unless it ``stays``, for a value that names its format itself. A format that
    this program does not know raises ``StoreError``. A step of ``steps`` brings older formats forward.
    """

    impl = sa.JSON
    cache_ok = True

    def __init__(self, number: int, stays: bool = False) -> None:
        super().__init__()
        self.format, self.stays = number, stays

    def process_bind_param(self, value: dict[str, Any] | None, dialect: sa.Dialect) -> dict[str, Any] | None:
        return None if value is None else {"format": self.format, **value}

    def process_result_value(self, value: dict[str, Any] | None, dialect: sa.Dialect) -> dict[str, Any] | None:
        if value is None:
            return None
        found = value.pop("format", 1)
        if found != self.format:
            raise StoreError(
                f"Something in the database has format {found!r}, and this program knows format {self.format} only. "
                "A newer version of this program wrote it: update the program."
            )
        return {"format": found, **value} if self.stays else value


def _whose() -> tuple[sa.Column[str], sa.Column[str]]:
    """Whose customers a row is about, a ``Company``."""
    return sa.Column("company", sa.String), sa.Column("company_name", sa.String)


_metadata = sa.MetaData()

campaigns = sa.Table(
    "campaigns",
    _metadata,
    sa.Column("position", sa.Integer, primary_key=True),  # the order in which they were saved
    sa.Column("id", sa.String),
    sa.Column("name", sa.String),
    sa.Column("note", sa.Text),
    sa.Column("plan", FormattedJson(1)),
    sa.Column("threshold", sa.Double),
    sa.Column("contacted", sa.Integer),
    sa.Column("expected_profit", sa.Double),
    sa.Column("expected_spend", sa.Double),
    sa.Column("model_id", sa.String),
    sa.Column("data_sha256", sa.String),
    sa.Column("saved_at", Moment),
    sa.Column("saved_by", sa.String),
    sa.Column("archived_at", Moment),
    *_whose(),
)
publications = sa.Table(
    "publications",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("replaces", sa.Integer),  # the publication that stood until then, 0 for none
    sa.Column("restores", sa.Integer),  # of a rollback: the publication that stands again, 0 for none
    sa.Column("threshold", sa.Double),  # none: nothing is published
    sa.Column("campaign_id", sa.String),
    sa.Column("reason", sa.Text),
    sa.Column("source", sa.String),
    sa.Column("published_at", Moment),
    sa.Column("published_by", sa.String),
    *_whose(),
)
files = sa.Table(
    "scored_files",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("what", sa.String),
    sa.Column("name", sa.String),
    sa.Column("at", Moment),
    sa.Column("who", sa.String),
    sa.Column("model_id", sa.String),
    sa.Column("rows", sa.BigInteger),
    sa.Column("kept", sa.BigInteger),
    sa.Column("repaired", sa.BigInteger),
    sa.Column("contacts", sa.BigInteger),
    sa.Column("expected_profit", sa.Double),
    sa.Column("judgement", FormattedJson(1)),
    sa.Column("profile", FormattedJson(1, stays=True)),
    *_whose(),
)
draws = sa.Table(
    "draws",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("campaign_id", sa.String),
    sa.Column("drawn_at", Moment),
    sa.Column("drawn_by", sa.String),
    sa.Column("days", sa.Integer),  # within which leaving counts; none where nobody said
    sa.Column("share", sa.Double),
    sa.Column("salt", sa.String),
    sa.Column("treated", sa.Integer),
    sa.Column("control", sa.Integer),
    sa.Column("expected_profit", sa.Double),
    sa.Column("sha256", sa.String),  # of the customers
    sa.Column("customers", sa.LargeBinary),
    *_whose(),
)
results = sa.Table(
    "results",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("draw_id", sa.Integer),  # none where the list was not at hand
    sa.Column("name", sa.String),
    sa.Column("file_sha256", sa.String),
    sa.Column("measured_at", Moment),
    sa.Column("measured_by", sa.String),
    sa.Column("result", FormattedJson(1)),
    *_whose(),
)
