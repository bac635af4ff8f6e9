"""The files that were scored or checked, in the database: figures, a summary and a verdict; never a customer."""

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from churn_core.batch.local import ScoredFile
from churn_core.monitoring.monitor import Judgement
from churn_core.monitoring.profile import Profile
from churn_core.storage.store import LONGEST_NAME, Store, naive, plain_text

SCORED, CHECKED = "scored", "checked"
_MOST_KEPT = 10_000  # files; a summary is some 10 KB, and the oldest go

_metadata = sa.MetaData()
_files = sa.Table(
    "scored_files",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("what", sa.String(16), nullable=False),
    sa.Column("name", sa.String(LONGEST_NAME), nullable=False),
    sa.Column("at", sa.DateTime, nullable=False, index=True),  # UTC
    sa.Column("who", sa.String(LONGEST_NAME), nullable=False),
    sa.Column("model_id", sa.String(LONGEST_NAME), nullable=False),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("kept", sa.BigInteger, nullable=False),
    sa.Column("repaired", sa.BigInteger, nullable=False),
    sa.Column("contacts", sa.BigInteger),
    sa.Column("expected_profit", sa.Double),
    sa.Column("judgement", sa.JSON, nullable=False),
    sa.Column("profile", sa.JSON, nullable=False),
)


@dataclass(frozen=True, kw_only=True)
class FileRecord:
    """One file: ``rows`` read, ``kept`` of them usable; ``contacts`` and ``expected_profit`` (money) of a scored one.
    ``judgement`` as in ``watch.Judgement.as_dict``.
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
    judgement: dict

    @property
    def level(self) -> str:
        return self.judgement["verdict"]["level"]

    @property
    def sentence(self) -> str:
        return self.judgement["verdict"]["sentence"]


class ScoredFiles:
    """The history of files in the database of a store. Raises ``StoreError`` where it cannot be used."""

    def __init__(self, store: Store) -> None:
        self._store = store
        store.create(_metadata)

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
        judgement: dict,
        profile: Profile,
        contacts: int | None = None,
        expected_profit: float | None = None,
    ) -> FileRecord:
        """Keep a file's summary; durable when this returns. Beyond 10,000 the oldest goes."""
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
        with self._store.transaction(write=True) as c:
            key = c.execute(_files.insert(), naive({**vars(record), "profile": profile.as_dict()})).inserted_primary_key[0]
            c.execute(_files.delete().where(_files.c.id <= key - _MOST_KEPT))
        return record

    def remember(self, what: str, name: str, who: str, model_id: str, scored: ScoredFile, judgement: Judgement) -> FileRecord:
        """``add`` what came of a file: scored, or only checked, which has no contacts."""
        is_scored = what == SCORED
        return self.add(
            what=what,
            name=name,
            who=who,
            model_id=model_id,
            rows=scored.quality.rows,
            kept=scored.quality.kept,
            repaired=scored.repaired,
            judgement=judgement.as_dict(),
            profile=judgement.profile,
            contacts=scored.contacts if is_scored else None,
            expected_profit=scored.expected_profit if is_scored else None,
        )

    def latest(self, limit: int = 200) -> list[FileRecord]:
        """The files, newest first."""
        columns = [column for column in _files.c if column.name not in ("id", "profile")]
        with self._store.transaction() as c:
            rows = c.execute(sa.select(*columns).order_by(_files.c.id.desc()).limit(limit)).all()
        return [FileRecord(**{**row._asdict(), "at": row.at.replace(tzinfo=UTC)}) for row in rows]

    def profiles(self, model_id: str, limit: int = 100) -> list[Profile]:
        """The summaries of the files that a version scored, newest first. Raises ``DataError`` where one is damaged."""
        query = sa.select(_files.c.profile).where(_files.c.model_id == model_id).order_by(_files.c.id.desc())
        with self._store.transaction() as c:
            rows = c.execute(query.limit(limit)).all()
        return [Profile.from_dict(row.profile) for row in rows]
