"""The Customers page: files in every state get an answer; one customer gets a probability, reasons and a what-if."""

import io

import numpy as np
import pandas as pd
import pytest

from churn_core.campaign.economics import Campaign
from churn_core.campaign.objective import Objective
from churn_core.campaign.plan import Plan
from churn_core.data.reading.reader import read_table
from churn_core.decisions.decide import score
from churn_core.decisions.recommendation import recommend
from churn_core.decisions.score_table import ScoredTable, score_table
from churn_core.schema.telco import TELCO
from churn_core.storage.store import open_store
from pages.parts.customers import file_scoring
from tests.pages.conftest import beside, dollars, metrics, side_bar, text, unescaped


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
        (b"\x89PNG\r\n\x1a\n\x00\x00", "an image"),
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
    assert "The only row cannot be scored" in at.error[0].value and "tenure" in at.error[0].value


def test_one_customer_has_the_probability_and_the_decision_of_the_scorer(open_page, workspace):
    customer = workspace.customers.iloc[[3]]
    at = open_page("customers")
    at.selectbox(key="customer").select(customer[TELCO.id].item()).run()
    decided = score(customer, workspace.version.model, Plan(), schema=TELCO).iloc[0]
    assert at.header[0].value.startswith(f"{decided.churn_probability:.1%} likely to leave")
    assert ("worth contacting" in at.header[0].value) and ("not worth" in at.header[0].value) != decided.contact


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
    then = score(changed, workspace.version.model, Plan(), schema=TELCO).iloc[0]
    shown = metrics(at)
    assert shown["Churn probability"] == f"{then.churn_probability:.1%}"
    assert shown["Break-even"] == f"{then.break_even_probability:.1%}"
    assert "not proof" in text(at)


# A file follows the draft, or what is published


def scored(lines, workspace, plan: Plan, threshold: float | None = None):
    return score_table(read_table("\n".join(lines).encode(), TELCO), workspace.version.model, plan, threshold, schema=TELCO)


def outcome_of(expected: ScoredTable):
    return expected.contacts(TELCO).outcome(expected.plan.campaign)


def shown_table(at):
    """The scored table in the order of the file."""
    return as_shown(at).sort_index()


def as_shown(at):
    return next(frame.value for frame in at.dataframe if "churn_probability" in frame.value)


def uploaded(at, lines):
    at.file_uploader(key="upload").upload("customers.csv", "\n".join(lines).encode()).run()
    assert not at.exception
    return at


def test_a_file_is_decided_customer_by_customer_at_the_draft(open_page, lines, workspace):
    at = uploaded(open_page("customers", retention_cost="60", budget="300"), lines)
    expected = scored(lines, workspace, Plan(campaign=Campaign(retention_cost=60), objective=Objective(budget=300)))
    assert metrics(at)["To contact"] == f"{outcome_of(expected).contacted:,}" == "5"
    assert shown_table(at)["contact"].tolist() == expected.scored["contact"].tolist()
    assert "Decided customer by customer by the draft: \\$60 per contact" in text(at)


def test_what_a_file_is_expected_to_earn_is_after_the_fixed_cost(open_page, lines, workspace):
    at = uploaded(open_page("customers", fixed_cost="100"), lines)
    expected = outcome_of(scored(lines, workspace, Plan(campaign=Campaign(fixed_cost=100)))).expected_profit
    assert expected == pytest.approx(outcome_of(scored(lines, workspace, Plan())).expected_profit - 100)
    assert metrics(at)["Expected profit"] == dollars(expected)


def test_the_money_of_a_file_is_revenue_as_long_as_nobody_has_stated_the_margin(open_page, lines):
    assert "Margin not stated: money is revenue, not profit." in text(uploaded(open_page("customers"), lines))
    assert "Margin not stated" not in text(uploaded(open_page("customers", margin_stated="true"), lines))


