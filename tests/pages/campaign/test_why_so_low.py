"""Why the best threshold is so low: the answers have the numbers of the moment."""

import re

import pytest

from churn_core.campaign.advice import best_from, highest_roi
from churn_core.campaign.economics import Campaign
from churn_core.campaign.optimise import at_threshold, best_threshold
from churn_core.decisions.policies import average_break_even
from tests.pages.campaign.conftest import (
    FULL,
    plan_of,
    query_of,
)
from tests.pages.conftest import dollars, unescaped


def why(open_page, **query: str):
    """The panel with the three answers, open."""
    at = open_page("campaign", **query)
    at.session_state["why_so_low"] = True
    at.run()
    assert not at.exception and not at.error
    (panel,) = [expander for expander in at.expander if expander.label.startswith("Why")]
    return panel.label, unescaped("\n".join(part.value for part in panel.markdown))


@pytest.mark.parametrize("values", [{}, {"retention_cost": 20.0, "clv_months": 24.0}], ids=str)
def test_why_so_low_has_the_numbers_of_the_moment(open_page, workspace, values):
    label, told = why(open_page, **query_of(values))
    campaign, swept = plan_of(values).campaign, workspace.still_here.expected_sweep
    best, half, ratio = best_threshold(swept, campaign), at_threshold(swept, campaign, 0.5), highest_roi(swept, campaign)
    floor, on_the_edge = best_from(swept, campaign, 0.1)
    average = campaign.clv(workspace.still_here.worth.amount.mean())
    break_even = campaign.retention_cost / (campaign.success_rate * average)
    assert label == "Why is the best threshold so low?" and on_the_edge
    assert f"= ${campaign.retention_cost:.0f} ÷ (30% × {dollars(average)}) = **{break_even:.1%}**" in told
    assert f"The best single threshold, {best.threshold:.1%}" in told
    forgone = best.expected_profit - half.expected_profit
    assert f"A 50% cut-off costs you {dollars(forgone)}.** It would earn {dollars(half.expected_profit)}: " in told
    assert f"{forgone / best.expected_profit:.1%} of what there is to earn is missed" in told
    assert (
        "A search that starts at 10% finds 10%" in told
        and f"{dollars(best.expected_profit - floor.expected_profit)} less" in told
    )
    customers = f"{ratio.contacted} customer{'s' if ratio.contacted > 1 else ''}"
    assert f"The highest ROI, {ratio.roi:,.0%}, is a campaign of {customers} that earns {dollars(ratio.expected_profit)}" in told
    assert f"maximum profit has {best.roi:,.0%} and earns {dollars(best.expected_profit)}" in told


def test_a_threshold_above_the_usual_floor_is_not_called_low_and_no_search_is_blamed(open_page, workspace):
    label, told = why(open_page, retention_cost="100")
    assert label == "Why this threshold?" and "A search that starts at" not in told
    best = best_threshold(workspace.still_here.expected_sweep, Campaign(retention_cost=100))
    assert best.threshold > 0.1 and f"The best single threshold, {best.threshold:.1%}" in told


def test_with_an_incentive_or_backfire_the_break_even_counts_them(open_page, workspace):
    _, told = why(open_page, **query_of(FULL))
    break_even = average_break_even(workspace.still_here, plan_of(FULL).campaign)
    assert (
        f"With the incentive and the backfire counted, a customer with the average charge breaks even at **{break_even:.1%}**"
        in told
    )


def test_where_nothing_pays_there_is_no_threshold_to_explain(open_page):
    assert "no threshold pays, so there is none to explain" in why(open_page, retention_cost="300", success_rate="0.01")[1]


LIMITS_THAT_BIND = [{"budget": "10000"}, {"min_roi": "20"}, {"min_marginal_roi": "20"}]


@pytest.mark.parametrize("query", LIMITS_THAT_BIND, ids=str)
def test_what_the_limits_forbid_was_not_forgone(open_page, query):
    """A list from 0.5 up can earn more than the limits allow; that is no loss, and none below nothing."""
    assert not re.search(r"forgo −|−\d+% of what there is", why(open_page, **query)[1])


@pytest.mark.parametrize("query", LIMITS_THAT_BIND, ids=str)
def test_a_threshold_that_the_limits_raise_is_not_called_near_the_break_even(open_page, query):
    told = why(open_page, **query)[1]
    near = re.search(r"The best single threshold, ([\d.]+)%, is near it", told)
    assert near is None or abs(float(near.group(1)) - 4.3) < 5


@pytest.mark.parametrize("query", LIMITS_THAT_BIND, ids=str)
def test_the_best_within_limits_is_not_called_maximum_profit(open_page, workspace, query):
    told, best = why(open_page, **query)[1], best_threshold(workspace.still_here.expected_sweep, Campaign())
    maximum = re.search(r"maximum profit has ([\d,]+%) and earns (\$[\d,]+)", told)
    assert maximum is None or maximum.groups() == (f"{best.roi:,.0%}", dollars(best.expected_profit))
