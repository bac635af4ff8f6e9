"""Somebody says what a column is: it goes before every guess, and is refused with the mend where the values are something else."""

import numpy as np
import pytest

from churn_core.data.cleaning.table import clean
from churn_core.data.proposing.answers import Answers
from churn_core.data.proposing.propose import propose
from churn_core.data.proposing.raw_column import look_at
from churn_core.data.proposing.said_kinds import kinds_of
from churn_core.data.proposing.to_schema import schema_of
from churn_core.errors import DataError
from tests.data.proposing.tables import ROWS, customers, numbers

FRAME = customers(
    area_code=[str(400 + i % 5) for i in range(ROWS)],
    tenure_months=numbers(0, 60, decimals=0),
    last_order=[f"2024-01-{1 + i % 28:02d}" for i in range(ROWS)],
    churn_score=numbers(0, 1),
    note=["fine"] * 390 + ["well"] * 10,
)


def said(*columns: tuple[str, str], **answers: object):
    return propose(FRAME, Answers(columns=columns, clv=100.0, **answers))


def test_a_number_that_is_a_name_is_a_category_once_somebody_says_so():
    assert propose(FRAME)["area_code"].kind == "ordinal"
    proposal = said(("Area Code", "category"))
    assert (proposal["area_code"].kind, proposal["area_code"].confidence) == ("category", "sure")
    schema = schema_of(proposal, "Ours")
    assert set(schema["area_code"].allowed) >= {"400", "404"}
    assert clean(FRAME, schema)[0]["area_code"].astype(str).tolist() == FRAME["area_code"].tolist()


def test_a_leak_is_used_once_somebody_says_so_and_its_figure_stays_in_view():
    assert propose(FRAME)["churn_score"].role == "left out"
    proposal = said(("churn_score", "use"))
    assert proposal["churn_score"].role == "feature" and not proposal["churn_score"].leak
    telling = FRAME.assign(churn_score=np.where(FRAME["churn"] == "yes", "0.9", "0.1"))
    assert "AUC 1.000" in propose(telling, Answers(columns=(("churn_score", "use"),)))["churn_score"].reason


def test_a_column_about_people_is_used_once_somebody_says_so():
    frame = customers(gender=["f", "m"] * (ROWS // 2))
    assert propose(frame, Answers(columns=(("gender", "use"),)))["gender"].used


def test_a_column_that_is_to_be_left_out_is():
    proposal = said(("visits", "leave out"))
    assert proposal["visits"].role == "left out" and proposal["visits"].reason == "you said so"


def test_without_an_id_customers_get_one_and_rows_that_share_a_name_are_customers_of_their_own():
    proposal = said(no_id=True)
    assert proposal.id is None and proposal["customer_id"].role == "left out"
    assert schema_of(proposal, "Ours").id == "customer"
    shared = propose(customers(customer_id=[f"A{i // 4}" for i in range(ROWS)]), Answers(no_id=True))
    assert shared.group is None and not [each for each in shared.questions if each.what == "id"]


def test_without_a_tenure_its_column_is_one_to_learn_from():
    assert propose(FRAME).tenure.column == "tenure_months"
    proposal = said(no_tenure=True)
    assert proposal.tenure is None and proposal["tenure_months"].role == "feature"
    assert schema_of(proposal, "Ours").tenure is None


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ([("plan", "number")], "plan cannot be a number: 100% of its values are none, like 'basic'.* say category"),
        ([("plan", "yes-no")], "plan cannot be yes or no: it holds '.*', and not yes and no. Say category"),
        ([("distance", "whole")], "distance cannot be a whole number: it holds .* Say number"),
        ([("visits", "date")], "visits cannot be a date: .* Write 2024-12-31"),
        ([("customer_id", "category")], "customer_id cannot be a category: it has 400 different values .* Leave it out"),
        ([("customer_id", "use")], "customer_id cannot be a category"),
        ([("plans", "number")], "no column 'plans'. Its nearest are 'plan'"),
        ([("plan", "category"), ("PLAN", "leave out")], "plan is said to be category and leave out. Say one of them"),
    ],
)
def test_what_the_values_are_not_is_refused_by_name_with_the_mend(columns, told):
    with pytest.raises(DataError, match=told):
        said(*columns)


@pytest.mark.parametrize("what", ["id", "tenure"])
def test_a_column_cannot_be_named_and_denied(what):
    with pytest.raises(DataError, match=f"--no-{what} says that there is none. Leave one of them out"):
        said(**{what: "visits", f"no_{what}": True})


@pytest.mark.parametrize("name", FRAME.columns.drop("churn"))
def test_every_kind_that_may_be_said_of_a_column_is_taken(name):
    column = look_at(name, 0, FRAME[name], ".")
    for kind in kinds_of(column):
        proposal = propose(FRAME.drop(columns="churn"), Answers(columns=((name, kind.replace("/", "-")),)))  # type: ignore[arg-type]
        assert proposal[name].kind == kind
