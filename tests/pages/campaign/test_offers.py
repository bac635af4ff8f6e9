"""Several offers on the Campaign page: written in a table, a part of the draft, followed by every figure."""

import json
from dataclasses import replace

import pytest

from churn_core.campaign.economics import Campaign
from churn_core.campaign.objective import Objective
from churn_core.campaign.offers.in_text import as_text, offers_of
from churn_core.campaign.offers.offer import Offer
from churn_core.campaign.plan import PER_CUSTOMER, Plan
from churn_core.decisions.compare_offers import policies_of_offers, without_each
from churn_core.decisions.offers_of_population import decided_offers, frontier_of_offers
from churn_core.decisions.offers_words import ONCE, about_best, about_limits, recommendation
from churn_core.decisions.recommendation import recommend
from pages.parts.campaign.offers.rows import LABELS, rows_of
from tests.pages.conftest import dollars, metrics, open_tab, side_bar, text, to_page, unescaped

CALL = Offer(name="Call", retention_cost=12, success_rate=0.3, capacity=1200, only_if="Contract=Month-to-month")
GIFT = Offer(name="Discount", retention_cost=5, success_rate=0.45, incentive=40, incentive_uptake=0.6, capacity=500)
POST = Offer(name="Letter", retention_cost=2, success_rate=0.08, success_rate_give_or_take=0.05)
OFFERS = (GIFT, CALL, POST)
PLAN = Plan(offers=OFFERS, objective=Objective(budget=20_000))
LINK = {"offers": as_text(OFFERS), "budget": "20000"}
OTHER_TABS = (
    "Contact list",
    "Control group",
    "Per customer or one threshold",
    "How sure",
    "Sensitivity",
    "Saved campaigns",
    "Many customers",
)


def switch(at):
    at.toggle(key="several_offers").set_value(not at.toggle(key="several_offers").value)
    return at.run()


def write(at, rows):
    """The table holds these rows: the driver cannot type into a table, so it is one that another page was open before."""
    at.session_state["offers_rows"], at.session_state["offers_shown"] = rows, (rows, at.session_state["offers_shown"][1] + 1)
    return at.run()


def table(at, column: str):
    """The table that has this column."""
    (found,) = [frame.value for frame in at.dataframe if column in frame.value]
    return found


def further(found) -> float:
    """What the next 1,000 of budget would earn."""
    frontier, budget = frontier_of_offers(found.population, found.plan), found.plan.objective.budget
    return 0.0 if budget is None else frontier.at(budget + 1000) - frontier.at(budget)


def assert_follows(at, workspace, plan: Plan, which: str = "here"):
    """The headline, the figures and the sentences are those of the plan."""
    assert not at.exception and not at.error
    found = recommend(workspace.population(which), plan)
    told, shown = recommendation(found.offers, "$").rstrip("."), metrics(at)
    assert unescaped(at.title[0].value) == (told if which == "here" else f"Back-test: {told[0].lower()}{told[1:]}")
    assert shown["Customers with an offer"] == f"{found.outcome.contacted:,}"
    assert shown["Expected profit"] == dollars(found.outcome.expected_profit)
    assert shown["Expected spend"] == dollars(found.outcome.expected_spend)
    for sentence in (
        about_limits(found.offers, "$", (1000.0, further(found))),
        about_best(found.offers),
        ONCE,
    ):
        assert sentence in unescaped(text(at))
    return found


def test_the_link_of_a_campaign_with_offers_opens_it(open_page, workspace):
    found = assert_follows(open_page("campaign", **LINK), workspace, PLAN)
    assert found.outcome.expected_spend <= 20_000


def test_each_offer_has_a_row(open_page, workspace):
    at = open_page("campaign", **LINK)
    of_each = recommend(workspace.still_here, PLAN).offers.per_offer
    shown = table(at, "roi")
    assert list(shown["offer"]) == ["Discount", "Call", "Letter"]
    assert list(shown["customers"]) == [each.contacts.number for each in of_each]
    assert list(shown["expected_profit"]) == pytest.approx([each.outcome.expected_profit for each in of_each])


