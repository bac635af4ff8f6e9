"""Tables and a plain card as the lines of one card: of each column the sum of what both say, in one look-up."""

from bisect import bisect_left
from dataclasses import replace

import numpy as np

from churn_core.model.card.card import Line
from churn_core.model.card.joint import Axis, Rule, Table
from churn_core.model.card.shape import Curve, Levels
from churn_core.model.shape_card.codes import ColumnCodes, NumberCodes, WordCodes
from churn_core.model.shape_card.rules import Conditions
from churn_core.model.shape_card.tables import Table as Cells
from churn_core.model.shape_card.tables import Tables


def lines(
    codes: list[ColumnCodes],
    rules: tuple[Conditions, ...],
    tables: Tables,
    weight: float,
    card: tuple[Line, ...],
    card_weight: float,
) -> list[Line]:
    """``weight`` · ``tables`` + ``card_weight`` · the lines of a plain ``card``. The tables' columns are ``codes``, and then
    whether each of ``rules`` holds, which are the card's.
    """
    together: dict[object, Line] = {_what(line): scaled(line, card_weight) for line in card}
    for each, says in zip(codes, tables.alone, strict=False):
        before = together.get(each.column)
        if isinstance(each, NumberCodes):
            together[each.column] = _of_number(each, weight * says, before)
        else:
            together[each.column] = _of_words(each, weight * says, before)
    for conditions, says in zip(rules, tables.alone[len(codes) :], strict=True):
        own = Rule(conditions=conditions, effect=weight * float(says[1]), otherwise=weight * float(says[0]))
        before = together.get(conditions)
        if isinstance(before, Rule):
            own = replace(before, effect=before.effect + own.effect, otherwise=before.otherwise + own.otherwise)
        together[conditions] = own
    pairs = [_of_pair(codes[i], codes[j], weight * cells) for (i, j), cells in tables.pairs.items()]
    return [*together.values(), *pairs]


def _what(line: Line) -> object:
    """What tells lines apart: the column, the columns, or the conditions."""
    return line.conditions if isinstance(line, Rule) else line.columns if isinstance(line, Table) else line.column


def scaled(line: Line, by: float) -> Line:
    """The line with every effect times ``by``."""
    if isinstance(line, Curve):
        return replace(
            line,
            constants=tuple(by * each for each in line.constants),
            slopes=tuple(by * each for each in line.slopes),
            exact=tuple((number, by * effect) for number, effect in line.exact),
            blank=by * line.blank,
        )
    if isinstance(line, Levels):
        return replace(line, levels=tuple((value, by * effect) for value, effect in line.levels), other=by * line.other)
    if isinstance(line, Rule):
        return replace(line, effect=by * line.effect, otherwise=by * line.otherwise)
    return replace(line, cells=tuple(tuple(by * cell for cell in row) for row in line.cells))


def _of_number(codes: NumberCodes, says: Cells, there: Line | None) -> Line:
    """A curve, or the levels of a flag, with what a table says of each code added."""
    if isinstance(there, Levels):
        levels = tuple((value, effect + float(says[codes.code_of(float(value))])) for value, effect in there.levels)
        return replace(there, levels=levels)
    if codes.flag:
        levels = tuple((value, float(says[codes.code_of(value)])) for value in (0, 1))
        return Levels(column=codes.column, levels=levels)
    curve = there if isinstance(there, Curve) else Curve(column=codes.column, edges=(), constants=(0.0,), slopes=(0.0,))
    edges = tuple(sorted({*curve.edges, *codes.cuts}))
    segments = [bisect_left(curve.edges, end) for end in (*edges, np.inf)]
    steps = [float(says[codes.code_of(end)]) for end in (*edges, np.inf)]
    return replace(
        curve,
        edges=edges,
        constants=tuple(curve.constants[i] + step for i, step in zip(segments, steps, strict=True)),
        slopes=tuple(curve.slopes[i] for i in segments),
        exact=tuple((number, effect + float(says[codes.code_of(number)])) for number, effect in curve.exact),
        blank=curve.blank + float(says[0]),
    )


def _of_words(codes: WordCodes, says: Cells, there: Line | None) -> Line:
    before = there if isinstance(there, Levels) else Levels(column=codes.column, levels=())
    known, share = dict(before.levels), dict(zip((value for value, _ in before.levels), before.shares, strict=False))
    return replace(
        before,
        levels=tuple(
            (word, known.get(word, before.other) + float(says[code])) for word, code in zip(codes.words, codes.code, strict=True)
        ),
        other=before.other + (0.0 if codes.rest is None else float(says[codes.rest])),
        shares=(*(share.get(word, 0.0) for word in codes.words), 0.0) if before.shares else (),
    )


def _of_pair(first: ColumnCodes, second: ColumnCodes, cells: Cells) -> Table:
    """The table of two columns, one row and one column for each group that people can read."""
    (axis, rows), (other, columns) = _axis(first), _axis(second)
    padded = np.pad(cells, ((0, 1), (0, 1)))  # the last row and column: nothing is known, nothing is said
    return Table(axes=(axis, other), cells=tuple(map(tuple, padded[np.ix_(rows, columns)].tolist())))


def _axis(codes: ColumnCodes) -> tuple[Axis, list[int]]:
    """The groups of a column, and the code that each is looked up by; −1 where there is none."""
    if isinstance(codes, NumberCodes):
        return Axis(column=codes.column, edges=codes.cuts), list(range(codes.size))
    rest = -1 if codes.rest is None else codes.rest
    return Axis(column=codes.column, levels=codes.words), [*codes.code, rest]
