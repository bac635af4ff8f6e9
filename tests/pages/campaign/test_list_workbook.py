"""The workbook of the contact list, opened as a spreadsheet opens it."""

import io

import pytest
from openpyxl import load_workbook

from churn_core.data.campaign_columns import read_campaign, read_list
from churn_core.data.returned_file import read_returned
from churn_core.data.writing.workbook import to_xlsx
from churn_core.decisions.control import control_of
from churn_core.schema.telco import TELCO
from tests.numbers import malformed, two_formats
from tests.pages.campaign.conftest import plan_of, recommended

CAMPAIGN = {"retention_cost": 100.0}
SHEETS = ["Read me", "Call", "Do not call"]


@pytest.fixture
def content(open_own, monkeypatch) -> bytes:
    """The bytes that the button for Excel gives, with a tenth of the list left alone."""
    kept = []
    monkeypatch.setattr(
        "pages.parts.campaign.contact_tabs.download_xlsx",
        lambda label, sheets, name, key, look: kept.append(lambda: to_xlsx(sheets(), look)[0]),
    )
    at = open_own("campaign", retention_cost="100", control_share="0.1", contacts_per_week="100", window="1", currency="€")
    assert not at.exception
    return kept[-1]()


def rows(sheet) -> list[list]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_the_workbook_has_headings_in_words_formats_widths_and_a_filter(content):
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == SHEETS
    for name in SHEETS[1:]:
        sheet = book[name]
        headings = [cell.value for cell in sheet[1]]
        assert headings[:4] == ["Rank", "Week", "Customer", "Monthly charge"]
        assert {"Churn probability", "Break-even", "Expected profit", "Reason 1", "Test group", "Why not contacted"} <= set(
            headings
        )
        assert not [heading for heading in headings if "_" in heading]
        formats = {heading: cell.number_format for heading, cell in zip(headings, sheet[2], strict=True)}
        assert formats["Churn probability"] == formats["Break-even"] == "0.0%"
        assert formats["Expected profit"] == formats["Monthly charge"] == '"€"#,##0.00'
        assert sheet.auto_filter.ref.startswith("A1:") and sheet.freeze_panes == "A2"
        assert sheet.column_dimensions["C"].width >= len("7590-VHVEG") and sheet.column_dimensions["A"].width < 20


def test_people_still_here_are_on_it_and_nobody_else_and_the_arms_are_two_sheets(content, workspace):
    book = load_workbook(io.BytesIO(content))
    found = recommended(workspace, plan_of(CAMPAIGN))
    here = set(workspace.customers.loc[workspace.customers[TELCO.target] == 0, TELCO.id])
    listed = {name: {row[2] for row in rows(book[name])[1:]} for name in SHEETS[1:]}
    assert listed["Call"] and listed["Do not call"] and not listed["Call"] & listed["Do not call"]
    assert listed["Call"] | listed["Do not call"] <= here
    assert len(listed["Call"] | listed["Do not call"]) == found.outcome.contacted


def test_its_first_sheet_says_what_it_is_net_of_the_control_group(content, workspace):
    told = dict(rows(load_workbook(io.BytesIO(content))["Read me"])[1:])
    found = recommended(workspace, plan_of(CAMPAIGN))
    control = control_of(found, 0.1, told["Name of the list"])
    net = control.treated.outcome(found.plan.campaign)
    assert told["Customers to contact"] == net.contacted == found.outcome.contacted - control.customers
    assert told["Customers left alone"] == control.customers > 0
    assert told["Expected profit"] == pytest.approx(net.expected_profit)
    assert told["Expected spend"] == pytest.approx(100 * net.contacted) and told["ROI"] == pytest.approx(net.roi)
    assert told["Sheet “Call”"].startswith(f"{net.contacted:,} customers to contact, all still here")
    assert told["Sheet “Do not call”"].startswith(f"The control group: {control.customers} customers to leave alone")
    assert not [name for name in told if "_" in name]
    assert told["Whom to contact"] == "One threshold for everybody" and told["After the save"] == "Stays for the whole horizon"


def test_whoever_is_left_alone_or_not_reached_in_time_says_so_in_the_row(content):
    book = load_workbook(io.BytesIO(content))
    for name in SHEETS[1:]:
        header, *listed = rows(book[name])
        at = {heading: position for position, heading in enumerate(header)}
        for row in listed:
            why = row[at["Why not contacted"]] or ""
            if name == "Do not call":
                assert why.startswith("control group: left alone")
            elif row[at["Week"]] is None and row[at["Expected profit"]] > 0:
                assert why == "not reached in time at so many contacts a week"
            else:
                assert why == ""
    assert any((row[at["Why not contacted"]] or "") for row in listed)


def test_it_comes_back_with_who_left_and_is_understood(content):
    book = load_workbook(io.BytesIO(content))
    for name in SHEETS[1:]:
        sheet = book[name]
        sheet.cell(1, sheet.max_column + 1, "left")
        for line in range(2, sheet.max_row + 1):
            sheet.cell(line, sheet.max_column, line % 2)
    filled = io.BytesIO()
    book.save(filled)
    raw = read_returned(filled.getvalue(), TELCO)
    back, listed = read_campaign(raw, TELCO), read_list(raw, TELCO)
    assert len(back.ids) == sum(book[name].max_row - 1 for name in SHEETS[1:])
    assert back.arms is not None and (back.arms.treated == 0).sum() == book["Do not call"].max_row - 1
    assert listed.churn_probability is not None and listed.worth is not None and (listed.worth > 0).all()


def test_no_sheet_writes_one_number_in_two_formats(content):
    book = load_workbook(io.BytesIO(content))
    for sheet in book:
        words = [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
        assert [fault for each in words for fault in malformed(each)] + two_formats(words) == []
    for name in SHEETS[1:]:
        for column in book[name].iter_cols(min_row=2):
            assert len({cell.number_format for cell in column if isinstance(cell.value, float)}) <= 1
    about = {row[0].value: row[1] for row in book["Read me"].iter_rows(min_row=2)}
    shares = ("Success rate", "Margin", "ROI", "Threshold", "Share to leave alone")
    amounts = ("Retention cost per contact", "Expected profit", "Expected spend")
    assert {about[name].number_format for name in shares} == {"0.0%"}
    assert {about[name].number_format for name in amounts} == {'"€"#,##0.00'}
