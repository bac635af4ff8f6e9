"""Where the success rate of the draft comes from: a campaign that measured it, or the user's own assumption."""

from churn_core.application.results_over_time import source_of
from churn_core.campaign.plan import Plan
from churn_core.storage.results import KeptResult, Results
from pages.parts.frame import otherwise, store


def measured_in(plan: Plan) -> str | None:
    """``measured in Spring calls, 2026-11-26``, as plain text; ``None`` where nobody has measured this rate."""
    source: KeptResult | None = otherwise(lambda: source_of(plan, Results(store()).latest()), None)
    return None if source is None else f"measured in {source.name}, {source.measured_at:%Y-%m-%d}"
