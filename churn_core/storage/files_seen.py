"""The files that were scored or checked, in the database: figures, a summary and a verdict; never a customer."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from churn_core.storage.checks import LONGEST_NAME, plain_text
from churn_core.storage.database import Database
from churn_core.storage.tables import files as _files

SCORED, CHECKED = "scored", "checked"
_MOST_KEPT = 10_000  # files; a summary is some 10 KB, and the oldest go


@dataclass(frozen=True, kw_only=True)
class FileRecord:
    """One file: ``rows`` read, ``kept`` of them usable; ``contacts`` and ``expected_profit`` (money) of a scored one.
    ``judgement`` holds JSON values, those of ``monitoring.monitor.Judgement.as_dict``.
    """

    what: str
    name: str
    at: datetime
    who: str
    model_id: str
    rows: int
    kept: int
    repaired: int
    contacts: int | None
    expected_profit: float | None
    judgement: dict[str, Any]

    @property
    def level(self) -> str:
        return str(self.judgement["verdict"]["level"])

    @property
    def sentence(self) -> str:
        return str(self.judgement["verdict"]["sentence"])


class ScoredFiles:
    """The history of the files of the database's company. Raises ``StoreError`` where it cannot be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        *,
        what: str,
        name: str,
        who: str,
        model_id: str,
        rows: int,
        kept: int,
        repaired: int,
        judgement: dict[str, Any],
        profile: dict[str, Any],
        contacts: int | None = None,
        expected_profit: float | None = None,
    ) -> FileRecord:
        """Keep a file's summary; durable when this returns. Beyond 10,000 the oldest goes.

        ``judgement`` and ``profile`` hold JSON values, the latter those of ``monitoring.profile.Profile.as_dict``.
        """
        record = FileRecord(
            what=what,
            name=plain_text(name)[:LONGEST_NAME],
            at=datetime.now(UTC),
            who=plain_text(who)[:LONGEST_NAME],
            model_id=model_id,
            rows=rows,
            kept=kept,
            repaired=repaired,
            contacts=contacts,
            expected_profit=expected_profit,
            judgement=judgement,
        )
        with self._database.transaction(write=True) as c:
            row = {**vars(record), "profile": profile, **self._database.company.as_row()}
            key: Any = c.execute(_files.insert(), row).inserted_primary_key
            c.execute(_files.delete().where(_files.c.id <= key[0] - _MOST_KEPT))
        return record

    def latest(self, limit: int = 200) -> list[FileRecord]:
        """The files, newest first."""
        columns = [column for column in _files.c if column.name not in ("id", "profile", "company", "company_name")]
        query = sa.select(*columns).where(_files.c.company == self._database.company.key).order_by(_files.c.id.desc())
        with self._database.transaction() as c:
            rows = c.execute(query.limit(limit)).mappings()
            return [FileRecord(**row) for row in rows]

    def profiles(self, model_id: str, limit: int = 100) -> list[dict[str, Any]]:
        """The summaries of the files that a version scored, newest first, as they were added."""
        query = sa.select(_files.c.profile).where(_files.c.model_id == model_id).order_by(_files.c.id.desc())
        with self._database.transaction() as c:
            return list(c.execute(query.limit(limit)).scalars())
