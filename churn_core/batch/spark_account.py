"""What the rows of a table on Spark come to: how they were read, whom to contact, and what an observer sees of them.

A worker makes the account of each batch, and Spark's accumulator adds them up: no row reaches the driver. It counts a task once,
however often it was tried, and ``Accounts.of`` holds the sum against the rows that came out.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd
import pyarrow as pa

from churn_core.batch.local import Observe, ScoredFile, about_left
from churn_core.batch.spark_scorer import as_read, kept_columns, scorer
from churn_core.campaign.forecast import Contacts
from churn_core.campaign.plan import Plan
from churn_core.data.quality import QualityReport, no_rejects
from churn_core.data.reading.reader import RawTable
from churn_core.decisions.outcomes import Unread, about_unread
from churn_core.decisions.score_table import ScoredTable
from churn_core.errors import ChurnError
from churn_core.model.registry import Version
from churn_core.schema import Schema

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

Tell = Callable[[pa.RecordBatch, ScoredTable], None]


@dataclass(frozen=True, kw_only=True)
class Account:
    """Of scored rows; ``a + b`` is of both. Rows have no lines on Spark, so no finding names any. ``notes``: how the table was
    understood; ``observed``: what the observer returned, added up.
    """

    quality: QualityReport = field(default_factory=lambda: QualityReport(rows=0, kept=0))
    contacts: Contacts = field(default_factory=Contacts)
    left: int = 0
    unread: Unread = field(default_factory=Unread)
    notes: tuple[str, ...] = ()
    observed: Any = None

    @classmethod
    def of(cls, part: RawTable, scored: ScoredTable, schema: Schema, observe: Observe) -> "Account":
        """The account of a batch, as it was read and scored."""
        found = tuple(replace(each, rows=()) for each in scored.quality.found)
        return cls(
            quality=cls().quality + replace(scored.quality, found=found),
            contacts=cast(Contacts, scored.contacts(schema)),  # several offers were refused
            left=int(scored.left.sum()),
            unread=scored.outcomes.unread,
            notes=scored.notes,
            observed=observe(scored, part) if len(scored.scored) else None,
        )

    def __add__(self, other: "Account") -> "Account":
        """Raises ``DataError`` where what the one says of outcomes means something else beside the other."""
        seen = [each for each in (self.observed, other.observed) if each is not None]
        return Account(
            quality=self.quality + other.quality,
            contacts=self.contacts + other.contacts,
            left=self.left + other.left,
            unread=self.unread + other.unread,
            notes=tuple(dict.fromkeys((*self.notes, *other.notes))),
            observed=seen[0] + seen[1] if len(seen) == 2 else seen[0] if seen else None,
        )

    def as_file(self, plan: Plan, schema: Schema, back_test: bool, started: float) -> ScoredFile:
        """As one machine gives the account of a file, without rows to look at."""
        return ScoredFile(
            quality=self.quality,
            shown=pd.DataFrame(),
            customers=pd.DataFrame(),
            rejects=no_rejects(),
            warnings=tuple(
                dict.fromkeys(
                    (
                        *self.notes,
                        *about_left(self.left, back_test),
                        *about_unread(self.unread, schema),
                        *self.quality.warnings,
                    )
                )
            ),
            outcome=self.contacts.outcome(plan.campaign),
            forecast=self.contacts.forecast(plan.campaign),
            contacts=self.contacts,
            left=self.left,
            shown_left=np.zeros(0, dtype=bool),
            back_test=back_test,
            harmless=0,
            seconds=time.perf_counter() - started,
            observed=self.observed,
        )


class Accounts:
    """The sum of what workers ``tell``, kept on the driver. ``observe`` runs on the workers, so that it is sent to them."""

    def __init__(self, spark: "SparkSession", schema: Schema, observe: Observe) -> None:
        from pyspark import AccumulatorParam

        class Adding(AccumulatorParam[Any]):
            def zero(self, value: Any) -> Any:
                return Account()

            def addInPlace(self, one: Any, other: Any) -> Any:  # noqa: N802  Spark's name
                return _added(one, other)

        self._sum = spark.sparkContext.accumulator(Account(), Adding())
        self.tell = _teller(self._sum.add, schema, observe)

    def of(self, rows: int) -> Account:
        """What was added up of so many rows. Raises what kept it from being added, and ``ChurnError`` where it is of other rows."""
        account: Account | ChurnError = self._sum.value
        if isinstance(account, ChurnError):
            raise account
        if account.quality.rows != rows:
            raise ChurnError(f"Spark has counted {account.quality.rows:,} rows, and {rows:,} came out. Start it again.")
        return account


def account_of(df: "DataFrame", version: Version, plan: Plan, observe: Observe) -> Account:
    """The account of any Spark table of customers; nothing is written. Raises as ``score_dataframe``."""
    kept_columns(df.columns, version.model, version.schema, plan.of_one_contact, None)  # raises before any job starts
    score, accounts = scorer(df, version, plan), Accounts(df.sparkSession, version.schema, observe)
    tell = accounts.tell

    def look(batches: Iterable[pa.RecordBatch]) -> Iterable[pa.RecordBatch]:
        for batch in batches:
            if batch.num_rows:
                tell(batch, score(batch))
                yield pa.RecordBatch.from_pydict({"rows": [batch.num_rows]})

    return accounts.of(sum(row["rows"] for row in df.mapInArrow(look, "rows long").collect()))


def _teller(add: Callable[[Account], None], schema: Schema, observe: Observe) -> Tell:
    return lambda batch, scored: add(Account.of(as_read(batch), scored, schema, observe))


def _added(one: Account | ChurnError, other: Account | ChurnError) -> Account | ChurnError:
    """The sum, or why there is none: what an accumulator raises never reaches the driver."""
    try:
        return one if isinstance(one, ChurnError) else other if isinstance(other, ChurnError) else one + other
    except ChurnError as error:
        return error
