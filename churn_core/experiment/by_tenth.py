"""What the contact did at each level of risk, and where it may harm: LOOP.md §4.4."""

from collections.abc import Mapping
from dataclasses import dataclass

from churn_core import settings
from churn_core.campaign.uncertainty import Band
from churn_core.experiment.two_by_two import Counts, reduction, reduction_at


@dataclass(frozen=True, kw_only=True)
class Tenth:
    """One stratum of the draw, 1 for the highest churn probabilities: its counts, Δ with its own 95 % interval, and whether it is
    among those that ``may_harm``.
    """

    stratum: int
    counts: Counts
    reduction: Band
    may_harm: bool


def by_tenth(strata: Mapping[int, Counts]) -> list[Tenth]:
    """The strata that have both arms. Those that may harm are found by Holm (1979): so many looks, five wrong in a hundred in all."""
    both = {k: counts for k, counts in strata.items() if counts.treated and counts.control}
    harmful = _harmful(both)
    return [
        Tenth(stratum=k, counts=counts, reduction=reduction(counts), may_harm=k in harmful) for k, counts in sorted(both.items())
    ]


def _harmful(strata: Mapping[int, Counts]) -> set[int]:
    found: set[int] = set()
    while len(found) < len(strata):
        level = 1 - (1 - settings.CONFIDENCE) / (len(strata) - len(found))
        more = {k for k, counts in strata.items() if k not in found and reduction_at(counts, level).high < 0}
        if not more:
            break
        found |= more
    return found
