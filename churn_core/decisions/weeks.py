"""A recommended list week by week: the schedule at so many contacts a week, and what waiting costs in a sentence."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from churn_core.campaign.plan import Plan
from churn_core.campaign.schedule import NEVER, Schedule, Waiting, schedule
from churn_core.decisions.offers import campaigns_of, identity_of
from churn_core.decisions.recommendation import Recommendation
from churn_core.errors import CampaignError
from churn_core.formats import count, counted
from churn_core.schema import Schema


def window_of(plan: Plan, schema: Schema) -> float | None:
    """The churn window that time is counted by, in months: the plan's, else that of the customers; ``None`` where nobody has said."""
    return schema.window if plan.campaign.window is None else plan.campaign.window


def schedule_of(recommended: Recommendation, per_week: int, left_alone: npt.NDArray[np.bool_] | None = None) -> Schedule:
    """The schedule of a recommended list; its ``week`` (k,) is in the order of those who are contacted in the population.

    ``left_alone`` (k,): the control group, who get no week and take no place. Of equal customers the more profitable comes first,
    then one by the id, so that the order of the population does not matter. Raises ``CampaignError`` where nobody has said the
    churn window.
    """
    plan, population, contact = recommended.plan, recommended.population, recommended.contact
    window = window_of(plan, population.schema)
    if window is None:
        raise CampaignError(
            "What waiting costs is not known: nobody has said within how many months those who leave do so. Say it with --window, "
            "like 1."
        )
    waiting = _waiting(recommended)
    treated = np.ones(len(waiting.staying), dtype=bool) if left_alone is None else ~left_alone
    identity = identity_of(population.customers.loc[contact, population.schema.id])
    order = np.lexsort((identity, -waiting.at(0.0)))
    order = order[treated[order]]
    planned = schedule(waiting[order], window=window, per_week=per_week)
    week = np.full(len(treated), NEVER, dtype=np.intp)
    week[order] = planned.week
    return replace(planned, week=week)


def _waiting(recommended: Recommendation) -> Waiting:
    """Of those who are contacted; with several offers of each by the own one."""
    contact, plan = recommended.contact, recommended.plan
    p, clv = recommended.population.probability[contact], recommended.clv[contact]
    if recommended.offers is None:
        return Waiting.of(p, clv, plan.campaign)
    return Waiting.of_offers(p, clv, campaigns_of(plan), recommended.offers.offer[contact])


def as_dict(planned: Schedule) -> dict[str, Any]:
    """As JSON, with the keys of CONTRACT.md."""
    each = zip(planned.contacts.tolist(), planned.profit.tolist(), strict=True)
    return {
        "contacts_per_week": planned.per_week,
        "expected_profit": planned.expected_profit,
        "at_once": planned.at_once,
        "cost_of_waiting": planned.cost_of_waiting,
        "bound": planned.bound,
        "missed": planned.missed,
        "missed_profit": planned.missed_profit,
        "unpaid": planned.unpaid,
        "weeks": [{"contacts": number, "expected_profit": profit} for number, profit in each],
    }


def in_words(planned: Schedule, money: Callable[[float], str] = count) -> str:
    """How long the list takes, what waiting costs, and who is not reached in time. ``money`` writes an amount.

    >>> waiting = Waiting.of([0.9, 0.2, 0.5, 0.05], [840.0] * 4, Plan().campaign)
    >>> in_words(schedule(waiting, window=1, per_week=1))
    'At 1 contact a week the list takes 3 weeks; waiting costs 62 of 376. 1 customer is not reached in time, and would earn 3 in the \
first week. After week 3 make a new list.'
    """
    told = [_how_long(planned, money)]
    if planned.missed:
        who = counted(planned.missed, "customer is", "customers are")
        told.append(f"{who} not reached in time, and would earn {money(planned.missed_profit)} in the first week.")
        told.append(f"After week {count(planned.weeks)} make a new list.")
    if planned.unpaid:
        who = counted(planned.unpaid, "customer on it brings", "customers on it bring")
        told.append(f"{who} less than a contact costs, and {'gets' if planned.unpaid == 1 else 'get'} no week.")
    return " ".join(told)


def _how_long(planned: Schedule, money: Callable[[float], str]) -> str:
    if not planned.weeks:
        return "No contact on the list pays on its own, so there is no week to contact anybody."
    lost = money(planned.cost_of_waiting)
    costs = f"{lost} of {money(planned.at_once)}" if planned.weeks > 1 or planned.missed else "nothing"
    return f"At {counted(planned.per_week, 'contact')} a week the list takes {counted(planned.weeks, 'week')}; waiting costs {costs}."
