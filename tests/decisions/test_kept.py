"""What one session worked out is there for the others: once, whole, and no more than so many results."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from time import sleep

import numpy as np
import pandas as pd
import pytest

from churn_core.campaign.economics import Campaign
from churn_core.campaign.plan import RULES, Plan
from churn_core.decisions.contact_list import contact_list
from churn_core.decisions.drawn import draw_of
from churn_core.decisions.kept import Kept
from churn_core.decisions.population import Population
from churn_core.decisions.recommendation import recommend
from churn_core.model.reasons import top_reasons
from churn_core.schema.telco import TELCO
from tests.decisions.conftest import CUSTOMERS, MODEL, P


@pytest.fixture
def population() -> Population:
    return Population.still_here(CUSTOMERS, P, TELCO)


def test_of_many_who_ask_at_once_one_works_it_out_and_all_get_the_same():
    kept, made, start = Kept(), [], Barrier(8)

    def ask() -> object:
        def make() -> object:
            made.append(1)
            sleep(0.05)
            return object()

        start.wait()
        return kept.get("plan", make)

    with ThreadPoolExecutor(8) as threads:
        results = [each.result() for each in [threads.submit(ask) for _ in range(8)]]
    assert len(made) == 1 and all(each is results[0] for each in results)


def test_what_was_asked_for_last_is_kept_and_no_more_than_so_many():
    kept, made = Kept(most=2), []
    for key in "abacab":
        kept.get(key, lambda key=key: made.append(key))
    assert made == ["a", "b", "c", "b"] and len(kept) == 2


def test_an_error_is_raised_to_who_asked_and_is_not_kept():
    kept = Kept()
    with pytest.raises(ZeroDivisionError):
        kept.get("plan", lambda: 1 // 0)
    assert len(kept) == 0 and kept.get("plan", lambda: 1) == 1


@pytest.mark.parametrize("rule", RULES)
def test_the_same_plan_on_the_same_customers_is_the_same_recommendation(population, rule):
    plan = Plan(rule=rule)
    assert recommend(population, plan) is recommend(population, Plan(rule=rule))
    other = recommend(population, Plan(rule=rule, campaign=Campaign(retention_cost=31)))
    assert other is not recommend(population, plan) and other.plan.campaign.retention_cost == 31


def test_other_customers_are_recommended_anew(population):
    plan = Plan()
    again = replace(population, probability=population.probability / 2)
    assert recommend(again, plan).outcome != recommend(population, plan).outcome


def test_a_draw_is_made_once_for_a_share_and_a_salt(population):
    recommended = recommend(population, Plan())
    drawn = draw_of(recommended, 0.2, "spring")
    assert draw_of(recommended, 0.2, "spring") is drawn
    assert not np.array_equal(draw_of(recommended, 0.2, "autumn").control, drawn.control)


def test_the_first_of_a_list_are_told_once_and_whoever_changes_them_changes_them_alone(population, monkeypatch):
    recommended, told = recommend(population, Plan()), []

    def counted(*asked, **how):
        told.append(1)
        return top_reasons(*asked, **how)

    monkeypatch.setattr("churn_core.decisions.contact_list.top_reasons", counted)
    first = contact_list(recommended, MODEL, first=5)
    first["rank"] = 0
    again = contact_list(recommended, MODEL, first=5)
    assert again["rank"].tolist() == [1, 2, 3, 4, 5] and len(told) == 1
    assert contact_list(recommended, MODEL, first=4)["rank"].tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize("rule", RULES)
def test_a_list_is_the_same_whoever_asked_for_which_before(population, rule):
    plans = [
        Plan(rule=rule, campaign=Campaign(retention_cost=cost, success_rate=rate)) for cost in (5, 10, 60) for rate in (0.3, 0.6)
    ]
    for plan in plans:
        fresh = replace(population)
        for first in (3, 20):
            pd.testing.assert_frame_equal(
                contact_list(recommend(population, plan), MODEL, first=first),
                contact_list(recommend(fresh, plan), MODEL, first=first),
            )
