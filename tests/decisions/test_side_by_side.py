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
from churn_core.model.candidates import build
from churn_core.model.metrics import calibration_error
from churn_core.model.registry import Version
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
    said, same = unseen_probability(version, dataset)
    assert same and said.tobytes() == version.out_of_fold.tobytes() != probability.tobytes()


def test_of_other_customers_the_model_is_asked(version, dataset, probability):
    said, same = unseen_probability(version, replace(dataset, sha256="b" * 64))
    assert not same and said.tobytes() == probability.tobytes()


def test_of_as_many_other_customers_and_of_fewer_of_the_same_file_the_model_is_asked(version, dataset):
    some = replace(dataset, customers=dataset.customers.iloc[:100])
    said, same = unseen_probability(version, some)
    assert not same and said.tobytes() == churn_probability(version.model, some.customers).tobytes()
