"""A service works out ahead what it is told to, of the version in use and of the next; closed, it stops."""

import shutil

from churn_core.campaign.plan import Plan
from churn_core.decisions.recommendation import recommend
from tests.application.service.conftest import PATIENCE, until, uses


def figures(workspace):
    yield lambda: recommend(workspace.still_here, Plan())


def test_the_recommendation_of_the_usual_draft_is_there_before_anybody_asks(begin):
    service = begin()
    assert len(service.workspace.still_here.kept) == 0
    service.ahead.start(figures)
    assert service.ahead.done.wait(PATIENCE)
    assert len(service.workspace.still_here.kept) == 1


def test_that_of_a_version_that_is_promoted_later_too(begin, another, home, second):
    service = begin()
    service.ahead.start(figures)
    another(f"Registry(Path({str(home)!r}) / 'models').promote({second!r})")
    uses(service, second)
    until(lambda: len(service.workspace.still_here.kept) == 1, "the next recommendation")


def test_what_comes_of_another_try_is_worked_out_ahead_too(begin, home, first):
    pointer = home / "models" / first
    shutil.move(pointer, home / "elsewhere")
    service = begin(ready=False)
    service.ahead.start(figures)
    assert service.workspace is None and service.error
    service.again()
    service.finished.wait(PATIENCE)
    assert service.workspace is None and service.error, "nothing was mended yet"
    shutil.move(home / "elsewhere", pointer)
    service.again()
    service.again()  # while the first is under way, and of what is in use: nothing
    assert service.finished.wait(PATIENCE) and service.ahead.done.wait(PATIENCE)
    assert service.error == "" and len(service.workspace.still_here.kept) == 1
    in_use = service.workspace
    service.again()
    assert service.workspace is in_use and service.finished.is_set()


def test_a_service_that_is_closed_works_out_nothing_more(begin):
    service = begin()
    thread = service.ahead.start(figures)
    service.close()
    thread.join(PATIENCE)
    assert not thread.is_alive()
