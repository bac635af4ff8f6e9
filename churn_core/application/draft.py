"""The draft on somebody's screen beside what is published, and what publishing it would change."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from churn_core.application.workspace import Workspace
from churn_core.campaign.plan import Plan
from churn_core.decisions.decide import choose_within
from churn_core.decisions.difference import Difference, difference
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
        draft, campaign, here = Decision(plan=plan, threshold=threshold), plan.campaign, workspace.still_here
        before, after = (_contacts(here, each) for each in (decision, draft))
        changes = difference(here.probability, here.worth.clv(campaign), before, after, campaign)
    return Draft(plan=plan, threshold=threshold, published=published, name=decision.name, is_published=same, changes=changes)


def _contacts(here: Population, decision: Decision) -> npt.NDArray[np.bool_]:
    """Whom of the customers still here the decision contacts (n,)."""
    clv = here.worth.clv(decision.plan.campaign)
    return choose_within(here.probability, clv, decision.plan, decision.threshold)[0]
