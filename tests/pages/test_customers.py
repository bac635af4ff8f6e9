"""The Customers page: files in every state get an answer; one customer gets a probability, reasons and a what-if."""

import pytest

from churn_core.campaign.economics import Campaign
from churn_core.schema import TELCO
from churn_core.scoring import score
from tests.pages.conftest import metrics, text


@pytest.fixture
def lines(telco_path) -> list[str]:
    return telco_path.read_text().splitlines()[:21]


def upload(open_page, content: bytes, name: str = "customers.csv"):
    at = open_page("customers")
    at.file_uploader(key="upload").upload(name, content).run()
    assert not at.exception
    return at


def damaged(lines: list[str], row: int, column: str, value: str) -> bytes:
    """The file with one value replaced; ``row`` is the line in the file."""
    position = lines[0].split(",").index(column)
    cells = lines[row - 1].split(",")
    cells[position] = value
    return "\n".join([*lines[: row - 1], ",".join(cells), *lines[row:]]).encode()


def test_a_good_file_is_scored_whole(open_page, lines):
    at = upload(open_page, "\n".join(lines).encode())
    shown = metrics(at)
    assert (shown["Rows"], shown["Scored"], shown["Rejected"]) == ("20", "20", "0") and not at.error


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [("Contract", "weekly", "Month-to-month"), ("tenure", "-3", "between 0 and"), ("MonthlyCharges", "abc", "is not a number")],
)
def test_a_bad_row_is_named_with_its_mend_and_the_good_rows_are_scored(open_page, lines, column, value, said):
    at = upload(open_page, damaged(lines, 5, column, value))
    shown = metrics(at)
    assert (shown["Rows"], shown["Scored"], shown["Rejected"]) == ("20", "19", "1")
    rejects = next(frame.value for frame in at.dataframe if "problem" in frame.value)
    assert rejects["row"].tolist() == [5]
    assert column in rejects["problem"][0] and value in rejects["problem"][0] and said in rejects["problem"][0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"customerID,gender\n1,Male\n", "'tenure'"),
        (b"%PDF-1.7 not a table", "PDF"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not text"),
        (b"just some words\nand more\n", "not a table of customers"),
    ],
)
def test_a_file_that_is_no_customer_table_gets_one_clear_message(open_page, content, said):
    at = upload(open_page, content)
    assert len(at.error) == 1 and said in at.error[0].value


def test_a_header_without_rows_says_so(open_page, lines):
    at = upload(open_page, lines[0].encode())
    assert "no customers" in at.error[0].value


def test_a_file_without_one_good_row_says_why_row_by_row(open_page, lines):
    at = upload(open_page, damaged(lines[:2], 2, "tenure", "long"))
    assert "None of the 1 rows" in at.error[0].value and "tenure" in at.error[0].value


def test_one_customer_has_the_probability_and_the_decision_of_the_scorer(open_page, workspace):
    customer = workspace.customers.iloc[[3]]
    at = open_page("customers")
    at.selectbox(key="customer").select(customer[TELCO.id].item()).run()
    decided = score(customer, workspace.version.model, Campaign()).iloc[0]
    assert at.subheader[0].value.startswith(f"{decided.churn_probability:.1%} likely to leave")
    assert ("worth contacting" in at.subheader[0].value) and ("not worth" in at.subheader[0].value) != decided.contact


def test_a_longer_contract_and_a_higher_charge_change_the_answer(open_page, workspace):
    customer = workspace.customers.iloc[[0]]
    name = customer[TELCO.id].item()
    at = open_page("customers")
    at.selectbox(key="customer").select(name).run()
    at.selectbox(key=f"what_if_Contract_{name}").select("Two year")
    at.number_input(key=f"what_if_MonthlyCharges_{name}").set_value(90.0).run()
    changed = customer.assign(MonthlyCharges=90.0)
    changed["Contract"] = changed["Contract"].cat.set_categories(changed["Contract"].cat.categories)
    changed.loc[:, "Contract"] = "Two year"
    then = score(changed, workspace.version.model, Campaign()).iloc[0]
    shown = metrics(at)
    assert shown["Churn probability"] == f"{then.churn_probability:.1%}"
    assert shown["Break-even"] == f"{then.break_even_probability:.1%}"
    assert "not proof" in text(at)
