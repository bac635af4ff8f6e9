"""The form for a customer who is in no file: inputs by kind, the answer of ``/predict``, a sentence for what cannot be."""

from datetime import date

import pytest

from churn_core.api.one_customer import predict
from churn_core.application.new_customer import asked_of_new
from churn_core.application.service import Basis
from churn_core.application.workspace import Workspace, open_workspace
from churn_core.campaign.plan import Plan
from tests.pages.own.test_pages import holds


@pytest.fixture(params=["shop", "insurer"])
def company(request) -> str:
    return request.param


def opened(home_of, company: str) -> Workspace:
    return open_workspace(home_of(company), training="never")


def keyed(widgets, name: str, workspace: Workspace):
    return next(each for each in widgets if each.key == f"new_{name}_{workspace.version.model_id}")


def says(at, record: dict, workspace: Workspace) -> bool:
    """Whether the form's headline has the probability and the profit that ``/predict`` gives on this record."""
    said = predict(record, Basis(workspace=workspace, plan=Plan(), threshold=0.5))
    headlines = [each.value for each in at.header if "likely to leave" in each.value]
    return f"{said['churn_probability']:.1%} likely" in headlines[-1] and f"{abs(said['expected_profit']):,.2f}" in headlines[-1]


def test_every_column_of_a_customer_is_asked_by_its_kind_and_filled_with_what_is_usual(open_own_page, home_of, company):
    workspace = opened(home_of, company)
    at, asked = open_own_page(company, "customers"), asked_of_new(workspace.customers, workspace.schema)
    holds(at)
    kinds = {"category": at.selectbox, "flag": at.selectbox, "date": at.date_input}
    for column in asked.columns:
        value = keyed(kinds.get(column.kind, at.number_input), column.name, workspace).value
        assert (f"{value}" if column.kind == "date" else value) == asked.usual[column.name], column.name
    assert says(at, dict(asked.usual), workspace)


def test_what_is_given_is_answered_as_predict_answers_it(open_own_page, home_of):
    workspace = opened(home_of, "shop")
    at, usual = open_own_page("shop", "customers"), asked_of_new(workspace.customers, workspace.schema).usual
    keyed(at.number_input, "orders", workspace).set_value(0)
    keyed(at.number_input, "rating", workspace).set_value(None)
    keyed(at.date_input, "last_order", workspace).set_value(date(2024, 2, 3))
    keyed(at.selectbox, "newsletter", workspace).set_value(0)
    keyed(at.selectbox, "region", workspace).set_value("blank").run()
    holds(at)
    given = {"orders": 0, "rating": None, "last_order": "2024-02-03", "newsletter": 0, "region": None}
    assert says(at, {**usual, **given}, workspace)


def test_money_and_time_are_asked_as_the_file_has_them(open_own_page, home_of):
    workspace = opened(home_of, "insurer")
    at, usual = open_own_page("insurer", "customers"), asked_of_new(workspace.customers, workspace.schema).usual
    premium, years = (keyed(at.number_input, name, workspace) for name in ("annual_premium", "policy_years"))
    assert premium.label.endswith("per year)") and "years" in years.label.lower()
    premium.set_value(1200.0)
    years.set_value(2.5).run()
    assert says(at, {**usual, "annual_premium": 1200.0, "policy_years": 2.5}, workspace)


def test_levels_that_are_no_words_of_the_file_are_spoken(open_own_page, home_of):
    at = open_own_page("shop", "customers")
    assert {"Not known (blank)", "Any other"} <= set(keyed(at.selectbox, "region", opened(home_of, "shop")).options)


def test_the_range_that_was_seen_stands_beside_a_number_and_what_lies_beyond_is_said(open_own_page, home_of):
    workspace = opened(home_of, "shop")
    at, column = open_own_page("shop", "customers"), workspace.schema["orders"]
    orders = keyed(at.number_input, "orders", workspace)
    assert f"From {column.seen_low:.0f} to {column.seen_high:.0f}" in orders.help
    orders.set_value(500).run()
    holds(at)
    assert any("Orders: 500 is beyond what the model has seen" in each.value for each in at.caption)


def test_what_no_customer_can_have_is_a_sentence_with_the_mend(open_own_page, home_of):
    workspace = opened(home_of, "insurer")
    at = open_own_page("insurer", "customers")
    keyed(at.number_input, "annual_premium", workspace).set_value(-5.0).run()
    assert not at.exception
    assert [each.value for each in at.error] == [
        "annual_premium: -5.0 is below 0 money per month. Change it, and the answer follows."
    ]
