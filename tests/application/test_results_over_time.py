"""Finished campaigns together: whose rate a plan has, what they earned in sum, and what is not known of one is not counted."""

import math
from datetime import UTC, datetime

import pytest

from churn_core.application.correction import rate_beside, with_measured
from churn_core.application.results_over_time import over_time, source_of, sum_of, together_of
from churn_core.campaign.economics import Campaign
from churn_core.campaign.plan import Plan
from churn_core.storage.results import KeptResult


def kept(number: int, profit: float = 100.0, half: float = 30.0, left_control: int = 40, a: float = 9.0) -> KeptResult:
    band = {"estimate": 0.3, "low": 0.2, "high": 0.4}
    result = {
        "two_by_two": {"treated": 900, "control": 100, "left_treated": 200, "left_control": left_control},
        "success_rate": {**band, "method": "mantel_haenszel"},
        "kept": {"estimate": 80.0, "low": 50.0, "high": 110.0},
        "expected": {"estimate": 120.0, "low": 60.0, "high": 180.0},
        "realised_profit": {"estimate": profit, "low": profit - half, "high": profit + half},
        "posterior": {"a": a, "b": 21.0, "doubt": 0.1},
        "se_log": 0.07,
    }
    when = datetime(2026, 11, number, tzinfo=UTC)
    return KeptResult(
        id=number,
        draw_id=number,
        name=f"No. {number}",
        file_sha256=str(number),
        measured_at=when,
        measured_by="Ann",
        result=result,
    )


def test_errors_of_campaigns_add_as_independent_ones():
    found = sum_of(over_time([kept(1, 100, 30), kept(2, -20, 40)], []))
    assert found is not None and found.campaigns == 2 and found.expected == 240.0
    assert found.realised.estimate == 80.0 and found.realised.half_width == pytest.approx(50.0)


def test_a_campaign_of_too_few_leavers_has_no_profit_and_is_in_no_sum():
    table = over_time([kept(1), kept(2, left_control=19)], [])
    assert table["realised_profit"].isna().tolist() == [False, True]
    assert sum_of(table).campaigns == 1 and sum_of(over_time([kept(1, left_control=3)], [])) is None


@pytest.mark.parametrize("backfire", [0.0, 0.02, 0.3])
def test_a_plan_that_took_a_rate_over_has_it_from_that_campaign_also_beside_a_backfire_rate_and_through_an_address(backfire):
    results = [kept(1), kept(2, a=12.0)]
    plan = with_measured(Plan(), results[0].result, backfire)
    assert source_of(plan, results) is results[0]
    written = {**plan.as_dict(), "success_rate": float(f"{plan.campaign.success_rate:.15g}")}
    assert source_of(Plan.from_dict(written), results) is results[0]
    assert source_of(Plan(), results) is None


def test_the_rate_beside_a_backfire_rate_counts_what_it_takes_away():
    net, churn = 0.9 * 9 / 30, 0.4
    assert rate_beside(kept(1).result, 0.0) == pytest.approx(net)
    assert rate_beside(kept(1).result, 0.02) == pytest.approx(net + 0.02 * (1 - churn) / churn)
    uptake = with_measured(Plan(campaign=Campaign(incentive_uptake=1.0)), kept(1).result, 0.02).campaign.incentive_uptake
    assert math.isclose(uptake, 0.98)


def test_a_campaign_that_says_nothing_of_the_rate_is_no_source_and_changes_no_plan():
    nothing = kept(1)
    nothing.result["posterior"] = None
    assert source_of(Plan(), [nothing]) is None and with_measured(Plan(), nothing.result) == Plan()


def test_three_campaigns_tell_what_to_expect_of_the_next_and_two_do_not():
    assert together_of([kept(1), kept(2)]) is None
    found = together_of([kept(1), kept(2), kept(3)])
    assert found is not None and not found.differ and found.next_one.low < 0.3 < found.next_one.high


def test_the_mixed_rate_of_several_offers_is_not_put_together_with_other_rates():
    mixed = kept(4)
    mixed.result["per_offer"] = [{"offer": "Call"}]
    assert together_of([kept(1), kept(2), mixed]) is None
    assert together_of([kept(1), kept(2), kept(3), mixed]) == together_of([kept(1), kept(2), kept(3)])
