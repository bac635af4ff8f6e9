"""The log: one JSON line for each record, whatever is in it."""

import logging
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from churn_core import logs
from tests.logs.conftest import lines, log_file

log = logging.getLogger("churn_core.tests")
PATIENCE = 60  # seconds until what does not finish fails the test; never waited for otherwise
OWN = {"at", "level", "logger", "message"}


texts = st.text(st.characters(), max_size=30) | st.sampled_from(
    ['\n{"level": "ERROR"}\n', "\r\n", "\x00\x1b[31m", "\u2028\u2029\x85", "\ud83d", '"', "\\", "x" * 100_000, "%s %(x)d %"]
)
numbers = st.integers() | st.floats() | st.sampled_from([10**4000, float("nan"), float("inf")])
anything = st.recursive(
    st.none() | st.booleans() | numbers | texts | st.binary(max_size=5) | st.builds(object) | st.builds(set),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts | st.integers() | st.tuples(), inner, max_size=3),
    max_leaves=6,
)
names = st.text("abcdefgh", min_size=1, max_size=4).map("field_".__add__)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts, st.dictionaries(names, anything, max_size=3), st.sampled_from([logging.INFO, logging.WARNING, logging.ERROR]))
def test_whatever_is_in_a_record_it_is_one_line_of_json(home, message, fields, level):
    if log_file().exists():
        log_file().unlink()
        logs._file.close()
    log.log(level, message, extra=fields)
    assert logs.trouble() == ""
    (line,) = lines()
    assert line["message"] == message and line["level"] == logging.getLevelName(level) and set(line) == OWN | set(fields)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(texts, min_size=1, max_size=5))
def test_a_text_cannot_forge_a_line(home, said):
    before = len(lines()) if log_file().exists() else 0
    for text in said:
        log.info("Said.", extra={"text": text})
    assert [line["text"] for line in lines()[before:]] == said and not log_file().read_bytes().strip(b"\n").count(b"\n\n")


def test_what_is_plain_is_kept_as_it_is(home):
    told = {"threshold": 0.35, "customers": 12, "model_id": "a-b", "none": None, "yes": True, "steps": ["a", {"b": 1}]}
    log.info("Model %s is in use.", "a-b", extra=told)
    (line,) = lines()
    assert {name: line[name] for name in told} == told and line["message"] == "Model a-b is in use."
    assert line["at"].endswith("+00:00") and line["logger"] == "churn_core.tests"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), [float("nan")], {"a": float("inf")}], ids=repr)
def test_what_is_no_number_does_not_make_a_line_that_other_programs_cannot_read(home, value):
    log.info("Model in use.", extra={"expected_roi": value})
    assert "expected_roi" in lines()[0]


def test_what_cannot_be_written_as_json_is_written_as_something_else(home):
    endless = []
    endless.append(endless)

    class Mute:
        def __str__(self):
            raise RuntimeError("no words")

    log.info("Odd.", extra={"endless": endless, "pair": {(1, 2): 3}, "mute": Mute(), "huge": 10**5000, "good": 1})
    (line,) = lines()
    assert line["good"] == 1 and set(line) == OWN | {"endless", "pair", "mute", "huge", "good"} and logs.trouble() == ""


def test_a_message_whose_values_do_not_fit_is_a_line_all_the_same(home):
    logs._file.handle(log.makeRecord(log.name, logging.INFO, "x.py", 1, "%d customers", ("many",), None))
    assert len(lines()) == 1 and logs.trouble() == ""


def test_an_exception_is_in_the_same_line(home):
    try:
        raise ValueError("line one\nline two")
    except ValueError:
        log.exception("A request failed.", extra={"path": "/predict"})
    (line,) = lines()
    assert "ValueError: line one\nline two" in line["exception"] and line["level"] == "ERROR"


def test_a_field_cannot_pass_for_the_time_the_level_or_the_logger(home):
    log.warning("Real.", extra={"level": "INFO", "at": "1970", "logger": "root"})
    (line,) = lines()
    assert (line["level"], line["logger"], line["at"][:2]) == ("WARNING", "churn_core.tests", "20")


def test_lines_of_many_threads_are_whole(home):
    def write(name: int) -> None:
        for n in range(50):
            log.info("x" * 3000, extra={"writer": name, "n": n})

    threads = [threading.Thread(target=write, args=(name,)) for name in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert sorted((line["writer"], line["n"]) for line in lines()) == [(name, n) for name in range(6) for n in range(50)]


@pytest.mark.parametrize(
    "told", [{}, {"path": "/predict", "status": 200, "milliseconds": 0.312}, {"model_id": 'a "quoted" é', "n": 1}]
)
def test_the_line_of_an_answer_is_the_one_that_logging_would_write(home, told, monkeypatch):
    logger = logging.getLogger("churn_core.api")
    logs.answered(logger, "Answered.", told)
    monkeypatch.setattr(logging.getLogger("churn_core"), "propagate", True)  # somebody else listens
    logs.answered(logger, "Answered.", told)
    past, through = lines()
    assert {**past, "at": ""} == {**through, "at": ""} and list(past) == list(through) and len(past["at"]) == len(through["at"])


def test_an_answer_is_told_to_whoever_listens(home):
    heard = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append((record.getMessage(), record.status))

    logging.getLogger("churn_core").addHandler(Ear())
    logs.answered(logging.getLogger("churn_core.api"), "Answered.", {"status": 200})
    assert heard == [("Answered.", 200)] and len(lines()) == 1
