"""The worked examples of LOOP.md: one test per example, for all 17 functions."""

import json
from pathlib import Path

import numpy as np
import pytest

from churn_core.campaign.economics import Campaign
from churn_core.campaign.forecast import forecast_of, success_rates
from churn_core.campaign.uncertainty import Z
from churn_core.experiment.adjust import adjusted
from churn_core.experiment.backfire import success_and_backfire
from churn_core.experiment.bridge import bridge
from churn_core.experiment.checks import missing, sample_ratio
from churn_core.experiment.plan_control import control_for, planned_share
from churn_core.experiment.reached import per_reached
from churn_core.experiment.realised import realised_profit
from churn_core.experiment.strata import RateEstimate, mantel_haenszel
from churn_core.experiment.two_by_two import Counts, two_by_two
from churn_core.experiment.update import RateBelief, by_counts, by_estimate, prior
from churn_core.experiment.worth_of_control import Belief, worth_of_control

VECTORS = json.loads(Path(__file__).with_name("loop_vectors.json").read_text())["vectors"]
SPACED = np.linspace(0.05, 0.95, 1000)


def of(function: str):
    cases = [case for case in VECTORS if case["function"] == function]
    return pytest.mark.parametrize("case", cases, ids=[case["name"] for case in cases])


def same(found, expected, case):
    absolute = case.get("tolerance", 1e-8)
    relative = case.get("tolerance_relative", 1e-9)
    if expected is None:
        assert found is None
    elif isinstance(expected, dict) and set(expected) == {"estimate", "low", "high"}:
        for end, value in expected.items():
            assert getattr(found, end) == pytest.approx(value, abs=absolute, rel=relative), end
    else:
        assert found == pytest.approx(expected, abs=absolute, rel=relative)


def arrays(given):
    arm = np.array(given["arm"])
    return arm == 0, np.array(given["y"], dtype=float), (np.array(given["p"], dtype=float) if "p" in given else None)


@of("two_by_two")
def test_two_by_two(case):
    said, expected = two_by_two(Counts(**case["input"])), case["expected"]
    same(said.churn_treated.estimate, expected["churn_treated"], case)
    same(said.churn_control.estimate, expected["churn_control"], case)
    same([said.churn_treated.low, said.churn_treated.high], expected["wilson_treated"], case)
    same([said.churn_control.low, said.churn_control.high], expected["wilson_control"], case)
    same(said.reduction, expected["reduction"], case)
    same(said.kept, expected["customers_kept"], case)
    same(said.success_rate, expected["success_rate"], case)


@of("mantel_haenszel")
def test_mantel_haenszel(case):
    strata, expected = [Counts(**stratum) for stratum in case["input"]["strata"]], case["expected"]
    found = mantel_haenszel(strata)
    same(found.success_rate, expected["success_rate"], case)
    same(found.se_log, expected["se_log"], case)
    if "pooled_for_comparison" in expected:
        pooled = Counts(**{name: sum(getattr(s, name) for s in strata) for name in vars(strata[0])})
        same(two_by_two(pooled).success_rate, expected["pooled_for_comparison"], case)


@of("adjusted")
def test_adjusted(case):
    found, expected = adjusted(*arrays(case["input"])), case["expected"]
    same([found.slope, found.churn_treated, found.churn_control], [expected[k] for k in ("theta", "rT", "rC")], case)
    same([found.reduction.estimate, found.reduction.low, found.reduction.high],
         [expected[k] for k in ("reduction", "reduction_low", "reduction_high")], case)  # fmt: skip
    same(found.reduction.half_width / Z, expected["reduction_se"], case)
    same([found.success_rate.estimate, found.success_rate.low, found.success_rate.high, found.se_log],
         [expected[k] for k in ("success", "success_low", "success_high", "se_log")], case)  # fmt: skip


def realised_of(given):
    control, y, p = arrays(given)
    clv, cost = np.array(given["V"], dtype=float), np.array(given["cost"], dtype=float)
    return realised_profit(control, y, clv, cost, fixed_cost=given["fixed_cost"], churn_probability=p)


@of("realised_profit")
def test_realised_profit(case):
    found, expected = realised_of(case["input"]), case["expected"]
    same([found.slope, found.kept, found.spend, found.profit.estimate, found.standard_error, found.profit.low, found.profit.high],
         [expected[k] for k in ("theta", "value_kept", "spend", "profit", "se", "low", "high")], case)  # fmt: skip
    same([found.roi.estimate, found.roi.low, found.roi.high], [expected[k] for k in ("roi", "roi_low", "roi_high")], case)


@of("bridge")
def test_bridge(case):
    given, expected = case["input"], case["expected"]
    control, y, p = arrays(given)
    names = ("success_rate", "retention_cost", "incentive", "incentive_uptake", "fixed_cost")
    campaign = Campaign(**{name: given[name] for name in names})
    found = bridge(control, p, np.array(given["V"], dtype=float), campaign, adjusted(control, y, p), realised_of(given))
    assert [step.name for step in found.steps] == [step["name"] for step in expected["steps"]]
    same([step.profit for step in found.steps], [step["profit"] for step in expected["steps"]], case)
    same(found.control_over_model, expected["control_over_model"], case)
    same(found.z, expected["z_realised_minus_expected"], case)


