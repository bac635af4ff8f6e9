"""The page Your customers: what somebody says of a column goes before what was found, and can be taken back."""

from dataclasses import replace

from tests.pages.test_your_customers import drop, no_training_of_before, role, says, shop  # noqa: F401  fixtures


def kind(at, table, column):
    return at.selectbox(key=f"own_kind_{list(table.columns).index(column)}")


def test_there_may_be_no_id_and_no_tenure(drop):  # noqa: F811
    table = shop()
    at = drop(table)
    at.selectbox(key="own_id").set_value("").run()
    at.selectbox(key="own_tenure").set_value("").run()
    assert not at.exception and not at.error
    assert at.selectbox(key="own_id").value == "" and at.selectbox(key="own_tenure").value == ""
    assert role(at, table, "tenure_months").value == "learn from it"
    at.selectbox(key="own_tenure").set_value("tenure_months").run()
    assert role(at, table, "tenure_months").value == "time as a customer"


def test_a_leak_can_be_used_and_left_out_again(drop):  # noqa: F811
    table = shop()
    at = drop(table)
    assert role(at, table, "churn_reason").value == "leave it out"
    role(at, table, "churn_reason").select("learn from it").run()
    assert not at.error and role(at, table, "churn_reason").value == "learn from it" and "you said so" in says(at)
    role(at, table, "churn_reason").select("as proposed").run()
    assert role(at, table, "churn_reason").value == "leave it out"


def test_a_number_can_be_a_category(drop):  # noqa: F811
    table = shop()
    at = drop(table)
    kind(at, table, "orders").set_value("category").run()
    assert not at.exception and not at.error and kind(at, table, "orders").value == "category"
    role(at, table, "orders").select("as proposed").run()
    assert kind(at, table, "orders").value != "category"


def test_amounts_may_have_any_label(drop):  # noqa: F811
    at = drop(shop())
    draft = at.session_state["your_customers"]
    draft.answers = replace(draft.answers, currency="CHF")
    at.run()
    labels = at.selectbox(key="own_currency")
    assert labels.value == "CHF" and labels.options == ["$", "€", "£", "CHF"] and labels.proto.accept_new_options
    labels.select("€").run()
    assert at.session_state["your_customers"].answers.currency == "€"
