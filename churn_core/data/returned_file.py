"""A file that came back after a campaign → one raw table, whether its list was one sheet or two."""

import pandas as pd

from churn_core.data.campaign_columns import names_outcomes
from churn_core.data.proposing.reading import headers, of_names, read_unknown
from churn_core.data.reading.reader import read_table
from churn_core.jobs import Report, silent
from churn_core.schema import Schema


def read_returned(content: bytes, schema: Schema, report: Report = silent) -> pd.DataFrame:
    """The rows as ``read_unknown`` gives them. Of a workbook all sheets that say of customers who left, one below the other: the list
    leaves the house as the sheets *Call* and *Do not call*. The index is the row's line in its sheet.

    Raises ``DataError`` where ``read_unknown`` does.
    """
    sheets = {name: names for name, names in headers(content, report).items() if names_outcomes(names, schema)}
    if not sheets:
        return read_unknown(content, report).frame
    return pd.concat([read_table(content, of_names(names), report, sheet=name).frame for name, names in sheets.items()])
