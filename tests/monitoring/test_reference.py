"""The best threshold of a version's customers is kept with it, and is what would be found again."""

import json

import pytest

from churn_core.campaign.economics import Campaign
from churn_core.campaign.objective import Objective
from churn_core.campaign.optimise import best_threshold
from churn_core.campaign.plan import Plan
from churn_core.errors import DataError
from churn_core.monitoring.reference import SUMMARY, Reference
from churn_core.schema.telco import TELCO

PLANS = [
    Plan(),
    Plan(campaign=Campaign(retention_cost=25.0)),
    Plan(objective=Objective(budget=1_000.0)),
    Plan(campaign=Campaign(after_save="own_risk", window=1.0)),
]


@pytest.fixture(scope="module")
def reference(workspace) -> Reference:
    return workspace.reference


def again(reference: Reference, change=lambda summary: None) -> Reference:
    """The reference as a version gives it back, its summary changed."""
    files = reference.files()
    summary = json.loads(files[SUMMARY])
    change(summary)
    return Reference.from_files({**files, SUMMARY: json.dumps(summary).encode()}, reference.probability, TELCO)


def found(reference: Reference, plan: Plan) -> float | None:
    return best_threshold(reference.swept.valued_once(plan.campaign), plan.campaign, plan.objective).threshold


@pytest.mark.parametrize("plan", PLANS, ids=str)
def test_the_best_threshold_is_the_one_that_would_be_found_whether_it_was_kept_or_not(reference, plan):
    for kept in (reference, again(reference), again(reference, lambda summary: summary.pop("best"))):
        assert kept.best_threshold(plan) == found(reference, plan)


def test_the_threshold_of_the_usual_plan_is_known_without_looking_at_a_customer(reference):
    kept = again(reference)
    assert kept.best_threshold(Plan()) is not None and "swept" not in kept.__dict__
    assert kept.best_threshold(PLANS[1]) is not None and "swept" in kept.__dict__


def test_what_was_kept_at_other_defaults_is_not_taken_for_the_usual_plan(reference):
    def at_another_cost(summary: dict) -> None:
        summary["best"] = {"plan": {**summary["best"]["plan"], "retention_cost": 11.0}, "threshold": 0.9}

    assert again(reference, at_another_cost).best_threshold(Plan()) == found(reference, Plan())


def test_where_nobody_is_worth_contacting_there_is_no_threshold(reference):
    kept = again(reference, lambda summary: summary["best"].update(threshold=None))
    assert kept.best_threshold(Plan()) is None


@pytest.mark.parametrize("damage", [{}, [], 0.5, {"plan": {}, "threshold": 7}, {"plan": None, "threshold": 0.5}], ids=str)
def test_a_damaged_threshold_is_refused_with_the_mend(reference, damage):
    with pytest.raises(DataError, match="Train it again"):
        again(reference, lambda summary: summary.update(best=damage))
