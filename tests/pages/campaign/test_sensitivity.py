"""What moves the profit: the tornado, the heat maps, and the break-evens of the recommended list."""

import numpy as np
import pytest

from churn_core.campaign.economics import Campaign
from churn_core.campaign.optimise import best_threshold
from churn_core.campaign.plan import Plan
from churn_core.campaign.sensitivity import break_evens, heat_map, slider_grid, slopes, tornado
from churn_core.decisions.assumptions import alternatives
from churn_core.decisions.recommendation import recommend
from churn_core.decisions.weeks import schedule_of
from pages.parts.campaign.schedule import NOT_KNOWN
from tests.pages.campaign.conftest import FULL, RULE_WORDS, listed, plan_of, query_of
from tests.pages.conftest import dollars, figure, metrics, numbers, open_tab, text, unescaped


@pytest.mark.parametrize("values", [{"retention_cost": 60.0}, {**FULL, "budget": 40_000.0}], ids=["basic", "full"])
def test_sensitivity_draws_the_tornado_and_both_heat_maps_of_the_core(open_page, workspace, values):
    at, plan = open_tab(open_page("campaign", **query_of(values)), "Sensitivity"), plan_of(values)
    swept = workspace.still_here.expected_sweep
    table = tornado(lambda campaign: best_threshold(swept, campaign, plan.objective).expected_profit, plan.campaign)
    now = best_threshold(swept, plan.campaign, plan.objective).expected_profit
    low, high = figure(at, "tornado")["data"]
    for bar, column in ((low, "profit_at_low"), (high, "profit_at_high")):
        moved = table[column][table[column] != now]
        assert (numbers(bar["x"]) + now).tolist() == pytest.approx(moved.tolist())
    grid = heat_map(swept, plan.campaign, *slider_grid(plan.campaign), plan.objective)
    cells, cross = figure(at, "heat_map")["data"]
    np.testing.assert_allclose(numbers(cells["z"]), grid.expected_profit)
    assert (cross["x"], cross["y"]) == ([plan.campaign.retention_cost], [plan.campaign.success_rate])
    at.session_state["heat_map_of"] = "Best threshold"
    at.run()
    cells = figure(at, "heat_map")["data"][0]
    np.testing.assert_allclose(numbers(cells["z"]), grid.threshold)
    assert not at.exception and "make fewer contacts worth it" in text(at)


@pytest.mark.parametrize("rule", RULE_WORDS)
def test_the_break_evens_and_slopes_are_those_of_the_very_list(open_page, workspace, rule):
    values = {**FULL, "rule": rule}
    at, plan = open_tab(open_page("campaign", **query_of(values)), "Sensitivity"), plan_of(values)
    totals, shown = listed(workspace, plan), metrics(at)
    (rate, cost), (per_cost, per_rate) = break_evens(totals, plan.campaign), slopes(totals, plan.campaign)
    assert shown["Break-even success rate"] == f"{rate:.1%}" and shown["Break-even cost per contact"] == f"${cost:,.2f}"
    assert shown["One unit more cost"] == dollars(per_cost) and shown["One point more success"] == dollars(per_rate / 100)
    assert f"This list of {totals.contacted:,} customers" in text(at)


def test_where_nothing_pays_nearby_no_assumption_moves_the_profit(open_page):
    at = open_tab(open_page("campaign", retention_cost="300", success_rate="0.01"), "Sensitivity")
    assert "No assumption moves the profit on its own" in text(at) and "Break-even success rate" not in metrics(at)


def answers(at) -> dict[str, dict]:
    return at.dataframe[0].value.set_index("answer").to_dict("index")


def test_other_answers_say_what_they_do_to_profit_and_list_even_where_the_default_stays(open_page, workspace):
    at = open_tab(open_page("campaign", back_test="true"), "Sensitivity")
    found = alternatives(recommend(workspace.all_customers, Plan()), workspace.tenure_curve)
    shown = answers(at)
    assert list(shown) == [
        "As you assume", "Own risk after a save, 1 month", "Own risk after a save, 3 months", "Own risk after a save, 12 months",
        "As others of that tenure after a save", "Margin 50%", "Margin 30%",
    ]  # fmt: skip
    for row, each in zip(shown.values(), found, strict=True):
        assert (row["kept"], row["best"]) == pytest.approx((each.kept, each.best))
        assert (row["contacted"], row["left_out"], row["joined"]) == (each.contacted, each.left_out, each.joined)
    assert "“Own risk after a save, 1 month” weighs most: today's list then earns $48,500 instead of $441,000" in unescaped(
        text(at)
    )


def test_contacts_per_week_are_an_answer_too_once_the_churn_window_is_said(open_page, workspace):
    at = open_tab(open_page("campaign", contacts_per_week="200"), "Sensitivity")
    assert at.info[0].value == NOT_KNOWN and not [name for name in answers(at) if "a week" in name]
    at.number_input(key="window").set_value(3.0).run()
    row = answers(at)["200 contacts a week, 3 months"]
    planned = schedule_of(recommend(workspace.still_here, Plan(campaign=Campaign(window=3))), 200)
    assert row["kept"] == pytest.approx(planned.expected_profit)
    assert [name for name in answers(at) if name.startswith("Own risk")] == ["Own risk after a save, 3 months"]


def test_an_empty_list_has_no_other_answers(open_page):
    assert not open_tab(open_page("campaign", retention_cost="100000"), "Sensitivity").dataframe
