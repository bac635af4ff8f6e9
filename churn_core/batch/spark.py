"""The same scorer on Spark: any number of customers, with a batch of some thousand in each worker's memory.

A worker runs ``score_table`` itself, so a customer gets the same probability, the same decision and the same reasons as on
one machine; Spark adds where the rows come from and where they go to. A decision about the list as a whole cannot be made
batch by batch: a plan with a budget or a least ROI of the whole needs a threshold, which ``summarise`` and
``churn_core.campaign.optimise_summary.best_threshold`` find. A fixed cost never stops a contact here.

Spark is no dependency of this package: ``pip install pyspark==4.0.1``, and Java 17. Every worker needs the packages of
``requirements.txt``; this package itself is sent to them. How many rows a batch has, and with that the memory of a worker,
is ``spark.sql.execution.arrow.maxRecordsPerBatch``.
"""

import os
import re
import shutil
import uuid
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from churn_core.batch.spark_session import send_package, session
from churn_core.batch.spark_sums import contacts, summarise
from churn_core.campaign.economics import TENURE
from churn_core.campaign.forecast import Contacts
from churn_core.campaign.plan import Plan
from churn_core.campaign.summary import Summary
from churn_core.data.columns import find_columns
from churn_core.data.reading.reader import RawTable
from churn_core.data.synthetic import generate
from churn_core.decisions.decide import DECISION_COLUMNS
from churn_core.decisions.score_table import score_table
from churn_core.errors import CampaignError, DataError, NothingScored
from churn_core.model import pickles
from churn_core.model.protocol import Model
from churn_core.model.registry import Version
from churn_core.schema import Schema

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

PROBLEM = "problem"  # the column that says why a row could not be scored; null where it was
_TYPES = {"contact": pa.bool_(), "reason_1": pa.string(), "reason_2": pa.string(), "reason_3": pa.string()}  # others: numbers
_DAMAGED = "_damaged_line"  # where Spark keeps a line of CSV that has more or fewer values than the header
_DAMAGED_SENTENCE = "has more or fewer values than the header: check the separators"
_CSV: dict[str, Any] = {  # RFC 4180, and blanks stay as they came
    "header": True,
    "escape": '"',
    "ignoreLeadingWhiteSpace": False,
    "ignoreTrailingWhiteSpace": False,
}


def score_dataframe(
    df: "DataFrame", version: Version, plan: Plan, threshold: float | None = None, *, back_test: bool = False
) -> "DataFrame":
    """Score every row of any Spark table that can be scored; nothing runs until the result is asked for.

    ``df`` has customers of the schema of ``version``, under names in any spelling that a file may have; it may be a stream.
    Columns: those of ``df`` as they came (results of an earlier scoring are left out), ``DECISION_COLUMNS``, and ``problem``. A
    row that cannot be used has its reason there and nulls for a decision; in all others ``problem`` is null. Everybody from
    ``threshold`` up is contacted; without a threshold each customer is decided alone. Whoever has left by the table's outcome
    is not contacted, unless it is a ``back_test``.

    Raises ``DataError`` on the driver where ``df`` is no table of customers, ``CampaignError`` where the plan has a limit
    for the list as a whole and no threshold, several offers, or values by tenure, ``ModelError`` for a model that cannot be sent.
    """
    if threshold is None and (plan.objective.budget is not None or plan.objective.min_roi is not None):
        raise CampaignError(
            "A budget or a least ROI of the whole cannot be kept to customer by customer on Spark. Find the threshold that does "
            "(summarise, then best_threshold) and give it."
        )
    if plan.campaign.after_save == TENURE or plan.offers:
        what = "Several offers are chosen" if plan.offers else "What a save is worth by tenure is worked out"
        raise CampaignError(f"{what} on one machine only. Score the file without --engine spark.")
    schema, alone = version.schema, plan.of_one_contact
    kept = _kept_columns(df.columns, version.model, schema, alone, threshold)
    context = df.sparkSession.sparkContext
    send_package(df.sparkSession)
    content = context.broadcast(pickles.dumps(version.model))

    def score_batches(batches: Iterable[pa.RecordBatch]) -> Iterable[pa.RecordBatch]:
        model = _model(content.value)
        for batch in batches:
            if batch.num_rows:
                yield score_batch(batch, kept, model, schema, alone, threshold, back_test)

    return df.mapInArrow(score_batches, _schema_of_results(df, kept))


