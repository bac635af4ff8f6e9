"""How long a saved customer stays is an input like any other, and where one threshold is no longer best the page says by how much."""

from dataclasses import replace
from types import SimpleNamespace
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from churn_core.campaign.optimise import ranked_per_customer
from churn_core.campaign.plan import PER_CUSTOMER
from churn_core.report.link import AFTER_SAVE, BASIC
from churn_core.schema.telco import TELCO
from pages.parts.campaign_inputs import campaign_in_address
from tests.pages.campaign.conftest import FULL, SAVE_WORDS, assert_shows, plan_of, query_of, recommended
from tests.pages.conftest import dollars, open_tab, side_bar, text, to_page, unescaped

OWN_RISK = {"after_save": "own_risk", "window": 3.0}
BY_TENURE = {"after_save": "tenure"}
EVERY = pytest.mark.parametrize(
    "values",
    [OWN_RISK, BY_TENURE, {**OWN_RISK, "rule": PER_CUSTOMER}, {**FULL, **OWN_RISK}, {**BY_TENURE, "budget": 20_000.0}],
    ids=str,
)


def told_of_one_threshold(at) -> list[str]:
    return [unescaped(each.value) for each in at.info if "one threshold is no longer best" in each.value]


@pytest.mark.parametrize("values", [OWN_RISK, {"after_save": "own_risk", "window": 1.0}, BY_TENURE], ids=str)
def test_each_answer_gives_what_the_core_computes(open_page, workspace, values):
    at = open_page("campaign")
    at.radio(key="after_save").set_value(values["after_save"]).run()
    if "window" in values:
        at.number_input(key="window").set_value(values["window"]).run()
    assert_shows(at, workspace, plan_of(values))


@EVERY
def test_a_link_opens_it_and_the_link_that_is_offered_opens_it_again(open_page, workspace, values):
    at = open_tab(open_page("campaign", **query_of(values)), "Saved campaigns")
    assert_shows(at, workspace, plan_of(values))
    again = dict(parse_qsl(at.code[0].value.partition("?")[2]))
    assert set(again) == {*values, *BASIC} and again["after_save"] == SAVE_WORDS[values["after_save"]]
    assert_shows(open_page("campaign", **again), workspace, plan_of(values))


def test_every_answer_is_understood_in_an_address_and_no_other():
    known = campaign_in_address()
    assert set(AFTER_SAVE.values()) == set(SAVE_WORDS.values())
    assert all(known["after_save"].takes([words]) for words in AFTER_SAVE.values())
    assert not known["after_save"].takes(["own_risk"])


@pytest.mark.parametrize("query", [{"after_save": "for ever"}, {"window": "soon"}, {"window": "0"}, {"window": "1201"}], ids=str)
def test_what_no_answer_is_in_an_address_is_named(open_page, query):
    ((name, value),) = query.items()
    at = open_page("campaign", **query_of({**OWN_RISK, **query}))
    assert not at.exception and not at.error
    assert any(f"{name} is “{value}”, which is left out" in unescaped(each.value) for each in at.warning)


def test_customers_of_whom_no_tenure_is_known_are_not_asked_about_it():
    assert not campaign_in_address(by_tenure=False)["after_save"].takes([AFTER_SAVE["tenure"]])
    at = inputs(tenure_curve=())
    assert at.radio(key="after_save").options == [SAVE_WORDS["stays"], SAVE_WORDS["own_risk"]]


def test_an_answer_for_other_customers_is_not_taken_over():
    at = inputs(tenure_curve=(), chosen="tenure")
    assert not at.exception and at.radio(key="after_save").value == "stays"


def test_a_lifetime_value_asks_neither(open_page):
    assert not {"after_save", "window"} & set(campaign_in_address(for_life=True))


def test_the_window_is_asked_only_where_the_answer_rests_on_it(open_page):
    at = open_page("campaign")
    assert not [each for each in at.number_input if each.key == "window"]
    assert [each.key for each in at.radio(key="after_save").set_value("own_risk").run().number_input].count("window") == 1
    at.radio(key="after_save").set_value("tenure").run()
    assert not [each for each in at.number_input if each.key == "window"]


