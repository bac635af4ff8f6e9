"""The loop from the command line: after ``contacts`` and a campaign that works, ``monitor`` and ``train`` say whom they left out."""

import numpy as np
import pandas as pd
import pytest

from churn_core.schema.telco import TELCO


@pytest.fixture
def back(own_home, answer, telco_path, workspace, tmp_path):
    """The file that comes back a window after the list was written; in place of those who had left are new ones like them."""
    answer("contacts", "--output", tmp_path / "list.csv", "--control", 0.1, "--name", "Spring")
    listed = pd.read_csv(tmp_path / "list.csv").set_index(TELCO.id)["arm"]
    raw = pd.read_csv(telco_path, dtype=str, keep_default_na=False)
    raw[TELCO.id] = raw[TELCO.id].where(raw[TELCO.target] == "No", "NEW-" + raw[TELCO.id])
    treated = (raw[TELCO.id].map(listed) == "treated").to_numpy()
    left = np.random.default_rng(0).random(len(raw)) < np.where(treated, 0.7, 1) * workspace.probability
    raw.assign(**{TELCO.target: np.where(left, "Yes", "No")}).to_csv(tmp_path / "back.csv", index=False)
    return tmp_path / "back.csv"


def test_monitor_keeps_the_model_after_a_campaign_that_works(back, answer, run):
    said = answer("monitor", back)
    assert said["verdict"]["level"] == "keep" and said["left_out_treated"] == 3089
    assert "3,089 customers were contacted in a campaign and are not judged" in run("monitor", back)[1]


def test_a_file_that_is_scored_is_judged_in_the_same_way(back, answer, tmp_path):
    assert answer("score", back, "--output", tmp_path / "out.csv")["verdict"] == answer("monitor", back)["verdict"]["sentence"]


def test_train_says_whom_it_learned_from(back, answer):
    said = answer("train", "--data", back, "--model", "logistic_plain")
    assert said["left_alone"] == {"left_out_treated": 3089, "control": 343, "control_weight": pytest.approx(10)}
    sentence = (
        "3,089 customers were contacted in a campaign and are left out of what is learnt; 343 who were left alone count 10 times"
    )
    assert any(sentence in warning for warning in said["warnings"])
