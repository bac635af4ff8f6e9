"""Versions that were saved by an earlier program (tag ``before-the-house``) load, and say what they said, to the last bit.

``before_the_house`` was made by that program from generated customers: one version, and fitted models of the kinds that changed.
"""

import gzip
import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.base import clone

from churn_core.data.cleaning.table import clean
from churn_core.data.synthetic import generate
from churn_core.errors import ModelError
from churn_core.model import former, pickles
from churn_core.model.explain import explain
from churn_core.model.reasons import top_reasons
from churn_core.model.registry import METADATA, SELF_TEST, Registry
from churn_core.model.terms import TERMS, polynomial_terms
from churn_core.schema.telco import TELCO
from tests.model.versions import metadata

FOLDER = Path(__file__).parent / "before_the_house"
(VERSION,) = (path.parent.name for path in FOLDER.glob(f"*/{METADATA}"))
TESTED = json.loads((FOLDER / VERSION / SELF_TEST).read_text())
CUSTOMERS = clean(pd.DataFrame(TESTED["customers"]), TELCO)[0]
PROBABILITIES = json.loads((FOLDER / "probabilities.json").read_text())
MADE_WITH = json.loads((FOLDER / VERSION / METADATA).read_text())["packages"]["scikit-learn"]

pytestmark = pytest.mark.skipif(sklearn.__version__ != MADE_WITH, reason="pickles are of one scikit-learn alone")
every_model = pytest.mark.parametrize("name", PROBABILITIES)


def loaded(name: str):
    return pickles.loads(gzip.decompress((FOLDER / f"{name}.pickle.gz").read_bytes()))


def test_a_version_loads_and_scores_to_the_same_bits():
    version = Registry(FOLDER).load(VERSION)
    assert version.model.churn_probability(CUSTOMERS).tolist() == TESTED["churn_probability"]
    assert version.out_of_fold.shape == (version.metadata["data"]["rows"],)


def test_it_is_in_use_where_it_was_and_can_be_promoted(tmp_path):
    shutil.copytree(FOLDER, tmp_path / "models")
    registry = Registry(tmp_path / "models")
    version, why = registry.in_use()
    assert (version.model_id, why) == (VERSION, "")
    registry.promote(VERSION)


def test_its_schema_is_that_of_the_telco_sample_which_was_all_there_was():
    version = Registry(FOLDER).load(VERSION)
    assert "schema" not in version.metadata and version.schema is TELCO
    assert version.attachment("reference.json") is None


def test_its_terms_are_those_of_today_and_it_can_be_saved_as_an_equation(tmp_path):
    version = Registry(FOLDER).load(VERSION)
    assert version.model.terms == TERMS
    registry = Registry(tmp_path / "models")
    again = registry.load(registry.save(version.model, version.out_of_fold, metadata(), TELCO).model_id)
    assert again.model.churn_probability(CUSTOMERS).tolist() == TESTED["churn_probability"]


@every_model
def test_a_model_says_what_it_said_alone_in_a_table_and_with_reasons(name):
    model = loaded(name)
    assert model.churn_probability(CUSTOMERS).tolist() == PROBABILITIES[name]
    assert [model.churn_probability_of(one, TELCO) for one in CUSTOMERS.to_dict("records")] == PROBABILITIES[name]
    explanation = explain(model, CUSTOMERS, TELCO)
    told = top_reasons(model, CUSTOMERS, schema=TELCO)
    assert (told["reason_1"] == "").equals(explanation.effects.max(axis=1) <= 0)


@every_model
def test_a_model_can_learn_again(name):
    customers = clean(generate(300, seed=4, schema=TELCO), TELCO)[0]
    again = clone(loaded(name)).fit(customers, customers[TELCO.target].to_numpy())
    assert again.churn_probability(CUSTOMERS).shape == (len(CUSTOMERS),)


def test_all_functions_of_old_terms_have_names():
    assert loaded("logistic_polynomial").terms == polynomial_terms(TELCO)


def test_a_function_that_terms_never_had_is_refused():
    state = {"name": "x", "meaning": "x", "columns": ("tenure",), "value": None, "function": np.exp, "unit": "", "only": None}
    with pytest.raises(ModelError, match="exp.* which this program does not know"):
        former.renewed_term(state)