@pytest.mark.parametrize("answer", AFTER_SAVE)
def test_the_window_is_asked_once_where_a_schedule_asks_it_too(open_page, answer):
    at = open_page("campaign", **query_of({"after_save": answer, "window": 3.0, "contacts_per_week": 200}))
    assert not at.exception and not at.error
    assert [each.value for each in at.number_input if each.key == "window"] == [3.0]
    other = "own_risk" if answer != "own_risk" else "stays"
    at.radio(key="after_save").set_value(other).run()
    assert not at.exception and [each.key for each in at.number_input].count("window") == 1


def test_where_nobody_said_the_window_it_is_a_month_and_an_assumption(open_page):
    at = open_page("campaign", **query_of({"after_save": "own_risk"}))
    assert at.number_input(key="window").value == 1
    assert "Your estimate: this data does not say within how many months customers left." in text(at)
    assert "Churn is leaving within 1 month: your estimate." in text(at)


def test_the_window_of_the_data_is_the_usual_one_and_another_is_an_assumption():
    at = inputs(window=3.0, chosen="own_risk")
    assert at.number_input(key="window").value == 3 and "assumption" not in text(at)
    at.number_input(key="window").set_value(6.0).run()
    assert "Your estimate: this data says 3 months." in text(at)


def test_a_campaign_that_leaves_the_window_to_the_data_has_that_of_the_data():
    at = inputs(window=3.0, chosen="own_risk", of_campaign=None)
    assert not at.exception and at.number_input(key="window").value == 3


@EVERY
def test_where_one_threshold_is_no_longer_best_the_page_says_by_how_much(open_page, workspace, values):
    at, found = open_page("campaign", **query_of(values)), recommended(workspace, plan_of(values))
    swept, plan = workspace.still_here.expected_sweep, found.plan
    more = ranked_per_customer(swept, plan.campaign, plan.objective).expected_profit - found.best.expected_profit
    assert more > 0
    (told,) = told_of_one_threshold(at)
    assert f"{dollars(more)} {'less' if plan.rule == PER_CUSTOMER else 'more'}" in told
    assert ("most likely to leave" in told) == (plan.campaign.after_save == "own_risk")


def test_where_every_save_holds_nothing_is_said_of_it(open_page):
    assert told_of_one_threshold(open_page("campaign")) == []


def test_it_is_carried_to_the_next_page_and_said_in_the_side_bar(open_page):
    at = to_page(open_page("explore", **query_of(OWN_RISK)), "customers").run()
    assert "saved customers keep their own risk of leaving within 3 months" in unescaped(side_bar(at))
    assert at.radio(key="after_save").value == "own_risk" and at.number_input(key="window").value == 3


def test_why_the_threshold_is_so_low_does_not_claim_that_it_is_near_the_break_even(open_page):
    at = open_page("campaign", **query_of(OWN_RISK))
    at.session_state["why_so_low"] = True
    assert "need not be near it" in text(at.run()) and "is near it" not in text(at)


def inputs(
    window: float | None = None, tenure_curve: tuple[float, ...] = (1.0, 0.9), chosen: str = "stays", **of_campaign
) -> AppTest:
    """The inputs alone, for customers like the Telco ones with this churn window and tenure curve, after a campaign was opened."""
    workspace = SimpleNamespace(schema=replace(TELCO, window=window), tenure_curve=tenure_curve, valued=lambda plan: plan)
    at = AppTest.from_function(_inputs, kwargs={"workspace": workspace}, default_timeout=60)
    at.session_state["after_save"] = chosen
    if of_campaign:
        at.session_state["window"] = of_campaign["of_campaign"]
    return at.run()


def _inputs(workspace) -> None:
    from pages.parts.campaign_inputs import plan_inputs

    plan_inputs(workspace)
