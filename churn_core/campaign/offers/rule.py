"""Whom an offer is for: a rule on one column of the customers, as people write it."""

import re
from dataclasses import dataclass

from churn_core.errors import CampaignError

EQUAL = "="
RELATIONS = (EQUAL, ">=", "<=", ">", "<")
_RULE = re.compile(r"(.+?)(==|>=|=>|<=|=<|≥|≤|=|>|<)(.*)", re.DOTALL)
_WRITTEN = {"==": EQUAL, "≥": ">=", "=>": ">=", "≤": "<=", "=<": "<="}


@dataclass(frozen=True, kw_only=True)
class Rule:
    """``column`` has the ``value``, or as a number stands in the ``relation`` (one of ``RELATIONS``) to it.

    >>> Rule.of("Contract = Two year"), str(Rule.of("tenure≥12"))
    (Rule(column='Contract', relation='=', value='Two year'), 'tenure>=12')
    >>> Rule.of("Contract")
    Traceback (most recent call last):
    churn_core.errors.CampaignError: The rule 'Contract' is no condition on a column. Write it like Contract=Two year or tenure>=12.
    """

    column: str
    relation: str
    value: str

    @classmethod
    def of(cls, words: str) -> "Rule":
        """The rule that the words say. Raises ``CampaignError`` where they say none."""
        found = _RULE.fullmatch(words.strip())
        column, relation, value = (part.strip() for part in found.groups()) if found else ("", "", "")
        if not column or not value:
            raise CampaignError(
                f"The rule {words.strip()!r:.80} is no condition on a column. Write it like Contract=Two year or tenure>=12."
            )
        return cls(column=column, relation=_WRITTEN.get(relation, relation), value=value)

    def __str__(self) -> str:
        return f"{self.column}{self.relation}{self.value}"
