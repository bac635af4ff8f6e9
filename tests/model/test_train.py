"""Customers → a registered version."""

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from churn_core import settings
from churn_core.data.dataset import Dataset
from churn_core.errors import DataError, ModelError
from churn_core.model.features import TERMS
from churn_core.model.registry import METADATA, Registry
from churn_core.model.train import MIN_CUSTOMERS, train
from churn_core.schema import TELCO


@pytest.fixture(scope="module")
def trained(telco, tmp_path_factory):
    """A version of each model, with the sentences that were reported."""
    registry, told = Registry(tmp_path_factory.mktemp("models")), {}
    return registry, {
        name: (train(telco, registry, name, report=told.setdefault(name, []).append), told[name])
        for name in ("logistic", "logistic_plain")
    }


@pytest.fixture(scope="module")
def version(trained):
    return trained[1]["logistic"][0]


def some_of(telco: Dataset, rows) -> Dataset:
    return replace(telco, name="some.csv", customers=telco.customers.loc[rows])


def test_the_version_is_registered_and_the_first_is_in_production(trained):
    registry, versions = trained
    assert registry.production_id() == versions["logistic"][0].model_id
    assert {v["model_id"] for v in registry.versions()} == {v.model_id for v, _ in versions.values()}


def test_the_metadata_say_what_it_is_and_from_which_data(version, telco):
    assert version.metadata["name"] == "logistic"
    assert version.metadata["data"] == {
        "name": telco.name,
        "sha256": telco.sha256,
        "rows": 7043,
        "churn_rate": pytest.approx(1869 / 7043),
        "generated": False,
    }
    assert version.metadata["protocol"] == {"folds": 5, "repeats": 4, "seed": 0}


def test_the_metadata_say_how_good_it_is_by_every_measure_of_the_bar(version):
    metrics = version.metadata["metrics"]
    assert {"auc", "average_precision", "log_loss", "brier", "calibration_error"} <= set(metrics)
    assert {"pooled_calibration_error", "mean_probability_minus_churn_rate"} <= set(metrics)
    assert set(metrics["profit_per_1000_per_customer"]) == {"10/.3", "25/.3", "50/.15", "100/.3"}
    assert metrics["auc"]["mean"] > version.metadata["plain_logistic"]["auc"]["mean"]
    assert version.metadata["auc_minus_plain_logistic"]["low"] > 0


def test_the_metadata_are_json_and_stand_in_the_file_as_they_are(trained, version):
    content = (trained[0].folder / version.model_id / METADATA).read_text()
    assert json.loads(content) == version.metadata
    assert "NaN" not in content and "Infinity" not in content


def test_it_names_the_packages_that_made_it(version):
    assert {"python", "scikit-learn", "pandas", "numpy", "joblib"} <= set(version.metadata["packages"])


def test_it_keeps_a_held_out_probability_of_every_customer(version, telco):
    assert version.out_of_fold.shape == (7043,)
    assert ((version.out_of_fold > 0) & (version.out_of_fold < 1)).all()
    fitted = version.model.predict_proba(telco.customers)[:, 1]
    assert not np.isclose(fitted, version.out_of_fold, rtol=1e-9).any()


def test_the_equation_in_the_metadata_gives_the_probability_by_hand(version, telco):
    equation = version.metadata
    by_term = dict(zip([term.meaning for term in TERMS], TERMS, strict=True))
    log_odds = np.full(7043, equation["intercept"])
    for line in equation["terms"]:
        log_odds += line["coefficient"] * by_term[line["term"]].compute(telco.customers)
    assert expit(log_odds) == pytest.approx(version.model.predict_proba(telco.customers)[:, 1], abs=1e-12)


def test_the_equation_of_the_plain_model_gives_the_probability_by_hand_too(trained, telco):
    version, customers = trained[1]["logistic_plain"][0], telco.customers
    log_odds = np.full(7043, version.metadata["intercept"])
    for line in version.metadata["terms"]:
        name, _, value = line["term"].partition("_")
        term = customers[name] if not value else customers[name].astype("object") == value
        log_odds += line["coefficient"] * term.to_numpy(dtype=float)
    assert expit(log_odds) == pytest.approx(version.model.predict_proba(customers)[:, 1], abs=1e-9)


def test_an_odds_ratio_is_the_exponential_of_its_coefficient(version):
    for line in version.metadata["terms"]:
        assert line["odds_ratio"] == pytest.approx(np.exp(line["coefficient"]))


def test_each_step_is_told_in_a_sentence(trained):
    _, (version, told) = trained[0], trained[1]["logistic"]
    assert len(told) == 3 and version.model_id in told[-1]


def test_the_plain_model_differs_from_itself_by_nothing(trained):
    metadata = trained[1]["logistic_plain"][0].metadata
    assert metadata["auc_minus_plain_logistic"] == {"mean": 0, "low": 0, "high": 0}
    assert metadata["metrics"] == metadata["plain_logistic"]


# What cannot be learned from


def test_too_few_customers_are_refused_and_nothing_is_registered(telco, tmp_path):
    registry = Registry(tmp_path)
    few = some_of(telco, telco.customers.index[: MIN_CUSTOMERS - 1])
    with pytest.raises(DataError, match="some.csv has 199 usable customers; at least 200 are needed"):
        train(few, registry)
    assert registry.versions() == []


@pytest.mark.parametrize("left", [0, 1])
@pytest.mark.parametrize("others", [0, settings.FOLDS - 1])
def test_customers_who_nearly_all_left_or_stayed_teach_nothing(telco, tmp_path, left, others):
    same = telco.customers.index[telco.customers[TELCO.target] == left][:300]
    other = telco.customers.index[telco.customers[TELCO.target] != left][:others]
    with pytest.raises(DataError, match="needs customers who left and customers who stayed, at least 5 of each"):
        train(some_of(telco, same.union(other)), Registry(tmp_path))


def test_the_fewest_that_are_enough_are_enough(telco, tmp_path):
    churned = telco.customers[TELCO.target]
    rows = churned.index[churned == 0][: MIN_CUSTOMERS - 5].union(churned.index[churned == 1][:5])
    assert train(some_of(telco, rows), Registry(tmp_path)).metadata["data"]["rows"] == MIN_CUSTOMERS


def test_an_unknown_model_is_refused_before_anything_is_done(telco, tmp_path):
    with pytest.raises(ModelError, match="There is no model named 'magic'"):
        train(telco, Registry(tmp_path / "models"), "magic")
    assert not (tmp_path / "models").exists()
