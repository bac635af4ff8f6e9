"""A file → its rows scored, and those that cannot be with the reason."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn_core.campaign.economics import Campaign
from churn_core.campaign.objective import Objective
from churn_core.campaign.plan import Plan
from churn_core.data.quality import no_rejects
from churn_core.data.reading.reader import RawTable, read_table
from churn_core.data.synthetic import template
from churn_core.data.writing.cells import to_csv
from churn_core.decisions.decide import DECISION_COLUMNS, score
from churn_core.decisions.score_table import score_table
from churn_core.errors import DataError, NothingScored
from churn_core.schema.telco import TELCO
from tests.decisions.conftest import CUSTOMERS, MODEL, RAW, P

FILE = RAW.drop(columns=TELCO.target).head(60)


def as_file(raw: pd.DataFrame) -> RawTable:
    """As read from a CSV file of this table: text throughout, the first row in line 2."""
    return read_table(to_csv(raw)[0], TELCO)


def score_file(raw: pd.DataFrame, plan: Plan = Plan(), threshold: float | None = None, **how):  # noqa: B008  a frozen value
    return score_table(as_file(raw), MODEL, plan, threshold, schema=TELCO, **how)


@cache
def scored_file() -> pd.DataFrame:
    return score_file(FILE).scored


# Files


def test_every_row_is_scored_or_rejected_and_the_good_ones_beside_the_bad():
    raw = FILE.astype("object")
    raw.loc[[3, 30], "tenure"] = ["?", ""]
    result = score_file(raw)
    assert (result.rows, len(result.scored), len(result.rejects)) == (60, 58, 2)
    assert result.rejects["row"].tolist() == [5, 32]  # lines of the file; the header is line 1
    assert result.rejects["tenure"].tolist() == ["?", ""] and result.rejects["gender"].notna().all()
    good = score_file(raw.drop(index=[3, 30]))
    assert result.scored.to_numpy().tolist() == good.scored.to_numpy().tolist()


def test_a_ragged_line_is_rejected_with_the_others_in_the_order_of_the_file():
    lines = to_csv(FILE.astype("object").assign(tenure=["?", *FILE["tenure"][1:]]))[0].decode().splitlines()
    lines[3] = "too,short"
    result = score_table(read_table("\n".join(lines).encode(), TELCO), MODEL, Plan(), schema=TELCO)
    assert result.rejects["row"].tolist() == [2, 4]
    assert (result.rows, len(result.scored)) == (60, 58)


def test_the_input_columns_stay_as_they_came_with_the_decisions_behind():
    raw = FILE.assign(note="  =kept ", Contract=FILE["Contract"].str.upper())[["note", *reversed(FILE.columns)]]
    table = as_file(raw)
    scored = score_table(table, MODEL, Plan(), schema=TELCO).scored
    assert list(scored) == [*table.frame.columns, *DECISION_COLUMNS]
    pd.testing.assert_frame_equal(scored[table.frame.columns], table.frame)


def test_scoring_a_file_is_the_same_as_scoring_its_rows_one_by_one():
    together = score_file(FILE).scored
    for position in range(0, 60, 7):
        alone = score_file(FILE.iloc[[position]]).scored
        assert alone.iloc[0].tolist() == together.iloc[position].tolist()


@settings(max_examples=20)
@given(st.permutations(range(60)))
def test_the_order_of_the_rows_changes_no_decision(order):
    by_id = scored_file().set_index(TELCO.id)
    shuffled = score_file(FILE.iloc[list(order)]).scored.set_index(TELCO.id)
    pd.testing.assert_frame_equal(shuffled.loc[by_id.index], by_id)


def test_a_file_and_the_same_customers_as_a_frame_get_the_same_bits():
    from_file = score_file(FILE).scored[list(DECISION_COLUMNS)].reset_index(drop=True)
    from_frame = score(CUSTOMERS.head(60), MODEL, Plan(), schema=TELCO).reset_index(drop=True)
    pd.testing.assert_frame_equal(from_file, from_frame, check_exact=True, check_dtype=False)


def test_what_happened_is_carried_along_told_and_not_used():
    raw = RAW.head(60)
    result = score_file(raw.assign(Churn="not even readable"))
    assert (result.scored["Churn"] == "not even readable").all()
    assert any("carried along and not used" in warning for warning in result.warnings)
    assert result.scored[list(DECISION_COLUMNS)].equals(score_file(FILE).scored[list(DECISION_COLUMNS)])


def test_a_file_that_was_scored_before_is_scored_anew():
    first = score_file(FILE)
    stale = first.scored.assign(churn_probability=0.5, reason_1="old")
    again = score_file(stale)
    pd.testing.assert_frame_equal(again.scored, first.scored)
    assert any("scored before" in warning for warning in again.warnings)


def test_the_rejects_can_be_mended_and_scored_as_they_were_written():
    raw = FILE.astype("object")
    raw.loc[[3, 30], "tenure"] = "?"
    rejects = score_file(raw).rejects
    result = score_file(rejects.assign(tenure=["12", "?"]))
    assert (len(result.scored), len(result.rejects)) == (1, 1)
    assert result.rejects.iloc[0, :2].tolist() == [3, "tenure: '?' is not a number; write a whole number"]


def test_what_reading_and_cleaning_had_to_say_is_among_the_warnings():
    content = to_csv(FILE.assign(customerID="A"))[0].replace(b",", b";")
    warnings = score_table(read_table(content, TELCO), MODEL, Plan(), schema=TELCO).warnings
    assert any("semicolons" in w for w in warnings) and any("repeat the customerID" in w for w in warnings)


def test_if_no_row_can_be_scored_the_rows_come_back_with_their_reasons():
    with pytest.raises(NothingScored, match="None of the 60 rows can be scored. The first, row 2: tenure: '\\?'") as refused:
        score_file(FILE.assign(tenure="?"))
    rejects = refused.value.rejects
    assert len(rejects) == 60 and list(rejects)[:2] == ["row", "problem"]


def test_if_every_line_is_ragged_the_rows_come_back_with_their_reasons_too():
    header = ",".join(FILE.columns)
    with pytest.raises(NothingScored, match="None of the 2 rows can be scored. The first, row 2: has 3 values") as refused:
        score_table(read_table(f"{header}\na,b,c\nd,e,f\n".encode(), TELCO), MODEL, Plan(), schema=TELCO)
    assert refused.value.rejects["row"].tolist() == [2, 3]


def test_a_table_that_is_no_customer_table_is_refused():
    with pytest.raises(DataError, match="Missing required columns"):
        score_table(RawTable(frame=pd.DataFrame({"a": ["1"], "b": ["2"]}), rejects=no_rejects()), MODEL, Plan(), schema=TELCO)


# A file by what is published


def test_a_file_is_decided_by_the_published_threshold_and_valued_by_its_plan():
    plan, threshold = Plan(campaign=Campaign(retention_cost=60)), float(np.median(P[:60]))
    result, by_plan = score_file(FILE, plan, threshold), score_file(FILE, plan)
    assert result.scored["contact"].tolist() == (threshold <= result.scored["churn_probability"]).tolist()
    same = result.scored.drop(columns="contact")
    assert same.equals(by_plan.scored.drop(columns="contact"))
    assert result.contacts(TELCO).number == result.scored["contact"].sum() != by_plan.contacts(TELCO).number


@pytest.mark.parametrize("threshold", [None, 0.3])
def test_what_a_file_is_expected_to_earn_is_after_the_fixed_cost(threshold):
    free = score_file(FILE, Plan(), threshold)
    with_fixed_cost = Campaign(fixed_cost=100)
    charged = score_file(FILE, Plan(campaign=with_fixed_cost), threshold).contacts(TELCO).outcome(with_fixed_cost)
    assert charged.contacted == free.contacts(TELCO).number > 0
    assert charged.expected_profit == pytest.approx(free.contacts(TELCO).profit - 100)
    assert charged.expected_spend == pytest.approx(free.contacts(TELCO).spend + 100)


def test_where_nobody_of_a_file_is_contacted_no_fixed_cost_is_charged():
    campaign = Campaign(fixed_cost=1e6)
    result = score_file(FILE, Plan(campaign=campaign)).contacts(TELCO).outcome(campaign)
    assert result.contacted == 0 == result.expected_profit


# Who has left


OUTCOMES = FILE.assign(**{TELCO.target: ["Yes", "No", "?"] * 20})
GONE = OUTCOMES[TELCO.target].to_numpy() == "Yes"


@pytest.mark.parametrize("threshold", [None, 0.0, 0.3])
@pytest.mark.parametrize("objective", [Objective(), Objective(budget=200), Objective(min_roi=5)], ids=["free", "budget", "ROI"])
def test_whoever_has_left_is_scored_like_everybody_and_never_contacted(threshold, objective):
    plan = Plan(objective=objective)
    told, unknown = score_file(OUTCOMES, plan, threshold), score_file(FILE, plan, threshold)
    assert told.left.tolist() == GONE.tolist() and not unknown.left.any()
    assert not told.scored["contact"][GONE].any()
    others = ["churn_probability", "break_even_probability", "expected_profit", "reason_1"]
    assert told.scored[others].equals(unknown.scored[others])
    if objective == Objective():  # a limit holds for the list as a whole, and without those who left others fit in
        assert told.scored["contact"][~GONE].tolist() == unknown.scored["contact"][~GONE].tolist()


def test_a_budget_is_spent_on_those_who_are_still_here():
    plan = Plan(objective=Objective(budget=100))
    told, those_here = score_file(OUTCOMES, plan), score_file(OUTCOMES[~GONE], plan)
    assert told.scored["contact"][~GONE].tolist() == those_here.scored["contact"].tolist() and told.contacts(TELCO).number == 10


def test_a_back_test_decides_them_as_if_they_were_still_here():
    asked, unknown = score_file(OUTCOMES, back_test=True), score_file(FILE)
    assert asked.scored["contact"].tolist() == unknown.scored["contact"].tolist() and asked.left.sum() == GONE.sum()


@pytest.mark.parametrize("word", ["Yes", "yes ", "1", "1.0", "TRUE", "Churned", "left", "cancelled", 1, True])
def test_an_outcome_says_left_in_many_words(word):
    assert score_file(FILE.assign(**{TELCO.target: word})).left.all()


@pytest.mark.parametrize("word", ["No", "0", "", "?", "Stayed", "perhaps", None, 0])
def test_no_and_unknown_do_not_say_left(word):
    assert not score_file(FILE.assign(**{TELCO.target: word})).left.any()


def test_the_template_can_be_filled_and_scored_and_names_nobody():
    example = template(schema=TELCO)
    assert len(score_file(example).scored) == 3 and TELCO.target not in example
    assert not set(example[TELCO.id]) & set(CUSTOMERS[TELCO.id])
