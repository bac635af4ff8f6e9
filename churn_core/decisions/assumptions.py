"""What other answers to the open questions do to the profit and to the list: how long a save holds, the margin, contacts per week."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from churn_core.campaign.economics import OWN_RISK, STAYS, TENURE
from churn_core.campaign.forecast import Contacts
from churn_core.campaign.open_margin import MARGINS
from churn_core.campaign.plan import PER_CUSTOMER, Plan
from churn_core.campaign.schedule import NEVER
from churn_core.decisions.offers import campaigns_of
from churn_core.decisions.recommendation import Recommendation, recommend
from churn_core.decisions.weeks import schedule_of, window_of
from churn_core.schema import Schema

WINDOWS = (1.0, 3.0, 12.0)  # months; our choice, where nobody has said the churn window


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """The same customers under the ``plan`` with another answer, or with ``per_week`` contacts a week within the churn ``window``
    (months; ``None`` where nobody has said).

    - ``kept``: what today's list earns then; money
    - ``best`` and ``contacted``: what the list earns that is decided anew customer by customer, money, and how many are on it
    - ``left_out`` of today's list and ``joined`` to it
    """

    plan: Plan
    per_week: int | None
    window: float | None
    kept: float
    best: float
    contacted: int
    left_out: int
    joined: int


def alternatives(recommended: Recommendation, tenure_curve: tuple[float, ...], per_week: int | None = None) -> list[Alternative]:
    """Today's answers first, then each other one alone; all within the limits of the plan.

    ``tenure_curve``: that of the customers, empty where it is not known. ``per_week`` contacts a week count where the churn window is
    known.
    """
    plan, population = recommended.plan, recommended.population
    found = [_under(recommended, other) for other in (plan, *_other_plans(plan, population.schema, tenure_curve))]
    if per_week is not None and window_of(plan, population.schema) is not None:
        found.append(_in_weeks(recommended, per_week))
    return found


def _other_plans(plan: Plan, schema: Schema, tenure_curve: tuple[float, ...]) -> Iterator[Plan]:
    campaign = plan.campaign
    if schema.monthly_charge is None:  # a lifetime value follows from no horizon and no margin
        return
    if campaign.after_save != STAYS:
        yield replace(plan, campaign=replace(campaign, after_save=STAYS))
    window = window_of(plan, schema)
    for months in WINDOWS if window is None else (window,):
        if campaign.after_save != OWN_RISK:
            yield replace(plan, campaign=replace(campaign, after_save=OWN_RISK, window=months))
    if campaign.after_save != TENURE and tenure_curve:
        yield replace(plan, campaign=replace(campaign, after_save=TENURE, tenure_curve=tenure_curve))
    for margin in MARGINS:
        if margin != campaign.margin:
            yield replace(plan, campaign=replace(campaign, margin=margin))


def _under(recommended: Recommendation, plan: Plan) -> Alternative:
    """Today's list, and the one that is decided anew, by another plan."""
    anew = recommend(recommended.population, replace(plan, rule=PER_CUSTOMER))
    return _alternative(plan, None, _profit_of_list(recommended, plan), anew.outcome.expected_profit, anew.contact, recommended)


def _in_weeks(recommended: Recommendation, per_week: int) -> Alternative:
    """The list as it can be worked through: who is not reached in time is left out, and earns nothing."""
    plan = recommended.plan
    anew = recommend(recommended.population, replace(plan, rule=PER_CUSTOMER))
    kept, _ = _worked_through(recommended, per_week)
    best, reached = _worked_through(anew, per_week)
    return _alternative(plan, per_week, kept, best, reached, recommended)


def _worked_through(recommended: Recommendation, per_week: int) -> tuple[float, npt.NDArray[np.bool_]]:
    """What a list earns week by week, the fixed cost included, and who of the population (n,) is reached."""
    planned, reached = schedule_of(recommended, per_week), recommended.contact.copy()
    reached[reached] = planned.week != NEVER
    return planned.expected_profit - recommended.plan.campaign.fixed_cost * bool(planned.weeks), reached


def _alternative(
    plan: Plan,
    per_week: int | None,
    kept: float,
    best: float,
    contact: npt.NDArray[np.bool_],
    today: Recommendation,
) -> Alternative:
    return Alternative(
        plan=plan,
        per_week=per_week,
        window=window_of(plan, today.population.schema),
        kept=kept,
        best=best,
        contacted=int(contact.sum()),
        left_out=int((today.contact & ~contact).sum()),
        joined=int((contact & ~today.contact).sum()),
    )


def _profit_of_list(recommended: Recommendation, plan: Plan) -> float:
    """What today's list earns by another plan, with several offers each customer by today's offer; money, the fixed cost included."""
    p, clv = recommended.population.probability, recommended.population.worth.clv(plan.campaign)
    if recommended.offers is None:
        given = {0: recommended.contact}
        campaigns = [plan.campaign]
    else:
        campaigns = [*campaigns_of(plan)]
        given = {j: recommended.offers.offer == j for j in range(len(campaigns))}
    earned = sum(Contacts.of(p[to], clv[to], campaigns[j]).profit for j, to in given.items())
    return earned - plan.campaign.fixed_cost * bool(recommended.contact.any())
