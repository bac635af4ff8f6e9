"""Signs that typesetters and programs put for a hyphen or a space make no other word; other signs do."""

import pandas as pd
import pytest

from churn_core.data.cleaning.table import clean
from churn_core.data.synthetic import generate
from churn_core.schema.telco import TELCO

RAW = generate(12, seed=2, schema=TELCO).astype(str)

HYPHENS = [
    "\u2010",
    "\u2011",
    "\u2012",
    "\u2013",
    "\u2014",
    "\u2212",
    "\u00ad",
    "\ufe63",
    "\uff0d",
    "-\u200b",
    " - ",
    "\u00a0",
    "_",
    "\u2009",
]


@pytest.mark.parametrize("hyphen", HYPHENS, ids=ascii)
def test_any_hyphen_and_any_space_of_typesetters_is_one(hyphen):
    written = RAW.assign(Contract=RAW["Contract"].str.replace("-", hyphen))
    written = written.rename(columns={"Contract": f"Con{hyphen}tract"})
    pd.testing.assert_frame_equal(clean(written, TELCO)[0], clean(RAW, TELCO)[0])


@pytest.mark.parametrize("word", ["-1", "\u22121", "\u20111", "One year?", "1+", "One/Two year", "Two year!"], ids=ascii)
def test_a_minus_and_other_signs_make_another_word(word):
    _, report = clean(RAW.assign(Contract=word), TELCO)
    assert report.kept == 0
