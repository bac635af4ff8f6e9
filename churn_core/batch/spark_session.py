"""Spark itself: the session, and this package sent to its workers."""

import atexit
import hashlib
import os
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from churn_core.errors import ChurnError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_INSTALL = "Install it: pip install pyspark==4.0.1, and Java 17"
_QUIET = {"spark.log.level": "OFF", "spark.ui.enabled": "false"}  # an error is a sentence, not a stack trace
# Rows that a worker scores at once: as many as a part of a file has on one machine, and twice as fast as Spark's 10,000.
_BATCH = "spark.sql.execution.arrow.maxRecordsPerBatch", "30000"


def session(options: dict[str, str] | None = None) -> "SparkSession":
    """The Spark session that is running, or a new one with these ``options``; a new one has batches of 30,000 rows unless it is told
    otherwise.

    Raises ``ChurnError`` with the mend where pyspark or Java are missing.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise ChurnError(f"Spark is not installed. {_INSTALL}.") from error
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise ChurnError(f"Spark needs Java, which is not there. {_INSTALL}.")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # workers on this machine run what runs here
    is_new = SparkSession.getActiveSession() is None
    spark = SparkSession.builder.appName("churn").config(map={**_QUIET, **(options or {})}).getOrCreate()
    if is_new and not spark.sparkContext.getConf().contains(_BATCH[0]):
        spark.conf.set(*_BATCH)
    return spark


def send_package(spark: "SparkSession") -> None:
    """Give this package to the workers, once for each session and state of its code."""
    folder = Path(__file__).resolve().parents[1]
    files = sorted(folder.rglob("*.py"))
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]
    context = spark.sparkContext
    if any(digest in path for path in context.listFiles):
        return
    archive = Path(tempfile.mkdtemp(prefix="churn-")) / f"{folder.name}-{digest}.zip"
    atexit.register(shutil.rmtree, archive.parent, ignore_errors=True)  # workers fetch it as long as the session lives
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for path in files:
            zipped.write(path, path.relative_to(folder.parent).as_posix())
    context.addPyFile(str(archive))
