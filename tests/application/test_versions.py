"""What belongs to a version besides its model."""

from dataclasses import replace

import numpy as np
import pytest

from churn_core.application.versions import customers_of, measures_of, trained_on
from churn_core.errors import ModelError
from churn_core.model.measures import Measures
from churn_core.model.trained_on import FILE


def test_who_a_version_was_trained_on_is_kept_with_it(workspace):
    known = trained_on(workspace.version, lambda: pytest.fail("asked for the customers"))
    seen, place = known.find(workspace.customers, workspace.schema)
    assert seen.all() and place.tolist() == list(range(len(workspace.customers)))


def test_of_a_version_of_an_earlier_program_it_is_made_of_the_customers_that_are_still_there(workspace, workspace_home):
    before = replace(workspace.version, attachments={})
    known = trained_on(before, lambda: customers_of(before, workspace_home))
    assert known.find(workspace.customers, workspace.schema)[0].all()
    assert trained_on(before, lambda: None) is None
    assert trained_on(before, lambda: replace(workspace.dataset, sha256="b" * 64)) is None


def test_what_is_kept_of_other_customers_is_refused(workspace):
    damaged = replace(workspace.version, attachments={FILE: b"short"})
    with pytest.raises(ModelError, match="Train a new one"):
        trained_on(damaged, lambda: None)


def test_on_its_training_customers_a_version_has_the_measures_of_its_cross_validation(workspace):
    version, dataset = workspace.version, workspace.dataset
    measures = measures_of(version, dataset, workspace.probability)
    assert measures.auc == version.metadata["metrics"]["auc"]["mean"]
    assert measures.calibration_error == version.metadata["metrics"]["pooled_calibration_error"]
    assert measures.mean_probability == pytest.approx(np.mean(workspace.churned), abs=0.001)
    other = measures_of(version, replace(dataset, sha256="b" * 64), workspace.probability)
    assert other == Measures.at_once(workspace.probability, workspace.churned)
