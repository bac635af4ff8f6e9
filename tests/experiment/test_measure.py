"""What a finished campaign says, and what it refuses to say."""

import math

import numpy as np
import pytest

from churn_core.campaign.economics import Campaign
from churn_core.errors import DataError
from churn_core.experiment.draw import draw
from churn_core.experiment.measure import MANTEL_HAENSZEL, TWO_BY_TWO, Finished, measure
from churn_core.experiment.sentences import headline, money_sentence, remarks
from churn_core.experiment.two_by_two import Counts, two_by_two

N = 2_000
CAMPAIGN = Campaign(retention_cost=10, success_rate=0.3)


def finished(rate: float = 0.3, backfire: float = 0.0, share: float = 0.2, n: int = N, seed: int = 0, **other) -> Finished:
    """A campaign that was carried out: who leaves is drawn from the probabilities."""
    rng = np.random.default_rng(seed)
    p = rng.uniform(0.1, 0.9, n)
    drawn = draw([f"c{i}" for i in range(n)], p, share, "s")
    q = np.where(drawn.control, p, p * (1 - rate) + (1 - p) * backfire)
    values = {
        "control": drawn.control,
        "left": (rng.random(n) < q).astype(float),
        "stratum": drawn.stratum,
        "churn_probability": p,
        "clv": np.full(n, 840.0),
        "campaign": CAMPAIGN,
        "share": share,
    }
    return Finished(**{**values, **other})


def test_the_headline_is_over_the_strata_of_the_draw_and_near_the_truth():
    said = measure(finished())
    assert said.method == MANTEL_HAENSZEL and said.headline.low < 0.3 < said.headline.high
    assert said.headline == said.stratified.success_rate
    assert said.kept.estimate == pytest.approx(said.adjusted.reduction.estimate * said.two_by_two.counts.treated)


def test_without_strata_the_headline_is_that_of_four_counts():
    said = measure(finished(stratum=None))
    assert said.method == TWO_BY_TWO and said.headline == said.two_by_two.success_rate


def test_the_adjusted_intervals_are_narrower_than_the_plain_ones():
    said = measure(finished())
    assert said.stratified.success_rate.half_width < said.two_by_two.success_rate.half_width
    assert said.adjusted.reduction.half_width < said.two_by_two.reduction.half_width


def test_a_control_group_that_was_not_drawn_gives_no_figure():
    given = finished(share=0.2)
    with pytest.raises(DataError, match="not the one that was drawn"):
        measure(Finished(**{**vars(given), "share": 0.3}))


def test_without_a_control_group_nothing_can_be_compared():
    with pytest.raises(DataError, match="Nobody was left alone"):
        measure(finished(control=np.zeros(N, dtype=bool)))
    with pytest.raises(DataError, match="Everybody is in the control group"):
        measure(finished(control=np.ones(N, dtype=bool)))


def test_nobody_in_control_left_so_the_rate_is_not_defined_and_the_sentence_says_what_is_known():
    control = np.arange(100) < 20
    left = np.where(np.arange(100) == 50, 1.0, 0.0)
    said = measure(Finished(control=control, left=left, campaign=CAMPAIGN))
    assert said.headline is None
    assert "Nobody in the control group left" in headline(said) and "At most 16% of them" in headline(said)


def test_harm_is_shown_as_it_is():
    said = measure(finished(rate=-0.4, seed=3))
    assert said.headline.estimate < 0
    assert "left more often than those left alone" in headline(said)


def test_unknown_outcomes_are_counted_and_bounded_and_never_taken_for_stayed():
    given = finished()
    left = given.left.copy()
    left[np.flatnonzero(~given.control)[:300]] = math.nan
    said = measure(Finished(**{**vars(given), "left": left}))
    assert (said.missing.treated, said.missing.control) == (300, 0) and said.missing.uneven
    assert said.missing.bounds.low < said.headline.estimate < said.missing.bounds.high
    assert any("unknown for 300 customers" in each for each in remarks(said))


def test_all_that_was_spent_counts_and_a_missing_booking_is_the_planned_cost():
    given = finished()
    booked = measure(Finished(**{**vars(given), "cost": np.where(given.control, 0.0, 25.0)}))
    planned = measure(given)
    n = int((~given.control).sum())
    assert booked.realised.spend == 25 * n and planned.realised.spend == 10 * n
    assert planned.cost.assumed == n and booked.cost.assumed == 0
    assert booked.realised.profit.estimate == pytest.approx(planned.realised.profit.estimate - 15 * n)


def test_money_spent_on_control_is_said_and_in_no_figure():
    given = finished()
    said = measure(Finished(**{**vars(given), "cost": np.full(N, 10.0)}))
    assert said.cost.on_control == 10 * given.control.sum() and said.realised.spend == 10 * (~given.control).sum()
    assert any("were to be left alone" in each for each in remarks(said))


def test_the_bridge_starts_at_the_expected_and_ends_at_the_realised_profit():
    said = measure(finished())
    assert said.bridge.steps[0].profit == pytest.approx(said.expected.range.estimate)
    assert said.bridge.steps[-1].profit == said.realised.profit.estimate


def test_a_campaign_as_planned_differs_by_chance_only_and_says_so():
    said = measure(finished())
    assert said.bridge.is_chance and "no more than chance" in money_sentence(said)
    wrong = measure(finished(rate=0.0, n=20_000))
    assert not wrong.bridge.is_chance and "the contact worked otherwise than planned" in money_sentence(wrong)


def test_harm_in_one_stratum_is_named_and_a_campaign_without_harm_names_none():
    given = finished(rate=0.0, n=10_000)
    left = np.where((given.stratum == 10) & ~given.control, 1.0, given.left)
    said = measure(Finished(**{**vars(given), "left": left}))
    assert [each.stratum for each in said.by_tenth if each.may_harm] == [10]
    assert not any(each.may_harm for each in measure(finished(n=10_000)).by_tenth)


def test_too_few_to_tell_in_money():
    assert "too few to tell in money" in money_sentence(measure(finished(n=100)))


def test_what_was_reached_scales_the_effect_and_an_impossible_one_gives_no_figure():
    given = finished()
    half = np.where(given.control, 0.0, (np.arange(N) % 2).astype(float))
    said = measure(Finished(**{**vars(given), "reached": half}))
    share = half[~given.control].mean()
    assert said.reached.reach == pytest.approx(share)
    assert said.reached.success_rate.estimate == pytest.approx(said.two_by_two.success_rate.estimate / share)
    tenth = np.where(given.control, 0.0, (np.arange(N) % 20 == 0).astype(float))
    assert measure(Finished(**{**vars(given), "reached": tenth})).reached.success_rate is None


@pytest.mark.parametrize("counts", [(5, 4, 1, 2), (-1, 4, 1, 2), (1, 4, 3, 2)])
def test_more_cannot_leave_than_there_are(counts):
    with pytest.raises(DataError, match="cannot have left"):
        Counts(**dict(zip(("left_treated", "treated", "left_control", "control"), counts, strict=True)))


@pytest.mark.parametrize("left_treated", [0, 1, 5, 40])
@pytest.mark.parametrize("left_control", [0, 1, 5, 10])
def test_intervals_hold_their_estimate_whatever_the_counts(left_treated, left_control):
    said = two_by_two(Counts(left_treated=left_treated, treated=40, left_control=left_control, control=10))
    for band in (said.churn_treated, said.churn_control, said.reduction, said.success_rate):
        if band is not None:
            assert band.low <= band.estimate <= band.high
    assert (said.success_rate is None) == (left_control == 0)
