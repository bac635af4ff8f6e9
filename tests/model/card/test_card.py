"""The card as a value: the same bits alone, in a table and from JSON; its contributions are its log-odds."""

import json
import math
from bisect import bisect_left

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.errors import ModelError
from churn_core.model.card.as_json import FORMAT, dumps, loads
from churn_core.model.card.card import Card
from churn_core.model.card.fitted import FittedCard
from churn_core.model.card.joint import Axis, Condition, Rule, Table
from churn_core.model.card.shape import Curve, Levels
from churn_core.model.evidence import Evidence

numbers = st.floats(-1e6, 1e6)
odd_numbers = st.one_of(numbers, st.just(math.nan), st.sampled_from([0.0, 1.0, 5.0, 7.0]))
levels = st.sampled_from(["a", "b", "c", "never seen"])


@st.composite
def curves(draw, column="x"):
    edges = sorted(draw(st.sets(st.one_of(numbers, st.sampled_from([0.0, 1.0, 5.0])), max_size=5)))
    pieces = st.lists(st.floats(-5, 5), min_size=len(edges) + 1, max_size=len(edges) + 1).map(tuple)
    exact = draw(st.dictionaries(st.sampled_from([0.0, 1.0, 5.0, 7.0]), st.floats(-5, 5), max_size=3))
    return Curve(
        column=column,
        edges=tuple(edges),
        constants=draw(pieces),
        slopes=draw(pieces),
        log=draw(st.booleans()),
        exact=tuple(exact.items()),
        blank=draw(st.floats(-5, 5)),
    )


OF_PLAN = Levels(column="plan", levels=(("a", 0.25), ("b", -0.1)), other=0.03, shares=(0.5, 0.4, 0.1))
OF_FLAG = Levels(column="flag", levels=((0, -0.2), (1, 0.7)))
TABLE = Table(
    axes=(Axis(column="x", edges=(0.0, 5.0)), Axis(column="plan", levels=("a", "b"))),
    cells=((0.5, 0.6, 0.7), (-0.1, 0.0, 0.1), (0.2, 0.3, 0.4), (0.9, 0.8, -0.7)),
)
RULES = (
    Rule(conditions=(Condition(column="x", test=">", value=1.0), Condition(column="plan", test="is", value="a")), effect=1.5),
    Rule(
        conditions=(
            Condition(column="x", test="<=", value=7.0),
            Condition(column="plan", test="is not", value="a"),
            Condition(column="flag", test="is", value=1),
        ),
        effect=-0.4,
        otherwise=0.1,
        share=0.2,
    ),
    Rule(conditions=(Condition(column="x", test="blank"), Condition(column="plan", test="is not", value="b")), effect=0.8),
    Rule(conditions=(Condition(column="x", test="known"), Condition(column="flag", test="is not", value=0)), effect=0.6),
)
customers = st.lists(st.tuples(odd_numbers, levels, st.integers(0, 1)), min_size=1, max_size=8)


def card(curve: Curve) -> Card:
    return Card(base=-1.1, lines=(curve, OF_PLAN, OF_FLAG, TABLE, *RULES), notes=("A note.",))


def frame(rows) -> pd.DataFrame:
    x, plan, flag = zip(*rows, strict=True)
    allowed = ["c", "b", "a", "never seen"]
    return pd.DataFrame({"x": np.array(x), "plan": pd.Categorical(plan, categories=allowed), "flag": np.array(flag)})


@given(curves(), customers)
def test_a_customer_has_the_same_bits_alone_in_a_table_as_columns_and_among_others(curve, rows):
    model, table = FittedCard.of(card(curve)), frame(rows)
    records = [dict(zip(("x", "plan", "flag"), row, strict=True)) for row in rows]
    columns = {name: [record[name] for record in records] for name in ("x", "plan", "flag")}
    said = model.churn_probability(table)
    assert model.churn_probabilities_of(columns).tobytes() == said.tobytes()
    assert [model.churn_probability_of(record) for record in records] == said.tolist()
    assert model.churn_probability(table.iloc[::-1]).tobytes() == said[::-1].tobytes()
    assert model.predict_proba(table)[:, 1].tobytes() == said.tobytes()
    assert np.array([model.contributions_of(record) for record in records]).tolist() == model.contributions(table)[1].tolist()


@given(curves(), customers)
def test_the_average_and_the_contributions_are_the_log_odds(curve, rows):
    model = FittedCard.of(card(curve))
    average, added = model.contributions(frame(rows))
    total = np.full(len(rows), average)
    for column in added.T:
        total += column
    assert total.tobytes() == model.decision_function(frame(rows)).tobytes()
    assert added.shape == (len(rows), len(model.told_by)) and list(model.rests_on) == [line.columns for line in model.card.lines]


