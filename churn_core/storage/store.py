"""The database: saved campaigns and the threshold in force, with who, when and why.

Nothing is ever overwritten: a save adds a campaign, and publishing, rolling back and archiving add to what is known. So two
people at once lose nothing, and the history is complete. SQLite under the state folder; ``DATABASE_URL`` names a
PostgreSQL instead, which several machines can share.
"""

import logging
import os
import re
import sqlite3
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from churn_core.campaign.plan import Plan
from churn_core.errors import CampaignError, StoreError
from churn_core.storage.database import engine

log = logging.getLogger(__name__)

LONGEST_NAME = 120  # characters; of a campaign or a person
LONGEST_NOTE = 2000  # characters; of a note or a reason
_CREATING = 0x434855  # any number that no other application on the server uses; serialises the creation of the tables
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # and halves of characters, which no UTF-8 can carry

_ID = re.compile(r"[0-9a-f]{32}")  # anything else a link asks for need not be asked of the database
_metadata = sa.MetaData()
_campaigns = sa.Table(
    "campaigns",
    _metadata,
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),  # the order in which they were saved
    sa.Column("id", sa.String(32), nullable=False, unique=True),
    sa.Column("name", sa.String(LONGEST_NAME), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("plan", sa.JSON, nullable=False),
    sa.Column("threshold", sa.Double),
    sa.Column("contacted", sa.Integer, nullable=False),
    sa.Column("expected_profit", sa.Double, nullable=False),
    sa.Column("expected_spend", sa.Double, nullable=False),
    sa.Column("model_id", sa.String(LONGEST_NAME), nullable=False),
    sa.Column("data_sha256", sa.String(64), nullable=False),
    sa.Column("saved_at", sa.DateTime, nullable=False),  # UTC, like every time here
    sa.Column("saved_by", sa.String(LONGEST_NAME), nullable=False),
    sa.Column("archived_at", sa.DateTime),
)
_publications = sa.Table(
    "publications",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("replaces", sa.Integer, nullable=False),  # the publication that stood until then, 0 for none
    sa.Column("restores", sa.Integer),  # of a rollback: the publication that stands again, 0 for none
    sa.Column("threshold", sa.Double),  # none: nothing is published
    sa.Column("campaign_id", sa.String(32), sa.ForeignKey("campaigns.id")),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("source", sa.String(LONGEST_NAME), nullable=False),
    sa.Column("published_at", sa.DateTime, nullable=False),
    sa.Column("published_by", sa.String(LONGEST_NAME), nullable=False),
)


@dataclass(frozen=True, kw_only=True)
class SavedCampaign:
    """A plan under a name, with what it promised on the customers and the model of that day.

    ``threshold``: its single threshold on those customers, ``None`` where no contact paid; ``contacted``,
    ``expected_profit`` and ``expected_spend`` (money) of the list by its rule.
    """

    id: str
    name: str
    note: str
    plan: Plan
    threshold: float | None
    contacted: int
    expected_profit: float
    expected_spend: float
    model_id: str
    data_sha256: str
    saved_at: datetime
    saved_by: str
    archived_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Publication:
    """A threshold put into force, or, with ``threshold`` ``None``, taken out of it.

    ``replaces`` is the publication that stood until then, ``restores`` the one that a rollback made stand again; 0 is none.
    """

    id: int
    replaces: int
    threshold: float | None
    campaign_id: str | None
    reason: str
    source: str
    published_at: datetime
    published_by: str
    restores: int | None = None

    @property
    def stands(self) -> int:
        """The publication whose threshold this puts into force: itself, or the one that it restores."""
        return self.id if self.restores is None else self.restores


@dataclass(frozen=True, kw_only=True)
class Decision:
    """By what customers are decided: ``threshold`` if one is published, else each by the ``plan``; ``name`` of its campaign."""

    plan: Plan
    threshold: float | None = None
    name: str = ""


