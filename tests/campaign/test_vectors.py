"""The worked examples of the economics: at least one test per case."""

import math
from itertools import combinations

import numpy as np
import pytest

from churn_core.campaign.curve import profit_curve
from churn_core.campaign.economics import Campaign, break_even_probability, expected_profit, expected_spend
from churn_core.campaign.objective import Objective
from churn_core.campaign.optimise import at_candidate, best_threshold, choose, contact_all, per_customer
from churn_core.campaign.sensitivity import break_evens, slopes
from churn_core.campaign.sweep import sweep
from churn_core.campaign.within_limits import relaxed
from tests.campaign.worked_examples import CASES, campaign_of, campaign_of_neslin, case


def assert_outcome(outcome, expected: dict):
    assert outcome.contacted == expected["n"]
    assert outcome.expected_profit == pytest.approx(expected["profit"])
    assert outcome.threshold == expected["threshold"]
    if "spend" in expected:
        assert outcome.expected_spend == pytest.approx(expected["spend"])
    if "roi" in expected:
        assert outcome.roi == (None if expected["roi"] is None else pytest.approx(expected["roi"]))


def test_01_the_basic_sweep():
    given, expected = case("01")
    campaign = campaign_of(given)
    swept = sweep(given["score"], clv=float(given["clv"]), leaving=given["y"])
    curve = profit_curve(swept, campaign)
    assert curve["contacted"].tolist() == expected["n"]
    assert curve["expected_profit"].tolist() == pytest.approx(expected["profit"])
    assert curve["expected_spend"].tolist() == pytest.approx(expected["spend"])
    assert math.isnan(curve["roi"][0])
    roi = [profit / spend for profit, spend in zip(expected["profit"][1:], expected["spend"][1:], strict=True)]
    assert curve["roi"][1:].tolist() == pytest.approx(roi)
    assert_outcome(best_threshold(swept, campaign), expected["best"])
    assert break_even_probability(given["clv"], campaign) == pytest.approx(expected["breakeven_p"])


def test_01_each_roi_is_profit_over_spend():
    _, expected = case("01")
    for profit, spend, roi in zip(expected["profit"], expected["spend"], expected["roi"], strict=True):
        assert roi == (None if spend == 0 else pytest.approx(profit / spend))


def test_01_maximising_the_ratio_gives_profit_away():
    given, expected = case("01")
    curve = profit_curve(sweep(given["score"], clv=float(given["clv"]), leaving=given["y"]), campaign_of(given))
    highest = curve[curve["roi"] == curve["roi"].max()]
    assert highest["roi"].iloc[0] == pytest.approx(expected["max_roi"]["roi"])
    assert highest["contacted"].tolist() == expected["max_roi"]["n_candidates"]
    assert highest["expected_profit"].tolist() == pytest.approx(expected["max_roi"]["profit_at_max_roi"])


def test_01_the_slopes_at_the_best_campaign():
    given, expected = case("01")
    best = sweep(given["score"], clv=float(given["clv"]), leaving=given["y"]).first(expected["best"]["n"])
    asked = expected["derivatives_at_best"]
    assert slopes(best, campaign_of(given)) == pytest.approx((asked["d_profit_d_c"], asked["d_profit_d_gamma"]))


def test_01_the_break_evens_of_the_fixed_list():
    given, expected = case("01")
    best = sweep(given["score"], clv=float(given["clv"]), leaving=given["y"]).first(expected["best"]["n"])
    asked = expected["breakeven_gamma_fixed_set"], expected["breakeven_c_fixed_set"]
    assert break_evens(best, campaign_of(given)) == pytest.approx(asked)


@pytest.mark.parametrize("order", [0, 1, 2])
def test_02_ties_are_not_split_whatever_the_order_of_the_rows(order):
    given, expected = case("02")
    campaign = campaign_of(given)
    swept = sweep(given["score"], clv=float(given["clv"]), leaving=given["y_variants"][order])
    assert swept.contacted.tolist() == expected["n"]
    assert swept.expected_profit(campaign).tolist() == pytest.approx(expected["profit"])
    assert_outcome(best_threshold(swept, campaign), expected["best"])


