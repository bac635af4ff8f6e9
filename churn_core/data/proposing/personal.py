"""Columns that say who somebody is or how to reach him, and columns that only count the rows: nothing is learnt from them."""

import re

import numpy as np

from churn_core.data.proposing.raw_column import RawColumn

_REACHED_BY = re.compile(
    r"\b(phone|telephone|telefon\w*|telefono|telefone|handy|mobile( (no|number))?$|msisdn|e ?mail|mail$|mail address|fax|iban|"
    r"ssn|passport|website|url)\b"
)
_CALLED = re.compile(
    r"\b(surname|(last|first|full|middle|customer|client|user|given|family) name|nachname|vorname|apellidos?|nombre|prenom|"
    r"sobrenome|cognome|nome|nom)\b|^name$|\baddress$|\b(street|strasse|adresse|direccion|endereco|indirizzo)\b"
)
_COUNTS = re.compile(
    r"^(row ?(number|num|no|id|names?)|rownames?|row|index|unnamed( \d+)?|no|nr|line|s no|sr no|serial( no| number)?|)$"
)
_MANY = 0.2  # share of distinct values; fewer are no persons, though a column may be called "phone"
_LEAST = 20  # distinct values


def is_personal(column: RawColumn) -> bool:
    """Phone numbers, addresses and names, told by the name of the column or by its values."""
    if column.distinct <= max(_LEAST, _MANY * column.filled):
        return False
    if column.says(_CALLED) and not column.is_number:
        return True
    return column.says(_REACHED_BY) or float(np.mean(["@" in level for level in column.levels[:200]])) > 0.9


def is_counter(column: RawColumn) -> bool:
    """Whether it numbers the rows, under any name but an id's."""
    if not column.is_number or not column.whole or column.filled < column.rows or column.rows < 3:
        return False
    steps = np.diff(column.values)
    return bool((steps == 1).mean() > 0.99) or (column.says(_COUNTS) and bool((steps > 0).all()))
