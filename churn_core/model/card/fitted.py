"""A card as a model: what the product asks of one (``protocol.Model``), answered by look-ups."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit

from churn_core.model.by_log_odds import ByLogOdds
from churn_core.model.card.card import Card
from churn_core.model.evidence import Evidence
from churn_core.schema import Schema

_CHUNK = 50_000  # customers; a line of so many stays in the processor's cache


class FittedCard(ByLogOdds):
    """The model that a card is. Those that learn a card are made of it and add ``fit``, which sets ``card_`` and ``classes_``."""

    equation = None
    card_: Card

    @classmethod
    def of(cls, card: Card) -> "FittedCard":
        """The model of a card that was kept."""
        model = FittedCard()
        model.card_, model.classes_ = card, np.array([0, 1])
        return model

    @property
    def card(self) -> Card:
        if not hasattr(self, "card_"):
            from sklearn.exceptions import NotFittedError

            raise NotFittedError("This card has not learned anything yet. Call fit(customers, churned) first.")
        return self.card_

    @property
    def evidence(self) -> Evidence | None:
        return self.card.evidence

    @evidence.setter
    def evidence(self, evidence: Evidence) -> None:
        self.card_ = replace(self.card, evidence=evidence)

    @property
    def told_by(self) -> tuple[tuple[str, ...], ...]:
        return self.card.told_by

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(" and ".join(columns) for columns in self.card.told_by)

    @property
    def rests_on(self) -> tuple[tuple[str, ...], ...]:
        return self.card.told_by

    def decision_function(self, customers: pd.DataFrame) -> np.ndarray:
        """The log-odds of leaving, (n,)."""
        card, log_odds = self.card, np.empty(len(customers))
        for start in range(0, len(customers), _CHUNK):
            part = customers.iloc[start : start + _CHUNK]
            log_odds[start : start + _CHUNK] = card.log_odds(part, len(part))
        return log_odds

    def churn_probability_of(self, customer: Mapping[str, Any], schema: Schema | None = None) -> float:
        """Of one clean customer, a mapping; no table is made, so no schema is needed."""
        return float(expit(self.card.log_odds_of(customer)))

    def churn_probabilities_of(self, columns: Mapping[str, Sequence[Any]], schema: Schema | None = None) -> np.ndarray:
        """Of some clean customers, given as columns by name, (n,), without making a table."""
        churn: np.ndarray = expit(self.card.log_odds(columns, len(next(iter(columns.values())))))
        return churn

    def contributions(self, customers: pd.DataFrame) -> tuple[float, np.ndarray]:
        """Log-odds of the average training customer, and what each line adds to them, (n, k)."""
        return self.card.base, self.card.contributions(customers, len(customers))

    def contributions_of(self, customer: Mapping[str, Any], schema: Schema | None = None) -> list[float]:
        """A row of ``contributions``, of one clean customer."""
        return [line.effect_of(customer) for line in self.card.lines]

    def probability_and_contributions_of(
        self, customer: Mapping[str, Any], schema: Schema | None = None
    ) -> tuple[float, list[float]]:
        """Both from the same effects: the log-odds are the base and the effects, added in their order."""
        added = self.contributions_of(customer)
        log_odds = self.card.base
        for effect in added:
            log_odds += effect
        return float(expit(log_odds)), added

    def standard_errors(self, customers: pd.DataFrame) -> None:
        return None

    def unpenalised(self, customers: pd.DataFrame) -> None:
        return None
