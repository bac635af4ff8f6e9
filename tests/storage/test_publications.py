"""The published threshold: publishing and rolling back make one unbroken history. On SQLite and PostgreSQL."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.campaign.economics import Campaign
from churn_core.campaign.plan import Plan
from churn_core.errors import CampaignError
from churn_core.storage.store import open_store
from tests.storage.conftest import ON_DISK, is_unbroken, published_threshold, save
from tests.storage.many_writers import in_threads


@ON_DISK
@given(st.floats(0, 1) | st.sampled_from([0, 1, 5e-324, 1 / 3, 1 - 2**-53]))
def test_what_is_published_is_there_to_the_last_bit_for_everybody_at_once(store, place, threshold):
    elsewhere = open_store(place.home)
    published = store.publish(threshold, who="Ada")
    assert store.published() == elsewhere.published() == published and elsewhere.published().threshold == threshold
    elsewhere.close()


def test_a_program_that_has_been_running_sees_what_another_publishes(store, another):
    elsewhere = another()
    for threshold in (0.1, 0.2, 0.3):
        store.publish(threshold, who="Ada")
        assert published_threshold(elsewhere) == threshold
    elsewhere.rollback(who="Bob")
    assert published_threshold(store) == 0.2


def test_the_history_says_newest_first_who_why_from_where_and_when_in_utc(store, another):
    before = datetime.now(UTC)
    campaign = save(store)
    first = store.publish(0.2, who="Ada", reason="Spring", source="cli", campaign_id=campaign.id)
    second = store.publish(0.4, who="Bob")
    third = store.rollback(who="Eve", reason="too few", source="api")
    history = another().history()
    assert history == [third, second, first]
    assert [(p.published_by, p.reason, p.source, p.campaign_id) for p in history] == [
        ("Eve", "too few", "api", campaign.id),
        ("Bob", "", "dashboard", None),
        ("Ada", "Spring", "cli", campaign.id),
    ]
    assert before <= first.published_at <= second.published_at <= third.published_at <= datetime.now(UTC)
    assert {p.published_at.utcoffset() for p in history} == {timedelta(0)}


def test_the_history_can_be_cut_to_the_newest(store):
    published = [store.publish(n / 10, who="Ada") for n in range(5)]
    assert store.history(limit=2) == published[:2:-1] and store.history(limit=0) == []


def test_rolling_back_goes_step_by_step_to_nothing_published_and_then_refuses(store, another):
    for threshold in (0.1, 0.2, 0.3):
        store.publish(threshold, who="Ada")
    for left in (0.2, 0.1, None):
        undone = store.rollback(who="Bob")
        assert undone.threshold == left and published_threshold(store) == published_threshold(another()) == left
    before = store.history()
    for _ in range(2):
        with pytest.raises(CampaignError, match="Nothing is published, so there is nothing to take back."):
            store.rollback(who="Bob")
    assert store.history() == before and len(before) == 6 and is_unbroken(before)


def test_rolling_back_where_nothing_was_ever_published_is_refused(store):
    with pytest.raises(CampaignError, match="Nothing is published"):
        store.rollback(who="Bob")
    assert store.history() == []


def test_after_publish_rollback_publish_a_rollback_goes_to_what_stood_at_that_time(store):
    first = store.publish(0.1, who="Ada")
    store.publish(0.2, who="Ada")
    store.rollback(who="Ada")
    third = store.publish(0.3, who="Ada")
    assert third.replaces == first.id
    back = store.rollback(who="Ada")
    assert (back.threshold, back.restores, back.replaces) == (0.1, first.id, third.id)
    assert store.rollback(who="Ada").threshold is None
    assert is_unbroken(store.history())


def test_what_a_rollback_brings_back_brings_its_campaign_back_too(store):
    campaign = save(store)
    store.publish(0.1, who="Ada", campaign_id=campaign.id)
    store.publish(0.2, who="Ada")
    assert store.rollback(who="Ada").campaign_id == store.published().campaign_id == campaign.id


@ON_DISK
@given(st.lists(st.none() | st.floats(0, 1), max_size=12))
def test_publishing_and_rolling_back_put_on_and_take_off_a_pile(store, steps):
    """``None`` is a rollback. The pile of what stood is the whole truth, whatever happened before."""
    while store.published():
        store.rollback(who="Ada")
    pile = []
    for step in steps:
        if step is not None:
            store.publish(step, who="Ada")
            pile.append(step)
        elif pile:
            store.rollback(who="Ada")
            pile.pop()
        else:
            with pytest.raises(CampaignError):
                store.rollback(who="Ada")
        assert published_threshold(store) == (pile[-1] if pile else None)
    assert is_unbroken(store.history(limit=10_000))


@pytest.mark.parametrize(
    "threshold",
    [float("nan"), float("inf"), float("-inf"), -0.1, 1.1, 30, -1, True, False, "0.5", None, 0.5 + 0j, [0.5]],
    ids=repr,
)
def test_a_threshold_that_is_no_number_from_0_to_1_is_refused_and_nothing_changes(store, threshold):
    store.publish(0.5, who="Ada")
    with pytest.raises(CampaignError, match=r"The threshold must be a number between 0 and 1, got .*\. Write 4 % as 0.04\."):
        store.publish(threshold, who="Ada")
    if threshold is not None:  # which a campaign may have
        with pytest.raises(CampaignError, match="The threshold must be a number"):
            save(store, threshold=threshold)
    assert published_threshold(store) == 0.5 and len(store.history()) == 1 and store.campaigns() == []


def test_a_threshold_beyond_all_floats_is_refused(store):
    with pytest.raises(CampaignError, match="The threshold must be a number between 0 and 1"):
        store.publish(10**400, who="Ada")


def test_a_publication_may_refer_only_to_a_campaign_that_is_there(store):
    for missing in ("", "none", "0" * 32, "x" * 1000):
        with pytest.raises(CampaignError, match="There is no saved campaign"):
            store.publish(0.5, who="Ada", campaign_id=missing)
    assert store.published() is None and store.history() == []


def test_what_is_published_of_an_archived_campaign_stays(store, another):
    campaign = save(store)
    published = store.publish(0.3, who="Ada", campaign_id=campaign.id)
    store.archive(campaign.id)
    assert store.published() == another().published() == published
    assert another().campaign(published.campaign_id).name == campaign.name
    store.publish(0.9, who="Ada")
    assert store.rollback(who="Ada").campaign_id == campaign.id and published_threshold(store) == 0.3


def test_files_are_decided_by_what_is_published_at_the_plan_of_its_campaign_else_by_the_plan_at_hand(store, another):
    at_hand, saved_plan = Plan(campaign=Campaign(retention_cost=1)), Plan(campaign=Campaign(retention_cost=2))
    campaign = save(store, "Spring", plan=saved_plan)
    store.archive(campaign.id)
    expected = [(at_hand, None, "")]
    for id_, decided in ((None, (at_hand, 0.0, "")), (campaign.id, (saved_plan, 0.0, "Spring"))):
        store.publish(0.0, who="Ada", campaign_id=id_)
        expected.append(decided)
    while True:
        decision = another().decision(at_hand)
        assert (decision.plan, decision.threshold, decision.name) == expected.pop()
        if not expected:
            return
        store.rollback(who="Ada")


@ON_DISK
@given(st.lists(st.none() | st.floats(0, 1), max_size=8))
def test_the_number_of_the_latest_is_that_of_the_newest_in_the_history_for_everybody(store, place, steps):
    elsewhere = open_store(place.home)
    for step in (0.5, *steps):
        if step is not None:
            store.publish(step, who="Ada")
        elif store.published():
            store.rollback(who="Ada")
        assert store.latest() == elsewhere.latest() == store.history(limit=1)[0].id
    elsewhere.close()


def test_before_anything_is_published_the_number_of_the_latest_is_0(store):
    assert store.latest() == 0


def test_the_threshold_before_is_that_of_the_publication_that_stood(store):
    first, second = store.publish(0.1, who="Ada"), store.publish(0.2, who="Ada")
    back = store.rollback(who="Ada")
    third = store.publish(0.3, who="Ada")
    before = [store.threshold_before(publication) for publication in (first, second, back, third)]
    assert before == [None, 0.1, 0.2, 0.1]


def test_each_of_many_at_once_is_told_the_threshold_before_its_own(store):
    published = in_threads(lambda: [store.publish(n / 100, who="Ada") for n in range(10)])
    by_id = {p.id: p.threshold for p in published}
    assert all(store.threshold_before(p) == by_id.get(p.replaces) for p in published) and is_unbroken(store.history())


def test_a_threshold_without_a_campaign_has_no_limits_and_a_campaign_keeps_its_own(store):
    asked = Plan.from_dict({"retention_cost": 30.0, "budget": 500.0, "rule": "per_customer"})
    store.publish(0.3, who="Ada")
    alone = store.decision(asked)
    assert (alone.threshold, alone.plan) == (0.3, Plan(campaign=asked.campaign))
    campaign = save(store, "Spring", plan=asked)
    store.publish(0.3, who="Ada", campaign_id=campaign.id)
    assert store.decision(Plan()).plan == asked


def test_what_an_undo_would_publish_again_is_told_beforehand_with_who_and_when(store):
    assert store.before() is None
    first = store.publish(0.1, who="Ada")
    assert store.before() is None
    store.publish(0.2, who="Ben")
    assert store.before() == first
    back = store.rollback(who="Cleo")
    assert (back.threshold, back.restores) == (first.threshold, first.id) and store.before() is None
    store.rollback(who="Cleo")
    assert store.published() is None and store.before() is None
