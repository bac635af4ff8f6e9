"""Folds, those of the evaluation and those within a fit: as many who left in each, rows of one group together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression

from churn_core.model import cross_validation
from churn_core.model.candidates import ANY_SCHEMA, candidate
from churn_core.model.cross_validation import Protocol
from churn_core.model.folds import dealt
from tests.model.gym import GYM, members


@given(st.lists(st.booleans(), min_size=10, max_size=200), st.integers(2, 8), st.integers(0, 99))
def test_each_fold_holds_as_many_customers_and_as_many_who_left_but_for_one(left, folds, seed):
    churned = np.array(left, dtype=int)
    fold = dealt(churned, folds, np.random.default_rng(seed))
    for counts in (np.bincount(fold, minlength=folds), np.bincount(fold, churned, minlength=folds)):
        assert counts.max() - counts.min() <= 1


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 30)), min_size=10, max_size=200), st.integers(2, 8))
def test_rows_of_one_group_are_in_one_fold_whatever_their_numbers(rows, folds):
    churned, groups = np.array([left for left, _ in rows], dtype=int), np.array([1000 - 7 * group for _, group in rows])
    fold = dealt(churned, folds, np.random.default_rng(0), groups)
    assert all(len(set(fold[groups == group])) == 1 for group in set(groups.tolist()))


@given(st.permutations(range(60)))
def test_by_marks_the_order_in_which_customers_come_does_not_matter(order):
    churned, groups = np.arange(60) % 3 == 0, np.arange(60) // 2
    marks = np.random.default_rng(0).permutation(60).astype(np.uint64)
    fold, again = dealt(churned, 4, marks, groups), dealt(churned[order], 4, marks[order], groups[order])
    assert again.tolist() == fold[order].tolist()


def test_groups_are_told_to_the_models_that_ask_for_them():
    class Asks(LogisticRegression):
        def fit(self, customers, churned, groups=None):
            self.told_ = groups
            return super().fit(customers, churned)

    x, y, groups = np.arange(40.0)[:, None], np.arange(40) % 2, np.arange(40) // 2
    assert cross_validation.fitted(Asks(), x, y, groups).told_ is groups and cross_validation.fitted(Asks(), x, y).told_ is None
    assert cross_validation.fitted(LogisticRegression(), x, y, groups).coef_.shape == (1, 1)


def test_in_each_round_a_model_is_told_the_groups_of_those_it_learns_from(monkeypatch):
    gym, told = members(200), []

    def fitted(model, customers, churned, groups=None, weight=None):
        told.append((customers.index.tolist(), groups.tolist()))
        return clone(model).fit(customers, churned)

    monkeypatch.setattr(cross_validation, "fitted", fitted)
    groups = np.arange(200) // 2
    cross_validation.cross_validate(candidate("logistic", GYM), gym, gym["left"].to_numpy(), Protocol(repeats=1), groups)
    assert len(told) == 5 and all(of_them == groups[rows].tolist() for rows, of_them in told)


@pytest.mark.parametrize("name", ANY_SCHEMA)
def test_what_twins_say_of_each_other_makes_no_model_surer(name):
    """Everybody leaves by chance, and everybody is there twice, with a little more or less to pay."""
    rng = np.random.default_rng(5)
    gym = members(300, seed=7)
    gym["left"] = rng.integers(0, 2, 300)
    twice = gym.loc[gym.index.repeat(2)].reset_index(drop=True)
    twice["fee"] = twice["fee"] + rng.normal(0, 0.01, 600)
    new = members(500, seed=8)
    sure = [
        cross_validation.fitted(candidate(name, GYM), twice, twice["left"].to_numpy(), groups).churn_probability(new).std()
        for groups in (None, np.arange(600) // 2)
    ]
    assert sure[1] < 0.06 and sure[1] < 0.6 * sure[0]
