"""A label for amounts, as somebody wrote it: ``CHF``, ``kr``, ``R$``. Nothing is converted."""

import re
import unicodedata

from churn_core.data.cleaning.account import shown
from churn_core.errors import DataError

_LABEL = re.compile(r"[^\W\d_]{0,4}\W{0,2}|\W[^\W\d_]{1,4}")  # letters, then a sign; or a sign before them
_SIGNS = frozenset("./")  # besides the signs of currencies: Fr., S/


def is_currency(label: str) -> bool:
    """Whether a label can stand beside amounts: a few letters, with the sign of a currency or a point.

    >>> [is_currency(label) for label in ("CHF", "kr.", "R$", "₹", "zł", "S/", "100", "*Euro*", "")]
    [True, True, True, True, True, True, False, False, False]
    """
    signs = [sign for sign in label if not sign.isalpha() and unicodedata.category(sign) not in ("Mn", "Mc")]
    known = all(sign in _SIGNS or unicodedata.category(sign) == "Sc" for sign in signs)
    return bool(label) and label not in _SIGNS and known and _LABEL.fullmatch(label) is not None


def currency_said(label: str) -> str:
    """The label without blanks around it; empty if nobody said one. Raises ``DataError`` for what is no label."""
    label = " ".join(label.split())
    if label and not is_currency(label):
        raise DataError(f"{shown(label)} is no label for amounts. Write a few letters or a sign, like CHF, kr, R$ or €.")
    return label
