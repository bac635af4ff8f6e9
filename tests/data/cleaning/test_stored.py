"""However a table stores its cells, with nulls too, cleaning reads the same."""

import decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from churn_core.data.cleaning.table import clean
from churn_core.data.synthetic import generate
from churn_core.schema.telco import TELCO

RAW = generate(30, seed=6, schema=TELCO).astype(str).replace({"TotalCharges": {" ": "0"}})
EVERY_THIRD = np.arange(30) % 3 == 0


def _arrow(kind):
    return lambda values: (
        values.astype("object")
        .where(values.notna(), None)
        .pipe(
            lambda words: pd.Series(pd.array(pa.array(words.tolist()).cast(kind), dtype=pd.ArrowDtype(kind)), index=words.index)
        )
    )


STORED = {
    "text, None": lambda values: values.astype("object").where(values.notna(), None),
    "text, NaN": lambda values: values.astype("object").where(values.notna(), np.nan),
    "text, pd.NA": lambda values: values.astype("object").where(values.notna(), pd.NA),
    "Python's text": lambda values: values.astype(pd.StringDtype("python")),
    "Arrow's text": lambda values: values.astype(pd.StringDtype("pyarrow")),
    "text, NaN for nothing": lambda values: values.astype(pd.StringDtype("pyarrow", na_value=np.nan)),
    "an Arrow column": _arrow(pa.string()),
    "a large Arrow column": _arrow(pa.large_string()),
    "categories": lambda values: values.astype("category"),
}


@pytest.mark.parametrize("column", RAW.columns)
@pytest.mark.parametrize("stored", STORED.values(), ids=STORED)
def test_text_with_nulls_is_read_as_text_with_blanks(column, stored):
    words = RAW[column].mask(EVERY_THIRD)
    wanted, report = clean(RAW.assign(**{column: words.fillna("")}), TELCO)
    got, told = clean(RAW.assign(**{column: stored(words)}), TELCO)
    pd.testing.assert_frame_equal(got, wanted)
    assert told.rejects.equals(report.rejects) and told.kept == report.kept


_DECIMAL = pa.decimal128(20, 2)


def _decimals(values):
    return [None if pd.isna(number) else decimal.Decimal(f"{number:.2f}") for number in values]


NUMBERS = {
    "floats": lambda values: values.astype(float),
    "nullable floats": lambda values: values.astype("Float64"),
    "nullable whole numbers": lambda values: values.round().astype("Int64"),
    "decimals": lambda values: values.map(lambda number: None if pd.isna(number) else decimal.Decimal(f"{number:.2f}")).astype(
        "object"
    ),
    "Arrow's decimals": lambda values: pd.Series(
        pd.array(pa.array(_decimals(values), _DECIMAL), dtype=pd.ArrowDtype(_DECIMAL)), index=values.index
    ),
    "Arrow's floats": lambda values: values.astype("double[pyarrow]"),
    "numbers and text": lambda values: values.astype("object").where(
        np.arange(30) % 2 == 0, values.astype("Float64").astype("object")
    ),
    "categories": lambda values: values.astype("category"),
}


@pytest.mark.parametrize("column", ["tenure", "MonthlyCharges", "TotalCharges", "SeniorCitizen"])
@pytest.mark.parametrize("stored", NUMBERS.values(), ids=NUMBERS)
def test_numbers_with_nulls_are_read_as_numbers_with_blanks(column, stored):
    whole = RAW[column].astype(float).round()
    wanted, report = clean(RAW.assign(**{column: whole.map("{:.0f}".format).mask(EVERY_THIRD).fillna("")}), TELCO)
    got, told = clean(RAW.assign(**{column: stored(whole.mask(EVERY_THIRD))}), TELCO)
    pd.testing.assert_frame_equal(got, wanted)
    assert told.kept == report.kept and told.rejects["row"].tolist() == report.rejects["row"].tolist()
