"""Each page shows what the core computes, follows the campaign, and has a sentence for every empty state."""

import json
import shutil

import pytest

from churn_core.campaign.economics import Campaign
from churn_core.campaign.optimise import best_threshold
from churn_core.data import telco as telco_source
from churn_core.schema import TELCO
from churn_core.scoring import outcome_of, revenue_at_risk
from tests.pages.conftest import metrics, text

PAGES = ("overview", "explore", "campaign", "customers", "model")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_draws_without_an_exception_and_says_what_it_rests_on(open_page, workspace, name):
    at = open_page(name)
    assert not at.exception and not at.error
    assert at.title[0].value
    side_bar = "\n".join(caption.value for caption in at.sidebar.caption)
    assert "7,043 customers" in side_bar and workspace.version.model_id[-4:] in side_bar
    assert f"{best_threshold(workspace.expected_sweep, Campaign()).threshold:.1%}" in side_bar


def test_overview_shows_the_facts_of_the_file_and_the_recommended_campaign(open_page, workspace):
    shown = metrics(open_page("overview"))
    recommended = outcome_of(workspace.customers, workspace.probability, Campaign())
    assert shown["Customers"] == "7,043" and shown["Churn rate"] == "26.5%" and shown["Monthly revenue"] == "$456,000"
    at_risk = revenue_at_risk(workspace.customers, workspace.probability)
    assert shown["Revenue at risk a year"] == f"${at_risk / 1e6:.2f} million"
    assert shown["ROI"] == f"{recommended.roi:.0%}"


def test_explore_shows_churned_against_stayed_as_the_file_has_it(open_page):
    shown = metrics(open_page("explore"))
    assert shown["Mean tenure, churned"] == "17.98 months" and shown["Mean tenure, stayed"] == "37.57 months"
    assert shown["Charge, churned minus stayed"] == "$13.18"
    assert shown["Customers"] == "848" and shown["Churn rate"] == "63.56%" and shown["Share of all churned"] == "28.8%"


def test_filters_apply_to_the_whole_page(open_page, workspace):
    at = open_page("explore")
    at.multiselect(key="filter_Contract").set_value(["Two year"]).run()
    two_year = workspace.customers[workspace.customers["Contract"] == "Two year"]
    assert f"{len(two_year):,} customers left" in at.title[0].value
    assert metrics(at)["Mean monthly charge, stayed"] == f"${two_year.loc[two_year.Churn == 0, TELCO.monthly_charge].mean():.2f}"


def test_no_customer_left_by_the_filters_says_what_to_do(open_page):
    at = open_page("explore")
    at.multiselect(key="filter_Contract").set_value(["Two year"])
    at.slider(key="filter_tenure").set_value((1, 1))
    at.multiselect(key="filter_InternetService").set_value(["Fiber optic"]).run()
    assert not at.exception and "Widen a filter" in text(at)


def test_filters_that_leave_only_stayers_show_a_dash_and_no_number(open_page):
    at = open_page("explore")
    at.slider(key="filter_tenure").set_value((0, 0)).run()
    assert not at.exception
    assert metrics(at)["Mean tenure, churned"] == "—" and "nan" not in text(at)


@pytest.mark.parametrize(("cost", "rate", "months"), [(50.0, 0.3, 12), (10.0, 0.05, 6), (200.0, 0.9, 36)])
def test_the_campaign_sliders_give_what_the_core_computes(open_page, workspace, cost, rate, months):
    at = open_page("campaign")
    for key, value in (("retention_cost", cost), ("success_rate", rate), ("clv_months", months)):
        at.slider(key=key).set_value(value)
    at.run()
    campaign = Campaign(retention_cost=cost, success_rate=rate, clv_months=months)
    recommended = outcome_of(workspace.customers, workspace.probability, campaign)
    shown = metrics(at)
    assert shown["Best threshold"] == f"{best_threshold(workspace.expected_sweep, campaign).threshold:.1%}"
    assert shown["Customers to contact"] == f"{recommended.contacted:,}"
    assert shown["ROI"] == f"{recommended.roi:.0%}"


def test_the_other_pages_follow_the_campaign(open_page, workspace):
    at = open_page("campaign")
    at.slider(key="retention_cost").set_value(100.0).run()
    at.switch_page("overview.py").run()
    recommended = outcome_of(workspace.customers, workspace.probability, Campaign(retention_cost=100))
    assert f"Contact {recommended.contacted:,} of 7,043" in at.title[0].value


@pytest.mark.parametrize("name", PAGES)
def test_a_campaign_that_never_pays_is_an_answer_and_not_an_error(open_page, name):
    at = open_page(name, retention_cost="300", success_rate="0.01")
    assert not at.exception and not at.error
    assert "nan" not in text(at).lower().split()
    if name in ("overview", "campaign"):
        assert at.title[0].value == "Contact nobody: at these parameters no contact pays"


def test_the_profit_curve_marks_the_optimum_where_the_core_has_it(open_page, workspace):
    at = open_page("campaign")
    figures = [json.loads(chart.proto.spec) for chart in at.get("plotly_chart")]
    best = best_threshold(workspace.expected_sweep, Campaign())
    marked = [trace for trace in figures[0]["data"] if trace.get("mode") == "markers"]
    assert marked[0]["x"] == [best.threshold] and marked[0]["y"] == [best.expected_profit]


def test_generated_customers_are_labelled_on_every_page(open_page_at, tmp_path, out_of_reach):
    for name in PAGES:
        at = open_page_at(tmp_path, name)
        assert not at.exception
        assert any("generated, not real" in warning.value and "churn_core data" in warning.value for warning in at.warning), name


def test_a_state_folder_that_cannot_be_used_says_so_and_offers_another_try(open_page_at, telco_path, tmp_path):
    (tmp_path / "data").mkdir()
    shutil.copy(telco_path, tmp_path / "data" / telco_source.FILE_NAME)
    (tmp_path / "models").write_text("a file where a folder has to be")
    at = open_page_at(tmp_path, "overview")
    assert "could not start" in at.error[0].value and "CHURN_HOME" in at.error[0].value
    (tmp_path / "models").unlink()
    at.button[0].click().run()
    assert not at.error and at.title[0].value.startswith("Contact ")
