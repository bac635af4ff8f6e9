"""Saved campaigns: what is saved comes back exactly, and nothing that was saved is lost. On SQLite and PostgreSQL."""

import time
from dataclasses import fields
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.campaign.economics import Campaign, numbers_of
from churn_core.campaign.objective import Objective
from churn_core.campaign.offers.offer import Offer
from churn_core.campaign.plan import PER_CUSTOMER, RULES, Plan
from churn_core.errors import CampaignError
from churn_core.storage.checks import LONGEST_NAME
from tests.storage.conftest import ON_DISK, names, save

ODD_NAMES = [
    "Frühling 🌱",
    "夏の 👩‍👩‍👧 キャンペーン",
    'O\'Brien "and" `sons`',
    "'); DROP TABLE campaigns; --",
    "%s %(x)s :name ? \\",
]


# What is saved comes back


def number(field) -> st.SearchStrategy:
    """Whatever a parameter allows."""
    low, high = field.metadata["low"], field.metadata["high"]
    exclusive = field.metadata["open_low"]
    return st.floats(low, high, exclude_min=exclusive) | st.integers(int(low) + exclusive, int(high))


@st.composite
def plans(draw) -> Plan:
    """Any plan: every parameter and every limit given or left out, within what is possible."""
    values = {
        field.name: number(field) for field in numbers_of(Campaign) if field.name not in ("backfire_rate", "incentive_uptake")
    }
    campaign = draw(st.fixed_dictionaries({}, optional=values))
    backfire = draw(st.just(0.0) | st.floats(0, 1))
    uptake = draw(st.none() | st.floats(0, 1 - backfire))
    limits = {field.name: st.none() | number(field) for field in fields(Objective)}
    return Plan(
        campaign=Campaign(**campaign, backfire_rate=backfire, incentive_uptake=uptake),
        objective=Objective(**draw(st.fixed_dictionaries(limits))),
        rule=draw(st.sampled_from(RULES)),
    )


@st.composite
def plans_with_offers(draw) -> Plan:
    """Any plan with some offers, as different from each other as offers can be."""
    offers = []
    for k in range(draw(st.integers(1, 4))):
        terms = {"success_rate": st.floats(0, 1), "incentive": st.floats(0, 1e6), "capacity": st.none() | st.integers(0, 10**9)}
        chosen = draw(st.fixed_dictionaries({}, optional=terms))
        rule = draw(st.sampled_from(["", "Contract=Two year", "tenure>=12", "夏=🌱"]))
        offers.append(Offer(name=f"{k} {draw(st.sampled_from(ODD_NAMES))}", only_if=rule, **chosen))
    budget = draw(st.none() | st.floats(0, 1e9))
    return Plan(objective=Objective(budget=budget), offers=tuple(offers))


def texts(longest: int) -> st.SearchStrategy[str]:
    """Text that can be kept as it is: of all scripts, but no control characters and no halves of characters."""
    return st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=longest).map(str.strip)


finite = st.floats(allow_nan=False, allow_infinity=False)


@ON_DISK
@given(
    name=texts(LONGEST_NAME).filter(bool),
    plan=plans() | plans_with_offers(),
    facts=st.fixed_dictionaries(
        {
            "note": texts(300),
            "threshold": st.none() | st.floats(0, 1),
            "contacted": st.integers(0, 2**31 - 1),
            "expected_profit": finite,
            "expected_spend": finite,
            "model_id": texts(LONGEST_NAME),
            "who": texts(LONGEST_NAME).filter(bool),
        }
    ),
)
def test_a_saved_campaign_comes_back_exactly(store, name, plan, facts):
    saved = save(store, name, plan=plan, **facts)
    again = store.campaign(saved.id)
    assert again == saved and repr(again.plan) == repr(plan)
    assert {"name": again.name, **{key: getattr(again, key) for key in facts if key != "who"}, "who": again.saved_by} == {
        "name": name,
        **facts,
    }


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_name_in_any_writing_comes_back_and_does_nothing_else(store, another, name):
    save(store, name, note=name, who=name)
    (campaign,) = another().campaigns()
    assert (campaign.name, campaign.note, campaign.saved_by) == (name, name, name)


