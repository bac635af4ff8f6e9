"""Work in the background: its steps, how far it is, how it ended, and that it always ends."""

import threading

import pytest

from churn_core.errors import DataError, DataUnavailable, ModelError, Stopped
from churn_core.jobs import Job, Pace, Turns

PATIENCE = 60  # seconds until a thread that does not finish fails the test; never waited for otherwise


def finished(work, **options) -> Job:
    job = Job(work, **options).start()
    assert job.finished.wait(PATIENCE)
    return job


def failing(error: BaseException):
    def work(job):
        raise error

    return work


def reporting(*sentences):
    def work(job):
        for sentence in sentences:
            job.report(sentence)

    return work


# What it tells


def test_the_result_is_what_the_work_returns():
    job = finished(lambda job: {"answer": 42})
    assert (job.result, job.error, job.stopped, job.steps) == ({"answer": 42}, "", False, [])


def test_a_job_that_was_not_started_has_done_nothing():
    job = Job(lambda job: pytest.fail("it was not started"))
    assert (job.finished.is_set(), job.result, job.error, job.steps, job.share) == (False, None, "", [], 0.0)


def test_steps_are_told_in_order_and_the_same_sentence_once_in_a_row():
    told = []
    job = finished(reporting("one", "one", "two", "one", "one"), told=told.append)
    assert job.steps == ["one", "two", "one"] == told


def test_a_step_that_is_told_again_between_shares_is_still_the_same_step():
    def work(job):
        for share in (0.1, 0.2, 0.3):
            job.report("reading")
            job.report(f"{share}", share)

    assert finished(work).steps == ["reading", "0.1", "0.2", "0.3"]


def test_the_share_is_the_last_one_told_and_stays_where_none_is():
    shares = []

    def work(job):
        for share in (None, 0.25, None, 0.5, 0.0, None):
            job.report("working", share)
            shares.append(job.share)

    finished(work)
    assert shares == [0.0, 0.25, 0.25, 0.5, 0.0, 0.0]


def test_it_can_be_watched_while_it_works():
    told, may_go_on = threading.Event(), threading.Event()

    def work(job):
        job.report("half", 0.5)
        told.set()
        assert may_go_on.wait(PATIENCE)
        return "done"

    job = Job(work).start()
    assert told.wait(PATIENCE)
    assert (job.steps, job.share, job.finished.is_set(), job.result) == (["half"], 0.5, False, None)
    may_go_on.set()
    assert job.finished.wait(PATIENCE) and job.result == "done"


# How it fails


@pytest.mark.parametrize("error", [DataError, DataUnavailable, ModelError])
def test_an_error_for_the_user_is_its_own_sentence(error):
    job = finished(failing(error("No data. Connect.")))
    assert (job.error, job.result, job.stopped) == ("No data. Connect.", None, False)


@pytest.mark.parametrize(
    "error, named",
    [
        (OSError(28, "No space left on device"), "No space left on device"),
        (PermissionError(13, "Permission denied", "/secret/place"), "Permission denied"),
        (OSError("odd"), "odd"),
    ],
    ids=["disk full", "no permission", "no number"],
)
def test_an_error_of_the_system_is_a_sentence_with_the_mend(error, named):
    job = finished(failing(error))
    assert job.error == f"The state folder cannot be used ({named}). Point CHURN_HOME to a folder that can be written."
    assert job.result is None and not job.stopped


@pytest.mark.parametrize("error", [RuntimeError("secret detail"), KeyError("secret"), MemoryError(), AssertionError()], ids=repr)
def test_an_unexpected_error_is_a_sentence_and_its_details_are_on_the_console_alone(error, capfd):
    job = finished(failing(error))
    assert job.error == "This failed for a reason that the console shows. Please report it."
    assert job.result is None and not job.stopped
    assert type(error).__name__ in capfd.readouterr().err


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_those_who_wait_do_not_wait_for_ever_whatever_ends_the_work():
    job = finished(failing(SystemExit(1)))
    for thread in threading.enumerate():  # what it raised belongs to this test, not to the next
        if thread.name == "Job":
            thread.join(PATIENCE)
    assert job.result is None


def test_an_error_in_what_listens_is_an_error_of_the_job():
    def told(sentence):
        raise BrokenPipeError(32, "Broken pipe")

    assert "Broken pipe" in finished(reporting("one"), told=told).error


# Stopping


def test_stop_ends_the_work_at_its_next_report():
    told, asked, done = threading.Event(), threading.Event(), []

    def work(job):
        job.report("one")
        told.set()
        assert asked.wait(PATIENCE)
        done.append("what comes before the next report is still done")
        job.report("two")
        done.append("after it")

    job = Job(work).start()
    assert told.wait(PATIENCE)
    job.stop()
    asked.set()
    assert job.finished.wait(PATIENCE)
    assert job.stopped and job.error == "Stopped." and job.result is None
    assert job.steps == ["one"] and done == ["what comes before the next report is still done"]


def test_a_job_that_is_stopped_before_it_starts_ends_at_its_first_report():
    job = Job(reporting("one"))
    job.stop()
    assert job.start().finished.wait(PATIENCE)
    assert job.stopped and job.steps == []


def test_work_that_reports_no_more_is_finished_though_it_was_asked_to_stop():
    job = finished(lambda job: job.stop() or "done")
    assert (job.result, job.stopped, job.error) == ("done", False, "")


def test_stopping_twice_or_after_the_end_changes_nothing():
    job = finished(lambda job: "done")
    job.stop()
    job.stop()
    assert (job.result, job.stopped, job.error) == ("done", False, "")


def test_work_that_must_tidy_up_gets_to_when_it_is_stopped():
    tidied = []

    def work(job):
        try:
            job.stop()
            job.report("next")
        except Stopped:
            tidied.append(True)
            raise

    assert finished(work).stopped and tidied == [True]


def test_of_works_that_take_turns_as_many_run_as_are_allowed_and_a_waiting_one_says_so_and_can_be_stopped():
    turns, go, running = Turns(2), threading.Event(), threading.Semaphore(0)

    def work(job: Job) -> str:
        running.release()
        assert go.wait(30)
        return "done"

    jobs = [Job(lambda job: turns.take(job, work)).start() for _ in range(2)]
    assert all(running.acquire(timeout=30) for _ in jobs)
    waiting, last = (Job(lambda job: turns.take(job, work)).start() for _ in range(2))
    while not (waiting.steps and last.steps):
        assert not waiting.finished.wait(0.05)
    waiting.stop()
    assert waiting.finished.wait(30) and waiting.stopped and waiting.steps == ["Waiting until another file is done …"]
    go.set()
    assert all(job.finished.wait(30) and job.result == "done" for job in (*jobs, last))


# How fast a stage goes


def test_the_rate_and_the_time_left_are_those_of_the_stage(monkeypatch):
    now = iter([1000.0, 1004.0, 1010.0])
    monkeypatch.setattr("churn_core.jobs.time.perf_counter", lambda: next(now))
    pace = Pace()  # opening the file, before the first rows are there, does not count
    assert pace.told(8_000, 0.2) == "8,000 rows"
    assert pace.told(16_000, 0.4) == "16,000 rows, 2,000 a second, 12 s to go"
    assert pace.told(40_000, 1.0) == "40,000 rows, 3,200 a second"
