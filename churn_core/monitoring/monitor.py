"""The watch over one version: what scored customers look like beside those it was trained on, and what that does to the
money. Sees a file part by part and keeps a summary of it, never a customer.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property, reduce
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.campaign.economics import STAYS, TENURE, Campaign, pays
from churn_core.campaign.objective import Objective
from churn_core.campaign.plan import Plan
from churn_core.campaign.totals import Totals
from churn_core.campaign.worth import Worth, worth_of
from churn_core.data.quality import UNKNOWN
from churn_core.decisions.outcomes import Unread
from churn_core.decisions.score_table import ScoredTable
from churn_core.monitoring.contacted import Contacted, Listed, contacted
from churn_core.monitoring.drift import drift, unseen_words
from churn_core.monitoring.outcomes import OutcomeCheck, outcome_check, why_not_judged
from churn_core.monitoring.profile import Outcomes, Profile
from churn_core.monitoring.profiling import profile
from churn_core.monitoring.reference import Reference
from churn_core.monitoring.verdict import MoneyDrift, Verdict, verdict

_STEPS = 2_000  # thresholds that the best of a file is looked for among: (k / 2,000)², closer together where they are low


@dataclass(frozen=True, kw_only=True, eq=False)
class Watched:
    """Customers that were seen, as sums; ``a + b`` is both. ``steps`` (4, k + 1): n, Σp, Σv, Σpv of those between one
    threshold and the next; ``contacted`` (4,): of those from the threshold up. ``unread``: outcomes that say nothing.
    ``campaigns``: who was contacted, whose outcomes the profile does not have.
    """

    profile: Profile
    steps: npt.NDArray[np.float64]
    contacted: npt.NDArray[np.float64]
    unread: Unread = field(default_factory=Unread)
    campaigns: Contacted = field(default_factory=Contacted)

    def __add__(self, other: "Watched") -> "Watched":
        return Watched(
            profile=self.profile + other.profile,
            steps=self.steps + other.steps,
            contacted=self.contacted + other.contacted,
            unread=self.unread + other.unread,
            campaigns=self.campaigns + other.campaigns,
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Judgement:
    """What the watch says of a file: ``drift`` has a row per column, ``unseen`` one per column with unknown words. ``unjudged``: why
    nothing is said of the file's outcomes, if it has any. ``contacted``: customers whose outcome is left out because they were
    contacted in a campaign.
    """

    verdict: Verdict
    drift: pd.DataFrame
    unseen: pd.DataFrame
    outcomes: OutcomeCheck | None
    unjudged: str
    money: MoneyDrift
    profile: Profile
    contacted: int = 0

    def as_dict(self) -> dict[str, Any]:
        """As JSON values, without the profile."""
        money = self.money
        return {
            "verdict": asdict(self.verdict),
            "drift": _records(self.drift),
            "unseen": _records(self.unseen),
            "outcomes": None if self.outcomes is None else asdict(self.outcomes),
            "outcomes_unjudged": self.unjudged or None,
            **({"left_out_treated": self.contacted} if self.contacted else {}),
            "money": {**asdict(money), "forgone_per_1000": money.forgone_per_1000, "change": money.change},
        }


def _with(seen: Profile, more: Iterable[Outcomes]) -> Profile:
    """The profile with some outcomes more."""
    known = [*([] if seen.outcomes is None else [seen.outcomes]), *more]
    return replace(seen, outcomes=reduce(Outcomes.__add__, known)) if known else seen


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON values, which know no NaN."""
    return [{name: None if value != value else value for name, value in row.items()} for row in table.to_dict("records")]


