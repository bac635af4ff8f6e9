"""Who left: the column, and the label that means it, in six languages; what is not certain is asked."""

import numpy as np
import pytest

from churn_core.data.proposing.answers import Answers
from churn_core.data.proposing.propose import propose
from churn_core.errors import DataError
from tests.data.proposing.tables import ROWS, customers, numbers

CERTAIN = {  # the column, the words for stayed and left
    "English": ("Churn", ("No", "Yes")),
    "a flag": ("Exited", ("0", "1")),
    "floats": ("churned", ("0.0", "1.0")),
    "booleans": ("churn_flag", ("FALSE", "TRUE")),
    "letters": ("Attrition", ("N", "Y")),
    "words of their own": ("Attrition_Flag", ("Existing Customer", "Attrited Customer")),
    "a status in words": ("Customer Status", ("Stayed", "Churned")),
    "a denial": ("Churn", ("Not churned", "Churned")),
    "left": ("left", ("0", "1")),
    "cancelled": ("is_cancelled", ("false", "true")),
    "German": ("Gekündigt", ("nein", "ja")),
    "German words": ("Kundenstatus", ("aktiv", "gekündigt")),
    "Spanish": ("Baja", ("no", "sí")),
    "Spanish words": ("estado", ("activo", "baja")),
    "French": ("Résiliation", ("non", "oui")),
    "French words": ("statut", ("actif", "résilié")),
    "Portuguese": ("Cancelamento", ("não", "sim")),
    "Portuguese words": ("status", ("ativo", "cancelado")),
    "Italian": ("Disdetta", ("no", "si")),
    "Italian words": ("stato", ("attivo", "disdetto")),
}


def about(proposal, what: str) -> list[str]:
    return [question.option for question in proposal.questions if question.what in what.split()]


@pytest.mark.parametrize("how", CERTAIN)
def test_a_plain_outcome_is_found_with_the_word_that_means_left(how):
    column, (stayed, left) = CERTAIN[how]
    proposal = propose(customers(left=column, words=(stayed, left)))
    assert (proposal.target.column, proposal.target.left, proposal.target.stayed) == (column, (left,), (stayed,))
    assert proposal.target.confidence != "ask" and not about(proposal, "target left")
    assert 0 < proposal.customers.left < proposal.customers.usable == ROWS


INVERTED = {
    "active": ("is_active", ("1", "0")),
    "retained": ("Retained", ("Yes", "No")),
    "renewed": ("renewed", ("TRUE", "FALSE")),
    "subscriber": ("subscriber", ("Y", "N")),
    "not churned": ("not_churned", ("1", "0")),
    "no churn": ("No Churn", ("yes", "no")),
}


@pytest.mark.parametrize("how", INVERTED)
def test_a_name_of_those_who_stay_turns_the_label_around_and_is_always_asked(how):
    column, (stayed, left) = INVERTED[how]
    proposal = propose(customers(left=column, words=(stayed, left)))
    assert (proposal.target.column, proposal.target.left) == (column, (left,))
    assert proposal.target.confidence == "ask" and "--left" in about(proposal, "left")


@pytest.mark.parametrize("column", ["churn", "target", "status", "label"])
def test_one_against_two_is_never_guessed(column):
    proposal = propose(customers(left=column, words=("1", "2")))
    assert proposal.target.column == column and proposal.target.left == () and "--left" in about(proposal, "left")
    assert propose(customers(left=column, words=("1", "2")), Answers(left="2")).target.left == ("2",)


@pytest.mark.parametrize("column", ["target", "label", "y"])
def test_one_of_an_outcome_that_does_not_say_of_what_is_asked(column):
    proposal = propose(customers(left=column, words=("0", "1")))
    assert (proposal.target.column, proposal.target.left) == (column, ("1",)) and "--left" in about(proposal, "left")


def test_spellings_of_one_yes_are_one_value():
    frame = customers()
    frame["churn"] = np.where(frame["churn"] == "yes", np.resize(["Yes", "yes", "Y", "1", "1.0", "True"], ROWS), "No")
    target = propose(frame).target
    assert set(target.left) == {"Yes", "yes", "Y", "1", "1.0", "True"} and target.stayed == ("No",)


def test_three_values_of_which_one_has_just_joined_leave_those_rows_out():
    frame = customers(left="Customer Status", words=("Stayed", "Churned"))
    frame.loc[:49, "Customer Status"] = "Joined"
    proposal = propose(frame)
    assert (proposal.target.left, proposal.target.stayed, proposal.target.confidence) == (("Churned",), ("Stayed",), "sure")
    assert (proposal.customers.new, proposal.customers.usable) == (50, ROWS - 50)
    assert any("50 rows with 'Joined'" in note for note in proposal.notes)


