"""The name by which code outside cleans a table of the Telco sample (CONTRACT.md); inside, ``cleaning.table`` is used."""

import pandas as pd

from churn_core.data.cleaning import table
from churn_core.data.quality import QualityReport
from churn_core.schema import Schema
from churn_core.schema.telco import TELCO


def clean(raw: pd.DataFrame, schema: Schema | None = None) -> tuple[pd.DataFrame, QualityReport]:
    """The cleaned customers of ``raw`` and the account of what was done; by the Telco schema where none is given."""
    return table.clean(raw, schema or TELCO)