def _kept_columns(names: list[str], model: Model, schema: Schema, plan: Plan, threshold: float | None) -> list[str]:
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
    kept = [name for name in scored.columns if name not in DECISION_COLUMNS and name not in (PROBLEM, _DAMAGED)]
    return [name for name in names if name in kept]


def _schema_of_results(df: "DataFrame", kept: list[str]) -> "StructType":
    from pyspark.sql.types import BooleanType, DoubleType, StringType, StructField, StructType

    of = {pa.bool_(): BooleanType(), pa.string(): StringType()}
    fields = [StructField(name, df.schema[name].dataType) for name in kept]
    fields += [StructField(name, of.get(_TYPES.get(name), DoubleType())) for name in DECISION_COLUMNS]
    return StructType([*fields, StructField(PROBLEM, StringType())])


def score_batch(
    batch: pa.RecordBatch,
    kept: list[str],
    model: Model,
    schema: Schema,
    plan: Plan,
    threshold: float | None = None,
    back_test: bool = False,
) -> pa.RecordBatch:
    """What a worker does with some rows: the ``kept`` columns untouched, ``DECISION_COLUMNS`` and ``problem`` beside them."""
    rows = pd.RangeIndex(batch.num_rows)
    found = find_columns(batch.schema.names, schema)
    places = {place for each in found.at.values() for place in each} | {each.position for each in found.converted.values()}
    frame = batch.select(sorted(places)).to_pandas()
    problem = pd.Series(None, index=rows, dtype="object")
    if _DAMAGED in batch.schema.names:
        problem[np.asarray(batch.column(_DAMAGED).is_valid())] = _DAMAGED_SENTENCE
    decisions, rejects = _decided(frame[problem.isna()], model, schema, plan, threshold, back_test)
    problem[rejects["row"]] = rejects["problem"].to_numpy()
    decisions = decisions.reindex(rows)
    columns = [batch.column(name) for name in kept]
    # Through objects: pandas may hold text in several chunks, of which no batch can be made.
    columns += [
        pa.array(decisions[name].astype("object"), _TYPES.get(name, pa.float64()), from_pandas=True) for name in DECISION_COLUMNS
    ]
    columns += [pa.array(problem, pa.string(), from_pandas=True)]
    return pa.RecordBatch.from_arrays(columns, names=[*kept, *DECISION_COLUMNS, PROBLEM])


def _decided(
    frame: pd.DataFrame, model: Model, schema: Schema, plan: Plan, threshold: float | None, back_test: bool
) -> tuple[pd.DataFrame, pd.DataFrame]:
    nothing = pd.DataFrame(columns=list(DECISION_COLUMNS), dtype="object")
    if frame.empty:
        return nothing, pd.DataFrame(columns=["row", "problem"])
    try:
        table = score_table(RawTable(frame=frame), model, plan, threshold, schema=schema, back_test=back_test)
    except NothingScored as error:
        return nothing, error.rejects
    return table.scored[list(DECISION_COLUMNS)], table.rejects


@lru_cache(maxsize=2)
def _model(content: bytes) -> Model:
    """The model, read once in each process of a worker instead of once for every task."""
    model: Model = pickles.loads(content)
    return model


