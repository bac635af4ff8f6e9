"""Whose customers something is about: what one company has saved, published and scored is never used for another's."""

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache

from churn_core.schema import Schema
from churn_core.storage.checks import LONGEST_NAME, plain_text

_DIGITS = 16  # of the hash


@dataclass(frozen=True, kw_only=True)
class Company:
    """``key`` tells one from another, ``name`` is shown."""

    key: str
    name: str

    def as_row(self) -> dict[str, str]:
        """As the columns of a row."""
        return {"company": self.key, "company_name": self.name}


@lru_cache(maxsize=64)
def company_of(schema: Schema) -> Company:
    """The company whose customers have these columns under this name. What they are worth, their values and ranges may change
    from one version to the next.

    >>> from churn_core.schema.telco import TELCO
    >>> company_of(TELCO)
    Company(key='6363110ab83cb9c3', name='Telco')
    """
    told = json.dumps([schema.name, *(column.name for column in schema.columns)])
    key = hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
    return Company(key=key, name=plain_text(schema.name)[:LONGEST_NAME])
