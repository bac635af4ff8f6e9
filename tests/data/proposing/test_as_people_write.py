"""Columns as people and programs of many countries write them: read by the proposal and by the cleaning alike, or said not to be."""

import numpy as np
import pandas as pd
import pytest

from churn_core.data.cleaning.record import clean_record
from churn_core.data.cleaning.table import clean
from churn_core.data.proposing.answers import Answers
from churn_core.data.proposing.propose import propose
from churn_core.data.proposing.to_schema import schema_of
from tests.data.proposing.tables import ROWS, customers

VALUES = np.random.default_rng(5).uniform(0, 9_000, ROWS).round(2)
GERMAN = ["Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."]
DAYS = pd.Timestamp("2024-06-30") - pd.to_timedelta(np.arange(ROWS), unit="D")

WRITTEN = {
    "percent": [f"{value:.2f}%" for value in VALUES],
    "percent with a blank": [f"{value:.2f} %" for value in VALUES],
    "a unit": [f"{value:.2f} GB" for value in VALUES],
    "Swiss money": [f"CHF {value:.2f}" for value in VALUES],
    "Polish money": [f"{value:.2f} zł" for value in VALUES],
    "Brazilian money": [f"R$ {value:.2f}" for value in VALUES],
    "Swedish money": [f"{value:.2f} kr" for value in VALUES],
    "Indian money": [f"₹{value:.2f}" for value in VALUES],
    "thousands and decimals": [f"{value:,.2f}" for value in VALUES],
    "thin spaces": [f"{value:,.2f}".replace(",", "\u202f") for value in VALUES],
}


@pytest.mark.parametrize("how", WRITTEN)
def test_numbers_are_read_however_they_are_written(how):
    frame = customers(usage=WRITTEN[how])
    proposal = propose(frame, Answers(clv=100.0))
    assert proposal["usage"].kind == "number" and proposal["usage"].role == "feature"
    schema = schema_of(proposal, "Ours")
    cleaned, quality = clean(frame, schema)
    assert cleaned["usage"].tolist() == VALUES.tolist() and not quality.rejected
    record = frame.drop(columns="churn").iloc[0].to_dict()
    assert clean_record(record, schema)["usage"] == VALUES[0]


def test_a_comma_separates_thousands_where_another_number_shows_the_decimal_point():
    whole = VALUES.astype(int)
    frame = customers(income=[f"{value:,}" for value in whole])
    proposal = propose(frame, Answers(clv=100.0))
    assert proposal["income"].kind == "whole"  # the distance has a decimal point
    assert clean(frame, schema_of(proposal, "Ours"))[0]["income"].tolist() == whole.tolist()
    unclear = propose(frame.drop(columns="distance"), Answers(clv=100.0))["income"]
    assert unclear.kind not in ("number", "whole")  # 1,234 may be either: it is not guessed


def test_codes_that_begin_with_a_nought_are_no_numbers():
    proposal = propose(customers(branch=[f"{i % 20:03d}" for i in range(ROWS)]))
    assert proposal["branch"].kind == "category" and "007" in proposal["branch"].values


@pytest.mark.parametrize(
    "written",
    [
        [f"{day.day}. {GERMAN[day.month - 1]} {day.year}" for day in DAYS],
        [day.strftime("%d %B %Y").replace("May", "mai").replace("January", "janvier") for day in DAYS],
        [day.strftime("%d.%m.%Y") for day in DAYS],
        [day.strftime("%b. %d, %Y") for day in DAYS],
    ],
    ids=["German", "some French", "points", "American"],
)
def test_days_are_read_in_other_languages_too(written):
    frame = customers(last_order=written)
    proposal = propose(frame, Answers(clv=100.0))
    assert proposal["last_order"].kind == "date" and proposal.day == "2024-06-30"
    assert clean(frame, schema_of(proposal, "Ours"))[0]["last_order"].tolist() == list(range(ROWS))


@pytest.mark.parametrize(
    ("stayed", "other"),
    [("Nein", "unbekannt"), ("Active", "Paused"), ("no", "Total")],
    ids=["German", "paused", "a row of totals"],
)
def test_who_neither_left_nor_stayed_is_not_learnt_from_and_that_is_never_sure(stayed, other):
    left = {"Nein": "Ja", "Active": "Churned"}.get(stayed, "yes")
    frame = customers(words=(stayed, left))
    frame.loc[:9, "churn"] = other
    proposal = propose(frame)
    assert proposal.target.confidence == "likely" and proposal.customers.without_outcome == 10
    assert any("no outcome that is known" in note for note in proposal.notes)
