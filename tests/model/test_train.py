"""Customers → a registered version."""

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from churn_core import settings
from churn_core.data.cleaning.table import clean
from churn_core.data.dataset import Dataset
from churn_core.data.synthetic import generate
from churn_core.errors import DataError, ModelError, Stopped
from churn_core.model import cross_validation, evaluate
from churn_core.model.registry import METADATA, Registry
from churn_core.model.terms import TERMS, plain_terms
from churn_core.model.train import MIN_CUSTOMERS, train
from churn_core.schema.telco import TELCO

pytestmark = pytest.mark.slow

EQUATIONS = {"logistic": TERMS, "logistic_plain": plain_terms(TELCO)}


@pytest.fixture(scope="module")
def generated():
    """Customers of one's own."""
    customers, quality = clean(generate(600, seed=4, schema=TELCO), TELCO)
    return Dataset(name="own.csv", customers=customers, quality=quality, sha256="a" * 64, schema=TELCO)


@pytest.fixture(scope="module")
def trained(generated, tmp_path_factory):
    """A version of each kind of model, with the sentences and shares that were reported."""
    registry, told = Registry(tmp_path_factory.mktemp("models")), {}

    def version(name):
        steps = told.setdefault(name, [])
        return train(generated, registry, name, report=lambda sentence, share=None: steps.append((sentence, share))), steps

    return registry, {name: version(name) for name in ("logistic", "logistic_plain", "lightgbm", "logistic_balanced")}


@pytest.fixture(scope="module")
def real(workspace):
    """The version that the first start trains on the real customers."""
    return workspace.version


def some_of(dataset: Dataset, rows) -> Dataset:
    return replace(dataset, name="some.csv", customers=dataset.customers.loc[rows])


# What is registered


def test_the_versions_are_registered_and_the_first_is_in_production(trained):
    registry, versions = trained
    assert registry.production_id() == versions["logistic"][0].model_id
    assert {v["model_id"] for v in registry.versions()} == {v.model_id for v, _ in versions.values()}


def test_the_metadata_say_what_it_is_and_from_which_data(real, telco):
    assert real.metadata["name"] == "logistic"
    assert real.metadata["data"] == {
        "name": telco.name,
        "sha256": telco.sha256,
        "rows": 7043,
        "churn_rate": pytest.approx(1869 / 7043),
        "generated": False,
    }
    assert real.metadata["protocol"] == {"folds": 5, "repeats": 4, "seed": 0}


def test_the_metadata_say_how_good_it_is_by_every_measure(real):
    metrics = real.metadata["metrics"]
    assert set(evaluate.METRICS) <= set(metrics)
    assert {"pooled_calibration_error", "calibration_noise", "mean_probability_minus_churn_rate"} <= set(metrics)
    assert metrics["auc"]["mean"] > real.metadata["plain_logistic"]["auc"]["mean"]
    assert real.metadata["auc_minus_plain_logistic"]["low"] > 0


@pytest.mark.parametrize("of", ["metrics", "plain_logistic"])
def test_the_metadata_say_what_each_policy_earned_at_each_campaign(real, of):
    profit = real.metadata[of]["profit_per_1000"]
    assert set(profit) == set(evaluate.CAMPAIGNS) == {"10/.3", "25/.3", "50/.15", "100/.3"}
    for by_policy in profit.values():
        assert set(by_policy) == {"threshold 0.5", "global break-even", "per-customer break-even"}


def test_the_figures_are_those_of_the_protocol(trained, generated):
    """Measured again from the same splits; the first repeat is what the version keeps of every customer."""
    version, churned = trained[1]["logistic"][0], generated.customers[TELCO.target].to_numpy()
    held_out = cross_validation.cross_validate(version.model, generated.customers, churned)
    assert version.out_of_fold.tobytes() == held_out[0].tobytes()
    by_fold = evaluate.metrics_by_fold(held_out, generated.customers, churned, schema=TELCO)
    assert version.metadata["metrics"] == evaluate.summary(held_out, by_fold, churned)


