"""A raw table, or a part of one → its scored rows, and the rows that cannot be scored with the reason."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from churn_core.campaign.forecast import Contacts
from churn_core.campaign.plan import Plan
from churn_core.campaign.worth import worth_of
from churn_core.data.cleaning.missing import require
from churn_core.data.cleaning.table import clean
from churn_core.data.columns import find_columns
from churn_core.data.quality import QualityReport
from churn_core.data.reading.reader import RawTable
from churn_core.decisions.decide import DECISION_COLUMNS, OFFER, Chosen, decision_columns, score
from churn_core.decisions.offers import ContactsOfOffers, contacts_of, positions_of
from churn_core.decisions.outcomes import Outcomes, read_outcomes
from churn_core.decisions.why_not import WHY_NOT, why_not_contacted
from churn_core.errors import DataError, NothingScored
from churn_core.model.protocol import Model
from churn_core.schema import Schema

_A_RESULT = "The column '{}' has the name of a result. Give it another name."


@dataclass(frozen=True, kw_only=True)
class ScoredTable:
    """A scored file, or a part of one: ``scored`` has the input's columns unchanged and ``decision_columns``, and ``why_not`` where
    that is asked for.

    ``rejects`` has ``row`` (line in the file), ``problem``, the input's columns, and the ``text`` of a line that could not be
    split into them. ``quality`` is the account of all rows, ``customers`` are the scored ones after cleaning, ``lines`` is
    the text from which the input's columns were read, if the part has it. ``outcomes`` are those of the scored customers.
    """

    scored: pd.DataFrame
    rejects: pd.DataFrame
    quality: QualityReport
    customers: pd.DataFrame
    outcomes: Outcomes
    lines: pa.Array | None = None
    notes: tuple[str, ...] = ()
    plan: Plan = field(default_factory=Plan)

    @property
    def left(self) -> npt.NDArray[np.bool_]:
        """The scored customers who have left by the table's own outcome (n,)."""
        return self.outcomes.left

    @property
    def rows(self) -> int:
        """Number of rows of the file: scored and rejected."""
        return self.quality.rows

    @property
    def warnings(self) -> tuple[str, ...]:
        return (*self.notes, *self.quality.warnings)

    def contacts(self, schema: Schema) -> Contacts | ContactsOfOffers:
        """The sums over those who are contacted, of each offer where there are several."""
        p = self.scored["churn_probability"].to_numpy(dtype=float)
        clv = worth_of(self.customers, schema, p).clv(self.plan.campaign) if len(p) else np.zeros(0)
        if self.plan.offers:
            return contacts_of(p, clv, self.plan, positions_of(self.plan.offers, self.scored[OFFER]))
        contact = self.scored["contact"].to_numpy(dtype=bool)
        return Contacts.of(p[contact], clv[contact], self.plan.campaign)


def score_table(
    table: RawTable, model: Model, plan: Plan, threshold: float | None = None, *, schema: Schema, back_test: bool = False
) -> ScoredTable:
    """Clean and score every row that can be scored; the others come back with the reason.

    Raises ``DataError`` if the table is not a table of customers, ``NothingScored`` if no row can be scored. An outcome
    column is not used for the probabilities; whoever has left by it is not contacted, unless it is a ``back_test``.
    """
    scored = score_part(understand(table, schema), model, plan, threshold, schema=schema, back_test=back_test)
    if scored.customers.empty:
        raise nothing_scored(len(scored.rejects), scored.rejects)
    return scored


def nothing_scored(count: int, rejects: pd.DataFrame) -> NothingScored:
    """The error for a file of ``count`` rows none of which can be scored."""
    first = rejects.iloc[0]
    none = "The only row cannot" if count == 1 else f"None of the {count:,} rows can"
    return NothingScored(f"{none} be scored. The first, row {first['row']}: {first['problem']}.", rejects)


@dataclass(frozen=True, kw_only=True)
class Understood:
    """A cleaned table: ``raw`` is the input without the columns that an earlier scoring added; ``warnings`` come on top of those
    of the ``quality``. ``outcomes`` are those of the kept customers.
    """

    raw: pd.DataFrame
    lines: pa.Array | None
    customers: pd.DataFrame
    quality: QualityReport
    warnings: tuple[str, ...]
    outcomes: Outcomes

    @property
    def left(self) -> npt.NDArray[np.bool_]:
        """The kept customers who have left by the table's own outcome (n,)."""
        return self.outcomes.left


