"""Dates as people write them → days."""

import re
import unicodedata
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

_FORMATS = (
    "%Y-%m-%d", "%d-%m-%Y", "%m-%d-%Y", "%d-%m-%y", "%m-%d-%y", "%Y%m%d", "%d-%b-%Y", "%d %b %Y", "%d %B %Y",
    "%b %d %Y", "%B %d %Y", "%b-%y", "%b-%Y", "%Y-%m",
)  # fmt: skip
_MONTHS = """
    January januar janner jan janvier janv enero ene gennaio gen janeiro
    February februar feb fevrier fevr febrero febbraio fevereiro fev
    March marz mrz mars marzo mar marco
    April apr avril avr abril abr aprile
    May mai mayo maggio mag maio
    June juni jun juin junio giugno giu junho
    July juli jul juillet juil julio luglio lug julho
    August aug aout agosto ago
    September sep sept septembre septiembre settembre set setembro
    October oktober okt octobre oct octubre ottobre ott outubro out
    November nov novembre noviembre novembro
    December dezember dez decembre dec diciembre dic dicembre dezembro
"""  # English, then German, French, Spanish, Italian and Portuguese without accents
_ENGLISH = {word: line.split()[0] for line in _MONTHS.strip().splitlines() for word in line.split()[1:]}
_WORD = re.compile(r"[^\W\d_]{3,}")
_MAY_BE = re.compile(
    r"\d{4}[-/.]\d{1,2}([-/.]\d{1,2})?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|(19|20)\d{6}|.*[^\W\d_]{3,}.*\d{2}.*", re.IGNORECASE
)
_TIME = re.compile(r"[T ]\d{1,2}:\d{2}.*$")
_FARTHEST = 80_000  # days from 1970, some 220 years; no customer is older
_LONGEST = 30  # characters of a day in words
_MOST = 0.9  # share of them that has to be in it


def format_of(texts: Sequence[str]) -> str | None:
    """The format of nearly all of these texts, months in any of six languages; ``None`` where they are no dates. Slashes and points
    count as dashes. The day comes first where both may.

    >>> format_of(["31/12/2023", "01/02/2024"]), format_of(["2024-05-01 12:00:00"]), format_of(["Gold", "Silver"])
    ('%d-%m-%Y', '%Y-%m-%d', None)
    """
    some = [_dashed(text) for text in texts]
    if not some or sum(len(text) <= _LONGEST and _MAY_BE.fullmatch(text) is not None for text in some) < _MOST * len(some):
        return None
    shares = [(float(_read(_in_english(some, each), each).notna().mean()), -i, each) for i, each in enumerate(_FORMATS)]
    share, _, best = max(shares)
    return best if share >= _MOST else None


def days_of(texts: Sequence[str], form: str) -> npt.NDArray[np.float64]:
    """Days since 1970 (n,) of texts in one format; NaN for another text, and for a day that no customer can have seen."""
    read = _read(_in_english([_dashed(text) for text in texts], form), form)
    days = np.asarray((read.astype("datetime64[s]") - pd.Timestamp(0).as_unit("s")) / pd.Timedelta(days=1), dtype=np.float64)
    return np.where(np.abs(days) <= _FARTHEST, days, np.nan)


def _dashed(text: str) -> str:
    """Slashes and points as dashes; a point before a blank, as behind a German day or a short month, is none.

    >>> _dashed("31/12/2023 10:15"), _dashed("1. März 2024")
    ('31-12-2023', '1 März 2024')
    """
    return re.sub(r"[/.]", "-", _TIME.sub("", text).replace(". ", " ")).replace(",", "")


def _in_english(texts: list[str], form: str) -> list[str]:
    """The texts with the names of months as the format has them."""
    names = _ENGLISH if "%B" in form else {word: name[:3] for word, name in _ENGLISH.items()} if "%b" in form else {}
    if not names:
        return texts
    return [_WORD.sub(lambda word: names.get(_plain(word[0]), word[0]), text) for text in texts]


def _plain(word: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(sign))


def _read(texts: list[str], form: str) -> pd.Series:
    return pd.to_datetime(pd.Series(texts, dtype="str"), format=form, errors="coerce")