def test_rows_without_an_outcome_are_counted_and_not_learnt_from():
    frame = customers()
    frame.loc[:9, "churn"] = ["", "n/a", "NULL", " - ", "?", "?", "", "", "", ""]
    proposal = propose(frame)
    assert (proposal.customers.without_outcome, proposal.customers.usable) == (10, ROWS - 10)
    assert proposal.target.confidence == "likely"  # "?" is a word of neither


def test_the_better_name_is_taken_among_several_outcomes():
    flags = np.random.default_rng(1).choice(["0", "1"], ROWS)
    frame = customers(IsActiveMember=flags, status=np.random.default_rng(2).choice(["1", "2"], ROWS))
    assert propose(frame).target.column == "churn"


def test_a_copy_of_the_outcome_in_other_words_is_no_rival_but_a_leak():
    frame = customers()
    frame["Churn_label"] = np.where(frame["churn"] == "yes", "gone", "here")
    proposal = propose(frame)
    assert proposal.target.column == "churn" and not about(proposal, "target")
    assert proposal["Churn_label"].role == "left out" and proposal["Churn_label"].leak


def test_two_outcomes_that_differ_are_asked_about():
    frame = customers(left="churned")
    frame.insert(0, "exited", np.random.default_rng(8).choice(["no", "yes"], ROWS))
    proposal = propose(frame)
    assert proposal.target.confidence == "ask" and about(proposal, "target") == ["--target"]
    assert propose(frame, Answers(target="exited")).target.column == "exited"
    assert not about(propose(frame, Answers(target="exited")), "target")


def test_scores_reasons_and_risks_of_churn_are_not_the_outcome():
    frame = customers(churn_score=numbers(0, 100), churn_risk=np.random.default_rng(1).choice(["low", "high"], ROWS))
    assert propose(frame).target.column == "churn"
    assert propose(frame.drop(columns="churn")).target is None


@pytest.mark.parametrize(
    "name, values",
    [
        ("cancellation_date", ["2023-05-01", "2024-01-31"]),
        ("Kündigungsdatum", ["01.05.2023", "31.01.2024"]),
        ("cancellation_year", ["2018", "2019"]),
        ("cancelled", ["x", "x"]),
    ],
)
def test_without_an_outcome_a_date_or_year_of_leaving_that_some_rows_have_is_asked_about(name, values):
    frame = customers(left="")
    frame[name] = np.where(np.random.default_rng(4).random(ROWS) < 0.3, np.resize(values, ROWS), "")
    proposal = propose(frame)
    if name == "cancelled":  # a mark that no language knows
        assert about(proposal, "target") == ["--target"]
        return
    assert proposal.target.column == name and proposal.target.filled and proposal.target.confidence == "ask"
    assert about(proposal, "target") == ["--target"]
    assert proposal.customers.left == (frame[name] != "").sum()
    said = propose(frame, Answers(target=name))
    assert said.target.filled and said.target.confidence == "sure" and not about(said, "target left")


def test_a_table_without_any_outcome_asks_for_it():
    proposal = propose(customers(left=""))
    assert proposal.target is None and about(proposal, "target") == ["--target"]


def test_what_is_said_goes_before_every_guess():
    frame = customers(level=np.random.default_rng(1).choice(["gold", "silver"], ROWS))
    proposal = propose(frame, Answers(target="Level", left="GOLD"))
    assert (proposal.target.column, proposal.target.left, proposal.target.stayed) == ("level", ("gold",), ("silver",))
    assert proposal.target.confidence == "sure" and not about(proposal, "target left")


def test_an_answer_that_the_table_does_not_have_is_refused_with_what_it_has():
    with pytest.raises(DataError, match="no column 'churm'. Its nearest are 'churn'"):
        propose(customers(), Answers(target="churm"))
    with pytest.raises(DataError, match="No value of churn is 'perhaps'. It has 'no', 'yes'"):
        propose(customers(), Answers(left="perhaps"))


@pytest.mark.parametrize("word, missing", [("yes", "stayed"), ("no", "left")])
def test_an_outcome_with_one_label_is_refused_for_there_is_nobody_to_learn_from(word, missing):
    (problem,) = propose(customers(words=(word, word))).problems
    assert problem.startswith("All 400 customers") and problem.endswith(f"Add customers who {missing}.")


def test_fewer_than_200_usable_customers_are_refused_with_the_number():
    frame = customers()
    assert not propose(frame.head(200)).problems
    frame.loc[:249, "churn"] = ""
    assert propose(frame).problems[0].startswith("Only 150 customers have an outcome; at least 200 are needed.")
    assert propose(customers(left="").head(10)).problems


@pytest.mark.parametrize("words, who", [(("no", "yes"), "left"), (("yes", "no"), "stayed")])
def test_fewer_than_30_of_either_outcome_are_refused_with_the_number(words, who):
    frame = customers(words=words).assign(churn=words[0])
    frame.loc[:28, "churn"] = words[1]
    assert propose(frame).problems == (f"Only 29 customers of 400 {who}; at least 30 of either are needed. Add more.",)
    frame.loc[29, "churn"] = words[1]
    assert not propose(frame).problems