def test_03_equal_scores_leave_all_or_nobody():
    given, expected = case("03")
    campaign = campaign_of(given)
    swept = sweep(given["score"], clv=float(given["clv"]), leaving=given["y"])
    assert swept.contacted.tolist() == expected["n"]
    assert swept.expected_profit(campaign).tolist() == pytest.approx(expected["profit"])
    assert_outcome(best_threshold(swept, campaign), expected["best"])


def test_04_each_customer_with_a_lifetime_value_of_their_own():
    given, expected = case("04")
    campaign, p, clv = campaign_of(given), np.array(given["p"]), np.array(given["clv"], dtype=float)
    earned = expected_profit(p, clv, campaign)
    assert earned.tolist() == pytest.approx(expected["u"])
    assert break_even_probability(clv, campaign).tolist() == pytest.approx(expected["breakeven_p"])
    swept = sweep(p, clv=clv)
    assert swept.expected_profit(campaign).tolist() == pytest.approx(expected["global_threshold"]["profit"])
    assert_outcome(best_threshold(swept, campaign), expected["global_threshold"]["best"])
    assert np.flatnonzero(earned > 0).tolist() == expected["per_customer"]["targets"]
    each = per_customer(p, clv, campaign)
    assert_outcome(each, {"n": 2, "threshold": None} | expected["per_customer"])


def test_06_the_model_of_neslin_2006_is_this_one_at_full_uptake_without_backfire():
    given, expected = case("06")
    contacted, stay_away = round(given["N"] * given["alpha"]), round(given["N"] * (1 - given["alpha"]))
    leaving = round(contacted * given["beta"])
    campaign = campaign_of_neslin(given)
    score = [0.9] * contacted + [0.1] * stay_away
    churned = [1] * leaving + [0] * (contacted - leaving + stay_away)
    outcome = at_candidate(sweep(score, clv=float(given["clv"]), leaving=churned), campaign, 1)
    assert outcome.contacted == contacted
    assert outcome.expected_profit == pytest.approx(expected["profit"])
    assert outcome.expected_spend == pytest.approx(expected["spend"])
    assert outcome.roi == pytest.approx(expected["roi"])


def test_07_the_maximum_profit_criterion_is_this_profit_per_customer():
    """MPC writes money in units of the lifetime value: δ = d/V, φ = c/V. F0 = F1 = 1 is everybody contacted."""
    given, expected = case("07")
    assert given["F0"] == given["F1"] == 1
    clv, n = float(given["clv"]), 100
    campaign = Campaign(retention_cost=given["phi"] * clv, success_rate=given["gamma"], incentive=given["delta"] * clv)
    churned = np.arange(n) < n * given["pi0"]
    everybody = contact_all(sweep(np.full(n, 0.5), clv=clv, leaving=churned), campaign)
    assert everybody.expected_profit / n == pytest.approx(expected["profit_per_customer"])


@pytest.mark.parametrize("row", case("08")[1]["by_budget"], ids=lambda row: f"budget {row['budget']:g}")
def test_08_where_contacts_cost_the_same_a_budget_buys_the_most_profitable(row):
    given, expected = case("08")
    campaign, p, clv = campaign_of(given), np.array(given["p"]), float(given["clv"])
    u, e = expected_profit(p, clv, campaign), np.broadcast_to(expected_spend(p, campaign), p.shape)
    assert u.tolist() == pytest.approx(expected["u"])
    objective = Objective(budget=row["budget"])
    wanted = {"n": row["n"], "profit": row["profit"], "spend": row["spend"]}
    each = per_customer(p, clv, campaign, objective=objective)
    assert_outcome(each, wanted | {"threshold": None})
    assert each.upper_bound is None
    by_threshold = best_threshold(sweep(p, clv=clv), campaign, objective)
    assert_outcome(by_threshold, wanted | {"threshold": p[row["n"] - 1] if row["n"] else None})
    # What the next contact would bring is the marginal ROI at which exactly one more is made.
    following = None if row["n"] == len(p) else u[row["n"]] / e[row["n"]]
    assert following == (None if row["next_marginal_roi"] is None else pytest.approx(row["next_marginal_roi"]))
    if following is not None:
        at_that_price = per_customer(p, clv, campaign, objective=Objective(min_marginal_roi=row["next_marginal_roi"]))
        assert at_that_price.contacted == row["n"] + 1


