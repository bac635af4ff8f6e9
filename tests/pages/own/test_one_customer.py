"""One customer of any schema: found by id, changed by inputs of the kinds of the columns, within what was seen."""

import pytest

from churn_core.application.workspace import Workspace, open_workspace
from churn_core.campaign.plan import Plan
from churn_core.data.synthetic import template
from churn_core.data.writing.cells import to_csv
from churn_core.decisions.decide import score
from churn_core.decisions.what_if import with_changes
from pages.parts.tables import columns_as_in_the_file
from tests.pages.conftest import metrics
from tests.pages.own.test_pages import holds


@pytest.fixture
def shop(home_of) -> Workspace:
    return open_workspace(home_of("shop"), training="never")


def test_nobody_is_changed_by_looking(open_own_page, shop):
    for customer in shop.customers[shop.schema.id].iloc[[0, 7, 63]]:
        at = open_own_page("shop", "customers", customer=customer)
        holds(at)
        assert "Decision" not in metrics(at)  # it stands there once something was changed


def test_every_column_that_a_model_learns_from_can_be_changed(open_own_page, shop):
    at = open_own_page("shop", "customers")
    inputs = {each.key for each in (*at.number_input, *at.selectbox, *at.date_input)}
    name = shop.customers[shop.schema.id].iloc[0]
    wanted = {f"what_if_{column.name}_{name}" for column in shop.schema.inputs if column.role == "feature"}
    assert wanted <= inputs


def test_a_change_is_scored_as_a_customer_who_is_like_that(open_own_page, shop):
    customer = shop.customers.iloc[[5]]
    name = customer[shop.schema.id].item()
    at = open_own_page("shop", "customers", customer=name)
    at.number_input(key=f"what_if_orders_{name}").set_value(0)
    at.selectbox(key=f"what_if_region_{name}").select("north").run()
    holds(at)
    changed = with_changes(customer, {"orders": 0, "region": "north"}, shop.schema)
    then = score(changed, shop.version.model, Plan(), schema=shop.schema).iloc[0]
    assert metrics(at)["Churn probability"] == f"{then.churn_probability:.1%}"


def test_a_number_stays_within_what_was_seen(open_own_page, shop):
    at = open_own_page("shop", "customers")
    name, column = shop.customers[shop.schema.id].iloc[0], shop.schema["orders"]
    orders = at.number_input(key=f"what_if_orders_{name}")
    assert (orders.min, orders.max) == (column.seen_low, column.seen_high)


@pytest.mark.parametrize("company", ["shop", "insurer"])
def test_the_template_of_a_company_is_scored(open_own_page, home_of, company):
    schema = open_workspace(home_of(company), training="never").schema
    at = open_own_page(company, "customers")
    at.file_uploader(key="upload").upload("template.csv", to_csv(template(schema=schema))[0]).run()
    holds(at)
    shown = metrics(at)
    assert (shown["Rows"], shown["Scored"], shown["Rejected"]) == ("3", "3", "0")


def test_a_scored_file_without_ids_is_called_by_its_rows(open_own_page, shop):
    at = open_own_page("shop", "customers")
    at.file_uploader(key="upload").upload(
        "template.csv", to_csv(template(schema=shop.schema).drop(columns=shop.schema.id))[0]
    ).run()
    (scored,) = [table.value for table in at.dataframe if "churn_probability" in table.value]
    assert scored.columns[0] == shop.schema.id and set(scored[shop.schema.id]) == {"row 2", "row 3", "row 4"}


def test_a_scored_file_keeps_its_own_unit(open_own_page, home_of):
    schema = open_workspace(home_of("insurer"), training="never").schema
    labels = {column.name: column for column in schema.columns}
    told = columns_as_in_the_file(schema)
    assert {name: column["label"] for name, column in told.items()} == {
        "policy_years": f"{labels['policy_years'].label} (years)",
        "annual_premium": f"{labels['annual_premium'].label} ($ per year)",
    }