def test_what_is_published_decides_a_file_and_the_draft_does_not(open_own, own_home, lines, workspace):
    plan = Plan(campaign=Campaign(retention_cost=25))
    at = {"threshold": 0.4, "contacted": 1, "expected_profit": 1.0, "expected_spend": 1.0}
    saved = open_store(own_home).save("Spring *sale*", plan, **at, model_id="m", data_sha256="0" * 64, who="Ada")
    open_store(own_home).publish(0.4, who="Ada", campaign_id=saved.id)
    page = uploaded(open_own("customers", retention_cost="200"), lines)
    expected, shown = scored(lines, workspace, plan, 0.4), shown_table(page)
    assert shown["contact"].tolist() == expected.scored["contact"].tolist()
    assert shown["contact"].tolist() == ((shown["churn_probability"] >= 0.4) & (expected.scored["Churn"] != "Yes")).tolist()
    assert shown["expected_profit"].tolist() == expected.scored["expected_profit"].tolist()
    assert metrics(page)["To contact"] == f"{outcome_of(expected).contacted}" and 0 < outcome_of(expected).contacted < 20
    told = text(page)
    assert "Decided by what is published: contact from 40.0% up, of the campaign Spring" in told
    assert "*sale*" not in told.replace("\\*", "")  # shown as it was written, not as mark-up
    assert "expected profit at \\$25 per contact" in told
    assert "**Published threshold** 40" in side_bar(page).replace("\\.", ".")


@pytest.mark.parametrize(
    ("query", "customer"),
    [
        ({}, 0),
        ({"fixed_cost": "1000000"}, 0),
        ({"budget": "0"}, 0),
        ({"min_marginal_roi": "50"}, 0),
        ({"retention_cost": "300"}, 1),
    ],
)
def test_one_customer_alone_is_decided_without_fixed_cost_and_budget(open_page, workspace, query, customer):
    one = workspace.customers.iloc[[customer]]
    name = one[TELCO.id].item()
    at = open_page("customers", customer=name, **query)
    limits = {key: float(value) for key, value in query.items() if key == "min_marginal_roi"}
    costs = {key: float(value) for key, value in query.items() if key == "retention_cost"}
    plan = Plan(campaign=Campaign(**costs), objective=Objective(**limits))
    decided = score(one, workspace.version.model, plan, schema=TELCO).iloc[0]
    told = unescaped(at.header[0].value)
    if decided.contact:
        assert told.endswith(f"worth contacting, ${decided.expected_profit:,.2f} expected profit") and "not" not in told
    elif decided.expected_profit > 0:
        assert told.endswith(f"(ROI below 5,000%), though a contact is expected to earn ${decided.expected_profit:,.2f}")
    else:
        assert told.endswith(f"not worth contacting, it would lose ${-decided.expected_profit:,.2f}")
    assert decided.contact == (not query or query.keys() <= {"fixed_cost", "budget"})


@pytest.mark.parametrize("threshold", [0.0, 0.3, 1.0])
def test_one_customer_is_decided_by_what_is_published_as_a_file_is(open_own, own_home, workspace, threshold):
    open_store(own_home).publish(threshold, who="Ada")
    one = workspace.customers.iloc[[1]]
    at = open_own("customers", customer=one[TELCO.id].item())
    decided = score(one, workspace.version.model, Plan(), threshold, schema=TELCO).iloc[0]
    told = unescaped(at.header[0].value)
    assert decided.contact == (decided.churn_probability >= threshold)
    assert ("left alone" in told or "not worth" in told) != decided.contact
    assert f"decided by the published threshold of {threshold:.1%}" in text(at)


# What is published keeps its limits


BUDGET = Plan(campaign=Campaign(retention_cost=25), objective=Objective(budget=100))


def publish(home, plan: Plan, threshold: float) -> None:
    at = {"threshold": threshold, "contacted": 1, "expected_profit": 1.0, "expected_spend": 1.0}
    saved = open_store(home).save("Spring", plan, **at, model_id="m", data_sha256="0" * 64, who="Ada")
    open_store(home).publish(threshold, who="Ada", campaign_id=saved.id)


def choice(at):
    """The choice of what decides a file, if there is one."""
    return next((group for group in at.get("button_group") if group.key == "decided_by"), None)


def warnings(at) -> list[str]:
    return [unescaped(warning.value) for warning in at.warning]