def test_on_the_real_customers_every_line_of_the_bar_is_met(real):
    bar = {line["what"]: line for line in real.metadata["bar"]}
    assert set(bar) == set(evaluate.BAR)
    assert [what for what, line in bar.items() if not line["met"]] == []
    metrics = real.metadata["metrics"]
    assert bar["auc"]["value"] == metrics["auc"]["mean"] and bar["auc"]["least"] == 0.849
    assert bar["profit 50/.15"]["value"] == metrics["profit_per_1000"]["50/.15"]["per-customer break-even"]


def test_on_other_customers_there_is_no_bar(trained):
    assert all(version.metadata["bar"] == [] for version, _ in trained[1].values())


def test_the_metadata_are_json_and_stand_in_the_file_as_they_are(trained):
    registry, versions = trained
    for version, _ in versions.values():
        content = (registry.folder / version.model_id / METADATA).read_text()
        assert json.loads(content) == version.metadata
        assert "NaN" not in content and "Infinity" not in content


def test_it_names_the_packages_that_made_it(real):
    assert {"python", "scikit-learn", "pandas", "numpy", "scipy"} <= set(real.metadata["packages"])


def test_it_keeps_a_held_out_probability_of_every_customer(real, telco):
    assert real.out_of_fold.shape == (7043,)
    assert ((real.out_of_fold > 0) & (real.out_of_fold < 1)).all()
    fitted = real.model.predict_proba(telco.customers)[:, 1]
    assert not np.isclose(fitted, real.out_of_fold, rtol=1e-9).any()


def test_what_is_loaded_again_says_the_same(trained, generated):
    registry, versions = trained
    for version, _ in versions.values():
        loaded = registry.load(version.model_id)
        assert loaded.out_of_fold.tobytes() == version.out_of_fold.tobytes()
        said = loaded.model.predict_proba(generated.customers)
        assert said.tobytes() == version.model.predict_proba(generated.customers).tobytes()


# The equation


@pytest.mark.parametrize("name", EQUATIONS)
def test_the_equation_in_the_metadata_gives_the_probability_by_hand(trained, generated, name):
    version = trained[1][name][0]
    by_term = {term.meaning: term for term in EQUATIONS[name]}
    assert [line["term"] for line in version.metadata["terms"]] == list(by_term)
    log_odds = np.full(len(generated.customers), version.metadata["intercept"])
    for line in version.metadata["terms"]:
        log_odds += line["coefficient"] * by_term[line["term"]].compute(generated.customers)
    assert expit(log_odds) == pytest.approx(version.model.predict_proba(generated.customers)[:, 1], abs=1e-12)


def test_an_odds_ratio_is_the_exponential_of_its_coefficient_and_an_interval_is_about_what_it_is_of(real, trained):
    for version in (real, *(trained[1][name][0] for name in EQUATIONS)):
        for line in version.metadata["terms"]:
            assert line["odds_ratio"] == pytest.approx(np.exp(line["coefficient"]))
            of = line["odds_ratio"] if line["unpenalised"] is None else line["unpenalised"]
            assert 0 < line["low"] < of < line["high"]
            assert of**2 == pytest.approx(line["low"] * line["high"])  # symmetric in log-odds
    for line in real.metadata["terms"]:
        assert line["low"] < line["odds_ratio"] < line["high"] and line["unpenalised"] is not None
    shrunken = {line["term"] for line in trained[1]["logistic_plain"][0].metadata["terms"] if line["unpenalised"] is None}
    assert {"Contract: One year", "Contract: Two year"} <= shrunken


def test_the_intervals_are_narrower_on_more_customers(real, trained):
    of_many, of_few = real.metadata["terms"], trained[1]["logistic"][0].metadata["terms"]
    assert [line["term"] for line in of_many] == [line["term"] for line in of_few]
    for many, few in zip(of_many, of_few, strict=True):
        assert many["high"] / many["low"] < few["high"] / few["low"]


