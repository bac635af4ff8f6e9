"""What the control group of a list costs, and what it buys."""

from dataclasses import dataclass

from churn_core.campaign.forecast import Contacts
from churn_core.decisions.contact_list import Recommendation, draw_of
from churn_core.experiment.plan_control import Precision, planned


@dataclass(frozen=True, kw_only=True)
class Control:
    """``customers`` who are left alone; ``expected_profit``: money forgone by not contacting them; ``treated``: the sums over the
    others, who are contacted; ``precision`` of the success rate that the campaign will measure, ``None`` if one of the groups is
    empty.
    """

    customers: int
    expected_profit: float
    treated: Contacts
    precision: Precision | None


def control_of(recommended: Recommendation, share: float, salt: str) -> Control:
    """The control group of a recommendation."""
    contact, campaign = recommended.contact, recommended.plan.campaign
    p, held = recommended.population.probability[contact], draw_of(recommended, share, salt).control
    clv, customers = recommended.clv[contact], int(held.sum())
    return Control(
        customers=customers,
        expected_profit=Contacts.of(p[held], clv[held], campaign).profit,
        treated=Contacts.of(p[~held], clv[~held], campaign),
        precision=planned(p, customers, campaign.success_rate, campaign.backfire_rate),
    )
