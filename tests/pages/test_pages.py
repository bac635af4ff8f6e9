"""Each page shows what the core computes, follows the campaign, and has a sentence for every empty state."""

import shutil

import pandas as pd
import pytest

from churn_core.campaign.economics import Campaign
from churn_core.campaign.optimise import best_threshold
from churn_core.campaign.plan import PER_CUSTOMER, Plan
from churn_core.data import telco_source
from churn_core.decisions.at_stake import last_contacts, recovered_share
from churn_core.decisions.policies import EACH, EVERYBODY, NOBODY, ONE_THRESHOLD, advantage, policies, revenue_at_risk
from churn_core.decisions.realised import realised
from churn_core.decisions.recommendation import recommend
from churn_core.schema.telco import TELCO
from pages.parts.policies import message
from tests.navigation import PAGES
from tests.pages.conftest import beside, dollars, figure, metrics, numbers, side_bar, text, to_page, unescaped


@pytest.mark.parametrize("name", PAGES)
def test_a_page_draws_without_an_exception_and_says_what_it_rests_on(open_page, workspace, name):
    at = open_page(name)
    assert not at.exception and not at.error
    assert at.title[0].value
    told = unescaped(side_bar(at))
    assert "7,043 customers, 5,174 still here" in told and workspace.version.model_id[-4:] in told
    assert f"{best_threshold(workspace.still_here.expected_sweep, Campaign()).threshold:.1%}" in told
    assert "$10 per contact, 30% success ± 20%, 12 months of revenue" in told
    assert "**Published threshold** none published yet" in told


def recommended(workspace, plan: Plan = Plan()):  # noqa: B008  a frozen value
    return recommend(workspace.still_here, plan)


def test_overview_shows_the_facts_of_the_file_and_the_recommended_campaign(open_page, workspace):
    at = open_page("overview")
    shown, here, found = metrics(at), workspace.still_here, recommended(workspace).outcome
    assert shown["Customers still here"] == "5,174" and beside(at)["Customers still here"] == "of 7,043 in the data"
    assert shown["Churn rate"] == "26.5%"  # of all in the data
    assert shown["Monthly revenue"] == dollars(here.worth.amount.sum()) == "$317,000"
    assert shown["Revenue at risk a year"] == dollars(revenue_at_risk(here))
    assert shown["Expected profit"] == dollars(found.expected_profit) and shown["ROI"] == f"{found.roi:,.0%}"


@pytest.mark.parametrize("rule", ["One threshold for everybody", "Customer by customer"])
def test_overview_shows_the_range_of_the_profit_and_follows_the_rule(open_page, workspace, rule):
    plan = (
        Plan(campaign=Campaign(retention_cost=50))
        if rule.startswith("One")
        else Plan(campaign=Campaign(retention_cost=50), rule=PER_CUSTOMER)
    )
    at, found = open_page("overview", retention_cost="50", rule=rule), recommended(workspace, plan)
    give_or_take = dollars(found.forecast.range.half_width)
    who = "each above their own break-even" if plan.rule == PER_CUSTOMER else f"everyone above {found.threshold:.1%}"
    assert unescaped(at.title[0].value) == (
        f"Contact {found.outcome.contacted:,} of 5,174 customers still here, {who}: "
        f"expected profit {dollars(found.outcome.expected_profit)} ±\u00a0{give_or_take} "
        f"on {dollars(found.outcome.expected_spend)} spent, ROI {found.outcome.roi:,.0%}"
    )
    (profit,) = [metric for metric in at.metric if metric.label == "Expected profit"]
    assert (unescaped(profit.value), unescaped(profit.delta)) == (dollars(found.outcome.expected_profit), f"± {give_or_take}")
    chosen, table = (
        EACH if plan.rule == PER_CUSTOMER else ONE_THRESHOLD,
        policies(workspace.still_here, plan),
    )
    simple, gained = advantage(table, chosen)
    told = unescaped(text(at))
    assert f"Choosing whom to contact earns {dollars(gained)} more than contacting {simple.lower()}" in told
    assert f"Recommended is “{chosen.lower()}”" in told
    wide, exact = found.forecast.range, found.forecast.range_if_exact
    assert f"If it is exactly right, expect {dollars(exact.low)} to {dollars(exact.high)}" in told
    assert f"if it lies between 10% and 50%, {dollars(wide.low)} to {dollars(wide.high)}." in told
    back_test = recommend(workspace.all_customers, plan)
    was = realised(back_test)
    assert f"the same rule would have contacted {back_test.outcome.contacted:,}, {was.had_left:,} of whom left" in told
    assert f"expected {dollars(back_test.outcome.expected_profit)}, realised {dollars(was.profit.estimate)} at" in told
    assert "At $50 per contact" in told


