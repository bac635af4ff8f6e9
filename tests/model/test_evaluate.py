"""How good, and how we know: the protocol, the measures, and what needs no model."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score
from sklearn.neighbors import KNeighborsClassifier

from churn_core import settings
from churn_core.data.cleaning.table import clean
from churn_core.data.synthetic import generate
from churn_core.errors import DataError
from churn_core.model import cross_validation, evaluate, metrics
from churn_core.model.candidates import build
from churn_core.model.cross_validation import PROTOCOL, Protocol
from churn_core.model.evaluate import BY_PROBABILITY, CAMPAIGNS, SIMPLE
from churn_core.schema.telco import TELCO


@pytest.fixture(scope="module")
def policies(customers, churned):
    return evaluate.simple_policies(customers, churned, schema=TELCO)


# The protocol


def test_the_protocol_is_five_folds_four_times_with_seed_0():
    assert Protocol(folds=5, repeats=4, seed=0) == PROTOCOL and PROTOCOL.rounds == 20


@pytest.mark.parametrize(
    "wrong",
    [
        {"folds": 1},
        {"folds": 0},
        {"folds": -5},
        {"folds": 101},
        {"folds": 2.5},
        {"folds": float("nan")},
        {"repeats": 0},
        {"repeats": -1},
        {"repeats": 1001},
        {"repeats": 1.5},
        {"seed": -1},
        {"seed": 2**32},
        {"seed": 0.5},
    ],
    ids=str,
)
def test_impossible_numbers_are_refused_by_name_with_what_is_possible(wrong):
    ((name, value),) = wrong.items()
    with pytest.raises(DataError, match=f"^{name} must be a whole number from \\d+ to \\d+, got {value}\\.$"):
        Protocol(**wrong)


@pytest.mark.parametrize("left, stayed", [(4, 100), (100, 4), (0, 100), (100, 0)])
def test_too_few_who_left_or_stayed_for_the_folds_are_refused(left, stayed):
    with pytest.raises(DataError, match=f"5 folds need at least 5 customers who left .* there are {min(left, stayed)}"):
        list(PROTOCOL.splits(np.array([1] * left + [0] * stayed)))


@given(st.integers(2, 6), st.integers(1, 3), st.integers(0, 2**32 - 1), st.integers(6, 30), st.integers(6, 30))
def test_in_each_repeat_every_customer_is_held_out_once_and_the_rest_is_trained_on(folds, repeats, seed, left, stayed):
    labels, protocol = np.array([1] * left + [0] * stayed), Protocol(folds=folds, repeats=repeats, seed=seed)
    splits = list(protocol.splits(labels))
    assert len(splits) == protocol.rounds == folds * repeats
    for repeat in range(repeats):
        held_out = [fold for _, fold in splits[repeat * folds : (repeat + 1) * folds]]
        assert sorted(np.concatenate(held_out)) == list(range(len(labels)))
        leavers = [labels[fold].sum() for fold in held_out]
        assert max(leavers) - min(leavers) <= 1
    for train, held_out in splits:
        assert sorted([*train, *held_out]) == list(range(len(labels)))


def test_the_same_folds_come_again_and_another_seed_has_others():
    labels = np.array([0, 0, 1] * 40)

    def folds(seed):
        return [fold.tolist() for _, fold in Protocol(seed=seed).splits(labels)]

    assert folds(0) == folds(0) and folds(0) != folds(1)


def test_every_probability_is_of_a_customer_held_out(measured, customers, churned):
    held_out, by_fold, _ = measured["logistic"]
    assert held_out.shape == (settings.REPEATS, len(customers)) and len(by_fold) == PROTOCOL.rounds
    assert len({row.tobytes() for row in held_out}) == settings.REPEATS
    for i, (train, fold) in enumerate(PROTOCOL.splits(churned)):
        if i in (0, 7, 19):
            alone = build("logistic").fit(customers.iloc[train], churned[train]).predict_proba(customers.iloc[fold])[:, 1]
            assert held_out[i // 5, fold].tobytes() == alone.tobytes()


def test_a_model_that_memorises_knows_nothing_of_those_held_out():
    rng = np.random.default_rng(8)
    x, y = pd.DataFrame({"noise": rng.random(1500)}), rng.integers(0, 2, 1500)
    memory = KNeighborsClassifier(1)
    assert roc_auc_score(y, memory.fit(x, y).predict_proba(x)[:, 1]) == 1
    for held_out in cross_validation.cross_validate(memory, x, y, Protocol(repeats=2)):
        assert abs(roc_auc_score(y, held_out) - 0.5) < 0.06


def test_the_given_model_stays_unfitted():
    some, _ = clean(generate(200, seed=1, schema=TELCO), TELCO)
    model = build("logistic")
    cross_validation.cross_validate(model, some, some[TELCO.target].to_numpy(), Protocol(repeats=1))
    assert not hasattr(model, "coef_")


def test_fewer_repeats_are_the_first_ones_of_more(measured, customers, churned):
    once = cross_validation.cross_validate(build("logistic"), customers, churned, Protocol(repeats=1))
    assert once.tobytes() == measured["logistic"][0][:1].tobytes()


# Measures by fold, and summed up


def test_the_measures_of_a_fold_are_those_of_its_held_out_customers(measured, churned):
    held_out, by_fold, _ = measured["logistic"]
    for i, (_, fold) in enumerate(PROTOCOL.splits(churned)):
        p, y = held_out[i // 5, fold], churned[fold]
        assert by_fold["auc"][i] == roc_auc_score(y, p) == pytest.approx(metrics.auc(p, y))
        assert by_fold["brier"][i] == pytest.approx(((p - y) ** 2).mean()) == pytest.approx(brier_score_loss(y, p))
        assert (
            by_fold["log_loss"][i] == pytest.approx(-np.log(np.where(y == 1, p, 1 - p)).mean()) == pytest.approx(log_loss(y, p))
        )
        assert by_fold["calibration_error"][i] == metrics.calibration_error(p, y)


@pytest.mark.parametrize("campaign", CAMPAIGNS)
@pytest.mark.parametrize("policy", BY_PROBABILITY)
def test_the_profit_of_a_fold_is_what_its_leavers_really_saved(measured, customers, churned, campaign, policy):
    held_out, by_fold, _ = measured["logistic"]
    cost, rate = (float(number) for number in campaign.split("/"))
    charge = customers[TELCO.monthly_charge].to_numpy()
    for i, (_, fold) in enumerate(PROTOCOL.splits(churned)):
        p, value = held_out[i // 5, fold], rate * 12 * charge[fold]
        contact = {
            "threshold 0.5": p >= 0.5,
            "global break-even": p >= cost / value.mean(),
            "per-customer break-even": p * value > cost,
        }[policy]
        by_hand = 1000 * (churned[fold] * value - cost)[contact].sum() / len(fold)
        assert by_fold[f"{campaign} {policy}"][i] == pytest.approx(by_hand)


def test_a_summary_is_the_mean_and_spread_over_the_folds(measured, churned):
    held_out, by_fold, summed_up = measured["logistic"]
    for name in evaluate.METRICS:
        assert summed_up[name] == {"mean": pytest.approx(by_fold[name].mean()), "sd": pytest.approx(by_fold[name].std())}
    assert summed_up["mean_probability_minus_churn_rate"] == pytest.approx(held_out.mean() - churned.mean())
    pooled = [metrics.calibration_error(row, churned) for row in held_out]
    assert summed_up["pooled_calibration_error"] == pytest.approx(np.mean(pooled))
    for name in CAMPAIGNS:
        assert summed_up["profit_per_1000"][name] == {p: pytest.approx(by_fold[f"{name} {p}"].mean()) for p in BY_PROBABILITY}


# What needs no model


def test_contacting_everybody_earns_what_modelling_md_says(policies):
    everybody = {name: round(by_policy["everybody"]) for name, by_policy in policies.items()}
    assert everybody == {"10/.3": 61_116, "25/.3": 46_116, "50/.15": -14_442, "100/.3": -28_884}


def test_contacting_nobody_earns_nothing(policies):
    assert [by_policy["nobody"] for by_policy in policies.values()] == [0, 0, 0, 0]


def test_nothing_earns_more_than_the_oracle(policies, measured):
    assert all(tuple(by_policy) == SIMPLE for by_policy in policies.values())
    for name, by_policy in policies.items():
        others = [by_policy[policy] for policy in SIMPLE if policy != "oracle"]
        for _, _, summed_up in measured.values():
            others += summed_up["profit_per_1000"][name].values()
        assert by_policy["oracle"] > max(others)


def test_the_oracle_contacts_who_leaves_and_is_worth_it(policies, customers, churned):
    """Over all customers; the mean over folds of about equal size is nearly that."""
    charge = customers[TELCO.monthly_charge].to_numpy()
    for name, by_policy in policies.items():
        cost, rate = (float(number) for number in name.split("/"))
        worth = (churned == 1) & (rate * 12 * charge > cost)
        assert by_policy["oracle"] == pytest.approx(1000 * (rate * 12 * charge - cost)[worth].sum() / len(churned), rel=1e-3)


def test_the_two_field_rule_contacts_fibre_customers_from_month_to_month(policies, customers, churned):
    charge = customers[TELCO.monthly_charge].to_numpy()
    rule = ((customers["Contract"] == "Month-to-month") & (customers["InternetService"] == "Fiber optic")).to_numpy()
    for name, by_policy in policies.items():
        cost, rate = (float(number) for number in name.split("/"))
        by_hand = 1000 * (rate * 12 * charge * churned - cost)[rule].sum() / len(churned)
        assert by_policy["two-field rule"] == pytest.approx(by_hand, rel=1e-3)


def test_deciding_customer_by_customer_earns_more_than_any_rule_without_a_model(policies, measured):
    for name, by_policy in measured["logistic"][2]["profit_per_1000"].items():
        assert by_policy[evaluate.RULE] > max(policies[name][policy] for policy in SIMPLE if policy != "oracle")
        assert by_policy[evaluate.RULE] == max(by_policy.values())


def test_probabilities_that_are_too_high_lose_money_where_contacts_are_dear(measured):
    for name in ("50/.15", "100/.3"):
        lost = [measured[model][2]["profit_per_1000"][name][evaluate.RULE] for model in ("logistic_plain", "logistic_balanced")]
        assert lost[0] - lost[1] > 1_600


# Paired differences


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=30), st.floats(-1, 1))
def test_a_paired_interval_is_centred_on_the_mean_and_moves_with_it(differences, shift):
    here, there = evaluate.paired_interval(differences), evaluate.paired_interval(np.array(differences) + shift)
    assert here["mean"] == pytest.approx(np.mean(differences), abs=1e-12)
    assert here["mean"] - here["low"] == pytest.approx(here["high"] - here["mean"], abs=1e-9)
    assert [there[k] - here[k] for k in ("low", "mean", "high")] == pytest.approx([shift] * 3, abs=1e-6)


@pytest.mark.parametrize("folds", [2, 5, 10])
def test_the_paired_interval_is_wider_than_that_of_independent_folds(folds):
    differences = np.random.default_rng(0).normal(size=20)
    interval = evaluate.paired_interval(differences, Protocol(folds=folds))
    independent = 2.093 * differences.std(ddof=1) / np.sqrt(20)  # t quantile with 19 degrees of freedom
    assert interval["high"] - interval["mean"] == pytest.approx(independent * np.sqrt(1 + 20 / (folds - 1)), rel=1e-3)


def test_the_production_candidate_is_ahead_of_the_yardstick_beyond_chance(ahead):
    assert 0 < ahead["low"] < ahead["mean"] < ahead["high"]