class Store:
    """Saved campaigns and publications in the database at ``url``; created there if they are missing.

    Raises ``StoreError`` where the database cannot be used. Safe to share between threads; each process opens its
    own. A write is durable when the call returns.
    """

    def __init__(self, url: str | sa.URL) -> None:
        try:
            self._engine = engine(url)
        except (sa.exc.SQLAlchemyError, ImportError, ValueError) as error:
            raise StoreError(
                "DATABASE_URL is no address of a PostgreSQL. Write postgresql://user:password@host/database"
            ) from error
        self.create(_metadata)
        self._kept: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._asking = threading.Lock()

    def close(self) -> None:
        self._engine.dispose()
        if self._kept is not None:
            self._kept.close()

    def create(self, tables: sa.MetaData) -> None:
        """Make these tables where they are missing, one process at a time; where they are there, nobody is waited for."""
        with self.transaction() as c:
            missing = set(tables.tables) - set(sa.inspect(c).get_table_names())
        if missing:
            with self.transaction(write=True) as c:
                if c.dialect.name == "postgresql":
                    c.execute(sa.select(sa.func.pg_advisory_xact_lock(_CREATING)))
                tables.create_all(c)

    # Campaigns

    def save(
        self,
        name: str,
        plan: Plan,
        *,
        note: str = "",
        threshold: float | None,
        contacted: int,
        expected_profit: float,
        expected_spend: float,
        model_id: str,
        data_sha256: str,
        who: str,
    ) -> SavedCampaign:
        """Add a campaign. A name that is taken already is taken twice: both stay. Raises ``CampaignError`` without a name."""
        saved = SavedCampaign(
            id=uuid.uuid4().hex,
            name=_text(name, "The campaign needs a name", LONGEST_NAME),
            note=_text(note, "", LONGEST_NOTE),
            plan=plan,
            threshold=None if threshold is None else _threshold(threshold),
            contacted=int(contacted),
            expected_profit=float(expected_profit),
            expected_spend=float(expected_spend),
            model_id=model_id,
            data_sha256=data_sha256,
            saved_at=_now(),
            saved_by=_text(who, "Say who saves it", LONGEST_NAME),
        )
        row = {**vars(saved), "plan": plan.as_dict()}
        with self.transaction(write=True) as c:
            c.execute(_campaigns.insert(), naive(row))
        return saved

    def campaigns(self, archived: bool = False) -> list[SavedCampaign]:
        """The saved campaigns, newest first; the archived ones too if asked for."""
        query = sa.select(_campaigns).order_by(_campaigns.c.position.desc())
        if not archived:
            query = query.where(_campaigns.c.archived_at.is_(None))
        with self.transaction() as c:
            return [_saved(row) for row in c.execute(query)]

    def campaign(self, campaign_id: str) -> SavedCampaign:
        """Raises ``CampaignError`` if there is none of that id."""
        row = None
        if _ID.fullmatch(campaign_id):
            with self.transaction() as c:
                row = c.execute(sa.select(_campaigns).where(_campaigns.c.id == campaign_id)).one_or_none()
        if row is None:
            raise CampaignError(f"There is no saved campaign {campaign_id[:40]!r}. Choose one of the list.")
        return _saved(row)

    def archive(self, campaign_id: str, archived: bool = True) -> None:
        """Take a campaign out of the list, or bring it back. What is published of it stays published."""
        self.campaign(campaign_id)
        when = {"archived_at": _now() if archived else None}
        with self.transaction(write=True) as c:
            c.execute(_campaigns.update().where(_campaigns.c.id == campaign_id), naive(when))

    # The threshold in force

    def publish(
        self, threshold: float, *, who: str, reason: str = "", source: str = "dashboard", campaign_id: str | None = None
    ) -> Publication:
        """Put a threshold into force for the API and for scored files; durable when this returns.

        Raises ``CampaignError`` for a threshold that is not a number between 0 and 1, or a campaign that is not there.
        """
        if campaign_id is not None:
            self.campaign(campaign_id)
        values = {"threshold": _threshold(threshold), "campaign_id": campaign_id, "restores": None}
        return self._publish(lambda c, before: values, who, reason, source)

    def rollback(self, *, who: str, reason: str = "", source: str = "dashboard") -> Publication:
        """Back to what stood before the publication in force; before the first nothing was published.

        Raises ``CampaignError`` where nothing is published.
        """
        return self._publish(_before, who, reason, source)

    def in_force(self) -> Publication | None:
        """What the API and file scoring go by; ``None`` where nothing is published."""
        with self.transaction() as c:
            latest = _latest(c)
        return latest if latest is not None and latest.threshold is not None else None

    def decision(self, otherwise: Plan) -> "Decision":
        """What files are decided by: the published threshold at its campaign's parameters, else ``otherwise``."""
        published = self.in_force()
        if published is None:
            return Decision(plan=otherwise)
        campaign = self.campaign(published.campaign_id) if published.campaign_id else None
        plan, name = (campaign.plan, campaign.name) if campaign else (otherwise, "")
        return Decision(plan=plan, threshold=published.threshold, name=name)

    def threshold_before(self, publication: Publication) -> float | None:
        """The threshold that stood when this one was published; ``None`` where there was none."""
        with self.transaction() as c:
            query = sa.select(_publications.c.threshold).where(_publications.c.id == publication.replaces)
            return c.execute(query).scalar_one_or_none()

    def latest(self) -> int:
        """The number of the latest publication, 0 for none: whoever keeps what is in force asks this whether it still is.
        Cheap enough for every request: an SQLite is asked past SQLAlchemy, on a connection that is kept.
        """
        if self._engine.dialect.name != "sqlite":
            with self.transaction() as c:
                return c.execute(sa.select(sa.func.max(_publications.c.id))).scalar_one() or 0
        try:
            with self._asking:
                self._follow_the_file()
                if self._kept is None:
                    self._kept = sqlite3.connect(self._engine.url.database, check_same_thread=False, isolation_level=None)
                return self._kept.execute("SELECT max(id) FROM publications").fetchone()[0] or 0
        except (sqlite3.Error, OSError) as error:
            raise StoreError(
                f"The database in the state folder cannot be used ({error}). Nothing was changed; mend it and try again."
            ) from error

    def _follow_the_file(self) -> None:
        """Connections stay with a file that was moved away or restored from a backup; they are made anew for the one in its place."""
        try:
            found = os.stat(self._engine.url.database)
            file = found.st_dev, found.st_ino
        except OSError:
            file = None
        if file != self._file:
            if self._kept is not None:
                self._kept.close()
            self._kept, self._file = None, file
            self._engine.dispose()
        if file is None:
            raise OSError("the file is gone")

    def history(self, limit: int = 100) -> list[Publication]:
        """What was put into force, newest first, rollbacks among them."""
        with self.transaction() as c:
            rows = c.execute(sa.select(_publications).order_by(_publications.c.id.desc()).limit(limit))
            return [_publication(row) for row in rows]

    def _publish(self, values, who: str, reason: str, source: str) -> Publication:
        said = {
            "reason": _text(reason, "", LONGEST_NOTE),
            "source": source,
            "published_by": _text(who, "Say who publishes it", LONGEST_NAME),
        }
        with self.transaction(write=True) as c:
            if c.dialect.name == "postgresql":  # one at a time, as SQLite does anyway: "before" has to be what was before
                c.execute(sa.text("LOCK TABLE publications IN SHARE ROW EXCLUSIVE MODE"))
            latest = _latest(c)
            row = {**values(c, latest), **said, "replaces": latest.stands if latest else 0, "published_at": _now()}
            key = c.execute(_publications.insert(), naive(row)).inserted_primary_key
        published = Publication(id=key[0], **row)
        log.info(
            "Threshold changed.",
            extra={
                "threshold": published.threshold,
                "source": source,
                "publication": published.id,
                "replaces": published.replaces,
            },
        )
        return published

    @contextmanager
    def transaction(self, write: bool = False) -> Iterator[sa.Connection]:
        """A connection for one transaction. Raises ``StoreError`` where the database cannot be used; nothing is then changed."""
        try:
            with self._engine.execution_options(write=write).begin() as connection:
                yield connection
        except sa.exc.SQLAlchemyError as error:
            why = str(getattr(error, "orig", None) or error).strip().split("\n")[0]
            where = "of DATABASE_URL" if self._engine.dialect.name == "postgresql" else "in the state folder"
            raise StoreError(
                f"The database {where} cannot be used ({why}). Nothing was changed; mend it and try again."
            ) from error


