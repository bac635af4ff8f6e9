"""Who a version was trained on: the same customers are recognised in any file, and none of them can be read from it."""

import numpy as np
import pytest

from churn_core.data.cleaning.table import clean
from churn_core.data.synthetic import generate
from churn_core.errors import ModelError
from churn_core.model.trained_on import TrainedOn
from churn_core.schema.telco import TELCO

RAW = generate(300, seed=4, schema=TELCO)
CUSTOMERS, _ = clean(RAW, TELCO)
TRAINED_ON = TrainedOn.of(CUSTOMERS, TELCO)
OTHERS, _ = clean(generate(300, seed=5, schema=TELCO).assign(customerID=[f"other {i}" for i in range(300)]), TELCO)


def test_every_training_customer_is_found_at_the_own_place_in_any_order():
    order = np.random.default_rng(0).permutation(300)
    seen, place = TRAINED_ON.find(CUSTOMERS.iloc[order], TELCO)
    assert seen.all() and place.tolist() == order.tolist()


def test_other_ids_are_other_customers_whatever_their_values():
    assert not TRAINED_ON.find(OTHERS, TELCO)[0].any()
    assert not TRAINED_ON.find(CUSTOMERS.assign(customerID="new " + CUSTOMERS["customerID"]), TELCO)[0].any()


def test_a_customer_whose_values_have_changed_is_known_and_has_no_place():
    seen, place = TRAINED_ON.find(CUSTOMERS.assign(MonthlyCharges=CUSTOMERS["MonthlyCharges"] + 1), TELCO)
    assert seen.all() and (place == -1).all()


def test_who_left_is_no_part_of_who_a_customer_is():
    assert TRAINED_ON.find(CUSTOMERS.assign(Churn=1 - CUSTOMERS["Churn"]), TELCO)[1].tolist() == list(range(300))


@pytest.mark.parametrize("without", ["here", "there", "both"])
def test_where_there_are_no_ids_the_values_say_who_it_is(without):
    nameless, _ = clean(RAW.drop(columns="customerID").iloc[::-1], TELCO)
    trained_on = TRAINED_ON if without == "here" else TrainedOn.of(nameless, TELCO)
    these = CUSTOMERS if without == "there" else nameless.iloc[::-1].set_axis(range(1, 301))
    these = these if without == "there" else clean(RAW.drop(columns="customerID"), TELCO)[0]
    seen, place = trained_on.find(these, TELCO)
    assert seen.all() and (place >= 0).all()
    assert not trained_on.find(OTHERS, TELCO)[0].any()


def test_a_customer_with_two_rows_is_found_in_the_row_with_the_same_values():
    twice = CUSTOMERS.iloc[[0, 1, 2]].assign(customerID="one")
    assert TrainedOn.of(twice, TELCO).find(twice.iloc[::-1], TELCO)[1].tolist() == [2, 1, 0]


def test_it_comes_back_from_its_file_and_the_file_holds_no_id_and_differs_each_time():
    content = TRAINED_ON.dumps()
    again = TrainedOn.loads(content, 300)
    assert again.find(CUSTOMERS, TELCO)[1].tolist() == list(range(300)) and again.dumps() == content
    assert not any(name.encode() in content for name in CUSTOMERS["customerID"])
    assert TrainedOn.of(CUSTOMERS, TELCO).dumps() != content


@pytest.mark.parametrize("content", [b"", TRAINED_ON.dumps()[:-1], TRAINED_ON.dumps() + b"x"])
def test_a_file_of_other_customers_is_refused_with_the_mend(content):
    with pytest.raises(ModelError, match="Train a new one"):
        TrainedOn.loads(content, 300)