def test_every_parameter_and_every_limit_of_a_plan_comes_back(store, another):
    third = 1 / 3  # in no finite number of digits
    campaign = Campaign(
        retention_cost=10 * third,
        success_rate=third,
        clv_months=36 * third + 0.1,
        margin=0.1 + 0.2,
        annual_discount=third / 10,
        monthly_survival=1 - third / 100,
        incentive=5e-324,
        incentive_uptake=third / 2,
        backfire_rate=third / 7,
        fixed_cost=1e9,
        after_save="own_risk",
        window=third,
        tenure_curve=(1.0, third),
    )
    plan = Plan(
        campaign=campaign, objective=Objective(budget=1e5 * third, min_roi=third, min_marginal_roi=7 * third), rule=PER_CUSTOMER
    )
    saved = save(store, plan=plan)
    assert set(plan.as_dict()) == {field.name for kind in (Campaign, Objective) for field in fields(kind)} | {"rule"}
    assert another().campaign(saved.id).plan == plan


@pytest.mark.parametrize("months", [np.int64(12), np.float64(12.1), np.float32(12.1)], ids=lambda value: type(value).__name__)
def test_a_plan_of_numpy_numbers_can_be_saved(store, months):
    plan = Plan(campaign=Campaign(clv_months=months))
    assert store.campaign(save(store, plan=plan).id).plan == plan


def test_a_campaign_in_which_no_contact_paid_has_no_threshold(store, another):
    save(store, threshold=None, contacted=0, expected_profit=0.0, expected_spend=0.0)
    assert another().campaigns()[0].threshold is None


def test_a_campaign_knows_who_saved_it_and_when_in_utc(store, another):
    before = datetime.now(UTC)
    saved = save(store, who="Ada")
    (again,) = another().campaigns()
    assert again.saved_by == "Ada" and again.saved_at == saved.saved_at and before <= again.saved_at <= datetime.now(UTC)
    assert again.saved_at.utcoffset() == timedelta(0) and again.archived_at is None


def test_a_time_does_not_depend_on_the_zone_of_the_machine(store, another):
    saved, published = save(store), store.publish(0.5, who="Ada")
    with pytest.MonkeyPatch.context() as elsewhere:
        elsewhere.setenv("TZ", "America/New_York")
        time.tzset()
        later = another()
        assert later.campaign(saved.id).saved_at == saved.saved_at and later.published().published_at == published.published_at
        assert abs(later.publish(0.5, who="Ada").published_at - published.published_at) < timedelta(hours=1)
    time.tzset()


def test_a_time_does_not_depend_on_the_zone_of_the_server(new_database, by_address):
    address = new_database()
    published = by_address(address).publish(0.5, who="Ada")
    assert by_address(f"{address}?options=-ctimezone%3DAmerica/New_York").published() == published


# The list


def test_a_new_database_has_nothing_in_it(store):
    assert (store.campaigns(), store.campaigns(archived=True), store.published(), store.history()) == ([], [], None, [])


def test_the_newest_campaign_comes_first(store, another):
    for name in "abc":
        save(store, name)
    assert names(store.campaigns()) == names(another().campaigns()) == ["c", "b", "a"]


def test_a_name_that_is_taken_twice_keeps_both_campaigns(store):
    first, second = save(store, contacted=1), save(store, contacted=2)
    assert first.id != second.id and store.campaigns() == [second, first]


@pytest.mark.parametrize(
    "missing", ["none", "", "0" * 32, "x" * 1000, "' OR 1=1 --", "\x00", "\ud83d"], ids=lambda id_: ascii(id_[:40])
)
def test_a_campaign_that_is_not_there_is_refused(store, missing):
    """Whatever a link may ask for."""
    save(store)
    for ask in (store.campaign, store.archive, lambda id_: store.archive(id_, False)):
        with pytest.raises(CampaignError, match="There is no saved campaign .*. Choose one of the list."):
            ask(missing)


def test_an_archived_campaign_is_hidden_but_not_lost(store, another):
    kept, hidden = save(store, "kept"), save(store, "hidden")
    store.archive(hidden.id)
    assert store.campaigns() == another().campaigns() == [kept]
    assert names(store.campaigns(archived=True)) == ["hidden", "kept"]
    archived = another().campaign(hidden.id)
    assert archived.archived_at >= hidden.saved_at and archived.archived_at.utcoffset() == timedelta(0)


def test_a_campaign_brought_back_is_at_its_place_again_and_as_it_was(store):
    before = [save(store, "new"), save(store, "old")][::-1]
    store.archive(before[1].id)
    store.archive(before[1].id, archived=False)
    assert store.campaigns() == store.campaigns(archived=True) == before


def test_archiving_or_bringing_back_twice_is_the_same_as_once(store):
    campaign = save(store)
    for archived, listed in ((True, []), (False, [campaign])):
        store.archive(campaign.id, archived)
        store.archive(campaign.id, archived)
        assert store.campaigns() == listed
