"""The page Your customers: from a stranger's table to a version in use; nothing that has to be asked is taken silently."""

import io

import numpy as np
import pandas as pd
import pytest

from churn_core.errors import DataError
from churn_core.model.registry import Registry
from pages.parts import jobs, people
from pages.parts.your_customers import training
from pages.parts.your_customers.training import JOB
from tests.pages.conftest import metrics, side_bar, text, unescaped

PATIENCE = 120  # seconds until what does not happen fails the test


def shop(rows: int = 400, seed: int = 0) -> pd.DataFrame:
    """A shop whose table says everything: who, since when, what they pay, who left."""
    draw = np.random.default_rng(seed)
    months, orders = draw.integers(1, 60, rows), draw.poisson(4, rows)
    left = draw.random(rows) < 1 / (1 + np.exp(0.06 * months + 0.3 * orders - 1.5))
    return pd.DataFrame(
        {
            "customer_id": [f"C{i:05}" for i in range(rows)],
            "tenure_months": months,
            "orders": orders,
            "city": draw.choice(["Bern", "Basel", "Thun"], rows),
            "gender": draw.choice(["f", "m"], rows),
            "monthly_charge": draw.uniform(5, 80, rows).round(2),
            "churn_reason": np.where(left, draw.choice(["price", "moved"], rows), ""),
            "churned": np.where(left, "yes", "no"),
        }
    )


def bank(rows: int = 400, seed: int = 1) -> pd.DataFrame:
    """A bank whose table does not say what a customer is worth, nor what its tenure counts."""
    of_a_shop = shop(rows, seed)
    return pd.DataFrame(
        {
            "CustomerId": range(15_000_000, 15_000_000 + rows),
            "Surname": "x" + of_a_shop["customer_id"],
            "Tenure": of_a_shop["tenure_months"] // 6,
            "Products": of_a_shop["orders"],
            "Balance": of_a_shop["monthly_charge"] * 1000,
            "Exited": (of_a_shop["churned"] == "yes").astype(int),
        }
    )


def as_csv(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False).encode()


@pytest.fixture(autouse=True)
def no_training_of_before():
    jobs.forget(JOB)
    yield
    jobs.forget(JOB)


@pytest.fixture
def drop(open_own):
    """``drop(table)``: the page after that file was dropped."""

    def dropped(table: pd.DataFrame | bytes, name: str = "shop.csv"):
        at = open_own("your_customers")
        content = table if isinstance(table, bytes) else as_csv(table)
        at.file_uploader(key="own_upload").upload(name, content).run()
        assert not at.exception
        return at

    return dropped


def train(at):
    """The page once the training that it started is done."""
    at.button(key="own_train").click().run()
    assert jobs._jobs()[JOB].finished.wait(PATIENCE)
    at.run()
    assert not at.exception and not at.error
    return at


def button(at) -> str:
    found = at.button(key="own_train")
    return unescaped(found.label) if found.disabled else "ready"


def says(at) -> str:
    return unescaped(text(at))


def role(at, table: pd.DataFrame, column: str):
    return at.selectbox(key=f"own_role_{list(table.columns).index(column)}")


# The file


def test_the_page_says_what_is_needed_before_there_is_a_file(open_own):
    at = open_own("your_customers")
    assert not at.exception
    assert "one row per customer" in says(at) and "at least 200 customers" in says(at) and "kept only when you train" in says(at)


def test_a_file_that_cannot_be_read_is_refused_and_another_can_follow(drop):
    at = drop(b"%PDF-1.7 not a table", "letter.csv")
    assert at.error and not at.exception
    at.button(key="own_step_1").click().run()
    at.file_uploader(key="own_upload").upload("shop.csv", as_csv(shop())).run()
    assert not at.error and "400 customers" in at.title[0].value


def test_the_same_file_is_seen_again_after_another_page(drop):
    at = drop(shop())
    at.switch_page("explore.py").run()
    at.switch_page("your_customers.py").run()
    assert at.title[0].value.startswith("400 customers")


# What each column is for


def test_the_headline_says_how_many_left_and_how_one_knows(drop):
    table = shop()
    at = drop(table)
    left = int((table["churned"] == "yes").sum())
    assert unescaped(at.title[0].value) == f"400 customers, {left} of them ({left / 400:.1%}) left: those with churned = yes"
    assert button(at) == "ready" and not at.error


