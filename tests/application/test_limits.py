"""What is said of the limits of a published campaign beside what it decided."""

import pytest

from churn_core.application.limits import Limits
from churn_core.campaign.objective import Objective
from churn_core.campaign.optimise import Outcome
from churn_core.campaign.plan import ONE_THRESHOLD, PER_CUSTOMER, Plan
from churn_core.decisions.published_limits import Limited
from churn_core.storage.publications import Decision

FORBIDDEN = Outcome(contacted=3_800, expected_profit=-3_800.0, expected_spend=38_000.0, threshold=0.046)


def limits(
    objective: Objective, cut: float | None = None, *, limited: bool = True, rule: str = ONE_THRESHOLD, spend: float = 20_000.0
):
    decision = Decision(plan=Plan(objective=objective, rule=rule), threshold=0.046)
    told = Limited(forbidden=FORBIDDEN, cut=cut) if limited else None
    return Limits(decision=decision, expected_profit=30_000.0 if spend else 0.0, expected_spend=spend, limited=told)


@pytest.mark.parametrize(
    "found, said",
    [
        (
            limits(Objective(budget=20_000), 0.123),
            "Contacting everybody from 4.6% up would spend 38,000 against a published budget of 20,000. "
            "So only those from 12.3% up are contacted.",
        ),
        (
            limits(Objective(min_roi=1), rule=PER_CUSTOMER),
            "Contacting everybody from 4.6% up would bring an ROI of −10% against a published least ROI of 100%. "
            "So only those of them are contacted who earn most within the limits.",
        ),
        (
            limits(Objective(budget=20_000, min_roi=1), spend=0.0),
            "Contacting everybody from 4.6% up would spend 38,000 against a published budget of 20,000 and bring an ROI of −10% "
            "against a published least ROI of 100%. So nobody is contacted.",
        ),
        (
            limits(Objective(budget=20_000), limited=False, spend=38_000.0),
            "Everybody from 4.6% up is contacted, whatever the limits: the list is expected to spend 38,000 against a published "
            "budget of 20,000.",
        ),
        (limits(Objective(budget=20_000), limited=False), ""),
    ],
    ids=["one threshold", "customer by customer", "nobody", "set aside", "within"],
)
def test_one_sentence_says_what_the_limits_changed_or_that_they_do_not_hold(found, said):
    assert found.in_words() == said


def test_amounts_are_written_as_asked():
    assert "spend $38000 against a published budget of $20000" in limits(Objective(budget=20_000), 0.1).in_words("${:.0f}".format)


def test_without_a_published_threshold_there_is_nothing_to_say():
    draft = Limits(decision=Decision(plan=Plan(objective=Objective(budget=1))), expected_profit=5.0, expected_spend=10.0)
    assert draft.in_words() == "" and draft.as_dict() is None


def test_limits_that_are_set_aside_leave_the_plan_as_it_was_published():
    decision = Decision(plan=Plan(objective=Objective(budget=1)), threshold=0.1, keeps_limits=False)
    assert decision.applied.objective == Objective() and decision.plan.objective.budget == 1
    assert Decision(plan=decision.plan).applied is decision.plan
