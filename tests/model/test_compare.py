"""The comparison of candidates: paired, by one protocol, as one JSON value."""

import numpy as np
import pytest

from churn_core.errors import DataError, ModelError
from churn_core.model import compare as comparing
from churn_core.model import cross_validation, evaluate
from churn_core.model.candidates import build
from churn_core.model.comparison_file import out_of_fold, packed
from churn_core.model.cross_validation import Protocol
from churn_core.schema.telco import TELCO
from tests.model.rounds import CHURNED, MEASURES, NAMES, OURS, PROTOCOL, ROUNDS, Rounds, dataset, kept_files, measured, run, stop

# What a comparison says


def test_plain_logistic_regression_is_always_in_it_once_and_first(whole, tmp_path):
    assert list(whole["models"]) == ["logistic_plain", *NAMES]
    alone = run(tmp_path, names=())
    assert list(alone["models"]) == ["logistic_plain"]
    again = run(tmp_path, names=("logistic", "logistic_plain", "logistic"))
    assert list(again["models"]) == ["logistic_plain", "logistic"]


def test_a_candidate_has_the_measures_that_the_protocol_gives_it_whoever_it_is_compared_with(whole, tmp_path):
    for name, said in whole["models"].items():
        held_out = cross_validation.cross_validate(build(name), OURS.customers, CHURNED, PROTOCOL)
        by_fold = evaluate.metrics_by_fold(held_out, OURS.customers, CHURNED, PROTOCOL, schema=TELCO)
        expected = evaluate.summary(held_out, by_fold, CHURNED)
        assert {key: said[key] for key in expected} == expected
    fewer = run(tmp_path, names=NAMES[1:])
    assert measured(fewer)["models"][NAMES[1]] == measured(whole)["models"][NAMES[1]]


def test_a_model_against_itself_is_no_different(whole):
    for difference in whole["models"]["logistic_plain"]["minus_plain_logistic"].values():
        assert difference == {"mean": 0, "low": 0, "high": 0}


@pytest.mark.parametrize("measure", MEASURES)
def test_differences_are_paired_fold_by_fold(whole, measure):
    by_fold = {}
    for name in ("logistic_plain", "logistic_balanced"):
        held_out = cross_validation.cross_validate(build(name), OURS.customers, CHURNED, PROTOCOL)
        by_fold[name] = evaluate.metrics_by_fold(held_out, OURS.customers, CHURNED, PROTOCOL, schema=TELCO)[measure]
    expected = evaluate.paired_interval(by_fold["logistic_balanced"] - by_fold["logistic_plain"], PROTOCOL)
    said = whole["models"]["logistic_balanced"]["minus_plain_logistic"][measure]
    assert said == expected and said["low"] < said["mean"] < said["high"]
    means = [whole["models"][name][measure]["mean"] for name in by_fold]
    assert said["mean"] == pytest.approx(means[1] - means[0])


def test_it_says_of_whom_how_with_what_and_what_needs_no_model(whole):
    assert whole["data"] == {"name": OURS.name, "sha256": OURS.sha256, "rows": 300, "churn_rate": CHURNED.mean()}
    assert whole["protocol"] == {"folds": 3, "repeats": 2, "seed": 0} and whole["cores"] == 1
    assert whole["policies"] == evaluate.simple_policies(OURS.customers, CHURNED, PROTOCOL, schema=TELCO)
    assert {"python", "scikit-learn", "numpy"} <= set(whole["packages"])
    assert all(said["seconds"] >= 0 for said in whole["models"].values())


def test_held_out_probabilities_are_kept_to_one_in_65535_in_the_order_of_the_customers(whole):
    for name in whole["models"]:
        held_out = cross_validation.cross_validate(build(name), OURS.customers, CHURNED, PROTOCOL)[0]
        assert out_of_fold(whole, name) == pytest.approx(held_out, abs=0.5000001 / 65_535)
        assert not np.array_equal(out_of_fold(whole, name), held_out)  # two bytes each, no more


def test_certainty_is_kept_exactly():
    for certain in (0.0, 1.0):
        stored = {"models": {"it": {"out_of_fold": packed(np.array([certain]))}}}
        assert out_of_fold(stored, "it").tolist() == [certain]


@pytest.mark.slow
def test_two_cores_measure_the_same_as_one(whole, tmp_path):
    rounds = Rounds()
    two = run(tmp_path, report=rounds, cores=2)
    assert measured(two) == measured(whole) and two["cores"] == 2
    assert rounds.count == ROUNDS


def test_what_everything_is_compared_by_default_can_be_built_and_is_named_once():
    assert len(set(comparing.ALL)) == len(comparing.ALL)
    for name in comparing.ALL:
        build(name)


# Refusals


@pytest.mark.parametrize("names", [("logistik",), ("logistic", "xgbost+tuned"), ("random_forest+tuned",)], ids=str)
def test_an_unknown_name_is_refused_before_anything_is_computed(monkeypatch, tmp_path, names):
    monkeypatch.setattr(cross_validation, "held_out_probability", lambda *_: pytest.fail("a round was computed"))
    rounds = Rounds()
    with pytest.raises(ModelError):
        run(tmp_path, names=names, report=rounds)
    assert rounds.count == 0 and kept_files(tmp_path) == []


def test_more_folds_than_customers_who_left_are_refused_before_anything_is_computed(tmp_path):
    few = dataset(rows=60)
    with pytest.raises(DataError, match="folds need at least"):
        run(tmp_path, of=few, protocol=Protocol(folds=60, repeats=1))
    assert kept_files(tmp_path) == []


# Progress


def test_the_share_that_is_done_grows_to_one_round_by_round(tmp_path):
    rounds = Rounds()
    run(tmp_path, report=rounds)
    assert rounds.shares == [pytest.approx(k / ROUNDS) for k in range(1, ROUNDS + 1)] and rounds.shares[-1] == 1
    assert rounds.sentences[0].startswith(f"1 of {ROUNDS} rounds, ")
    assert rounds.sentences[-1] == f"{ROUNDS} of {ROUNDS} rounds, 0 s to go"


def test_after_a_stop_the_share_goes_on_where_it_was(tmp_path):
    stop(tmp_path, after=5)
    rounds = Rounds()
    run(tmp_path, report=rounds)
    assert rounds.shares == [pytest.approx(k / ROUNDS) for k in range(6, ROUNDS + 1)]


def test_the_time_to_go_is_that_of_the_rounds_left_each_as_long_as_that_candidates_took_shared_by_the_cores():
    told = []
    progress = comparing._Progress(("quick", "slow"), 4, 2, lambda sentence, share=None: told.append((sentence, share)))
    progress.known("quick", 1.0)
    progress.done("slow", 21.0)  # left: 3 rounds of 1 s and 3 of 21 s, on two cores
    assert told == [("2 of 8 rounds, 33 s to go", 0.25)]
    progress.done("slow", 179.0)  # left: 3 of 1 s and 2 of 100 s
    assert told[1] == ("3 of 8 rounds, about 2 min to go", 0.375)


def test_of_a_candidate_without_a_round_yet_the_usual_time_is_expected():
    told = []
    progress = comparing._Progress(("known", "unknown"), 2, 1, lambda sentence, share=None: told.append(sentence))
    progress.done("known", 10.0)  # left: 1 round of 10 s, and 2 that nobody knows anything of
    assert told == ["1 of 4 rounds, 30 s to go"]