def test_a_file_is_decided_within_the_published_budget_and_offers_the_others_with_one_click(open_own, own_home, lines, workspace):
    publish(own_home, BUDGET, 0.2)
    at = uploaded(open_own("customers"), lines)
    held, all_of_them = scored(lines, workspace, BUDGET, 0.2), scored(lines, workspace, Plan(campaign=BUDGET.campaign), 0.2)
    assert shown_table(at)["contact"].tolist() == held.scored["contact"].tolist()
    shown = metrics(at)
    assert (shown["To contact"], shown["Expected spend"]) == ("4", "$100") and outcome_of(all_of_them).contacted > 4
    assert shown["ROI"] == f"{outcome_of(held).expected_profit / 100:,.0%}" and shown["Expected profit"] == dollars(
        outcome_of(held).expected_profit
    )
    (said,) = warnings(at)
    assert said.startswith(
        f"Contacting everybody from 20.0% up would spend {dollars(25 * outcome_of(all_of_them).contacted)} against a published"
    )
    assert choice(at).options == ["Published, within the budget", "Published, from 20.0% up", "Draft"]
    choice(at).set_value("Published, from 20.0% up").run()
    assert shown_table(at)["contact"].tolist() == all_of_them.scored["contact"].tolist()
    assert warnings(at)[0].startswith("Everybody from 20.0% up is contacted, whatever the limits: the list is expected to spend")
    choice(at).set_value("Draft").run()
    assert shown_table(at)["contact"].tolist() == scored(lines, workspace, Plan()).scored["contact"].tolist()
    assert warnings(at) == [] and "Decided customer by customer by the draft" in text(at)


def who_left(lines: list[str]) -> np.ndarray:
    """Of the customers of a file, whose outcome stands last."""
    return np.array([line.rstrip().endswith(",Yes") for line in lines[1:]])


def test_whoever_pays_and_is_not_contacted_says_why(open_own, own_home, lines):
    publish(own_home, BUDGET, 0.2)
    table = shown_table(uploaded(open_own("customers"), lines))
    gone = who_left(lines)
    pays = (table["expected_profit"] > 0) & ~table["contact"]
    assert set(table["why_not"][pays & gone]) == {"has left"} and not table["contact"][gone].any()
    pays &= ~gone
    below = pays & (table["churn_probability"] < 0.2)
    assert set(table["why_not"][below]) == {"below the published threshold of 20.0%"} and below.any()
    assert set(table["why_not"][pays & ~below]) == {"beyond the budget"} and (table["why_not"][~pays & ~gone] == "").all()


def whole(pieces):
    return io.BytesIO(b"".join(pieces()))


def test_the_downloaded_file_says_why_row_by_row_as_the_table_does(open_own, own_home, lines, monkeypatch):
    publish(own_home, BUDGET, 0.2)
    files = {}
    monkeypatch.setattr(file_scoring, "_download", lambda label, pieces, name, key, primary=False: files.update({name: pieces}))
    table = shown_table(uploaded(open_own("customers"), lines))
    written = {
        "csv": pd.read_csv(whole(files["scored.csv"]), keep_default_na=False),
        "parquet": pd.read_parquet(whole(files["scored.parquet"])),
        "xlsx": pd.read_excel(whole(files["scored.xlsx"]), keep_default_na=False),
    }
    for kind, frame in written.items():
        assert frame.columns[-1] == "why_not" and frame["why_not"].tolist() == table["why_not"].tolist(), kind
    assert set(table["why_not"]) == {"", "has left", "beyond the budget", "below the published threshold of 20.0%"}


def test_values_repaired_counts_what_was_mended_and_not_that_numbers_are_text(open_page, lines):
    assert metrics(upload(open_page, "\n".join(lines).encode()))["Values repaired"] == "0"
    at = upload(open_page, damaged(lines, 5, "TotalCharges", " "))
    assert (metrics(at)["Values repaired"], metrics(at)["Rejected"]) == ("1", "0")


def test_without_anything_published_a_file_offers_no_choice(open_page, lines):
    assert choice(uploaded(open_page("customers"), lines)) is None


def test_one_customer_is_told_that_the_limits_hold_for_a_file(open_own, own_home, workspace):
    publish(own_home, BUDGET, 0.2)
    at = open_own("customers", customer=workspace.customers[TELCO.id].iloc[1])
    assert "In a file the limits of the published campaign may leave out more customers." in text(at)


# Whoever has left


def test_a_file_scores_whoever_has_left_and_recommends_nobody_of_them(open_page, lines, workspace):
    at = uploaded(open_page("customers"), lines)
    expected, shown = scored(lines, workspace, Plan()), shown_table(at)
    gone = expected.scored["Churn"] == "Yes"
    assert metrics(at)["Scored"] == "20" and metrics(at)["Have left"] == f"{gone.sum()}" == f"{expected.left.sum()}"
    assert 0 < gone.sum() < 20 and not shown["contact"][gone].any() and shown["contact"][~gone].any()
    assert (shown["churn_probability"][gone] > 0).all()
    outcome = outcome_of(expected)
    assert metrics(at)["To contact"] == f"{outcome.contacted}" == f"{shown['contact'].sum()}"
    assert metrics(at)["Expected profit"] == dollars(outcome.expected_profit)
    assert outcome.expected_profit == pytest.approx(shown["expected_profit"][shown["contact"]].sum())
    assert metrics(at)["Expected spend"] == dollars(outcome.expected_spend)


