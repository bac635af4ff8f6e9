"""What several models say of the same customers, and what each would decide."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from churn_core.campaign.economics import Campaign
from churn_core.campaign.objective import Objective
from churn_core.campaign.optimise import at_threshold, best_threshold, per_customer
from churn_core.campaign.plan import Plan
from churn_core.data.cleaning.table import clean
from churn_core.data.dataset import Dataset
from churn_core.data.synthetic import generate
from churn_core.decisions.decide import churn_probability
from churn_core.decisions.policies import customer_sweep
from churn_core.decisions.side_by_side import side_by_side, unseen_probability
from churn_core.errors import ModelError
from churn_core.model.candidates import build
from churn_core.model.measures import Measures
from churn_core.model.metrics import calibration_error
from churn_core.model.registry import Version
from churn_core.model.trained_on import TrainedOn
from churn_core.schema.telco import TELCO

PLANS = {
    "the usual": Plan(campaign=Campaign(retention_cost=25, success_rate=0.3, clv_months=12)),
    "with a budget": Plan(campaign=Campaign(retention_cost=25), objective=Objective(budget=1000)),
    "with an incentive": Plan(campaign=Campaign(retention_cost=5, incentive=30, backfire_rate=0.01, fixed_cost=100)),
    "with a least return": Plan(campaign=Campaign(retention_cost=25), objective=Objective(min_marginal_roi=1)),
    "that pays nobody": Plan(campaign=Campaign(retention_cost=1e6)),
}
USUAL = PLANS["the usual"]


@pytest.fixture(scope="module")
def dataset():
    customers, quality = clean(generate(600, seed=7, schema=TELCO), TELCO)
    return Dataset(name="generated.csv", customers=customers, quality=quality, sha256="a" * 64, schema=TELCO)


@pytest.fixture(scope="module")
def churned(dataset):
    return dataset.customers[TELCO.target].to_numpy()


@pytest.fixture(scope="module")
def model(dataset, churned):
    return build("logistic").fit(dataset.customers, churned)


@pytest.fixture(scope="module")
def probability(model, dataset):
    return churn_probability(model, dataset.customers)


@pytest.fixture(scope="module")
def version(model, probability):
    return Version(
        model=model, schema=TELCO, metadata={"model_id": "x", "data": {"sha256": "a" * 64}}, out_of_fold=probability * 0.5
    )


@pytest.fixture(scope="module")
def trained_on(dataset):
    return TrainedOn.of(dataset.customers, TELCO)


# Side by side


@pytest.mark.parametrize("what", PLANS)
def test_each_figure_is_the_one_that_the_campaign_itself_gives(dataset, churned, probability, what):
    customers, plan = dataset.customers, PLANS[what]
    charge = customers[TELCO.monthly_charge].to_numpy()
    (row,) = side_by_side(customers, churned, {"it": probability}, plan, TELCO).to_dict("records")

    best = best_threshold(customer_sweep(customers, probability, schema=TELCO), plan.campaign, plan.objective)
    assert row["contacted"] == best.contacted
    assert row["expected_profit"] == pytest.approx(best.expected_profit)
    if best.threshold is None:
        assert np.isnan(row["threshold"]) and row["realised_profit"] == 0 == row["contacted"]
    else:
        assert row["threshold"] == best.threshold
        back_test = customer_sweep(customers, probability, churned, schema=TELCO)
        assert row["realised_profit"] == at_threshold(back_test, plan.campaign, best.threshold).expected_profit
    each = per_customer(probability, plan.campaign.clv(charge), plan.campaign, churned, plan.objective)
    assert (row["per_customer_contacted"], row["per_customer_profit"]) == (each.contacted, each.expected_profit)


def test_the_realised_profit_is_what_the_contacts_earned_by_hand(dataset, churned, probability):
    (row,) = side_by_side(dataset.customers, churned, {"it": probability}, USUAL, TELCO).to_dict("records")
    contact = probability >= row["threshold"]
    earned = 0.3 * 12 * dataset.customers[TELCO.monthly_charge].to_numpy() * churned - 25
    assert contact.sum() == row["contacted"] > 0
    assert row["realised_profit"] == pytest.approx(earned[contact].sum())


def test_the_measures_are_those_of_the_probabilities(dataset, churned, probability):
    (row,) = side_by_side(dataset.customers, churned, {"it": probability}, USUAL, TELCO).to_dict("records")
    assert row["auc"] == pytest.approx(roc_auc_score(churned, probability))
    assert row["log_loss"] == pytest.approx(log_loss(churned, probability))
    assert row["brier"] == pytest.approx(brier_score_loss(churned, probability))
    assert row["calibration_error"] == pytest.approx(calibration_error(probability, churned))
    assert row["mean_probability"] == pytest.approx(probability.mean())


def test_the_same_model_twice_gives_the_same_row_twice_in_the_order_asked_for(dataset, churned, probability):
    table = side_by_side(dataset.customers, churned, {"b": probability, "a": probability.copy()}, USUAL, TELCO)
    assert table["model"].tolist() == ["b", "a"]
    rows = table.drop(columns="model")
    assert rows.iloc[0].equals(rows.iloc[1])


def test_a_row_does_not_depend_on_what_it_stands_beside(dataset, churned, probability):
    alone = side_by_side(dataset.customers, churned, {"it": probability}, USUAL, TELCO)
    beside = side_by_side(dataset.customers, churned, {"other": probability**2, "it": probability}, USUAL, TELCO)
    assert beside.iloc[1].equals(alone.iloc[0])


def test_a_monotone_change_leaves_the_ranking_and_changes_the_decision(dataset, churned, probability):
    """Probabilities that are all too low rank as well as before, and money is lost by them."""
    table = side_by_side(dataset.customers, churned, {"true": probability, "too low": probability**2 / 2}, USUAL, TELCO)
    true, low = table.to_dict("records")
    assert low["auc"] == true["auc"]
    assert low["threshold"] != true["threshold"] and low["contacted"] < true["contacted"]
    assert low["realised_profit"] != true["realised_profit"]
    assert low["per_customer_profit"] != true["per_customer_profit"]
    assert low["log_loss"] > true["log_loss"] and low["calibration_error"] > true["calibration_error"]


def test_a_certainty_that_was_wrong_has_a_finite_log_loss(dataset, churned):
    (row,) = side_by_side(dataset.customers, churned, {"it": 1.0 - churned}, USUAL, TELCO).to_dict("records")
    assert np.isfinite(row["log_loss"]) and row["auc"] == 0 and row["brier"] == pytest.approx(1)


def test_foresight_realises_what_it_expects(dataset, churned):
    (row,) = side_by_side(dataset.customers, churned, {"it": churned.astype(float)}, USUAL, TELCO).to_dict("records")
    assert row["realised_profit"] == pytest.approx(row["expected_profit"])
    assert row["contacted"] == churned.sum() and row["auc"] == 1


def test_no_model_gives_an_empty_table(dataset, churned):
    assert side_by_side(dataset.customers, churned, {}, USUAL, TELCO).empty


# Probabilities that no customer was fitted to


def test_of_the_customers_it_was_trained_on_the_held_out_probabilities_are_used(version, dataset, probability):
    said = unseen_probability(version, dataset)
    assert said.seen.all() and said.out_of_fold.all()
    assert said.probability.tobytes() == version.out_of_fold.tobytes() != probability.tobytes()


def test_of_other_customers_the_model_is_asked(version, dataset, probability, trained_on):
    other = replace(dataset, sha256="b" * 64, customers=dataset.customers.assign(customerID=lambda t: t["customerID"] + "x"))
    said = unseen_probability(version, other, trained_on)
    assert said.are_others and not said.out_of_fold.any() and said.probability.tobytes() == probability.tobytes()


def test_where_nothing_is_left_of_who_it_was_trained_on_the_model_is_asked_and_nothing_is_claimed(version, dataset, probability):
    said = unseen_probability(version, replace(dataset, sha256="b" * 64))
    assert said.seen is None and not said.are_others and said.probability.tobytes() == probability.tobytes()
    some = replace(dataset, customers=dataset.customers.iloc[:100])
    said = unseen_probability(version, some)
    assert said.seen is None and said.probability.tobytes() == churn_probability(version.model, some.customers).tobytes()


@pytest.mark.parametrize("saved", ["reordered", "in part", "twice over"])
def test_the_same_customers_in_another_file_get_their_held_out_probabilities(version, dataset, trained_on, saved):
    order = {
        "reordered": np.random.default_rng(2).permutation(600),
        "in part": np.arange(50, 350),
        "twice over": np.tile(np.arange(600), 2),
    }[saved]
    some = replace(dataset, sha256="b" * 64, customers=dataset.customers.iloc[order].reset_index(drop=True))
    said = unseen_probability(version, some, trained_on)
    assert said.seen.all() and said.out_of_fold.all() and not said.are_others
    assert said.probability.tobytes() == version.out_of_fold[order].tobytes()


def test_of_customers_partly_known_the_known_are_answered_out_of_fold_and_the_share_is_told(
    version, dataset, probability, trained_on
):
    new = np.arange(600) % 3 == 0
    ids = np.where(new, "new " + dataset.customers["customerID"], dataset.customers["customerID"])
    said = unseen_probability(
        version, replace(dataset, sha256="b" * 64, customers=dataset.customers.assign(customerID=ids)), trained_on
    )
    assert said.seen.tolist() == (~new).tolist() and not said.are_others
    assert said.probability.tolist() == np.where(new, probability, version.out_of_fold).tolist()


def test_a_known_customer_who_has_changed_since_is_known_and_asked_anew(version, dataset, trained_on):
    older = dataset.customers.assign(tenure=dataset.customers["tenure"] + 1)
    said = unseen_probability(version, replace(dataset, sha256="b" * 64, customers=older), trained_on)
    assert said.seen.all() and not said.out_of_fold.any()
    assert said.probability.tobytes() == churn_probability(version.model, older).tobytes()


def test_a_version_of_another_schema_says_nothing_of_these_customers(version, dataset):
    with pytest.raises(ModelError, match="is of the schema Gym.*promote x"):
        unseen_probability(replace(version, schema=replace(TELCO, name="Gym")), dataset)


# One definition of each measure


def test_the_customers_it_was_cross_validated_on_have_the_measures_of_that_in_whatever_file(
    version, dataset, churned, trained_on
):
    by_fold = {
        name: {"mean": value} for name, value in (("auc", 0.7), ("average_precision", 0.6), ("log_loss", 0.5), ("brier", 0.1))
    }
    pooled = {"pooled_calibration_error": 0.02, "calibration_noise": 0.01, "mean_probability_minus_churn_rate": 0.001}
    metadata = {"model_id": "x", "data": {"sha256": "a" * 64, "churn_rate": 0.3}, "metrics": by_fold | pooled}
    measured = replace(version, metadata=metadata)
    shuffled = replace(dataset, sha256="b" * 64, customers=dataset.customers.iloc[::-1])
    for these in (dataset, shuffled):
        said = unseen_probability(measured, these, trained_on)
        assert said.measures == Measures.cross_validated(metadata["metrics"], 0.3)
        row = side_by_side(these.customers, churned, {"it": said.probability}, USUAL, TELCO, {"it": said.measures}).iloc[0]
        assert (row["auc"], row["log_loss"], row["brier"], row["calibration_error"]) == (0.7, 0.5, 0.1, 0.02)
        assert row["mean_probability"] == pytest.approx(0.301)
    part = replace(dataset, sha256="b" * 64, customers=dataset.customers.iloc[:300])
    said = unseen_probability(measured, part, trained_on)
    assert said.measures == Measures.at_once(said.probability, churned[:300])
