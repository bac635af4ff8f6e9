"""The tab about the control group says what the core says, follows its two inputs, and sets the share only when asked."""

import pytest

from churn_core.application.plan_of_control import advise, believed_now
from churn_core.campaign.plan import Plan
from tests.pages.campaign.conftest import plan_of, query_of, recommended
from tests.pages.conftest import figure, numbers, open_tab, text, unescaped

TAB = "Control group"


def advice(workspace, doubt=None, later=4, **values):
    found = recommended(workspace, plan_of(values))
    return advise(found, believed_now(found, None, doubt), later, "$")


@pytest.mark.parametrize("values", [{}, {"retention_cost": 100.0}, {"budget": 20_000.0}], ids=str)
def test_the_sentence_comes_first_and_is_that_of_the_core(open_page, workspace, values):
    at = open_tab(open_page("campaign", **query_of(values)), TAB)
    said = advice(workspace, **values)
    assert said.sentence in [unescaped(each.value) for each in at.header]
    assert all(remark in unescaped(text(at)) for remark in said.remarks)
    assert text(at).count("A **control group** is a part of the list") == 1


def test_doubt_and_later_campaigns_are_followed(open_page, workspace):
    at = open_tab(open_page("campaign"), TAB)
    at.slider(key="doubt").set_value(0.0).run()
    assert advice(workspace, 0.0).sentence in unescaped(text(at))
    at.slider(key="doubt").set_value(0.4)
    at.number_input(key="later_campaigns").set_value(10).run()
    assert advice(workspace, 0.4, 10).sentence in unescaped(text(at))
    assert not at.exception and not at.error


def test_the_picture_and_the_table_are_the_shares_of_the_core(open_page, workspace):
    at = open_tab(open_page("campaign"), TAB)
    shares = advice(workspace).plan.shares
    (bars,) = figure(at, "control_worth")["data"]
    assert numbers(bars["y"]) == pytest.approx([each.worth.net for each in shares if each.control])
    shown = at.dataframe[0].value
    assert shown["control"].tolist() == [each.control for each in shares]
    assert shown["net"].tolist() == pytest.approx([each.worth.net for each in shares])


def test_nothing_is_held_back_until_the_button_is_pressed_which_opens_the_list(open_page, workspace):
    at = open_tab(open_page("campaign"), TAB)
    assert at.session_state["control_share"] == 0
    at.button(key="use_share").click().run()
    best = advice(workspace).plan.best
    assert at.session_state["campaign_tab"] == "Contact list" and at.slider(key="control_share").value == best.share
    assert f"{best.control} of 3,432 customers are left alone" in unescaped(text(at))


def test_where_nobody_should_be_held_back_there_is_no_button(open_page):
    at = open_tab(open_page("campaign"), TAB)
    at.slider(key="doubt").set_value(0.0).run()
    assert "use_share" not in [button.key for button in at.button]


def test_the_list_is_that_of_those_still_here_in_a_back_test_too(open_page):
    here, back_test = (open_tab(open_page("campaign", back_test=on), TAB) for on in ("false", "true"))
    assert [each.value for each in here.header] == [each.value for each in back_test.header]


def test_an_empty_list_says_so(open_page):
    at = open_tab(open_page("campaign", success_rate="0"), TAB)
    assert "The list is empty" in text(at) and not at.exception and not at.error


def test_it_is_worked_out_only_when_the_tab_is_open(open_page, monkeypatch):
    monkeypatch.setattr("pages.parts.campaign.control_tab.advise", lambda *of: pytest.fail("worked out"))
    assert not open_tab(open_page("campaign"), "Sensitivity").exception


def test_the_draft_of_the_page_is_never_changed_by_it(open_page):
    at = open_tab(open_page("campaign"), TAB)
    at.slider(key="doubt").set_value(0.7).run()
    assert at.session_state["success_rate"] == Plan().campaign.success_rate


@pytest.mark.parametrize(
    ("name", "value"), [("doubt", "0.4"), ("later_campaigns", "8"), ("control_share", "0.1"), ("own_threshold", "0.5")]
)
def test_what_a_tab_writes_into_the_address_is_an_input_of_the_page(open_page, name, value):
    assert not open_page("campaign", **{name: value}).warning


@pytest.mark.parametrize(("name", "value"), [("doubt", "2"), ("later_campaigns", "1.5"), ("later_campaigns", "51")])
def test_what_no_input_takes_is_named(open_page, name, value):
    at = open_tab(open_page("campaign", **{name: value}), TAB)
    assert "Not all of the link was understood" in text(at) and not at.exception


def test_a_shared_link_opens_with_its_doubt_and_campaigns(open_page, workspace):
    at = open_tab(open_page("campaign", doubt="0.4", later_campaigns="8"), TAB)
    assert advice(workspace, 0.4, 8).sentence in unescaped(text(at))
