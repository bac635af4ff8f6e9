"""Clean customers → the 17 readable terms, and the plain encoding."""

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from churn_core.data.clean import clean
from churn_core.data.synthetic import generate
from churn_core.model.candidates import build
from churn_core.model.features import TERMS, TelcoTerms
from churn_core.schema import TELCO

NAMES = [term.name for term in TERMS]


@pytest.fixture(scope="module")
def customers():
    return clean(generate(300, seed=4))[0]


@pytest.fixture(scope="module")
def terms(customers):
    return TelcoTerms().fit(customers).transform(customers)


def term(terms: np.ndarray, name: str) -> np.ndarray:
    return terms[:, NAMES.index(name)]


def test_the_terms_are_those_of_modelling_md():
    assert NAMES == [
        "tenure_years",
        "log_tenure",
        "one_year",
        "two_year",
        "fibre",
        "no_internet",
        "online_security",
        "tech_support",
        "online_backup",
        "device_protection",
        "streaming_services",
        "electronic_check",
        "paperless_billing",
        "senior",
        "multiple_lines",
        "phone_service",
        "dependents",
    ]


def test_every_customer_has_a_finite_number_for_each_term(customers, terms):
    assert terms.shape == (len(customers), 17) and terms.dtype == float
    assert np.isfinite(terms).all()


def test_tenure_is_told_twice_in_years_and_in_log_months(customers, terms):
    months = customers["tenure"].to_numpy()
    assert term(terms, "tenure_years").tolist() == (months / 12).tolist()
    assert term(terms, "log_tenure").tolist() == np.log1p(months).tolist()


@pytest.mark.parametrize(
    "name, column, value",
    [
        ("one_year", "Contract", "One year"),
        ("two_year", "Contract", "Two year"),
        ("fibre", "InternetService", "Fiber optic"),
        ("no_internet", "InternetService", "No"),
        ("online_security", "OnlineSecurity", "Yes"),
        ("tech_support", "TechSupport", "Yes"),
        ("online_backup", "OnlineBackup", "Yes"),
        ("device_protection", "DeviceProtection", "Yes"),
        ("electronic_check", "PaymentMethod", "Electronic check"),
        ("paperless_billing", "PaperlessBilling", "Yes"),
        ("senior", "SeniorCitizen", 1),
        ("multiple_lines", "MultipleLines", "Yes"),
        ("phone_service", "PhoneService", "Yes"),
        ("dependents", "Dependents", "Yes"),
    ],
)
def test_a_term_is_one_for_those_who_have_it_and_zero_for_the_others(customers, terms, name, column, value):
    has = (customers[column] == value).to_numpy()
    assert term(terms, name).tolist() == has.astype(float).tolist()
    assert 0 < has.sum() < len(customers)


def test_streaming_services_are_counted(customers, terms):
    count = sum((customers[name] == "Yes").to_numpy().astype(int) for name in ("StreamingTV", "StreamingMovies"))
    assert term(terms, "streaming_services").tolist() == count.tolist()
    assert set(count) == {0, 1, 2}


def test_charges_gender_and_partner_are_no_terms():
    used = {column for term in TERMS for column in term.columns}
    assert used.isdisjoint({"MonthlyCharges", "TotalCharges", "gender", "Partner", TELCO.target, TELCO.id})
    assert all(column in TELCO for column in used)


@pytest.mark.parametrize("one", TERMS, ids=NAMES)
def test_a_term_needs_no_other_columns_than_it_names(customers, terms, one):
    assert one.compute(customers[list(dict.fromkeys(one.columns))]).tolist() == term(terms, one.name).tolist()


def test_every_term_has_a_meaning_of_its_own(customers):
    meanings = TelcoTerms().fit(customers).get_feature_names_out()
    assert len(set(meanings)) == 17 == len(TelcoTerms().columns_of_terms)


def test_terms_that_were_not_fitted_say_so(customers):
    with pytest.raises(NotFittedError):
        TelcoTerms().transform(customers)


def test_every_plain_term_knows_the_column_it_comes_from(customers):
    encoder = build("logistic_plain").named_steps["terms"].fit(customers)
    names, columns = encoder.get_feature_names_out(), encoder.columns_of_terms
    assert len(columns) == len(names) == encoder.transform(customers).shape[1]
    for name, (column,) in zip(names, columns, strict=True):
        assert name == column or name.startswith(column + "_")
    features = {c.name for c in TELCO.inputs if c.role != "id"}
    assert {column for (column,) in columns} == features
