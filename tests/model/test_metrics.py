"""Measures of probabilities against what happened, and the curves that show them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from churn_core.model import metrics

outcomes = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 1)), min_size=1, max_size=60)
with_both = outcomes.filter(lambda rows: {y for _, y in rows} == {0, 1})  # some left and some stayed


def scored(rows: int = 500):
    """Probabilities that are true, and what happened."""
    rng = np.random.default_rng(2)
    p = rng.random(rows)
    return p, (rng.random(rows) < p).astype(int)


# Calibration


def test_true_probabilities_are_calibrated_but_for_chance():
    p, y = scored(20_000)
    error = metrics.calibration_error(p, y)
    assert error < 2 * metrics.calibration_noise(p) < 0.02
    assert metrics.calibration_error(np.clip(p + 0.1, 0, 1), y) > 0.08


@given(st.floats(0, 1), st.integers(1, 50), st.integers(0, 50))
def test_the_calibration_error_of_one_probability_for_all_is_its_distance_from_the_churn_rate(p, left, stayed):
    y = np.array([1] * left + [0] * stayed)
    whole = metrics.calibration_table(np.full(len(y), p), y, bins=1)
    assert abs(whole["mean_probability"][0] - whole["churn_rate"][0]) == pytest.approx(abs(p - y.mean()), abs=1e-9)
    assert metrics.calibration_error(np.full(len(y), p), y) >= abs(p - y.mean()) - 1e-9  # bins cannot hide it


@given(outcomes)
def test_who_is_certain_and_right_has_no_calibration_error_and_expects_none_by_chance(rows):
    y = np.array([y for _, y in rows])
    assert metrics.calibration_error(y, y) == metrics.calibration_noise(y) == 0


@given(outcomes)
def test_calibration_bins_hold_every_customer_and_about_equally_many(rows):
    p, y = np.array(rows).T
    table = metrics.calibration_table(p, y)
    assert table["customers"].sum() == len(rows) and len(table) == min(len(rows), 15)
    assert table["customers"].max() - table["customers"].min() <= 1
    assert table["mean_probability"].to_numpy() @ table["customers"] == pytest.approx(p.sum())
    assert table["churn_rate"].to_numpy() @ table["customers"] == pytest.approx(y.sum())
    assert (table["mean_probability"].diff().dropna() >= -1e-12).all()
    assert ((table["low"] >= 0) & (table["low"] <= table["churn_rate"])).all()
    assert ((table["churn_rate"] <= table["high"]) & (table["high"] <= 1)).all()


def test_the_calibration_noise_is_the_error_that_true_probabilities_show_on_average():
    p, rng = np.random.default_rng(3).beta(1, 3, 400), np.random.default_rng(4)
    by_hand = [metrics.calibration_error(p, rng.random(400) < p) for _ in range(300)]
    assert metrics.calibration_noise(p) == pytest.approx(np.mean(by_hand), rel=0.05)


def test_the_calibration_noise_needs_no_draws_so_every_digit_is_certain():
    """Against 20,000 draws, whose own standard error is a hundredth of that of 2."""
    p, rng = np.sort(np.random.default_rng(3).beta(1, 3, 300)), np.random.default_rng(4)
    parts = np.array_split(np.arange(300), 15)
    happened = rng.random((20_000, 300)) < p
    errors = sum(np.abs(happened[:, part].sum(axis=1) - p[part].sum()) for part in parts) / 300
    assert metrics.calibration_noise(p) == pytest.approx(errors.mean(), abs=4 * errors.std() / np.sqrt(20_000))


def test_the_calibration_noise_is_the_same_each_time_and_halves_with_four_times_as_many_customers():
    p = np.random.default_rng(3).beta(1, 3, 500)
    assert metrics.calibration_noise(p) == metrics.calibration_noise(p[::-1])
    assert metrics.calibration_noise(np.tile(p, 4)) == pytest.approx(metrics.calibration_noise(p) / 2, rel=0.1)


def test_true_probabilities_fall_into_their_band_in_95_of_100_bins():
    p, rng = np.random.default_rng(5).beta(2, 3, 3_000), np.random.default_rng(6)
    band, inside = metrics.calibration_band(p), []
    for _ in range(100):
        rate = metrics.calibration_table(p, rng.random(3_000) < p)["churn_rate"]
        inside.append(((band["low"] <= rate) & (rate <= band["high"])).mean())
    assert np.mean(inside) == pytest.approx(0.95, abs=0.015)


@given(outcomes)
def test_the_band_is_about_the_mean_probability_of_the_same_bins_and_between_0_and_1(rows):
    p, y = np.array(rows).T
    band, table = metrics.calibration_band(p), metrics.calibration_table(p, y)
    assert band["mean_probability"].to_numpy() == pytest.approx(table["mean_probability"].to_numpy(), abs=1e-12)
    assert ((band["low"] >= 0) & (band["low"] <= band["mean_probability"])).all()
    assert ((band["mean_probability"] <= band["high"]) & (band["high"] <= 1)).all()


# Ranking


@given(with_both)
def test_the_auc_is_the_share_of_pairs_that_are_in_the_right_order(rows):
    p, y = np.array(rows).T
    left, stayed = p[y == 1][:, None], p[y == 0][None, :]
    assert metrics.auc(p, y) == pytest.approx(((left > stayed) + 0.5 * (left == stayed)).mean())


@given(with_both)
def test_the_roc_curve_runs_from_corner_to_corner_never_falls_and_has_the_auc_below_it(rows):
    p, y = np.array(rows).T
    table = metrics.roc_table(p, y)
    assert table.iloc[0].tolist() == [0, 0] and table.iloc[-1].tolist() == [1, 1]
    assert (table.diff().dropna() >= 0).all(axis=None)
    assert np.trapezoid(table["true_positive_rate"], table["false_positive_rate"]) == pytest.approx(metrics.auc(p, y))


@given(with_both)
def test_the_precision_recall_curve_runs_from_everybody_to_nobody(rows):
    p, y = np.array(rows).T
    table = metrics.precision_recall_table(p, y)
    assert table.iloc[0].tolist() == [1, pytest.approx(y.mean())] and table.iloc[-1].tolist() == [0, 1]
    assert (table["recall"].diff().dropna() <= 0).all()
    area = -(table["recall"].diff().dropna() * table["precision"].iloc[:-1].to_numpy()).sum()
    assert area == pytest.approx(average_precision_score(y, p))


@pytest.mark.parametrize("curve", [metrics.roc_table, metrics.precision_recall_table, metrics.gain_table])
def test_a_curve_is_thinned_evenly_and_keeps_both_ends(curve):
    whole, thin = curve(*scored(), points=100_000), curve(*scored(), points=20)
    assert len(thin) == 20 < len(whole)
    for end in (0, -1):
        assert thin.iloc[end].dropna().tolist() == whole.iloc[end].dropna().tolist()
    rows = set(whole.itertuples(index=False, name=None))
    assert set(thin.iloc[1:].itertuples(index=False, name=None)) <= rows


def test_contacting_everybody_finds_every_churner_and_the_riskiest_share_more_than_its_share():
    table = metrics.gain_table(*scored())
    assert table.iloc[0].tolist()[:2] == [0, 0] and np.isnan(table["lift"].iloc[0])
    assert table.iloc[-1].tolist() == [1, 1, 1]
    assert (table["gain"] >= table["contacted"] - 1e-12).all()


@given(with_both)
def test_lift_is_gain_over_the_share_contacted_and_each_row_is_that_of_its_riskiest_customers(rows):
    p, y = np.array(rows).T
    table = metrics.gain_table(p, y)
    assert len(table) == len(rows) + 1 and table["contacted"].tolist() == [k / len(rows) for k in range(len(rows) + 1)]
    for k, row in enumerate(table.itertuples()):
        if k:
            assert (row.gain, row.lift) == pytest.approx(tuple(metrics.top_share(p, y, k / len(rows)).values()))


def test_the_lift_of_everybody_is_one_and_that_of_the_riskiest_is_their_gain_over_their_share():
    p, y = scored()
    assert metrics.top_share(p, y, 1.0) == {"gain": 1.0, "lift": 1.0}
    top = metrics.top_share(p, y, 0.2)
    assert top["lift"] == pytest.approx(top["gain"] / 0.2) and top["lift"] > 1


def test_the_riskiest_share_is_at_least_one_customer():
    p, y = scored()
    y[p.argmax()] = 1
    assert metrics.top_share(p, y, 0.0) == {"gain": 1 / y.sum(), "lift": pytest.approx(len(y) / y.sum())}


# Distributions and thresholds


def test_every_customer_is_in_one_bin_of_the_probability_distributions():
    p, y = scored()
    table = metrics.probability_distributions(np.append(p, [0.0, 1.0]), np.append(y, [0, 1]))
    assert (table["churned"].sum(), table["stayed"].sum()) == (y.sum() + 1, (1 - y).sum() + 1)
    assert table["low"].iloc[0] == 0 and table["high"].iloc[-1] == 1
    assert table["high"].iloc[:-1].tolist() == table["low"].iloc[1:].tolist()
    assert (table["high"] - table["low"]).to_numpy() == pytest.approx(np.full(50, 0.02))


@given(outcomes, st.floats(0, 1))
def test_what_a_threshold_finds_and_misses_adds_up(rows, threshold):
    p, y = np.array(rows).T
    at = metrics.at_threshold(p, y.astype(int), threshold)
    assert at["contacted"] == (p >= threshold).sum() == at["found"] + at["in_vain"]
    assert at["found"] + at["missed"] == y.sum()
    assert at["precision"] * at["contacted"] == pytest.approx(at["found"])
    assert at["recall"] * y.sum() == pytest.approx(at["found"])
    assert 0 <= at["precision"] <= 1 and 0 <= at["recall"] <= 1


def test_no_threshold_contacts_nobody_and_misses_everyone_who_leaves():
    p, y = scored()
    nobody = {"contacted": 0, "found": 0, "missed": y.sum(), "in_vain": 0, "precision": 0.0, "recall": 0.0}
    assert metrics.at_threshold(p, y, None) == nobody
