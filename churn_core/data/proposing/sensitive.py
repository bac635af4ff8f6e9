"""Columns of what people are born with or live by, used only if somebody says so."""

import re

from churn_core.data.proposing.raw_column import RawColumn

POSTAL_CODE = "postal code"  # a number in words only
_OF_SOMETHING = (
    "account",
    "subscription",
    "membership",
    "device",
    "policy",
    "contract",
    "vehicle",
    "equipment",
    "handset",
    "phone",
    "network",
)
_SENSITIVE: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "age",
        re.compile(
            "".join(f"(?<!{word} )" for word in _OF_SOMETHING)
            + r"\b(age(?! of)|alter|edad|idade|birth\w*|geburts\w*|dob|senior( citizen)?|under \d\d|over \d\d)\b"
        ),
    ),
    ("sex or gender", re.compile(r"\b(gender|sex|geschlecht|genero|sexo|sexe|sesso|civilite)\b")),
    (
        "marital status",
        re.compile(
            r"\b(marital|married|marriage|spouse|familienstand|estado civil|etat civil|situation familiale|stato civile)\b"
        ),
    ),
    (
        "nationality",
        re.compile(r"\b(nationality|citizenship|nacionalidad|nationalite|nacionalidade|nazionalita|staatsangehorigkeit)\b"),
    ),
    ("origin or belief", re.compile(r"\b(ethnicity|ethnic|race|religion|disability|native language)\b")),
    (
        POSTAL_CODE,
        re.compile(r"\b(zip( ?code)?|postal|post ?code|pin ?code|plz|postleitzahl|code postal|codigo postal)\b|^(cep|cap)$"),
    ),
)


def sensitive(column: RawColumn) -> str:
    """What is sensitive about a column, in words; empty if nothing is."""
    return next((what for what, pattern in _SENSITIVE if column.says(pattern)), "")
