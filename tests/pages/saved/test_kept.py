"""Saved campaigns are compared, opened, duplicated and archived."""

import numpy as np
import pytest

from churn_core.campaign.curve import profit_curve
from churn_core.campaign.economics import Campaign
from churn_core.campaign.plan import PER_CUSTOMER, Plan
from churn_core.decisions.recommendation import recommend
from churn_core.settings import CURVE_POINTS
from tests.pages.conftest import dollars, figure, metrics, numbers, text
from tests.pages.saved.conftest import choose, compared, press, save

# Compare


def test_campaigns_are_compared_as_of_today_each_by_its_own_rule(saved_page, keep, workspace):
    plans = [
        Plan(campaign=Campaign(retention_cost=80)),
        Plan.from_dict({"incentive": 20.0, "backfire_rate": 0.005, "budget": 40_000.0, "rule": PER_CUSTOMER}),
        Plan(campaign=Campaign(success_rate=0.0)),
    ]
    for number, plan in enumerate(plans):
        keep(f"Plan {number}", plan)
    at = saved_page()
    rows = compared(at)
    assert rows["campaign"].tolist() == ["1. Plan 2", "2. Plan 1", "3. Plan 0"]  # newest first
    for row, plan in zip(rows.itertuples(), reversed(plans), strict=True):
        found = recommend(workspace.still_here, plan)
        assert (row.contacted, row.expected_profit) == (found.outcome.contacted, found.outcome.expected_profit)
        assert (row.low, row.high) == pytest.approx((found.forecast.range.low, found.forecast.range.high))
        assert row.threshold == found.best.threshold or (np.isnan(row.threshold) and found.best.threshold is None)
    lines = [trace for trace in figure(at, "compared_curves")["data"] if trace["mode"] == "lines"]
    assert [line["name"] for line in lines] == rows["campaign"].tolist()
    curve = profit_curve(workspace.still_here.expected_sweep, plans[0].campaign, CURVE_POINTS)
    assert numbers(lines[2]["y"]).tolist() == curve["expected_profit"].tolist()


def test_up_to_four_are_compared_and_which_can_be_chosen(saved_page, keep):
    saved = [keep(f"Plan {number}") for number in range(6)]
    at = saved_page()
    assert compared(at)["campaign"].tolist() == ["1. Plan 5", "2. Plan 4", "3. Plan 3", "4. Plan 2"]
    at.multiselect(key="compared").set_value([saved[0].id, saved[3].id]).run()
    assert compared(at)["campaign"].tolist() == ["1. Plan 0", "2. Plan 3"]
    at.multiselect(key="compared").set_value([]).run()
    assert not at.exception and not at.error


def test_what_was_just_saved_is_chosen_and_compared_with_the_others(saved_page, keep, store):
    old = [keep(f"Plan {number}") for number in range(4)]
    at = save(saved_page(), "New")
    new = store.campaigns()[0]
    assert at.selectbox(key="saved_campaign").value == new.id
    assert at.multiselect(key="compared").value == [new.id, old[3].id, old[2].id, old[1].id]


# Open, duplicate, archive


FULL = {
    "retention_cost": 15.0, "success_rate": 0.35, "success_rate_give_or_take": 0.12, "clv_months": 18.0, "margin": 0.8,
    "annual_discount": 0.08, "monthly_survival": 0.98, "incentive": 25.0, "incentive_uptake": 0.6, "backfire_rate": 0.01,
    "fixed_cost": 3000.0, "budget": 40_000.0, "min_roi": 2.0, "min_marginal_roi": 0.5, "rule": PER_CUSTOMER,
}  # fmt: skip


