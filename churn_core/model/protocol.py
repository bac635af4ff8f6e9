"""What the product asks of a fitted model, whatever it is made of. Nothing else looks at what kind of model it has.

::

    FittedEquation           an equation: exact contributions, one customer without a table
    FittedCard               a readable card: the same, for customers of any schema
    Boosted                  trees on plain terms: the library's own contributions
    Tuned                    a search for settings: the best model it found
    Opaque                   anything else: contributions by walking from the typical customer to this one

What learns one of them is a scikit-learn classifier too: ``fit(customers, churned)``, ``predict_proba(customers)``, ``clone``. An
equation or a card that was kept is used without scikit-learn, which takes longer to load than a file of 100,000 to score.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import pandas as pd

from churn_core.model.card.card import Card
from churn_core.model.equation import Equation
from churn_core.model.evidence import Evidence
from churn_core.schema import Schema


class Model(Protocol):
    """A fitted model of who leaves if left alone. Customers are clean ones; n customers, k contributions."""

    @property
    def equation(self) -> Equation | None:
        """The model written down, where it is an equation."""

    @property
    def card(self) -> Card | None:
        """The model written down, where it is a readable card."""

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reason that each of the k contributions belongs to: the first of the columns that it is told by, or the names of all
        of them where it says what they do together, beyond what each does alone.
        """

    @property
    def rests_on(self) -> tuple[tuple[str, ...], ...] | None:
        """Of each of the k contributions every column that decides it; ``None`` where any column may."""

    @property
    def evidence(self) -> Evidence | None:
        """What the training customers say of each reason; ``None`` of a model of an earlier program, or before it is gathered."""

    @evidence.setter
    def evidence(self, evidence: Evidence) -> None: ...

    @property
    def told_by(self) -> tuple[tuple[str, ...], ...]:
        """The columns that each of the k contributions is told by."""

    def churn_probability(self, customers: pd.DataFrame) -> np.ndarray:
        """Of each customer of a table, (n,), 0–1."""

    def churn_probability_of(self, customer: Mapping[str, Any], schema: Schema) -> float:
        """Of one customer, a mapping of column to value; the same bits as in any table."""

    def churn_probabilities_of(self, columns: Mapping[str, Sequence[Any]], schema: Schema) -> np.ndarray:
        """Of some customers, given as columns by name, (n,); the same bits as in any table."""

    def contributions(self, customers: pd.DataFrame) -> tuple[float, np.ndarray]:
        """Log-odds of the reference, and what is added to them, (n, k): the reference + the sum of a row = the log-odds."""

    def contributions_of(self, customer: Mapping[str, Any], schema: Schema) -> Sequence[float]:
        """A row of ``contributions``, (k,), of one customer."""

    def probability_and_contributions_of(self, customer: Mapping[str, Any], schema: Schema) -> tuple[float, Sequence[float]]:
        """``churn_probability_of`` and ``contributions_of``, worked out together."""

    def standard_errors(self, customers: pd.DataFrame) -> np.ndarray | None:
        """Of each coefficient of the equation, (k,), from the training customers; ``None`` where there are none that mean
        something.
        """

    def unpenalised(self, customers: pd.DataFrame) -> tuple[np.ndarray, np.ndarray] | None:
        """Each coefficient as it were without its penalty, (k,), and its standard error, (k,); NaN where there is no such thing.
        ``None`` as above.
        """


class Classifier(Protocol):
    """A scikit-learn classifier on clean customers."""

    def fit(self, customers: pd.DataFrame, churned: Any) -> Any:
        """Learn from customers and who of them left, 0/1, (n,)."""

    def predict_proba(self, customers: pd.DataFrame) -> np.ndarray:
        """Probability to stay and to leave, (n, 2)."""


class Candidate(Classifier, Model, Protocol):
    """A classifier that is a ``Model`` once it is fitted."""
