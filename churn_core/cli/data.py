"""The command ``data``: the Telco customers, fetched and verified."""

import argparse
from typing import Any

from churn_core import settings
from churn_core.cli.common import findings_in_words
from churn_core.cli.terminal import say, teller
from churn_core.data import telco_source as telco
from churn_core.data.dataset import read_dataset
from churn_core.formats import count, counted, percent
from churn_core.schema.telco import TELCO


def data(options: argparse.Namespace) -> dict[str, Any]:
    path = telco.obtain(settings.home() / "data", teller())
    dataset = read_dataset(path, schema=TELCO)
    quality = dataset.quality
    say(
        options,
        f"{path}: {counted(quality.rows, 'customer')}, {percent(dataset.customers[TELCO.target].mean())} churned, SHA-256 verified",
        *(f"repaired: {r.column}: {r.what} ({count(r.count)})" for r in quality.repairs),
        f"rejected: {counted(quality.rejected, 'row')}",
        *findings_in_words(quality),
        *quality.warnings,
    )
    return {"path": str(path), "sha256": dataset.sha256, **quality.as_dict()}
