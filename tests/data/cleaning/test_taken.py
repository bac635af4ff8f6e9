"""A column that is there twice is one if both mean the same, and blanks of one are filled by the other."""

import numpy as np
import pandas as pd
import pytest

from churn_core.data.cleaning.table import clean
from churn_core.data.cleaning.taken import together
from churn_core.data.synthetic import generate
from churn_core.errors import DataError
from churn_core.schema.telco import TELCO

RAW = generate(20, seed=5, schema=TELCO).astype(str).replace({"TotalCharges": {" ": "0"}})
WANTED = clean(RAW, TELCO)[0]
AGAIN = {  # a column, under another name, in other words
    "tenure": lambda values: values + ".0",
    "MonthlyCharges": lambda values: "$ " + values.astype(float).map("{:.2f}".format),
    "TotalCharges": lambda values: values.astype(float).map("{:,.2f}".format),
    "SeniorCitizen": lambda values: values.map({"0": "No", "1": "Yes"}),
    "Partner": lambda values: values.map({"No": "0.00", "Yes": "1.00"}),
    "Contract": lambda values: values.str.upper() + " ",
    "customerID": lambda values: " " + values,
    "Churn": lambda values: values.map({"No": "stayed", "Yes": "churned"}),
}


@pytest.mark.parametrize("name", AGAIN)
@pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
def test_the_same_in_other_words_is_one_column(name, first):
    again = AGAIN[name](RAW[name]).rename(name.upper() + " ")
    raw = pd.concat([again, RAW] if first else [RAW, again], axis=1)
    pd.testing.assert_frame_equal(
        clean(raw, TELCO)[0], WANTED, check_exact=name not in ("MonthlyCharges", "TotalCharges"), rtol=1e-3
    )


@pytest.mark.parametrize("name", AGAIN)
@pytest.mark.parametrize("nothing", ["", None, np.nan, "NULL", "n.a.", "-"], ids=repr)
def test_what_one_leaves_blank_the_other_tells(name, nothing):
    again = RAW[name].astype("object").where(np.arange(20) % 2 == 0, nothing)
    other = RAW[name].astype("object").where(np.arange(20) % 3 == 0, nothing)
    raw = RAW.assign(**{name: again, name.upper() + " ": other, f" {name.lower()}": RAW[name]})
    pd.testing.assert_frame_equal(clean(raw, TELCO)[0], WANTED)


def test_a_blank_total_beside_nought_for_a_new_customer_is_the_same():
    raw = RAW.assign(tenure="0", TotalCharges=" ", totalcharges="0")
    assert (clean(raw, TELCO)[0]["TotalCharges"] == 0).all()


@pytest.mark.parametrize("name, other", [("tenure", "999"), ("Contract", "Decade"), ("SeniorCitizen", "2"), ("customerID", "x")])
def test_what_really_differs_is_refused_with_the_first_row_and_both_values(name, other):
    raw = RAW.assign(**{name.upper() + " ": [*RAW[name][:7], *[other] * 13]}).set_axis(range(2, 22))
    with pytest.raises(DataError) as refused:
        clean(raw, TELCO)
    assert f"'{name}' appears more than once" in str(refused.value) and f"and '{other}' in row 9. Keep one" in str(refused.value)


def test_the_same_word_that_nobody_understands_is_no_difference():
    raw = pd.DataFrame({"tenure": ["soon", "3"], "Tenure": ["soon ", "3.0"]})
    assert together(raw, (0, 1), TELCO["tenure"]).tolist() == ["soon", "3"]


def test_ids_of_digits_that_differ_in_their_noughts_are_different():
    raw = pd.DataFrame({"customerID": ["12"], "customerid": ["0012"]})
    with pytest.raises(DataError, match="'12' and '0012'"):
        together(raw, (0, 1), TELCO["customerID"])


def test_a_number_of_single_precision_is_the_same_and_a_cent_is_none():
    charges = WANTED["MonthlyCharges"]
    single = RAW.assign(monthly_charges=charges.astype("float32").astype("float64"))
    assert clean(single, TELCO)[0]["MonthlyCharges"].equals(charges)
    with pytest.raises(DataError, match="'MonthlyCharges' appears more than once"):
        clean(RAW.assign(monthly_charges=charges + 0.01), TELCO)