def test_in_a_back_test_a_file_is_decided_as_if_everybody_were_here_and_that_is_said(open_page, lines):
    at = uploaded(open_page("customers", back_test="true"), lines)
    shown = shown_table(at)
    gone = who_left(lines)
    assert shown["contact"].tolist() == (shown["expected_profit"] > 0).tolist() and shown["contact"][gone].any()
    assert metrics(at)["Have left"] == f"{gone.sum()}" and "This is no contact list" in unescaped(text(at))


def test_a_file_of_unknown_outcome_counts_nobody_as_gone(open_page, lines):
    without = [line.rsplit(",", 1)[0] for line in lines]
    at = uploaded(open_page("customers"), without)
    assert "Have left" not in metrics(at) and metrics(at)["Scored"] == "20"


@pytest.mark.parametrize("half", [0.0, 0.2])
def test_the_range_of_a_file_needs_no_outcome(open_page, lines, workspace, half):
    without = [line.rsplit(",", 1)[0] for line in lines]
    at = uploaded(open_page("customers", success_rate_give_or_take=str(half)), without)
    plan = Plan(campaign=Campaign(success_rate_give_or_take=half))
    forecast = scored(without, workspace, plan).contacts(TELCO).forecast(plan.campaign)
    assert beside(at)["Expected profit"] == f"± {dollars(forecast.range.half_width)}"
    assert (forecast.range == forecast.range_if_exact) == (half == 0)


@pytest.mark.parametrize("back_test", ["false", "true"], ids=["still here", "back-test"])
@pytest.mark.parametrize("published", [None, 0.0])
def test_a_customer_who_has_left_is_told_to_have_and_not_recommended(open_own, own_home, workspace, back_test, published):
    if published is not None:
        open_store(own_home).publish(published, who="Ada")
    gone = workspace.customers[workspace.customers[TELCO.target] == 1].iloc[0]
    name = gone[TELCO.id]
    at = open_own("customers", customer=name, back_test=back_test)
    assert not at.exception and at.header[0].value.endswith("has left already, so there is nobody to contact")
    assert "the contact list goes by that and does not include this customer" in unescaped(text(at))
    at.selectbox(key=f"what_if_Contract_{name}").select("Two year").run()
    assert metrics(at)["Decision"] == "leave alone"


def test_a_customer_still_here_is_on_the_list_or_not_as_the_list_has_it(open_page, workspace):
    found = recommend(workspace.still_here, Plan(campaign=Campaign(retention_cost=100)))
    ids = workspace.still_here.customers[TELCO.id].to_numpy()
    for listed in (True, False):
        at = open_page("customers", customer=ids[found.contact == listed][0], retention_cost="100")
        told = unescaped(text(at))
        assert f"the contact list goes by that and {'includes' if listed else 'does not include'} this customer" in told
        assert "has left already" not in told


def test_the_scored_table_has_the_most_profitable_contact_first_and_stands_before_the_quality(open_page, lines):
    at = uploaded(open_page("customers"), lines[:40])
    shown = as_shown(at)
    assert shown["expected_profit"].is_monotonic_decreasing and len(shown) > 1
    tables = [frame.value.columns for frame in at.dataframe]
    assert "churn_probability" in tables[0]


def test_the_tab_and_the_customer_are_in_the_address(open_page):
    at = open_page("customers", customers_tab="One customer", customer="7590-VHVEG")
    assert at.selectbox(key="customer").value == "7590-VHVEG" and not at.warning
    assert at.session_state["customers_tab"] == "One customer"


def test_an_unknown_customer_or_tab_in_the_address_is_told(open_page):
    told = unescaped(
        "\n".join(each.value for each in open_page("customers", customers_tab="Two", customer="0000-NOBODY").warning)
    )
    assert "customer is “0000-NOBODY”, which is left out: only the id of a customer here is understood" in told
    assert "customers_tab is “Two”" in told
