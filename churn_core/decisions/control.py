"""What the control group of a list costs, and what it buys."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from churn_core.campaign.forecast import Contacts
from churn_core.decisions.drawn import draw_of
from churn_core.decisions.offers import ContactsOfOffers, contacts_of
from churn_core.decisions.recommendation import Recommendation
from churn_core.experiment.draw import Draw
from churn_core.experiment.plan_control import Precision, planned


@dataclass(frozen=True, kw_only=True)
class ControlOfOffer:
    """Of the customers whom one ``offer`` is meant for: how many get it, how many are left alone, and the ``precision`` with which its
    success rate will be measured, ``None`` where one of the groups is empty.
    """

    offer: str
    treated: int
    customers: int
    precision: Precision | None


@dataclass(frozen=True, kw_only=True)
class Control:
    """``customers`` who are left alone; ``expected_profit``: money forgone by not contacting them; ``treated``: the sums over the
    others, who are contacted; ``precision`` of the success rate that the campaign will measure, ``None`` if one of the groups is
    empty and where there are several offers, which are measured each for itself: ``per_offer``.
    """

    customers: int
    expected_profit: float
    treated: Contacts | ContactsOfOffers
    precision: Precision | None
    per_offer: tuple[ControlOfOffer, ...] = ()


def control_of(recommended: Recommendation, share: float, salt: str) -> Control:
    """The control group of a recommendation."""
    salt = salt if share else ""  # nobody is drawn by it
    return recommended.figures.get(("control", share, salt), lambda: _control_of(recommended, share, salt))


def _control_of(recommended: Recommendation, share: float, salt: str) -> Control:
    contact, campaign, drawn = recommended.contact, recommended.plan.campaign, draw_of(recommended, share, salt)
    p, held = recommended.population.probability[contact], drawn.control
    of_each = per_offer(recommended, drawn)
    return Control(
        customers=int(held.sum()),
        expected_profit=_sums(recommended, held).profit,
        treated=treated_of(recommended, drawn),
        precision=None if of_each else planned(p, int(held.sum()), campaign.success_rate, campaign.backfire_rate),
        per_offer=of_each,
    )


def treated_of(recommended: Recommendation, drawn: Draw) -> Contacts | ContactsOfOffers:
    """The sums over those of a recommendation's contacts who are not left alone."""
    return _sums(recommended, ~drawn.control)


def _sums(recommended: Recommendation, which: npt.NDArray[np.bool_]) -> Contacts | ContactsOfOffers:
    """The sums over some of the contacts."""
    contact, plan = recommended.contact, recommended.plan
    p, clv = recommended.population.probability[contact][which], recommended.clv[contact][which]
    if recommended.offers is None:
        return Contacts.of(p, clv, plan.campaign)
    return contacts_of(p, clv, plan, recommended.offers.offer[contact][which])


def per_offer(recommended: Recommendation, drawn: Draw) -> tuple[ControlOfOffer, ...]:
    """Each offer that somebody gets, measured within the customers whom it is meant for."""
    if recommended.offers is None:
        return ()
    offer, p = recommended.offers.offer[recommended.contact], recommended.population.probability[recommended.contact]
    found = []
    for j, each in enumerate(recommended.plan.offers):
        meant = offer == j
        if meant.any():
            held = int(drawn.control[meant].sum())
            precision = planned(p[meant], held, each.success_rate, each.backfire_rate)
            found.append(ControlOfOffer(offer=each.name, treated=int(meant.sum()) - held, customers=held, precision=precision))
    return tuple(found)
