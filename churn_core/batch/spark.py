"""The same scorer on Spark: any number of customers, with a batch of some thousand in each worker's memory.

A worker scores a batch as one machine scores a part of a file, so a customer gets the same probability, the same decision and the
same reasons; Spark adds where the rows come from and where they go to. A decision about the list as a whole cannot be made
batch by batch: a plan with a budget or a least ROI of the whole needs a threshold, which ``summarise`` and
``churn_core.campaign.optimise_summary.best_threshold`` find. A fixed cost never stops a contact here.

Spark is no dependency of this package: ``pip install pyspark==4.0.1``, and Java 17. Every worker needs the packages of
``requirements.txt``; this package itself is sent to them. How many rows a batch has, and with that the memory of a worker,
is ``spark.sql.execution.arrow.maxRecordsPerBatch``.
"""

import os
import shutil
import time
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from churn_core.batch.local import Observe, ScoredFile
from churn_core.batch.spark_account import Account, Accounts, Tell, account_of
from churn_core.batch.spark_files import KINDS, in_words, is_elsewhere, read, refuse_missing, refuse_present, write, written
from churn_core.batch.spark_scorer import PROBLEM, as_batch, kept_columns, schema_of_results, score_batch, scorer
from churn_core.batch.spark_session import session
from churn_core.batch.spark_sums import contacts, summarise
from churn_core.campaign.plan import Plan
from churn_core.campaign.summary import Summary
from churn_core.errors import CampaignError, DataError
from churn_core.model.registry import Version

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["PROBLEM", "check_path", "contacts", "score_batch", "score_dataframe", "score_path", "session", "summarise"]


def score_dataframe(
    df: "DataFrame",
    version: Version,
    plan: Plan,
    threshold: float | None = None,
    *,
    back_test: bool = False,
    tell: Tell | None = None,
) -> "DataFrame":
    """Score every row of any Spark table that can be scored; nothing runs until the result is asked for.

    ``df`` has customers of the schema of ``version``, under names in any spelling that a file may have; it may be a stream.
    Columns: those of ``df`` as they came (results of an earlier scoring are left out), ``DECISION_COLUMNS``, and ``problem``. A
    row that cannot be used has its reason there and nulls for a decision; in all others ``problem`` is null. Everybody from
    ``threshold`` up is contacted; without a threshold each customer is decided alone. Whoever has left by the table's outcome
    is not contacted, unless it is a ``back_test``. ``tell`` hears of each batch on its worker, see ``Accounts``.

    Raises ``DataError`` on the driver where ``df`` is no table of customers, ``CampaignError`` where the plan has a limit
    for the list as a whole and no threshold, or several offers, ``ModelError`` for a model that cannot be sent.
    """
    if threshold is None and (plan.objective.budget is not None or plan.objective.min_roi is not None):
        raise CampaignError(
            "A budget or a least ROI of the whole cannot be kept to customer by customer on Spark. Find the threshold that does "
            "(summarise, then best_threshold) and give it."
        )
    kept = kept_columns(df.columns, version.model, version.schema, plan.of_one_contact, threshold)
    score = scorer(df, version, plan, threshold, back_test=back_test)

    def score_batches(batches: Iterable[pa.RecordBatch]) -> Iterable[pa.RecordBatch]:
        for batch in batches:
            if batch.num_rows:
                scored = score(batch)
                if tell is not None:
                    tell(batch, scored)
                yield as_batch(batch, kept, scored)

    return df.mapInArrow(score_batches, schema_of_results(df, kept))


def score_path(
    source: str | Path,
    target: str | Path,
    version: Version,
    plan: Plan,
    threshold: float | None = None,
    *,
    kind: str = "parquet",
    back_test: bool = False,
    summarises: bool = True,
    observe: Observe = lambda scored, part: None,
    spark: "SparkSession | None" = None,
) -> tuple[ScoredFile, Summary | None]:
    """Score a CSV or Parquet file, or a folder of them (``spark_files.read``), into a new folder of parts of ``kind`` "parquet" or
    "csv".

    Returns the account of the rows, as ``local.score_file`` does, without rows to look at; and, unless it is not to, the summary of
    the scored customers who can be contacted. ``observe`` runs on the workers; what it returns is added up.

    Raises as ``score_dataframe``, and ``DataError`` where the source cannot be read or the target is there already.
    """
    source, target, started = str(source), str(target), time.perf_counter()
    refuse_missing(source)
    refuse_present(target)
    if kind not in KINDS:
        raise DataError(f"The parts are written as parquet or csv, not as {kind!r}.")
    spark = spark or session()
    unfinished = target if is_elsewhere(target) else str(Path(target).with_name(f".unfinished-{uuid.uuid4().hex}"))
    try:
        with in_words("score", source):
            accounts = Accounts(spark, version.schema, observe)
            df = read(spark, source)
            write(score_dataframe(df, version, plan, threshold, back_test=back_test, tell=accounts.tell).write, unfinished, kind)
            decided = written(spark, unfinished, kind)
            account = accounts.of(decided.count())
            if not account.quality.kept:
                raise _nothing_scored(account, decided)
            summary = summarise(decided, version.schema, back_test=back_test) if summarises else None
        if unfinished != target:
            os.replace(unfinished, target)
    finally:
        if unfinished != target:
            shutil.rmtree(unfinished, ignore_errors=True)
    return account.as_file(plan, version.schema, back_test, started), summary


def check_path(
    source: str | Path, version: Version, plan: Plan, observe: Observe, spark: "SparkSession | None" = None
) -> ScoredFile:
    """The account of the rows of a file or folder, and what is observed of them; nothing is written. Raises as ``score_path``."""
    source, started = str(source), time.perf_counter()
    refuse_missing(source)
    spark = spark or session()
    with in_words("check", source):
        account = account_of(read(spark, source), version, plan, observe)
    if not account.quality.kept:
        raise DataError(f"None of the {account.quality.rows:,} rows can be scored. Score the file to see why.")
    return account.as_file(plan, version.schema, False, started)


def _nothing_scored(account: Account, decided: "DataFrame") -> DataError:
    problem = decided.select(PROBLEM).first()
    said = f" The first: {problem[0]}." if problem else ""
    return DataError(f"None of the {account.quality.rows:,} rows can be scored.{said}")