def test_what_has_to_be_asked_is_not_preselected_and_blocks_the_training(drop):
    at = drop(bank(), "bank.csv")
    assert button(at) == "Answer first: what a customer is worth and how long they have been here"
    assert at.radio(key="own_worth").value is None and at.radio(key="own_tenure_unit").value is None
    at.radio(key="own_tenure_unit").set_value("years").run()
    assert at.radio(key="own_tenure_unit").value == "years" and button(at) == "Answer first: what a customer is worth"
    at.radio(key="own_worth").set_value("fixed").run()
    assert button(at) == "Answer first: what a customer is worth"
    at.number_input(key="own_amount").set_value(1200.0).run()
    assert button(at) == "ready" and not at.exception


def test_another_way_to_say_the_worth_is_open_until_it_is_said(drop):
    at = drop(shop())
    assert (at.radio(key="own_worth").value, at.selectbox(key="own_worth_column").value) == ("charge", "monthly_charge")
    at.radio(key="own_worth").set_value("fixed").run()
    assert button(at) == "Answer first: what a customer is worth"
    at.radio(key="own_worth").set_value("charge").run()
    assert button(at) == "ready"


def test_the_value_that_means_left_is_asked_where_no_word_says_it(drop):
    table = shop().assign(churned=lambda t: np.where(t["churned"] == "yes", 2, 1))
    at = drop(table)
    assert unescaped(at.title[0].value) == "400 rows were read. Who of them left?"
    assert at.radio(key="own_left").value is None and "which value means left" in button(at)
    at.radio(key="own_left").set_value("2").run()
    assert button(at) == "ready" and "those with churned = 2" in unescaped(at.title[0].value)


def test_a_role_can_be_corrected_and_taken_back(drop):
    table = shop()
    at = drop(table)
    role(at, table, "city").select("leave it out").run()
    assert role(at, table, "city").value == "leave it out" and "you said so" in says(at)
    role(at, table, "city").select("as proposed").run()
    assert role(at, table, "city").value == "learn from it" and "you said so" not in says(at)
    role(at, table, "orders").select("time as a customer").run()
    assert at.selectbox(key="own_tenure").value == "orders" and "how long they have been here" in button(at)


def test_a_leak_is_left_out_and_the_page_says_why(drop):
    table = shop()
    at = drop(table)
    assert "it would give the answer away: churn_reason" in says(at)
    assert role(at, table, "churn_reason").value == "leave it out"


def test_columns_about_people_are_used_only_if_somebody_says_so(drop):
    at = drop(shop())
    assert at.toggle(key="own_use_gender").value is False and "used only if you say so" in says(at)
    at.toggle(key="own_use_gender").set_value(True).run()
    assert at.toggle(key="own_use_gender").value is True and "used, because you said so" in says(at)
    at.toggle(key="own_use_gender").set_value(False).run()
    assert "used only if you say so" in says(at)


@pytest.mark.parametrize(
    ("table", "why"),
    [
        (shop(150), "at least 200 are needed"),
        (shop().assign(churned="no"), "there is nobody to compare them with"),
        (shop().assign(churned=["yes"] * 20 + ["no"] * 380), "at least 30 of either are needed"),
    ],
    ids=["few", "one label", "few who left"],
)
def test_a_table_that_nothing_can_be_learnt_from_says_so_with_the_numbers(drop, table, why):
    at = drop(table)
    assert any(why in unescaped(error.value) for error in at.error)
    assert button(at) == "Nothing can be learnt from this table yet"


def test_the_first_rows_are_shown_as_they_stand_in_the_file(drop):
    table = shop()
    at = drop(table)
    (shown,) = [frame.value for frame in at.dataframe if list(frame.value.columns) == list(table.columns)]
    assert shown["customer_id"].tolist() == table["customer_id"].head(5).tolist()


