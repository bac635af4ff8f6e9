"""Dates as people write them → days."""

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

_FORMATS = (
    "%Y-%m-%d", "%d-%m-%Y", "%m-%d-%Y", "%d-%m-%y", "%m-%d-%y", "%Y%m%d", "%d-%b-%Y", "%d %b %Y", "%d %B %Y",
    "%b %d %Y", "%B %d %Y", "%b-%y", "%b-%Y", "%Y-%m",
)  # fmt: skip
_MAY_BE = re.compile(
    r"\d{4}[-/.]\d{1,2}([-/.]\d{1,2})?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|(19|20)\d{6}|.*[a-z]{3,}.*\d{2}.*", re.IGNORECASE
)
_TIME = re.compile(r"[T ]\d{1,2}:\d{2}.*$")
_FARTHEST = 80_000  # days from 1970, some 220 years; no customer is older
_LONGEST = 30  # characters of a day in words
_MOST = 0.9  # share of them that has to be in it


def format_of(texts: Sequence[str]) -> str | None:
    """The format of nearly all of these texts; ``None`` where they are no dates. Slashes and points count as dashes. The day
    comes first where both may.

    >>> format_of(["31/12/2023", "01/02/2024"]), format_of(["2024-05-01 12:00:00"]), format_of(["Gold", "Silver"])
    ('%d-%m-%Y', '%Y-%m-%d', None)
    """
    some = [_dashed(text) for text in texts]
    if not some or sum(len(text) <= _LONGEST and _MAY_BE.fullmatch(text) is not None for text in some) < _MOST * len(some):
        return None
    shares = [(float(_read(some, each).notna().mean()), -i, each) for i, each in enumerate(_FORMATS)]
    share, _, best = max(shares)
    return best if share >= _MOST else None


def days_of(texts: Sequence[str], form: str) -> npt.NDArray[np.float64]:
    """Days since 1970 (n,) of texts in one format; NaN for another text, and for a day that no customer can have seen."""
    read = _read([_dashed(text) for text in texts], form)
    days = np.asarray((read.astype("datetime64[s]") - pd.Timestamp(0).as_unit("s")) / pd.Timedelta(days=1), dtype=np.float64)
    return np.where(np.abs(days) <= _FARTHEST, days, np.nan)


def _dashed(text: str) -> str:
    return re.sub(r"[/.]", "-", _TIME.sub("", text)).replace(",", "")


def _read(texts: list[str], form: str) -> pd.Series:
    return pd.to_datetime(pd.Series(texts, dtype="str"), format=form, errors="coerce")
