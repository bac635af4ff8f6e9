"""Saved campaigns: a save adds one, archiving hides one, and none is ever overwritten."""

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from churn_core.campaign.plan import Plan
from churn_core.errors import CampaignError
from churn_core.storage import checks
from churn_core.storage.company import Company
from churn_core.storage.database import Database
from churn_core.storage.tables import campaigns as _campaigns

_ID = re.compile(r"[0-9a-f]{32}")  # anything else a link asks for need not be asked of the database
_COLUMNS = [column for column in _campaigns.c if column.name not in ("position", "company", "company_name")]


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


class Campaigns(Database):
    """The saved campaigns of a company."""

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
            name=checks.name(name, "The campaign needs a name"),
            note=checks.note(note),
            plan=plan,
            threshold=None if threshold is None else checks.threshold(threshold),
            contacted=int(contacted),
            expected_profit=float(expected_profit),
            expected_spend=float(expected_spend),
            model_id=model_id,
            data_sha256=data_sha256,
            saved_at=datetime.now(UTC),
            saved_by=checks.name(who, "Say who saves it"),
        )
        with self.transaction(write=True) as c:
            c.execute(_campaigns.insert(), {**vars(saved), "plan": plan.as_dict(), **self.company.as_row()})
        return saved

    def campaigns(self, archived: bool = False) -> list[SavedCampaign]:
        """The saved campaigns, newest first; the archived ones too if asked for."""
        query = sa.select(*_COLUMNS).where(_campaigns.c.company == self.company.key).order_by(_campaigns.c.position.desc())
        if not archived:
            query = query.where(_campaigns.c.archived_at.is_(None))
        with self.transaction() as c:
            return [_saved(row) for row in c.execute(query).mappings()]

    def campaign(self, campaign_id: str) -> SavedCampaign:
        """Raises ``CampaignError`` if there is none of that id, or if it is for other customers."""
        with self.transaction() as c:
            return find(c, campaign_id, self.company)

    def archive(self, campaign_id: str, archived: bool = True) -> None:
        """Take a campaign out of the list, or bring it back. What is published of it stays published."""
        when = datetime.now(UTC) if archived else None
        with self.transaction(write=True) as c:
            find(c, campaign_id, self.company)
            c.execute(_campaigns.update().where(_campaigns.c.id == campaign_id).values(archived_at=when))


def find(c: sa.Connection, campaign_id: str, company: Company) -> SavedCampaign:
    """The campaign of that id. Raises ``CampaignError`` if there is none, or if it is another company's."""
    row = None
    if _ID.fullmatch(campaign_id):
        row = c.execute(sa.select(_campaigns).where(_campaigns.c.id == campaign_id)).mappings().one_or_none()
    if row is None:
        raise CampaignError(f"There is no saved campaign {campaign_id[:40]!r}. Choose one of the list.")
    if row["company"] != company.key:
        raise CampaignError(
            f"The campaign {row['name']!r} belongs to other customers ({row['company_name']}). Put a version of theirs into "
            "production to use it."
        )
    return _saved(row)


def _saved(row: sa.RowMapping) -> SavedCampaign:
    values = {column.name: row[column.name] for column in _COLUMNS}
    return SavedCampaign(**{**values, "plan": Plan.from_dict(row["plan"])})
