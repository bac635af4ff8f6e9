"""What finished campaigns did, as it was measured: one row per file, and no file twice."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from churn_core.storage import checks
from churn_core.storage.database import Database
from churn_core.storage.tables import results as _results

_COLUMNS = [column for column in _results.c if column.name not in ("company", "company_name")]


@dataclass(frozen=True, kw_only=True)
class KeptResult:
    """``name`` of the campaign; ``draw_id`` ``None`` where the list was not at hand; ``result`` holds JSON values, those of
    ``application.campaign_result``.
    """

    id: int
    draw_id: int | None
    name: str
    file_sha256: str
    measured_at: datetime
    measured_by: str
    result: dict[str, Any]


class Results:
    """The results of the database's company."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, *, draw_id: int | None, name: str, file_sha256: str, who: str, result: dict[str, Any]) -> KeptResult:
        """Keep a result; durable when this returns. The same file measured again replaces nothing and adds nothing."""
        found = self.of_file(file_sha256)
        if found is not None and found.result == result:
            return found
        values = {
            "draw_id": draw_id,
            "name": checks.plain_text(name)[: checks.LONGEST_NAME],
            "file_sha256": file_sha256,
            "measured_at": datetime.now(UTC),
            "measured_by": checks.plain_text(who)[: checks.LONGEST_NAME],
            "result": result,
        }
        with self._database.transaction(write=True) as c:
            key = c.execute(_results.insert(), {**values, **self._database.company.as_row()}).inserted_primary_key
        return KeptResult(id=int(key[0]), **values)  # type: ignore[index, arg-type]

    def of_file(self, file_sha256: str) -> KeptResult | None:
        """The newest result of a file."""
        with self._database.transaction() as c:
            row = c.execute(self._all().where(_results.c.file_sha256 == file_sha256).limit(1)).mappings().one_or_none()
        return None if row is None else KeptResult(**row)

    def latest(self, limit: int = 200) -> list[KeptResult]:
        """The results, newest first."""
        with self._database.transaction() as c:
            return [KeptResult(**row) for row in c.execute(self._all().limit(limit)).mappings()]

    def of_each_campaign(self) -> list[KeptResult]:
        """The newest result of each campaign, the oldest campaign first: a campaign counts once, however often it was measured."""
        newest: dict[object, KeptResult] = {}
        for result in self.latest():
            newest.setdefault(result.draw_id if result.draw_id is not None else result.file_sha256, result)
        return sorted(newest.values(), key=lambda each: each.id)

    def _all(self) -> sa.Select[tuple[object, ...]]:
        return sa.select(*_COLUMNS).where(_results.c.company == self._database.company.key).order_by(_results.c.id.desc())
