"""The result of a campaign as people and programs read it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from churn_core.application.correction import Correction
from churn_core.campaign.plan import Plan
from churn_core.campaign.uncertainty import Z
from churn_core.experiment import sentences
from churn_core.experiment.measure import Measured
from churn_core.experiment.per_offer import OfferMeasured
from churn_core.experiment.two_by_two import Counts
from churn_core.formats import count, listed, percent
from churn_core.storage.draws import KeptDraw


@dataclass(frozen=True, kw_only=True)
class EarlyLook:
    """Before the window is over there are counts and no estimate: looking again and again would find something by chance."""

    counts: Counts
    ends: date

    @property
    def sentence(self) -> str:
        left = f"{count(self.counts.left_treated)} of {count(self.counts.treated)} contacted and "
        left += f"{count(self.counts.left_control)} of {count(self.counts.control)} left alone have left so far."
        return f"{left} The campaign is measured once, when its window is over: on {self.ends.isoformat()}."


@dataclass(frozen=True, kw_only=True, eq=False)
class CampaignResult:
    """``measured`` or, before the window is over, an ``early`` look. ``draw`` is ``None`` where the list was not at hand.

    ``notes`` are sentences about the file; ``also_fits`` names other campaigns whose list fits it as well; ``correction`` is ``None``
    where the campaign says nothing of the success rate. ``per_offer``: of a campaign with several offers what
    each did; the rest is then of all of them together, and there is no one success rate to correct.
    """

    name: str
    plan: Plan
    draw: KeptDraw | None
    measured: Measured | None
    early: EarlyLook | None
    correction: Correction | None
    notes: tuple[str, ...]
    file_sha256: str
    file_name: str
    currency: str = ""
    also_fits: tuple[str, ...] = ()
    per_offer: tuple[OfferMeasured, ...] = ()

    @property
    def sentence(self) -> str:
        """The result in a few sentences."""
        if self.measured is None:
            return "" if self.early is None else self.early.sentence
        said = [
            sentences.headline(self.measured),
            sentences.money_sentence(self.measured, self.currency),
            self.correction_sentence,
        ]
        return " ".join(each for each in said if each)

    @property
    def correction_sentence(self) -> str | None:
        if self.correction is None or self.measured is None or self.measured.headline is None:
            return None
        before, after = self.correction.before, self.correction.posterior.belief
        half = before.give_or_take if self.correction.earlier else min(Z * before.sd_if_it_works, 1.0)
        said = sentences.posterior_sentence(
            self.measured.headline,
            (before.mean if self.correction.earlier else before.if_it_works, half),
            (self.correction.success_rate, self.correction.give_or_take),
            self.measured.two_by_two.counts.control,
            "earlier campaigns said" if self.correction.earlier else "your range was",
        )
        return f"{said} The chance that the contact does nothing is {percent(after.doubt, 0)}."

    @property
    def remarks(self) -> list[str]:
        """What else the reader has to know."""
        said = [] if self.measured is None else sentences.remarks(self.measured, self.currency)
        if self.measured is not None and self.measured.backfire is not None:
            said.append(sentences.backfire_sentence(self.measured.backfire.backfire_rate))
        if self.correction is not None and not self.correction.fits:
            said.append("The measured rate does not fit the range you planned with. Find out why before you use it.")
        if self.also_fits:
            others = f"This file also fits the list of {listed(self.also_fits)}; {self.name}, the newest, was taken."
            said.insert(0, f"{others} Name the campaign to measure another.")
        return [*self.notes, *said]

    def as_dict(self) -> dict[str, Any]:
        """As JSON values: CONTRACT.md, ``measure``."""
        found: dict[str, Any] = {"campaign": None if self.draw is None else self.draw.campaign_id, "name": self.name}
        if self.early is not None:
            found |= {"two_by_two": self.early.counts.as_dict(), "window_ends": self.early.ends.isoformat()}
        if self.measured is not None:
            found |= self.measured.as_dict()
        if self.per_offer:
            found["per_offer"] = [each.as_dict() for each in self.per_offer]
        if self.correction is not None:
            after = self.correction.posterior
            found["posterior"] = {
                "mean": after.mean,
                "low": after.low,
                "high": after.high,
                "a": after.belief.a,
                "b": after.belief.b,
                "doubt": after.belief.doubt,
                "success_rate": self.correction.success_rate,
                "success_rate_give_or_take": self.correction.give_or_take,
                "backfire_rate": self.correction.backfire_rate,
            }
        else:
            found["posterior"] = None
        return {**found, "sentence": self.sentence, "warnings": self.remarks}
