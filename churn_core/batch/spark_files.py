"""The files and folders that Spark reads and writes."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from churn_core.errors import DataError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, DataFrameWriter, SparkSession

DAMAGED = "_damaged_line"  # where Spark keeps a line of CSV that has more or fewer values than the header
KINDS = ("parquet", "csv")
_CSV: dict[str, Any] = {  # RFC 4180, and blanks stay as they came
    "header": True,
    "escape": '"',
    "ignoreLeadingWhiteSpace": False,
    "ignoreTrailingWhiteSpace": False,
}


def read(spark: "SparkSession", source: str) -> "DataFrame":
    """The rows of a CSV or Parquet file, or of a folder of them; of CSV as text, with the lines that are no rows in ``DAMAGED``.

    What ends in ``.parquet``, or is a folder that holds such files, is Parquet; all else is CSV with commas and a header, every
    value on one line. Raises ``DataError`` where there is nothing at that place.
    """
    from pyspark.sql import functions as of
    from pyspark.sql.types import StringType, StructField, StructType

    refuse_missing(source)
    folder = Path(source)
    if source.endswith(".parquet") or (folder.is_dir() and any(folder.glob("*.parquet"))):
        return spark.read.parquet(source)
    names = spark.read.csv(source, **_CSV).columns
    in_file = ["" if name == f"_c{place}" else name for place, name in enumerate(names)]  # Spark names a column that has no name
    fields = [StructField(name, StringType()) for name in (*in_file, DAMAGED)]
    # With a schema of its own Spark keeps what is wrong with a line; files whose columns are in another order are refused.
    df = spark.read.csv(source, StructType(fields), enforceSchema=False, columnNameOfCorruptRecord=DAMAGED, **_CSV)
    df = df.toDF(*names, DAMAGED)
    blank = of.lit("")  # a blank is a blank, as everywhere else
    return df.select(*[of.coalesce(f"`{name}`", blank).alias(name) for name in names], DAMAGED)


def write(writer: "DataFrameWriter", target: str, kind: str) -> None:
    """As a new folder of parts, Parquet or CSV with a header."""
    writer = writer.mode("error")
    writer.parquet(target) if kind == "parquet" else writer.csv(target, emptyValue="", **_CSV)


def written(spark: "SparkSession", target: str, kind: str) -> "DataFrame":
    """The decisions in a folder that ``write`` has written, as numbers."""
    if kind == "parquet":
        return spark.read.parquet(target)
    numbers = {"churn_probability": "double", "expected_profit": "double", "contact": "boolean"}
    df = spark.read.csv(target, **_CSV)
    return df.withColumns({name: df[name].cast(kind) for name, kind in numbers.items()})


def refuse_missing(source: str) -> None:
    """Raises ``DataError`` unless there is something at that place, or only Spark can look there."""
    if not is_elsewhere(source) and not Path(source).exists():
        raise DataError(f"There is no file or folder {Path(source).name} at that place. Check the path.")


def refuse_present(target: str) -> None:
    """Raises ``DataError`` if there is something at that place already."""
    if not is_elsewhere(target) and Path(target).exists():
        raise DataError(f"{Path(target).name} is there already. Spark writes a new folder: give another name.")


def is_elsewhere(place: str) -> bool:
    """An address like s3a://… or hdfs://…, which only Spark can look at; its own commit makes the folder whole there."""
    return "://" in place


@contextmanager
def in_words(what: str, source: str) -> Iterator[None]:
    """What goes wrong in Spark inside becomes a ``DataError`` with a sentence."""
    from py4j.protocol import Py4JJavaError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JJavaError) as error:
        said = _in_a_line(error)
        raise DataError(
            f"Spark could not {what} {Path(source).name}: {said}. Look at the source, and at the workers' packages."
        ) from error


def _in_a_line(error: Exception) -> str:
    """What went wrong on a worker is in the last line of its Python traceback, or is Java's last cause; else the first line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    raised = [line for line in lines if re.match(r"[\w.]*(Error|Exception): ", line) and "org.apache" not in line]
    causes = [re.sub(r"^Caused by: ([\w.$]+: )?", "", line) for line in lines if line.startswith("Caused by: ")]
    said = (raised or causes[-1:] or lines or ["no reason was given"])[0]
    return re.sub(r"\bfile:/\S*/", "", said)[:300].rstrip(".")
