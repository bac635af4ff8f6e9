"""The card as tables that can be drawn."""

import numpy as np
import pytest

from churn_core.model.candidates import candidate
from churn_core.model.card.joint import Axis, Condition, Rule, Table
from churn_core.model.card.picture import in_words, picture, strengths
from churn_core.model.card.shape import Curve, Levels
from churn_core.schema import Column, Schema
from tests.model.card.made import COMPANY, company

CUSTOMERS = company()


@pytest.fixture(scope="module")
def card():
    return candidate("card", COMPANY).fit(CUSTOMERS, CUSTOMERS["left"].to_numpy()).card


def test_the_lines_are_ranked_by_what_they_add(card):
    table = strengths(card)
    assert table["strength"].is_monotonic_decreasing and sorted(table["line"]) == list(range(len(card.lines)))
    by_hand = card.contributions(CUSTOMERS, len(CUSTOMERS)).std(axis=0)
    assert table["strength"].tolist() == pytest.approx(by_hand[table["line"]].tolist(), abs=1e-12)
    assert [card.lines[row.line].columns for row in table.itertuples()] == table["columns"].tolist()


def test_a_curve_is_drawn_through_its_effects_with_its_jumps_and_the_shares_are_of_everybody(card):
    for curve in (line for line in card.lines if isinstance(line, Curve)):
        table = picture(curve)
        assert table["share"].sum() == pytest.approx(1) and table["value"].iloc[0] == CUSTOMERS[curve.column].min()
        assert table["value"].dropna().is_monotonic_increasing
        assert (table["at"] == "blank").sum() == CUSTOMERS[curve.column].isna().any()
        exact = {number for number, _ in curve.exact}
        for row in table[table["at"].isin(["line", "before", "blank", "point"])].itertuples():
            if row.at == "point" or row.value not in exact:
                assert row.effect == curve.effect_of({curve.column: row.value})
        above = table[table["at"] == "after"]
        for row in above.itertuples():
            assert row.effect == pytest.approx(curve.effect_of({curve.column: np.nextafter(row.value, np.inf)}), abs=1e-6)


def test_levels_are_drawn_each_and_all_others_last(card):
    for line in (line for line in card.lines if isinstance(line, Levels)):
        table = picture(line)
        assert table["value"].isna().iloc[-1] and table["share"].sum() == pytest.approx(1)
        for value, share in zip(table["value"][:-1], table["share"][:-1], strict=True):
            assert (CUSTOMERS[line.column] == value).mean() == pytest.approx(share)


def test_a_rule_is_drawn_where_it_holds_and_where_not_and_said_by_its_conditions(card):
    for rule in (line for line in card.lines if isinstance(line, Rule)):
        table = picture(rule)
        assert table["effect"].tolist() == [rule.effect, rule.otherwise] and table["share"].sum() == pytest.approx(1)
        words = in_words(rule, COMPANY)
        assert words.count(" and ") == len(rule.conditions) - 1
        assert all(COMPANY[name].label in words for name in rule.columns)


def test_a_table_is_drawn_cell_by_cell_with_its_groups_in_words():
    axes = (Axis(column="minutes", edges=(100.0, 200.5)), Axis(column="plan", levels=("basic", "plus")))
    table = Table(axes=axes, cells=tuple(tuple(3.0 * i + j for j in range(3)) for i in range(4)))
    drawn = picture(table)
    assert drawn["effect"].tolist() == list(range(12))
    assert drawn["first"].unique().tolist() == ["blank", "up to 100", "up to 200.5", "above 200.5"]
    assert drawn["second"].unique().tolist() == ["basic", "plus", "any other"]
    assert in_words(table, COMPANY) == "Minutes × Plan"


def test_not_one_of_two_values_is_the_other_one():
    plan = Column(name="plan", label="Plan", kind="category", allowed=("no", "yes"))
    wider = Column(name="size", label="Size", kind="category", allowed=("S", "M", "L"))
    club = Column(name="club", label="Club", kind="flag")
    of_both = Schema(
        name="Company", columns=(plan, wider, club, Column(name="left", label="Left", kind="flag", role="target")), clv=1.0
    )
    rule = Rule(
        conditions=(
            Condition(column="plan", test="is not", value="no"),
            Condition(column="size", test="is not", value="M"),
            Condition(column="club", test="is not", value=0),
        ),
        effect=1.0,
        otherwise=0.0,
        share=0.1,
    )
    assert in_words(rule, of_both) == "Plan is yes and Size is not M and Club is Yes"
