"""The published threshold, with who, when and why: publishing and rolling back add to a history that is never changed."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from churn_core.campaign.plan import Plan
from churn_core.errors import CampaignError
from churn_core.storage import checks
from churn_core.storage.campaigns import find
from churn_core.storage.company import Company
from churn_core.storage.database import Database
from churn_core.storage.tables import publications as _publications

log = logging.getLogger(__name__)

_COLUMNS = [column for column in _publications.c if column.name not in ("company", "company_name")]


@dataclass(frozen=True, kw_only=True)
class Publication:
    """A threshold that was published, or, with ``threshold`` ``None``, taken back.

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
        """The publication whose threshold this publishes: itself, or the one that it restores."""
        return self.id if self.restores is None else self.restores


@dataclass(frozen=True, kw_only=True)
class Decision:
    """By what customers are decided: ``threshold`` if one is published, else each by the ``plan``; ``name`` of its campaign. Several
    offers are given as the ``plan`` says, whatever the threshold.

    ``keeps_limits``: whether the limits of the plan hold. Where they do not, everybody from the threshold up is contacted.
    """

    plan: Plan
    threshold: float | None = None
    name: str = ""
    keeps_limits: bool = True

    @property
    def applied(self) -> Plan:
        """The plan as customers are decided by it: without its limits where they do not hold."""
        return self.plan if self.keeps_limits else self.plan.without_limits


class Publications(Database):
    """The publications for a company's customers."""

    def publish(
        self, threshold: float, *, who: str, reason: str = "", source: str = "dashboard", campaign_id: str | None = None
    ) -> Publication:
        """Publish a threshold for the API and for scored files; durable when this returns.

        Raises ``CampaignError`` for a threshold that is not a number between 0 and 1, or a campaign that is not there or for other
        customers.
        """
        values = {"threshold": checks.threshold(threshold), "campaign_id": campaign_id, "restores": None}

        def published(c: sa.Connection, latest: Publication | None) -> dict[str, Any]:
            if campaign_id is not None:
                find(c, campaign_id, self.company)
            return values

        return self._add(published, who, reason, source)

    def rollback(self, *, who: str, reason: str = "", source: str = "dashboard") -> Publication:
        """Publish again what was published before; before the first nothing was.

        Raises ``CampaignError`` where nothing is published.
        """
        return self._add(_before, who, reason, source)

    def published(self) -> Publication | None:
        """What the API and file scoring go by; ``None`` where nothing is published."""
        with self.transaction() as c:
            return _standing(c, self.company)

    def decision(self, otherwise: Plan) -> Decision:
        """What files are decided by: the published threshold at its campaign's parameters and within its limits, else
        ``otherwise``. A threshold that was published without a campaign has no limits, and the parameters of ``otherwise``.
        """
        with self.transaction() as c:
            published = _standing(c, self.company)
            if published is None:
                return Decision(plan=otherwise)
            if published.campaign_id is None:
                return Decision(plan=Plan(campaign=otherwise.campaign), threshold=published.threshold)
            campaign = find(c, published.campaign_id, self.company)
        return Decision(plan=campaign.plan, threshold=published.threshold, name=campaign.name)

    def before(self) -> Publication | None:
        """What ``rollback`` publishes again: what stood before the publication that stands; ``None`` where there was none."""
        with self.transaction() as c:
            latest = _latest(c, self.company)
            if latest is None or latest.stands == 0:
                return None
            row = c.execute(_replaced(latest)).mappings().one_or_none()
            return None if row is None else Publication(**row)

    def threshold_before(self, publication: Publication) -> float | None:
        """The threshold that stood when this one was published; ``None`` where there was none."""
        query = sa.select(_publications.c.threshold).where(_publications.c.id == publication.replaces)
        with self.transaction() as c:
            return c.execute(query).scalar_one_or_none()

    def latest(self) -> int:
        """The number of the latest publication for anybody's customers, 0 for none: whoever keeps what is published asks this
        whether it still is. Cheap enough for every request.
        """
        return self.scalar(f"SELECT max(id) FROM {_publications.name}") or 0  # noqa: S608  a name of our own

    def history(self, limit: int = 100) -> list[Publication]:
        """What was published, newest first, rollbacks among them."""
        with self.transaction() as c:
            rows = c.execute(_newest_first(self.company).limit(limit)).mappings()
            return [Publication(**row) for row in rows]

    def of_others(self) -> dict[str, float]:
        """What is published for other customers, and is not used for these: the threshold, by their names."""
        newest = sa.select(sa.func.max(_publications.c.id)).group_by(_publications.c.company)
        theirs = sa.select(_publications.c.company_name, _publications.c.threshold).where(
            _publications.c.id.in_(newest),
            _publications.c.company != self.company.key,
            _publications.c.threshold.is_not(None),
        )
        with self.transaction() as c:
            return {row.company_name: row.threshold for row in c.execute(theirs.order_by(_publications.c.id))}

    def _add(
        self,
        values: Callable[[sa.Connection, Publication | None], Mapping[str, Any]],
        who: str,
        reason: str,
        source: str,
    ) -> Publication:
        said = {
            "reason": checks.note(reason),
            "source": source,
            "published_by": checks.name(who, "Say who publishes it"),
        }
        with self.transaction(write=True) as c:
            if c.dialect.name == "postgresql":  # one at a time, as SQLite does anyway: "before" has to be what was before
                c.exec_driver_sql(f"LOCK TABLE {_publications.name} IN SHARE ROW EXCLUSIVE MODE")
            latest = _latest(c, self.company)
            row = {
                **values(c, latest),
                **said,
                "replaces": latest.stands if latest else 0,
                "published_at": datetime.now(UTC),
            }
            key: Any = c.execute(_publications.insert(), {**row, **self.company.as_row()}).inserted_primary_key
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


def _newest_first(company: Company) -> sa.Select[Any]:
    return sa.select(*_COLUMNS).where(_publications.c.company == company.key).order_by(_publications.c.id.desc())


def _latest(c: sa.Connection, company: Company) -> Publication | None:
    row = c.execute(_newest_first(company).limit(1)).mappings().one_or_none()
    return None if row is None else Publication(**row)


def _standing(c: sa.Connection, company: Company) -> Publication | None:
    latest = _latest(c, company)
    return latest if latest is not None and latest.threshold is not None else None


def _before(c: sa.Connection, latest: Publication | None) -> dict[str, Any]:
    """The values of a rollback: those of what stood before the publication that stands."""
    if latest is None or latest.stands == 0:
        raise CampaignError("Nothing is published, so there is nothing to take back.")
    row = c.execute(_replaced(latest)).one_or_none()
    return {"threshold": row and row.threshold, "campaign_id": row and row.campaign_id, "restores": row.id if row else 0}


def _replaced(latest: Publication) -> sa.Select[Any]:
    """The publication that the one that stands replaced."""
    standing = sa.select(_publications.c.replaces).where(_publications.c.id == latest.stands).scalar_subquery()
    return sa.select(*_COLUMNS).where(_publications.c.id == standing)
