"""The contact list as it leaves the house: drawn, kept as a campaign, and only then written. Pages and command line share it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pandas as pd

from churn_core.application.workspace import Workspace
from churn_core.campaign.forecast import Contacts
from churn_core.campaign.schedule import Schedule
from churn_core.decisions.campaign_sheet import campaign_sheet
from churn_core.decisions.contact_list import contact_list, contact_list_in_parts
from churn_core.decisions.control import per_offer, treated_of
from churn_core.decisions.drawn import CONTROL, draw_of, still_here
from churn_core.decisions.offers import ContactsOfOffers
from churn_core.decisions.recommendation import Recommendation
from churn_core.decisions.weeks import schedule_of
from churn_core.errors import CampaignError
from churn_core.experiment.draw import as_id
from churn_core.formats import counted, short_percent
from churn_core.schema import Schema
from churn_core.storage.campaigns import SavedCampaign
from churn_core.storage.draws import DrawnCustomers, Draws, KeptDraw
from churn_core.storage.store import Store

_DAYS_OF_A_MONTH = 365.25 / 12
_SHARES = (
    "churn_probability", "break_even_probability", "threshold", "roi", "success_rate", "success_rate_give_or_take", "margin",
    "annual_discount", "monthly_survival", "incentive_uptake", "backfire_rate", "min_roi", "min_marginal_roi", "control_share",
)  # fmt: skip
_AMOUNTS = (
    "expected_profit", "expected_spend", "range_low", "range_high", "range_if_exact_low", "range_if_exact_high", "retention_cost",
    "incentive", "fixed_cost", "budget", "cost_of_waiting", "clv",
)  # fmt: skip
_NUMBERS = ("rank", "week", "weeks", "contacted", "left_alone", "customers", "contacts_per_week", "not_reached_in_time")


@dataclass(frozen=True, kw_only=True, eq=False)
class DrawnList:
    """The ``draw`` of a list and the ``campaign`` it is kept with. The ``table`` itself is made each time it is asked for: of a
    million customers it takes more memory than everything else, and nobody needs it twice.

    ``contacts``: sums over the treated alone, net of the control group, of each offer where there are several.
    ``parts``: the table some rows at a time. ``planned``: the treated week by week, if they are.
    """

    draw: KeptDraw
    campaign: SavedCampaign
    contacts: Contacts | ContactsOfOffers
    recommended: Recommendation
    model_id: str
    make_table: Callable[[], pd.DataFrame]
    parts: Callable[[], Iterator[pd.DataFrame]]
    planned: Schedule | None = None

    @property
    def table(self) -> pd.DataFrame:
        """The list, with an arm for each customer: ``contact_list``."""
        return self.make_table()

    @property
    def per_offer(self) -> list[dict[str, Any]]:
        """Of each of several offers that somebody gets, who is treated and who is left alone, as JSON values; empty for one offer."""
        return [
            {"offer": each.offer, "treated": each.treated, "control": each.customers}
            for each in per_offer(self.recommended, draw_of(self.recommended, self.draw.share, self.draw.salt))
        ]

    def sheets(self) -> dict[str, pd.DataFrame]:
        """The sheets of a workbook: what it is, whom to call, and whom to leave alone."""
        about = campaign_sheet(self.recommended, self.model_id, self.draw.share, self.draw.salt, self.planned)
        about = pd.concat(
            [pd.DataFrame({"name": ["campaign", "campaign_id"], "value": [self.campaign.name, self.campaign.id]}), about]
        )
        return by_arm(self.table, about)


def by_arm(table: pd.DataFrame, about: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """A list as the sheets of a workbook; ``about`` it is the first."""
    held = table["arm"] == CONTROL
    return {"Read me": about, "Call": table[~held], "Do not call": table[held]}


def formats_of(schema: Schema, currency: str) -> dict[str, str]:
    """How Excel writes the numbers of a list and of the sheet about it, by the name of the column: shares in per cent, money with the
    ``currency`` label in front, empty for none.
    """
    label = currency.replace('"', "")
    money = f'"{label}{" " if label[-1:].isalpha() else ""}"#,##0.00' if label else "#,##0.00"
    amounts = (*_AMOUNTS, *(name for name in (schema.monthly_charge, schema.clv_column) if name))
    return dict.fromkeys(_SHARES, "0.0%") | dict.fromkeys(_NUMBERS, "#,##0") | dict.fromkeys(amounts, money)


def draw_list(
    workspace: Workspace,
    recommended: Recommendation,
    store: Store,
    *,
    who: str,
    share: float,
    name: str = "",
    salt: str = "",
    days: int | None = None,
    data_sha256: str = "",
    per_week: int | None = None,
) -> DrawnList:
    """Draw the control group of a recommendation on the customers still here, and keep both as a campaign.

    ``name``: by default of today; ``salt``: by default the name. A list that is drawn again with the same customers, plan and salt is
    the same campaign. ``days`` within which leaving counts: by default those of the schema's window. ``data_sha256``: of the file of
    these customers; by default that of the dashboard's. ``per_week``: contacts of a week, for a list in weeks.
    Raises ``CampaignError`` for a back-test and for a share that leaves nobody to contact, or nobody alone; ``StoreError`` where
    nothing can be kept: then nothing is written.
    """
    name = name.strip() or f"Contact list of {datetime.now(UTC).date().isoformat()}"
    salt = salt.strip() or name
    version, campaign, population = workspace.version, recommended.plan.campaign, recommended.population
    drawn = draw_of(recommended, share, salt)
    if share > 0 and not drawn.control.any():
        raise CampaignError(
            f"A control group of {short_percent(share)} of {counted(len(drawn.control), 'customer')} is nobody. Hold back a larger "
            "share, or none."
        )
    planned = None if per_week is None else schedule_of(recommended, per_week, drawn.control)
    week = None if planned is None else planned.week
    contact = recommended.contact
    ids = [as_id(each) for each in still_here(recommended).loc[contact, population.schema.id]]
    p, clv = population.probability[contact], recommended.clv[contact]
    offer = None if recommended.offers is None else recommended.offers.offer[contact]
    contacts = treated_of(recommended, drawn)
    outcome = contacts.outcome(campaign)
    customers = DrawnCustomers.of(ids, drawn, p, clv, salt, offer)
    draws = Draws(store)
    kept = draws.same(customers)
    saved = None if kept is None else store.campaign(kept.campaign_id)
    if kept is None or saved is None or saved.plan != recommended.plan or saved.name != name:
        saved = store.save(
            name,
            recommended.plan,
            threshold=recommended.threshold if recommended.offers is None else recommended.best.threshold,
            contacted=outcome.contacted,
            expected_profit=outcome.expected_profit,
            expected_spend=outcome.expected_spend,
            model_id=version.model_id,
            data_sha256=data_sha256 or workspace.dataset.sha256,
            who=who,
        )
        kept = draws.add(
            customers,
            campaign_id=saved.id,
            who=who,
            share=share,
            salt=salt,
            expected_profit=outcome.expected_profit,
            days=days if days is not None else _window(population.schema.window),
        )
    how: dict[str, Any] = {"control_share": share, "salt": salt, "week": week}
    return DrawnList(
        draw=kept,
        campaign=saved,
        contacts=contacts,
        recommended=recommended,
        model_id=version.model_id,
        make_table=partial(contact_list, recommended, version.model, **how),
        parts=partial(contact_list_in_parts, recommended, version.model, **how),
        planned=planned,
    )


def _window(months: float | None) -> int | None:
    return None if months is None else max(round(months * _DAYS_OF_A_MONTH), 1)
