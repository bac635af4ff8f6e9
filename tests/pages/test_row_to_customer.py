"""A row of a scored file opens its customer, also one whom only the file knows; the address holds the id and nothing else."""

import pandas as pd
import pytest

from churn_core.campaign.objective import Objective
from churn_core.campaign.plan import Plan
from churn_core.data.reading.reader import read_table
from churn_core.decisions.score_table import score_table
from churn_core.schema.telco import TELCO
from churn_core.storage.store import open_store
from pages.parts.customers import open_customer
from tests.pages.conftest import text, unescaped

KNOWN, ONLY_IN_FILE = "7590-VHVEG", "F-0001"
USUAL = Plan()


@pytest.fixture
def lines(telco_path) -> list[str]:
    """Twenty customers still here; of two the dashboard knows nothing, who have the same id, and one it knows otherwise."""
    header, *rows = telco_path.read_text().splitlines()[:60]
    rows = [row for row in rows if not row.rstrip().endswith(",Yes")][:20]
    rows[3], rows[4] = (",".join([ONLY_IN_FILE, *row.split(",")[1:]]) for row in rows[3:5])
    rows[0] = rows[0].replace(",Month-to-month,", ",Two year,")
    assert rows[0].startswith(KNOWN)
    return [header, *rows]


def scored(lines, workspace, plan: Plan = USUAL) -> pd.DataFrame:
    table = read_table("\n".join(lines).encode(), TELCO)
    return score_table(table, workspace.version.model, plan, schema=TELCO).scored


def uploaded(at, lines):
    at.file_uploader(key="upload").upload("customers.csv", "\n".join(lines).encode()).run()
    assert not at.exception
    return at


def chosen(at, position: int, monkeypatch):
    """The page after a click on that row of the scored table, as it stands on the page."""
    ids = next(frame.value for frame in at.dataframe if "churn_probability" in frame.value)[TELCO.id]
    picked = {"rows": [position]}
    state = {"scored_table": 0, "scored_table_0": type("State", (), {"selection": type("Rows", (), picked)})}
    with monkeypatch.context() as patch:
        patch.setattr(open_customer.st, "session_state", state)
        open_customer.open_row(ids)
    for key in ("scored_table", "row_of_file", "customer", "customers_tab"):
        at.session_state[key] = state[key]
    return at.run()


def header(at) -> str:
    return unescaped(at.header[0].value)


def test_a_row_opens_the_tab_of_its_customer_and_is_not_chosen_any_more_when_one_comes_back(
    open_page, lines, workspace, monkeypatch
):
    at = uploaded(open_page("customers"), lines)
    table = scored(lines, workspace).sort_values("expected_profit", ascending=False, kind="stable")
    at = chosen(at, 2, monkeypatch)
    assert not at.exception and at.session_state["customers_tab"] == "One customer"
    assert at.selectbox(key="customer").value == table[TELCO.id].iloc[2] and at.session_state["scored_table"] == 1
    assert not at.warning


@pytest.mark.parametrize("row", [3, 4])
def test_of_two_rows_of_one_id_the_one_that_was_chosen_is_shown(open_page, lines, workspace, monkeypatch, row):
    at = uploaded(open_page("customers"), lines)
    ranked = scored(lines, workspace).reset_index(drop=True).sort_values("expected_profit", ascending=False, kind="stable")
    at = chosen(at, ranked.index.get_loc(row), monkeypatch)
    assert at.selectbox(key="customer").value == ONLY_IN_FILE
    assert header(at).startswith(f"{ranked.loc[row, 'churn_probability']:.1%} likely to leave")


def test_a_customer_whom_only_the_file_knows_is_shown_as_the_file_says_and_stays_whatever_runs_again(open_page, lines, workspace):
    at = uploaded(open_page("customers"), lines)
    at.selectbox(key="customer").select(ONLY_IN_FILE).run()
    told = scored(lines, workspace).iloc[3]
    assert header(at).startswith(f"{told.churn_probability:.1%} likely to leave")
    assert "This is what your file says of this customer, who is not in the data" in text(at)
    for _ in range(2):
        at.number_input(key="retention_cost").set_value(at.session_state["retention_cost"] + 40).run()
        assert not at.exception and at.selectbox(key="customer").value == ONLY_IN_FILE and not at.warning
    at.number_input(key=f"what_if_MonthlyCharges_{ONLY_IN_FILE}").set_value(99.0).run()
    assert not at.exception and "changed, the probability is" in unescaped(text(at))


def test_of_a_customer_of_data_and_file_the_data_are_shown_and_what_the_file_says_is_told(open_page, lines, workspace):
    at = open_page("customers", customer=KNOWN)
    assert "Your file says other things" not in text(at)
    at = uploaded(at, lines)
    by_data = workspace.version.model.churn_probability(workspace.customers.head(1))
    assert header(at).startswith(f"{by_data[0]:.1%} likely to leave")
    by_file = scored(lines, workspace)["churn_probability"].iloc[0]
    assert f"by the file it is {by_file:.1%}." in unescaped(text(at)) and "Your file says other things of this customer" in text(
        at
    )


def test_in_a_file_within_limits_one_customer_is_decided_as_in_the_file(open_page, lines, workspace):
    at = uploaded(open_page("customers", budget="10"), lines)
    plan = Plan(objective=Objective(budget=10))
    table = scored(lines, workspace, plan)
    row = table[table[TELCO.id] == ONLY_IN_FILE].iloc[0]
    assert row.expected_profit > 0 and not row.contact
    at.selectbox(key="customer").select(ONLY_IN_FILE).run()
    assert "left alone (beyond the budget), though a contact is expected to earn" in header(at)


def test_when_the_session_no_longer_holds_the_file_one_sentence_says_what_to_do(open_page):
    (told,) = open_page("customers", customer=ONLY_IN_FILE, customers_tab="One customer").warning
    assert (
        f"customer is “{ONLY_IN_FILE}”, which is left out: only the id of a customer here is understood. "
        "To see a customer of a file, drop the file under “A file” and choose its row." in unescaped(told.value)
    )


def test_a_file_without_ids_has_customers_by_their_row(open_page, lines, monkeypatch):
    at = uploaded(open_page("customers"), [line.split(",", 1)[1] for line in lines])
    at.selectbox(key="customer").select("row 2").run()
    assert not at.exception and not at.warning and "This is what your file says" in text(at)


# One screen, one campaign


def test_one_customer_says_by_which_campaign_it_is_decided_and_offers_the_other_with_one_click(open_own, own_home, workspace):
    known = {"threshold": 0.99, "contacted": 1, "expected_profit": 1.0, "expected_spend": 1.0, "model_id": "m"}
    store = open_store(own_home)
    saved = store.save("Spring", Plan(), **known, data_sha256="0" * 64, who="Ada")
    store.publish(0.99, who="Ada", campaign_id=saved.id)
    store.close()
    at = open_own("customers", customer=KNOWN, customers_tab="One customer")
    assert "left alone (below the published threshold of 99.0%)" in header(at)
    assert "decided by the published threshold of 99.0%. The campaign is called Spring." in unescaped(text(at))
    choice = next(group for group in at.get("button_group") if group.key == "decided_by")
    assert choice.options == ["Published", "Draft"] and choice.value == "Published"
    choice.set_value("Draft").run()
    assert "worth contacting" in header(at) and "decided by the draft." in text(at)
    assert "decided by the published threshold" not in text(at)
