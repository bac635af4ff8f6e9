"""The service answers by what is published, whoever publishes it."""

import threading

from churn_core.application.service import Service
from churn_core.campaign.economics import Campaign
from churn_core.campaign.optimise import best_threshold
from churn_core.campaign.plan import Plan
from churn_core.storage.store import open_store
from tests.application.service.conftest import FACTS, PATIENCE

# The threshold of others


def test_without_anything_published_it_is_what_earns_most_by_the_default_campaign(ready, workspace):
    basis, best = ready.basis(), best_threshold(workspace.still_here.expected_sweep, Campaign())
    assert (basis.plan.campaign, basis.threshold) == (Campaign(), best.threshold)


def test_what_another_process_publishes_is_in_the_very_next_answer(ready, home, another):
    ready.basis()
    for n in range(20):
        another(f"open_store(Path({str(home)!r})).publish({n} / 32, who='Ada')")
        assert ready.basis().threshold == n / 32
    another(f"open_store(Path({str(home)!r})).rollback(who='Ada')")
    assert ready.basis().threshold == 18 / 32


def test_what_is_taken_back_to_nothing_is_the_default_again(ready, home):
    default, elsewhere = ready.basis().threshold, open_store(home)
    elsewhere.publish(0.987, who="Ada")
    assert ready.basis().threshold == 0.987
    elsewhere.rollback(who="Ada")
    assert ready.basis().threshold == default
    elsewhere.close()


def test_a_published_campaign_brings_its_parameters(ready):
    plan = Plan(campaign=Campaign(retention_cost=77))
    saved = ready.store.save("Spring", plan, who="Ada", **FACTS)
    ready.store.publish(0.5, who="Ada", campaign_id=saved.id)
    basis = ready.basis()
    assert (basis.threshold, basis.plan.campaign) == (0.5, plan.campaign)


def test_an_answer_has_the_threshold_and_the_campaign_of_one_publication(ready, home):
    """Readers in threads against a writer that flips two campaigns."""
    writer, costs = open_store(home), {0.25: 25.0, 0.75: 75.0}
    campaigns = {
        threshold: writer.save("c", Plan(campaign=Campaign(retention_cost=cost)), who="Ada", **FACTS).id
        for threshold, cost in costs.items()
    }
    writer.publish(0.25, who="Ada", campaign_id=campaigns[0.25])
    over, seen = threading.Event(), []

    def read() -> None:
        try:
            while not over.is_set():
                basis = ready.basis()
                seen.append((basis.threshold, basis.plan.campaign.retention_cost))
        except BaseException as error:
            seen.append(error)

    readers = [threading.Thread(target=read, daemon=True) for _ in range(4)]
    for reader in readers:
        reader.start()
    for n in range(60):
        threshold = (0.75, 0.25)[n % 2]
        writer.publish(threshold, who="Ada", campaign_id=campaigns[threshold])
        assert ready.basis().threshold == threshold
    over.set()
    for reader in readers:
        reader.join(PATIENCE)
    writer.close()
    assert set(seen) == set(costs.items())


def test_a_slow_reader_does_not_bring_back_to_others_what_is_no_longer_published(ready, home, monkeypatch):
    """One asks before, another after a publication; the first is told later. The second still gets what is published."""
    ready.store.publish(0.1, who="Ada")
    asked, may_go_on, asked_twice = threading.Event(), threading.Event(), threading.Event()
    original = ready._asked

    def slowly(*asked_for):
        basis = original(*asked_for)
        if threading.current_thread() is slow:
            asked.set()
            assert may_go_on.wait(PATIENCE)
        elif threading.current_thread() is quick:
            may_go_on.set()  # between asking and giving the answer the slow one finishes
            asked_twice.set()
        return basis

    got = {}
    slow = threading.Thread(target=lambda: got.update(slow=ready.basis().threshold), daemon=True)
    quick = threading.Thread(target=lambda: got.update(quick=ready.basis().threshold), daemon=True)
    monkeypatch.setattr(ready, "_asked", slowly)

    class Slot:
        """Where what is kept is put: the quick one's is overwritten before it reads it back."""

        def __set_name__(self, owner, name) -> None:
            self.value = None

        def __get__(self, instance, owner):
            return self.value

        def __set__(self, instance, value) -> None:
            self.value = value
            if threading.current_thread() is quick:
                slow.join(PATIENCE)

    slot = Slot()
    slot.value = None
    monkeypatch.setattr(Service, "_kept", slot, raising=False)
    slow.start()
    assert asked.wait(PATIENCE)
    ready.store.publish(0.9, who="Ada")
    quick.start()
    quick.join(2 * PATIENCE)
    slow.join(PATIENCE)
    assert got["quick"] == 0.9 and ready.basis().threshold == 0.9


# Publishing


def test_an_update_tells_what_decided_before_and_decides_from_then_on(ready):
    default = ready.basis().threshold
    assert ready.update_threshold(0.3, "why", "API") == (default, 0.3)
    assert ready.update_threshold(0.4, "", "API") == (0.3, 0.4)
    assert ready.basis().threshold == 0.4
    newest = ready.store.history()[0]
    assert (newest.threshold, newest.published_by, newest.source) == (0.4, "API", "API")
    assert ready.store.history()[1].reason == "why"


def test_updates_of_many_at_once_are_all_in_the_history_and_each_before_is_the_one_before(ready):
    default, told, lock = ready.basis().threshold, [], threading.Lock()

    def update(name: int) -> None:
        for n in range(10):
            answer = ready.update_threshold((name * 10 + n) / 128, "", "API")
            with lock:
                told.append(answer)

    writers = [threading.Thread(target=update, args=(name,)) for name in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(PATIENCE)
    history = [publication.threshold for publication in ready.store.history()][::-1]
    assert sorted(told) == sorted(zip([default, *history], history, strict=False)) and len(told) == 40
    assert ready.basis().threshold == history[-1]
