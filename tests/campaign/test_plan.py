"""What a plan remembers: its parameters, its limits, its offers, and whether the margin is an answer."""

import pytest

from churn_core.campaign.economics import Campaign
from churn_core.campaign.plan import Plan
from churn_core.errors import CampaignError


def test_a_margin_of_1_is_an_open_question_until_somebody_says_that_it_is_right():
    assert Plan().margin_is_open
    assert Plan.from_dict({"margin": 1.0}).margin_is_open  # as plans were saved before the question was asked
    assert not Plan.from_dict({"margin": 1.0, "margin_stated": True}).margin_is_open


def test_any_other_margin_is_an_answer():
    assert not Plan(campaign=Campaign(margin=0.5)).margin_is_open


@pytest.mark.parametrize("margin", [0.5, 1.0])
@pytest.mark.parametrize("stated", [False, True])
def test_what_was_said_of_the_margin_is_kept(margin, stated):
    plan = Plan(campaign=Campaign(margin=margin), margin_stated=stated)
    assert Plan.from_dict(plan.as_dict()) == plan


def test_the_answer_is_written_only_where_it_says_something():
    assert "margin_stated" not in Plan().as_dict()
    assert "margin_stated" not in Plan(campaign=Campaign(margin=0.5), margin_stated=True).as_dict()


def test_an_answer_that_is_none_is_refused():
    with pytest.raises(CampaignError, match="margin_stated must be true or false"):
        Plan.from_dict({"margin_stated": "perhaps"})
