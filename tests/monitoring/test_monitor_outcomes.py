"""What the watch says of outcomes: those that are known, those that are half understood, and words that nobody knows."""

import numpy as np
import pytest

from churn_core.data.reading.reader import read_table
from churn_core.schema.telco import TELCO
from tests.monitoring.watched import CONTRACT, scored, seen


def test_the_outcomes_that_are_known_are_compared_and_blanks_are_not(raw, workspace, watch):
    of = watch.judge(seen(raw, workspace, watch))
    known = raw[TELCO.target] != ""
    p = scored(raw, workspace).scored["churn_probability"].to_numpy()
    assert 0 < known.sum() < len(raw) == of.profile.rows
    assert of.outcomes.customers == known.sum()
    assert of.outcomes.churn_rate == pytest.approx((raw[TELCO.target][known] == "Yes").mean())
    assert of.outcomes.mean_probability == pytest.approx(p[known.to_numpy()].mean())
    assert of.outcomes.reference_churn_rate == pytest.approx(workspace.churned.mean())


@pytest.mark.parametrize("blank", [True, False], ids=["all blank", "no such column"])
def test_without_a_known_outcome_nothing_is_said_of_outcomes(raw, workspace, watch, blank):
    file = raw.assign(**{TELCO.target: ""}) if blank else raw.drop(columns=TELCO.target)
    assert watch.judge(seen(file, workspace, watch)).outcomes is None


def test_outcomes_stay_with_their_customers_where_rows_are_rejected(raw, workspace, watch):
    damaged = raw.assign(**{TELCO.target: np.where(np.arange(len(raw)) % 2, "Yes", "No")})
    damaged.loc[damaged.index[::4], TELCO.tenure] = "?"  # half of those who stayed
    of = watch.judge(seen(damaged, workspace, watch))
    assert (of.outcomes.customers, of.outcomes.churn_rate) == (len(raw) * 3 // 4, pytest.approx(2 / 3))


def test_probabilities_that_did_not_come_true_say_to_retrain(telco_path, workspace, watch):
    many = read_table(telco_path, TELCO).frame.assign(**{TELCO.target: ["No", *["Yes"] * 9] * 704 + ["No", "Yes", "Yes"]})
    of = watch.judge(seen(many, workspace, watch))
    assert of.verdict.level == "retrain" and "90.0% of 7,043 customers left" in of.verdict.sentence and of.unjudged == ""


# Outcomes half understood

HALF_UNDERSTOOD = {
    "yes and blank": (["Yes", "", "", ""], "300 of 400 outcomes (75%) could not be read (blank)"),
    "1 and NULL": (
        ["1", "NULL"],
        "all 200 customers whose outcome is known left; 200 of 400 outcomes (50%) could not be read (blank)",
    ),
    "all stayed": (["No"], "all 400 customers whose outcome is known stayed"),
    "1 and 2": (["1", "2"], "400 of 400 outcomes (100%) could not be read ('1', '2')"),
    "words": (["gone west", "here", "Yes", "No", "?"], "240 of 400 outcomes (60%) could not be read ("),
}


@pytest.mark.parametrize("words, said", HALF_UNDERSTOOD.values(), ids=HALF_UNDERSTOOD)
def test_no_verdict_rests_on_outcomes_of_which_one_only_or_less_than_half_can_be_read(words, said, raw, workspace, watch):
    of = watch.judge(seen(raw.assign(**{TELCO.target: words * (400 // len(words))}), workspace, watch))
    without = watch.judge(seen(raw.drop(columns=TELCO.target), workspace, watch))
    assert of.outcomes is None and of.verdict.level == without.verdict.level and without.unjudged == ""
    assert said in of.unjudged and of.unjudged in of.verdict.sentence and of.unjudged in of.verdict.reasons
    assert of.as_dict()["outcomes"] is None and of.as_dict()["outcomes_unjudged"] == of.unjudged


@pytest.mark.parametrize(
    "words", [["1", "-1"], ["Churned", "Stayed"], ["1.0", "0.0"], ["Attrited Customer", "Existing Customer"]]
)
def test_outcomes_in_other_words_are_judged_as_yes_and_no(words, raw, workspace, watch):
    told = [watch.judge(seen(raw.assign(**{TELCO.target: of * 200}), workspace, watch)) for of in (words, ["Yes", "No"])]
    assert told[0].outcomes == told[1].outcomes and told[0].outcomes.customers == 400


def test_the_share_that_could_not_be_read_is_said_with_the_verdict(raw, workspace, watch):
    of = watch.judge(seen(raw.assign(**{TELCO.target: ["Yes", "No", "No", "pending"] * 100}), workspace, watch))
    assert of.outcomes.customers == 300
    assert "100 of 400 outcomes (25%) could not be read ('pending')" in of.outcomes.sentence


# Words that nobody knows


def test_unseen_words_are_named_with_their_column_and_their_rows(raw, workspace, watch):
    new = raw.copy()
    new.loc[new.index[:40], CONTRACT] = "Weekly"
    of = watch.judge(seen(new, workspace, watch))
    (row,) = of.unseen.itertuples()
    assert (row.column, row.word, row.rows, row.share, row.level) == (CONTRACT, "Weekly", 40, 0.1, "major")
    assert of.profile.rows == len(raw) - 40 and of.verdict.level == "retrain" and "'Weekly'" in of.verdict.sentence


def test_unseen_words_are_counted_in_files_with_and_without_known_outcomes(raw, workspace, watch):
    new = raw.copy()
    new.loc[new.index[:40], CONTRACT] = "Weekly"
    told = [
        watch.judge(seen(new.assign(**{TELCO.target: outcome}), workspace, watch)).unseen["rows"].tolist()
        for outcome in (np.where(np.arange(len(new)) % 2, "Yes", ""), "No", "")
    ]
    assert told == [[40], [40], [40]]
