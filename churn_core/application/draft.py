"""The draft on somebody's screen beside what is published, and what publishing it would change."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from churn_core.application.workspace import Workspace
from churn_core.campaign.economics import Campaign, expected_profit, expected_spend
from churn_core.campaign.plan import Plan
from churn_core.decisions.decide import choose_within
from churn_core.decisions.difference import Difference, Given, difference, difference_of_offers
from churn_core.decisions.offers import figures_of_given
from churn_core.decisions.offers_of_population import decided_offers
from churn_core.decisions.population import Population
from churn_core.storage.publications import Decision, Publication
from churn_core.storage.store import Store


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A campaign that could be published: its ``plan`` and its single ``threshold``, ``None`` where no contact pays.

    ``published``: what is published now, ``None`` for nothing; ``name`` that of its campaign, if it has one. ``changes``: what
    publishing the draft changes on the customers still here; ``None`` where nothing is published, where the draft
    is what is published, and where it cannot be published.
    """

    plan: Plan
    threshold: float | None
    published: Publication | None
    name: str
    is_published: bool
    changes: Difference | None


def beside_published(workspace: Workspace, plan: Plan, threshold: float | None, store: Store) -> Draft:
    """The draft beside what ``store`` has published. Raises ``StoreError`` where the database cannot be used."""
    published, decision = store.published(), store.decision(plan)
    same = published is not None and (decision.plan, decision.threshold) == (plan, threshold)
    changes = None
    if published is not None and threshold is not None and not same:
        changes = _changes(workspace.still_here, decision, Decision(plan=plan, threshold=threshold))
    return Draft(plan=plan, threshold=threshold, published=published, name=decision.name, is_published=same, changes=changes)


def _changes(here: Population, before: Decision, after: Decision) -> Difference:
    """What deciding the customers still here by ``after`` changes. What a save is worth is that of ``after`` on both sides; where one
    of them has several offers, each side is counted by its own terms.
    """
    campaign = after.plan.campaign
    if before.plan.offers or after.plan.offers:
        return difference_of_offers(_given(here, before, campaign), _given(here, after, campaign))
    return difference(here.probability, here.worth.clv(campaign), _contacts(here, before), _contacts(here, after), campaign)


def _contacts(here: Population, decision: Decision) -> npt.NDArray[np.bool_]:
    """Whom of the customers still here the decision contacts (n,)."""
    clv = here.worth.clv(decision.plan.campaign)
    return choose_within(here.probability, clv, decision.plan, decision.threshold)[0]


def _given(here: Population, decision: Decision, worth: Campaign) -> Given:
    """What the decision gives each of the customers still here, a save being worth what it is in the campaign ``worth``."""
    p, clv, plan = here.probability, here.worth.clv(worth), decision.plan
    if plan.offers:
        decided = decided_offers(here, plan)
        profit, spend = figures_of_given(p, clv, plan, decided.offer)
        name = np.where(decided.contact, decided.names, "")
    else:
        contact = _contacts(here, decision)
        profit = np.where(contact, expected_profit(p, clv, plan.campaign), 0.0)
        spend = np.where(contact, expected_spend(p, plan.campaign), 0.0)
        name = np.where(contact, "contact", "").astype(object)
    return Given(name=name, profit=profit, spend=spend, fixed_cost=plan.campaign.fixed_cost)