@given(curves(), odd_numbers)
def test_a_curve_is_the_blank_the_exact_number_or_its_segment_which_an_edge_belongs_to_from_below(curve, x):
    segment = bisect_left(curve.edges, x)
    z = math.nan if math.isnan(x) else np.log1p(max(x, 0)) if curve.log else x
    by_hand = curve.blank if math.isnan(x) else dict(curve.exact).get(x, curve.constants[segment] + curve.slopes[segment] * z)
    assert curve.effect_of({"x": x}) == pytest.approx(by_hand, abs=1e-12)
    assert curve.effects({"x": [x]})[0] == curve.effect_of({"x": x})


def test_a_table_has_a_group_for_blanks_and_one_for_every_level_that_it_does_not_name():
    for x, row in ((math.nan, 0), (-3.0, 1), (0.0, 1), (0.1, 2), (5.0, 2), (1e9, 3)):
        for plan, column in (("a", 0), ("b", 1), ("c", 2), ("never seen", 2)):
            assert TABLE.effect_of({"x": x, "plan": plan}) == TABLE.cells[row][column]


def test_a_number_that_is_not_known_is_neither_above_nor_below_anything():
    for rule in RULES[:2]:
        assert rule.effect_of({"x": math.nan, "plan": "a", "flag": 1}) == rule.otherwise


@given(curves(), customers)
def test_a_centred_card_says_the_same_against_the_average_customer(curve, rows):
    plain, table = card(curve), frame(rows)
    centred = Card.centred(plain.base, plain.lines, table)
    size = float(np.abs(plain.contributions(table, len(rows))).max()) + 1
    assert centred.log_odds(table, len(rows)) == pytest.approx(plain.log_odds(table, len(rows)), abs=1e-13 * size * 20)
    assert centred.contributions(table, len(rows)).mean(axis=0) == pytest.approx(np.zeros(len(plain.lines)), abs=1e-13 * size)
    strengths = [line.strength for line in centred.lines]
    assert strengths == pytest.approx(plain.contributions(table, len(rows)).std(axis=0).tolist(), abs=1e-12 * size)


@given(curves())
def test_what_is_written_is_read_back_to_the_last_bit(curve):
    evidence = Evidence(edges={"x": [0.1, 5e-324]}, directions={"x": [0, 1, -1]})
    whole = Card(base=-1 / 3, lines=card(curve).lines, notes=("A note.",), evidence=evidence)
    again = loads(dumps(whole))
    assert again == whole and dumps(again) == dumps(whole)
    assert np.array(again.lines[0].constants).tobytes() == np.array(whole.lines[0].constants).tobytes()  # also the sign of zero


def test_it_can_be_read_by_anybody():
    said = json.loads(dumps(card(Curve(column="x", edges=(), constants=(0.5,), slopes=(0.1,)))))
    assert (said["format"], said["base"], said["evidence"], said["notes"]) == (FORMAT, -1.1, None, ["A note."])
    assert [line["kind"] for line in said["lines"]] == ["curve", "levels", "levels", "table", "rule", "rule", "rule", "rule"]
    assert said["lines"][1]["levels"] == [["a", 0.25], ["b", -0.1]]


def changed(content: bytes, line: int | None = None, **values) -> bytes:
    said = json.loads(content)
    (said if line is None else said["lines"][line]).update(values)
    return json.dumps(said).encode()


SPOILT = {
    "empty": lambda content: b"",
    "half": lambda content: content[: len(content) // 2],
    "no text": lambda content: b"\xff\xfe",
    "a list": lambda content: b"[]",
    "another format": lambda content: changed(content, format=FORMAT + 1),
    "a word for a number": lambda content: changed(content, base="much"),
    "not a number": lambda content: changed(content, base=math.nan),
    "an infinite effect": lambda content: changed(content, 0, blank=math.inf),
    "an unknown line": lambda content: changed(content, 0, kind="spline"),
    "an unknown field": lambda content: changed(content, 0, colour="red"),
    "edges that do not ascend": lambda content: changed(content, 0, edges=[1.0, 1.0]),
    "edges without their segments": lambda content: changed(content, 0, edges=[1.0]),
    "levels without effects": lambda content: changed(content, 1, levels=["a"]),
    "a table without a row": lambda content: changed(content, 3, cells=[[1.0, 2.0, 3.0]]),
    "a rule without conditions": lambda content: changed(content, 4, conditions=[]),
    "lines as a number": lambda content: changed(content, lines=5),
    "no lines": lambda content: json.dumps({"format": FORMAT, "base": 0.0}).encode(),
}


@pytest.mark.parametrize("how", SPOILT)
def test_what_is_no_card_ends_in_a_sentence(how):
    whole = dumps(card(Curve(column="x", edges=(), constants=(0.5,), slopes=(0.1,))))
    with pytest.raises(ModelError, match=r"\.$"):
        loads(SPOILT[how](whole))
