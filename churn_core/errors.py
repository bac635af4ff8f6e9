"""What can go wrong in a way that the user can mend.

::

    Exception
    └── ChurnError                          base of all below; its text is a sentence that says the mend
        ├── CampaignError   (ValueError)    an impossible campaign parameter
        ├── DataError       (ValueError)    a file or table cannot be used as customers
        │   └── NothingScored               every row was rejected; carries the rows with their reasons
        ├── DataUnavailable (OSError)       the data set could not be obtained
        ├── ModelError      (RuntimeError)  a model version is missing, damaged or made for something else
        ├── StoreError      (RuntimeError)  the database cannot be reached, read or written
        ├── RequestError    (ValueError)    a request to the API that cannot be answered; carries its HTTP status
        ├── NotAllowed      (PermissionError)  whoever asks has no right to this change
        └── Stopped         (InterruptedError)  somebody stopped a long piece of work

Each child also is the built-in exception that a caller would expect, so ``except ValueError`` works too.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


class ChurnError(Exception):
    """Base of every error whose text is meant for the user."""


class CampaignError(ChurnError, ValueError):
    """An impossible campaign parameter."""


class DataError(ChurnError, ValueError):
    """A file or table that cannot be used as customers. ``notes`` say what its reader had to decide before."""

    notes: tuple[str, ...] = ()


class NothingScored(DataError):
    """Every row of a table was rejected; ``rejects`` is the table of rows and reasons."""

    def __init__(self, sentence: str, rejects: "pd.DataFrame") -> None:
        super().__init__(sentence)
        self.rejects = rejects


@contextmanager
def noting(notes: Sequence[str]) -> Iterator[None]:
    """Whoever reads that a file cannot be used reads these ``notes`` too, which may be the reason."""
    try:
        yield
    except DataError as error:
        error.notes = error.notes or tuple(notes)
        raise


class DataUnavailable(ChurnError, OSError):
    """The data set could not be obtained from any of its sources."""


class ModelError(ChurnError, RuntimeError):
    """A model version that is missing, damaged or made for something else."""


class StoreError(ChurnError, RuntimeError):
    """The database cannot be reached, read or written; what was asked for did not happen."""


class NotAllowed(ChurnError, PermissionError):
    """Whoever asks has no right to this change; nothing was done."""


class Stopped(ChurnError, InterruptedError):
    """Somebody stopped a long piece of work; what it had finished is kept."""


class RequestError(ChurnError, ValueError):
    """A request that cannot be answered: ``status`` (4xx or 503) and further ``headers`` of the answer."""

    def __init__(self, sentence: str, status: int = 400, headers: dict[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status, self.headers = status, headers or {}
