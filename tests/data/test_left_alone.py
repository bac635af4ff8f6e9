"""Who stands for whom: weights from who was treated, by a column of the file."""

import numpy as np
import pandas as pd
import pytest

from churn_core.data.dataset import read_dataset
from churn_core.data.left_alone import LeftAlone, left_alone_by
from churn_core.data.proposing.propose import propose
from churn_core.data.synthetic import generate
from churn_core.data.writing.cells import to_csv
from churn_core.schema.telco import TELCO


def arms(treated: int, control: int, others: int) -> np.ndarray:
    return np.repeat([1.0, 0.0, np.nan], [treated, control, others])


def test_those_left_alone_stand_for_their_whole_list_and_all_weights_for_all_customers():
    alone = left_alone_by(arms(900, 100, 500))
    assert alone.weight[900:1000].sum() == pytest.approx(1000) and alone.weight.sum() == pytest.approx(1500)
    assert (alone.treated, alone.control, alone.control_weight) == (900, 100, pytest.approx(10))


def test_who_was_on_no_list_counts_once_and_who_was_contacted_not_at_all():
    alone = left_alone_by(arms(3, 1, 2))
    assert alone.weight[:3].tolist() == [0, 0, 0] and alone.weight[4:].tolist() == [1, 1]


@pytest.mark.parametrize("treated", [None, arms(0, 0, 5)])
def test_without_a_campaign_there_is_nothing_to_leave_out(treated):
    assert left_alone_by(treated) is None


def test_where_nobody_on_the_list_was_left_alone_that_is_said():
    assert "nobody on the list was left alone" in left_alone_by(arms(5, 0, 5)).in_words()


def test_the_weights_are_kept_and_read_back():
    alone = left_alone_by(arms(9, 3, 2))
    again = LeftAlone.loads(alone.dumps(), alone.as_dict())
    assert (again.weight == alone.weight).all() and again.as_dict() == alone.as_dict()


@pytest.mark.parametrize(
    "name, one, zero", [("arm", "treated", "control"), ("Treated", 1, 0), ("control_group", "False", "True")]
)
def test_a_column_of_the_file_says_who_was_treated_and_the_notes_say_it_too(name, one, zero):
    raw = generate(300, seed=1, schema=TELCO)
    said = [one] * 100 + [zero] * 50 + [""] * 150
    dataset = read_dataset(to_csv(raw.assign(**{name: said}))[0], "back.csv", schema=TELCO)
    assert (dataset.left_alone.treated, dataset.left_alone.control) == (100, 50)
    assert dataset.churn_rate == pytest.approx(np.average(dataset.customers[TELCO.target], weights=dataset.weight))
    assert any("100 customers were contacted in a campaign" in note for note in dataset.quality.warnings)
    assert read_dataset(to_csv(raw)[0], "plain.csv", schema=TELCO).left_alone is None


def test_a_column_that_means_something_else_is_no_campaign():
    raw = generate(300, seed=1, schema=TELCO).assign(arm=[f"drug {i % 7}" for i in range(300)])
    assert read_dataset(to_csv(raw)[0], "x.csv", schema=TELCO).left_alone is None


def test_nothing_is_learnt_from_the_column_that_says_who_was_treated():
    random = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "customer": [f"C{i}" for i in range(400)],
            "months": random.integers(1, 60, 400),
            "fee": random.uniform(10, 90, 400).round(2),
            "arm": random.choice(["treated", "control"], 400),
            "churned": random.choice(["yes", "no"], 400),
        }
    )
    row = next(each for each in propose(table).columns if each.name == "arm")
    assert row.role == "left out" and "contacted in a campaign" in row.reason
