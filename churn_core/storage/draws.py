"""Draws: who was on a campaign's list, and who of them was left alone. Only with these can the campaign be measured.

A customer's id is not kept, only its lot, which the id and the salt make again.
"""

import hashlib
import io
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from churn_core.errors import CampaignError, StoreError
from churn_core.experiment.adjust import Values
from churn_core.experiment.draw import Draw
from churn_core.experiment.returned import Lots, folded, lots_of
from churn_core.storage import checks
from churn_core.storage.database import Database
from churn_core.storage.tables import draws as _draws

_COLUMNS = [column for column in _draws.c if column.name not in ("customers", "company", "company_name")]
_PARTS = ("lots", "lots_folded", "control", "stratum", "churn_probability", "clv", "offer")


@dataclass(frozen=True, kw_only=True, eq=False)
class DrawnCustomers:
    """Everybody on the list, as of the draw. ``lots`` and ``lots_folded`` (n, 16): of the id as written and without its case;
    ``control``, ``stratum``, ``churn_probability``, ``clv`` (money), (n,) each; ``offer``: the position of the offer that is meant for
    the customer in the campaign's plan, of those who are left alone too, ``None`` where the campaign has one offer.
    """

    lots: Lots
    lots_folded: Lots
    control: npt.NDArray[np.bool_]
    stratum: npt.NDArray[np.int16]
    churn_probability: Values
    clv: Values
    offer: npt.NDArray[np.int16] | None = None

    @classmethod
    def of(
        cls,
        ids: list[str],
        draw: Draw,
        churn_probability: Values,
        clv: Values,
        salt: str,
        offer: npt.NDArray[np.integer] | None = None,
    ) -> "DrawnCustomers":
        """``ids`` as ``experiment.draw.as_id`` makes them; all in the order of the list."""
        return cls(
            lots=lots_of(ids, salt),
            lots_folded=lots_of(folded(ids), salt),
            control=draw.control,
            stratum=draw.stratum,
            churn_probability=churn_probability,
            clv=clv,
            offer=None if offer is None else offer.astype(np.int16),
        )

    def as_bytes(self) -> bytes:
        """For the database; the same customers in another order are the same bytes."""
        order = np.lexsort(self.lots.T[::-1])
        content = io.BytesIO()
        np.savez(content, **{name: getattr(self, name)[order] for name in _PARTS if getattr(self, name) is not None})
        return content.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> "DrawnCustomers":
        """Raises ``StoreError`` for what ``as_bytes`` has not written."""
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as parts:
                return cls(**{name: parts[name] for name in _PARTS if name in parts or name != "offer"})
        except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
            raise StoreError("A draw in the database cannot be read. Restore the database from a copy.") from error


@dataclass(frozen=True, kw_only=True)
class KeptDraw:
    """A campaign's draw. ``days`` within which leaving counts, ``None`` where nobody said; ``expected_profit`` of the treated alone,
    money.
    """

    id: int
    campaign_id: str
    drawn_at: datetime
    drawn_by: str
    days: int | None
    share: float
    salt: str
    treated: int
    control: int
    expected_profit: float
    sha256: str


class Draws:
    """The draws of the database's company."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def same(self, customers: DrawnCustomers) -> KeptDraw | None:
        """The newest draw of exactly these customers, if there is one: a list that is downloaded twice is drawn once."""
        query = self._all().where(_draws.c.sha256 == _sha256(customers.as_bytes())).limit(1)
        with self._database.transaction() as c:
            row = c.execute(query).mappings().one_or_none()
        return None if row is None else KeptDraw(**row)

    def add(
        self,
        customers: DrawnCustomers,
        *,
        campaign_id: str,
        who: str,
        share: float,
        salt: str,
        expected_profit: float,
        days: int | None = None,
    ) -> KeptDraw:
        """Keep a draw; durable when this returns."""
        content, control = customers.as_bytes(), int(customers.control.sum())
        values = {
            "campaign_id": campaign_id,
            "drawn_at": datetime.now(UTC),
            "drawn_by": checks.name(who, "Say who draws it"),
            "days": days,
            "share": float(share),
            "salt": checks.name(salt, "The draw needs a salt"),
            "treated": len(customers.control) - control,
            "control": control,
            "expected_profit": float(expected_profit),
            "sha256": _sha256(content),
        }
        with self._database.transaction(write=True) as c:
            row = {**values, "customers": content, **self._database.company.as_row()}
            key = c.execute(_draws.insert(), row).inserted_primary_key
        return KeptDraw(id=int(key[0]), **values)  # type: ignore[index, arg-type]

    def latest(self, limit: int = 200) -> list[KeptDraw]:
        """The draws, newest first."""
        with self._database.transaction() as c:
            return [KeptDraw(**row) for row in c.execute(self._all().limit(limit)).mappings()]

    def of_campaign(self, campaign_id: str) -> KeptDraw:
        """The newest draw of a campaign. Raises ``CampaignError`` where its list was never drawn."""
        with self._database.transaction() as c:
            row = c.execute(self._all().where(_draws.c.campaign_id == campaign_id).limit(1)).mappings().one_or_none()
        if row is None:
            raise CampaignError(
                f"No list was drawn for the campaign {campaign_id[:40]!r}. Download its list on the page Campaign, or write it with "
                "the command contacts."
            )
        return KeptDraw(**row)

    def customers(self, draw: KeptDraw) -> DrawnCustomers:
        """Who was drawn."""
        with self._database.transaction() as c:
            return DrawnCustomers.from_bytes(c.execute(sa.select(_draws.c.customers).where(_draws.c.id == draw.id)).scalar_one())

    def _all(self) -> sa.Select[tuple[object, ...]]:
        return sa.select(*_COLUMNS).where(_draws.c.company == self._database.company.key).order_by(_draws.c.id.desc())


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