def understand(table: RawTable, schema: Schema, is_part: bool = False) -> Understood:
    """Clean a table that is to be scored, or a part of one. Raises ``DataError`` if it is not a table of customers."""
    raw, warnings = _without_results(table.frame, list(table.notices))
    target = find_columns(raw.columns, schema).at.get(schema.target, ())
    if target:
        name = str(raw.columns[target[0]]).strip()
        warnings.append(f"The column {name} says what happened; it is carried along and not used for the probabilities.")
    if raw.empty and len(table.rejects):
        require(raw, find_columns(raw.columns, schema), schema)
        customers, quality = raw, QualityReport(rows=0, kept=0)
    else:
        customers, quality = clean(raw, schema.to_score, table.decimal, is_part)
    found = read_outcomes(raw if len(raw) == len(customers) else raw.loc[customers.index], schema)
    return Understood(
        raw=raw,
        lines=table.lines if raw.shape[1] == table.frame.shape[1] else None,
        customers=customers,
        quality=quality.with_unread(table.rejects),
        warnings=tuple(warnings),
        outcomes=found,
    )


def score_part(
    understood: Understood,
    model: Model,
    plan: Plan,
    threshold: float | None = None,
    chosen: Chosen | None = None,
    *,
    schema: Schema,
    back_test: bool = False,
    says_why: bool = False,
) -> ScoredTable:
    """Score the cleaned customers, possibly none. In a ``back_test`` who has left is decided as if still here. ``says_why``: with the
    column ``why_not``, the reason for each customer with an expected profit who is not contacted.
    """
    raw, lines, customers, rejects = understood.raw, understood.lines, understood.customers, understood.quality.rejects
    for name in (*([OFFER] if plan.offers else []), *([WHY_NOT] if says_why else [])):
        if name in raw:
            raise DataError(_A_RESULT.format(name))
    rejects = rejects.assign(text=rejects["text"].fillna("") if "text" in rejects else "")
    if len(rejects):  # the input may have columns of these names too, in one part of a file as in another
        rejects = rejects.merge(raw, how="left", left_on="row", right_index=True, suffixes=("", " (input)"))
        last = list(rejects.columns).index("text")
        rejects = rejects.iloc[:, [*(i for i in range(rejects.shape[1]) if i != last), last]]
    if customers.empty:
        columns = [*raw.columns, *decision_columns(plan), *([WHY_NOT] if says_why else [])]
        scored = pd.DataFrame(columns=columns).astype({"contact": bool, "expected_profit": float})
    else:
        whole = len(customers) == len(raw)
        kept = raw if whole else raw.loc[customers.index]
        if lines is not None and not whole:
            lines = lines.filter(pa.array(raw.index.isin(customers.index)))
        here = None if back_test else ~understood.left
        decisions = score(customers, model, plan, threshold, chosen, here, schema=schema)
        if says_why:
            decisions[WHY_NOT] = why_not_contacted(decisions, plan, threshold, None if back_test else understood.left)
        scored = pd.concat([kept, decisions], axis=1)
    return ScoredTable(
        scored=scored,
        rejects=rejects,
        quality=understood.quality,
        customers=customers,
        lines=lines,
        notes=understood.warnings,
        plan=plan,
        outcomes=understood.outcomes,
    )


def _without_results(raw: pd.DataFrame, warnings: list[str]) -> tuple[pd.DataFrame, list[str]]:
    """The table without the columns of an earlier scoring, and the warnings with a sentence about that: so a scored file can
    be scored again.
    """
    if {"row", "problem"} <= set(raw.columns):
        raw = raw.drop(columns=["row", "problem", "text"], errors="ignore")
        warnings.append("The file holds rows that were rejected before; its columns row, problem and text are left out.")
    behind = zip(raw.columns, [None, *raw.columns], strict=False)  # each column with the one before it
    added = ((OFFER, "contact"), (WHY_NOT, DECISION_COLUMNS[-1]))  # only where they stand as a scoring wrote them
    again = [name for name, before in behind if name in DECISION_COLUMNS or (name, before) in added]
    if again and "churn_probability" not in again:
        raise DataError(_A_RESULT.format(again[0]))
    if again:
        warnings.append(f"The file was scored before; {', '.join(again)} {'is' if len(again) == 1 else 'are'} computed anew.")
    return raw.drop(columns=again), warnings
