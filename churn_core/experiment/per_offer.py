"""What each of several offers did: measured within the customers whom it was meant for. LOOP.md §2, *Several offers*."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from churn_core.errors import DataError
from churn_core.experiment.measure import Finished, Measured, measure
from churn_core.experiment.sentences import headline
from churn_core.experiment.two_by_two import enough

_FIGURES = ("two_by_two", "success_rate", "effect", "kept", "realised_profit", "expected")  # of ``Measured.as_dict``


@dataclass(frozen=True, kw_only=True, eq=False)
class OfferMeasured:
    """One offer. ``measured`` is ``None`` where there is no figure to give, and ``why`` says the reason."""

    offer: str
    treated: int
    control: int
    measured: Measured | None
    why: str = ""

    @property
    def sentence(self) -> str:
        """What the offer did, in a sentence or two."""
        return f"'{self.offer}': {self.why if self.measured is None else headline(self.measured)}"

    def as_dict(self) -> dict[str, Any]:
        """As JSON values: CONTRACT.md, ``measure``. What cannot be told is ``None``."""
        found: dict[str, Any] = {"offer": self.offer, "drawn": {"treated": self.treated, "control": self.control}}
        told = {} if self.measured is None else self.measured.as_dict()
        return {**found, **{name: told.get(name) for name in _FIGURES}, "sentence": self.sentence}


def per_offer(finished: Finished, names: Sequence[str]) -> list[OfferMeasured]:
    """Each offer that was meant for anybody, within its own customers alone: each offer against the whole control group would mix
    customers of different risk. ``names`` (J,) of the offers. Empty for a campaign with one offer.
    """
    if finished.offer is None:
        return []
    found = []
    for name, (which, campaign) in zip(names, finished.parts, strict=True):
        if not which.any():
            continue
        of_offer = finished.of_offer(which, campaign)
        control = int(of_offer.control.sum())
        measured, why = None, ""
        try:
            measured = measure(of_offer)
        except DataError as error:
            why = str(error)
        found.append(OfferMeasured(offer=name, treated=int(which.sum()) - control, control=control, measured=measured, why=why))
    return found


def can_name_a_rate(offer: Mapping[str, Any]) -> bool:
    """Whether enough is known of an offer, as ``OfferMeasured.as_dict`` has it, to name its success rate and not a range alone."""
    counts = offer["two_by_two"]
    return offer["success_rate"] is not None and enough(counts["control"], counts["left_control"])
