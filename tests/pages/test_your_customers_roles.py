"""What is said about one column never contradicts what was said about another, or about the same one before."""

from itertools import product

import pytest

from churn_core.data.proposing.answers import NOTHING_SAID, Answers
from churn_core.data.proposing.proposal import ColumnProposal
from pages.parts.your_customers.roles import ROLES, choices, corrected, is_named, of_kind, without
from pages.parts.your_customers.said import without_options

SAYABLE = [ROLES[role] for role in ("target", "id", "charge", "clv", "tenure", "feature", "left out")]


def named(answers: Answers) -> list[str]:
    """Every column that the answers name, as often as they do."""
    singles = (answers.target, answers.id, answers.charge, answers.clv_column, answers.tenure)
    return [*filter(None, singles), *answers.leave_out, *(name for name, _ in answers.columns)]


@pytest.mark.parametrize(("first", "then"), list(product(SAYABLE, SAYABLE)))
def test_a_column_has_the_role_that_was_said_last_and_no_other(first, then):
    answers = corrected(corrected(NOTHING_SAID, "calls", first), "calls", then)
    assert named(answers) == ["calls"]
    assert answers == corrected(NOTHING_SAID, "calls", then)


@pytest.mark.parametrize("role", SAYABLE)
def test_taking_a_role_back_leaves_nothing_said(role):
    said = corrected(NOTHING_SAID, "calls", role)
    assert is_named(said, "calls")
    assert corrected(said, "calls", "as proposed") == NOTHING_SAID == without(said, "calls")


def test_two_columns_may_be_left_out_and_come_back_alone():
    both = corrected(corrected(NOTHING_SAID, "calls", ROLES["left out"]), "city", ROLES["left out"])
    assert both.leave_out == ("calls", "city")
    assert corrected(both, "calls", "as proposed").leave_out == ("city",)


def test_what_was_said_of_a_column_goes_with_it():
    answers = Answers(target="churned", left="2", charge="fee", charge_period="week", tenure="age", tenure_unit="days")
    assert corrected(answers, "status", ROLES["target"]).left == ""
    assert corrected(answers, "price", ROLES["charge"]).charge_period is None
    assert corrected(answers, "since", ROLES["tenure"]).tenure_unit is None
    assert without(answers, "churned", "fee", "age") == NOTHING_SAID


def test_one_way_to_say_the_worth_takes_the_place_of_another():
    answers = Answers(clv=100.0)
    assert corrected(answers, "fee", ROLES["charge"]).clv is None
    assert corrected(Answers(charge="fee"), "value", ROLES["clv"]) == Answers(clv_column="value")


def test_a_column_of_words_cannot_be_money_and_its_own_role_comes_first():
    city = ColumnProposal(name="city", role="feature", kind="category", confidence="sure", reason="")
    offered = choices(city, NOTHING_SAID)
    assert offered[0] == "learn from it" and not {ROLES["charge"], ROLES["clv"], ROLES["tenure"]} & set(offered)
    assert "as proposed" in choices(city, Answers(leave_out=("city",)))


def test_a_page_names_no_option_of_the_command_line():
    assert without_options("Dates are counted to 2024-01-31. Another day: --day") == "Dates are counted to 2024-01-31."
    assert without_options("Is it so? Say it with --left.") == "Is it so?"
    assert without_options("Only 12 customers left. Add more.") == "Only 12 customers left. Add more."


def test_what_is_left_out_may_be_learnt_from_where_there_is_something_to_learn():
    number = ColumnProposal(name="score", role="left out", kind="number", confidence="likely", reason="", low=0.0, high=1.0)
    assert ROLES["feature"] in choices(number, NOTHING_SAID)
    letters = ColumnProposal(name="letters", role="left out", kind="text", confidence="sure", reason="")
    assert ROLES["feature"] not in choices(letters, NOTHING_SAID)
    assert corrected(NOTHING_SAID, "score", ROLES["feature"]).columns == (("score", "use"),)


def test_a_kind_is_said_once_and_takes_a_column_that_was_left_out():
    left_out = corrected(NOTHING_SAID, "plan", ROLES["left out"])
    said = of_kind(of_kind(left_out, "plan", "number"), "plan", "yes/no")
    assert said == Answers(columns=(("plan", "yes-no"),))
    assert corrected(said, "plan", "as proposed") == NOTHING_SAID


def test_a_column_that_is_named_takes_back_that_there_is_none():
    none = Answers(no_id=True, no_tenure=True)
    assert corrected(corrected(none, "code", ROLES["id"]), "months", ROLES["tenure"]) == Answers(id="code", tenure="months")
