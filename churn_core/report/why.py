"""Why the recommendation is what it is: what tells leavers apart, where they are, and what the same rule did before."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from churn_core.application.workspace import Workspace
from churn_core.campaign.economics import expected_profit
from churn_core.decisions.contact_list import Recommendation, realised, recommend
from churn_core.decisions.offers import campaigns_of
from churn_core.decisions.strongest import Strength, strongest
from churn_core.formats import count, counted, listed, money, percent
from churn_core.model.explain import drivers
from churn_core.schema import BLANK, Column

Inside = npt.NDArray[np.bool_]

_DRIVERS, _SEGMENTS = 3, 3  # as many as a sentence and a small table hold
_SAME = 0.99  # share of customers who are in both groups or in neither, from which both say the same; our choice
_COUNTED = ("months", "days")  # units that are said behind the number


@dataclass(frozen=True, kw_only=True)
class GroupOfCustomers:
    """Customers of one kind: ``churn_rate`` of all in the data and ``rest``, that of everybody else; of those who are still here
    ``customers``, how many of them are on the list, ``contacted``, and the ``profit`` expected of these, money.
    """

    name: str
    definition: str
    churn_rate: float
    rest: float
    customers: int
    contacted: int
    profit: float


def strongest_drivers(workspace: Workspace) -> list[str]:
    """What tells those who left apart most, in words; for what several columns do together each of them stands."""
    model, schema = workspace.version.model, workspace.schema
    told_by = dict(zip(model.reasons, model.told_by, strict=True))
    reasons = drivers(model, workspace.customers, schema)[:_DRIVERS]
    names = [name for reason in reasons for name in ((reason,) if reason in schema else told_by.get(reason, (reason,)))]
    return [(schema[name].label if name in schema else name).lower() for name in dict.fromkeys(names)][:_DRIVERS]


def groups_of(workspace: Workspace, recommended: Recommendation) -> tuple[GroupOfCustomers, ...]:
    """The segments of the schema; where nobody has named any, of each column by which most money left the group that lost most
    beyond the average.
    """
    customers, schema = workspace.customers, workspace.schema
    if schema.segments:
        found = [
            (segment.name, segment.definition, segment.members(customers).to_numpy()) for segment in schema.segments[:_SEGMENTS]
        ]
    else:
        strengths = sorted(strongest(customers, schema), key=lambda each: -each.money)
        found = _each_once(_worst_group(workspace, each) for each in strengths)
    profit, churned = _profit_of_each(recommended), workspace.churned
    among = customers.index.isin(recommended.population.customers.index)
    contact = np.zeros(len(customers), dtype=bool)
    earned = np.zeros(len(customers))
    contact[among], earned[among] = recommended.contact, np.where(recommended.contact, profit, 0.0)
    return tuple(
        GroupOfCustomers(
            name=name,
            definition=definition,
            churn_rate=float(churned[inside].mean()),
            rest=float(churned[~inside].mean()) if (~inside).any() else float("nan"),
            customers=int((inside & among).sum()),
            contacted=int((inside & contact).sum()),
            profit=float(earned[inside].sum()),
        )
        for name, definition, inside in found
        if inside.any()
    )


def before(workspace: Workspace, recommended: Recommendation, currency: str) -> str | None:
    """What the same rule would have done on all customers, of whom it is known who left; ``None`` where it contacts nobody."""
    back_test = recommend(workspace.all_customers, recommended.plan)
    if not back_test.outcome.contacted:
        return None
    was = realised(back_test)
    apart = " They differ by more than chance: the probabilities miss what happened." if was.beyond_chance else ""
    return (
        f"On all {counted(len(workspace.customers), 'customer')} the same rule would have contacted "
        f"{count(back_test.outcome.contacted)}, {count(was.had_left)} of whom left: expected "
        f"{money(back_test.outcome.expected_profit, currency)}, realised {money(was.profit.estimate, currency)} at the assumed "
        f"success rate.{apart}"
    )


def told(workspace: Workspace) -> str:
    """The strongest drivers as a sentence."""
    return f"What tells leavers apart most: {listed(strongest_drivers(workspace))}."


def in_words(group: GroupOfCustomers, currency: str) -> str:
    """A group in a sentence."""
    return (
        f"{group.name}: {percent(group.churn_rate)} left, of all others {percent(group.rest)}. "
        f"{counted(group.customers, 'is still here', 'are still here')}; {count(group.contacted)} of them are on the list and bring "
        f"{money(group.profit, currency)} of its expected profit."
    )


def _each_once(found: Iterable[tuple[str, str, Inside]]) -> list[tuple[str, str, Inside]]:
    """The first groups; of columns that say the same only one."""
    kept = list[tuple[str, str, Inside]]()
    for name, definition, inside in found:
        if len(kept) < _SEGMENTS and not any((inside == other).mean() >= _SAME for *_, other in kept):
            kept.append((name, definition, inside))
    return kept


def _worst_group(workspace: Workspace, strength: Strength) -> tuple[str, str, Inside]:
    codes = strength.grouping.codes(workspace.customers)
    number = len(strength.grouping.labels)
    n, left = np.bincount(codes, minlength=number), np.bincount(codes, workspace.churned, minlength=number)
    worst = int((left - n * workspace.churned.mean()).argmax())
    return _with_group(strength.column, strength.grouping.labels[worst]), "", codes == worst


def _with_group(column: Column, group: str) -> str:
    """``lifetime 0 to 1 months``, ``plan Basic``."""
    said = f"{column.label} {group}"
    unit = column.unit if column.unit in _COUNTED and group != BLANK else ""
    return said if not unit or unit.casefold() in said.casefold() else f"{said} {unit}"


def _profit_of_each(recommended: Recommendation) -> npt.NDArray[np.float64]:
    """The expected profit of contacting each customer of the population (n,), by the own offer; money, without the fixed cost."""
    p, clv, plan = recommended.population.probability, recommended.clv, recommended.plan
    if recommended.offers is None:
        return expected_profit(p, clv, plan.campaign)
    profit = np.zeros(len(p))
    for j, campaign in enumerate(campaigns_of(plan)):
        given = recommended.offers.offer == j
        profit[given] = expected_profit(p[given], clv[given], campaign)
    return profit