@of("per_reached")
def test_per_reached(case):
    given, expected = dict(case["input"]), case["expected"]
    reached = given.pop("reached")
    found = per_reached(Counts(**given), reached)
    same(found.reach, expected["reach"], case)
    same(found.reduction, expected["reduction_per_reached"], case)
    same(found.success_rate, expected["success_rate_per_reached"], case)


@of("sample_ratio")
def test_sample_ratio(case):
    found = sample_ratio(**case["input"])
    same(found.p_value, case["expected"]["p_value"], case)
    assert found.alarm is case["expected"]["alarm"]


@of("missing_bounds")
def test_missing_bounds(case):
    given, expected = case["input"], case["expected"]
    counts = Counts(
        left_treated=given["left_treated"],
        treated=given["treated_known"],
        left_control=given["left_control"],
        control=given["control_known"],
    )
    found = missing(counts, given["treated_unknown"], given["control_unknown"]).bounds
    same([found.estimate, found.low, found.high], [expected[k] for k in ("complete_cases", "worst", "best")], case)


@of("planning")
def test_planning(case):
    given, expected = case["input"], case["expected"]
    found = planned_share(SPACED, given["control_share"], given["success_rate"], given["backfire_rate"])
    assert (found.control, found.treated) == (expected["n_control"], expected["n_treated"])
    same([found.churn_control, found.churn_treated, found.variance_control, found.variance_treated, found.se_log],
         [expected[k] for k in ("rC", "rT", "vC", "vT", "se_log")], case)  # fmt: skip
    same([found.half_width, found.success_rate.low, found.success_rate.high, found.power],
         [expected[k] for k in ("half_width", "low", "high", "power")], case)  # fmt: skip


@of("control_for")
def test_control_for(case):
    given = case["input"]
    assert control_for(SPACED, given["half_width"], given["success_rate"]) == case["expected"]["control"]


@of("power_above")
def test_power_above(case):
    given = case["input"]
    found = planned_share(SPACED, given["control_share"], given["success_rate"])
    same(found.power_above(given["break_even_success_rate"]), case["expected"]["power"], case)


@of("prior")
def test_prior(case):
    found = prior(case["input"]["mean"], case["input"]["half_width"])
    same([found.a, found.b], [case["expected"]["a"], case["expected"]["b"]], case)


def same_posterior(found, case):
    expected = case["expected"]
    same([found.mean, found.sd, found.low, found.median, found.high],
         [expected[k] for k in ("mean", "sd", "low", "median", "high")], case)  # fmt: skip
    # The Beta follows from mean and deviation, whose tolerance it multiplies.
    assert [found.belief.a, found.belief.b] == pytest.approx([expected["beta_a"], expected["beta_b"]], rel=1e-3)


@of("posterior")
def test_posterior(case):
    given = dict(case["input"])
    before = RateBelief(a=given.pop("a"), b=given.pop("b"))
    same_posterior(by_counts(before, Counts(**given)), case)


@of("posterior_normal")
def test_posterior_normal(case):
    given = case["input"]
    measured = RateEstimate.of(given["estimate"], given["se_log"])
    same_posterior(by_estimate(RateBelief(a=given["a"], b=given["b"]), measured), case)


@of("success_and_backfire")
def test_success_and_backfire(case):
    i = np.arange(600)
    p = 0.05 + 0.9 * (i + 0.5) / 600
    control = i % 6 == 0
    left = (((7919 * i) % 1000 + 0.5) / 1000 < np.where(control, p, 0.02 + 0.68 * p)).astype(float)
    expected = case["expected"]
    assert (int(left[~control].sum()), int(left[control].sum())) == (case["input"]["left_treated"], case["input"]["left_control"])
    found = success_and_backfire(control, left, p)
    same([found.success_rate.estimate, found.success_se, found.backfire_rate.estimate, found.backfire_se],
         [expected[k] for k in ("success_rate", "success_se", "backfire_rate", "backfire_se")], case)  # fmt: skip
    same([found.shift, found.shift_se, found.covariance, found.log_likelihood],
         [expected[k] for k in ("alpha", "alpha_se", "covariance", "log_likelihood")], case)  # fmt: skip


@of("predictive")
def test_predictive(case):
    given, expected = case["input"], case["expected"]
    names = ("success_rate", "retention_cost", "incentive", "incentive_uptake", "backfire_rate")
    campaign = Campaign(**{name: given[name] for name in names}, success_rate_give_or_take=given["success_rate_half_width"])
    found = forecast_of(np.array(given["p"]), np.array(given["V"]), campaign)
    same(found.range.estimate, expected["profit"], case)
    same(found.range_if_exact.half_width / Z, expected["sd_by_chance"], case)
    same(found.range.half_width / Z, expected["sd"], case)


@of("value_of_control")
def test_value_of_control(case):
    given, expected = case["input"], case["expected"]
    campaign = Campaign(
        retention_cost=given["retention_cost"], success_rate=given["mean"], success_rate_give_or_take=given["sd"] * Z
    )
    belief = Belief.of(success_rates(campaign), given["doubt"])
    clv = np.full(len(SPACED), float(given["V"]))
    found = worth_of_control(SPACED, clv, campaign, belief, given["control_share"], later_campaigns=given["later_campaigns"])
    assert (found.listed, found.control) == (expected["list"], expected["control"])
    same([belief.mean, found.precision.se, found.profit_now, found.perfect, found.per_campaign, found.cost, found.net],
         [expected[k] for k in ("prior_mean", "se", "profit_now", "perfect", "per_campaign", "cost", "net")], case)  # fmt: skip
