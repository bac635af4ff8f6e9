"""Who is treated differently: contacts, calibration and profit by group of people."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from churn_core.campaign.economics import Campaign
from churn_core.campaign.plan import Plan
from churn_core.data.cleaning.table import clean
from churn_core.data.synthetic import generate
from churn_core.decisions.groups import treatment, widest
from churn_core.model.metrics import share_interval
from churn_core.schema import Column
from churn_core.schema.telco import TELCO

PLAN = Plan(campaign=Campaign(retention_cost=25, success_rate=0.3, clv_months=12))
WHO = {"Gender": "gender", "Senior citizen": "SeniorCitizen", "Partner": "Partner", "Dependents": "Dependents"}


@pytest.fixture(scope="module")
def customers():
    return clean(generate(700, seed=3, schema=TELCO), TELCO)[0]


@pytest.fixture(scope="module")
def churned(customers):
    return customers[TELCO.target].to_numpy()


@pytest.fixture(scope="module")
def probability(customers):
    return np.random.default_rng(0).uniform(0.02, 0.7, len(customers))


@pytest.fixture(scope="module")
def contact(probability):
    return probability > 0.3


@pytest.fixture(scope="module")
def table(customers, probability, churned, contact):
    return treatment(customers, probability, churned, contact, PLAN, TELCO)


def masks(customers):
    """Each row of the table, by hand: (column, words) → who is in it."""
    return {
        (TELCO[name].label, TELCO[name].phrase(value)): customers[name].to_numpy() == value
        for name in WHO.values()
        for value in customers[name].unique()
    }


def test_there_is_a_row_for_each_value_of_each_column_that_says_who_a_person_is(table, customers):
    assert set(zip(table["column"], table["group"], strict=True)) == set(masks(customers))
    assert set(table["column"]) == set(WHO) and not table.duplicated(["column", "group"]).any()


def test_the_groups_of_each_column_are_all_customers_and_all_contacts(table, customers, contact):
    by_column = table.groupby("column")
    assert (by_column["customers"].sum() == len(customers)).all()
    assert (by_column["contacted"].sum() == contact.sum()).all()


def test_every_figure_is_the_one_that_is_counted_by_hand(table, customers, probability, churned, contact):
    charge = customers[TELCO.monthly_charge].to_numpy()
    for row in table.itertuples():
        inside = masks(customers)[row.column, row.group]
        n, left = inside.sum(), churned[inside].sum()
        assert (row.customers, row.contacted) == (n, (inside & contact).sum())
        assert row.contact_rate == pytest.approx((inside & contact).sum() / n)
        assert row.churn_rate == pytest.approx(left / n)
        assert row.mean_probability == pytest.approx(probability[inside].mean())
        assert row.calibration_gap == pytest.approx(probability[inside].mean() - left / n)
        assert row.found == pytest.approx((inside & contact & (churned == 1)).sum() / left)
        assert row.in_vain == pytest.approx((inside & contact & (churned == 0)).sum() / (n - left))
        earned = sum(0.3 * 12 * charge[i] * churned[i] - 25 for i in np.flatnonzero(inside & contact))
        assert row.realised_profit_per_1000 == pytest.approx(1000 * earned / n)


def test_the_intervals_are_those_of_a_share(table):
    for row in table.itertuples():
        for rate, count in (("contact", row.contacted), ("churn", round(row.churn_rate * row.customers))):
            low, high = share_interval([count], row.customers)
            assert getattr(row, f"{rate}_low") == pytest.approx(low[0])
            assert getattr(row, f"{rate}_high") == pytest.approx(high[0])
            assert getattr(row, f"{rate}_low") <= getattr(row, f"{rate}_rate") <= getattr(row, f"{rate}_high")


def test_probabilities_that_are_off_for_everybody_are_off_in_every_group_and_certainties_that_came_true_in_none(
    customers, churned, contact
):
    rate = np.full(len(customers), churned.mean())
    assert not treatment(customers, np.clip(rate + 0.4, 0, 1), churned, contact, PLAN, TELCO)["calibrated"].any()
    true_of_each = np.zeros(len(customers))
    true_of_each[churned == 1] = 1.0
    assert treatment(customers, true_of_each, churned, contact, PLAN, TELCO)["calibrated"].all()


def tables_that_call_a_group_uncalibrated(customers, probability, tables: int) -> int:
    """Of so many tables of customers who left by exactly these probabilities."""
    rng, contact = np.random.default_rng(5), np.ones(len(customers), dtype=bool)
    happened = (rng.random((tables, len(customers))) < probability).astype(int)
    return sum(not treatment(customers, probability, y, contact, PLAN, TELCO)["calibrated"].all() for y in happened)


@pytest.mark.slow
@pytest.mark.parametrize("what", ["usual", "sure", "few"])
def test_at_most_5_of_100_tables_call_any_group_uncalibrated_where_all_are_calibrated(customers, probability, what):
    """However many groups there are, and however unlike the probabilities in them; 26 of 300 is three standard errors above 5 %."""
    some = customers.iloc[:40] if what == "few" else customers
    p = probability[: len(some)] ** (4 if what == "sure" else 1)
    assert tables_that_call_a_group_uncalibrated(some, p, 300) <= 26


def test_a_group_whose_probabilities_are_off_is_called_so_and_no_other(customers, probability):
    """Half as many seniors left as was said."""
    rng, senior = np.random.default_rng(6), (customers["SeniorCitizen"] == 1).to_numpy()
    everybody, contact = customers.loc[customers.index.repeat(8)], np.ones(8 * len(customers), dtype=bool)
    p, senior = np.repeat(probability, 8), np.repeat(senior, 8)
    happened = (rng.random(len(p)) < np.where(senior, p / 2, p)).astype(int)
    table = treatment(everybody, p, happened, contact, PLAN, TELCO).set_index("group")
    assert not table.loc["senior citizen", "calibrated"] and table.loc["not a senior citizen", "calibrated"]


def test_contacting_nobody_earns_nothing_and_everybody_finds_and_bothers_all(customers, probability, churned):
    nobody = treatment(customers, probability, churned, np.zeros(len(customers), dtype=bool), PLAN, TELCO)
    everybody = treatment(customers, probability, churned, np.ones(len(customers), dtype=bool), PLAN, TELCO)
    assert (nobody[["contacted", "contact_rate", "found", "in_vain", "realised_profit_per_1000"]] == 0).all(axis=None)
    assert (everybody[["contact_rate", "found", "in_vain"]] == 1).all(axis=None)
    assert (everybody["contacted"] == everybody["customers"]).all()


def test_the_profits_of_the_groups_add_up_whatever_the_campaign(customers, probability, churned, contact):
    plan = Plan(campaign=Campaign(retention_cost=5, success_rate=0.4, incentive=20, backfire_rate=0.02, fixed_cost=1000))
    table = treatment(customers, probability, churned, contact, plan, TELCO)
    whole = (table["realised_profit_per_1000"] * table["customers"]).groupby(table["column"]).sum()
    assert whole.to_numpy() == pytest.approx(whole.iloc[0])


def test_the_order_of_the_customers_changes_nothing(customers, probability, churned, contact, table):
    order = np.random.default_rng(1).permutation(len(customers))
    other = treatment(customers.iloc[order], probability[order], churned[order], contact[order], PLAN, TELCO)
    pd.testing.assert_frame_equal(other, table)


# Groups that say little or nothing


def test_a_group_without_customers_is_left_out(customers, probability, churned, contact):
    some = (customers["gender"] == "Female").to_numpy()
    table = treatment(customers[some], probability[some], churned[some], contact[some], PLAN, TELCO)
    assert table.loc[table["column"] == "Gender", "group"].tolist() == ["woman"]
    assert (table["customers"] > 0).all()


def test_where_nobody_left_there_is_nobody_to_find_and_where_all_left_nobody_to_bother(customers, probability, contact):
    women = (customers["gender"] == "Female").to_numpy()
    table = treatment(customers, probability, women.astype(int), contact, PLAN, TELCO).set_index("group")
    assert np.isnan(table.loc["man", "found"]) and np.isnan(table.loc["woman", "in_vain"])
    assert table.loc["woman", "found"] == table.loc["woman", "contact_rate"]


# The widest difference


def test_widest_is_the_column_whose_groups_differ_most_with_its_lowest_and_highest(table):
    for measure in ("contact_rate", "churn_rate", "found", "realised_profit_per_1000"):
        column, low, high = widest(table, measure)
        spread = {name: rows[measure].max() - rows[measure].min() for name, rows in table.groupby("column")}
        assert spread[column] == max(spread.values()) == high[measure] - low[measure]
        assert low["column"] == high["column"] == column


def test_widest_finds_a_group_that_is_never_contacted(customers, probability, churned):
    women = (customers["gender"] == "Female").to_numpy()
    column, low, high = widest(treatment(customers, probability, churned, women, PLAN, TELCO), "contact_rate")
    assert (column, low["group"], high["group"]) == ("Gender", "man", "woman")


def test_widest_passes_over_a_group_of_which_the_measure_is_not_known(customers, probability, contact):
    """Where nobody of a group left, the share that was found is not known: it is neither lowest nor highest."""
    seniors = (customers["SeniorCitizen"] == 1).to_numpy()
    table = treatment(customers, probability, seniors.astype(int), contact, PLAN, TELCO)
    one = table[table["column"] == "Senior citizen"]
    assert one["found"].isna().sum() == 1
    _, low, high = widest(one, "found")
    assert low["group"] == high["group"] == "senior citizen"


def test_a_number_that_says_who_a_person_is_makes_groups_that_hold_everybody(customers, probability, churned, contact):
    age = Column(name="age", label="Age", kind="whole", group="person")
    schema = replace(TELCO, columns=(*TELCO.columns, age))
    aged = customers.assign(age=np.random.default_rng(1).integers(18, 90, len(customers)))
    table = treatment(aged, probability, churned, contact, PLAN, schema)
    ages = table[table["column"] == "Age"]
    assert 2 <= len(ages) <= 6 and ages["customers"].sum() == len(aged) and ages["contacted"].sum() == contact.sum()
    assert ages["group"].iloc[0].startswith("age 18 to ")
