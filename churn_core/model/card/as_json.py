"""The card as JSON: readable by anybody, nothing of it is unpickled, every number comes back to the last bit."""

import json
import math
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from churn_core.errors import ModelError
from churn_core.model.card.card import Card, Line
from churn_core.model.card.joint import Axis, Condition, Rule, Table
from churn_core.model.card.shape import Curve, Levels
from churn_core.model.evidence import Evidence

FORMAT = 1  # of the JSON; a program that reads another one says so
_KINDS: dict[str, type[Line]] = {"curve": Curve, "levels": Levels, "table": Table, "rule": Rule}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def dumps(card: Card) -> bytes:
    """``format``, ``base``, ``notes``, ``evidence`` (or null) and ``lines``, each with its ``kind`` and its fields.

    >>> plan = Levels(column="plan", levels=(("basic", 0.4), ("plus", -0.1)))
    >>> loads(dumps(Card(base=-1.0, lines=(plan,)))).lines == (plan,)
    True
    """
    value = {
        "format": FORMAT,
        "base": card.base,
        "notes": card.notes,
        "evidence": card.evidence and asdict(card.evidence),
        "lines": [{"kind": _NAMES[type(line)], **asdict(line)} for line in card.lines],
    }
    return json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False).encode()


def loads(content: bytes) -> Card:
    """The card. Raises ``ModelError`` where the content is none, or of another format."""
    try:
        value = json.loads(content)
        if value["format"] != FORMAT:
            raise ModelError(f"It has the format {value['format']!r}, and this program reads {FORMAT}.")
        evidence = value["evidence"]
        card = Card(
            base=float(value["base"]),
            lines=tuple(_line(line) for line in value["lines"]),
            notes=tuple(str(note) for note in value["notes"]),
            evidence=None if evidence is None else Evidence.from_json(evidence),
        )
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise ModelError(f"It cannot be read as a card ({type(error).__name__}).") from error
    if not all(math.isfinite(number) for number in _numbers((card.base, [asdict(line) for line in card.lines]))):
        raise ModelError("It cannot be read as a card (a number of it is not finite).")
    return card


def _line(value: dict[str, Any]) -> Line:
    """A line from JSON. Its numbers are numbers, its edges ascend, and its parts fit together."""
    kind = _KINDS[value.pop("kind")]
    fields = {name: _as_tuples(each) for name, each in value.items()}
    if kind is Table:
        axes = tuple(Axis(**{name: _as_tuples(each) for name, each in axis.items()}) for axis in value["axes"])
        fields["axes"] = axes
        fits = [len(row) for row in fields["cells"]] == [axes[1].size] * axes[0].size and all(
            map(_ascends, (a.edges for a in axes))
        )
    elif kind is Rule:
        fields["conditions"] = tuple(Condition(**condition) for condition in value["conditions"])
        fits = len(fields["conditions"]) > 0
    elif kind is Curve:
        fits = _ascends(fields["edges"]) and len(fields["edges"]) + 1 == len(fields["constants"]) == len(fields["slopes"])
    else:
        fits = all(len(pair) == 2 for pair in fields["levels"])
    if not fits:
        raise ValueError("its parts do not fit together")
    return kind(**fields)


def _as_tuples(value: Any) -> Any:
    """Lists as tuples, however deep."""
    return tuple(map(_as_tuples, value)) if isinstance(value, list) else value


def _ascends(edges: tuple[float, ...]) -> bool:
    return all(low < high for low, high in zip(edges, edges[1:], strict=False))


def _numbers(value: Any) -> Iterator[float]:
    """Every number in lists and mappings, however deep."""
    if isinstance(value, dict):
        value = tuple(value.values())
    if isinstance(value, (list, tuple)):
        for each in value:
            yield from _numbers(each)
    elif isinstance(value, (int, float)):
        yield value
