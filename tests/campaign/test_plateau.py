"""The plateau: the thresholds that are as good as the best."""

from hypothesis import assume, given

from churn_core import settings
from churn_core.campaign.optimise import at_threshold, best_threshold, plateau
from churn_core.campaign.sweep import sweep
from tests.campaign.conftest import TINY, campaigns, meets, objectives, tables_of, tempting

tables = tables_of(25)


@given(tables, campaigns)
def test_the_plateau_contains_the_best_threshold_and_its_ends_lose_at_most_one_per_cent(table, campaign):
    p, charge, _ = table
    swept = sweep(p, monthly_charge=charge)
    best = best_threshold(swept, campaign)
    assume(best.expected_profit > 0)
    low, high = plateau(swept, campaign)
    assert low <= best.threshold <= high
    for end in (low, high):
        assert at_threshold(swept, campaign, end).expected_profit >= (1 - settings.PLATEAU_SHARE) * best.expected_profit


@given(tables, campaigns)
def test_every_threshold_on_the_plateau_is_as_good_and_the_next_on_either_side_is_not(table, campaign):
    p, charge, _ = table
    swept = sweep(p, monthly_charge=charge)
    best = best_threshold(swept, campaign)
    assume(best.expected_profit > 0)
    low, high = plateau(swept, campaign)
    enough = (1 - settings.PLATEAU_SHARE) * best.expected_profit
    for threshold in p[(p >= low) & (p <= high)]:
        assert at_threshold(swept, campaign, threshold).expected_profit >= enough
    for beside in (p[p < low].max(initial=-1), p[p > high].min(initial=2)):
        if beside in p:
            assert at_threshold(swept, campaign, beside).expected_profit < enough


@given(tempting, objectives)
def test_a_limit_bounds_the_plateau_too(case, objective):
    p, clv, campaign = case
    swept = sweep(p, clv=clv)
    best = best_threshold(swept, campaign, objective)
    assume(best.expected_profit > TINY)
    low, high = plateau(swept, campaign, objective)
    assert low <= best.threshold <= high
    for threshold in p[(p >= low) & (p <= high)]:
        there = at_threshold(swept, campaign, threshold)
        assert meets(objective, there.expected_profit, there.expected_spend, -TINY)
        assert there.expected_profit >= (1 - settings.PLATEAU_SHARE) * best.expected_profit - TINY
    if objective.marginal:  # beyond the best are contacts that bring less than what is demanded of each
        assert low == best.threshold
