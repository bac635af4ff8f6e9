"""The budget of what everything costs: what is more than twice as slow as its record fails, and nothing else does."""

import json
from itertools import count

import pytest

from tests.benchmarks import __main__ as table
from tests.benchmarks import budget
from tests.benchmarks.budget import FACTOR, Figure, measure, on_record, renew, verdict

RECORD = {"sorted": 3.0}


def figure(cost: float, yardstick_cost: float = 1.0, noise=lambda turn: 0.0, **more) -> Figure:
    """A figure by a clock of its own, which every work moves on by what it costs."""
    now, turn = [0.0], count()

    def costs(seconds: float) -> None:
        now[0] += seconds + noise(next(turn))

    return Figure(
        name="sorted",
        work=lambda: costs(cost),
        yardstick="read",
        by=lambda: costs(yardstick_cost),
        clock=lambda: now[0],
        **more,
    )


def test_a_ratio_is_that_of_once_each_however_often_each_is_done():
    assert measure(figure(6.0, 2.0, times=3, yardstick_times=50)).ratio == pytest.approx(3.0)


def test_what_other_programs_cost_some_turns_changes_no_ratio():
    assert measure(figure(3.0, noise=lambda turn: 40.0 * (turn % 5 > 1))).ratio == pytest.approx(3.0)


def test_the_first_turn_which_still_prepares_is_thrown_away():
    assert measure(figure(3.0, noise=lambda turn: -0.9 * (turn < 2))).ratio == pytest.approx(3.0)


@pytest.mark.parametrize(
    ("cost", "said"), [(3.0, ""), (5.9, ""), (6.1, "too slow"), (1.6, ""), (1.4, "faster: renew"), (60.0, "too slow")]
)
def test_only_more_than_twice_the_ratio_on_record_is_too_slow(cost, said):
    assert verdict(measure(figure(cost)), RECORD) == said


def test_a_figure_that_is_not_on_record_is_no_pass():
    assert verdict(measure(figure(3.0)), {}) == "not on record"


def test_a_slow_machine_passes_like_a_quick_one():
    assert verdict(measure(figure(300.0, 100.0)), RECORD) == ""


def test_three_times_the_work_on_this_machine_is_too_slow():
    """With the real clock: the ratio of a work to itself is near 1, and that of thrice the work near 3."""

    def work() -> None:
        sum(range(300_000))

    once = Figure(name="summed", work=work, yardstick="once", by=work)
    thrice = Figure(name="summed", work=lambda: [work() for _ in range(3)], yardstick="once", by=work)
    record = {"summed": 1.0}
    assert verdict(measure(once), record) == "" and verdict(measure(thrice), record) == "too slow"


@pytest.fixture
def record(tmp_path, monkeypatch):
    path = tmp_path / "budget.json"
    path.write_text(json.dumps({**RECORD, "other": 7.0}))
    monkeypatch.setattr(budget, "RECORD", path)
    return path


@pytest.mark.parametrize(("cost", "code"), [(3.0, 0), (5.9, 0), (6.1, 1)])
def test_the_table_has_a_line_for_each_figure_and_ends_with_1_where_one_is_too_slow(record, monkeypatch, capsys, cost, code):
    monkeypatch.setattr(table, "figures", lambda rows: iter([figure(cost)]))
    monkeypatch.setattr("sys.argv", ["benchmarks", "--short"])
    assert table.main() == code
    _, line, *rest = capsys.readouterr().out.splitlines()
    assert line.startswith("sorted") and ("too slow" in line) == bool(code) == bool(rest)


def test_renewing_keeps_what_was_not_measured(record, monkeypatch):
    monkeypatch.setattr(table, "figures", lambda rows: iter([figure(123.456)]))
    monkeypatch.setattr("sys.argv", ["benchmarks", "--renew"])
    assert table.main() == 0
    assert on_record() == {"sorted": 123.0, "other": 7.0}
    renew({"new": 0.25})
    assert on_record() == {"sorted": 123.0, "other": 7.0, "new": 0.25}


def test_every_ratio_on_record_is_a_positive_number():
    assert FACTOR == 2.0 and on_record() and all(ratio > 0 for ratio in on_record().values())
