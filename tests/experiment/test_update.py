"""What is believed after a campaign moves with the evidence, and by no more."""

import pytest

from churn_core.errors import CampaignError
from churn_core.experiment.several import together
from churn_core.experiment.strata import RateEstimate
from churn_core.experiment.two_by_two import Counts
from churn_core.experiment.update import DOUBT, by_counts, by_estimate, fits, forgotten, gross, prior

BEFORE = prior(0.3, 0.2, DOUBT)


def test_a_precise_measurement_is_believed_and_a_vague_one_changes_little():
    precise, vague = (by_estimate(BEFORE, RateEstimate.of(0.15, se)) for se in (0.01, 2.0))
    assert precise.mean == pytest.approx(0.15, abs=0.005) and vague.mean == pytest.approx(BEFORE.if_it_works, abs=0.01)
    assert precise.sd < vague.sd < BEFORE.sd_if_it_works * 1.01


def test_a_campaign_that_did_nothing_makes_doubt_grow_and_one_that_worked_makes_it_vanish():
    nothing, worked = (by_estimate(BEFORE, RateEstimate.of(rate, 0.04)) for rate in (0.0, 0.3))
    assert nothing.belief.doubt > 0.9 > DOUBT > 1e-6 > worked.belief.doubt
    assert nothing.belief.mean < 0.05 and worked.belief.mean == pytest.approx(0.3, abs=0.02)


def test_without_doubt_the_belief_has_none_afterwards():
    assert by_estimate(prior(0.3, 0.2), RateEstimate.of(0.0, 0.04)).belief.doubt == 0.0


def test_counts_and_the_estimate_from_them_agree_where_counts_are_many():
    counts = Counts(left_treated=2_800, treated=10_000, left_control=4_000, control=10_000)
    se = (1 / 2_800 - 1 / 10_000 + 1 / 4_000 - 1 / 10_000) ** 0.5
    exact, normal = by_counts(BEFORE, counts), by_estimate(BEFORE, RateEstimate.of(0.3, se))
    assert exact.mean == pytest.approx(normal.mean, abs=1e-3) and exact.sd == pytest.approx(normal.sd, rel=0.02)


def test_what_does_not_fit_the_range_is_told():
    assert fits(BEFORE, RateEstimate.of(0.3, 0.05)) and fits(BEFORE, RateEstimate.of(0.1, 0.05))
    assert not fits(prior(0.3, 0.05), RateEstimate.of(0.0, 0.03))


def test_an_exact_or_an_impossible_belief_is_refused_with_the_mend():
    with pytest.raises(CampaignError, match="exactly right"):
        prior(0.3, 0.0)
    with pytest.raises(CampaignError, match="exactly right"):
        prior(1.0, 0.1)
    with pytest.raises(CampaignError, match="Set its give-or-take to 0.42 or less"):
        prior(0.05, 0.5)


def test_years_make_a_belief_vaguer_and_leave_its_mean():
    later = forgotten(BEFORE, 3)
    assert later.if_it_works == pytest.approx(BEFORE.if_it_works) and later.sd > BEFORE.sd
    assert forgotten(BEFORE, 0) == BEFORE == forgotten(BEFORE, -1)


def test_a_plan_with_backfire_gets_the_gross_rate():
    assert gross(0.25, 0.0, 0.3) == 0.25
    assert gross(0.25, 0.02, 0.25) == pytest.approx(0.25 + 0.02 * 3)
    assert gross(0.9, 0.5, 0.1) == 1.0


def test_three_campaigns_that_agree_are_one_and_three_that_differ_leave_the_next_one_open():
    same = together([RateEstimate.of(0.3, 0.05)] * 3)
    assert not same.differ and same.tau == 0 and same.success_rate.estimate == pytest.approx(0.3)
    assert same.next_one == same.success_rate
    apart = together([RateEstimate.of(rate, 0.03) for rate in (0.0, 0.2, 0.4)])
    assert apart.differ and apart.next_one.half_width > apart.success_rate.half_width
    assert together([RateEstimate.of(0.3, 0.05)] * 2) is None
