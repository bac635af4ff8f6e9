"""The tabs of the Campaign page: each draws, and the contact list and the two rules are those of the core."""

import pandas as pd
import pytest

from churn_core.campaign.plan import PER_CUSTOMER
from churn_core.decisions.contact_list import contact_list
from churn_core.decisions.control import control_of
from churn_core.decisions.policies import FORESIGHT, policies
from churn_core.schema.telco import TELCO
from tests.pages.campaign.conftest import FULL, LIMITED, RULE_WORDS, TABS, plan_of, query_of, recommended
from tests.pages.conftest import dollars, metrics, open_tab, text, unescaped

# Tabs


@pytest.mark.parametrize("back_test", ["false", "true"], ids=["still here", "back-test"])
@pytest.mark.parametrize(
    "query",
    [
        {},
        {"rule": RULE_WORDS[PER_CUSTOMER]},
        query_of({**FULL, **LIMITED[-1]}),
        {"retention_cost": "300", "success_rate": "0.01"},
        {"success_rate": "0"},
        {"success_rate": "1", "retention_cost": "0"},
        {"budget": "0"},
    ],
    ids=["usual", "per customer", "everything", "nothing pays", "no success", "free and certain", "no budget"],
)
def test_every_tab_draws_whatever_the_campaign(open_page, query, back_test):
    at = open_page("campaign", **query, back_test=back_test)
    for label in TABS:
        open_tab(at, label)
        assert not at.exception and not at.error, label
        assert "nan" not in text(at).lower().split(), label


def test_only_the_open_tab_is_drawn(open_page):
    at = open_tab(open_page("campaign"), "Sensitivity")
    assert {chart.proto.id.rsplit("-", 1)[1] for chart in at.get("plotly_chart")} == {"profit_curve", "tornado", "heat_map"}
    assert [table.value.columns[0] for table in at.dataframe] == ["answer"]  # other answers, of this tab


# Contact list


@pytest.fixture
def downloads(monkeypatch) -> dict:
    """What each download button would give: its table, or its sheets, by key."""
    kept = {}
    for kind in ("download_csv", "download_xlsx"):
        monkeypatch.setattr(
            f"pages.parts.campaign.contact_tabs.{kind}",
            lambda label, table, name, key, **options: kept.update({key: (name, table)}),
        )
    return kept


@pytest.mark.parametrize("rule", RULE_WORDS)
def test_the_contact_list_is_that_of_the_core_and_its_files_are_the_whole(open_own, workspace, downloads, rule):
    plan = plan_of({"retention_cost": 40.0, "rule": rule, "budget": 30_000.0})
    at = open_own("campaign", **query_of({"retention_cost": 40.0, "rule": rule, "budget": 30_000.0}))
    at.slider(key="control_share").set_value(0.1)
    at.text_input(key="list_name").set_value("Spring").run()
    model, found = workspace.version.model, recommended(workspace, plan)
    whole = contact_list(found, model, control_share=0.1, salt="Spring")
    shown = at.dataframe[0].value
    assert len(shown) == 100 and len(whole) == found.outcome.contacted > 100
    for column in (TELCO.id, "rank", "expected_profit", "arm", "reason_1"):
        assert shown[column].tolist() == whole[column].head(100).tolist()
    name, table = downloads["download_contacts"]
    assert name == f"contact-list-{workspace.version.model_id}.csv"
    pd.testing.assert_frame_equal(table(), whole, check_dtype=False)
    name, sheets = downloads["download_contacts_xlsx"]
    assert name.endswith(".xlsx") and list(sheets()) == ["Read me", "Call", "Do not call"]
    both = pd.concat([sheets()["Call"], sheets()["Do not call"]]).sort_values("rank", ignore_index=True)
    pd.testing.assert_frame_equal(both, whole, check_dtype=False)
    told = dict(zip(sheets()["Read me"]["name"], sheets()["Read me"]["value"], strict=True))
    control = control_of(found, 0.1, "Spring")
    assert (whole["arm"] == "control").sum() == control.customers == told["left_alone"]
    assert told["contacted"] == found.outcome.contacted - control.customers and told["model_id"] == workspace.version.model_id
    net = control.treated.outcome(plan.campaign)
    assert (told["expected_profit"], told["expected_spend"], told["roi"]) == (net.expected_profit, net.expected_spend, net.roi)
    assert (
        f"{control.customers:,} of {found.outcome.contacted:,} customers are left alone, for about "
        f"{dollars(control.expected_profit)} less expected profit. The campaign will then measure the success rate to about "
        f"± {control.precision.half_width:.1%}." in unescaped(text(at))
    )


