"""Whatever comes back from a campaign, there is a figure or a sentence: no division by zero, no interval without width."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.campaign.economics import Campaign
from churn_core.errors import DataError
from churn_core.experiment.adjust import adjusted
from churn_core.experiment.backfire import success_and_backfire
from churn_core.experiment.draw import draw
from churn_core.experiment.measure import Finished, measure
from churn_core.experiment.plan_control import control_for, planned
from churn_core.experiment.sentences import headline, money_sentence, remarks
from churn_core.experiment.strata import RateEstimate
from churn_core.experiment.two_by_two import Counts
from churn_core.experiment.update import by_counts, by_estimate, prior

RISKS = {
    "alike": lambda rng, n: np.full(n, 0.3),
    "none": lambda rng, n: np.zeros(n),
    "sure": lambda rng, n: np.ones(n),
    "none or sure": lambda rng, n: (rng.random(n) < 0.5).astype(float),
    "tiny": lambda rng, n: rng.random(n) * 1e-12,
    "ties": lambda rng, n: rng.random(n).round(1),
    "any": lambda rng, n: rng.random(n),
}
OUTCOMES = {
    "by risk": lambda rng, p, control: (rng.random(len(p)) < p).astype(float),
    "nobody left": lambda rng, p, control: np.zeros(len(p)),
    "all left": lambda rng, p, control: np.ones(len(p)),
    "the control left": lambda rng, p, control: control.astype(float),
    "the treated left": lambda rng, p, control: (~control).astype(float),
    "half": lambda rng, p, control: (rng.random(len(p)) < 0.5).astype(float),
    "unknown": lambda rng, p, control: np.full(len(p), math.nan),
}


@given(
    st.sampled_from(sorted(RISKS)),
    st.sampled_from(sorted(OUTCOMES)),
    st.sampled_from([1, 2, 3, 10, 60, 300]),
    st.sampled_from([0.05, 0.2, 0.5, 0.9]),
    st.sampled_from([0.0, 800.0, 1e15]),
    st.booleans(),
    st.integers(0, 99),
)
def test_any_campaign_gives_figures_in_order_or_a_sentence(risk, outcome, n, share, worth, gaps, seed):
    rng = np.random.default_rng(seed)
    p = RISKS[risk](rng, n)
    drawn = draw([str(i) for i in range(n)], p, share, "s")
    left = OUTCOMES[outcome](rng, p, drawn.control)
    campaign = Campaign(retention_cost=10, fixed_cost=100, incentive=20, backfire_rate=0.02, incentive_uptake=0.5)
    given = Finished(
        control=drawn.control, left=np.where(gaps & (rng.random(n) < 0.3), math.nan, left), campaign=campaign, stratum=drawn.stratum,
        churn_probability=p, clv=np.full(n, worth), reached=rng.choice([0.0, 1.0, math.nan], n), share=share,
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            said = measure(given)
        except DataError:
            return
        assert "nan" not in f"{headline(said)} {money_sentence(said)} {remarks(said)}".lower().split()
    for band in (
        said.headline,
        said.effect,
        said.kept,
        said.two_by_two.success_rate,
        said.missing.bounds,
        said.realised and said.realised.profit,
    ):
        assert band is None or (math.isfinite(band.estimate) and band.low <= band.estimate <= band.high)
    if risk != "none or sure":  # certain risks explain all, and leave nothing to chance
        assert said.effect.high > said.effect.low


def test_an_arm_without_leavers_or_without_stayers_is_not_adjusted():
    control, p = np.arange(100) < 30, np.linspace(0.1, 0.9, 100)
    mixed = (np.arange(100) % 3 == 0).astype(float)
    assert adjusted(control, mixed, p) is not None
    for value in (0.0, 1.0):
        assert adjusted(control, np.where(control, value, mixed), p) is None
        assert adjusted(control, np.where(control, mixed, value), p) is None
    said = measure(Finished(control=control, left=np.zeros(100), campaign=Campaign(), churn_probability=p))
    assert said.effect == said.two_by_two.reduction and said.effect.high > 0.05


def test_a_model_that_gives_nobody_a_chance_of_leaving_leaves_two_steps_of_the_bridge_open():
    control, mixed = np.arange(100) < 30, (np.arange(100) % 3 == 0).astype(float)
    steps = measure(
        Finished(control=control, left=mixed, campaign=Campaign(), churn_probability=np.zeros(100), clv=np.full(100, 800.0))
    ).bridge.steps
    assert [step.profit is None for step in steps] == [False, True, True, True, False]


@pytest.mark.parametrize("risk", ["alike", "sure", "none or sure"])
def test_without_a_difference_in_risk_success_and_backfire_cannot_be_told_apart(risk):
    rng = np.random.default_rng(0)
    p = RISKS[risk](rng, 400)
    control = np.arange(400) % 4 == 0
    assert success_and_backfire(control, (np.arange(400) % 3 == 0).astype(float), p) is None or risk == "none or sure"


def test_a_likelihood_with_its_maximum_at_an_edge_tells_no_backfire():
    control, p = np.arange(400) % 2 == 0, np.linspace(0.05, 0.95, 400)
    left = np.where(control, np.arange(400) % 4 == 0, 0).astype(float)  # nobody who was contacted left
    assert success_and_backfire(control, left, p) is None


def test_nothing_lies_above_a_break_even_of_all():
    at = planned(np.linspace(0.1, 0.9, 100), 20, 0.3)
    assert at.power_above(1.0) == at.power_above(1.5) == 0.0 < at.power_above(0.99) + 1e-300


def test_a_control_group_has_at_least_one_customer_however_sure_its_churn_is():
    assert control_for(np.array([0.0, 1.0] * 50), 0.3, 0.3) == 1
    assert control_for(np.full(10**6, 0.3), 0.5, 0.3) < 100


@pytest.mark.parametrize("estimate", [-400.0, -1.0, 0.0, 0.3, 0.999999])
@pytest.mark.parametrize("se", [1e-9, 1e-4, 0.05, 30.0])
@pytest.mark.parametrize("before", [prior(0.3, 0.2, 0.2), prior(0.3, 0.001, 0.2), prior(0.01, 0.15), prior(0.99, 0.1, 1.0)])
def test_a_belief_stays_a_belief_however_far_and_sure_the_measurement_is(before, estimate, se):
    after = by_estimate(before, RateEstimate.of(estimate, se))
    assert 0 <= after.low <= after.high <= 1 and after.sd > 0
    assert after.belief.a > 0 and after.belief.b > 0 and 0 <= after.belief.doubt <= 1
    assert math.isfinite(after.belief.low + after.belief.high) and after.belief.mean <= 1


@pytest.mark.parametrize(
    "counts", [(0, 10, 0, 5), (10, 10, 0, 5), (0, 10, 5, 5), (10, 10, 5, 5), (10**6, 10**6, 0, 10**6), (0, 1, 1, 1)]
)
def test_counts_of_nobody_or_everybody_give_a_belief(counts):
    names = ("left_treated", "treated", "left_control", "control")
    after = by_counts(prior(0.3, 0.2, 0.2), Counts(**dict(zip(names, counts, strict=True))))
    assert 0 <= after.low <= after.mean <= 1 and after.sd > 0 and 0 <= after.belief.doubt <= 1
