"""A scored table on Spark → the sums that a campaign is worked out from: its summary, and what the contacts come to."""

from collections.abc import Callable, Iterable
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from churn_core.batch.spark_session import send_package
from churn_core.campaign.economics import Campaign
from churn_core.campaign.forecast import Contacts
from churn_core.campaign.summary import EMPTY, Summary
from churn_core.campaign.worth import worth_of
from churn_core.data.cleaning.number_values import number_meant
from churn_core.data.cleaning.values import read_flags
from churn_core.data.columns import find_columns
from churn_core.data.numbers import read_number
from churn_core.errors import DataError
from churn_core.schema import Schema

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
    """What money is worked out from: probability, what a customer is worth, ``also``, and the outcome where there is one."""
    found = find_columns(scored.columns, schema)
    at = {name: scored.columns[places[0]] for name, places in found.at.items()}
    value = schema.monthly_charge or schema.clv_column
    if value in found.converted:
        unit = found.converted[value].unit
        raise DataError(f"{value} is in {unit}, which Spark does not convert. Convert it, and name it {value}.")
    if (value and value not in at) or "churn_probability" not in scored.columns:
        raise DataError("Only a scored table of customers can be summarised. Score it first: score_dataframe.")
    outcome = [at[schema.target]] if schema.target in at else []
    return scored.select("churn_probability", *(f"`{name}`" for name in (*([at[value]] if value else []), *also, *outcome)))


def _customers(batch: pa.RecordBatch, schema: Schema) -> pd.DataFrame:
    """Those with a probability. Columns: ``p``, what a customer is worth under its name in the schema, ``left`` (bool), and
    ``contact`` if it is there.
    """
    frame = batch.filter(batch.column(0).is_valid()).to_pandas()
    name = schema.monthly_charge or schema.clv_column
    outcome = [each for each in frame.columns[1 + (name is not None) :] if each != "contact"]
    left = read_flags(frame[outcome[0]], schema[schema.target]) == 1 if outcome else np.zeros(len(frame), dtype=bool)
    known = {"p": frame.iloc[:, 0], "left": left}
    if name is not None:
        amount = frame.iloc[:, 1]
        if not pd.api.types.is_numeric_dtype(amount):  # as cleaning reads it
            column = schema[name]
            amount = _read(amount.astype("str").str.strip().map(lambda word: str(number_meant(word, column))))
        known[name] = amount * schema[name].factor if schema[name].factor != 1 else amount
    return pd.DataFrame({**known, "contact": frame["contact"]} if "contact" in frame else known)


def _read(words: pd.Series) -> pd.Series:
    """The numbers in text, most of them in one step; those of scored rows can all be read."""
    numbers = pd.to_numeric(words, errors="coerce").astype("float64")
    written = words[numbers.isna()]
    numbers[numbers.isna()] = written.map({word: read_number(word, ".")[0] for word in written.unique()})
    return numbers


def _as_one(
    summary_of: Callable[[pa.RecordBatch], Summary],
) -> Callable[[Iterable[pa.RecordBatch]], Iterable[pa.RecordBatch]]:
    def add_up(batches: Iterable[pa.RecordBatch]) -> Iterable[pa.RecordBatch]:
        whole = reduce(Summary.__add__, map(summary_of, batches), EMPTY)
        yield pa.RecordBatch.from_arrays([pa.array([whole.to_bytes()], pa.binary())], names=["summary"])

    return add_up


def _summary_of_summaries(batch: pa.RecordBatch) -> Summary:
    return reduce(Summary.__add__, (Summary.from_bytes(part.as_py()) for part in batch.column(0)), EMPTY)
