"""A customer who is in no file: asked as files have it, answered as ``/predict`` answers the same record."""

import pytest

from churn_core.api.one_customer import predict
from churn_core.application.new_customer import answer_for, as_stated, asked_of_new, following, problem_of
from churn_core.application.own_customers import read_own, schema_for, train_own
from churn_core.application.service import Basis
from churn_core.application.workspace import Workspace, open_workspace
from churn_core.campaign.plan import Plan
from churn_core.data.cleaning.record import clean_record
from churn_core.data.writing.cells import to_csv
from churn_core.model.explain import explain
from churn_core.model.registry import Registry
from churn_core.storage.publications import Decision
from tests import shop

THRESHOLD = 0.3
CHANGES = [
    {},
    {"visits": None, "card": "blank", "last order": None, "discount": "other"},
    {"visits": 0, "fee": 1200.5, "since": "2019-02-28", "newsletter": 0},
    {"visits": 500, "spent": -3.25, "card": "other", "since": None},
]


@pytest.fixture(scope="module")
def shop_workspace(tmp_path_factory) -> Workspace:
    """A shop with dates, blanks, words never seen, a fee per year and a tenure from a day."""
    home = tmp_path_factory.mktemp("new_customer")
    (home / "data").mkdir()
    content = to_csv(shop.raw())[0]
    schema = schema_for(read_own(content, "shop.csv").proposal(shop.YEARLY), "shop.csv")
    version, _ = train_own(home, content, "shop.csv", schema, model="card")
    Registry(home / "models").promote(version.model_id)
    return open_workspace(home, training="never")


def as_predicted(workspace: Workspace, record: dict) -> None:
    """The answer beside that of the API, bit for bit: probability, break-even, profit, decision, and what each reason adds."""
    answer = answer_for(workspace, record, Decision(plan=Plan(), threshold=THRESHOLD))
    said = predict(record, Basis(workspace=workspace, plan=Plan(), threshold=THRESHOLD))
    now = answer.decision
    assert now.churn_probability == said["churn_probability"]
    assert now.break_even_probability == said["break_even_probability"]
    assert now.expected_profit == said["expected_profit"]
    assert now.contact == said["will_churn"]
    effects = explain(workspace.version.model, answer.customer, workspace.schema).effects.iloc[0]
    assert [effects[reason["feature"]] for reason in said["reasons"]] == [reason["effect"] for reason in said["reasons"]]


@pytest.mark.parametrize("changed", CHANGES, ids=["usual", "blank and other", "in other units", "beyond"])
def test_the_answer_is_that_of_predict_to_the_last_bit(shop_workspace, changed):
    asked = asked_of_new(shop_workspace.customers, shop_workspace.schema)
    as_predicted(shop_workspace, {**asked.usual, **changed})


@pytest.mark.parametrize("changed", [{}, {"InternetService": "No"}, {"PhoneService": "No", "tenure": 0, "TotalCharges": None}])
def test_so_it_is_for_the_sample(workspace, changed):
    asked = asked_of_new(workspace.customers, workspace.schema)
    as_predicted(workspace, following({**asked.usual, **changed}, workspace.schema))


def test_what_is_usual_is_a_customer_that_can_be_scored(shop_workspace, workspace):
    for each in (shop_workspace, workspace):
        usual = asked_of_new(each.customers, each.schema).usual
        assert list(clean_record(usual, each.schema)) == [column.name for column in each.schema.inputs]
        assert not problem_of(usual, each.schema)


def test_numbers_are_asked_in_the_unit_of_the_file(shop_workspace):
    fee = {column.name: column for column in asked_of_new(shop_workspace.customers, shop_workspace.schema).columns}["fee"]
    assert fee.unit == "money per year"
    raw = shop.raw()["fee"].astype(float)
    assert (fee.seen_low, fee.seen_high) == (raw.min(), raw.max())


def test_a_column_in_its_own_unit_is_asked_as_it_is(workspace):
    assert all(as_stated(column) is column for column in workspace.schema.columns)


def test_ids_and_the_outcome_are_not_asked(shop_workspace):
    schema = shop_workspace.schema
    names = {column.name for column in asked_of_new(shop_workspace.customers, schema).columns}
    assert names.isdisjoint({schema.id, schema.target})


def test_what_cannot_be_is_one_sentence_and_the_same_as_that_of_predict(shop_workspace):
    usual = asked_of_new(shop_workspace.customers, shop_workspace.schema).usual
    assert problem_of({**usual, "fee": -5}, shop_workspace.schema) == "fee: -5 is below 0 money per month"


def test_numbers_that_nobody_reaches_are_said_in_the_unit_of_the_file(shop_workspace):
    asked = asked_of_new(shop_workspace.customers, shop_workspace.schema)
    assert asked.beyond(asked.usual) == []
    assert asked.beyond({**asked.usual, "visits": 500, "fee": None}) == [
        "Visits: 500 is beyond what the model has seen (0 to 10)"
    ]