class Watch:
    """The watch over the version of a ``reference``, at a plan and, if one is published, its ``threshold``; else at the best
    threshold for the reference. ``honest`` gives the probabilities (n,) by which customers are judged, from the clean customers
    and what the version says of them: of those that it was trained on it says too much.
    """

    def __init__(
        self,
        reference: Reference,
        plan: Plan,
        threshold: float | None = None,
        honest: Callable[[pd.DataFrame, npt.NDArray[np.float64]], npt.NDArray[np.float64]] = lambda customers, said: said,
    ) -> None:
        self._honest = honest
        if plan.campaign.after_save == TENURE:  # the reference keeps no tenures; what drift costs hardly depends on them
            plan = replace(plan, campaign=replace(plan.campaign, after_save=STAYS))
        self._reference, self._schema, self._plan = reference, reference.schema, plan
        self.threshold = reference.best_threshold(plan) if threshold is None else threshold

    @cached_property
    def reference(self) -> Watched:
        """The customers that the version was trained on, with their out-of-fold probabilities."""
        known = self._reference
        return self._watched(known.profile, known.probability, self._values(known.worth))

    @property
    def _per_value(self) -> bool:
        """Whether v is a charge per month, so that V is a multiple of it; else it is V itself."""
        return not self._reference.worth.for_life and self._plan.campaign.after_save == STAYS

    def _values(self, worth: Worth) -> npt.NDArray[np.float64]:
        """The v of each customer (n,)."""
        return worth.amount if self._per_value else worth.clv(self._plan.campaign)

    def observe(self, scored: ScoredTable, lists: Sequence[Listed] = ()) -> Watched:
        """What is kept of scored customers, and of what happened to them where their table tells it. ``lists``: the campaigns that
        they were in.

        Who was left alone is judged without weights. Each is held against the own probability, so being many or few moves the check
        not at all: whether a customer was drawn is a lot that has nothing to do with leaving. Weights would only make it blinder.
        """
        probability = self._honest(scored.customers, scored.scored["churn_probability"].to_numpy())
        unseen = {
            finding.column: finding.values
            for finding in scored.quality.found
            if finding.kind == UNKNOWN and finding.column in self._reference.profile.bins.values
        }
        churned, campaigns = scored.outcomes.churned, Contacted()
        if churned is not None and lists:
            campaigns = Contacted.of(lists, probability, churned, self._reference.profile.bins)
            churned = np.where(contacted(lists), np.nan, churned)
        seen = self._profile(scored.customers, probability, churned, unseen)
        watched = self._watched(seen, probability, self._values(worth_of(scored.customers, self._schema, probability)))
        return replace(watched, unread=scored.outcomes.unread, campaigns=campaigns)

    def _profile(
        self,
        customers: pd.DataFrame,
        p: npt.NDArray[np.float64],
        churned: npt.NDArray[np.float64] | None,
        unseen: Mapping[str, Mapping[str, int]],
    ) -> Profile:
        bins, schema = self._reference.profile.bins, self._schema
        known = None if churned is None else ~np.isnan(churned)
        if churned is None or known is None or known.all():
            return profile(customers, p, bins, churned=churned, unseen=unseen, schema=schema)
        # Some outcomes are blank: these customers have none.
        without = profile(customers[~known], p[~known], bins, unseen=unseen, schema=schema)
        return without + profile(customers[known], p[known], bins, churned=churned[known], schema=schema)

    def _watched(self, seen: Profile, p: npt.NDArray[np.float64], value: npt.NDArray[np.float64]) -> Watched:
        step = np.minimum((np.sqrt(p) * _STEPS).astype(np.intp), _STEPS)
        sums = [np.bincount(step, weights=weights, minlength=_STEPS + 1) for weights in (None, p, value, p * value)]
        above = np.zeros(len(p), dtype=bool) if self.threshold is None else p >= self.threshold
        contacted = [above.sum(), p[above].sum(), value[above].sum(), (p[above] * value[above]).sum()]
        return Watched(profile=seen, steps=np.array(sums, dtype=float), contacted=np.array(contacted, dtype=float))

    def judge(self, seen: Watched) -> Judgement:
        """What to say of the customers of a file. Raises ``DataError`` where there are none."""
        reference, campaigns = self.reference.profile, seen.campaigns
        seen = replace(seen, profile=_with(seen.profile, campaigns.of_no_effect()))
        moved, words = drift(reference, seen.profile, self._schema), unseen_words(seen.profile, self._schema)
        left_out = campaigns.in_words()
        unjudged = why_not_judged(seen.profile, seen.unread, left_out)
        outcomes = None if unjudged else outcome_check(seen.profile, self._reference.churn_rate)
        if outcomes and seen.unread.number:
            outcomes = replace(outcomes, sentence=f"{outcomes.sentence}; {seen.unread.in_words()}")
        if outcomes and left_out:
            outcomes = replace(outcomes, sentence=f"{outcomes.sentence}; {left_out}")
        money = self._money(seen)
        return Judgement(
            verdict=verdict(moved, outcomes, money, words, unjudged),
            drift=moved,
            unseen=words,
            outcomes=outcomes,
            unjudged=unjudged,
            money=money,
            profile=seen.profile,
            contacted=campaigns.left_out,
        )

    def together(self, profiles: Iterable[Profile]) -> Verdict:
        """The verdict on several files as one, without the money: what is too little to tell in each may be plain in all.

        A file that is there again counts once: its customers are no more for it.
        """
        distinct: list[Profile] = []
        for each in profiles:
            if each not in distinct:
                distinct.append(each)
        added = reduce(Profile.__add__, distinct)
        return verdict(drift(self.reference.profile, added, self._schema), unseen=unseen_words(added, self._schema))

    def _money(self, seen: Watched) -> MoneyDrift:
        campaign = replace(self._plan.campaign, fixed_cost=0.0)  # it is paid once, however many customers there are
        customers = seen.profile.rows
        kept = _earned(seen.contacted, campaign, self._per_value)
        best, threshold = _best(seen.steps, campaign, self._plan.objective, self._per_value)
        kept_before = _earned(self.reference.contacted, campaign, self._per_value) / self.reference.profile.rows
        if best <= kept:  # the threshold may well lie between two of those that are tried
            best, threshold = kept, self.threshold
        return MoneyDrift(
            threshold=self.threshold,
            profit_per_1000=1000 * kept / customers,
            best_threshold=threshold,
            best_profit_per_1000=1000 * best / customers,
            reference_profit_per_1000=1000 * kept_before,
            customers=customers,
        )


def _totals(sums: npt.NDArray[np.float64], per_value: bool) -> Totals[npt.NDArray[Any]]:
    return Totals(contacted=sums[0], leaving=sums[1], value=sums[2], value_leaving=sums[3], per_value=per_value)


def _earned(sums: npt.NDArray[np.float64], campaign: Campaign, per_value: bool) -> float:
    return float(_totals(sums, per_value).expected_profit(campaign))


def _best(
    steps: npt.NDArray[np.float64], campaign: Campaign, objective: Objective, per_value: bool
) -> tuple[float, float | None]:
    """The most that one of the thresholds within the limits earns, and which; none where no contact pays."""
    totals = _totals(np.cumsum(np.pad(steps[:, ::-1], ((0, 0), (1, 0))), axis=1), per_value)  # nobody first
    profit = totals.expected_profit(campaign)
    best = int(objective.best(profit, totals.expected_spend(campaign), campaign.fixed_cost))
    if not pays(profit[best]):
        return 0.0, None
    return float(profit[best]), ((_STEPS - best + 1) / _STEPS) ** 2
