"""What was worked out once and is asked for again: by the next rerun, or by another session at the same moment.

What is as large as the customers is ``kept``, few at a time, by their ``Population`` and each ``Recommendation``; tables and numbers
that pages show are their ``figures``, and those of the ``Workspace``. So a page of a million customers is worked out for who looks
first, and only drawn for all others.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import Any, TypeVar

MOST = 16  # results; our choice: of a million customers each takes a megabyte
MANY = 256  # tables and numbers, of some kilobytes each; our choice: those of every page, for several filters and campaigns

Result = TypeVar("Result")


class Kept:
    """The last ``most`` results by key, for any number of threads: of those who ask for the same at once one works it out, and the
    others wait for it. A result is shared, so nobody may change it.

    >>> kept = Kept(most=2)
    >>> [kept.get(key, lambda: key.upper()) for key in "abca"], len(kept)
    (['A', 'B', 'C', 'A'], 2)
    """

    def __init__(self, most: int = MOST) -> None:
        self._most, self._lock = most, Lock()
        self._results: OrderedDict[Hashable, Future[Any]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._results)

    def get(self, key: Hashable, make: Callable[[], Result]) -> Result:
        """The result that is kept under ``key``, else that of ``make``, whose error is raised to all who wait and is not kept."""
        with self._lock:
            found = self._results.get(key)
            result: Future[Any] = Future() if found is None else found
            self._results[key] = result
            self._results.move_to_end(key)
            while len(self._results) > self._most:
                self._results.popitem(last=False)
        if found is None:
            self._fill(key, result, make)
        made: Result = result.result()
        return made

    def _fill(self, key: Hashable, result: Future[Any], make: Callable[[], Any]) -> None:
        try:
            result.set_result(make())
        except BaseException as error:
            with self._lock:
                if self._results.get(key) is result:
                    del self._results[key]
            result.set_exception(error)


class Told:
    """What is told ``of`` something, such as customers or probabilities, under whose ``key`` each answer is kept. ``of`` gives the
    arguments, and is asked only for an answer that is not there yet.

    >>> told = Told(Kept(), "letters", lambda: ("abc",))
    >>> told(str.upper), told(str.replace, "b", "d")
    ('ABC', 'adc')
    """

    def __init__(self, kept: Kept, key: Hashable, of: Callable[[], tuple[Any, ...]]) -> None:
        self._kept, self._key, self._of = kept, key, of

    def __call__(self, work: Callable[..., Result], *how: Hashable) -> Result:
        """The result of ``work(*of(), *how)``; shared, so nobody may change it."""
        return self._kept.get((self._key, work, *how), lambda: work(*self._of(), *how))
