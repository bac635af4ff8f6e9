"""Work on a session's own file: it is shown and can be stopped at every stage, and it ends when the browser goes."""

import threading
import weakref

import pytest
from streamlit.runtime.caching import clear_session_resource_cache

from churn_core.data.synthetic import generate
from churn_core.data.writing.cells import to_csv
from churn_core.errors import Stopped
from churn_core.jobs import Job
from churn_core.schema.telco import TELCO
from pages.parts import own_work
from pages.parts.own_work import OwnWork

PATIENCE = 60  # seconds until what does not happen fails the test; never waited for otherwise
CONTENT = to_csv(generate(300, seed=3, schema=TELCO))[0]


class Steps:
    """Work that goes from step to step as the test says, and tidies up when it ends."""

    def __init__(self) -> None:
        self.begun, self.go_on, self.tidied = threading.Event(), threading.Event(), threading.Event()

    def __call__(self, job: Job) -> str:
        try:
            job.report("Reading")
            self.begun.set()
            while not self.go_on.wait(0.01):
                job.report("Reading")
            return "done"
        finally:
            self.tidied.set()


@pytest.fixture
def works():
    """Makes work that is let go at the end of the test."""
    made: list[Steps] = []

    def make() -> Steps:
        made.append(Steps())
        return made[-1]

    yield make
    for each in made:
        each.go_on.set()


def begun(own: OwnWork, work: Steps, name: str = "scoring", key: object = 1) -> Job:
    job = own.job(name, key, work)
    assert work.begun.wait(PATIENCE)
    return job


# One job of each kind


def test_the_same_key_is_the_same_job_and_another_one_stops_it(works):
    own, first, second = OwnWork(), works(), works()
    job = begun(own, first)
    assert own.job("scoring", 1, second) is job is own.get("scoring") and not second.begun.is_set()
    other = begun(own, second, key=2)
    assert job.finished.wait(PATIENCE) and job.stopped and first.tidied.is_set()
    assert own.get("scoring") is other and not other.finished.is_set()


def test_what_is_forgotten_is_stopped_and_its_result_is_let_go():
    class Result:
        pass

    own = OwnWork()
    job = own.job("check", 1, lambda job: Result())
    assert job.finished.wait(PATIENCE)
    result = weakref.ref(job.result)
    del job
    own.forget("check")
    assert own.get("check") is None and result() is None
    own.forget("check")


# The browser goes


def test_when_the_browser_goes_everything_ends(works, monkeypatch):
    monkeypatch.setattr(own_work, "ABSENCE", 0.01)
    own, one, two = OwnWork(), works(), works()
    jobs = [begun(own, one), begun(own, two, "check")]
    own.leave()
    assert all(job.finished.wait(PATIENCE) and job.stopped for job in jobs)
    assert one.tidied.is_set() and two.tidied.is_set()
    assert own.get("scoring") is None


def test_a_browser_that_comes_back_at_once_finds_its_work_going_on(works, monkeypatch):
    monkeypatch.setattr(own_work, "ABSENCE", PATIENCE)
    own, work = OwnWork(), works()
    job = begun(own, work)
    own.leave()
    timer = own._leaving
    own.stay()
    timer.join(PATIENCE)
    work.go_on.set()
    assert job.finished.wait(PATIENCE) and job.result == "done" and own.get("scoring") is job


def test_a_session_that_ends_is_one_whose_browser_went(open_page, monkeypatch):
    gone = threading.Event()
    monkeypatch.setattr(OwnWork, "end", lambda own: gone.set())
    monkeypatch.setattr(own_work, "ABSENCE", 0.01)
    open_page("customers")
    clear_session_resource_cache("test session id")  # what Streamlit does when a session has lost its browser
    assert gone.wait(PATIENCE)


# In turn


def test_two_files_are_worked_on_at_once_and_a_third_waits_and_can_be_stopped(works):
    owners, all_work = [OwnWork() for _ in range(4)], [works() for _ in range(4)]
    for own, work in zip(owners[:2], all_work[:2], strict=True):
        begun(own, work)
    third, fourth = (own.job("scoring", 1, work) for own, work in zip(owners[2:], all_work[2:], strict=True))
    while not fourth.steps:
        fourth.finished.wait(0.01)
    assert fourth.steps == ["Waiting until another file is done …"] and not all_work[3].begun.is_set()
    owners[2].forget("scoring")
    assert third.finished.wait(PATIENCE) and third.stopped and not all_work[2].begun.is_set()
    all_work[0].go_on.set()
    assert all_work[3].begun.wait(PATIENCE)
    all_work[3].go_on.set()
    assert fourth.finished.wait(PATIENCE) and fourth.result == "done"


# On the pages

PLACES = {
    "scoring": ("customers", None, "upload", "churn_core.application.score_file.local.score_file"),
    "check": ("monitoring", None, "check_upload", "churn_core.application.score_file.local.score_file"),
    "training_file": ("model", "Train on your customers", "training_upload", "pages.parts.model.training_tab.read_dataset"),
}


@pytest.mark.parametrize("name", PLACES)
def test_reading_shows_how_far_it_is_and_can_be_stopped_on_each_page(open_own, monkeypatch, name):
    page, tab, uploader, where = PLACES[name]
    reading, ended = threading.Event(), threading.Event()

    def endless(*_, report, **__):
        try:
            while True:
                report("Reading: 1,000 rows", 0.25)
                reading.set()
                ended.wait(0.01)
        except Stopped:
            ended.set()
            raise

    monkeypatch.setattr(where, endless)
    monkeypatch.setattr(own_work, "AT_ONCE", 0.0)
    at = open_own(page)
    if tab:
        at.session_state["model_tab"] = tab
        at.run()
    at.file_uploader(key=uploader).upload("file.csv", CONTENT).run()
    assert not at.exception and reading.wait(PATIENCE)
    at.run()
    assert "Reading: 1,000 rows" in str(at.get("progress")[0].proto)
    at.button(key=f"stop_{name}").click().run()
    assert ended.wait(PATIENCE) and not at.exception
    monkeypatch.setattr(own_work, "AT_ONCE", PATIENCE)
    at.run()
    assert any("Stopped. Nothing was kept." in info.value for info in at.info) and not at.exception
