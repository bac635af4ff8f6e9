"""A long table is written part by part, and the file is that of the whole."""

import pandas as pd
import pytest

from churn_core.data.writing.cells import to_csv
from pages.parts import downloads

TABLE = pd.DataFrame(
    {"name": ["=1+1", "a, b", 'c "d"', "", "é"], "amount": [0.1, 1e-7, -0.0, float("nan"), 12.5], "rank": range(5)}
)


@pytest.mark.parametrize("rows", [1, 2, 5])
def test_the_file_of_parts_is_that_of_the_whole_table_and_only_made_when_it_is_asked_for(monkeypatch, rows):
    given = {}
    monkeypatch.setattr(downloads.st, "download_button", lambda label, **told: given.update(told))
    asked = []

    def parts():
        asked.append(1)
        return (TABLE.iloc[start : start + rows] for start in range(0, len(TABLE), rows))

    downloads.download_csv("Download", lambda: TABLE, "table.csv", key="table", parts=parts)
    assert not asked
    assert given["data"]().getvalue() == to_csv(TABLE)[0] and asked == [1]
