"""A comparison as a file and as a table."""

import copy
import json
from dataclasses import replace

import numpy as np
import pytest

from churn_core.errors import ChurnError, ModelError
from churn_core.model import comparison_file, cross_validation, evaluate
from churn_core.model.candidates import build
from churn_core.model.comparison_file import read, table, write
from churn_core.schema.telco import TELCO
from tests.model.rounds import (
    CHURNED,
    MEASURES,
    OURS,
    PROTOCOL,
)

# The file


def test_what_is_written_is_read_back(whole, tmp_path):
    write(whole, tmp_path / comparison_file.FILE)
    assert read((tmp_path,), OURS) == whole
    assert json.loads((tmp_path / comparison_file.FILE).read_text()) == whole


def test_a_file_has_one_line_per_model(whole, tmp_path):
    write(whole, tmp_path / comparison_file.FILE)
    lines = (tmp_path / comparison_file.FILE).read_text().splitlines()
    for name in whole["models"]:
        assert sum(line.startswith(f"  {json.dumps(name)}: ") and '"out_of_fold"' in line for line in lines) == 1


def test_a_comparison_that_cannot_be_written_leaves_the_old_one(whole, tmp_path):
    write(whole, tmp_path / comparison_file.FILE)
    with pytest.raises(TypeError):
        write(whole | {"cores": object()}, tmp_path / comparison_file.FILE)
    assert read((tmp_path,), OURS) == whole


def test_the_first_folder_that_has_one_of_these_customers_is_read(whole, tmp_path):
    empty, others, first, second = (tmp_path / name for name in ("empty", "others", "first", "second"))
    write(whole | {"data": whole["data"] | {"sha256": "of others"}}, others / comparison_file.FILE)
    write(whole | {"made_at": "first"}, first / comparison_file.FILE)
    write(whole | {"made_at": "second"}, second / comparison_file.FILE)
    assert read((empty, others, first, second), OURS)["made_at"] == "first"
    assert read((empty, second, first), OURS)["made_at"] == "second"


def test_a_comparison_of_other_customers_is_not_read(whole, tmp_path):
    write(whole, tmp_path / comparison_file.FILE)
    assert read((tmp_path,), replace(OURS, sha256="of others")) is None
    assert read((), OURS) is read((tmp_path / "nowhere",), OURS) is None


def test_a_comparison_of_another_number_of_customers_is_damaged(whole, tmp_path):
    write(whole, tmp_path / comparison_file.FILE)
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
    (tmp_path / comparison_file.FILE).write_bytes(spoilt if isinstance(spoilt, bytes) else spoilt.encode())
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
        held_out = cross_validation.cross_validate(build(name), OURS.customers, CHURNED, PROTOCOL)
        by_fold = evaluate.metrics_by_fold(held_out, OURS.customers, CHURNED, PROTOCOL, schema=TELCO)
        assert set(said["by_fold"]) == set(MEASURES)
        for measure, values in said["by_fold"].items():
            assert values == pytest.approx(by_fold[measure].tolist(), abs=0.5000001e-6)
