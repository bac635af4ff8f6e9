"""What a worker of Spark does: some rows in, the same decisions out as on one machine, by the same functions."""

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from churn_core.batch.spark_files import DAMAGED
from churn_core.batch.spark_session import send_package
from churn_core.campaign.plan import Plan
from churn_core.data.columns import find_columns
from churn_core.data.quality import no_rejects
from churn_core.data.reading.reader import RawTable
from churn_core.data.synthetic import generate
from churn_core.decisions.decide import DECISION_COLUMNS
from churn_core.decisions.score_table import ScoredTable, score_part, score_table, understand
from churn_core.errors import CampaignError, DataError
from churn_core.model import pickles
from churn_core.model.protocol import Model
from churn_core.model.registry import Version
from churn_core.schema import Schema

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql.types import StructType

PROBLEM = "problem"  # the column that says why a row could not be scored; null where it was
_DAMAGED_SENTENCE = "has more or fewer values than the header: check the separators"
_TYPES = {"contact": pa.bool_(), "reason_1": pa.string(), "reason_2": pa.string(), "reason_3": pa.string()}  # others: numbers

Score = Callable[[pa.RecordBatch], ScoredTable]


def scorer(df: "DataFrame", version: Version, plan: Plan, threshold: float | None = None, *, back_test: bool = False) -> Score:
    """What the workers do with a batch of ``df`` that has rows. The package and the model are sent to them.

    Raises ``CampaignError`` for several offers, and ``ModelError`` for a model that cannot be sent.
    """
    if plan.offers:
        raise CampaignError("Several offers are chosen on one machine only. Score the file without --engine spark.")
    send_package(df.sparkSession)
    content = df.sparkSession.sparkContext.broadcast(pickles.dumps(version.model))
    schema, alone = version.schema, plan.of_one_contact
    return lambda batch: scored_batch(batch, _model(content.value), schema, alone, threshold, back_test)


def scored_batch(
    batch: pa.RecordBatch, model: Model, schema: Schema, plan: Plan, threshold: float | None, back_test: bool
) -> ScoredTable:
    """The rows of a batch as a table of their own; the columns that the schema does not know are left out."""
    found = find_columns(batch.schema.names, schema)
    places = {place for each in found.at.values() for place in each} | {each.position for each in found.converted.values()}
    part = as_read(batch, [batch.schema.names[place] for place in sorted(places)])
    return score_part(understand(part, schema, is_part=True), model, plan, threshold, schema=schema, back_test=back_test)


def as_read(batch: pa.RecordBatch, names: list[str] | None = None) -> RawTable:
    """A batch as a part of a file: these columns of it, else all."""
    names = [name for name in batch.schema.names if name != DAMAGED] if names is None else names
    frame, rows = batch.select(names).to_pandas(), _rows(batch)
    frame.index = rows
    if DAMAGED not in batch.schema.names:
        return RawTable(frame=frame)
    damaged = np.asarray(batch.column(DAMAGED).is_valid())
    unread = pd.DataFrame({"row": rows[damaged], "problem": _DAMAGED_SENTENCE})
    return RawTable(frame=frame[~damaged], rejects=unread if len(unread) else no_rejects())


def as_batch(batch: pa.RecordBatch, kept: list[str], scored: ScoredTable) -> pa.RecordBatch:
    """The ``kept`` columns of a batch untouched, ``DECISION_COLUMNS`` and ``problem`` beside them."""
    rows = _rows(batch)
    problem = pd.Series(None, index=rows, dtype="object")
    problem[scored.rejects["row"]] = scored.rejects["problem"].to_numpy()
    decisions = scored.scored[list(DECISION_COLUMNS)].reindex(rows)
    columns = [batch.column(name) for name in kept]
    # Through objects: pandas may hold text in several chunks, of which no batch can be made.
    columns += [
        pa.array(decisions[name].astype("object"), _TYPES.get(name, pa.float64()), from_pandas=True) for name in DECISION_COLUMNS
    ]
    columns += [pa.array(problem, pa.string(), from_pandas=True)]
    return pa.RecordBatch.from_arrays(columns, names=[*kept, *DECISION_COLUMNS, PROBLEM])


def _rows(batch: pa.RecordBatch) -> pd.RangeIndex:
    """The labels of the rows of a batch, which have no lines. They are below 0, so that who has no id, and is named after the row, is
    nobody of a list that was drawn.
    """
    return pd.RangeIndex(-batch.num_rows, 0)


def score_batch(
    batch: pa.RecordBatch,
    kept: list[str],
    model: Model,
    schema: Schema,
    plan: Plan,
    threshold: float | None = None,
    back_test: bool = False,
) -> pa.RecordBatch:
    """What a worker does with some rows, without Spark: ``as_batch`` of ``scored_batch``."""
    return as_batch(batch, kept, scored_batch(batch, model, schema, plan, threshold, back_test))


def kept_columns(names: list[str], model: Model, schema: Schema, plan: Plan, threshold: float | None) -> list[str]:
    """The columns that are carried along, found by scoring one invented customer who has these columns and no others.

    So an error in the columns, or in the model, is raised before any job starts.
    """
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DataError(f"Column '{twice[0]}' is there more than once. Keep one of them.")
    invented = generate(1, seed=0, schema=schema)
    found = find_columns(names, schema)
    meant = {names[place]: invented[name] for name, places in found.at.items() for place in places}
    meant |= {names[each.position]: invented[name] / each.factor for name, each in found.converted.items()}
    tried = pd.DataFrame({name: meant.get(name, pd.Series([""])) for name in names})
    scored = score_table(RawTable(frame=tried), model, plan, threshold, schema=schema).scored
    kept = [name for name in scored.columns if name not in DECISION_COLUMNS and name not in (PROBLEM, DAMAGED)]
    return [name for name in names if name in kept]


def schema_of_results(df: "DataFrame", kept: list[str]) -> "StructType":
    """The columns of ``as_batch`` as Spark declares them."""
    from pyspark.sql.types import BooleanType, DoubleType, StringType, StructField, StructType

    of = {pa.bool_(): BooleanType(), pa.string(): StringType()}
    fields = [StructField(name, df.schema[name].dataType) for name in kept]
    fields += [StructField(name, of.get(_TYPES.get(name), DoubleType())) for name in DECISION_COLUMNS]
    return StructType([*fields, StructField(PROBLEM, StringType())])


@lru_cache(maxsize=2)
def _model(content: bytes) -> Model:
    """The model, read once in each process of a worker instead of once for every task."""
    model: Model = pickles.loads(content)
    return model
