"""Why the recommendation is what it is, in the sentences that the page *Overview* and the file to take along share."""

from dataclasses import dataclass

from churn_core.application.workspace import Workspace
from churn_core.decisions.realised import realised
from churn_core.decisions.recommendation import Recommendation, recommend
from churn_core.formats import as_set, count, counted, listed, money
from churn_core.model.explain import drivers

_DRIVERS = 3  # as many as a sentence holds


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One reason: what it is ``about``, in a few words, and what is ``said`` of it; plain text."""

    about: str
    said: str

    def __str__(self) -> str:
        return f"{self.about}: {self.said}"


def what_tells_apart(workspace: Workspace) -> Reason:
    """What tells those who left apart most; for what several columns do together each of them stands."""
    model, schema = workspace.version.model, workspace.schema
    told_by = dict(zip(model.reasons, model.told_by, strict=True))
    reasons = workspace.figures.get("drivers", lambda: drivers(model, workspace.customers, schema))[:_DRIVERS]
    names = [name for reason in reasons for name in ((reason,) if reason in schema else told_by.get(reason, (reason,)))]
    labels = [(schema[name].label if name in schema else name).lower() for name in dict.fromkeys(names)]
    return Reason(about="What tells leavers apart most", said=f"{listed(labels[:_DRIVERS])}.")


def how_sure(recommended: Recommendation, source: str | None, currency: str) -> Reason | None:
    """What the campaign will earn, by how well the success rate is known; ``None`` where nobody is contacted.

    ``source``: where a measured rate comes from, as ``measured in Spring, 2026-05-01``; ``None`` of an assumed one.
    """
    if not recommended.outcome.contacted:
        return None
    campaign, forecast = recommended.plan.campaign, recommended.forecast
    exact, wide = (
        f"{money(each.low, currency)} to {money(each.high, currency)}" for each in (forecast.range_if_exact, forecast.range)
    )
    if recommended.offers is not None:
        said = (
            f"The success rates are your estimates. If each is exactly right, expect {exact}; with the range that you gave each, "
            f"{wide}."
        )
    else:
        rate, half = campaign.success_rate, campaign.success_rate_give_or_take
        known = (
            f"The success rate of {as_set(rate)} was {source}."
            if source
            else f"No past campaign is in this data, so the success rate of {as_set(rate)} is your estimate."
        )
        low, high = (as_set(end) for end in (max(0.0, rate - half), min(1.0, rate + half)))
        said = (
            f"{known} If it is exactly right, expect {exact}{f'; if it lies between {low} and {high}, {wide}' if half else ''}."
        )
    return Reason(about="How sure", said=f"{said} 95 of 100 campaigns end within such a range.")


def before(workspace: Workspace, recommended: Recommendation, currency: str) -> Reason | None:
    """What the same rule would have done on all customers, of whom it is known who left; ``None`` where it contacts nobody, and of
    several offers.
    """
    back_test = None if recommended.offers is not None else recommend(workspace.all_customers, recommended.plan)
    if back_test is None or not back_test.outcome.contacted:
        return None
    was = realised(back_test)
    apart = " They differ by more than chance: the probabilities miss what happened." if was.beyond_chance else ""
    return Reason(
        about="Before",
        said=f"on all {counted(len(workspace.customers), 'customer')}, the same rule would have contacted "
        f"{count(back_test.outcome.contacted)}, {count(was.had_left)} of whom left: expected "
        f"{money(back_test.outcome.expected_profit, currency)}, realised {money(was.profit.estimate, currency)} at the assumed "
        f"success rate.{apart}",
    )
