"""The result of a campaign → kept, once."""

from collections.abc import Mapping
from typing import Any

from churn_core.application.campaign_result import CampaignResult
from churn_core.errors import CampaignError
from churn_core.storage.results import KeptResult, Results
from churn_core.storage.store import Store


def keep(result: CampaignResult, store: Store, who: str) -> KeptResult:
    """Keep what was measured; durable when this returns. A file that says again what is kept of it is not kept twice. Raises
    ``CampaignError`` for an early look, which is no result.
    """
    if result.measured is None:
        raise CampaignError("The window of the campaign is not over, so there is no result to keep. Measure it when it is.")
    before = kept_already(result, store)
    if before is not None:
        return before
    return Results(store).add(
        draw_id=None if result.draw is None else result.draw.id,
        name=result.name,
        file_sha256=result.file_sha256,
        who=who,
        result=_kept_values(result),
    )


def kept_already(result: CampaignResult, store: Store) -> KeptResult | None:
    """What is kept of the same file with the same figures, whatever its sentences write in front of money."""
    before = Results(store).of_file(result.file_sha256)
    same = before is not None and _figures(before.result) == _figures(_kept_values(result))
    return before if same else None


def _kept_values(result: CampaignResult) -> dict[str, Any]:
    stratified = None if result.measured is None else result.measured.stratified
    return {**result.as_dict(), "se_log": None if stratified is None else stratified.se_log}


def _figures(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in ("sentence", "warnings")}
