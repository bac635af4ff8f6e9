"""A table writes its numbers as sentences do, and holds them unrounded."""

import json

import pyarrow as pa
from streamlit.testing.v1 import AppTest


def drawn():
    """A page with one table; Streamlit runs its source, so it imports what it needs."""
    import pandas as pd

    from pages.parts.tables import policy_columns, show_table

    table = pd.DataFrame(
        {
            "policy": ["Nobody", "Everybody", "Best"],
            "contacted": [0, 7043, 5265],
            "expected_profit": [0.0, -430_112.5, 441_180.4],
            "expected_spend": [0.0, 70_430.0, 52_650.0],
            "roi": [None, -6.107, 8.3797],
            "threshold": [None, 0.004, 0.04572],
        }
    )
    show_table(table, policy_columns(), key="policies")


def ordered():
    """The same with two of its columns."""
    import pandas as pd

    from pages.parts.tables import policy_columns, show_table

    table = pd.DataFrame({"policy": ["Everybody"], "expected_profit": [1.0], "contacted": [7043]})
    show_table(table, policy_columns(), key="policies", column_order=["contacted", "roi", "policy"])


def test_a_number_in_a_table_is_written_as_in_a_sentence():
    (table,) = AppTest.from_function(drawn).run().dataframe
    shown = pa.ipc.open_stream(table.proto.arrow_data.styler.display_values).read_pandas()
    assert shown["contacted"].tolist() == ["0", "7,043", "5,265"]
    assert shown["expected_profit"].tolist() == ["0", "−430,000", "441,000"]
    assert shown["roi"].tolist() == ["—", "−611%", "838%"]
    assert shown["threshold"].tolist() == ["—", "0.4%", "4.6%"]


def test_a_table_holds_the_numbers_themselves_and_tells_streamlit_no_format_of_its_own():
    (table,) = AppTest.from_function(drawn).run().dataframe
    assert table.value["expected_profit"].tolist() == [0.0, -430_112.5, 441_180.4]
    told = json.loads(table.proto.columns)
    assert [name for name, column in told.items() if column.get("type_config", {}).get("format")] == []
    assert told["expected_profit"]["label"] == "Expected profit ($)"


def test_a_table_in_an_order_sends_no_column_that_is_not_shown():
    (table,) = AppTest.from_function(ordered).run().dataframe
    assert list(table.value) == ["contacted", "policy"]
    shown = pa.ipc.open_stream(table.proto.arrow_data.styler.display_values).read_pandas()
    assert shown["contacted"].tolist() == ["7,043"]