@pytest.mark.parametrize("values", [FULL, {}, {"clv_months": 24}], ids=["everything", "usual", "a whole number"])
def test_an_opened_campaign_is_the_draft(saved_page, keep, workspace, values):
    plan = Plan.from_dict(values)
    keep("Spring", plan)
    at = saved_page()
    at.number_input(key="retention_cost").set_value(77.0)
    at.number_input(key="budget").set_value(1234.0)
    at.radio(key="rule").set_value(PER_CUSTOMER).run()
    press(at, "Open")
    found = recommend(workspace.still_here, plan)
    assert f"Contact {found.outcome.contacted:,} of 5,174" in at.title[0].value
    assert metrics(at)["Expected profit"] == dollars(found.outcome.expected_profit)
    for name, value in {**Plan().as_dict(), "budget": None, "min_roi": None, "min_marginal_roi": None, **values}.items():
        assert at.session_state[name] == value, name
    at.switch_page("overview.py").run()
    assert not at.exception and f"Contact {found.outcome.contacted:,} of 5,174" in at.title[0].value


def test_a_campaign_opened_in_a_back_test_is_looked_at_as_one(saved_page, keep, workspace):
    keep("Spring", Plan(campaign=Campaign(retention_cost=80)))
    at = press(saved_page(back_test="true"), "Open")
    found = recommend(workspace.all_customers, Plan(campaign=Campaign(retention_cost=80)))
    assert f"Back-test: contact {found.outcome.contacted:,} of all 7,043" in at.title[0].value
    assert at.session_state["back_test"] is True
    row = compared(at).iloc[0]
    assert (row.contacted, row.low) == (found.outcome.contacted, pytest.approx(found.forecast.range.low))


def test_a_duplicate_is_another_campaign_of_whoever_made_it(saved_page, keep, store):
    original = keep("Spring", Plan.from_dict(FULL), note="kept")
    at = press(saved_page("Cleo"), "Duplicate")
    copy, first = store.campaigns()
    assert first == original and copy.id != original.id
    assert (copy.name, copy.saved_by, copy.note, copy.plan) == ("Copy of Spring", "Cleo", "kept", original.plan)
    assert (copy.threshold, copy.contacted, copy.model_id) == (original.threshold, original.contacted, original.model_id)
    assert at.selectbox(key="saved_campaign").value == copy.id


def test_the_longest_name_can_be_duplicated(saved_page, keep, store):
    keep("x" * 120)
    press(saved_page(), "Duplicate")
    assert len(store.campaigns()) == 2 and store.campaigns()[0].name == ("Copy of " + "x" * 120)[:120]


def test_an_archived_campaign_leaves_the_list_is_shown_on_demand_and_comes_back(saved_page, keep, store):
    one, two = keep("One"), keep("Two")
    at = press(choose(saved_page(), one), "Archive")
    assert [campaign.name for campaign in store.campaigns()] == ["Two"]
    assert compared(at)["campaign"].tolist() == ["1. Two"] and at.selectbox(key="saved_campaign").value == two.id
    at.toggle(key="show_archived").set_value(True).run()
    assert len(at.selectbox(key="saved_campaign").options) == 2
    press(choose(at, one), "Bring back")
    assert [campaign.name for campaign in store.campaigns()] == ["Two", "One"]


def test_the_last_campaign_can_be_archived_and_brought_back(saved_page, keep, store):
    keep("Only")
    at = press(saved_page(), "Archive")
    assert store.campaigns() == [] and not at.error
    at.toggle(key="show_archived").set_value(True).run()
    press(at, "Bring back")
    assert [campaign.name for campaign in store.campaigns()] == ["Only"]


def test_before_the_first_save_the_tab_says_what_to_do(saved_page):
    at = saved_page()
    assert "No campaign is saved yet. Save the draft" in text(at) and "Nothing is published" in text(at)


def test_a_campaign_saved_on_other_data_says_so(saved_page, keep, workspace):
    keep("Then", data_sha256="1" * 64)
    assert "on other data than today's" in text(saved_page())


def test_a_campaign_saved_on_these_data_says_nothing_of_others(saved_page, keep, workspace):
    keep("Now", data_sha256=workspace.dataset.sha256)
    assert "on other data" not in text(saved_page())
