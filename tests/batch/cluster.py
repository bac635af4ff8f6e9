"""A Spark cluster of two workers on this machine, and tables on it."""

import gc
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from churn_core.batch import spark as on_spark

# What runs for some seconds is compiled once, simply: to compile it again, better, and to collect garbage beside it, is what Java
# does for programs that run for hours, and a third of what the cluster takes of the processor.
FOR_SECONDS = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


def cluster(folder: Path, batch: int | None = 500, java: str = "") -> Iterator:
    """Two workers with a core each, in processes of their own, on the loopback; all their files in a temporary folder. ``batch``:
    rows that a worker scores at once, ``None`` as many as usual. ``java``: options of each Java.
    """
    pyspark = pytest.importorskip("pyspark", reason="pyspark is not installed")
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        pytest.skip("Java is not installed")
    home = folder / "home"  # Spark's own, by links: a local cluster puts its workers' folders into it
    home.mkdir(parents=True)
    for path in Path(pyspark.__file__).parent.iterdir():
        (home / path.name).symlink_to(path)
    environment = {
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": str(folder / "local"),
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_DRIVER_PYTHON": sys.executable,
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.delenv("PYTHONPATH", raising=False)  # workers have nothing of this checkout but what they are sent
        session = on_spark.session(
            {
                "spark.master": "local-cluster[2,1,1024]",
                "spark.driver.host": "127.0.0.1",
                "spark.driver.bindAddress": "127.0.0.1",
                "spark.ui.enabled": "false",
                "spark.ui.showConsoleProgress": "false",
                "spark.sql.warehouse.dir": str(folder / "warehouse"),
                "spark.sql.shuffle.partitions": "2",
                "spark.driver.extraJavaOptions": java,
                "spark.executor.extraJavaOptions": java,
                **({"spark.sql.execution.arrow.maxRecordsPerBatch": str(batch)} if batch else {}),
            }
        )
        session.sparkContext.setLogLevel("ERROR")
        yield session
        session.stop()
        gc.collect()  # its last sockets warn here, and in no test of another folder


def table(spark, frame: pd.DataFrame, partitions: int = 4):
    """As a Spark table of text."""
    columns = pa.table({name: pa.array(frame[name], pa.string()) for name in frame})
    return spark.createDataFrame(columns).repartition(partitions)


def collected(df) -> pd.DataFrame:
    return df.toArrow().to_pandas().sort_values("number", ignore_index=True)
