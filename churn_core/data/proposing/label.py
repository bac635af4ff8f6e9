"""Which values of an outcome mean that somebody left."""

from dataclasses import dataclass

from churn_core.data.cleaning.account import shown
from churn_core.data.proposing.answers import SAID
from churn_core.data.proposing.languages import NAMES_LEAVING, NAMES_NOT_LEAVING, NAMES_STAYING, Meaning, meaning
from churn_core.data.proposing.proposal import Confidence
from churn_core.data.proposing.raw_column import RawColumn
from churn_core.data.proposing.words import spoken
from churn_core.errors import DataError


@dataclass(frozen=True, kw_only=True)
class Label:
    """The spellings that mean left, stayed and newly joined, the most frequent first. ``spoken``: the words themselves say so."""

    left: tuple[str, ...]
    stayed: tuple[str, ...]
    new: tuple[str, ...] = ()
    spoken: bool = False
    confidence: Confidence
    reason: str


def labels_of(column: RawColumn, said: str = "") -> Label:
    """The labels of the outcome ``column``; ``said`` is the value that somebody said means left.

    Yes, yes, Y, 1, 1.0 and True are one value. A name that says who stays turns yes and no around, and is asked; 1 against 2 is
    never guessed. Raises ``DataError`` if no value is the one that was said.
    """
    meant = {level: meaning(level) for level in column.present}
    new = _of(meant, "new")
    others = [level for level in column.present if level not in new]
    if said:
        left = tuple(level for level in others if _is_said(level, said))
        if not left:
            raise DataError(
                f"No value of {column.name} is {shown(said)}. It has {', '.join(map(shown, column.frequent(6)))}: name one of them."
            )
        stayed = tuple(level for level in others if level not in left)
        return Label(left=left, stayed=stayed, new=new, confidence="sure", reason=SAID)
    left, stayed = _of(meant, "left"), _of(meant, "stayed")
    unknown = tuple(level for level in others if level not in left and level not in stayed)
    stays_by_name = column.says(NAMES_STAYING) and not column.says(NAMES_LEAVING)
    inverted = stays_by_name or column.says(NAMES_NOT_LEAVING)
    spoken = any(meant[level][1] for level in left + stayed)
    if inverted and not spoken and left and stayed:
        reason = "its name says who stays, so the other value means left"
        return Label(left=stayed, stayed=left, new=new, confidence="ask", reason=reason)
    if left and stayed:  # words of neither are rows without an outcome
        named = column.says(NAMES_LEAVING)
        how: Confidence = "likely" if unknown else "sure" if named or spoken else "ask"
        reason = (
            f"{shown(left[0])} means left" if how != "ask" else f"{shown(left[0])} may mean left; the name does not say of what"
        )
        return Label(left=left, stayed=stayed, new=new, spoken=spoken, confidence=how, reason=reason)
    if spoken and left and unknown:
        only_other = len(unknown) == 1
        reason = f"{shown(left[0])} means left, so the other means stayed"
        return Label(left=left, stayed=unknown, new=new, confidence="likely" if only_other else "ask", reason=reason)
    if spoken and stayed and len(unknown) == 1:
        reason = f"{shown(stayed[0])} means stayed, so the other means left"
        return Label(left=unknown, stayed=stayed, new=new, confidence="likely", reason=reason)
    if not unknown and (left or stayed):
        return Label(left=left, stayed=stayed, new=new, spoken=spoken, confidence="sure", reason="it has one outcome only")
    return Label(left=(), stayed=(), new=new, confidence="ask", reason="no value says who left")


def _of(meant: dict[str, tuple[Meaning, bool]], which: Meaning) -> tuple[str, ...]:
    return tuple(level for level, (each, _) in meant.items() if each == which)


def _is_said(level: str, said: str) -> bool:
    """Whether ``said`` is this value: the same words, or another spelling of the same yes or no."""
    one, other = meaning(level), meaning(said)
    return spoken(level) == spoken(said) or (one == other and one[0] != "" and not one[1])
