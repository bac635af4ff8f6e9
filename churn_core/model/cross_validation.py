"""What models say of customers whom they did not learn from: the protocol of MODELLING.md, carried out.

Everything that learns is fitted anew on each training part; the same folds serve every candidate, so that differences can be paired.
"""

import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.model_selection import RepeatedStratifiedKFold
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from churn_core import settings
from churn_core.errors import DataError
from churn_core.formats import counted
from churn_core.model.alike import Groups
from churn_core.model.fitting import fitted
from churn_core.model.folds import dealt
from churn_core.model.protocol import Classifier
from churn_core.model.weights import Weight

# What shrinks with size: up to so many customers → repeats. Our choice: a comparison on two cores stays within minutes.
_REPEATS = ((15_000, settings.REPEATS), (50_000, 2))
_FOUND_EMPTY = "`sklearn.utils.parallel.delayed` should be used with"  # how scikit-learn says it
_LEARN_FROM = 200_000  # customers; our choice: of twice as many a part says as well how good a model of this kind is


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """Repeated stratified cross-validation; the same splits for every candidate. ``learn_from``: the most customers that a model
    learns from in one round; of more a part, drawn by the seed, stands for all.
    """

    folds: int = settings.FOLDS
    repeats: int = settings.REPEATS
    seed: int = settings.SEED
    learn_from: int | None = None

    @classmethod
    def of(cls, rows: int, repeats: int = settings.REPEATS) -> "Protocol":
        """The protocol for so many customers: the more there are, the surer is one repeat, and the longer it takes.

        >>> Protocol.of(7_043) == PROTOCOL, Protocol.of(30_000).repeats, Protocol.of(10**6).words
        (True, 2, '5 folds × 1 repeat, each model learning from 200,000 customers')
        """
        most = next((repeats for up_to, repeats in _REPEATS if rows <= up_to), 1)
        return cls(repeats=min(repeats, most), learn_from=_LEARN_FROM if rows > _LEARN_FROM * 2 else None)

    @property
    def as_json(self) -> dict[str, int]:
        """The fields that are set, for ``Protocol(**…)``."""
        return {name: int(value) for name, value in asdict(self).items() if value is not None}

    @property
    def words(self) -> str:
        """What is done, in words."""
        done = f"{self.folds} folds × {counted(self.repeats, 'repeat')}"
        return done if self.learn_from is None else f"{done}, each model learning from {counted(self.learn_from, 'customer')}"

    def __post_init__(self) -> None:
        for name, value, least, most in (
            ("folds", self.folds, 2, 100),
            ("repeats", self.repeats, 1, 1000),
            ("seed", self.seed, 0, 2**32 - 1),
        ):
            if not isinstance(value, (int, np.integer)) or not least <= value <= most:
                raise DataError(f"{name} must be a whole number from {least} to {most}, got {value}.")

    @property
    def rounds(self) -> int:
        """Number of models that are fitted: folds × repeats."""
        return self.folds * self.repeats

    def splits(
        self, churned: np.ndarray, groups: Groups | None = None, weight: Weight | None = None
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Positions of the training and of the held-out customers, ``rounds`` times; ``DataError`` where a fold would
        have nobody who left, or nobody who stayed. Rows of one of ``groups`` (n,) are all learned from or all held out. Nothing is
        learned from customers of ``weight`` 0 (n,); they are held out with the first fold of each repeat.
        """
        if weight is not None and not weight.all():
            some, others = np.flatnonzero(weight), np.flatnonzero(weight == 0)
            for i, (train, held_out) in enumerate(self.splits(churned[some], None if groups is None else groups[some])):
                first = i % self.folds == 0
                yield some[train], np.sort(np.append(some[held_out], others)) if first else some[held_out]
            return
        for i, (train, held_out) in enumerate(self._folds(churned, groups)):
            if self.learn_from is not None and len(train) > self.learn_from:
                some = np.random.default_rng([self.seed, i]).choice(train, self.learn_from, replace=False)
                train = np.sort(some)
            yield train, held_out

    def _folds(self, churned: np.ndarray, groups: Groups | None) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        fewest = int(min(churned.sum(), len(churned) - churned.sum()))
        if fewest < self.folds:
            raise DataError(
                f"{self.folds} folds need at least {self.folds} customers who left and as many who stayed; there are {fewest}."
            )
        if groups is None:
            split = RepeatedStratifiedKFold(n_splits=self.folds, n_repeats=self.repeats, random_state=self.seed).split
            yield from split(np.zeros(len(churned)), churned)
            return
        for repeat in range(self.repeats):
            fold = dealt(churned, self.folds, np.random.default_rng([self.seed, repeat]), groups)
            for k in range(self.folds):
                held_out = fold == k
                if len(np.unique(churned[held_out])) < 2:
                    raise DataError(
                        f"{self.folds} folds need at least {self.folds} customers who left and as many who stayed; rows that "
                        "are alike count once."
                    )
                yield np.flatnonzero(~held_out), np.flatnonzero(held_out)


PROTOCOL = Protocol()


def cross_validate(
    model: Classifier,
    customers: pd.DataFrame,
    churned: np.ndarray,
    protocol: Protocol = PROTOCOL,
    groups: Groups | None = None,
    workers: int = 1,
    report: Callable[[int], None] = lambda done: None,
    weight: Weight | None = None,
) -> np.ndarray:
    """Held-out probabilities by the protocol, shape (repeats, n): row r holds every customer once, predicted by a
    model fitted on the other folds of repeat r. Fewer repeats are the first ones of more.

    So many ``workers`` go on at a time. ``report`` is told how many rounds are done; what it raises ends those that have not begun.
    """
    probabilities = np.empty((protocol.repeats, len(customers)))
    splits = list(protocol.splits(churned, groups, weight))
    asked = ((model, customers, churned, *each, groups, weight) for each in splits)
    with ExitStack() as stack:
        # One thread of linear algebra to each worker: more of them wait for each other, at the cost of several times the work.
        stack.enter_context(threadpool_limits(1))
        if workers == 1:
            said = (held_out_probability(*each) for each in asked)
        else:
            stack.enter_context(_warnings_of_threads())
            pool = stack.enter_context(ThreadPoolExecutor(workers))
            stack.callback(pool.shutdown, cancel_futures=True)
            begun = [pool.submit(held_out_probability, *each) for each in asked]
            said = (each.result() for each in begun)
        for i, ((_, held_out), each) in enumerate(zip(splits, said, strict=True)):
            probabilities[i // protocol.folds, held_out] = each
            report(i + 1)
    return probabilities


@contextmanager
def _warnings_of_threads() -> Iterator[None]:
    """What threads warn of meanwhile is told at the end, by this one. Before Python 3.14 all threads share one list of what to warn
    of, which scikit-learn empties and fills in each; that one of them found it empty is not told.
    """
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        yield
    for each in told:
        if _FOUND_EMPTY not in str(each.message):
            warnings.warn_explicit(each.message, each.category, each.filename, each.lineno)


def held_out_probability(
    model: Classifier,
    customers: pd.DataFrame,
    churned: np.ndarray,
    train: np.ndarray,
    held_out: np.ndarray,
    groups: Groups | None = None,
    weight: Weight | None = None,
) -> np.ndarray:
    """One round: a copy of ``model`` fitted on ``train`` says of ``held_out`` how likely each leaves."""
    told = (None if each is None else each[train] for each in (groups, weight))
    learned = fitted(clone(model), customers.iloc[train], churned[train], *told)
    return learned.predict_proba(customers.iloc[held_out])[:, 1]
