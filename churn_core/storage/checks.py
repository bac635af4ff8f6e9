"""What people give, checked before it is kept: names, notes and thresholds."""

import re

from churn_core.errors import CampaignError

LONGEST_NAME = 120  # characters; of a campaign or a person
LONGEST_NOTE = 2000  # characters; of a note or a reason
# A database may refuse these, and a log be forged with them; the last are halves of characters, which no UTF-8 can carry.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def plain_text(text: str) -> str:
    r"""On one line, trimmed, without control characters.

    >>> plain_text(" June\x00\n2026 ")
    'June  2026'
    """
    return _CONTROL.sub(" ", text).strip().replace("\n", " ").replace("\t", " ")


def name(text: str, missing: str) -> str:
    """One line of at most 120 characters. Raises ``CampaignError`` for a longer one, and with ``missing`` for none."""
    text = plain_text(text)
    if not text:
        raise CampaignError(f"{missing}: write it in a few words.")
    return _no_longer_than(LONGEST_NAME, text)


def note(text: str) -> str:
    """Any number of lines, or none, of at most 2,000 characters. Raises ``CampaignError`` for more."""
    return _no_longer_than(LONGEST_NOTE, _CONTROL.sub(" ", text).strip())


def threshold(value: object) -> float:
    """A number from 0 to 1. Raises ``CampaignError`` for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise CampaignError(f"The threshold must be a number between 0 and 1, got {value!r}. Write 4 % as 0.04.")
    return float(value)


def _no_longer_than(longest: int, text: str) -> str:
    if len(text) > longest:
        raise CampaignError(f"{text[:20]}… is {len(text):,} characters long, {longest:,} is the most. Shorten it.")
    return text
