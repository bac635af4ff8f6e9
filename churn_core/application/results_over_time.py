"""Each campaign planned against measured, and those that still wait for their result."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pandas as pd

from churn_core.application.correction import rate_beside
from churn_core.campaign.plan import Plan
from churn_core.campaign.uncertainty import Band
from churn_core.experiment.realised import FEWEST_LEAVERS
from churn_core.experiment.several import Together, together
from churn_core.experiment.strata import RateEstimate
from churn_core.storage.campaigns import SavedCampaign
from churn_core.storage.draws import KeptDraw
from churn_core.storage.results import KeptResult

_BANDS = ("expected", "realised_profit", "success_rate", "kept")
_ENDS = ("estimate", "low", "high")
_SAME = 1e-9  # relative; what an address keeps of a success rate


def over_time(results: Sequence[KeptResult], draws: Sequence[KeptDraw]) -> pd.DataFrame:
    """One row per campaign, the oldest first.

    Columns: ``name``; ``drawn_at`` and ``measured_at`` (UTC); ``treated`` and ``control`` customers; ``kept``, ``expected``,
    ``realised_profit`` (money) and ``success_rate`` (share), each with ``_low`` and ``_high``; empty where it is not defined,
    and the realised profit where too few left to tell it.
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
            if name == "realised_profit" and too_few(each.result):
                band = {}
            row |= {name: band.get("estimate"), f"{name}_low": band.get("low"), f"{name}_high": band.get("high")}
        rows.append(row)
    columns = ["name", "drawn_at", "measured_at", "treated", "control"]
    columns += [f"{name}{end}" for name in _BANDS for end in ("", "_low", "_high")]
    table = pd.DataFrame(rows, columns=columns)
    numbers = [name for name in columns if name not in ("name", "drawn_at", "measured_at")]
    return table.astype(dict.fromkeys(numbers, float))


def too_few(result: Mapping[str, Any]) -> bool:
    """Whether fewer than 20 of an arm left, so that money cannot be told: LOOP.md §5.1."""
    counts = result["two_by_two"]
    return bool(min(counts["left_treated"], counts["left_control"]) < FEWEST_LEAVERS)


def drawn_lists(draws: Sequence[KeptDraw], campaigns: Sequence[SavedCampaign]) -> pd.DataFrame:
    """The campaigns whose list was drawn, the newest first. Columns: ``name``, ``drawn_at`` (UTC), ``campaign_id``."""
    named = {each.id: each.name for each in campaigns}
    rows = {draw.campaign_id: draw for draw in reversed(draws) if draw.campaign_id in named}
    found = [(named[draw.campaign_id], draw.drawn_at, draw.campaign_id) for draw in reversed(rows.values())]
    return pd.DataFrame(found, columns=["name", "drawn_at", "campaign_id"])


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
    """The newest campaign that measured the success rate of this plan; ``None`` where it is the user's own assumption."""
    for each in sorted(results, key=lambda result: -result.id):
        rate = rate_beside(each.result, plan.campaign.backfire_rate)
        if rate is not None and math.isclose(rate, plan.campaign.success_rate, rel_tol=_SAME):
            return each
    return None


@dataclass(frozen=True, kw_only=True)
class Sum:
    """What ``campaigns`` were expected to earn together and what they earned, money."""

    campaigns: int
    expected: float
    realised: Band


def sum_of(table: pd.DataFrame) -> Sum | None:
    """The sum over the rows of ``over_time`` whose profit could be told; ``None`` without any.

    The campaigns have no customer's outcome in common, so their errors add as independent ones do.
    """
    told = table[table["realised_profit"].notna() & table["expected"].notna()]
    if told.empty:
        return None
    half = math.sqrt(float((((told["realised_profit_high"] - told["realised_profit_low"]) / 2) ** 2).sum()))
    realised = float(told["realised_profit"].sum())
    return Sum(
        campaigns=len(told),
        expected=float(told["expected"].sum()),
        realised=Band(estimate=realised, low=realised - half, high=realised + half),
    )


def together_of(results: Sequence[KeptResult]) -> Together | None:
    """What the campaigns say of the success rate together; ``None`` with fewer than three that measured it within levels of risk. The
    rate of a campaign with several offers is a mixture of theirs, and says nothing of another campaign.
    """
    rates = [
        RateEstimate(success_rate=Band(**{end: each.result["success_rate"][end] for end in _ENDS}), se_log=each.result["se_log"])
        for each in results
        if each.result.get("success_rate") and each.result.get("se_log") and not each.result.get("per_offer")
    ]
    return together(rates)
