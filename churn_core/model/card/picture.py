"""The card as tables that can be drawn: how strong each line is, and what it adds for which customers."""

from bisect import bisect_left

import pandas as pd

from churn_core.formats import plain_number
from churn_core.model.card.card import Card, Line
from churn_core.model.card.joint import Axis, Condition, Rule, Table
from churn_core.model.card.shape import Curve, Levels
from churn_core.schema import Schema

_FEW = 0.01  # share of the customers, at either end of a curve


def strengths(card: Card) -> pd.DataFrame:
    """The lines, the strongest first. Columns: ``line`` (its place on the card), ``kind`` (curve, levels, table or rule),
    ``columns`` (a tuple of names), ``strength`` (the standard deviation of what it adds to the log-odds among the training customers).
    """
    rows = [
        {"line": place, "kind": type(line).__name__.lower(), "columns": line.columns, "strength": line.strength}
        for place, line in enumerate(card.lines)
    ]
    table = pd.DataFrame(rows, columns=["line", "kind", "columns", "strength"])
    return table.sort_values("strength", ascending=False, kind="stable", ignore_index=True)


def picture(line: Line) -> pd.DataFrame:
    """What one line adds, a row for each value that can be told apart. Columns of all: ``effect`` (on the log-odds, against the
    average customer) and ``share`` (of the training customers, NaN where it is not known). Besides:

    - of a curve ``value`` (a number, ascending; the share is of those above the row before, up to this one; NaN last: no number) and
      ``at`` (``"line"``, ``"before"`` a jump, ``"after"`` it, ``"point"`` a number with an effect of its own, ``"blank"``);
    - of levels ``value`` (a level; ``None`` last: every other one);
    - of a table ``first`` and ``second``, its groups in words;
    - of a rule ``holds`` (true, false).
    """
    match line:
        case Curve():
            return _of_curve(line)
        case Levels():
            values = [*line.levels, (None, line.other)]
            shares = line.shares or (float("nan"),) * len(values)
            return pd.DataFrame({"value": [v for v, _ in values], "effect": [e for _, e in values], "share": shares})
        case Table():
            names = [_groups(axis) for axis in line.axes]
            cells = [
                {"first": first, "second": second, "effect": effect, "share": float("nan")}
                for first, row in zip(names[0], line.cells, strict=True)
                for second, effect in zip(names[1], row, strict=True)
            ]
            return pd.DataFrame(cells)
        case Rule():
            shares = (line.share, 1 - line.share)
            return pd.DataFrame({"holds": [True, False], "effect": [line.effect, line.otherwise], "share": shares})


def _of_curve(curve: Curve) -> pd.DataFrame:
    """The numbers that were seen, and the edges between them, an edge with a jump twice."""
    seen, exact = dict(curve.seen), dict(curve.exact)
    low, high = (curve.seen[0][0], curve.seen[-1][0]) if curve.seen else (float("-inf"), float("inf"))
    rows: list[tuple[float, str, float, float]] = []
    for value in sorted({*seen, *(edge for edge in curve.edges if low <= edge <= high), *exact}):
        share = seen.get(value, 0.0)
        i = bisect_left(curve.edges, value)
        rows.append((value, "before" if value in curve.edges else "line", curve.on_segment(i, value), share))
        if value in curve.edges:
            rows.append((value, "after", curve.on_segment(i + 1, value), 0.0))
        if value in exact:
            rows.append((value, "point", exact[value], 0.0))
    if curve.blanks:
        rows.append((float("nan"), "blank", curve.blank, curve.blanks))
    return pd.DataFrame(rows, columns=["value", "at", "effect", "share"])


def usual(curve: pd.DataFrame) -> pd.DataFrame:
    """The part of the picture of a curve, without blanks, that holds the middle 98 % of the customers with a number: at its ends
    stand too few to be read.

    >>> ends = pd.DataFrame({"value": [0.0, 1.0, 2.0, 90.0], "share": [0.005, 0.5, 0.49, 0.005]})
    >>> usual(ends)["value"].tolist()
    [1.0, 2.0]
    """
    upto = curve["share"].cumsum() / max(float(curve["share"].sum()), 1e-12)
    inside = curve[(upto > _FEW) & (upto - curve["share"] < 1 - _FEW) & ((upto <= 1 - _FEW) | (curve["share"] > _FEW))]
    return curve if inside["value"].nunique() < 2 else inside


def _groups(axis: Axis) -> list[str]:
    """The groups of an axis in words."""
    if axis.levels:
        return [*map(str, axis.levels), "any other"]
    edges = [plain_number(edge) for edge in axis.edges]
    return ["blank", *(f"up to {edge}" for edge in edges), f"above {edges[-1]}" if edges else "any"]


def in_words(line: Line, schema: Schema) -> str:
    """What a line is about: the labels of its columns, or the conditions of a rule, ``"support calls > 3 and plan is basic"``."""
    if isinstance(line, Rule):
        return " and ".join(_condition(each, schema) for each in line.conditions)
    return " × ".join(schema[name].label for name in line.columns)


def _condition(condition: Condition, schema: Schema) -> str:
    column, value = schema[condition.column], condition.value
    if condition.test in ("blank", "known"):
        return f"{column.label} is {condition.test}"
    if column.kind == "flag":
        flag = int(value) if isinstance(value, (int, float)) else 0
        said, others = column.spoken(flag), [column.spoken(1 - flag)]
    else:
        said = plain_number(value) if isinstance(value, float) else str(value)
        others = [other for other in column.allowed if other != said]
    if condition.test == "is not" and len(others) == 1:
        return f"{column.label} is {others[0]}"
    sign = {"<=": "≤"}.get(condition.test, condition.test)
    return f"{column.label} {sign} {said}"
