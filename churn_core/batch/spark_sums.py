"""A scored table on Spark → the sums that a campaign is worked out from: its summary, and what the contacts come to."""

from collections.abc import Callable, Iterable
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from churn_core.batch.spark_session import send_package
from churn_core.campaign.economics import Campaign
from churn_core.campaign.forecast import Contacts
from churn_core.campaign.summary import EMPTY, Summary
from churn_core.campaign.worth import worth_of
from churn_core.data.cleaning.account import Account
from churn_core.data.cleaning.number_values import in_unit
from churn_core.data.cleaning.taken import together
from churn_core.data.cleaning.values import CLEANERS
from churn_core.data.columns import Columns, find_columns
from churn_core.decisions.outcomes import read_outcomes
from churn_core.errors import DataError
from churn_core.schema import Column, Schema

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_MERGERS = 8  # partitions; as many summaries, of 4 MB each at most, reach the driver


def summarise(scored: "DataFrame", schema: Schema, *, back_test: bool = False) -> Summary:
    """The campaign summary of a scored table: each partition's own, added up in the cluster, then on the driver.

    Reads ``churn_probability``, the monthly charge and the outcome of ``schema``; rows without a probability were rejected, and
    are left out, as are those who have left by the table's outcome, unless it is a ``back_test``.
    Raises ``DataError`` where one of the columns is missing.
    """
    rows = _needed(scored, schema)

    def of_batch(batch: pa.RecordBatch) -> Summary:
        customers = _customers(batch, schema)
        here = customers.loc[back_test | ~customers["left"]]
        worth = worth_of(here, schema, None)
        return Summary.of(here["p"], worth.amount, for_life=worth.for_life)

    send_package(scored.sparkSession)
    parts = rows.mapInArrow(_as_one(of_batch), "summary binary")
    added = parts.repartition(_MERGERS).mapInArrow(_as_one(_summary_of_summaries), "summary binary")
    return reduce(Summary.__add__, (Summary.from_bytes(bytes(row["summary"])) for row in added.collect()), EMPTY)


def contacts(scored: "DataFrame", schema: Schema, campaign: Campaign) -> tuple[Contacts, int]:
    """The sums over those who are contacted, and how many have left by the table's outcome. Raises as ``summarise``."""
    rows = _needed(scored, schema, "contact")

    def of_batches(batches: Iterable[pa.RecordBatch]) -> Iterable[pa.RecordBatch]:
        whole, left = Contacts(), 0
        for batch in batches:
            customers = _customers(batch, schema)
            listed = customers[customers["contact"].astype(bool)]
            p = listed["p"].to_numpy(float)
            whole += Contacts.of(p, worth_of(listed, schema, p).clv(campaign), campaign)
            left += int(customers["left"].sum())
        yield pa.RecordBatch.from_pylist([{**vars(whole), "left": left}])

    send_package(scored.sparkSession)
    columns = "number long, profit double, spend double, variance double, saved_value double, left long"
    found = [row.asDict() for row in rows.mapInArrow(of_batches, columns).collect()]
    left = sum(part.pop("left") for part in found)
    return reduce(Contacts.__add__, (Contacts(**part) for part in found), Contacts()), left


def _needed(scored: "DataFrame", schema: Schema, *also: str) -> "DataFrame":
    """What money is worked out from: probability, what a customer is worth, the tenure and the outcome where there are any, and
    ``also``; under their own names.
    """
    found = find_columns(scored.columns, schema)
    value = schema.monthly_charge or schema.clv_column
    if (value and value not in found) or "churn_probability" not in scored.columns:
        raise DataError("Only a scored table of customers can be summarised. Score it first: score_dataframe.")
    needed = [name for name in (value, schema.tenure, schema.target) if name]
    places = {place for name in needed for place in found.at.get(name, ())}
    places |= {found.converted[name].position for name in needed if name in found.converted}
    names = [scored.columns[place] for place in sorted(places)]
    return scored.select("churn_probability", *also, *(f"`{name}`" for name in names))


def _customers(batch: pa.RecordBatch, schema: Schema) -> pd.DataFrame:
    """Those with a probability. Columns: ``p``, ``left`` (bool), what a customer is worth and the tenure under their names in the
    schema, cleaned, and ``contact`` if it is there.
    """
    frame = batch.filter(batch.column(0).is_valid()).to_pandas()
    known = {"p": frame["churn_probability"], "left": read_outcomes(frame, schema).left}
    found = find_columns(frame.columns, schema)
    for name in (schema.monthly_charge or schema.clv_column, schema.tenure):
        if name is not None and name in found:
            known[name] = _cleaned(frame, schema[name], found)
    return pd.DataFrame({**known, "contact": frame["contact"]} if "contact" in frame else known)


def _cleaned(frame: pd.DataFrame, column: Column, found: Columns) -> npt.NDArray[np.float64]:
    """The numbers of a column of scored rows, which can all be read, as they were for scoring."""
    account = Account(rows=len(frame), labels=frame.index, typed=False, decimal=".")
    other = found.converted.get(column.name)
    if other:
        return in_unit(other.factor)(frame.iloc[:, other.position], column, account)
    values = together(frame, found.at[column.name], column)
    return np.asarray(CLEANERS[column.kind](values, column, account), dtype=np.float64)


def _as_one(
    summary_of: Callable[[pa.RecordBatch], Summary],
) -> Callable[[Iterable[pa.RecordBatch]], Iterable[pa.RecordBatch]]:
    def add_up(batches: Iterable[pa.RecordBatch]) -> Iterable[pa.RecordBatch]:
        whole = reduce(Summary.__add__, map(summary_of, batches), EMPTY)
        yield pa.RecordBatch.from_arrays([pa.array([whole.to_bytes()], pa.binary())], names=["summary"])

    return add_up


def _summary_of_summaries(batch: pa.RecordBatch) -> Summary:
    return reduce(Summary.__add__, (Summary.from_bytes(part.as_py()) for part in batch.column(0)), EMPTY)
