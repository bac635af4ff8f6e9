"""The Results page: the file that came back is measured by its draw, kept once, and its success rate is offered, never taken."""

import io
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from churn_core.application.drawn_list import draw_list
from churn_core.application.measure_file import measure_file
from churn_core.campaign.economics import Campaign
from churn_core.campaign.offers.offer import Offer
from churn_core.campaign.plan import Plan
from churn_core.data.writing.cells import to_csv
from churn_core.data.writing.workbook import to_xlsx
from churn_core.decisions.recommendation import recommend
from churn_core.schema.telco import TELCO
from churn_core.storage.results import Results
from churn_core.storage.store import open_store
from tests.pages.conftest import beside, dollars, figure, metrics, open_tab, text, unescaped

PLAN = Plan(campaign=Campaign(retention_cost=20))


def outcomes(table: pd.DataFrame, rate: float = 0.3, harm: float = 0.0, seed: int = 0) -> pd.DataFrame:
    """The list with who left: the contact keeps this share of the leavers, and drives away this share of the others."""
    p, treated = table["churn_probability"].to_numpy(), (table["arm"] == "treated").to_numpy()
    left = np.random.default_rng(seed).random(len(table)) < np.where(treated, p * (1 - rate) + (1 - p) * harm, p)
    return table.assign(left=left.astype(int))


def came_back(table: pd.DataFrame, **how) -> bytes:
    return to_csv(outcomes(table, **how)[[TELCO.id, "left"]])[0]


@pytest.fixture
def draw(own_home, workspace):
    """``draw("Spring")``: a list of that name with its control group, drawn and kept."""

    def drawn(name: str = "Spring", share: float = 0.2, plan: Plan = PLAN, **how):
        found = recommend(workspace.still_here, plan)
        return draw_list(workspace, found, open_store(own_home), who="Ann", share=share, name=name, **how)

    return drawn


@pytest.fixture
def drop(open_own):
    """``drop(content)``: the page after that file was dropped."""

    def dropped(content: bytes, name: str = "back.csv", at=None, **query):
        at = at or open_own("results", **query)
        return at.file_uploader(key="returned_upload").upload(name, content).run()

    return dropped


def kept(home) -> list:
    return Results(open_store(home)).latest()


def test_before_any_campaign_the_page_says_what_to_do(open_own):
    at = open_own("results")
    assert at.title[0].value == "Did it work?"
    assert "the success rate is your estimate. Download a list with a control group" in text(at)
    assert not at.dataframe and not at.exception


def test_a_list_that_is_out_waits_for_its_result(draw, open_own):
    listed = draw(days=30)
    at = open_own("results")
    assert "Waiting for their result" in text(at)
    (table,) = [each.value for each in at.dataframe]
    assert table["name"].tolist() == ["Spring"] and table["treated"].tolist() == [listed.draw.treated]
    assert table["ends"].tolist() == [listed.draw.drawn_at.date() + timedelta(days=30)]


def test_the_file_that_came_back_is_measured_as_the_core_does_and_kept(draw, drop, own_home):
    content = came_back(draw().table)
    expected = measure_file(content, "back.csv", open_store(own_home), TELCO, plan=PLAN)
    at = drop(content)
    assert not at.exception and not at.error
    told, ranges, as_dict = metrics(at), beside(at), expected.as_dict()
    assert told["Customers kept"] == f"{as_dict['kept']['estimate']:,.0f}"
    assert told["Success rate"] == f"{as_dict['success_rate']['estimate']:.0%}"
    assert ranges["Success rate"] == f"{as_dict['success_rate']['low']:.0%} to {as_dict['success_rate']['high']:.0%}"
    assert told["Realised profit"] == dollars(as_dict["realised_profit"]["estimate"])
    assert told["Expected profit"] == dollars(as_dict["expected"]["estimate"])
    (result,) = kept(own_home)
    assert result.name == "Spring" and result.result["success_rate"] == as_dict["success_rate"]
    assert "Waiting for their result" not in text(at) and "Campaigns over time" in text(at)


def test_money_has_the_currency_of_the_page_in_every_sentence(draw, drop, open_own):
    at = drop(came_back(draw().table))
    assert "Realised $" in unescaped(text(at))
    assert "Realised $" in unescaped(text(open_own("results")))


