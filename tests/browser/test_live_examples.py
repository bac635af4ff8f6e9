"""The worked examples of the economics, done by the browser."""

from dataclasses import replace

import numpy as np
import pytest

from churn_core.campaign.economics import Campaign
from churn_core.campaign.objective import Objective
from churn_core.campaign.plan import Plan
from churn_core.campaign.sweep import Sweep, sweep
from tests.browser.test_live_economics import CLOSE, as_sent, evaluated
from tests.campaign.worked_examples import campaign_of, campaign_of_neslin, case


def plan_of(given: dict, **more) -> Plan:
    return Plan(campaign=campaign_of(given, **more))


def assert_outcome(found: dict, expected: dict):
    assert found["contacted"] == expected["n"]
    assert found["profit"] == pytest.approx(expected["profit"], **CLOSE)
    for word in ("threshold", "spend", "roi"):
        if word in expected:
            assert found[word] == (None if expected[word] is None else pytest.approx(expected[word], **CLOSE))


def candidates(js, swept: Sweep, plan: Plan) -> dict:
    return js.evaluate("([customers, plan]) => js.sweep(customers, plan)", [as_sent(swept), plan.as_dict()])


@pytest.mark.parametrize("number", ["01", "02", "03"])
def test_candidates_are_the_ends_of_ties(js, number):
    given, expected = case(number)
    swept = sweep(given["score"], clv=float(given["clv"]))
    found = candidates(js, swept, plan_of(given))
    assert found["n"] == expected.get("n", swept.contacted.tolist())
    assert found["threshold"] == [None, *swept.threshold[1:].tolist()]
    assert found["profit"] == pytest.approx(swept.expected_profit(plan_of(given).campaign).tolist(), **CLOSE)
    assert found["spend"] == pytest.approx(swept.expected_spend(plan_of(given).campaign).tolist(), **CLOSE)


def test_01_the_break_even(js):
    given, expected = case("01")
    (found,) = evaluated(js, sweep(given["score"], clv=float(given["clv"])), [plan_of(given)])
    assert found["breakEven"] == pytest.approx(expected["breakeven_p"], **CLOSE)


def test_02_the_order_of_tied_rows_does_not_matter(js):
    given, _ = case("02")
    found = [
        evaluated(js, sweep(given["score"], clv=float(given["clv"]), leaving=churned), [plan_of(given)])
        for churned in given["y_variants"]
    ]
    assert found[0] == found[1] == found[2]


def test_04_one_threshold_and_customer_by_customer(js):
    given, expected = case("04")
    swept = sweep(given["p"], clv=np.array(given["clv"], dtype=float))
    (found,) = evaluated(js, swept, [plan_of(given)])
    assert candidates(js, swept, plan_of(given))["profit"] == pytest.approx(expected["global_threshold"]["profit"], **CLOSE)
    assert_outcome(found["byThreshold"], expected["global_threshold"]["best"])
    assert sorted(found["list"]) == expected["per_customer"]["targets"]
    assert_outcome(found["byCustomer"], {"n": len(expected["per_customer"]["targets"]), **expected["per_customer"]})
    for clv, break_even in zip(given["clv"], expected["breakeven_p"], strict=True):
        (alone,) = evaluated(js, sweep([0.5], clv=float(clv)), [plan_of(given)])
        assert alone["breakEven"] == pytest.approx(break_even, **CLOSE)


def test_06_the_identity_of_neslin(js):
    given, expected = case("06")
    contacted = int(given["alpha"] * given["N"])
    score = np.where(np.arange(given["N"]) < contacted, given["beta"], 0.0)
    campaign = campaign_of_neslin(given)
    (found,) = evaluated(js, sweep(score, clv=float(given["clv"])), [Plan(campaign=campaign)])
    assert_outcome(found["byThreshold"], {"n": contacted, **expected})
    assert_outcome(found["byCustomer"], {"n": contacted, **expected})


def test_08_a_budget(js):
    given, expected = case("08")
    plans = [replace(plan_of(given), objective=Objective(budget=row["budget"])) for row in expected["by_budget"]]
    for found, row in zip(evaluated(js, sweep(given["p"], clv=float(given["clv"])), plans), expected["by_budget"], strict=True):
        assert_outcome(found["byThreshold"], row)
        assert_outcome(found["byCustomer"], row)


def test_12_nothing_pays(js):
    given, expected = case("12")
    plan = plan_of(given, fixed_cost=given["F"])
    (found,) = evaluated(js, sweep(given["p"], clv=float(given["clv"])), [plan])
    assert_outcome(found["byThreshold"], expected["best"])
    assert_outcome(found["byCustomer"], expected["best"])
    assert found["plateau"] is None
    assert found["breakEven"] == pytest.approx(expected["breakeven_p"], **CLOSE)


def test_13_an_indifferent_customer_is_left_alone(js):
    given, expected = case("13")
    (found,) = evaluated(js, sweep(given["p"], clv=float(given["clv"])), [plan_of(given)])
    assert_outcome(found["byThreshold"], expected["best"])
    assert_outcome(found["byCustomer"], {**expected["best"], "threshold": None})


def test_15_the_lifetime_value(js):
    _, expected = case("15")
    for row in expected:
        if "m" in row:
            terms = {"clv_months": row["h"], **{name: row[name] for name in ("margin", "annual_discount", "monthly_survival")}}
            multiple = js.evaluate("(plan) => js.clvMultiple(plan)", Plan(campaign=Campaign(**terms)).as_dict())
            assert row["m"] * multiple == pytest.approx(row["clv"], abs=1e-6)