def test_the_table_begins_with_the_one_offer_of_the_inputs(open_page, workspace):
    at = switch(open_page("campaign", retention_cost="25", success_rate="0.4"))
    (offer,) = offers_of(at.session_state["offers"])
    assert (offer.retention_cost, offer.success_rate, offer.capacity) == (25.0, 0.4, None)
    found = assert_follows(at, workspace, Plan(campaign=Campaign(retention_cost=25, success_rate=0.4), offers=(offer,)))
    each = Plan(campaign=Campaign(retention_cost=25, success_rate=0.4), rule=PER_CUSTOMER)
    assert found.outcome.expected_profit == recommend(workspace.still_here, each).outcome.expected_profit


def test_what_is_written_in_the_table_is_the_draft(open_page, workspace):
    at = write(switch(open_page("campaign")), rows_of(OFFERS))
    assert_follows(at, workspace, Plan(offers=OFFERS))
    assert offers_of("".join(at.query_params["offers"])) == OFFERS


def test_what_cannot_be_is_said_and_nothing_is_lost(open_page, workspace):
    at = open_page("campaign", **LINK)
    rows = [*rows_of(OFFERS[:2]), {**rows_of((POST,))[0], "success_rate": 130.0}]
    at = write(at, rows)
    (told,) = [unescaped(error.value) for error in at.error]
    assert told == f"Offer “Letter” has 130 as “{LABELS['success_rate']}”. Write a number from 0 to 100. Nothing was changed."
    assert at.session_state["offers_rows"][2]["success_rate"] == 130.0
    assert unescaped(at.title[0].value) == recommendation(recommend(workspace.still_here, PLAN).offers, "$").rstrip(".")
    at = to_page(to_page(at, "explore").run(), "campaign").run()
    assert at.session_state["offers_rows"][2]["success_rate"] == 130.0 and len(at.error) == 1
    at = write(at, rows_of(OFFERS))
    assert_follows(at, workspace, PLAN)


def test_a_rule_that_nobody_can_meet_or_fail_is_said_with_the_columns(open_page):
    at = write(open_page("campaign", **LINK), rows_of((replace(CALL, only_if="Planet=Mars"),)))
    (told,) = [unescaped(error.value) for error in at.error]
    assert told.startswith("Offer 'Call': There is no column 'Planet'") and told.endswith("Nothing was changed.")


def test_the_offers_come_along_to_every_page_and_back(open_page, workspace):
    at = open_page("campaign", **LINK)
    for name in ("overview", "explore", "customers", "model", "monitoring", "results"):
        at = to_page(at, name).run()
        assert not at.exception and not at.error, name
        assert "3 offers: Discount" in side_bar(at), name
    assert_follows(to_page(at, "campaign").run(), workspace, PLAN)


def test_switched_off_the_one_offer_counts_and_the_table_is_kept(open_page, workspace):
    at = switch(open_page("campaign", **LINK))
    assert "offers" not in at.query_params
    assert metrics(at)["Expected profit"] == dollars(
        recommend(workspace.still_here, replace(PLAN, offers=())).outcome.expected_profit
    )
    assert_follows(switch(at), workspace, PLAN)


@pytest.mark.parametrize("value", ["[]", "call", '[{"name":"a","success_rate":30}]', '[{"name":"a"},{"name":"A"}]', "[" * 3000])
def test_a_link_whose_offers_are_none_says_so(open_page, value):
    at = open_page("campaign", offers=value)
    assert not at.exception and not at.error
    (told,) = [unescaped(w.value) for w in at.warning if "link was understood" in unescaped(w.value)]
    assert "offers is" in told and "only a list of offers as the Campaign page writes it is understood" in told
    assert not at.toggle(key="several_offers").value and "offers" not in at.query_params


def test_the_link_to_share_holds_the_offers(open_page):
    at = open_tab(open_page("campaign", **LINK), "Saved campaigns")
    (link,) = [code.value for code in at.code]
    assert "offers=" in link and "budget=20000" in link


