"""How good, and how we know: the protocol, its bars, and the measures."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KNeighborsClassifier

from churn_core import settings
from churn_core.model import evaluate
from churn_core.model.candidates import build
from churn_core.schema import TELCO

BARS = {"10/.3": 62_800, "25/.3": 52_900, "50/.15": 11_000, "100/.3": 22_000}  # money per 1,000; MODELLING.md


@pytest.fixture(scope="module")
def measured(telco):
    """Held-out probabilities, metrics by fold and summary of both models, by the protocol."""
    customers, churned, found = telco.customers, telco.customers[TELCO.target].to_numpy(), {}
    for name in ("logistic", "logistic_plain"):
        held_out = evaluate.cross_validate(build(name), customers, churned)
        by_fold = evaluate.metrics_by_fold(held_out, customers, churned)
        found[name] = (held_out, by_fold, evaluate.summary(held_out, by_fold, churned))
    return found


# The bar for the production model (MODELLING.md)


def test_it_tells_leavers_from_stayers(measured):
    auc = measured["logistic"][2]["auc"]["mean"]
    assert 0.849 <= auc < 0.86  # above .86 on this file there is a leak


def test_it_is_better_than_plain_logistic_regression_beyond_chance(measured):
    difference = measured["logistic"][1]["auc"] - measured["logistic_plain"][1]["auc"]
    interval = evaluate.paired_interval(difference)
    assert 0 < interval["low"] < interval["mean"] < interval["high"]


def test_its_probabilities_are_sharp_and_true(measured):
    metrics = measured["logistic"][2]
    assert metrics["brier"]["mean"] <= 0.1335
    assert metrics["log_loss"]["mean"] <= 0.412


def test_its_calibration_error_is_at_the_bar_as_modelling_md_rounds_it(measured):
    assert round(measured["logistic"][2]["pooled_calibration_error"], 3) <= 0.015


def test_it_predicts_as_many_leavers_as_there_are(measured):
    assert abs(measured["logistic"][2]["mean_probability_minus_churn_rate"]) <= 0.005


@pytest.mark.parametrize("campaign", BARS)
def test_contacting_by_it_earns_on_customers_it_has_not_seen(measured, campaign):
    assert measured["logistic"][2]["profit_per_1000_per_customer"][campaign] >= BARS[campaign]


def test_the_yardstick_measures_what_modelling_md_says(measured):
    metrics = measured["logistic_plain"][2]
    assert metrics["auc"]["mean"] == pytest.approx(0.8453, abs=0.0005)
    assert metrics["brier"]["mean"] == pytest.approx(0.1355, abs=0.0005)


# The protocol


def test_every_customer_is_held_out_once_in_each_repeat(measured, telco):
    held_out, by_fold, _ = measured["logistic"]
    assert held_out.shape == (settings.REPEATS, len(telco.customers))
    assert len(by_fold) == settings.FOLDS * settings.REPEATS == 20
    assert len({row.tobytes() for row in held_out}) == settings.REPEATS


def test_the_same_folds_come_again():
    labels = np.array([0, 0, 1] * 40)
    one, two = ([test.tolist() for _, test in evaluate._folds(labels)] for _ in range(2))
    assert one == two


def test_a_model_that_memorises_knows_nothing_of_those_held_out():
    rng = np.random.default_rng(8)
    x, y = pd.DataFrame({"noise": rng.random(1500)}), rng.integers(0, 2, 1500)
    memory = KNeighborsClassifier(1)
    assert roc_auc_score(y, memory.fit(x, y).predict_proba(x)[:, 1]) == 1
    for held_out in evaluate.cross_validate(memory, x, y):
        assert abs(roc_auc_score(y, held_out) - 0.5) < 0.06


def test_the_given_model_stays_unfitted(telco):
    some = telco.customers.head(300)
    model = build("logistic")
    evaluate.cross_validate(model, some, some[TELCO.target].to_numpy(), repeats=1)
    assert not hasattr(model.named_steps["logistic"], "coef_")


def test_fewer_repeats_are_the_first_ones_of_more(measured, telco):
    churned = telco.customers[TELCO.target].to_numpy()
    once = evaluate.cross_validate(build("logistic"), telco.customers, churned, repeats=1)
    assert once.tobytes() == measured["logistic"][0][:1].tobytes()


def test_the_profit_of_a_fold_is_what_its_leavers_really_saved(measured, telco):
    held_out, by_fold, _ = measured["logistic"]
    churned, charge = (telco.customers[name].to_numpy() for name in (TELCO.target, TELCO.monthly_charge))
    _, fold = next(iter(evaluate._folds(churned)))
    value = 0.3 * 12 * charge[fold]
    contact = held_out[0, fold] * value > 25
    by_hand = 1000 * (churned[fold] * value - 25)[contact].sum() / len(fold)
    assert by_fold["profit 25/.3"][0] == pytest.approx(by_hand)


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=30), st.floats(-1, 1))
def test_a_paired_interval_is_centred_on_the_mean_and_moves_with_it(differences, shift):
    here, there = evaluate.paired_interval(differences), evaluate.paired_interval(np.array(differences) + shift)
    assert here["mean"] == pytest.approx(np.mean(differences), abs=1e-12)
    assert here["mean"] - here["low"] == pytest.approx(here["high"] - here["mean"], abs=1e-9)
    assert [there[k] - here[k] for k in ("low", "mean", "high")] == pytest.approx([shift] * 3, abs=1e-6)


def test_the_paired_interval_is_wider_than_that_of_independent_folds():
    differences = np.random.default_rng(0).normal(size=20)
    interval = evaluate.paired_interval(differences)
    independent = 2.093 * differences.std(ddof=1) / np.sqrt(20)  # t quantile with 19 degrees of freedom
    assert interval["high"] - interval["mean"] == pytest.approx(independent * np.sqrt(1 + 20 / 4), rel=1e-3)


# The measures


def test_true_probabilities_are_calibrated_but_for_chance():
    rng = np.random.default_rng(5)
    p = rng.random(20_000)
    y = (rng.random(20_000) < p).astype(int)
    error = evaluate.calibration_error(p, y)
    assert error < 2 * evaluate.calibration_noise(p) < 0.02
    assert evaluate.calibration_error(np.clip(p + 0.1, 0, 1), y) > 0.08


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 1)), min_size=1, max_size=60))
def test_calibration_bins_hold_every_customer_and_about_equally_many(rows):
    p, y = np.array(rows).T
    table = evaluate.calibration_table(p, y)
    assert table["customers"].sum() == len(rows)
    assert table["customers"].max() - table["customers"].min() <= 1
    assert table["mean_probability"].to_numpy() @ table["customers"] == pytest.approx(p.sum())
    assert table["churn_rate"].to_numpy() @ table["customers"] == pytest.approx(y.sum())
    assert (table["mean_probability"].diff().dropna() >= -1e-12).all()


def scored(rows: int = 500):
    rng = np.random.default_rng(2)
    p = rng.random(rows)
    return p, (rng.random(rows) < p).astype(int)


def test_the_roc_curve_runs_from_corner_to_corner_and_never_falls():
    table = evaluate.roc_table(*scored(), points=50)
    assert table.iloc[0].tolist() == [0, 0] and table.iloc[-1].tolist() == [1, 1]
    assert (table.diff().dropna() >= 0).all(axis=None) and len(table) <= 50


def test_contacting_everybody_finds_every_churner_and_the_riskiest_share_more_than_its_share():
    table = evaluate.gain_table(*scored())
    assert table.iloc[0].tolist() == [0, 0] and table.iloc[-1].tolist() == [1, 1]
    assert (table["gain"] >= table["contacted"] - 1e-12).all()


def test_the_lift_of_everybody_is_one_and_that_of_the_riskiest_is_their_gain_over_their_share():
    p, y = scored()
    assert evaluate.top_share(p, y, 1.0) == {"gain": 1.0, "lift": 1.0}
    top = evaluate.top_share(p, y, 0.2)
    assert top["lift"] == pytest.approx(top["gain"] / 0.2) and top["lift"] > 1


def test_every_customer_is_in_one_bin_of_the_probability_distributions():
    p, y = scored()
    table = evaluate.probability_distributions(np.append(p, [0.0, 1.0]), np.append(y, [0, 1]))
    assert (table["churned"].sum(), table["stayed"].sum()) == (y.sum() + 1, (1 - y).sum() + 1)
    assert table["low"].iloc[0] == 0 and table["high"].iloc[-1] == 1


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 1)), min_size=1, max_size=30), st.floats(0, 1))
def test_what_a_threshold_finds_and_misses_adds_up(rows, threshold):
    p, y = np.array(rows).T
    at = evaluate.at_threshold(p, y.astype(int), threshold)
    assert at["contacted"] == (p >= threshold).sum() == at["found"] + at["in_vain"]
    assert at["found"] + at["missed"] == y.sum()
    assert 0 <= at["precision"] <= 1 and 0 <= at["recall"] <= 1
