"""The draft beside what is published: whether it is the same, and what publishing it would change."""

import numpy as np
import pytest

from churn_core.application.draft import beside_published
from churn_core.campaign.economics import Campaign, expected_profit, expected_spend
from churn_core.campaign.objective import Objective
from churn_core.campaign.offers.offer import Offer
from churn_core.campaign.optimise import best_threshold
from churn_core.campaign.plan import PER_CUSTOMER, Plan
from churn_core.decisions.recommendation import recommend
from churn_core.storage.store import Store, open_store

BUDGET = Plan(objective=Objective(budget=20_000))


@pytest.fixture
def store(tmp_path) -> Store:
    opened = open_store(tmp_path)
    yield opened
    opened.close()


def publish(store: Store, plan: Plan, threshold: float) -> None:
    at = {"threshold": threshold, "contacted": 1, "expected_profit": 1.0, "expected_spend": 1.0}
    saved = store.save("Spring", plan, **at, model_id="m", data_sha256="0" * 64, who="Ada")
    store.publish(threshold, who="Ada", campaign_id=saved.id)


def best(workspace, plan: Plan) -> float | None:
    return best_threshold(workspace.still_here.expected_sweep, plan.campaign, plan.objective).threshold


def test_while_nothing_is_published_there_is_nothing_to_compare_with(workspace, store):
    draft = beside_published(workspace, Plan(), best(workspace, Plan()), store)
    assert (draft.published, draft.is_published, draft.changes) == (None, False, None)


@pytest.mark.parametrize("plan", [Plan(), BUDGET, Plan(rule=PER_CUSTOMER)], ids=["usual", "budget", "customer by customer"])
def test_a_draft_with_the_published_plan_and_threshold_is_what_is_published(workspace, store, plan):
    publish(store, plan, best(workspace, plan))
    draft = beside_published(workspace, plan, best(workspace, plan), store)
    assert draft.is_published and draft.changes is None and draft.name == "Spring"


@pytest.mark.parametrize(
    "plan, threshold",
    [(Plan(campaign=Campaign(retention_cost=11)), 0.3), (Plan(), 0.31), (BUDGET, 0.3), (Plan(rule=PER_CUSTOMER), 0.3)],
    ids=["another cost", "another threshold", "a limit", "another rule"],
)
def test_a_draft_that_differs_in_anything_is_a_draft(workspace, store, plan, threshold):
    publish(store, Plan(), 0.3)
    assert not beside_published(workspace, plan, threshold, store).is_published


def test_a_threshold_that_was_published_alone_is_compared_too(workspace, store):
    store.publish(0.3, who="Ada")
    assert beside_published(workspace, Plan(), 0.3, store).is_published
    assert not beside_published(workspace, BUDGET, 0.3, store).is_published


def test_what_publishing_changes_is_valued_at_the_assumptions_of_the_draft(workspace, store):
    publish(store, Plan(campaign=Campaign(retention_cost=500)), 0.6)
    campaign = Campaign(retention_cost=20, incentive=10)
    changes = beside_published(workspace, Plan(campaign=campaign), 0.1, store).changes
    here = workspace.still_here
    p, clv = here.probability, here.worth.clv(campaign)
    more = (p >= 0.1) & (p < 0.6)
    assert (changes.contacts, changes.others) == (more.sum(), more.sum())
    assert changes.expected_profit == pytest.approx(expected_profit(p, clv, campaign)[more].sum())
    assert changes.expected_spend == pytest.approx(expected_spend(p, campaign)[more].sum())


def test_the_published_list_is_the_one_within_its_limits(workspace, store):
    publish(store, BUDGET, 0.05)
    changes = beside_published(workspace, Plan(), 0.05, store).changes
    assert changes.contacts == np.count_nonzero(workspace.still_here.probability >= 0.05) - 2_000


def test_a_draft_in_which_no_contact_pays_changes_nothing(workspace, store):
    publish(store, Plan(), 0.3)
    draft = beside_published(workspace, Plan(campaign=Campaign(success_rate=0)), None, store)
    assert not draft.is_published and draft.changes is None


OFFERS = Plan(
    offers=(Offer(name="Call", retention_cost=25, success_rate=0.4), Offer(name="Mail", retention_cost=1, success_rate=0.1))
)


def test_several_offers_that_are_published_are_what_is_published(workspace, store):
    publish(store, OFFERS, 0.05)
    assert beside_published(workspace, OFFERS, 0.05, store).is_published
    dearer = Plan(offers=(Offer(name="Call", retention_cost=26, success_rate=0.4), OFFERS.offers[1]))
    assert not beside_published(workspace, dearer, 0.05, store).is_published


def test_publishing_several_offers_changes_what_both_lists_earn_by_their_own_terms(workspace, store):
    usual, offers = (recommend(workspace.still_here, plan) for plan in (Plan(), OFFERS))
    publish(store, Plan(), usual.threshold)
    changes = beside_published(workspace, OFFERS, offers.best.threshold, store).changes
    assert changes.contacts == offers.contact.sum() - usual.contact.sum()
    assert changes.expected_profit == pytest.approx(offers.outcome.expected_profit - usual.outcome.expected_profit)
    assert changes.expected_spend == pytest.approx(offers.outcome.expected_spend - usual.outcome.expected_spend)
    assert changes.others == (offers.contact | usual.contact).sum()


def test_another_offer_for_the_same_customer_is_a_change(workspace, store):
    publish(store, OFFERS, 0.05)
    renamed = Plan(offers=(Offer(name="Phone", retention_cost=25, success_rate=0.4), OFFERS.offers[1]))
    changes = beside_published(workspace, renamed, 0.05, store).changes
    called = (recommend(workspace.still_here, OFFERS).offers.offer == 0).sum()
    assert (changes.contacts, changes.others) == (0, called) and changes.expected_profit == pytest.approx(0)
