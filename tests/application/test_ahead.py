"""What pages show is worked out ahead, by a thread that gives way, ends with the service and stops at nothing."""

import threading
import time

import pytest

from churn_core.application.ahead import Ahead

SOON = 0.01  # seconds between two looks at what is in use
PATIENCE = 10  # seconds until what does not come fails the test; never waited for otherwise


class InUse:
    """What is in use, as a service has it."""

    def __init__(self) -> None:
        self.workspace, self.closed = None, threading.Event()
        self.ahead = Ahead(lambda: self.workspace, self.closed, SOON)
        self.worked_out: list[str] = []

    def figures(self, names: str):
        """One for each letter; it is worked out by being written down after the workspace."""
        return lambda workspace: (lambda name=name: self.worked_out.append(f"{workspace}{name}") for name in names)


@pytest.fixture
def service():
    made = InUse()
    yield made
    made.closed.set()


def until(condition) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(SOON)


def test_nothing_is_begun_before_something_is_in_use(service):
    service.ahead.start(service.figures("ab"))
    assert not service.ahead.done.wait(5 * SOON)
    assert service.worked_out == []
    service.workspace = 1
    assert service.ahead.done.wait(PATIENCE)
    assert service.worked_out == ["1a", "1b"]


def test_what_has_to_be_done_first_is_done_before_anything_is_in_use_and_an_error_in_it_ends_nothing(service, caplog):
    done = threading.Event()
    service.ahead.start(service.figures("a"), first=lambda: done.set() or 1 / 0)
    assert done.wait(PATIENCE) and service.worked_out == []
    service.workspace = 1
    assert service.ahead.done.wait(PATIENCE)
    assert service.worked_out == ["1a"] and "ZeroDivisionError" in caplog.text


def test_what_comes_into_use_later_is_worked_out_too_and_each_once(service):
    service.workspace = 1
    service.ahead.start(service.figures("ab"))
    assert service.ahead.done.wait(PATIENCE)
    service.workspace = 2
    until(lambda: len(service.worked_out) == 4)
    time.sleep(5 * SOON)
    assert service.worked_out == ["1a", "1b", "2a", "2b"]


def test_nothing_is_begun_while_somebody_is_answered(service):
    service.workspace = 1
    with service.ahead.giving_way():
        with service.ahead.giving_way():
            service.ahead.start(service.figures("ab"))
        assert not service.ahead.done.wait(5 * SOON)
        assert service.worked_out == []
    assert service.ahead.done.wait(PATIENCE)
    assert service.worked_out == ["1a", "1b"]


def test_whoever_leaves_with_an_error_is_answered_no_more(service):
    service.workspace = 1
    with pytest.raises(ValueError, match="away"), service.ahead.giving_way():
        raise ValueError("away")
    service.ahead.start(service.figures("a"))
    assert service.ahead.done.wait(PATIENCE)


def test_an_error_is_logged_and_the_other_figures_follow(service, caplog):
    def figures(workspace):
        yield lambda: service.worked_out.append("first")
        yield lambda: 1 / 0
        yield lambda: service.worked_out.append("last")

    service.workspace = 1
    service.ahead.start(figures)
    assert service.ahead.done.wait(PATIENCE)
    assert service.worked_out == ["first", "last"]
    assert "ZeroDivisionError" in caplog.text


def test_where_it_cannot_be_said_what_to_work_out_that_is_logged_and_the_next_version_is_followed(service, caplog):
    def figures(workspace):
        if workspace == 1:
            raise KeyError("tenure")
        yield lambda: service.worked_out.append("of the next")

    service.workspace = 1
    service.ahead.start(figures)
    assert service.ahead.done.wait(PATIENCE)
    service.workspace = 2
    until(lambda: service.worked_out)
    assert "KeyError" in caplog.text


def test_who_closes_the_service_ends_it_after_the_figure_that_is_being_worked_out(service):
    begun, go_on = threading.Event(), threading.Event()

    def figures(workspace):
        yield lambda: (begun.set(), go_on.wait(PATIENCE))
        yield lambda: service.worked_out.append("too late")

    service.workspace = 1
    thread = service.ahead.start(figures)
    assert begun.wait(PATIENCE)
    service.closed.set()
    go_on.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert service.worked_out == []


def test_figures_of_what_is_in_use_no_more_are_left(service):
    begun, go_on = threading.Event(), threading.Event()

    def figures(workspace):
        yield lambda: (begun.set(), go_on.wait(PATIENCE)) if workspace == 1 else None
        yield lambda: service.worked_out.append(workspace)

    service.workspace = 1
    service.ahead.start(figures)
    assert begun.wait(PATIENCE)
    service.workspace = 2
    go_on.set()
    until(lambda: service.worked_out)
    assert service.worked_out == [2]