def score_path(
    source: str | Path,
    target: str | Path,
    version: Version,
    plan: Plan,
    threshold: float | None = None,
    *,
    kind: str = "parquet",
    back_test: bool = False,
    spark: "SparkSession | None" = None,
) -> tuple[dict[str, int], Contacts, Summary]:
    """Score a CSV or Parquet file, or a folder of them, into a new folder of parts of ``kind`` "parquet" or "csv".

    What ends in ``.parquet``, or is a folder that holds such files, is Parquet; all else is CSV with commas and a header,
    every value text and on one line. Returns ``rows``, ``scored``, ``rejected``, ``left`` (customers), the sums over those who
    are contacted, and the summary of the scored customers who can be.

    Raises as ``score_dataframe``, and ``DataError`` where the source cannot be read or the target is there already.
    """
    source, target = str(source), str(target)
    _check_places(source, target)
    spark = spark or session()
    from py4j.protocol import Py4JJavaError  # after session, which says what to do where there is none
    from pyspark.errors import PySparkException

    if kind not in ("parquet", "csv"):
        raise DataError(f"The parts are written as parquet or csv, not as {kind!r}.")
    unfinished = target if _is_elsewhere(target) else str(Path(target).with_name(f".unfinished-{uuid.uuid4().hex}"))
    try:
        scored = score_dataframe(_read(spark, source), version, plan, threshold, back_test=back_test)
        writer = scored.write.mode("error")
        writer.parquet(unfinished) if kind == "parquet" else writer.csv(unfinished, emptyValue="", **_CSV)
        written = spark.read.parquet(unfinished) if kind == "parquet" else _typed(spark.read.csv(unfinished, **_CSV))
        summary = summarise(written, version.schema, back_test=back_test)
        listed, left = contacts(written, version.schema, plan.campaign)
        figures = {**_figures(written), "left": left}
        if not figures["scored"]:
            problem = written.select(PROBLEM).first()
            said = f" The first: {problem[0]}." if problem else ""
            raise DataError(f"None of the {figures['rows']:,} rows can be scored.{said}")
        if unfinished != target:
            os.replace(unfinished, target)
    except (PySparkException, Py4JJavaError) as error:
        raise DataError(f"Spark could not score {Path(source).name}: {_in_a_line(error)}") from error
    finally:
        if unfinished != target:
            shutil.rmtree(unfinished, ignore_errors=True)
    return figures, listed, summary


def _check_places(source: str, target: str) -> None:
    if not _is_elsewhere(source) and not Path(source).exists():
        raise DataError(f"There is no file or folder {Path(source).name} at that place. Check the path.")
    if not _is_elsewhere(target) and Path(target).exists():
        raise DataError(f"{Path(target).name} is there already. Spark writes a new folder: give another name.")


def _is_elsewhere(place: str) -> bool:
    """An address like s3a://… or hdfs://…, which only Spark can look at; its own commit makes the folder whole there."""
    return "://" in place


def _in_a_line(error: Exception) -> str:
    """What went wrong on a worker is in the last line of its Python traceback; else the first line says it."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    raised = [line for line in lines if re.match(r"[\w.]*(Error|Exception): ", line) and "org.apache" not in line]
    said = (raised or lines or ["no reason was given"])[0]
    return re.sub(r"\bfile:/\S*/", "", said)[:300] + ". Look at the source, and at the workers' packages."


def _figures(scored: "DataFrame") -> dict[str, int]:
    from pyspark.sql import functions as of

    row = scored.agg(of.count("*").alias("rows"), of.count("churn_probability").alias("scored")).collect()[0]
    return {**row.asDict(), "rejected": row["rows"] - row["scored"]}


def _typed(df: "DataFrame") -> "DataFrame":
    numbers = {"churn_probability": "double", "expected_profit": "double", "contact": "boolean"}
    return df.withColumns({name: df[name].cast(kind) for name, kind in numbers.items()})


def _read(spark: "SparkSession", source: str) -> "DataFrame":
    from pyspark.sql import functions as of
    from pyspark.sql.types import StringType, StructField, StructType

    folder = Path(source)
    if source.endswith(".parquet") or (folder.is_dir() and any(folder.glob("*.parquet"))):
        return spark.read.parquet(source)
    names = spark.read.csv(source, **_CSV).columns
    fields = [StructField(name, StringType()) for name in (*names, _DAMAGED)]
    # With a schema of its own Spark keeps what is wrong with a line; files whose columns are in another order are refused.
    df = spark.read.csv(source, StructType(fields), enforceSchema=False, columnNameOfCorruptRecord=_DAMAGED, **_CSV)
    blank = of.lit("")  # a blank is a blank, as everywhere else
    return df.select(*[of.coalesce(f"`{name}`", blank).alias(name) for name in names], _DAMAGED)