def test_a_year_of_leaving_is_asked_and_told_as_a_condition(drop):
    table = shop()
    left = table.pop("churned") == "yes"
    table = table.drop(columns="churn_reason").assign(cancellation_year=np.where(left, "2023", ""))
    table.loc[table.index[left][:40], "cancellation_year"] = "2022"
    at = drop(table)
    assert "If a value in cancellation_year means that they left" in unescaped(at.title[0].value)
    assert at.selectbox(key="own_target").value is None and button(at) == "Answer first: who left"
    at.selectbox(key="own_target").select("cancellation_year").run()
    assert button(at) == "ready" and "left: those with a value in cancellation_year" in unescaped(at.title[0].value)


# Training, and using it


def test_trained_used_and_back_to_the_sample(drop, own_home):
    registry = Registry(own_home / "models")
    before = registry.production_id()
    at = train(drop(shop()))
    assert at.title[0].value.startswith("On customers it had not seen, the riskiest fifth holds")
    assert metrics(at)["Customers learnt from"] == "400" and "other columns" in says(at)
    assert registry.production_id() == before
    at.button(key="own_use").click().run()
    assert not at.exception and registry.production_id() != before
    assert "In use: every page is now about the customers of shop.csv" in unescaped(at.success[0].value)
    assert "shop.csv, 400 customers" in unescaped(side_bar(at))
    at.button(key="back_to_the_sample").click().run()
    assert registry.production_id() == before and "shop.csv, 400" not in unescaped(side_bar(at))
    at.selectbox(key="own_version").select_index(0).run()
    at.button(key="use_own_version").click().run()
    assert registry.production_id() != before and "shop.csv, 400 customers" in unescaped(side_bar(at))


def test_amounts_follow_the_currency_that_was_said(drop, own_home):
    at = drop(shop())
    at.selectbox(key="own_currency").select("€").run()
    at = train(at)
    assert at.session_state["currency"] == "$"
    at.button(key="own_use").click().run()
    assert at.session_state["currency"] == "€" and "€" in side_bar(at)
    at.button(key="back_to_the_sample").click().run()
    assert at.session_state["currency"] == "$"


def test_columns_that_say_nothing_about_who_leaves_are_called_so(drop):
    table = shop()
    table["churned"] = np.random.default_rng(5).permutation(table["churned"].to_numpy())
    at = train(drop(table.drop(columns="churn_reason")))
    assert any("say little about who leaves" in warning.value for warning in at.warning)


def test_a_second_version_of_the_same_columns_is_compared_with_the_one_in_use(drop):
    at = train(drop(shop()))
    at.button(key="own_use").click().run()
    at.button(key="own_step_2").click().run()
    at = train(at)
    assert "follows this version instead of the one in use" in says(at) and "other columns" not in says(at)
    (beside,) = [frame.value for frame in at.dataframe if "model" in frame.value and len(frame.value) == 2]
    assert beside["model"].tolist() == ["new", "in use"]


def test_who_may_not_train_or_promote_is_offered_neither(open_own, monkeypatch):
    monkeypatch.setattr(people, "why_not", lambda right: "You may look." if right in ("train", "promote") else "")
    at = open_own("your_customers")
    assert not at.exception and not at.file_uploader and "You may look." in says(at)
    assert not [each for each in at.button if each.key in ("back_to_the_sample", "use_own_version")]


def test_a_training_that_fails_says_so_and_nothing_changes(drop, own_home, monkeypatch):
    def refuse(*_, **__):
        raise DataError("Too few of them are left.")

    monkeypatch.setattr(training, "train_own", refuse)
    before = Registry(own_home / "models").versions()
    at = drop(shop())
    at.button(key="own_train").click().run()
    assert jobs._jobs()[JOB].finished.wait(PATIENCE)
    at.run()
    assert unescaped(at.error[0].value) == "Too few of them are left. Nothing was changed."
    assert Registry(own_home / "models").versions() == before
    at.button(key="own_step_2").click().run()
    assert button(at) == "ready"


def test_starting_again_forgets_the_file_and_what_was_said(drop):
    at = drop(bank(), "bank.csv")
    at.radio(key="own_tenure_unit").set_value("years").run()
    at.button(key="own_again").click().run()
    assert "drop their table here" in at.title[0].value and not at.exception


def test_a_workbook_of_a_stranger_is_text(drop):
    stream = io.BytesIO()
    shop().rename(columns={"city": "![x](http://x/y)"}).to_excel(stream, index=False)
    at = drop(stream.getvalue(), "shop.xlsx")
    assert not at.exception and "![x](http" not in text(at)
