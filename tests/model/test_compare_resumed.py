"""A comparison that was stopped, or killed, goes on where it was; what it depends on starts it anew."""

import numpy as np
import pytest

from churn_core.model import compare as comparing
from churn_core.model import cross_validation
from churn_core.model.compare import forget
from churn_core.model.cross_validation import Protocol
from tests.model.rounds import OURS, PROTOCOL, ROUNDS, Rounds, dataset, kept_files, measured, rest, run, stop

pytestmark = pytest.mark.slow

# Stopped, and taken up again


@pytest.mark.parametrize("after", [1, 4, ROUNDS - 1])
def test_a_run_that_was_stopped_keeps_what_it_measured_and_the_next_does_only_the_rest(whole, tmp_path, after):
    stop(tmp_path, after)
    assert len(kept_files(tmp_path)) == after
    rounds = Rounds()
    result = run(tmp_path, report=rounds)
    assert rounds.count == ROUNDS - after
    assert measured(result) == measured(whole)


def test_a_run_that_was_stopped_in_its_last_round_computes_nothing_any_more(whole, tmp_path):
    stop(tmp_path, after=ROUNDS)
    rounds = Rounds()
    assert measured(run(tmp_path, report=rounds)) == measured(whole) and rounds.count == 0


def test_a_run_can_be_stopped_again_and_again(whole, tmp_path):
    for _ in range(3):
        stop(tmp_path, after=2)
    assert len(kept_files(tmp_path)) == 6
    rounds = Rounds()
    assert measured(run(tmp_path, report=rounds)) == measured(whole) and rounds.count == ROUNDS - 6


def test_a_killed_run_leaves_rounds_that_are_whole(whole, tmp_path, monkeypatch):
    """Also an error in the middle of a round ends the run, and what was measured before is kept."""
    usual, count = cross_validation.held_out_probability, iter(range(100))

    def fails(*args):
        if next(count) == 3:
            raise MemoryError
        return usual(*args)

    monkeypatch.setattr(cross_validation, "held_out_probability", fails)
    with pytest.raises(MemoryError):
        run(tmp_path)
    monkeypatch.setattr(cross_validation, "held_out_probability", usual)
    assert rest(tmp_path) == ROUNDS - 3


def test_seconds_of_a_candidate_count_the_rounds_before_the_stop(tmp_path, monkeypatch):
    def takes_an_hour(name, i, *_):
        return name, i, np.full(100, 0.25) + i / 1000, 3600.0

    monkeypatch.setattr(comparing, "_round", takes_an_hour)
    stop(tmp_path, after=7)
    assert [said["seconds"] for said in run(tmp_path)["models"].values()] == [6 * 3600.0] * 3


def test_a_finished_run_is_kept_until_it_is_forgotten(whole, tmp_path):
    """What could not be written where it should be need not be measured again."""
    result = run(tmp_path)
    rounds = Rounds()
    assert measured(run(tmp_path, report=rounds)) == measured(whole) and rounds.count == 0
    forget(result, OURS, tmp_path)
    assert kept_files(tmp_path) == []
    assert rest(tmp_path) == ROUNDS
    forget(result, OURS, tmp_path)
    forget(result, OURS, tmp_path)  # there is nothing any more, and that is all right


def test_a_comparison_of_fewer_candidates_uses_what_another_kept_and_forgets_only_its_own(tmp_path):
    stop(tmp_path, after=9)  # three rounds of each of three
    rounds = Rounds()
    fewer = run(tmp_path, names=("logistic",), report=rounds)
    assert rounds.count == 2 * (PROTOCOL.rounds - 3)
    forget(fewer, OURS, tmp_path)
    assert len(kept_files(tmp_path)) == 3  # those of logistic_balanced


def test_forgetting_one_protocol_or_company_leaves_what_is_kept_of_another(tmp_path):
    other, theirs = Protocol(folds=3, repeats=1), dataset(seed=2)
    stop(tmp_path, after=5)
    for forgotten, of in ((run(tmp_path, protocol=other), OURS), (run(tmp_path, of=theirs), theirs)):
        forget(forgotten, of, tmp_path)
    assert len(kept_files(tmp_path)) == 5


DAMAGES = {
    "empty": lambda content: b"",
    "half": lambda content: content[: len(content) // 2],
    "one byte short": lambda content: content[:-1],
    "cut at the start": lambda content: content[:20],
    "without its start": lambda content: content[20:],
    "zeros": lambda content: bytes(len(content)),
    "words": lambda content: b"this is not an array at all",
    "a broken archive": lambda content: b"PK\x03\x04" + content[4:],
    "not a number": lambda content: content[:-8] + np.array([np.nan]).tobytes(),
    "no time": lambda content: content[:-8],
    "a probability of 7": lambda content: content[:-16] + np.array([7.0, 0.1]).tobytes(),
    "less than nothing": lambda content: content[:-16] + np.array([-0.5, 0.1]).tobytes(),
}


@pytest.mark.filterwarnings("ignore")  # numpy warns of a header that it cannot read
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_round_is_measured_again(whole, tmp_path, damage):
    stop(tmp_path, after=5)
    victim = kept_files(tmp_path)[2]
    victim.write_bytes(DAMAGES[damage](victim.read_bytes()))
    rounds = Rounds()
    result = run(tmp_path, report=rounds)
    assert rounds.count == ROUNDS - 4
    assert measured(result) == measured(whole)


@pytest.mark.filterwarnings("ignore")
def test_whatever_byte_of_a_round_is_wrong_it_is_read_as_probabilities_or_not_at_all(tmp_path):
    stop(tmp_path, after=1)
    (path,), failed = kept_files(tmp_path), []
    content = path.read_bytes()
    for position in [*range(130), len(content) - 9, len(content) - 10]:
        for wrong in (0, ord(" "), ord("("), ord(","), content[position] ^ 1, content[position] ^ 16):
            path.write_bytes(content[:position] + bytes([wrong]) + content[position + 1 :])
            try:
                again = comparing._read(path, 101)  # a third of the customers, and the seconds
                good = again is None or (again.shape == (101,) and ((again[:-1] >= 0) & (again[:-1] <= 1)).all())
            except Exception as error:
                failed.append((position, wrong, type(error).__name__))
            else:
                assert good, (position, wrong)
    assert failed == []


# What starts anew


@pytest.mark.parametrize(
    "other",
    [
        {"protocol": Protocol(folds=3, repeats=2, seed=1)},
        {"protocol": Protocol(folds=3, repeats=1)},
        {"protocol": Protocol(folds=2, repeats=3)},
        {"of": dataset(seed=2)},
        {"of": dataset(rows=299)},
    ],
    ids=["seed", "repeats", "folds", "customers", "number of customers"],
)
def test_another_protocol_or_other_customers_start_anew_and_take_nothing_from_what_is_kept(tmp_path, other):
    stop(tmp_path, after=5)
    assert rest(tmp_path, **other) == 3 * other.get("protocol", PROTOCOL).rounds
    assert rest(tmp_path) == ROUNDS - 5  # what was kept is still there


@pytest.mark.parametrize("changed", ["packages", "code"])
def test_other_packages_or_another_line_of_code_start_anew(tmp_path, monkeypatch, changed):
    stop(tmp_path, after=5)
    if changed == "packages":
        monkeypatch.setattr(comparing, "packages", lambda: {"numpy": "99.9"})
    else:
        (tmp_path / "code").mkdir()
        (tmp_path / "code" / "compare.py").write_text("# another line\n")
        monkeypatch.setattr(comparing, "__file__", str(tmp_path / "code" / "compare.py"))
    assert rest(tmp_path) == ROUNDS