def test_overview_draws_what_every_policy_earns_and_spends(open_page, workspace):
    at = open_page("overview", retention_cost="50", budget="100000")
    plan = Plan.from_dict({"retention_cost": 50.0, "budget": 100_000.0})
    table = policies(workspace.still_here, plan).set_index("policy")
    profit, spend = figure(at, "policies")["data"]
    assert profit["y"] == table.index.tolist()
    assert numbers(profit["x"]).tolist() == table["expected_profit"].tolist()
    assert numbers(spend["x"]).tolist() == table["expected_spend"].tolist()
    assert table["expected_spend"][EVERYBODY] > 100_000 >= table["expected_spend"].drop(EVERYBODY).max()


def test_everybody_beyond_a_budget_is_marked_and_not_compared(open_page, workspace):
    at = open_page("overview", budget="20000")
    found = recommended(workspace, Plan.from_dict({"budget": 20_000.0}))
    told = unescaped(text(at))
    assert f"earns {dollars(found.outcome.expected_profit)} more than contacting nobody" in told
    assert "Hatched: what the limits forbid, which is not compared" in told
    beside = [note["text"] for note in figure(at, "policies")["layout"]["annotations"]]
    assert [text for text in beside if "not affordable" in text] == [f"not affordable<br>would spend {dollars(51_740)}"]
    assert "Hatched" not in text(open_page("overview"))


@pytest.mark.parametrize(
    "profit, said",
    [
        ([0.0, 5e3, 8e3], "earns $3,000 more than contacting everybody"),
        ([0.0, 5e3, 4e3], "earns $1,000 less than contacting everybody"),
        ([0.0, 5e3, 5e3], "earns as much as contacting everybody"),
        ([0.0, -5e3, 8e3], "earns $8,000 more than contacting nobody"),
    ],
)
def test_nothing_negative_is_called_more(profit, said):
    table = pd.DataFrame(
        {"policy": [NOBODY, EVERYBODY, EACH], "contacted": [0, 9, 5], "expected_profit": profit, "forbidden_by": ""}
    )
    assert message(table, EACH).endswith(said)


def test_explore_shows_churned_against_stayed_as_the_file_has_it(open_page):
    shown = metrics(open_page("explore"))
    assert shown["Mean tenure, churned"] == "17.98 months" and shown["Mean tenure, stayed"] == "37.57 months"
    assert shown["Charge, churned minus stayed"] == "$13.18"
    assert shown["Customers"] == "848" and shown["Churn rate"] == "63.6%" and shown["Share of all who left"] == "28.8%"


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


def test_the_other_pages_follow_the_campaign(open_page, workspace):
    at = to_page(open_page("overview"), "campaign").run()
    at.number_input(key="retention_cost").set_value(100.0)
    at.number_input(key="fixed_cost").set_value(2000.0)
    at.number_input(key="budget").set_value(90_000.0)
    at.radio(key="rule").set_value(PER_CUSTOMER).run()
    plan = Plan.from_dict({"retention_cost": 100.0, "fixed_cost": 2000.0, "budget": 90_000.0, "rule": PER_CUSTOMER})
    contacted = recommended(workspace, plan).outcome.contacted
    for name in (*(name for name in PAGES if name != "campaign"), "campaign"):
        at.switch_page(f"{name}.py").run()
        assert not at.exception
        told = unescaped(side_bar(at))
        assert "$100 per contact" in told and "$2,000 fixed cost, at most $90,000 spent" in told, name
        if name in ("overview", "campaign"):
            assert f"Contact {contacted:,} of 5,174 customers still here, each above" in at.title[0].value


def test_the_campaign_can_be_changed_in_the_side_bar_of_any_page(open_page, workspace):
    at = to_page(open_page("overview"), "explore").run()
    at.sidebar.number_input(key="retention_cost").set_value(80.0).run()
    plan = Plan(campaign=Campaign(retention_cost=80))
    assert "$80 per contact" in unescaped(side_bar(at))
    at.switch_page("overview.py").run()
    assert f"Contact {recommended(workspace, plan).outcome.contacted:,} of 5,174" in at.title[0].value
    at.switch_page("campaign.py").run()
    assert metrics(at)["Customers to contact"] == f"{recommended(workspace, plan).outcome.contacted:,}"


