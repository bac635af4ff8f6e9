"""The comparison of candidates: paired, resumable, as one JSON value."""

import copy
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from churn_core.data.cleaning.table import clean
from churn_core.data.dataset import Dataset
from churn_core.data.synthetic import generate
from churn_core.errors import ChurnError, DataError, ModelError, Stopped
from churn_core.model import compare as comparing
from churn_core.model import evaluate
from churn_core.model.candidates import build
from churn_core.model.compare import compare, forget, out_of_fold, read, table, write
from churn_core.model.evaluate import Protocol
from churn_core.schema.telco import TELCO

PROTOCOL = Protocol(folds=3, repeats=2)
NAMES = ("logistic", "logistic_balanced")
ROUNDS = 3 * PROTOCOL.rounds  # with plain logistic regression
MEASURES = ("auc", "average_precision", "log_loss", "brier")


def dataset(seed: int = 1, rows: int = 300) -> Dataset:
    customers, quality = clean(generate(rows, seed=seed, schema=TELCO), TELCO)
    return Dataset(name=f"Company {seed}", customers=customers, quality=quality, sha256=f"{seed:064d}", schema=TELCO)


OURS = dataset()
CHURNED = OURS.customers[TELCO.target].to_numpy()


class Rounds:
    """A ``report`` that counts; raises ``Stopped`` after so many rounds."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.stop_after, self.sentences, self.shares = stop_after, [], []

    def __call__(self, sentence: str, share: float) -> None:
        self.sentences.append(sentence)
        self.shares.append(share)
        if len(self.shares) == self.stop_after:
            raise Stopped("Stopped.")

    @property
    def count(self) -> int:
        return len(self.shares)


def run(kept: Path, names=NAMES, of: Dataset = OURS, protocol: Protocol = PROTOCOL, report=None, cores: int = 1) -> dict:
    churned = of.customers[TELCO.target].to_numpy()
    return compare(names, of, churned, kept, protocol, report or Rounds(), cores=cores)


def stop(kept: Path, after: int, names=NAMES) -> None:
    with pytest.raises(Stopped):
        run(kept, names, report=Rounds(stop_after=after))


def rest(kept: Path, **options) -> int:
    """How many rounds the next run computes."""
    rounds = Rounds()
    run(kept, report=rounds, **options)
    return rounds.count


def measured(comparison: dict) -> dict:
    """Without what the clock says."""
    comparison = copy.deepcopy(comparison)
    for timed in (comparison, *comparison["models"].values()):
        timed.pop("made_at", None), timed.pop("seconds"), timed.pop("cores", None)
    return comparison


def kept_files(kept: Path) -> list[Path]:
    return sorted(path for path in kept.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> dict:
    return run(tmp_path_factory.mktemp("kept"))


# What a comparison says


def test_plain_logistic_regression_is_always_in_it_once_and_first(whole, tmp_path):
    assert list(whole["models"]) == ["logistic_plain", *NAMES]
    alone = run(tmp_path, names=())
    assert list(alone["models"]) == ["logistic_plain"]
    again = run(tmp_path, names=("logistic", "logistic_plain", "logistic"))
    assert list(again["models"]) == ["logistic_plain", "logistic"]


def test_a_candidate_has_the_measures_that_the_protocol_gives_it_whoever_it_is_compared_with(whole, tmp_path):
    for name, said in whole["models"].items():
        held_out = evaluate.cross_validate(build(name), OURS.customers, CHURNED, PROTOCOL)
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
        held_out = evaluate.cross_validate(build(name), OURS.customers, CHURNED, PROTOCOL)
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
        held_out = evaluate.cross_validate(build(name), OURS.customers, CHURNED, PROTOCOL)[0]
        assert out_of_fold(whole, name) == pytest.approx(held_out, abs=0.5000001 / 65_535)
        assert not np.array_equal(out_of_fold(whole, name), held_out)  # two bytes each, no more


def test_certainty_is_kept_exactly():
    for certain in (0.0, 1.0):
        packed = {"models": {"it": {"out_of_fold": comparing._packed(np.array([certain]))}}}
        assert out_of_fold(packed, "it").tolist() == [certain]


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
    monkeypatch.setattr(evaluate, "held_out_probability", lambda *_: pytest.fail("a round was computed"))
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
    progress = comparing._Progress(("quick", "slow"), 4, 2, lambda sentence, share: told.append((sentence, share)))
    progress.known("quick", 1.0)
    progress.done("slow", 21.0)  # left: 3 rounds of 1 s and 3 of 21 s, on two cores
    assert told == [("2 of 8 rounds, 33 s to go", 0.25)]
    progress.done("slow", 179.0)  # left: 3 of 1 s and 2 of 100 s
    assert told[1] == ("3 of 8 rounds, about 2 min to go", 0.375)


def test_of_a_candidate_without_a_round_yet_the_usual_time_is_expected():
    told = []
    progress = comparing._Progress(("known", "unknown"), 2, 1, lambda sentence, share: told.append(sentence))
    progress.done("known", 10.0)  # left: 1 round of 10 s, and 2 that nobody knows anything of
    assert told == ["1 of 4 rounds, 30 s to go"]


# Stopped, and taken up again


@pytest.mark.parametrize("after", [1, 4, ROUNDS - 1])
def test_a_run_that_was_stopped_keeps_what_it_measured_and_the_next_does_only_the_rest(whole, tmp_path, after):
    stop(tmp_path, after)
    assert len(kept_files(tmp_path)) == after
    rounds = Rounds()
    result = run(tmp_path, report=rounds)
    assert rounds.count == ROUNDS - after
    assert measured(result) == measured(whole)


def test_a_run_that_was_stopped_in_its_last_round_computes_nothing_any_more(whole, tmp_path):
    stop(tmp_path, after=ROUNDS)
    rounds = Rounds()
    assert measured(run(tmp_path, report=rounds)) == measured(whole) and rounds.count == 0


def test_a_run_can_be_stopped_again_and_again(whole, tmp_path):
    for _ in range(3):
        stop(tmp_path, after=2)
    assert len(kept_files(tmp_path)) == 6
    rounds = Rounds()
    assert measured(run(tmp_path, report=rounds)) == measured(whole) and rounds.count == ROUNDS - 6


def test_a_killed_run_leaves_rounds_that_are_whole(whole, tmp_path, monkeypatch):
    """Also an error in the middle of a round ends the run, and what was measured before is kept."""
    usual, count = evaluate.held_out_probability, iter(range(100))

    def fails(*args):
        if next(count) == 3:
            raise MemoryError
        return usual(*args)

    monkeypatch.setattr(evaluate, "held_out_probability", fails)
    with pytest.raises(MemoryError):
        run(tmp_path)
    monkeypatch.setattr(evaluate, "held_out_probability", usual)
    assert rest(tmp_path) == ROUNDS - 3


def test_seconds_of_a_candidate_count_the_rounds_before_the_stop(tmp_path, monkeypatch):
    def takes_an_hour(name, i, *_):
        return name, i, np.full(100, 0.25) + i / 1000, 3600.0

    monkeypatch.setattr(comparing, "_round", takes_an_hour)
    stop(tmp_path, after=7)
    assert [said["seconds"] for said in run(tmp_path)["models"].values()] == [6 * 3600.0] * 3


def test_a_finished_run_is_kept_until_it_is_forgotten(whole, tmp_path):
    """What could not be written where it should be need not be measured again."""
    result = run(tmp_path)
    rounds = Rounds()
    assert measured(run(tmp_path, report=rounds)) == measured(whole) and rounds.count == 0
    forget(result, OURS, tmp_path)
    assert kept_files(tmp_path) == []
    assert rest(tmp_path) == ROUNDS
    forget(result, OURS, tmp_path)
    forget(result, OURS, tmp_path)  # there is nothing any more, and that is all right


def test_a_comparison_of_fewer_candidates_uses_what_another_kept_and_forgets_only_its_own(tmp_path):
    stop(tmp_path, after=9)  # three rounds of each of three
    rounds = Rounds()
    fewer = run(tmp_path, names=("logistic",), report=rounds)
    assert rounds.count == 2 * (PROTOCOL.rounds - 3)
    forget(fewer, OURS, tmp_path)
    assert len(kept_files(tmp_path)) == 3  # those of logistic_balanced


def test_forgetting_one_protocol_or_company_leaves_what_is_kept_of_another(tmp_path):
    other, theirs = Protocol(folds=3, repeats=1), dataset(seed=2)
    stop(tmp_path, after=5)
    for forgotten, of in ((run(tmp_path, protocol=other), OURS), (run(tmp_path, of=theirs), theirs)):
        forget(forgotten, of, tmp_path)
    assert len(kept_files(tmp_path)) == 5


DAMAGES = {
    "empty": lambda content: b"",
    "half": lambda content: content[: len(content) // 2],
    "one byte short": lambda content: content[:-1],
    "cut at the start": lambda content: content[:20],
    "without its start": lambda content: content[20:],
    "zeros": lambda content: bytes(len(content)),
    "words": lambda content: b"this is not an array at all",
    "a broken archive": lambda content: b"PK\x03\x04" + content[4:],
    "not a number": lambda content: content[:-8] + np.array([np.nan]).tobytes(),
    "no time": lambda content: content[:-8],
    "a probability of 7": lambda content: content[:-16] + np.array([7.0, 0.1]).tobytes(),
    "less than nothing": lambda content: content[:-16] + np.array([-0.5, 0.1]).tobytes(),
}


@pytest.mark.filterwarnings("ignore")  # numpy warns of a header that it cannot read
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_round_is_measured_again(whole, tmp_path, damage):
    stop(tmp_path, after=5)
    victim = kept_files(tmp_path)[2]
    victim.write_bytes(DAMAGES[damage](victim.read_bytes()))
    rounds = Rounds()
    result = run(tmp_path, report=rounds)
    assert rounds.count == ROUNDS - 4
    assert measured(result) == measured(whole)


@pytest.mark.filterwarnings("ignore")
def test_whatever_byte_of_a_round_is_wrong_it_is_read_as_probabilities_or_not_at_all(tmp_path):
    stop(tmp_path, after=1)
    (path,), failed = kept_files(tmp_path), []
    content = path.read_bytes()
    for position in [*range(130), len(content) - 9, len(content) - 10]:
        for wrong in (0, ord(" "), ord("("), ord(","), content[position] ^ 1, content[position] ^ 16):
            path.write_bytes(content[:position] + bytes([wrong]) + content[position + 1 :])
            try:
                again = comparing._read(path, 101)  # a third of the customers, and the seconds
                good = again is None or (again.shape == (101,) and ((again[:-1] >= 0) & (again[:-1] <= 1)).all())
            except Exception as error:
                failed.append((position, wrong, type(error).__name__))
            else:
                assert good, (position, wrong)
    assert failed == []


# What starts anew


@pytest.mark.parametrize(
    "other",
    [
        {"protocol": Protocol(folds=3, repeats=2, seed=1)},
        {"protocol": Protocol(folds=3, repeats=1)},
        {"protocol": Protocol(folds=2, repeats=3)},
        {"of": dataset(seed=2)},
        {"of": dataset(rows=299)},
    ],
    ids=["seed", "repeats", "folds", "customers", "number of customers"],
)
def test_another_protocol_or_other_customers_start_anew_and_take_nothing_from_what_is_kept(tmp_path, other):
    stop(tmp_path, after=5)
    assert rest(tmp_path, **other) == 3 * other.get("protocol", PROTOCOL).rounds
    assert rest(tmp_path) == ROUNDS - 5  # what was kept is still there


@pytest.mark.parametrize("changed", ["packages", "code"])
def test_other_packages_or_another_line_of_code_start_anew(tmp_path, monkeypatch, changed):
    stop(tmp_path, after=5)
    if changed == "packages":
        monkeypatch.setattr(comparing, "packages", lambda: {"numpy": "99.9"})
    else:
        (tmp_path / "code").mkdir()
        (tmp_path / "code" / "compare.py").write_text("# another line\n")
        monkeypatch.setattr(comparing, "__file__", str(tmp_path / "code" / "compare.py"))
    assert rest(tmp_path) == ROUNDS


# The file


def test_what_is_written_is_read_back(whole, tmp_path):
    write(whole, tmp_path / comparing.FILE)
    assert read((tmp_path,), OURS) == whole
    assert json.loads((tmp_path / comparing.FILE).read_text()) == whole


def test_a_file_has_one_line_per_model(whole, tmp_path):
    write(whole, tmp_path / comparing.FILE)
    lines = (tmp_path / comparing.FILE).read_text().splitlines()
    for name in whole["models"]:
        assert sum(line.startswith(f"  {json.dumps(name)}: ") and '"out_of_fold"' in line for line in lines) == 1


def test_a_comparison_that_cannot_be_written_leaves_the_old_one(whole, tmp_path):
    write(whole, tmp_path / comparing.FILE)
    with pytest.raises(TypeError):
        write(whole | {"cores": object()}, tmp_path / comparing.FILE)
    assert read((tmp_path,), OURS) == whole


def test_the_first_folder_that_has_one_of_these_customers_is_read(whole, tmp_path):
    empty, others, first, second = (tmp_path / name for name in ("empty", "others", "first", "second"))
    write(whole | {"data": whole["data"] | {"sha256": "of others"}}, others / comparing.FILE)
    write(whole | {"made_at": "first"}, first / comparing.FILE)
    write(whole | {"made_at": "second"}, second / comparing.FILE)
    assert read((empty, others, first, second), OURS)["made_at"] == "first"
    assert read((empty, second, first), OURS)["made_at"] == "second"


def test_a_comparison_of_other_customers_is_not_read(whole, tmp_path):
    write(whole, tmp_path / comparing.FILE)
    assert read((tmp_path,), replace(OURS, sha256="of others")) is None
    assert read((), OURS) is read((tmp_path / "nowhere",), OURS) is None


def test_a_comparison_of_another_number_of_customers_is_damaged(whole, tmp_path):
    write(whole, tmp_path / comparing.FILE)
    with pytest.raises(ModelError, match="damaged"):
        read((tmp_path,), replace(OURS, customers=OURS.customers.iloc[1:]))


def without(whole: dict, *path: str) -> str:
    changed = copy.deepcopy(whole)
    at = changed
    for key in path[:-1]:
        at = at[key]
    del at[path[-1]]
    return json.dumps(changed)


def changed(whole: dict, value: object, key: str) -> str:
    said = whole["models"]["logistic"] | {key: value}
    return json.dumps(whole | {"models": whole["models"] | {"logistic": said}})


def no_folds_at_all(whole: dict) -> str:
    nothing = {"by_fold": {measure: [] for measure in MEASURES}}
    return json.dumps(whole | {"models": {name: said | nothing for name, said in whole["models"].items()}})


SPOILT = {
    "empty": lambda whole: "",
    "half": lambda whole: json.dumps(whole)[: len(json.dumps(whole)) // 2],
    "words": lambda whole: "no comparison",
    "a number": lambda whole: "7",
    "a list": lambda whole: "[]",
    "nothing": lambda whole: "null",
    "no data": lambda whole: without(whole, "data"),
    "no hash": lambda whole: without(whole, "data", "sha256"),
    "no models": lambda whole: without(whole, "models"),
    "models as a list": lambda whole: json.dumps(whole | {"models": ["logistic"]}),
    "no probabilities": lambda whole: without(whole, "models", "logistic", "out_of_fold"),
    "not one model": lambda whole: json.dumps(whole | {"models": {}}),
    "no folds at all": no_folds_at_all,
    "no yardstick": lambda whole: without(whole, "models", "logistic_plain"),
    "no measure": lambda whole: without(whole, "models", "logistic", "auc"),
    "no folds": lambda whole: changed(whole, [], "by_fold"),
    "other folds": lambda whole: changed(whole, {measure: [0.5] for measure in MEASURES}, "by_fold"),
    "a word for a measure": lambda whole: changed(whole, "good", "auc"),
    "probabilities as a number": lambda whole: changed(whole, 7, "out_of_fold"),
    "an impossible protocol": lambda whole: json.dumps(whole | {"protocol": {"folds": 1, "repeats": 1, "seed": 0}}),
    "half the probabilities": lambda whole: json.dumps(whole).replace('"out_of_fold": "', '"out_of_fold": "AAAA'),
    "letters that are none": lambda whole: json.dumps(whole).replace('"out_of_fold": "', '"out_of_fold": "é'),
    "no bytes": lambda whole: b"\xff\xfe\x00",
}


@pytest.mark.parametrize("how", SPOILT)
def test_a_damaged_comparison_is_refused_by_name_with_the_mend(whole, tmp_path, how):
    spoilt = SPOILT[how](whole)
    (tmp_path / comparing.FILE).write_bytes(spoilt if isinstance(spoilt, bytes) else spoilt.encode())
    with pytest.raises(ModelError) as refused:
        read((tmp_path,), OURS)
    assert str(refused.value).startswith("comparison.json is damaged.")
    assert "python -m churn_core evaluate --output models/comparison.json" in str(refused.value)
    assert isinstance(refused.value, ChurnError) and refused.value.__cause__ is not None


# As a table


def test_the_table_has_a_row_for_each_model_the_best_log_loss_first_with_the_figures_of_the_comparison(whole):
    rows = table(whole)
    assert sorted(rows["model"]) == sorted(whole["models"]) and rows["log_loss"].is_monotonic_increasing
    for row in rows.to_dict("records"):
        said = whole["models"][row["model"]]
        for measure in MEASURES:
            assert row[measure] == said[measure]["mean"]
            minus = [row[f"{measure}_{end}"] for end in ("minus", "low", "high")]
            assert minus == pytest.approx(list(said["minus_plain_logistic"][measure].values()), abs=1e-5)
        for name, by_policy in said["profit_per_1000"].items():
            assert row[f"profit {name}"] == by_policy["per-customer break-even"]
        assert (row["pooled_calibration_error"], row["seconds"]) == (said["pooled_calibration_error"], said["seconds"])


def test_any_model_can_be_the_one_that_the_others_are_measured_against(whole):
    def against(one: str, other: str, end: str) -> list[float]:
        row = table(whole, against=other).set_index("model").loc[one]
        return [row[f"{measure}_{end}"] for measure in MEASURES]

    for end in ("minus", "low", "high"):
        assert against("logistic", "logistic", end) == [0, 0, 0, 0]
    there = [against("logistic", "logistic_balanced", end) for end in ("minus", "low", "high")]
    back = [against("logistic_balanced", "logistic", end) for end in ("minus", "high", "low")]
    assert np.array(there) == pytest.approx(-np.array(back), abs=1e-12)


def test_the_folds_of_a_model_are_those_of_the_protocol_to_six_digits(whole):
    for name, said in whole["models"].items():
        held_out = evaluate.cross_validate(build(name), OURS.customers, CHURNED, PROTOCOL)
        by_fold = evaluate.metrics_by_fold(held_out, OURS.customers, CHURNED, PROTOCOL, schema=TELCO)
        assert set(said["by_fold"]) == set(MEASURES)
        for measure, values in said["by_fold"].items():
            assert values == pytest.approx(by_fold[measure].tolist(), abs=0.5000001e-6)
