"""Each campaign planned against measured, and those that still wait for their result."""

from collections.abc import Sequence
from datetime import timedelta

import pandas as pd

from churn_core.campaign.plan import Plan
from churn_core.storage.campaigns import SavedCampaign
from churn_core.storage.draws import KeptDraw
from churn_core.storage.results import KeptResult

_BANDS = ("expected", "realised_profit", "success_rate", "kept")


def over_time(results: Sequence[KeptResult], draws: Sequence[KeptDraw]) -> pd.DataFrame:
    """One row per campaign, the oldest first.

    Columns: ``name``; ``drawn_at`` and ``measured_at`` (UTC); ``treated`` and ``control`` customers; ``kept``, ``expected``,
    ``realised_profit`` (money) and ``success_rate`` (share), each with ``_low`` and ``_high``; empty where it is not defined.
    """
    drawn = {draw.id: draw for draw in draws}
    rows = []
    for each in results:
        counts = each.result["two_by_two"]
        draw = None if each.draw_id is None else drawn.get(each.draw_id)
        row = {
            "name": each.name,
            "drawn_at": None if draw is None else draw.drawn_at,
            "measured_at": each.measured_at,
            "treated": counts["treated"],
            "control": counts["control"],
        }
        for name in _BANDS:
            band = each.result.get(name) or {}
            row |= {name: band.get("estimate"), f"{name}_low": band.get("low"), f"{name}_high": band.get("high")}
        rows.append(row)
    columns = ["name", "drawn_at", "measured_at", "treated", "control"]
    columns += [f"{name}{end}" for name in _BANDS for end in ("", "_low", "_high")]
    table = pd.DataFrame(rows, columns=columns)
    numbers = [name for name in columns if name not in ("name", "drawn_at", "measured_at")]
    return table.astype(dict.fromkeys(numbers, float))


def waiting(draws: Sequence[KeptDraw], results: Sequence[KeptResult], campaigns: Sequence[SavedCampaign]) -> pd.DataFrame:
    """The campaigns whose list was drawn and whose result is not known, the newest first.

    Columns: ``name``, ``drawn_at`` (UTC), ``treated``, ``control``, ``expected_profit`` (money), ``ends`` (the day on which the window
    is over; empty where nobody said), ``campaign_id``.
    """
    measured, named = {each.draw_id for each in results}, {each.id: each.name for each in campaigns}
    rows = [
        {
            "name": named[draw.campaign_id],
            "drawn_at": draw.drawn_at,
            "treated": draw.treated,
            "control": draw.control,
            "expected_profit": draw.expected_profit,
            "ends": None if draw.days is None else draw.drawn_at.date() + timedelta(days=draw.days),
            "campaign_id": draw.campaign_id,
        }
        for draw in draws
        if draw.id not in measured and draw.campaign_id in named
    ]
    return pd.DataFrame(rows, columns=["name", "drawn_at", "treated", "control", "expected_profit", "ends", "campaign_id"])


def source_of(plan: Plan, results: Sequence[KeptResult]) -> KeptResult | None:
    """The campaign that measured the success rate of this plan; ``None`` where it is the user's own assumption."""
    for each in sorted(results, key=lambda result: -result.id):
        posterior = each.result.get("posterior")
        if posterior and posterior["success_rate"] == plan.campaign.success_rate:
            return each
    return None