@pytest.mark.parametrize("name", PAGES)
def test_a_campaign_that_never_pays_is_an_answer_and_not_an_error(open_page, name):
    at = open_page(name, retention_cost="300", success_rate="0.01")
    assert not at.exception and not at.error
    assert "nan" not in text(at).lower().split()
    if name in ("overview", "campaign"):
        assert at.title[0].value == "Contact nobody: at these parameters no contact pays"


def test_generated_customers_are_labelled_on_every_page(open_page_at, tmp_path, out_of_reach):
    for name in PAGES:
        at = open_page_at(tmp_path, name)
        assert not at.exception
        assert any(
            "generated, not real" in warning.value and "churn_core data" in unescaped(warning.value) for warning in at.warning
        ), name


def test_a_state_folder_that_cannot_be_used_says_so_and_offers_another_try(open_page_at, telco_path, tmp_path):
    (tmp_path / "data").mkdir()
    shutil.copy(telco_path, tmp_path / "data" / telco_source.FILE_NAME)
    (tmp_path / "models").write_text("a file where a folder has to be")
    at = open_page_at(tmp_path, "overview")
    assert "could not start" in at.error[0].value and "CHURN_HOME" in unescaped(at.error[0].value)
    (tmp_path / "models").unlink()
    at.button[0].click().run()
    assert not at.error and at.title[0].value.startswith("Contact ")


# Without the database


UNUSABLE = ("garbage in its file", "a server that is not there", "an address that is none")


@pytest.fixture
def without_database(own_home, monkeypatch):
    """Makes the database unusable in one of the ways; what a page says of it."""

    def spoil(how: str) -> str:
        if how == "garbage in its file":
            (own_home / "data" / "churn.db").write_bytes(b"this is no database " * 500)
            return "The database in the state folder cannot be used"
        server = how == "a server that is not there"
        monkeypatch.setenv("DATABASE_URL", "postgresql://u:secret@127.0.0.1:1/churn" if server else "magic://nowhere")
        return "The database of DATABASE_URL cannot be used" if server else "DATABASE_URL is no address of a PostgreSQL"

    return spoil


@pytest.mark.parametrize("how", UNUSABLE)
def test_without_the_database_every_page_draws_and_the_side_bar_says_what_is_wrong(open_own, without_database, how):
    sentence = without_database(how)
    at = open_own("overview")
    for name in PAGES:
        at.switch_page(f"{name}.py").run()
        assert not at.exception and at.title[0].value, name
        told = unescaped(side_bar(at))
        assert f"**Published threshold** unknown. {sentence}" in told and "secret" not in told
    assert not any("secret" in error.value for error in at.error)


@pytest.mark.parametrize("how", UNUSABLE)
def test_without_the_database_what_needs_it_says_so_and_the_rest_of_the_page_goes_on(
    open_own, without_database, how, lines_of_telco
):
    sentence = without_database(how)
    at = open_own("campaign", retention_cost="50")
    assert not at.error and at.title[0].value.startswith("Contact ")
    at.session_state["campaign_tab"] = "Saved campaigns"
    at.run()
    assert not at.exception and len(at.error) == 1
    assert sentence in unescaped(at.error[0].value) and "secret" not in at.error[0].value
    assert at.title[0].value.startswith("Contact ") and metrics(at)["ROI"].endswith("%")
    at.switch_page("customers.py").run()
    at.file_uploader(key="upload").upload("customers.csv", lines_of_telco).run()
    assert not at.exception and sentence in unescaped(at.error[0].value)


@pytest.fixture
def lines_of_telco(telco_path) -> bytes:
    return "\n".join(telco_path.read_text().splitlines()[:6]).encode()


def test_overview_ends_in_actions_and_says_in_money_what_is_kept_saved_and_brought_back(open_page, workspace):
    at, found = open_page("overview"), recommended(workspace)
    assert [each.label for each in at.button if each.key == "change_assumptions"] == ["Change assumptions"]
    assert "Download the list" in [each.label for each in at.get("download_button")]
    assert beside(at)["Revenue at risk a year"] == f"{recovered_share(found):.1%} of it can be kept"
    last = last_contacts(found)
    assert metrics(at)["Last 1,000 bring back"] == dollars(last.brought_back)
    assert beside(at)["Last 1,000 bring back"] == f"for {dollars(last.spend)}"
    spend = policies(workspace.still_here, Plan()).set_index("policy")["expected_spend"]
    assert f"and spends {dollars(spend[EVERYBODY] - spend[ONE_THRESHOLD])} less" in unescaped(text(at))
    at.button(key="change_assumptions").click().run()
    assert at.get("tab")[0].label == "Contact list" and not at.exception
