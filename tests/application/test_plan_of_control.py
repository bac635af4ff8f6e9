"""Whether to hold a control group back: the share with the best net worth, or nobody, and the sentence says why."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from churn_core.application import correction
from churn_core.application.plan_of_control import Believed, advise, believed_now
from churn_core.campaign.economics import expected_profit
from churn_core.campaign.forecast import success_rates
from churn_core.campaign.optimise import best_threshold, per_customer
from churn_core.campaign.plan import PER_CUSTOMER, Plan
from churn_core.campaign.sensitivity import break_evens
from churn_core.decisions.control import control_of
from churn_core.decisions.plan_of_control import profit_at_rates
from churn_core.decisions.recommendation import recommend
from churn_core.errors import CampaignError
from churn_core.experiment.worth_of_control import Belief
from churn_core.formats import money
from churn_core.storage.results import KeptResult

LIMITED = {"budget": 20_000.0, "incentive": 25.0, "incentive_uptake": 0.6}


def recommended(workspace, **given):
    return recommend(workspace.still_here, Plan.from_dict(given))


def advice(workspace, doubt: float = 0.2, later: int = 4, **given):
    found = recommended(workspace, **given)
    return advise(found, believed_now(found, None, doubt), later, "$")


def test_where_the_contact_pays_whatever_the_rate_nobody_is_held_back_and_the_sentence_says_why(workspace):
    said = advice(workspace, doubt=0.0)
    assert said.plan.best is None and said.as_dict()["recommended"] is None
    assert said.sentence.startswith("Do not hold anybody back: ")
    least = said.plan.least_bad
    assert f"costs about {money(least.worth.cost, '$')}" in said.sentence
    assert f"add about {money(said.plan.shares[0].worth.perfect, '$')} to a campaign" in said.sentence


def test_with_doubt_the_share_with_the_best_net_is_recommended_with_its_cost_and_worth(workspace):
    said = advice(workspace)
    best = said.plan.best
    assert best.worth.net == max(each.worth.net for each in said.plan.shares) > 0
    assert said.sentence == (
        f"Hold back {best.share:.0%} ({best.control} customers): it costs about {money(best.worth.cost, '$')} now and is worth about "
        f"{money(4 * best.worth.per_campaign, '$')} over the next 4 campaigns."
    )
    assert said.plan.rests_on_doubt and any("rests on the doubt" in each for each in said.remarks)


def test_once_is_enough_where_holding_back_every_time_comes_to_less(workspace):
    said = advice(workspace, retention_cost=100)
    assert said.plan.every_time < said.plan.best.worth.net
    assert any(each.startswith("Once is enough") and money(said.plan.every_time, "$") in each for each in said.remarks)
    assert not said.plan.rests_on_doubt


@pytest.mark.parametrize("given", [{}, {"retention_cost": 100}, {"rule": PER_CUSTOMER}, {"budget": 20_000}, LIMITED], ids=str)
def test_a_share_is_the_group_that_the_contact_list_holds_back_and_measures_as_it_says(workspace, given):
    found, said = recommended(workspace, **given), advice(workspace, **given)
    assert said.plan.listed == found.contact.sum()
    for each in said.plan.shares:
        held = control_of(found, each.share, "salt")
        assert (each.control, each.precision) == (held.customers, held.precision)


def test_a_larger_group_costs_more_and_measures_better_and_shows_more(workspace):
    shares = advice(workspace).plan.shares[1:]
    for name in ("half_width", "harm_noticed"):
        values = [abs(getattr(each.precision, name)) for each in shares]
        assert values == sorted(values, reverse=True)
    for values in (
        [each.worth.cost for each in shares],
        [each.worth.per_campaign for each in shares],
        [each.precision.power for each in shares],
        [each.power_break_even for each in shares],
    ):
        assert values == sorted(values)
    assert all(each.power_break_even <= each.precision.power for each in shares)


def test_the_cost_is_the_profit_forgone_by_what_is_believed(workspace):
    found, said = recommended(workspace), advice(workspace)
    mean = said.believed.belief.mean
    there = Plan.from_dict({"success_rate": mean}).campaign
    u = expected_profit(found.population.probability[found.contact], found.clv[found.contact], there)
    for each in said.plan.shares:
        assert each.worth.cost == pytest.approx(each.control * u.mean())


@pytest.mark.parametrize("backfire", [0.0, 0.02])
def test_the_break_even_is_that_of_the_list_net_of_backfire(workspace, backfire):
    found, said = recommended(workspace, backfire_rate=backfire), advice(workspace, backfire_rate=backfire)
    churn = found.population.probability[found.contact].mean()
    gross, _ = break_evens(found.listed, found.plan.campaign)
    assert said.plan.break_even == pytest.approx(gross - backfire * (1 - churn) / churn)


@pytest.mark.parametrize(
    "given", [{}, {"budget": 20_000.0}, {"min_roi": 4.0}, {"fixed_cost": 3_000.0}, {"incentive": 25.0}, LIMITED]
)
@pytest.mark.parametrize("rule", ["threshold", PER_CUSTOMER])
def test_what_a_later_campaign_earns_is_the_optimum_of_the_plan_at_its_rate(workspace, given, rule):
    found = recommended(workspace, **given, rule=rule)
    for rate in (0.0, 0.06, 0.24, 0.3, 0.6):
        there = Plan.from_dict({**found.plan.as_dict(), "success_rate": rate})
        if rule == PER_CUSTOMER:
            p, clv = found.population.probability, found.clv
            wanted = per_customer(p, clv, there.campaign, objective=there.objective).expected_profit
        else:
            wanted = best_threshold(found.population.expected_sweep, there.campaign, there.objective).expected_profit
        assert profit_at_rates(found, 0.6)(np.array([rate]))[0] == pytest.approx(wanted, rel=0.002, abs=50)


def test_a_rate_that_is_taken_as_right_leaves_nothing_to_learn(workspace):
    said = advice(workspace, doubt=0.0, success_rate_give_or_take=0.0)
    assert "nothing to learn" in said.sentence and said.plan.shares[0].worth.perfect == pytest.approx(0, abs=0.01)


def test_without_a_later_campaign_nothing_would_use_it(workspace):
    assert "no later campaign" in advice(workspace, later=0).sentence
    assert "over the next campaign." in advice(workspace, later=1, retention_cost=100).sentence


def test_a_list_that_loses_by_what_is_believed_is_said_to_lose(workspace):
    said = advice(workspace, doubt=0.8, retention_cost=100)
    assert said.plan.loses and "it saves about" in said.sentence
    assert any("this list loses money" in each for each in said.remarks)


@pytest.mark.parametrize("doubt", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("rate", [0.02, 0.5, 1.0])
def test_every_belief_has_a_sentence(workspace, doubt, rate):
    said = advice(workspace, doubt=doubt, success_rate=rate, retention_cost=5)
    assert said.sentence.endswith(".") and "nan" not in said.sentence and "inf" not in said.sentence


def test_a_short_list_has_no_group_of_nobody(workspace):
    said = advice(workspace, budget=30.0)
    assert said.plan.listed == 3 and said.plan.shares[1].precision is None and said.plan.shares[1].power_break_even is None


@pytest.mark.parametrize("doubt", [-0.1, 20, float("nan")])
def test_a_doubt_that_is_no_share_is_refused_with_the_mend(workspace, doubt):
    with pytest.raises(CampaignError, match="Write 20 % as 0.2"):
        believed_now(recommended(workspace), None, doubt)


def test_an_empty_list_and_too_many_campaigns_are_refused(workspace):
    with pytest.raises(CampaignError, match="Lower the cost"):
        advice(workspace, success_rate=0)
    with pytest.raises(CampaignError, match="from 0 to 50"):
        advice(workspace, later=51)


# What was measured before


@pytest.fixture
def measured(monkeypatch):
    """A store whose last campaign measured .15."""
    posterior = {"a": 30.0, "b": 170.0, "doubt": 0.05, "success_rate": 0.1425, "success_rate_give_or_take": 0.08}
    at = datetime.now(UTC) - timedelta(hours=1)
    kept = KeptResult(
        id=1, draw_id=1, name="Spring", file_sha256="0" * 64, measured_at=at, measured_by="Ada", result={"posterior": posterior}
    )
    monkeypatch.setattr(correction, "Results", lambda store: type("R", (), {"latest": lambda self: [kept]})())
    return posterior


@pytest.mark.parametrize("own", [{}, {"success_rate": 0.1425, "success_rate_give_or_take": 0.08}], ids=["usual", "taken over"])
def test_what_the_last_campaign_left_is_believed_with_its_doubt(workspace, measured, own):
    said = believed_now(recommended(workspace, **own), object())
    assert said.success_rate == pytest.approx(0.15) and said.doubt == 0.05
    assert said.belief.mean == pytest.approx(0.95 * 0.15, rel=1e-3) and said.measured_in.startswith("Spring, ")
    assert any("was measured in Spring" in each for each in advise(recommended(workspace), said, 4).remarks)


def test_a_rate_of_ones_own_counts_instead_of_what_was_measured(workspace, measured):
    found = recommended(workspace, success_rate=0.4)
    said = believed_now(found, object())
    assert not said.measured_in and (said.success_rate, said.doubt) == (0.4, 0.2)
    same = Belief.of(success_rates(found.plan.campaign), 0.2)
    np.testing.assert_array_equal(said.belief.rates, same.rates)


def test_another_doubt_counts_instead_of_the_one_that_was_kept(workspace, measured):
    said = believed_now(recommended(workspace), object(), 0.3)
    assert isinstance(said, Believed) and said.doubt == 0.3 and said.success_rate == pytest.approx(0.15)


def test_the_measured_rate_is_net_and_the_plan_counts_backfire_by_itself(workspace, measured):
    found = recommended(workspace, backfire_rate=0.02)
    churn = found.population.probability[found.contact].mean()
    assert believed_now(found, object()).success_rate == pytest.approx(0.15 + 0.02 * (1 - churn) / churn)
