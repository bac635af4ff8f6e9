"""Rounds that go on beside each other in threads share Python's list of what to warn of."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.parallel import Parallel, delayed

from churn_core.model.cross_validation import Protocol, cross_validate

CUSTOMERS = pd.DataFrame({"tenure": np.arange(40.0)})
CHURNED = np.arange(40) % 2
TWICE = Protocol(folds=4, repeats=2)


class AsAnotherThreadLeavesIt(ClassifierMixin, BaseEstimator):
    """scikit-learn at work while the list is empty, as another thread of it leaves it for a moment."""

    def __init__(self, warning: str = "") -> None:
        self.warning = warning

    def fit(self, customers, churned):
        self.classes_ = np.unique(churned)
        warnings.filters.clear()
        self.share_ = Parallel(n_jobs=None)(delayed(np.mean)(churned) for _ in range(1))[0]
        if self.warning:
            warnings.warn(self.warning, UserWarning, stacklevel=1)
        return self

    def predict_proba(self, customers):
        return np.tile([1 - self.share_, self.share_], (len(customers), 1))


def test_nobody_is_warned_that_a_thread_found_the_list_empty_and_it_is_as_before():
    before = list(warnings.filters)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        strict = list(warnings.filters)
        held_out = cross_validate(AsAnotherThreadLeavesIt(), CUSTOMERS, CHURNED, TWICE, workers=2)
        assert warnings.filters == strict
    assert warnings.filters == before
    assert held_out.shape == (2, 40) and (held_out == 0.5).all()


def test_what_a_round_warns_of_is_told_by_whoever_asked():
    with pytest.warns(UserWarning, match="^it does not converge$") as told:
        cross_validate(AsAnotherThreadLeavesIt("it does not converge"), CUSTOMERS, CHURNED, TWICE, workers=2)
    assert {each.category for each in told} == {UserWarning}


def test_with_what_is_wrong_in_a_round_the_list_is_as_before_too():
    class Fails(AsAnotherThreadLeavesIt):
        def fit(self, customers, churned):
            super().fit(customers, churned)
            raise ValueError("no")

    before = list(warnings.filters)
    with pytest.raises(ValueError, match="^no$"):
        cross_validate(Fails(), CUSTOMERS, CHURNED, TWICE, workers=2)
    assert warnings.filters == before
