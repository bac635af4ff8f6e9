"""The rows that come back are found on the list, and no drawn customer is ever removed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.errors import DataError
from churn_core.experiment.returned import folded, lots_of, match, one_per_customer

NAN = float("nan")


def matched(drawn: list[str], ids: list[str], salt: str = "s"):
    return match(lots_of(drawn, salt), lots_of(folded(drawn), salt), ids, salt)


@given(st.permutations([f"c{i}" for i in range(20)]))
def test_each_customer_is_found_whatever_the_order_of_the_file(ids):
    found = matched([f"c{i}" for i in range(20)], ids)
    assert [ids[row] for row in found.row] == [f"c{i}" for i in range(20)]
    assert (found.share, found.by_case, found.not_drawn) == (1.0, 0, 0)


def test_case_is_ignored_only_where_that_is_unique_on_both_sides():
    found = matched(["AB", "cd", "Ef", "eF"], ["ab", "CD", "EF"])
    assert found.row.tolist() == [0, 1, -1, -1] and found.by_case == 2
    found = matched(["AB"], ["ab", "Ab"])
    assert found.row.tolist() == [-1]


def test_who_is_not_in_the_file_has_no_value_and_who_is_not_on_the_list_is_counted():
    found = matched(["a", "b"], ["b", "x", "y"])
    values = found.of(np.array([1.0, 2.0, 3.0]))
    assert np.isnan(values[0]) and values[1] == 1.0 and found.not_drawn == 2


def test_another_salt_finds_nobody():
    drawn = ["a", "b"]
    assert match(lots_of(drawn, "s"), lots_of(drawn, "s"), drawn, "other").share == 0


def test_a_file_of_other_customers_is_refused_with_the_share():
    with pytest.raises(DataError, match="Only 50% of the customers on the list"):
        matched(["a", "b"], ["a"]).require()


def test_rows_of_one_customer_are_joined():
    found = one_per_customer(
        ["a", "a", "b", "b", "c", "c", "d", "d"],
        np.array([1.0, NAN, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0]),
        reached=np.array([0.0, 1.0, NAN, 0.0, NAN, NAN, 1.0, 1.0]),
        cost=np.array([5.0, 6.0, 1.0, NAN, NAN, NAN, 7.0, 7.0]),
    )
    assert found.ids == ("a", "b", "c", "d")
    assert found.left[[0, 2, 3]].tolist() == [1.0, 0.0, 1.0] and np.isnan(found.left[1])  # b tells both
    assert found.reached[[0, 1, 3]].tolist() == [1.0, 0.0, 1.0] and np.isnan(found.reached[2])
    assert found.cost[[0, 1, 3]].tolist() == [11.0, 1.0, 7.0] and np.isnan(found.cost[2])  # identical rows are one contact
    assert (found.repeated, found.contradicted) == (4, 1)
