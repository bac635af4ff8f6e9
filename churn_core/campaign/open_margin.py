"""The margin that nobody has stated: money then counts revenue, and what would be earned if only a part of it is profit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from churn_core.campaign.economics import Campaign
from churn_core.campaign.optimise import Outcome
from churn_core.campaign.plan import Plan
from churn_core.formats import as_set, count, counted, percent

MARGINS = (0.5, 0.3)  # shares of revenue that are profit; our choice, for somebody who does not know the own one
NOT_STATED = "Margin not stated: money is revenue, not profit."


@dataclass(frozen=True, kw_only=True)
class AtMargin:
    """The best list if this ``margin`` were the right one; ``threshold`` is ``None`` where none describes it."""

    margin: float
    threshold: float | None
    contacted: int
    expected_profit: float


def not_stated(plan: Plan, for_life: bool) -> list[str]:
    """That nobody has stated the margin, if so; a lifetime value knows none.

    >>> not_stated(Plan(), for_life=False), not_stated(Plan(), for_life=True)
    (['Margin not stated: money is revenue, not profit.'], [])
    """
    return [NOT_STATED] if plan.margin_is_open and not for_life else []


def at_margins(best: Callable[[Campaign], Outcome], campaign: Campaign) -> tuple[AtMargin, ...]:
    """The ``best`` list at each of ``MARGINS``, all else as in the campaign."""
    found = [(margin, best(replace(campaign, margin=margin))) for margin in MARGINS]
    return tuple(
        AtMargin(margin=margin, threshold=list_.threshold, contacted=list_.contacted, expected_profit=list_.expected_profit)
        for margin, list_ in found
    )


def in_words(found: Sequence[AtMargin], money: Callable[[float], str] = count) -> str:
    """What the open question does to the figures, in a sentence. ``money`` writes an amount.

    >>> half = AtMargin(margin=0.5, threshold=0.082, contacted=3_600, expected_profit=196_000.0)
    >>> in_words([half, AtMargin(margin=0.3, threshold=0.15, contacted=2_600, expected_profit=101_000.0)])
    'Margin not stated: money is revenue, not profit. At 50% the best list earns 196,000 (threshold 8.2%), at 30% 101,000 (15.0%).'
    """
    told, before = list[str](), False
    for each in found:
        told.append(f"at {as_set(each.margin)} {_in_words(each, money, before)}")
        before = before or each.contacted > 0
    sentence = ", ".join(told)
    return f"{NOT_STATED} {sentence[0].upper()}{sentence[1:]}."


def _in_words(best: AtMargin, money: Callable[[float], str], before: bool) -> str:
    """``before``: another was told, and what is alike is not said again."""
    if not best.contacted:
        return "no contact pays"
    which = counted(best.contacted, "customer") if best.threshold is None else percent(best.threshold)
    earns = f"{'' if before else 'the best list earns '}{money(best.expected_profit)}"
    return f"{earns} ({'' if before or best.threshold is None else 'threshold '}{which})"
