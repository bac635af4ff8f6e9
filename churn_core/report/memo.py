"""The memo of a decision: everything that both kinds of file say, once."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from churn_core import settings
from churn_core.application.results_over_time import source_of
from churn_core.application.workspace import Workspace
from churn_core.campaign.curve import profit_curve
from churn_core.campaign.open_margin import not_stated
from churn_core.campaign.optimise import plateau
from churn_core.campaign.plan import ONE_THRESHOLD, Plan
from churn_core.decisions.compare_offers import ALL_OFFERS, policies_of_offers
from churn_core.decisions.headline import headline
from churn_core.decisions.policies import EACH, policies, revenue_at_risk
from churn_core.decisions.policies import ONE_THRESHOLD as BEST_THRESHOLD
from churn_core.decisions.population import Population
from churn_core.decisions.recommendation import Recommendation, recommend
from churn_core.decisions.segments.found import FoundSegments
from churn_core.formats import count, counted, money, percent
from churn_core.report import why
from churn_core.report.assumptions import Assumption, assumptions_of
from churn_core.report.link import BASE, address_of
from churn_core.report.scenarios import Scenario, least_rate, scenarios_of
from churn_core.report.segments import ToldSegment, about_segments, segments_of
from churn_core.schema import of_leaving, within
from churn_core.storage.publications import Decision
from churn_core.storage.results import KeptResult, Results
from churn_core.storage.store import Store

_RESULTS = 2  # the last ones; more are on the page Results
NO_RESULT = (
    "No campaign has been measured yet. Leave a control group alone: then it shows what a contact changes, and the success rate is "
    "measured instead of assumed."
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Memo:
    """The decision on the customers of one population, as plain text and numbers.

    ``policies``: what each choice earns, as ``decisions.policies``; ``chosen`` is the recommended one. ``curve``: as ``profit_curve``,
    ``None`` of several offers.
    ``range_`` says what the campaign will earn; ``source`` where a measured success rate comes from;
    ``published`` is the published threshold; ``link`` opens this campaign in the dashboard.
    """

    day: date
    currency: str
    data: str
    model_id: str
    recommended: Recommendation
    headline: str
    range_: str
    policies: pd.DataFrame
    chosen: str
    curve: pd.DataFrame | None
    plateau: tuple[float, float] | None
    scenarios: tuple[Scenario, ...]
    least_rate: float | None
    drivers: str
    segments: tuple[ToldSegment, ...]
    about_segments: str
    why: tuple[str, ...]
    assumptions: tuple[Assumption, ...]
    source: str | None
    results: tuple[str, ...]
    notes: tuple[str, ...]
    published: float | None
    link: str

    @property
    def sure(self) -> tuple[str, ...]:
        """From which success rate up the list pays, and the chance that it does not: sentences; none where nobody is contacted."""
        if not self.recommended.outcome.contacted:
            return ()
        loss = self.recommended.chance_of_loss
        chance = "below 0.1%" if loss < 0.0005 else "above 99.9%" if loss > 0.9995 else percent(loss)
        pays = (
            []
            if self.least_rate is None
            else [f"The list pays if at least {percent(self.least_rate)} of the leavers contacted stay."]
        )
        return (*pays, f"The chance that this campaign loses money is {chance}.")


def memo_of(
    workspace: Workspace,
    plan: Plan,
    store: Store,
    *,
    day: date,
    found: FoundSegments,
    population: Population | None = None,
    currency: str = "",
    base: str = BASE,
) -> Memo:
    """The memo of carrying out ``plan`` on the ``population``, by default the customers still here. ``found``: the segments
    of all customers. ``base``: where the dashboard is.

    Raises ``StoreError`` where the database cannot be used, ``CampaignError`` for a plan that these customers cannot be valued by.
    """
    people = workspace.still_here if population is None else population
    recommended = recommend(people, workspace.valued(plan))
    plan, schema = recommended.plan, workspace.schema
    swept, results, decision = people.expected_sweep, Results(store), store.decision(Plan())
    measured = source_of(plan, results.latest())
    source = None if measured is None or plan.offers else f"measured in {measured.name}, {measured.measured_at:%Y-%m-%d}"
    one = not plan.offers
    sure, before = why.how_sure(recommended, source, currency), why.before(workspace, recommended, currency)
    segments = segments_of(workspace, plan, found, currency)
    return Memo(
        day=day,
        currency=currency,
        data=_about(workspace, people),
        model_id=workspace.version.model_id,
        recommended=recommended,
        headline=headline(recommended, currency),
        range_="" if sure is None else sure.said,
        policies=policies(people, plan) if one else policies_of_offers(people, plan),
        chosen=ALL_OFFERS if not one else BEST_THRESHOLD if plan.rule == ONE_THRESHOLD else EACH,
        curve=profit_curve(swept, plan.campaign, settings.CURVE_POINTS) if one else None,
        plateau=plateau(swept, plan.campaign, plan.objective) if one else None,
        scenarios=scenarios_of(recommended),
        least_rate=least_rate(recommended),
        drivers=str(why.what_tells_apart(workspace)),
        segments=segments,
        about_segments=about_segments(found, segments),
        why=(_at_stake(people, currency), *([] if before is None else [str(before)])),
        assumptions=assumptions_of(plan, schema, source, currency),
        source=source,
        results=_results(results.of_each_campaign()),
        notes=(
            *not_stated(plan, people.worth.for_life),
            _about_published(decision),
            *workspace.notices,
        ),
        published=None if decision.plan.offers else decision.threshold,
        link=address_of(plan, schema, base, currency=currency, back_test=people.is_back_test),
    )


def _about(workspace: Workspace, people: Population) -> str:
    """Whose customers these are, how they were tested, and by which model."""
    everybody = counted(len(workspace.customers), "customer")
    which = f"all {everybody}, as a back-test" if people.is_back_test else f"{count(len(people))} still here of {everybody}"
    return (
        f"{workspace.dataset.name}: {which}. Tested on customers the model had not seen; model version {workspace.version.model_id}. "
        f"{of_leaving(workspace.schema)}"
    )


def _at_stake(people: Population, currency: str) -> str:
    what = "Lifetime value" if people.worth.for_life else "A year of revenue"
    leaving = f"expected to leave{within(people.schema)}"
    return f"{what} worth {money(revenue_at_risk(people), currency)} is {leaving}."


def _about_published(decision: Decision) -> str:
    """What files and the API decide by, which may be another campaign than this one."""
    if decision.threshold is None:
        return "No campaign is published yet."
    if decision.plan.offers:
        offers = counted(len(decision.plan.offers), "offer")
        return f"Files and the API decide by the {offers} that are published, not by this memo."
    return f"Files and the API decide by the published threshold, {percent(decision.threshold)}, not by this memo."


def _results(kept: list[KeptResult]) -> tuple[str, ...]:
    """The last measured campaigns, the newest first."""
    told = [f"{each.name}, {each.measured_at:%Y-%m-%d}: {each.result['sentence']}" for each in reversed(kept[-_RESULTS:])]
    return tuple(told) or (NO_RESULT,)
