"""Any company's customers: every candidate, its reasons and its versions, for a schema that nobody wrote terms for."""

import functools

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit

from churn_core.model import evaluate
from churn_core.model.candidates import NAMES, candidate
from churn_core.model.compare import compare
from churn_core.model.cross_validation import Protocol
from churn_core.model.explain import drivers, explain
from churn_core.model.reasons import explained, top_reasons
from churn_core.model.registry import Registry
from churn_core.model.terms import TERMS, features, plain_terms, polynomial_terms, readable_terms
from churn_core.model.train import train
from churn_core.schema import Column, Schema
from churn_core.schema.telco import TELCO
from tests.model.gym import GYM, gym_dataset, members

MEMBERS = members()
LEFT = MEMBERS["left"].to_numpy()
SOME = MEMBERS.iloc[::20]
EVERY = (*NAMES, "logistic+tuned", "logistic+isotonic", "logistic_balanced+sigmoid")
FAST = {  # fewer trees: nothing of these laws depends on their number
    "random_forest": {"estimator__model__n_estimators": 5},
    "hist_gradient_boosting": {"estimator__model__max_iter": 5},
    "ensemble_voting": {"estimator__random_forest__estimator__model__n_estimators": 5},
    "ensemble_stacking": {"estimator__random_forest__estimator__model__n_estimators": 5},
}


@functools.cache
def fitted(name: str):
    return candidate(name, GYM).set_params(**FAST.get(name, {})).fit(MEMBERS, LEFT)


# Its terms


def test_hand_written_terms_serve_the_schema_they_fit_and_no_other():
    assert readable_terms(TELCO) == TERMS
    for column in TELCO.columns:
        fewer = Schema(name="fewer", columns=tuple(c for c in TELCO.columns if c.name != column.name))
        looked_at = any(column.name in term.rests_on for term in TERMS)
        assert (readable_terms(fewer) == TERMS) is not looked_at


def test_a_value_that_the_schema_does_not_have_is_no_value_of_a_term():
    other = [Column(name="Contract", label="Contract", kind="category", allowed=("weekly", "monthly"))]
    columns = (*(c for c in TELCO.columns if c.name != "Contract"), *other)
    assert readable_terms(Schema(name="other contracts", columns=columns)) != TERMS


def test_the_readable_terms_of_any_schema_tell_tenure_twice_and_leave_out_free_text_ids_and_the_target():
    assert [term.name for term in readable_terms(GYM)] == [
        "months_years",
        "log_months",
        "plan=basic",
        "plan=plus",
        "plan=premium",
        "visits",
        "weight_change",
        "student",
        "trainer=Yes",
        "sessions=none",
        "sessions=few",
        "sessions=many",
        "fee",
    ]


def test_a_total_charge_is_told_by_tenure_and_monthly_charge():
    total = Column(name="paid", label="Paid", kind="number", role="total_charge")
    both = Schema(name="both", columns=(*GYM.columns, total))
    assert readable_terms(both) == readable_terms(GYM)


@pytest.mark.parametrize(
    "terms", [readable_terms(GYM), plain_terms(GYM), polynomial_terms(GYM)], ids=["readable", "plain", "poly"]
)
def test_every_term_of_a_schema_fits_it_and_has_a_name_of_its_own(terms):
    assert all(term.fits(GYM) for term in terms)
    assert len({term.name for term in terms}) == len({term.meaning for term in terms}) == len(terms)
    assert {name for term in terms for name in term.rests_on} <= {column.name for column in features(GYM)}


# Every candidate


@pytest.mark.parametrize("name", EVERY)
def test_every_candidate_learns_and_tells_a_table_from_its_columns_and_from_each_customer_the_same(name):
    model = fitted(name)
    said = model.churn_probability(SOME)
    assert said.shape == (len(SOME),) and ((said > 0) & (said < 1)).all() and len(set(said)) > 3
    assert model.churn_probabilities_of(SOME.to_dict("list"), GYM).tobytes() == said.tobytes()
    assert [model.churn_probability_of(one, GYM) for one in SOME.to_dict("records")] == said.tolist()


@pytest.mark.parametrize("name", EVERY)
def test_every_candidate_gives_reasons_that_add_up(name):
    explanation = explain(fitted(name), SOME, GYM)
    total = explanation.average + explanation.effects.sum(axis=1)
    probability = np.clip(fitted(name).churn_probability(SOME), 1e-6, 1 - 1e-6)
    assert total.to_numpy() == pytest.approx(logit(probability), abs=1e-4)
    assert {"member", "goal", "left"}.isdisjoint(explanation.effects)
    told = top_reasons(fitted(name), SOME, schema=GYM)
    assert (told["reason_1"] == "").equals(explanation.effects.max(axis=1) <= 0)
    assert sorted(drivers(fitted(name), SOME, GYM)) == sorted(explanation.effects)
    assert explained(fitted(name), SOME.head(1), schema=GYM)["reason"].iloc[-1] == "everything else"


def test_a_service_that_is_missing_altogether_is_told_as_the_missing_service():
    effects = explain(fitted("logistic"), SOME, GYM).effects
    without = SOME["trainer"] == "No"
    assert without.any() and (effects.loc[without, "sessions"] == 0).all() and (effects.loc[without, "trainer"] != 0).all()


# Its versions


def test_a_version_of_another_company_is_trained_measured_kept_and_loaded(tmp_path):
    registry = Registry(tmp_path)
    version = train(gym_dataset(), registry, "logistic")
    loaded = registry.load(version.model_id)
    assert loaded.schema is GYM and loaded.metadata == version.metadata and loaded.metadata["schema"]["name"] == "Gym"
    assert loaded.model.churn_probability(MEMBERS).tobytes() == version.model.churn_probability(MEMBERS).tobytes()
    assert [line["term"] for line in version.metadata["terms"]] == [term.meaning for term in readable_terms(GYM)]


def test_candidates_are_compared_on_them_and_a_policy_that_needs_a_rule_of_thumb_is_left_out(tmp_path):
    result = compare(("logistic",), gym_dataset(), LEFT, tmp_path, Protocol(folds=2, repeats=1), cores=1)
    assert list(result["models"]) == ["logistic_plain", "logistic"]
    assert {tuple(by_policy) for by_policy in result["policies"].values()} == {("nobody", "everybody", "oracle")}
    assert evaluate.SIMPLE == ("nobody", "everybody", "two-field rule", "oracle")


def test_another_schema_of_the_same_customers_is_another_comparison(tmp_path):
    """What was measured by other terms is not gone on with."""
    rounds = []
    protocol = Protocol(folds=2, repeats=1)

    def run(dataset):
        rounds.clear()
        compare((), dataset, LEFT, tmp_path, protocol, lambda sentence, share=None: rounds.append(share), cores=1)
        return len(rounds)

    fewer = Schema(name="Gym", columns=tuple(column for column in GYM.columns if column.name != "visits"))
    ours = gym_dataset()
    assert run(ours) == 2 and run(ours) == 0
    theirs = type(ours)(name="", schema=fewer, customers=ours.customers, quality=ours.quality, sha256=ours.sha256)
    assert run(theirs) == 2


def test_learning_changes_no_customer():
    before = MEMBERS.copy()
    candidate("logistic", GYM).fit(MEMBERS, LEFT)
    pd.testing.assert_frame_equal(MEMBERS, before)