def test_09_where_contacts_cost_differently_the_list_is_the_best_and_not_the_first_that_fit():
    """u and e as given: d = 100 for every success at no other cost, so that e = 100·p and u = p·(V - d)."""
    given, expected = case("09")
    campaign = Campaign(retention_cost=0, success_rate=1, incentive=100, incentive_uptake=0)
    p = np.array(given["e"]) / 100
    clv = np.array(given["u"]) / p + 100
    u, e = expected_profit(p, clv, campaign), expected_spend(p, campaign)
    assert (u.tolist(), e.tolist()) == (pytest.approx(given["u"]), pytest.approx(given["e"]))
    earned, spent = np.append(0.0, np.cumsum(u)), np.append(0.0, np.cumsum(e))  # given in falling order of u/e
    cut = relaxed(u, e, earned, spent, Objective(budget=given["budget"]))
    assert list(range(cut.whole)) == expected["greedy"]["targets"]
    assert earned[cut.whole] == pytest.approx(expected["greedy"]["profit"])
    assert spent[cut.whole] == pytest.approx(expected["greedy"]["spend"])
    assert (cut.earned, cut.spent) == (pytest.approx(expected["lp_upper_bound"]), pytest.approx(given["budget"]))
    contact, bound = choose(p, clv, campaign, Objective(budget=given["budget"]))
    lists = [list(some) for k in range(4) for some in combinations(range(3), k) if e[list(some)].sum() <= given["budget"] + 1e-9]
    best = max(lists, key=lambda some: u[some].sum())
    assert np.flatnonzero(contact).tolist() == best == expected["exact"]["targets"]
    assert u[contact].sum() == pytest.approx(expected["exact"]["profit"]) and u[contact].sum() <= cut.earned
    assert e[contact].sum() == pytest.approx(expected["exact"]["spend"])
    assert bound is None
    outcome = per_customer(p, clv, campaign, objective=Objective(budget=given["budget"]))
    assert (outcome.contacted, outcome.upper_bound) == (2, None)


def test_12_where_every_contact_loses_nobody_is_contacted_and_no_fixed_cost_charged():
    given, expected = case("12")
    p = np.array(given["p"])
    campaign = Campaign(retention_cost=given["c"], success_rate=given["gamma"], fixed_cost=given["F"])
    assert expected_profit(p, given["clv"], campaign).tolist() == pytest.approx(expected["u"])
    assert break_even_probability(given["clv"], campaign) == pytest.approx(expected["breakeven_p"])
    assert_outcome(best_threshold(sweep(p, clv=float(given["clv"])), campaign), expected["best"])
    assert_outcome(per_customer(p, float(given["clv"]), campaign), expected["best"])


def test_13_a_contact_that_earns_nothing_is_not_made():
    given, expected = case("13")
    campaign, p = campaign_of(given), np.array(given["p"])
    assert expected_profit(p, given["clv"], campaign).tolist() == expected["u"]
    assert_outcome(best_threshold(sweep(p, clv=float(given["clv"])), campaign), expected["best"])
    assert_outcome(per_customer(p, float(given["clv"]), campaign), expected["best"] | {"threshold": None})


def test_14_the_true_profit_of_the_articles_example():
    given, expected = case("14")
    campaign = campaign_of(given)
    outcome = [1] * given["tp"] + [0] * given["fp"] + [1] * given["fn"] + [0] * given["tn"]
    score = [0.9] * (given["tp"] + given["fp"]) + [0.1] * (given["fn"] + given["tn"])
    contacted = at_candidate(sweep(score, clv=float(given["clv"]), leaving=outcome), campaign, 1)
    assert contacted.contacted == given["tp"] + given["fp"]
    assert contacted.expected_profit == pytest.approx(expected["correct_profit"])
    assert contacted.roi == pytest.approx(expected["correct_roi"])
    assert break_even_probability(given["clv"], campaign) == pytest.approx(expected["correct_breakeven_p"])