def open_store(home: Path) -> Store:
    """The database that ``DATABASE_URL`` names, by default ``data/churn.db`` in the state folder."""
    url = os.environ.get("DATABASE_URL")
    if url:
        return Store(url)
    folder = home / "data"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"The state folder cannot be used ({error.strerror}). Point CHURN_HOME to a folder that can be written."
        ) from error
    return Store(sa.URL.create("sqlite", database=str(folder / "churn.db")))


def _latest(c: sa.Connection) -> Publication | None:
    row = c.execute(sa.select(_publications).order_by(_publications.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else _publication(row)


def _before(c: sa.Connection, latest: Publication | None) -> dict:
    """The values of a rollback: those of what stood before the publication that stands."""
    if latest is None or latest.stands == 0:
        raise CampaignError("Nothing is published, so there is nothing to take back.")
    replaced = c.execute(sa.select(_publications.c.replaces).where(_publications.c.id == latest.stands)).scalar_one()
    row = c.execute(sa.select(_publications).where(_publications.c.id == replaced)).one_or_none()
    return {"threshold": row and row.threshold, "campaign_id": row and row.campaign_id, "restores": replaced}


def _saved(row: sa.Row) -> SavedCampaign:
    values = _aware(row._asdict())
    del values["position"]
    return SavedCampaign(**{**values, "plan": Plan.from_dict(values["plan"])})


def _publication(row: sa.Row) -> Publication:
    return Publication(**_aware(row._asdict()))


def _now() -> datetime:
    return datetime.now(UTC)


def naive(row: dict) -> dict:
    """Times as both databases keep them: UTC, and nothing said about it."""
    return {name: value.replace(tzinfo=None) if isinstance(value, datetime) else value for name, value in row.items()}


def _aware(row: dict) -> dict:
    return {name: value.replace(tzinfo=UTC) if isinstance(value, datetime) else value for name, value in row.items()}


def _text(text: str, missing: str, longest: int) -> str:
    """Trimmed, without control characters, which a database may refuse or a log be forged with."""
    text = plain_text(text) if longest == LONGEST_NAME else _CONTROL.sub(" ", text).strip()
    if missing and not text:
        raise CampaignError(f"{missing}: write it in a few words.")
    if len(text) > longest:
        raise CampaignError(f"{text[:20]}… is {len(text):,} characters long, {longest:,} is the most. Shorten it.")
    return text


def plain_text(text: str) -> str:
    """On one line, without control characters."""
    return _CONTROL.sub(" ", text).strip().replace("\n", " ").replace("\t", " ")


def _threshold(value: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise CampaignError(f"The threshold must be a number between 0 and 1, got {value!r}. Write 4 % as 0.04.")
    return float(value)
