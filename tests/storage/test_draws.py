"""Who was drawn and what came of it is kept to the bit, without an id, for one company. Every law on SQLite and on PostgreSQL."""

import numpy as np
import pytest

from churn_core.errors import CampaignError, StoreError
from churn_core.experiment.draw import draw
from churn_core.experiment.returned import match
from churn_core.storage.draws import DrawnCustomers, Draws, KeptDraw
from churn_core.storage.results import KeptResult, Results
from tests.gym import GYM
from tests.storage.conftest import save

IDS = [f"Customer-{i}" for i in range(50)]
P = np.linspace(0.9, 0.1, 50)
CLV = np.linspace(100.0, 900.0, 50)
RESULT = {"two_by_two": {"treated": 40, "control": 10}, "success_rate": {"estimate": 0.1 + 0.2}, "posterior": None}


@pytest.fixture
def draws(store) -> Draws:
    return Draws(store)


@pytest.fixture
def results(store) -> Results:
    return Results(store)


def drawn(order=None, salt: str = "s") -> DrawnCustomers:
    order = np.arange(50) if order is None else order
    ids = [IDS[i] for i in order]
    return DrawnCustomers.of(ids, draw(ids, P[order], 0.2, salt), P[order], CLV[order], salt)


def add(draws: Draws, store, customers: DrawnCustomers | None = None, **changed) -> KeptDraw:
    values = {"who": "Ada", "share": 0.2, "salt": "s", "expected_profit": 1234.5, "days": 30, **changed}
    campaign = values.pop("campaign_id", None) or save(store).id
    return draws.add(customers or drawn(), campaign_id=campaign, **values)


def keep(results: Results, **changed) -> KeptResult:
    return results.add(**{"draw_id": 1, "name": "Spring", "file_sha256": "a" * 64, "who": "Ada", "result": RESULT, **changed})


def test_a_draw_comes_back_to_the_last_bit_and_finds_its_customers(store, draws, another):
    kept = add(draws, store)
    again = Draws(another())
    assert again.latest() == [kept] == [again.of_campaign(kept.campaign_id)]
    customers = again.customers(kept)
    found = match(customers.lots, customers.lots_folded, IDS, "s")
    assert found.share == 1.0 and P[found.row].tolist() == customers.churn_probability.tolist()
    assert CLV[found.row].tolist() == customers.clv.tolist()
    assert drawn().control[found.row].tolist() == customers.control.tolist()
    assert (kept.treated, kept.control) == (40, 10)


def test_whom_each_offer_was_meant_for_is_kept_and_a_draw_of_one_offer_is_written_as_before():
    offer = np.arange(50) % 3
    several = DrawnCustomers.of(IDS, draw(IDS, P, 0.2, "s"), P, CLV, "s", offer)
    back = DrawnCustomers.from_bytes(several.as_bytes())
    assert back.offer.tolist() == offer[match(back.lots, back.lots_folded, IDS, "s").row].tolist()
    assert DrawnCustomers.from_bytes(drawn().as_bytes()).offer is None
    assert b"offer" not in drawn().as_bytes() and b"offer" in several.as_bytes()


def test_no_id_is_kept(store, draws):
    content = drawn().as_bytes()
    assert not any(each.encode() in content or each.casefold().encode() in content for each in IDS)


def test_the_same_customers_in_another_order_are_the_same_draw_and_another_salt_is_another(store, draws):
    kept = add(draws, store)
    assert draws.same(drawn(np.random.default_rng(0).permutation(50))) == kept
    assert draws.same(drawn(salt="other")) is None


def test_a_campaign_without_a_list_says_how_to_draw_one(store, draws):
    with pytest.raises(CampaignError, match="No list was drawn"):
        draws.of_campaign(save(store).id)


def test_what_is_damaged_is_told_and_not_taken(store, draws):
    with pytest.raises(StoreError, match="cannot be read"):
        DrawnCustomers.from_bytes(drawn().as_bytes()[:-40])
    with pytest.raises(StoreError, match="cannot be read"):
        DrawnCustomers.from_bytes(b"no archive")


def test_a_draw_and_a_result_are_of_one_company(store, draws, results):
    kept = add(draws, store)
    keep(results, draw_id=kept.id)
    gym = store.of(GYM)
    assert Draws(gym).latest() == [] == Results(gym).latest()
    with pytest.raises(CampaignError):
        Draws(gym).of_campaign(kept.campaign_id)
    assert Draws(gym).same(drawn()) is None and Results(gym).of_file("a" * 64) is None


def test_a_result_comes_back_as_it_was_and_the_same_file_is_kept_once(results, another):
    kept = keep(results)
    assert keep(results) == kept
    assert Results(another()).latest() == [kept] and kept.result == RESULT


def test_each_campaign_counts_once_by_its_newest_result_the_oldest_first(results):
    first = keep(results, draw_id=1, file_sha256="a" * 64)
    second = keep(results, draw_id=2, file_sha256="b" * 64)
    corrected = keep(results, draw_id=1, file_sha256="c" * 64)
    alone = keep(results, draw_id=None, file_sha256="d" * 64)
    assert results.of_each_campaign() == [second, corrected, alone]
    assert len(results.latest()) == 4 and first in results.latest()
