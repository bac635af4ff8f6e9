"""The customers that the filters of Explore choose, and what the page tells of them: once for all who choose the same."""

import hashlib
from collections.abc import Callable, Hashable
from functools import cached_property
from typing import TypeVar

import numpy as np
import pandas as pd

from churn_core.application.workspace import Workspace
from churn_core.decisions.kept import Told
from churn_core.decisions.population import Population

Result = TypeVar("Result")


class Chosen:
    """Some of the customers, by a ``mask`` (n,)."""

    def __init__(self, workspace: Workspace, mask: np.ndarray) -> None:
        self._workspace, self._mask, self._all = workspace, mask, bool(mask.all())
        self._told = Told(workspace.figures, hashlib.sha256(np.packbits(mask).tobytes()).digest(), lambda: (self.customers,))

    def __len__(self) -> int:
        return int(self._mask.sum())

    @cached_property
    def customers(self) -> pd.DataFrame:
        """Only asked for where something is to be worked out."""
        return self._workspace.customers if self._all else self._workspace.customers[self._mask]

    def told(self, work: Callable[..., Result], *how: Hashable) -> Result:
        """The result of ``work(customers, *how)``; shared, so nobody may change it."""
        return self._told(work, *how)

    def of(self, population: Population) -> Population:
        """Those of a population who were chosen."""
        return population if self._all else population.among(self.customers.index)
