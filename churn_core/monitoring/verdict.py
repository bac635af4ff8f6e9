"""One sentence on whether to keep the model, from what has moved, what came true and what it does to the money."""

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from churn_core.formats import counted, decimal, percent
from churn_core.formats import money as amount
from churn_core.monitoring.drift import LEVELS, PSI_LOOK, QUIET
from churn_core.monitoring.outcomes import OutcomeCheck
from churn_core.monitoring.profile import SCORE

MAJOR_COLUMNS = 3  # columns; our choice: one that moves has a cause to find, three are another population
_ROUNDING = 1e-9  # share of a profit; two sums in another order differ by less
MONEY_MOVES = 0.10  # share of what the campaign earned; our choice: a tenth is worth a look
MONEY_NAMED = 0.01  # share; our choice: less is not worth a clause


@dataclass(frozen=True, kw_only=True)
class MoneyDrift:
    """What the drift does to the money, expected by the model, per 1,000 customers.

    - ``profit_per_1000``: what the ``threshold`` that is kept earns on the file (``None``: contact nobody)
    - ``best_profit_per_1000``: what the ``best_threshold`` for these customers earns
    - ``reference_profit_per_1000``: what the kept threshold earned on the reference
    """

    threshold: float | None
    profit_per_1000: float
    best_threshold: float | None
    best_profit_per_1000: float
    reference_profit_per_1000: float
    customers: int

    @property
    def forgone_per_1000(self) -> float:
        """What keeping the threshold costs per 1,000 customers; money."""
        forgone = self.best_profit_per_1000 - self.profit_per_1000
        return 0.0 if abs(forgone) <= _ROUNDING * abs(self.best_profit_per_1000) else forgone

    @property
    def change(self) -> float | None:
        """Of the profit per customer, as a share of what it was on the reference; ``None`` where that was nothing."""
        before = self.reference_profit_per_1000
        return (self.profit_per_1000 - before) / abs(before) if before else None

    @property
    def sentences(self) -> tuple[str, ...]:
        """What the campaign earns less or more, and what another threshold would earn, where either is large enough to say."""
        said, change = [], self.change
        if change is not None and abs(change) >= MONEY_NAMED:
            said.append(f"the campaign earns {percent(abs(change))} {'more' if change > 0 else 'less'} per customer")
        if self._much_forgone:
            by = "contacting nobody" if self.best_threshold is None else f"a threshold of {decimal(self.best_threshold)}"
            said.append(f"{by} would earn {amount(self.forgone_per_1000)} more per 1,000 customers")
        return tuple(said)

    @property
    def worth_a_look(self) -> bool:
        """Whether a tenth of the profit is lost against the reference, or against the best threshold."""
        return self._much_forgone or (self.change is not None and self.change <= -MONEY_MOVES)

    @property
    def _much_forgone(self) -> bool:
        return self.forgone_per_1000 > 0 and self.forgone_per_1000 >= MONEY_MOVES * max(self.best_profit_per_1000, 0)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What to do, in one sentence with its reason and its number; ``reasons`` are all of them, the weightiest first."""

    level: Literal["keep", "look", "retrain"]
    sentence: str
    reasons: tuple[str, ...]


def verdict(
    drift_table: pd.DataFrame,
    outcomes: OutcomeCheck | None = None,
    money: MoneyDrift | None = None,
    unseen: pd.DataFrame | None = None,
    unjudged: str = "",
) -> Verdict:
    """Keep the model, look at something, or retrain, from the results of ``drift``, ``outcome_check`` and ``unseen_words``.

    Retrain: the outcomes are ``major``, or the scores, or 3 columns, or unseen words are. Look: any ``look`` or ``major``
    besides, or a shift beyond chance, however small, while a tenth of the profit is lost. The money alone is no reason to
    touch the model: without a shift beyond chance it comes from chance, or from a threshold that was set elsewhere.
    ``unjudged`` says why the outcomes are not among the reasons, where there are some.
    """
    ranked = drift_table.assign(rank=drift_table["level"].map(LEVELS.index))
    ranked = ranked.sort_values(["rank", "psi"], ascending=False, kind="stable")
    shifts = [(row.level, row.sentence, row.column) for row in ranked[ranked["rank"] > 0].itertuples()]
    words = [] if unseen is None else [(row.level, row.sentence) for row in unseen.itertuples() if row.level not in QUIET]
    fit = [] if outcomes is None or outcomes.level == "none" else [(outcomes.level, outcomes.sentence)]
    earned = money.sentences if money else ()
    major = [shift for shift in shifts if shift[0] == "major"]
    whole = [shift for shift in major if shift[2] == SCORE] or (major if len(major) >= MAJOR_COLUMNS else [])
    retrain = [each[1] for each in (*fit, *words, *whole) if each[0] == "major"]
    alarms = [each[1] for each in (*fit, *words, *shifts) if each[0] not in QUIET]
    small = [each[1] for each in (*fit, *shifts) if each[0] == "small"]
    if not alarms and small and money and money.worth_a_look:
        alarms, small = small, []
    reasons = tuple(dict.fromkeys([*retrain, *alarms, *small, *earned, *([unjudged] if unjudged else [])]))
    if alarms:
        what = "what happened: " if fit and alarms[0] == fit[0][1] else ""
        head = f"Retrain: {retrain[0]}" if retrain else f"Look at {what}{alarms[0]}"
        more = len(alarms) - 1
        others = [counted(more, "more alarm")] if more else []
        sentence = "; ".join([head, *others, *earned[:1], *([unjudged] if unjudged else [])]) + "."
        return Verdict(level="retrain" if retrain else "look", sentence=sentence, reasons=reasons)
    kept = _kept(drift_table)
    return Verdict(level="keep", sentence=f"{kept[:-1]}; {unjudged}." if unjudged else kept, reasons=reasons)


def _kept(table: pd.DataFrame) -> str:
    largest, moved, columns = table.loc[table["psi"].idxmax()], int((table["level"] != "none").sum()), len(table)
    if moved:
        has = "has" if moved == 1 else "have"
        largest = table.loc[table["psi"].where(table["level"] != "none").idxmax()]
        said = f"{moved} of {columns} columns {has} moved beyond chance, none of them far (largest PSI {decimal(largest['psi'])}"
        return f"Keep the model: {said}, {largest['label']})."
    chance = ", as chance alone may give with so few customers" if largest["psi"] >= PSI_LOOK else ""
    return f"Keep the model: none of {columns} columns has moved beyond chance (largest PSI {decimal(largest['psi'])}{chance})."