def test_with_contacts_per_week_both_files_say_in_which_week_to_contact_whom(open_own, downloads):
    open_own("campaign", contacts_per_week="200", window="3")
    table, sheets = downloads["download_contacts"][1](), downloads["download_contacts_xlsx"][1]()
    assert table["week"].dropna().value_counts().max() == 200 and sheets["Call"]["week"].max() == 10
    about = dict(sheets["Read me"].itertuples(index=False))
    assert about["contacts_per_week"] == 200 and about["cost_of_waiting"] > 0


@pytest.mark.parametrize("rule", RULE_WORDS)
@pytest.mark.parametrize("back_test", [False, True], ids=["still here", "back-test"])
def test_nobody_who_has_left_is_on_the_list_or_in_a_file_of_it(open_own, workspace, downloads, rule, back_test):
    values = {"retention_cost": 40.0, "rule": rule}
    at = open_own("campaign", **query_of(values), back_test=str(back_test).lower())
    gone = set(workspace.customers.loc[workspace.customers[TELCO.target] == 1, TELCO.id])
    (_, table), (_, sheets) = downloads["download_contacts"], downloads["download_contacts_xlsx"]
    for listed in (at.dataframe[0].value, table(), sheets()["Call"]):
        assert len(listed) and not gone & set(listed[TELCO.id])
    found = recommended(workspace, plan_of(values))
    assert len(table()) == found.outcome.contacted
    told = dict(zip(sheets()["Read me"]["name"], sheets()["Read me"]["value"], strict=True))
    assert told["customers"] == 5174 and told["expected_profit"] == found.outcome.expected_profit
    assert (told["range_low"], told["range_high"]) == (found.forecast.range.low, found.forecast.range.high)
    exact = found.forecast.range_if_exact
    assert (told["range_if_exact_low"], told["range_if_exact_high"]) == (exact.low, exact.high)


def test_the_list_of_a_back_test_is_that_of_the_customers_still_here(open_own, workspace, downloads):
    lists = []
    for back_test in ("false", "true"):
        open_own("campaign", retention_cost="40", back_test=back_test)
        lists.append(downloads["download_contacts"][1]())
    pd.testing.assert_frame_equal(*lists)


def test_a_control_group_is_drawn_from_the_list_in_a_back_test_too(open_page, workspace):
    at = open_page("campaign", retention_cost="40", back_test="true")
    at.slider(key="control_share").set_value(0.1).run()
    found = recommended(workspace, plan_of({"retention_cost": 40.0}))
    control = control_of(found, 0.1, at.text_input(key="list_name").value)
    assert f"{control.customers:,} of {found.outcome.contacted:,} customers are left alone" in unescaped(text(at))


def test_with_a_control_group_the_figures_of_the_list_are_those_of_the_contacted(open_page, workspace):
    at = open_page("campaign", retention_cost="40", control_share="0.2")
    at.text_input(key="list_name").set_value("Spring").run()
    found = recommended(workspace, plan_of({"retention_cost": 40.0}))
    whole = contact_list(found, workspace.version.model, control_share=0.2, salt="Spring")
    treated = whole[whole["arm"] == "treated"]
    told = metrics(at)
    assert told["Contacted"] == f"{len(treated):,}"
    assert told["Expected profit of the list"] == dollars(treated["expected_profit"].sum())
    assert told["Expected spend of the list"] == dollars(40.0 * len(treated))
    assert f"the {len(whole) - len(treated):,} left alone included" in unescaped(text(at))


def test_without_a_control_group_nothing_is_said_of_one(open_page):
    assert "left alone" not in text(open_page("campaign"))


def test_an_empty_contact_list_says_so(open_page):
    at = open_page("campaign", success_rate="0")
    assert "The list is empty" in text(at) and not at.dataframe


# Per customer or one threshold


def test_both_rules_are_told_with_what_they_earn(open_page, workspace):
    at = open_tab(open_page("campaign", retention_cost="60"), "Per customer or one threshold")
    table = policies(workspace.still_here, plan_of({"retention_cost": 60.0}))
    profit = table.set_index("policy")["expected_profit"]
    told = unescaped(text(at))
    assert f"Deciding customer by customer earns {dollars(profit['Customer by customer'])}" in told
    assert f"simpler to explain and earns {dollars(profit['Best threshold'])}" in told
    assert at.dataframe[0].value["expected_profit"].tolist() == table["expected_profit"].tolist()


def test_perfect_foresight_is_told_of_a_back_test_only(open_page, workspace):
    for back_test, population in (("false", workspace.still_here), ("true", workspace.all_customers)):
        at = open_tab(open_page("campaign", retention_cost="60", back_test=back_test), "Per customer or one threshold")
        told = at.dataframe[0].value
        assert (FORESIGHT in told["policy"].tolist()) == (back_test == "true")
        table = policies(population, plan_of({"retention_cost": 60.0}))
        assert told["expected_profit"].tolist() == table["expected_profit"].tolist()
