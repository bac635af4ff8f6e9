"""Of many runs at once a few compute, the others wait, and no turn is lost."""

from concurrent.futures import ThreadPoolExecutor
from time import sleep

import pytest
from streamlit.runtime.scriptrunner import StopException

from pages.parts.turns import AT_ONCE, in_turn


def test_no_more_than_so_many_runs_compute_at_once_and_every_one_comes_to_its_turn():
    computing, most = [], []

    @in_turn()
    def run(number: int) -> int:
        computing.append(number)
        most.append(len(computing))
        sleep(0.01)
        computing.remove(number)
        return number

    with ThreadPoolExecutor(12) as threads:
        assert list(threads.map(run, range(12))) == list(range(12))
    assert max(most) <= AT_ONCE


def test_a_run_that_streamlit_ends_gives_its_turn_back():
    @in_turn()
    def ended() -> None:
        raise StopException

    for _ in range(AT_ONCE + 1):
        with pytest.raises(StopException):
            ended()
