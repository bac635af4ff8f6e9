"""What each of the three users does first, in Chromium, against the app as the README starts it."""

import math
import re
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import expect

from churn_core.campaign.economics import Campaign
from churn_core.campaign.optimise import best_threshold
from churn_core.campaign.plan import ONE_THRESHOLD, PER_CUSTOMER, Plan
from churn_core.data.reading.reader import read_table
from churn_core.decisions.decide import DECISION_COLUMNS
from churn_core.decisions.recommendation import recommend
from churn_core.decisions.score_table import score_table
from churn_core.model.registry import Registry
from churn_core.report.link import RULES
from churn_core.schema.telco import TELCO
from tests.browser.conftest import at_rest

pytestmark = pytest.mark.usefixtures("no_network")


def download(page, name: str) -> Path:
    """The file behind a button."""
    button = page.get_by_role("button", name=name)
    button.first.wait_for()
    at_rest(page)
    with page.expect_download() as downloaded:
        button.click()
    return downloaded.value.path()


def metric(page, label: str) -> str:
    card = page.get_by_test_id("stMetric").filter(has=page.get_by_text(label, exact=True))
    return card.get_by_test_id("stMetricValue").inner_text()


def test_an_executive_reads_the_recommendation_on_the_first_page(page, ready):
    recommended = best_threshold(ready.still_here.expected_sweep, Campaign())
    sentence = (
        f"Contact {recommended.contacted:,} of {len(ready.still_here):,} customers still here, "
        f"everyone above {recommended.threshold:.1%}: expected profit ${round(recommended.expected_profit, -3):,.0f} ± $"
    )
    headline = page.locator("h1").inner_text().replace("\xa0", " ")
    assert headline.startswith(sentence)
    spent = 100 * math.floor(recommended.expected_spend / 100 + 0.5)  # half a unit rounds up
    assert headline.endswith(f" on ${spent:,.0f} spent, ROI {recommended.roi:.0%}")
    assert metric(page, "ROI") == f"{recommended.roi:.0%}"
    assert metric(page, "Churn rate") == f"{ready.churned.mean():.1%}"


@pytest.mark.parametrize("presses", [5, 40])
def test_moving_the_cost_slider_moves_the_best_threshold_to_what_the_core_computes(app, page, trained, presses):
    page.goto(f"{app.url}/campaign")
    slider = page.get_by_role("slider", name="Retention cost per contact")
    page.locator(".campaign[data-answered='0']").wait_for()
    figure = page.locator("[data-figure=threshold]")
    before = figure.inner_text()
    for _ in range(presses):
        slider.press("ArrowRight")
    cost = 10 + presses
    expected = f"{best_threshold(trained.still_here.expected_sweep, Campaign(retention_cost=cost)).threshold:.1%}"
    assert figure.inner_text() == expected != before, "the browser did not follow the slider"
    page.wait_for_url(re.compile(rf"retention_cost={cost}\b"))
    page.locator(f".campaign[data-answered='{presses}']").wait_for()
    assert figure.inner_text() == expected, "Python's answer is another"


def test_slider_values_survive_a_page_switch_and_a_shared_link(app, page, ready):
    page.goto(f"{app.url}/?retention_cost=100")
    recommended = best_threshold(ready.still_here.expected_sweep, Campaign(retention_cost=100))
    headline = page.locator("h1", has_text=f"Contact {recommended.contacted:,} of").first
    headline.wait_for()
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Campaign").click()
    page.wait_for_url("**/campaign?retention_cost=100")
    page.locator(".campaign").get_by_role("heading", name=f"Contact {recommended.contacted:,} of").wait_for()
    expect(page.get_by_role("slider", name="Retention cost per contact")).to_have_value("100")
    page.reload()
    headline.wait_for()
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Overview").click()
    page.wait_for_url("**/?retention_cost=100")
    headline.wait_for()


