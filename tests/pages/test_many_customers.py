"""The tab "Many customers": the draft on any number of customers, from their summary."""

import pytest

from churn_core.application.optimum import optimum_of_summary
from churn_core.campaign.economics import Campaign
from churn_core.campaign.plan import Plan
from churn_core.campaign.summary import Summary
from churn_core.schema.telco import TELCO
from tests.pages.conftest import beside, dollars, figure, metrics, numbers, open_tab, text, unescaped

TAB = "Many customers"


@pytest.fixture(scope="module")
def summary(workspace) -> Summary:
    """All customers of the dashboard, ten times over."""
    once = Summary.of(workspace.probability, workspace.customers[TELCO.monthly_charge].to_numpy())
    return sum((once for _ in range(9)), start=once)


def dropped(open_page, content: bytes, **query: str):
    at = open_tab(open_page("campaign", **query), TAB)
    at.file_uploader(key="summary").upload("customers.summary", content).run()
    assert not at.exception
    return at


def test_before_a_summary_the_tab_says_how_to_get_one(open_page):
    at = open_tab(open_page("campaign"), TAB)
    assert "No summary yet" in text(at) and "--summary" in at.code[0].value and not at.error


@pytest.mark.parametrize("cost", [10, 60])
def test_the_figures_are_those_of_all_customers_of_the_draft(open_page, summary, cost):
    at = dropped(open_page, summary.to_bytes(), retention_cost=str(cost))
    of = optimum_of_summary(summary, Plan(campaign=Campaign(retention_cost=cost)), 200)
    shown, range_ = metrics(at), of["threshold"]["range"]
    assert beside(at)["Expected profit"] == f"± {dollars((range_['high'] - range_['low']) / 2)}"
    assert shown["Customers to contact"] == f"{of['threshold']['contacted']:,}"
    assert shown["Expected profit"] == dollars(of["threshold"]["expected_profit"])
    assert shown["Expected spend"] == dollars(of["threshold"]["expected_spend"])
    assert shown["Customer by customer"] == dollars(of["per_customer"]["expected_profit"])
    assert any(f"Of 70,430 customers contact {of['threshold']['contacted']:,}" in each.value for each in at.header)


def test_the_curve_peaks_where_the_figures_say(open_page, summary):
    at = dropped(open_page, summary.to_bytes())
    line, best = figure(at, "summary_curve")["data"]
    most = optimum_of_summary(summary, Plan(), 200)["threshold"]
    assert numbers(line["y"]).max() == pytest.approx(most["expected_profit"])
    assert (numbers(best["x"])[0], numbers(best["y"])[0]) == (most["threshold"], pytest.approx(most["expected_profit"]))


def test_where_no_contact_pays_the_tab_says_so(open_page, summary):
    at = dropped(open_page, summary.to_bytes(), retention_cost="500", success_rate="0.01")
    assert any("contact nobody: no threshold pays" in each.value for each in at.header)
    assert metrics(at)["Customers to contact"] == "0"


@pytest.mark.parametrize("content", [b"", b"no summary at all", b"PK\x03\x04"], ids=["empty", "text", "zip"])
def test_a_file_that_is_no_summary_is_one_sentence_and_the_page_goes_on(open_page, content):
    at = dropped(open_page, content)
    assert len(at.error) == 1 and "summary" in unescaped(at.error[0].value).lower()
    assert metrics(at)["Best threshold"]


@pytest.mark.parametrize("where", [10, 0.5, -40], ids=["head", "middle", "end"])
def test_a_damaged_summary_is_one_sentence(open_page, summary, where):
    content = summary.to_bytes()
    at = dropped(open_page, content[: int(where * len(content)) if isinstance(where, float) else where])
    assert len(at.error) == 1