def test_the_headline_says_what_the_campaign_did(draw, drop):
    assert "Spring kept " in unescaped(drop(came_back(draw().table, rate=0.5)).title[0].value)


def test_contacts_that_did_harm_are_called_so(draw, drop):
    at = drop(came_back(draw().table, rate=-0.9))
    assert unescaped(at.title[0].value) == "Spring: those contacted left more often than those left alone"


def test_the_same_file_again_is_said_and_not_kept_twice(draw, drop, own_home):
    content = came_back(draw().table)
    drop(content)
    at = drop(content, currency="€")
    assert "This file is already measured" in unescaped(text(at)) and len(kept(own_home)) == 1


def test_a_workbook_with_both_sheets_filled_in_is_read_from_both(draw, drop, own_home):
    listed = draw()
    filled = outcomes(listed.table)
    held = filled["arm"] == "control"
    content = to_xlsx({**listed.sheets(), "Call": filled[~held], "Do not call": filled[held]})[0]
    at = drop(content, "back.xlsx")
    assert not at.error and kept(own_home)[0].result["two_by_two"]["control"] == int(held.sum())


def test_a_file_of_the_contacted_alone_asks_for_those_left_alone(draw, drop, own_home):
    table = draw(share=0.1).table
    at = drop(came_back(table[table["arm"] == "treated"]))
    assert "Send those who were left alone too" in at.error[0].value and not kept(own_home)


def test_the_measured_rate_is_offered_and_taken_into_the_draft_only_when_asked(draw, drop, own_home):
    at = drop(came_back(draw().table))
    posterior = kept(own_home)[0].result["posterior"]
    assert at.session_state["success_rate"] == 0.3
    at.button(key="use_measured").click().run()
    assert at.session_state["success_rate"] == pytest.approx(posterior["success_rate"])
    assert at.session_state["success_rate_give_or_take"] == pytest.approx(posterior["success_rate_give_or_take"])
    assert "Your draft uses it: measured in Spring, " in unescaped(text(at))
    assert [each.key for each in at.button if each.key == "use_measured"] == []
    assert len(kept(own_home)) == 1  # the draft that takes it over is not what was believed before


def test_where_the_rate_comes_from_is_said_wherever_it_was_called_an_assumption(draw, drop, own_home, open_own):
    drop(came_back(draw().table))
    (result,) = kept(own_home)
    said = f"measured in Spring, {result.measured_at:%Y-%m-%d}"
    rate = f"{result.result['posterior']['success_rate']:.15g}"
    for page in ("campaign", "overview"):
        at = open_own(page, success_rate=rate)
        assert said in unescaped(text(at)) and "o past campaign is in this data" not in text(at), page
        assert "o past campaign is in this data" in text(open_own(page)), page
    assert said in unescaped(text(open_tab(open_own("campaign", success_rate=rate), "How sure")))


def test_harm_that_can_be_told_is_offered_beside_the_rate_that_counts_it(draw, drop, own_home):
    at = drop(came_back(draw(plan=Plan(campaign=Campaign(retention_cost=5)), share=0.4).table, rate=0.4, harm=0.15))
    rate = kept(own_home)[0].result["posterior"]["backfire_rate"]
    assert 0.08 < rate < 0.22
    net = at.session_state["success_rate"]
    at.button(key="use_backfire").click().run()
    assert not at.exception and at.session_state["backfire_rate"] == pytest.approx(rate)
    assert at.session_state["success_rate"] > kept(own_home)[0].result["posterior"]["success_rate"] and net == 0.3
    assert "Your draft uses it: measured in Spring" in unescaped(text(at))


def test_before_the_window_is_over_there_are_counts_and_the_day_can_be_said(draw, drop, own_home):
    listed = draw(days=30)
    at = drop(came_back(listed.table))
    ends = listed.draw.drawn_at.date() + timedelta(days=30)
    assert "have left so far" in text(at) and ends.isoformat() in text(at)
    assert not at.metric and not kept(own_home)
    at.date_input(key="returned_day").set_value(ends).run()
    assert metrics(at)["Customers kept"] and len(kept(own_home)) == 1


