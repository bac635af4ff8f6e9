"""The segments to look at: those that were found, or, where none was, those that the schema names."""

from dataclasses import dataclass

from churn_core.application.workspace import Workspace
from churn_core.campaign.plan import Plan
from churn_core.decisions.policies import HasMembers
from churn_core.decisions.segments.found import OVERLAP, FoundSegments
from churn_core.decisions.segments.money import money_of
from churn_core.formats import count, counted, money, percent
from churn_core.model.metrics import share_interval
from churn_core.report.why import Reason

_MOST = 3  # segments; *Explore* shows them all


@dataclass(frozen=True, kw_only=True)
class ToldSegment:
    """Customers of one kind, and what the campaign earns with them.

    ``rate`` with ``low`` and ``high``: how many of them leave, and ``rest``, of all others; 0–1. ``customers``: those still here;
    ``profit``: expected of those of them whom it pays to contact, without the campaign's limits and its fixed cost; money. ``offer``:
    of several the one that fits; empty otherwise.
    """

    name: str
    definition: str
    rate: float
    low: float
    high: float
    rest: float
    customers: int
    profit: float
    offer: str

    @property
    def range_(self) -> str:
        """``55.4% to 67.9%``."""
        return f"{percent(self.low)} to {percent(self.high)}"

    @property
    def _who(self) -> str:
        """What the name means, before more is said; empty where the name says it."""
        return f"{self.definition[:1].lower()}{self.definition[1:]}. " if self.definition else ""

    def in_words(self, currency: str) -> Reason:
        """In sentences: how many leave, how many are still here, what the campaign earns with them, which offer fits."""
        fits = f" Offer that fits: {self.offer}." if self.offer else ""
        return Reason(
            about=self.name,
            said=f"{self._who}{percent(self.rate)} leave ({self.range_}), of all others {percent(self.rest)}. "
            f"{counted(self.customers, 'is still here', 'are still here')}; the campaign earns {money(self.profit, currency)} with "
            f"them.{fits}",
        )


def segments_of(workspace: Workspace, plan: Plan, found: FoundSegments, currency: str) -> tuple[ToldSegment, ...]:
    """The first that were ``found`` whose customers leave more often, no possible leak among them; else those of the schema."""
    key = ("segments", found.segments, plan, currency)
    return workspace.figures.get(key, lambda: _segments_of(workspace, plan, found, currency))


def _segments_of(workspace: Workspace, plan: Plan, found: FoundSegments, currency: str) -> tuple[ToldSegment, ...]:
    of_search = [each for each in found.segments if each.leaves_more and not each.may_be_a_leak][:_MOST]
    if of_search:
        return tuple(
            _told(workspace, plan, each, _capital(each.in_words(currency)), "", (each.rate, each.low, each.high, each.rest_rate))
            for each in of_search
        )
    return tuple(
        _told(workspace, plan, each, each.name, each.definition, rates)
        for each in workspace.schema.segments[:_MOST]
        if (rates := _counted(workspace, each)) is not None
    )


def about_segments(found: FoundSegments, told: tuple[ToldSegment, ...]) -> str:
    """On what the figures of the segments rest; where there is none to tell of, why."""
    high = [each for each in found.segments if each.leaves_more]
    money_within = "What the campaign earns with them is without its limits and its fixed cost."
    if any(not each.may_be_a_leak for each in high):
        holds = "the ranges hold for all segments at once, with 95%." if len(told) > 1 else "the range holds with 95%."
        overlap = f" {OVERLAP}" if len(told) > 1 else ""
        confirming = count(found.confirming)
        return f"Found on one part of the customers and counted on {confirming} others; {holds}{overlap} {money_within}"
    if high:
        none = "Of the groups that were found nearly everybody left. Perhaps a column says what happened afterwards: see Explore."
    elif found.tried:
        none = "No group of customers was found that leaves more often than the others by more than chance."
    else:
        none = "These customers are too few, or too much alike, to look for segments."
    return f"{none} {money_within}" if told else none


def _told(
    workspace: Workspace, plan: Plan, segment: HasMembers, name: str, definition: str, rates: tuple[float, float, float, float]
) -> ToldSegment:
    within = money_of(segment, workspace.still_here, plan)
    rate, low, high, rest = rates
    return ToldSegment(
        name=name,
        definition=definition,
        rate=rate,
        low=low,
        high=high,
        rest=rest,
        customers=within.customers,
        profit=within.expected_profit,
        offer=within.offer,
    )


def _counted(workspace: Workspace, segment: HasMembers) -> tuple[float, float, float, float] | None:
    """How many of a segment that was not searched for left, with the 95% interval, and of all others; ``None`` of an empty one."""
    inside, churned = segment.members(workspace.customers).to_numpy(), workspace.churned
    if not inside.any():
        return None
    low, high = share_interval(int(churned[inside].sum()), int(inside.sum()))
    rest = float(churned[~inside].mean()) if not inside.all() else float("nan")
    return float(churned[inside].mean()), float(low), float(high), rest


def _capital(said: str) -> str:
    return f"{said[:1].upper()}{said[1:]}"
