"""Other units: named behind the column they are converted and said; hidden under the right name they stop the file."""

import numpy as np
import pandas as pd
import pytest

from churn_core.data.cleaning.table import clean
from churn_core.data.columns import find_columns
from churn_core.data.synthetic import generate
from churn_core.errors import DataError
from churn_core.schema.telco import TELCO

RAW = generate(60, seed=7, schema=TELCO).astype(str).replace({"TotalCharges": {" ": "0"}})
WANTED = clean(RAW, TELCO)[0]
TENURE, CHARGE, TOTAL = (RAW[name].astype(float) for name in ("tenure", "MonthlyCharges", "TotalCharges"))


@pytest.mark.parametrize(
    "name", ["Tenure (years)", "tenure_years", "TENURE [Year]", "tenure in years", "Tenure (in years)", "tenure yrs"]
)
def test_tenure_in_years_is_converted_and_said(name):
    raw = RAW.assign(tenure=(TENURE / 12).map(repr)).rename(columns={"tenure": name})
    customers, report = clean(raw, TELCO)
    assert customers["tenure"].tolist() == WANTED["tenure"].tolist()
    repairs = [(repair.column, repair.count) for repair in report.repairs if "converted to months" in repair.what]
    assert repairs == [("tenure", 60)] and f"{name!r} as tenure" in " ".join(report.warnings)


def test_tenure_in_days_counts_full_months_and_charges_in_cents_are_money():
    raw = RAW.assign(tenure=(TENURE * 365.25 / 12).round().astype(int), MonthlyCharges=CHARGE * 100, TotalCharges=TOTAL * 100)
    raw = raw.rename(
        columns={"tenure": "Tenure (days)", "MonthlyCharges": "MonthlyCharges (cents)", "TotalCharges": "Total charges in cents"}
    )
    customers, _ = clean(raw, TELCO)
    assert np.abs(customers["tenure"] - WANTED["tenure"]).max() <= 1
    assert customers["MonthlyCharges"].to_numpy() == pytest.approx(CHARGE.to_numpy())
    assert customers["TotalCharges"].to_numpy() == pytest.approx(TOTAL.to_numpy())


def test_a_column_in_the_right_unit_comes_before_one_that_would_be_converted():
    found = find_columns(["Tenure (years)", "tenure_months"], TELCO)
    assert found.at == {"tenure": (1,)} and found.converted == {}


HIDDEN = {
    "tenure in years": (RAW.assign(tenure=np.ceil(TENURE / 12).astype(int)), "'tenure (years)'"),
    "tenure in days": (RAW.assign(tenure=(TENURE * 30).clip(upper=1200).astype(int)), "'tenure (days)'"),
    "charges in cents": (RAW.assign(MonthlyCharges=CHARGE * 100), "'MonthlyCharges (cents)'"),
    "totals in cents": (RAW.assign(TotalCharges=TOTAL * 100), "'TotalCharges (cents)'"),
    "charges of a year": (RAW.assign(MonthlyCharges=CHARGE * 12), "'MonthlyCharges (per year)'"),
}


@pytest.mark.parametrize("raw, named", HIDDEN.values(), ids=HIDDEN)
def test_another_unit_under_the_right_name_stops_the_file_and_the_likely_one_is_named(raw, named):
    with pytest.raises(DataError, match="rows TotalCharges is far from tenure × MonthlyCharges") as refused:
        clean(raw, TELCO)
    assert f"It may be {named}: name the column so, and it is converted." in str(refused.value)


def test_a_few_contradictions_stop_nothing():
    raw = RAW.assign(TotalCharges=np.where(np.arange(60) < 25, TOTAL * 12, TOTAL))
    customers, report = clean(raw, TELCO)
    assert len(customers) == 60 and any(finding.kind == "contradiction" for finding in report.found)


def test_few_rows_stop_nothing_either():
    few = RAW.head(9).assign(TotalCharges=TOTAL.head(9) * 12)
    assert isinstance(clean(few, TELCO)[0], pd.DataFrame)


@pytest.mark.parametrize("decimals", [2, 4])
def test_years_with_few_decimals_are_the_months_that_they_were_made_of(decimals):
    raw = RAW.assign(tenure=(TENURE / 12).round(decimals)).rename(columns={"tenure": "Tenure (years)"})
    assert clean(raw, TELCO)[0]["tenure"].tolist() == WANTED["tenure"].tolist()


@pytest.mark.parametrize("decimals", [0.5, 0.1, 0.01])
def test_years_with_decimals_stop_the_file_although_most_rows_would_be_rejected(decimals):
    with pytest.raises(DataError, match=r"It may be 'tenure \(years\)'"):
        clean(RAW.assign(tenure=(TENURE / 12 / decimals).round() * decimals), TELCO)


OTHERS = {"half years": (TENURE / 6).round() / 2, "years": (TENURE / 12).round(2), "days": (TENURE * 30.4).round() + 1000}


@pytest.mark.parametrize("tenure", OTHERS.values(), ids=OTHERS)
def test_without_totals_a_tenure_that_cannot_be_months_in_many_rows_stops_the_file(tenure):
    raw = RAW.assign(tenure=tenure).drop(columns="TotalCharges")
    with pytest.raises(DataError, match=r"no whole number up to 1,200, so it may not be in months.*'tenure \(years\)'"):
        clean(raw, TELCO)


def test_totals_confirm_the_unit_of_the_others():
    raw = RAW.assign(tenure=np.where(np.arange(60) < 15, TENURE + 0.5, TENURE))
    customers, report = clean(raw, TELCO)
    assert len(customers) == 45 and report.rejects["problem"].str.contains("is not a whole number").all()


UNKNOWN = {
    "tenure in quarters": RAW.assign(tenure=np.ceil(TENURE / 3)),
    "the charge of one month for the total": RAW.assign(TotalCharges=CHARGE),
    "the charge of a year for the total": RAW.assign(TotalCharges=CHARGE * 12),
    "totals in thousands": RAW.assign(TotalCharges=TOTAL / 1000),
}


@pytest.mark.parametrize("raw", UNKNOWN.values(), ids=UNKNOWN)
def test_a_unit_is_named_only_if_it_explains_the_totals(raw):
    with pytest.raises(DataError, match="is far from tenure × MonthlyCharges.* Convert it"):
        clean(raw, TELCO)


@pytest.mark.parametrize("total, charge", [("1e-300", "1e300"), ("1e300", "1e-300"), ("1e308", "1e308"), ("1e-320", "70")])
def test_numbers_of_any_size_are_rejected_or_refused_in_words(total, charge):
    try:
        _, report = clean(RAW.assign(TotalCharges=total, MonthlyCharges=charge), TELCO)
        assert report.kept == 0
    except DataError as refused:
        assert "TotalCharges is far from" in str(refused)