def test_of_two_draws_that_fit_the_newest_is_shown_and_nothing_is_kept_until_one_is_chosen(draw, drop, own_home):
    first, second = draw("Spring"), draw("Summer")
    at = drop(came_back(first.table))
    assert "also fits the list of Spring; Summer, the newest, was taken" in unescaped(text(at)) and not kept(own_home)
    at.selectbox(key="returned_campaign").set_value(first.campaign.id).run()
    assert [each.draw_id for each in kept(own_home)] == [first.draw.id]
    assert second.draw.id != first.draw.id


def test_a_file_that_says_who_was_left_alone_finds_its_draw_among_those_that_fit(draw, drop, own_home):
    first = draw("Spring")
    draw("Summer")
    drop(to_csv(outcomes(first.table)[[TELCO.id, "arm", "left"]])[0])
    assert [each.draw_id for each in kept(own_home)] == [first.draw.id]


def test_an_executive_reads_all_campaigns_in_one_sentence_and_one_picture(draw, drop, own_home, open_own):
    names = ("Spring", "Summer", "Autumn")
    for seed, name in enumerate(names):
        drop(to_csv(outcomes(draw(name).table, seed=seed)[[TELCO.id, "arm", "left"]])[0])
    at = open_own("results")
    results = [each.result for each in kept(own_home)]
    sums = [sum(each[what]["estimate"] for each in results) for what in ("expected", "realised_profit")]
    assert at.title[0].value.startswith("3 campaigns: expected ")
    assert all(dollars(each) in unescaped(at.title[0].value) for each in sums)
    assert len(figure(at, "planned_against_measured")["data"]) == 2
    assert "Together the campaigns kept " in unescaped(text(at)) and "of the next one" in text(at)
    (table,) = [each.value for each in at.dataframe if "realised_profit" in each.value]
    assert table["name"].tolist() == list(names)


def test_a_saved_campaign_says_that_its_list_was_drawn_and_what_came_of_it(draw, drop, own_home, open_own):
    listed = draw()
    at = open_tab(open_own("campaign"), "Saved campaigns")
    assert f"List drawn {listed.draw.drawn_at:%Y-%m-%d}, {listed.draw.control:,} of" in unescaped(text(at))
    assert "not measured yet" in text(at)
    drop(came_back(listed.table))
    assert f"measured {kept(own_home)[0].measured_at:%Y-%m-%d}" in unescaped(
        text(open_tab(open_own("campaign"), "Saved campaigns"))
    )


def test_what_is_no_result_is_refused_with_the_mend(draw, drop, own_home):
    draw()
    at = drop(io.BytesIO(b"name,age\nx,1\n").getvalue())
    assert at.error and not at.exception and not kept(own_home)


def test_of_several_offers_the_page_says_what_each_did_and_which_had_too_few_customers(draw, drop, own_home):
    offers = (
        Offer(name="Call *us*", retention_cost=10, capacity=8, success_rate=0.6),
        Offer(name="Mail", retention_cost=1, success_rate=0.2),
    )
    listed = draw(plan=Plan(offers=offers)).table
    at = drop(came_back(listed))
    assert not at.exception
    table = next(each.value for each in at.dataframe if "offer" in each.value)
    assert table["offer"].tolist() == ["Call *us*", "Mail"]
    assert table["treated"].tolist() == [
        int(((listed["offer"] == name) & (listed["arm"] == "treated")).sum()) for name in table["offer"]
    ]
    assert np.isnan(table["success_rate"][0]) and table["success_rate_low"][1] < 0.3 < table["success_rate_high"][1]
    assert "Call \\*us\\*" in " ".join(each.value for each in at.caption)
    (result,) = kept(own_home)
    assert [each["offer"] for each in result.result["per_offer"]] == ["Call *us*", "Mail"]


def test_a_draft_with_several_offers_is_told_where_a_measured_rate_goes(draw, drop):
    at = drop(came_back(draw().table), offers='[{"name":"Call","retention_cost":12}]')
    assert not at.exception and not at.error
    assert "write what was measured into the table on Campaign" in text(at)
    assert not [button for button in at.button if button.key == "use_measured"]