def test_14_charging_each_missed_churner_a_lifetime_value_makes_a_loss_of_a_gain():
    given, expected = case("14")
    tp, fp, fn, c, gamma, clv = (given[name] for name in ("tp", "fp", "fn", "c", "gamma", "clv"))
    value = tp * gamma * clv - (tp + fp) * c - fn * clv
    assert value == pytest.approx(expected["article_v1_value"])
    assert value / ((tp + fp) * c) == pytest.approx(expected["article_v1_roi"])
    # The missed are lost without a campaign too: what the formula takes away is no effect of the campaign.
    assert expected["correct_profit"] - value == pytest.approx(fn * clv)
    # Not being charged looks like a gain of a whole V beside the γ·V, so contacting seems to pay far too early.
    assert c / (gamma * clv + clv) == pytest.approx(expected["article_v1_breakeven_p"])
    assert expected["article_v1_breakeven_p"] < expected["correct_breakeven_p"] / 4


def test_14_the_total_cost_view_gives_the_same_difference():
    given, expected = case("14")
    tp, fp, fn, c, gamma, clv = (given[name] for name in ("tp", "fp", "fn", "c", "gamma", "clv"))
    view = expected["total_cost_view"]
    with_campaign = -(tp + fp) * c - tp * (1 - gamma) * clv - fn * clv
    do_nothing = -(tp + fn) * clv
    assert (with_campaign, do_nothing) == (pytest.approx(view["with_campaign"]), pytest.approx(view["do_nothing"]))
    assert with_campaign - do_nothing == pytest.approx(expected["correct_profit"])


@pytest.mark.parametrize("row", case("15")[1][:3], ids=lambda row: f"discount {row['annual_discount']}, margin {row['margin']}")
def test_15_the_lifetime_value(row):
    names = ("margin", "annual_discount", "monthly_survival")
    campaign = Campaign(clv_months=row["h"], **{name: row[name] for name in names})
    assert campaign.clv(row["m"]) == pytest.approx(row["clv"], abs=1e-6)


def test_15_the_multiple_of_gupta_and_lehmann_is_the_limit_of_the_lifetime_value():
    """Its unit is a year: a customer for life, in multiples of the first year, with r = 0.8 and i = 0.1 a year.

    r a year is r^(1/12) a month. Within a year both count payments in the same way, so a year's worth cancels out:
    V for ever over V of a year is 1 / (1 - q^12) = 1 / (1 - r/(1 + i)), the multiple paid in advance; paid in arrears
    it lacks the first year. A hundred years are for ever: what is left then is (r/(1 + i))^100, some 1e-14.
    """
    row = case("15")[1][3]
    retention, discount = 0.8, 0.1
    yearly = {"annual_discount": discount, "monthly_survival": retention ** (1 / 12)}
    multiple = Campaign(clv_months=1200, **yearly).clv(1.0) / Campaign(clv_months=12, **yearly).clv(1.0)
    assert multiple == pytest.approx(row["advance_multiple"])
    assert multiple - 1 == pytest.approx(row["multiple"])
    assert row["multiple"] == pytest.approx(retention / (1 + discount - retention))


@pytest.mark.parametrize("row", case("17")[1])
def test_17_class_weights_shift_probabilities_by_a_known_amount(row):
    given, _ = case("17")
    w = given["n_neg"] / given["n_pos"]
    assert w * row["p"] / (w * row["p"] + 1 - row["p"]) == pytest.approx(row["p_bal"], abs=2e-6)


def test_every_case_is_covered():
    covered = {name for name in CASES for test in globals() if test.startswith(f"test_{name[:2]}_")}
    assert covered == set(CASES)
