"""What could be offered to one customer: the smallest changes that bring the probability under the break-even."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.campaign.economics import Campaign, break_even_probability
from churn_core.campaign.objective import Objective
from churn_core.campaign.plan import Plan
from churn_core.data.cleaning.table import clean
from churn_core.data.synthetic import generate
from churn_core.decisions.decide import churn_probability
from churn_core.decisions.what_if import changes, offers, smallest, with_changes
from churn_core.model.candidates import build
from churn_core.schema.telco import TELCO
from tests.decisions.conftest import CUSTOMERS, MODEL

PLAN = Plan(campaign=Campaign(retention_cost=60, success_rate=0.3, clv_months=12))
PROTECTIONS = ("OnlineSecurity", "OnlineBackup", "DeviceProtection", "TechSupport")
CONTRACTS = ("Month-to-month", "One year", "Two year")


@pytest.fixture(scope="module")
def customers():
    return clean(generate(400, seed=5, schema=TELCO), TELCO)[0]


@pytest.fixture(scope="module")
def model(customers):
    return build("logistic").fit(customers, customers[TELCO.target].to_numpy())


@pytest.fixture(scope="module")
def some(customers):
    """Single customers of every kind, each a table of one row."""
    return [customers.iloc[[i]] for i in range(40)]


def one(customers, **values):
    """The first customer with internet, with these values."""
    first = customers[customers["InternetService"] != "No"].iloc[[0]].copy()
    for name, value in values.items():
        first[name] = np.array([value], dtype=object)
        first[name] = first[name].astype(customers[name].dtype)
    return first


# Offers


def test_only_the_contract_and_the_protections_are_ever_offered(some):
    for customer in some:
        assert set(offers(customer.iloc[0], TELCO)) <= {"Contract", *PROTECTIONS}


def test_an_offer_is_always_more_than_the_customer_has(customers):
    for _, customer in customers.iterrows():
        for name, values in offers(customer, TELCO).items():
            order = CONTRACTS if name == "Contract" else ("No", "Yes")
            assert values and all(order.index(value) > order.index(customer[name]) for value in values)


def test_everything_that_is_more_is_offered(customers):
    for _, customer in customers.iterrows():
        possible = offers(customer, TELCO)
        assert possible.get("Contract", ()) == CONTRACTS[1 + CONTRACTS.index(customer["Contract"]) :]
        assert {name for name in PROTECTIONS if name in possible} == {name for name in PROTECTIONS if customer[name] == "No"}


def test_without_internet_there_is_no_protection_to_offer(customers):
    without = customers[customers["InternetService"] == "No"]
    assert len(without)
    for _, customer in without.iterrows():
        assert set(offers(customer, TELCO)) <= {"Contract"}


# Combinations


def test_every_combination_of_offers_is_there_once_and_no_other(some, model):
    for customer in some:
        possible = offers(customer.iloc[0], TELCO)
        wanted = {
            tuple((name, value) for name, value in zip(possible, values, strict=True) if value is not None)
            for values in product(*((None, *more) for more in possible.values()))
        } - {()}
        table = changes(model, customer, PLAN, TELCO)
        found = [tuple(values.items()) for values in table["values"]]
        assert set(found) == wanted and len(found) == len(wanted)


def test_the_fewest_changes_come_first_and_of_as_many_the_lowest_probability(some, model):
    for customer in some:
        table = changes(model, customer, PLAN, TELCO)
        assert [len(values) for values in table["values"]] == table["number"].tolist()
        order = list(zip(table["number"], table["churn_probability"], strict=True))
        assert order == sorted(order)


def test_each_probability_is_that_of_the_customer_with_these_changes(some, model):
    for customer in some[:15]:
        for row in changes(model, customer, PLAN, TELCO).itertuples():
            assert row.churn_probability == churn_probability(model, with_changes(customer, row.values, TELCO))[0]


def test_each_offer_is_told_in_words(customers, model):
    customer = one(customers, Contract="Month-to-month", TechSupport="No")
    table = changes(model, customer, PLAN, TELCO)
    told = {tuple(row.values.items()): row.offer for row in table.itertuples()}
    assert told[("TechSupport", "Yes"), ("Contract", "One year")] == "tech support + one-year contract"
    assert table["offer"].is_unique


def test_the_customer_is_not_changed(customers, model):
    customer = customers.iloc[[0]].copy()
    before = customer.copy()
    changes(model, customer, PLAN, TELCO)
    assert customer.equals(before) and customer.dtypes.equals(before.dtypes)


# Enough


@pytest.mark.parametrize(
    "plan",
    [
        PLAN,
        Plan(campaign=Campaign(retention_cost=1)),
        Plan(campaign=Campaign(retention_cost=40, incentive=30, backfire_rate=0.01)),
        Plan(campaign=Campaign(retention_cost=30), objective=Objective(min_marginal_roi=1)),
    ],
    ids=["dear", "cheap", "with an incentive", "with a least return"],
)
def test_an_offer_is_enough_where_contacting_would_no_longer_pay(some, model, plan):
    for customer in some:
        table = changes(model, customer, plan, TELCO)
        clv = plan.campaign.clv(customer[TELCO.monthly_charge].to_numpy())
        break_even = break_even_probability(clv, plan.campaign, plan.objective.marginal)[0]
        assert (table["enough"].astype(bool) == (table["churn_probability"] < break_even)).all()


def test_both_enough_and_not_enough_are_among_these_customers(some, model):
    enough = [changes(model, customer, PLAN, TELCO)["enough"].astype(bool) for customer in some]
    assert any(each.any() for each in enough) and any((~each).any() for each in enough)


# The smallest


def test_smallest_gives_the_fewest_changes_that_are_enough_and_the_surest_of_them(some, model):
    for customer in some:
        table = changes(model, customer, PLAN, TELCO)
        enough = table[table["enough"].astype(bool)]
        if enough.empty:
            continue
        found = smallest(table)
        as_few = enough[enough["number"] == enough["number"].min()]
        assert found["enough"].all() and 1 <= len(found) <= 3 and len(found) == min(3, len(as_few))
        assert set(found["number"]) == {enough["number"].min()}
        assert found["churn_probability"].tolist() == sorted(as_few["churn_probability"])[: len(found)]


def test_smallest_gives_no_more_than_it_is_asked_for(customers, model):
    table = changes(model, one(customers, Contract="Month-to-month"), PLAN, TELCO).assign(enough=True)
    assert [len(smallest(table, most)) for most in (1, 2)] == [1, 2]


def test_where_nothing_is_enough_smallest_gives_what_brings_it_down_furthest(customers, model):
    table = changes(model, one(customers, Contract="Month-to-month"), Plan(campaign=Campaign(retention_cost=0)), TELCO)
    assert not table["enough"].any()
    (best,) = smallest(table).itertuples()
    assert best.churn_probability == table["churn_probability"].min()


def test_a_two_year_customer_with_everything_can_be_offered_nothing(customers, model):
    customer = one(customers, Contract="Two year", **dict.fromkeys(PROTECTIONS, "Yes"))
    assert offers(customer.iloc[0], TELCO) == {}
    table = changes(model, customer, PLAN, TELCO)
    assert table.empty and table.columns.tolist() == ["offer", "number", "churn_probability", "enough", "values"]


def test_of_nothing_the_smallest_is_nothing(customers, model):
    customer = one(customers, Contract="Two year", **dict.fromkeys(PROTECTIONS, "Yes"))
    assert smallest(changes(model, customer, PLAN, TELCO)).empty


# One customer changed

choices = {c.name: st.sampled_from(c.allowed) for c in TELCO.inputs if c.kind == "category"}


@given(st.integers(0, len(CUSTOMERS) - 1), st.fixed_dictionaries({}, optional=choices))
def test_whatever_is_changed_the_services_stay_consistent_and_the_customer_clean(position, changes):
    before = CUSTOMERS.iloc[[position]]
    changed = with_changes(before, changes, TELCO)
    for column in TELCO.columns:
        if column.needs:
            assert (changed[column.name].item() == column.without) == (changed[column.needs].item() == "No")
        elif column.name in changes:
            assert changed[column.name].item() == changes[column.name]
        else:
            assert changed[column.name].item() == before[column.name].item()
    again, report = clean(changed, TELCO)
    assert report.repairs == () and again.equals(changed)


def test_nothing_changed_is_the_same_customer_and_a_change_leaves_the_original_alone(telco):
    one = telco.customers.iloc[[0]]
    before = one.copy(deep=True)
    assert with_changes(one, {}, TELCO).equals(one)
    assert churn_probability(MODEL, with_changes(one, {"Contract": "Two year"}, TELCO)) < churn_probability(MODEL, one)
    assert one.equals(before)


def test_a_service_that_is_taken_starts_without_extras(telco):
    offline = telco.customers[telco.customers["InternetService"] == "No"].head(1)
    online = with_changes(offline, {"InternetService": "DSL", "TechSupport": "Yes"}, TELCO)
    assert online["TechSupport"].item() == "Yes" and online["OnlineBackup"].item() == "No"
