"""Clean customers → numbers: the readable terms, the plain encoding, the polynomial one."""

import pickle
from math import comb

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.data.cleaning.table import clean
from churn_core.data.synthetic import generate
from churn_core.model.term import matrix
from churn_core.model.terms import TERMS, plain_terms, polynomial_terms
from churn_core.model.terms_step import Terms
from churn_core.schema.telco import TELCO

PLAIN_TERMS, POLYNOMIAL_TERMS = plain_terms(TELCO), polynomial_terms(TELCO)
NAMES = [term.name for term in TERMS]
EVERY_TERM = {term.name: term for term in (*TERMS, *POLYNOMIAL_TERMS)}  # the plain ones are the first of the polynomial ones
CUSTOMERS, _ = clean(generate(300, seed=4, schema=TELCO), TELCO)
RECORDS = CUSTOMERS.to_dict("records")

every_encoding = pytest.mark.parametrize("terms", [TERMS, PLAIN_TERMS, POLYNOMIAL_TERMS], ids=["readable", "plain", "polynomial"])


@pytest.fixture(scope="module")
def terms():
    return matrix(TERMS, CUSTOMERS)


def term(terms: np.ndarray, name: str) -> np.ndarray:
    return terms[:, NAMES.index(name)]


def test_the_terms_are_those_of_modelling_md_and_tenure_again_for_those_who_can_leave_any_month():
    assert NAMES == [
        "tenure_years",
        "log_tenure",
        "monthly_tenure",
        "monthly_first",
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


@every_encoding
def test_every_customer_has_a_finite_number_for_each_term(terms):
    values = matrix(terms, CUSTOMERS)
    assert values.shape == (300, len(terms)) and values.dtype == float
    assert np.isfinite(values).all()


@pytest.mark.parametrize("one", EVERY_TERM.values(), ids=EVERY_TERM)
def test_a_term_of_one_customer_has_the_bits_it_has_in_a_table_of_any_length(one):
    alone = np.array([one.compute_one(customer) for customer in RECORDS])
    assert alone.tobytes() == one.compute(CUSTOMERS).tobytes()
    for rows in (1, 3, 17):
        assert one.compute(CUSTOMERS.iloc[:rows]).tobytes() == alone[:rows].tobytes()


@given(
    st.sampled_from(RECORDS),
    st.sampled_from(TELCO["Contract"].allowed),
    st.integers(0, 1200),
    st.floats(0, 100_000),
    st.floats(0, 1e8),
)
def test_every_term_of_any_customer_that_there_can_be_has_the_same_bits_alone(customer, contract, months, charge, total):
    one = customer | {"Contract": contract, "tenure": months, "MonthlyCharges": charge, "TotalCharges": total}
    table = pd.DataFrame([one])
    for each in EVERY_TERM.values():
        assert np.float64(each.compute_one(one)).tobytes() == each.compute(table).tobytes(), each.name


def test_tenure_is_told_twice_in_years_and_in_log_months(terms):
    months = CUSTOMERS["tenure"].to_numpy()
    assert term(terms, "tenure_years").tolist() == (months / 12).tolist()
    assert term(terms, "log_tenure").tolist() == np.log1p(months).tolist()


def test_month_to_month_customers_have_a_tenure_of_their_own_and_the_others_none(terms):
    months, monthly = CUSTOMERS["tenure"].to_numpy(), (CUSTOMERS["Contract"] == "Month-to-month").to_numpy()
    assert term(terms, "monthly_tenure").tolist() == np.where(monthly, months / 12, 0).tolist()
    assert term(terms, "monthly_first").tolist() == (monthly & (months <= 1)).tolist()
    assert 0 < term(terms, "monthly_first").sum() < (months <= 1).sum()  # there are some with a contract in their first month


@pytest.mark.parametrize("months, first", [(0, 1.0), (1, 1.0), (2, 0.0)])
def test_the_first_month_is_that_of_a_tenure_of_none_or_one(months, first):
    one = RECORDS[0] | {"tenure": months, "Contract": "Month-to-month"}
    assert EVERY_TERM["monthly_first"].compute_one(one) == first


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
def test_a_term_is_one_for_those_who_have_it_and_zero_for_the_others(terms, name, column, value):
    has = (CUSTOMERS[column] == value).to_numpy()
    assert term(terms, name).tolist() == has.astype(float).tolist()
    assert 0 < has.sum() < len(CUSTOMERS)


def test_streaming_services_are_counted(terms):
    count = sum((CUSTOMERS[name] == "Yes").to_numpy().astype(int) for name in ("StreamingTV", "StreamingMovies"))
    assert term(terms, "streaming_services").tolist() == count.tolist()
    assert set(count) == {0, 1, 2}


def test_charges_gender_and_partner_are_no_readable_terms():
    used = {column for term in TERMS for column in term.columns}
    assert used.isdisjoint({"MonthlyCharges", "TotalCharges", "gender", "Partner", TELCO.target, TELCO.id})
    assert all(column in TELCO for column in used)


@pytest.mark.parametrize("one", EVERY_TERM.values(), ids=EVERY_TERM)
def test_a_term_needs_no_other_columns_than_it_names(one):
    named = dict.fromkeys([*one.columns, *(one.only or ())[:1]])
    assert one.compute(CUSTOMERS[list(named)]).tolist() == one.compute(CUSTOMERS).tolist()
    assert [one.compute_one({name: customer[name] for name in named}) for customer in RECORDS] == one.compute(CUSTOMERS).tolist()


@every_encoding
def test_every_term_has_a_name_and_a_meaning_of_its_own(terms):
    assert len({term.name for term in terms}) == len({term.meaning for term in terms}) == len(terms)


@every_encoding
def test_terms_are_told_by_columns_of_the_schema_and_never_by_the_target_or_the_id(terms):
    used = {column for term in terms for column in term.columns}
    assert used <= {column.name for column in TELCO.inputs if column.role != "id"}


# The plain encoding


def test_the_plain_terms_are_every_feature_as_it_comes_or_one_hot():
    assert {column for term in PLAIN_TERMS for column in term.columns} == {c.name for c in TELCO.inputs if c.role != "id"}
    for column in (c for c in TELCO.inputs if c.role != "id"):
        own = [term for term in PLAIN_TERMS if term.columns == (column.name,)]
        values = matrix(tuple(own), CUSTOMERS)
        if column.kind != "category":
            assert values[:, 0].tolist() == CUSTOMERS[column.name].tolist() and len(own) == 1
        else:
            one_hot = pd.get_dummies(CUSTOMERS[column.name]).to_numpy(dtype=float)  # in the order of the allowed values
            assert values.tolist() == one_hot[:, 1 if len(column.allowed) == 2 else 0 :].tolist()


def test_the_polynomial_terms_are_the_plain_ones_and_every_square_and_product_of_the_numbers():
    numbers = [c.name for c in TELCO.inputs if c.kind in ("whole", "number")]
    assert POLYNOMIAL_TERMS[: len(PLAIN_TERMS)] == PLAIN_TERMS
    products = POLYNOMIAL_TERMS[len(PLAIN_TERMS) :]
    assert len(products) == len({frozenset(p.columns) for p in products}) == comb(len(numbers) + 1, 2)
    for product in products:
        a, b = product.columns
        assert {a, b} <= set(numbers)
        assert product.compute(CUSTOMERS).tolist() == (CUSTOMERS[a].astype(float) * CUSTOMERS[b].astype(float)).tolist()


# The first step of a pipeline


@every_encoding
def test_the_step_of_a_pipeline_is_the_matrix_and_learns_nothing(terms):
    step = Terms(terms)
    assert step.transform(CUSTOMERS).tobytes() == matrix(terms, CUSTOMERS).tobytes()
    assert step.fit(CUSTOMERS.head(3)).transform(CUSTOMERS).tobytes() == matrix(terms, CUSTOMERS).tobytes()


@every_encoding
def test_the_columns_of_the_matrix_are_in_the_order_of_the_terms_whatever_the_order_of_the_customers_columns(terms):
    backwards = CUSTOMERS[list(reversed(CUSTOMERS.columns))]
    values = matrix(terms, backwards)
    assert all(values[:, k].tolist() == term.compute(CUSTOMERS).tolist() for k, term in enumerate(terms))


@every_encoding
def test_terms_come_back_the_same_from_a_file(terms):
    again = pickle.loads(pickle.dumps(terms))
    assert again == terms
    assert matrix(again, CUSTOMERS).tobytes() == matrix(terms, CUSTOMERS).tobytes()
