"""What one company has saved, published and scored is kept, said to be theirs, and never used for another's customers."""

import pytest

from churn_core.campaign.plan import Plan
from churn_core.errors import CampaignError
from churn_core.schema import Column, Schema
from churn_core.schema.telco import TELCO
from churn_core.storage.company import company_of
from churn_core.storage.files_seen import ScoredFiles
from churn_core.storage.steps import rows_say_whose_they_are
from tests.gym import GYM
from tests.storage.conftest import is_unbroken, names, published_threshold, save
from tests.storage.test_migrations import FILE, ask

SEEN = {**FILE, "judgement": {"verdict": {"level": "keep"}}, "profile": {"format": 1, "rows": 1}}


@pytest.fixture
def gym(store):
    """The same database for the customers of a gym."""
    return store.of(GYM)


def test_a_home_without_a_version_is_for_the_customers_of_the_sample(store):
    assert store.company == company_of(TELCO)


def test_a_company_is_told_by_the_name_and_the_columns_of_its_schema_whatever_they_hold():
    column = Column(name="calls", label="Calls", kind="whole")
    shop, again = Schema(name="Shop", columns=(column,)), Schema(name="Shop", columns=(column,), clv=900.0, currency="€")
    other = Schema(name="Shop", columns=(Column(name="visits", label="Calls", kind="whole"),))
    assert company_of(shop) == company_of(again) and company_of(shop).name == "Shop"
    assert len({company_of(each).key for each in (shop, other, Schema(name="Bank", columns=(column,)))}) == 3


def test_rows_of_before_belong_to_the_sample(store):
    rows = []

    class Statements:
        def exec_driver_sql(self, statement: str) -> None:
            rows.append(statement)

    rows_say_whose_they_are(Statements())
    assert sum(f"DEFAULT '{company_of(TELCO).key}'" in row for row in rows) == 3
    assert sum(f"DEFAULT '{company_of(TELCO).name}'" in row for row in rows) == 3


def test_what_others_published_is_not_used_but_told_and_is_there_again_for_them(store, gym):
    store.publish(0.3, who="Ada")
    assert gym.published() is None and gym.before() is None and gym.history() == []
    assert gym.decision(Plan()).threshold is None
    assert gym.of_others() == {"Telco": 0.3} and store.of_others() == {}
    gym.publish(0.6, who="Bo")
    assert (published_threshold(store), published_threshold(gym)) == (0.3, 0.6)
    assert gym.of(TELCO).published() == store.published() and store.of_others() == {"Gym": 0.6}


def test_each_company_has_a_history_of_its_own(store, gym):
    for threshold in (0.1, 0.2):
        store.publish(threshold, who="Ada")
        gym.publish(threshold + 0.5, who="Bo")
    assert [p.threshold for p in store.history()] == [0.2, 0.1] and [p.threshold for p in gym.history()] == [0.7, 0.6]
    assert is_unbroken(store.history()) and is_unbroken(gym.history())
    store.rollback(who="Ada")
    assert (published_threshold(store), published_threshold(gym)) == (0.1, 0.7)
    store.rollback(who="Ada")
    with pytest.raises(CampaignError, match="Nothing is published"):
        store.rollback(who="Ada")
    assert published_threshold(gym) == 0.7 and gym.of_others() == {}


def test_whoever_keeps_what_is_published_is_told_of_every_publication(store, gym):
    before = store.latest()
    gym.publish(0.6, who="Bo")
    assert store.latest() == gym.latest() > before


def test_a_saved_campaign_of_others_is_listed_for_them_only_and_is_refused_by_their_name(store, gym):
    theirs = save(store, "Spring")
    assert gym.campaigns() == [] and names(store.campaigns()) == ["Spring"]
    for use in (
        lambda: gym.campaign(theirs.id),
        lambda: gym.archive(theirs.id),
        lambda: gym.publish(0.3, who="Bo", campaign_id=theirs.id),
    ):
        with pytest.raises(CampaignError, match=r"'Spring' belongs to other customers \(Telco\)"):
            use()
    assert store.campaign(theirs.id) == theirs and gym.published() is None


def test_the_files_that_were_seen_are_those_of_the_company(store, gym):
    ScoredFiles(store).add(**SEEN)
    ScoredFiles(gym).add(**{**SEEN, "name": "members.csv", "model_id": "g"})
    assert [record.name for record in ScoredFiles(store).latest()] == ["june.csv"]
    assert [record.name for record in ScoredFiles(gym).latest()] == ["members.csv"]


def test_what_is_written_says_whose_it_is_in_words(store, gym):
    save(gym)
    gym.publish(0.5, who="Bo")
    ScoredFiles(gym).add(**SEEN)
    for table in ("campaigns", "publications", "scored_files"):
        assert ask(store, f"SELECT company, company_name FROM {table}") == [(company_of(GYM).key, "Gym")]
