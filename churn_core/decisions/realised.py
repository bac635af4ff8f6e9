"""What the contacts of a back-test would have earned, now that it is known who left."""

from dataclasses import dataclass

from churn_core.campaign.uncertainty import Band, Z, misses, realised_bands
from churn_core.decisions.recommendation import Recommendation
from churn_core.errors import CampaignError


@dataclass(frozen=True, kw_only=True)
class Realised:
    """What the contacts of a back-test would have earned, given who left.

    ``profit`` and ``roi``: with the 95 % interval of their long-run mean; ``roi`` is ``None`` if nothing is spent. ``missed``: how
    far the realised profit lies above the expected one, in standard deviations of chance. ``had_left``: contacts who left.
    """

    profit: Band
    roi: Band | None
    missed: float
    had_left: int

    @property
    def beyond_chance(self) -> bool:
        """Whether the probabilities miss the outcomes: then the expected profit stands beside the realised one."""
        return abs(self.missed) > Z


def realised(back_test: Recommendation) -> Realised:
    """Of a recommendation on all customers. Raises ``CampaignError`` where it is not known who left."""
    return back_test.figures.get("realised", lambda: _realised(back_test))


def _realised(back_test: Recommendation) -> Realised:
    churned, contact = back_test.population.churned, back_test.contact
    if churned is None:
        raise CampaignError("What a campaign realised is known of a back-test only. Take all customers, not those still here.")
    y, clv, campaign = churned.astype(float), back_test.clv, back_test.plan.campaign
    profit, roi = realised_bands(contact, y, clv, campaign)
    p = back_test.population.probability
    return Realised(
        profit=profit,
        roi=roi,
        missed=misses(p[contact], y[contact], clv[contact], campaign),
        had_left=int(churned[contact].sum()),
    )