def test_where_customers_were_weighted_there_are_terms_but_no_intervals(trained):
    """They would pretend to come from customers who were never there."""
    terms = trained[1]["logistic_balanced"][0].metadata["terms"]
    assert terms and not any({"low", "high"} & set(line) for line in terms)


def test_a_booster_can_be_trained_and_has_no_equation(trained):
    metadata = trained[1]["lightgbm"][0].metadata
    assert not {"terms", "intercept"} & set(metadata)
    assert metadata["name"] == "lightgbm" and 0.5 < metadata["metrics"]["auc"]["mean"] < 1


def test_the_plain_model_differs_from_itself_by_nothing(trained):
    metadata = trained[1]["logistic_plain"][0].metadata
    assert metadata["auc_minus_plain_logistic"] == {"mean": 0, "low": 0, "high": 0}
    assert metadata["metrics"] == metadata["plain_logistic"]


def test_every_model_is_measured_beside_the_same_plain_one(trained):
    beside = [version.metadata["plain_logistic"] for version, _ in trained[1].values()]
    assert all(each == beside[0] for each in beside)


# What is told


def test_each_step_is_told_with_its_share_of_the_whole(trained):
    for version, steps in trained[1].values():
        shares = [share for _, share in steps]
        assert shares == sorted(shares) and shares[0] == 0 and shares[-1] == 1
        assert shares.count(1) == 1 and len(shares) == cross_validation.PROTOCOL.rounds + 2
        sentences = list(dict.fromkeys(sentence for sentence, _ in steps))
        assert len(sentences) == 3 and version.model_id in sentences[-1] and "5 × 4 folds" in sentences[0]


@pytest.mark.parametrize("after", [0, 7, cross_validation.PROTOCOL.rounds])
def test_who_stops_it_leaves_nothing_registered(generated, tmp_path, after):
    """While it is checked, and before it is trained on everybody."""
    registry, steps = Registry(tmp_path / "models"), iter(range(99))

    def stop(sentence, share):
        if next(steps) == after:
            raise Stopped("Stopped.")

    with pytest.raises(Stopped):
        train(generated, registry, report=stop)
    assert next(steps) == after + 1
    assert registry.versions() == [] and not registry.folder.exists()


# What cannot be learned from


def test_too_few_customers_are_refused_and_nothing_is_registered(generated, tmp_path):
    registry = Registry(tmp_path)
    few = some_of(generated, generated.customers.index[: MIN_CUSTOMERS - 1])
    with pytest.raises(DataError, match="some.csv has 199 usable customers; at least 200 are needed"):
        train(few, registry)
    assert registry.versions() == []


def test_the_fewest_that_are_enough_are_enough(generated, tmp_path):
    churned = generated.customers[TELCO.target]
    stayed, left = churned.index[churned == 0], churned.index[churned == 1]
    rows = stayed[: MIN_CUSTOMERS - settings.FOLDS].union(left[: settings.FOLDS])
    assert train(some_of(generated, rows), Registry(tmp_path)).metadata["data"]["rows"] == MIN_CUSTOMERS


@pytest.mark.parametrize("left", [0, 1])
@pytest.mark.parametrize("others", [0, settings.FOLDS - 1])
def test_customers_who_nearly_all_left_or_stayed_teach_nothing(generated, tmp_path, left, others):
    customers = generated.customers.copy()
    customers[TELCO.target] = np.where(np.arange(len(customers)) < others, 1 - left, left)
    with pytest.raises(DataError, match="needs customers who left and customers who stayed, at least 5 of each"):
        train(replace(generated, customers=customers), Registry(tmp_path))
    assert Registry(tmp_path).versions() == []


def test_an_unknown_model_is_refused_before_anything_is_done(generated, tmp_path):
    with pytest.raises(ModelError, match="There is no model named 'magic'"):
        train(generated, Registry(tmp_path / "models"), "magic", report=lambda *said: pytest.fail("it began"))
    assert not (tmp_path / "models").exists()