def test_an_analyst_uploads_a_csv_and_downloads_it_scored(app, page, trained, telco_path, tmp_path):
    upload = tmp_path / "customers.csv"
    lines = telco_path.read_text().splitlines()[:101]
    lines[4] = lines[4].replace("One year", "weekly").replace("Month-to-month", "weekly").replace("Two year", "weekly")
    upload.write_text("\n".join(lines) + "\n")
    page.goto(f"{app.url}/customers")
    page.locator("input[type=file]").set_input_files(upload)
    page.get_by_role("button", name="Download scored (CSV)").first.wait_for()
    at_rest(page)
    assert (metric(page, "Rows"), metric(page, "Scored"), metric(page, "Rejected")) == ("100", "99", "1")
    scored = pd.read_csv(download(page, "Download scored (CSV)"))
    registry = Registry(app.home / "models")
    model = registry.load(registry.production_id()).model
    expected = score_table(read_table(upload, TELCO), model, Plan(), schema=TELCO).scored
    assert list(scored.columns) == [*[c.name for c in TELCO.columns], *DECISION_COLUMNS, "why_not"]
    assert (scored["churn_probability"].to_numpy() == expected["churn_probability"].to_numpy()).all()
    assert (scored["contact"].to_numpy() == expected["contact"].to_numpy()).all()


def test_a_list_is_sent_while_it_is_made_and_a_small_file_as_it_is(app, page, trained):
    """Half a million contacts are never in memory as a whole: the answer begins before its length is known."""
    page.goto(f"{app.url}/campaign")
    files = {}
    page.on("response", lambda answer: files.update({answer.url[-4:]: answer.url}) if "/media/" in answer.url else None)
    listed, _ = (download(page, f"Download the whole list ({kind})") for kind in ("CSV", "Excel"))
    of_list, of_workbook = (page.request.get(files[ending]) for ending in (".csv", "xlsx"))
    assert "content-length" not in of_list.headers and of_list.headers["transfer-encoding"] == "chunked"
    assert of_list.body() == listed.read_bytes(), "who lost the connection fetches the same list again"
    assert "content-length" in of_workbook.headers


@pytest.mark.parametrize("query", ["", "?back_test=true"], ids=["still here", "back-test"])
def test_no_file_of_contacts_holds_a_customer_who_has_left(app, page, trained, query):
    page.goto(f"{app.url}/campaign{query}")
    files = [download(page, f"Download the whole list ({kind})") for kind in ("CSV", "Excel")]
    gone = set(trained.customers.loc[trained.churned == 1, TELCO.id])
    recommended = recommend(trained.still_here, Plan())
    for ids in (pd.read_csv(files[0])[TELCO.id], pd.read_excel(files[1], sheet_name="Call")["Customer"]):
        assert len(ids) == recommended.outcome.contacted and not gone & set(ids)


@pytest.mark.parametrize("rule", [ONE_THRESHOLD, PER_CUSTOMER])
def test_a_manager_downloads_the_contact_list(app, page, trained, rule):
    page.goto(f"{app.url}/campaign?rule={RULES[rule]}")
    listed = pd.read_csv(download(page, "Download the whole list (CSV)"))
    plan = Plan(rule=rule)
    recommended = recommend(trained.still_here, plan)
    assert len(listed) == recommended.outcome.contacted
    assert set(listed[TELCO.id]) == set(trained.still_here.customers.loc[recommended.contact, TELCO.id])
    assert listed["rank"].tolist() == list(range(1, len(listed) + 1))
    assert listed["expected_profit"].is_monotonic_decreasing
    assert listed["expected_profit"].sum() == pytest.approx(recommended.outcome.expected_profit)
    if rule == PER_CUSTOMER:
        assert (listed["expected_profit"] > 0).all() and listed["threshold"].isna().all()
    else:
        best = best_threshold(trained.still_here.expected_sweep, Campaign())
        assert len(listed) == best.contacted
        assert listed["churn_probability"].min() == best.threshold and (listed["threshold"] == best.threshold).all()
    columns = ("break_even_probability", "reason_1", "reason_2", "reason_3", "arm", "stratum", *plan.as_dict())
    assert set(columns) <= set(listed.columns)
    assert (listed["rule"] == rule).all() and (listed["retention_cost"] == plan.campaign.retention_cost).all()