@pytest.mark.parametrize("tab", OTHER_TABS)
@pytest.mark.parametrize("more", [{}, {"back_test": "true"}, {"budget": "0"}], ids=["here", "back-test", "no budget"])
def test_every_tab_shows_something_or_says_why_not(open_page, tab, more):
    at = open_tab(open_page("campaign", **{**LINK, **more}), tab)
    assert not at.exception and not at.error


def test_each_offer_alone_is_set_beside_all_of_them(open_page, workspace):
    at = open_tab(open_page("campaign", **LINK), "Per customer or one threshold")
    assert table(at, "policy")["expected_profit"].to_list() == pytest.approx(
        policies_of_offers(workspace.still_here, PLAN)["expected_profit"].to_list()
    )


def test_what_each_offer_adds_is_shown(open_page, workspace):
    at = open_tab(open_page("campaign", **LINK), "Sensitivity")
    assert table(at, "lost")["lost"].to_list() == pytest.approx(without_each(workspace.still_here, PLAN)["lost"].to_list())


def test_a_back_test_follows_the_offers(open_page, workspace):
    assert_follows(open_page("campaign", back_test="true", **LINK), workspace, PLAN, "all")


def test_inputs_of_one_offer_cannot_be_changed_while_there_are_several(open_page):
    at = open_page("campaign", **LINK)
    assert all(at.number_input(key=key).disabled for key in ("retention_cost", "incentive", "min_roi", "min_marginal_roi"))
    assert all(at.slider(key=key).disabled for key in ("success_rate", "incentive_uptake", "backfire_rate"))
    assert not any(at.number_input(key=key).disabled for key in ("clv_months", "fixed_cost", "budget"))


def test_the_overview_follows_the_offers(open_page, workspace):
    at = open_page("overview", **LINK)
    found = recommend(workspace.still_here, PLAN)
    assert unescaped(at.title[0].value) == recommendation(found.offers, "$").rstrip(".")
    assert metrics(at)["Expected profit"] == dollars(found.outcome.expected_profit)


def test_a_name_is_shown_as_it_is_written(open_page):
    hostile = replace(POST, name="![x](http://elsewhere.example/a.png) <b>$a$</b>")
    at = open_page("campaign", offers=json.dumps([hostile.as_dict()]))
    assert not at.exception and "![x](http://elsewhere" not in at.title[0].value
    assert hostile.name in unescaped(at.title[0].value)


def test_the_frontier_is_what_each_budget_earns(workspace):
    found = frontier_of_offers(workspace.still_here, PLAN)
    for budget in (2_000, 10_000, 20_000, 40_000):
        earned = decided_offers(workspace.still_here, replace(PLAN, objective=Objective(budget=budget))).outcome.expected_profit
        assert found.at(budget) == pytest.approx(earned, rel=2e-3)
    assert found.profit[-1] == pytest.approx(decided_offers(workspace.still_here, Plan(offers=OFFERS)).outcome.expected_profit)


def test_without_the_live_part_an_ordinary_slider_sets_the_budget(open_page, workspace):
    at = open_page("campaign", **LINK)
    assert at.slider(key="slider_budget").value == 20_000
    at.slider(key="slider_budget").set_value(10_000.0).run()
    assert_follows(at, workspace, replace(PLAN, objective=Objective(budget=10_000)))
    at.slider(key="slider_budget").set_value(at.slider(key="slider_budget").max).run()
    assert_follows(at, workspace, replace(PLAN, objective=Objective()))


def test_other_answers_are_told_of_several_offers_too(open_page, workspace):
    at = open_tab(open_page("campaign", **LINK), "Sensitivity")
    table = at.dataframe[-1].value.set_index("answer")
    assert table.loc["As you assume", "kept"] == pytest.approx(recommend(workspace.still_here, PLAN).outcome.expected_profit)
    assert {"Own risk after a save, 3 months", "Margin 50%"} <= set(table.index)
