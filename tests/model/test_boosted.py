"""A booster for any schema: calibrated, storable, told by its columns; and blanks, which no candidate fails on."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import logit

from churn_core.model import pickles
from churn_core.model.candidates import candidate
from churn_core.model.cross_validation import Protocol, cross_validate
from churn_core.model.terms import plain_terms, readable_terms, tree_terms
from tests.model.gym import GYM, members

BLANKS = replace(GYM, columns=tuple(replace(each, blanks=each.name in ("visits", "months")) for each in GYM.columns))


@pytest.fixture(scope="module")
def gym():
    gym = members(900, seed=4)
    gym["months"] = gym["months"].astype(float)
    gym.loc[::5, "visits"] = gym.loc[1::9, "months"] = np.nan
    return gym


@pytest.fixture(scope="module")
def fitted(gym):
    return candidate("boosted", BLANKS).fit(gym, gym["left"])


def test_contributions_add_up_to_the_log_odds(fitted, gym):
    base, added = fitted.contributions(gym)
    assert np.abs(base + added.sum(axis=1) - logit(fitted.churn_probability(gym))).max() < 1e-9
    assert added.shape[1] == len(fitted.told_by)


def test_it_comes_back_from_its_bytes(fitted, gym):
    assert pickles.loads(pickles.dumps(fitted)).churn_probability(gym).tobytes() == fitted.churn_probability(gym).tobytes()


def test_as_many_are_expected_to_leave_as_left(gym):
    (said,) = cross_validate(candidate("boosted", BLANKS), gym, gym["left"].to_numpy(), Protocol(repeats=1))
    assert abs(said.mean() - gym["left"].mean()) < 0.01


@pytest.mark.parametrize("name", ["logistic", "logistic_plain", "logistic_polynomial", "lightgbm", "xgboost", "random_forest"])
def test_blank_numbers_are_learned_from_and_scored(name, gym):
    fitted = candidate(name, BLANKS).fit(gym, gym["left"])
    assert np.isfinite(fitted.churn_probability(gym)).all()
    assert fitted.churn_probability_of(gym.iloc[0].to_dict(), BLANKS) == fitted.churn_probability(gym)[0]


def test_a_number_that_may_be_blank_has_a_typical_value_and_a_term_of_being_blank():
    terms = {term.name: term for term in plain_terms(BLANKS)}
    assert terms["visits"].function == "or_typical" and terms["visits=blank"].function == "is_blank"
    said = {"visits": np.array([np.nan, 2.0])}
    assert terms["visits"].compute(said).tolist() == [terms["visits"].parameter, 2.0]
    assert terms["visits=blank"].compute(said).tolist() == [1.0, 0.0]
    assert all(
        term.compute_one({"visits": float("nan")}) == term.compute(said)[0] for name, term in terms.items() if "visits" in name
    )


def test_a_number_that_is_never_blank_has_the_terms_it_had():
    assert {term.function for term in (*plain_terms(GYM), *readable_terms(GYM))} == {"as_it_is", "years", "log1p"}
    assert plain_terms(GYM) == tree_terms(GYM)


def test_the_typical_value_is_what_the_customers_had():
    seen = replace(
        BLANKS, columns=tuple(replace(each, typical="2.5") if each.name == "visits" else each for each in BLANKS.columns)
    )
    assert next(term for term in plain_terms(seen) if term.name == "visits").parameter == 2.5
