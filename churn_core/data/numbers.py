"""Numbers as people write them → numbers. A word that could mean two numbers is refused."""

import re
from collections.abc import Iterable, Sequence

_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_SIGNS = (
    r"[ACRNUM]?[A-Z]?\$|[€£₹¥₩₺₽₴₪₫₦฿]|zł|Kč|kr\.?|Fr\.|Ft|Rs\.?|"
    r"USD|EUR|GBP|CHF|SEK|NOK|DKK|PLN|CZK|HUF|RON|INR|BRL|JPY|CNY|AUD|CAD|NZD|ZAR|TRY|MXN|SGD|HKD"
)
_CURRENCY = re.compile(rf"^(?:{_SIGNS})\s*|\s*(?:{_SIGNS})$", re.IGNORECASE)
# The spaces and the minus of typesetters, and the apostrophe with which Swiss programs separate thousands.
_TYPESETTERS = str.maketrans({"\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u2212": "-", "\u2019": "'"})
# One sign separates all the thousands of a number, so the groups refer back to the first sign.
_POINT = re.compile(
    r"[+-]?\d{1,3}([,' ])\d{3}(\1\d{3})*\.\d+|[+-]?\d{1,3}([,' ])\d{3}(\3\d{3})+|[+-]?\d{1,3}([' ])\d{3}(\5\d{3})*"
)
_COMMA = re.compile(r"[+-]?\d{1,3}([.' ])\d{3}(\1\d{3})*,\d+|[+-]?\d{1,3}(\.\d{3}){2,}")
_DECIMAL_COMMA = re.compile(r"[+-]?(\d+,\d{1,2}|\d+,\d{4,}|\d{4,},\d{3}|0+,\d{3}|,\d+|\d+,\d+[eE][+-]?\d+)")
_WITH_SUFFIX = re.compile(r"[+-]?[\d.,']*\d( ?%| [^\W\d_]{1,8})")
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+")
_BELOW_ONE = re.compile(r"[+-]?0+[.,]")
_AMBIGUOUS = re.compile(r"[+-]?\d{1,3}[.,]\d{3}")

_LONGEST = 100  # characters; no number has as many
THOUSANDS, COMMA, CURRENCY = "thousands separators removed", "decimal comma read", "currency signs removed"


class Ambiguous(ValueError):
    """A word that could mean two numbers."""


def read_number(words: str, decimal: str = ".") -> tuple[float, str]:
    """The number, and how it was written if not plainly. ``decimal``: the decimal mark of the other numbers in the file, "" if
    they do not show it.

    Raises ``Ambiguous`` if the mark may separate decimals or thousands, ``ValueError`` if the word is not a number.

    >>> read_number("29.85"), read_number("1.234,50"), read_number("$1,234.50")[0]
    ((29.85, ''), (1234.5, 'decimal comma read'), 1234.5)
    >>> read_number("1,234")
    Traceback (most recent call last):
    churn_core.data.numbers.Ambiguous: may be 1234 or 1.234
    """
    text = words.strip()
    if len(text) > _LONGEST:  # the patterns below take time by the square of the length
        raise ValueError(words)
    if len(text) > 1 and text.startswith("'"):  # as results and rejects are written, so that no spreadsheet runs them
        number, how = read_number(text[1:], decimal)
        return number, how or "apostrophe removed"
    bare = _CURRENCY.sub("", text)
    how = CURRENCY if bare != text else ""
    bare = bare.translate(_TYPESETTERS)
    if not bare.isascii():
        raise ValueError(words)
    if _AMBIGUOUS.fullmatch(bare) and not _BELOW_ONE.match(bare) and ("," in bare or decimal != "."):
        raise Ambiguous(f"may be {re.sub('[.,]', '', bare)} or {bare.replace(',', '.')}")
    if _PLAIN.fullmatch(bare):
        return float(bare), how
    if _POINT.fullmatch(bare):
        return float(re.sub("[,' ]", "", bare)), how or THOUSANDS
    if _COMMA.fullmatch(bare):
        return float(re.sub("[.' ]", "", bare).replace(",", ".")), how or COMMA
    if _DECIMAL_COMMA.fullmatch(bare):
        return float(bare.replace(",", ".")), how or COMMA
    raise ValueError(words)


def without_unit(word: str, suffix: str, thousands: str) -> str:
    """The word without the ``suffix`` behind its number, and without what stands between its ``thousands``.

    >>> without_unit("12.5 %", "%", ""), without_unit("1,250", "", ","), without_unit("none", "%", ",")
    ('12.5', '1250', 'none')
    """
    word = word.removesuffix(suffix).rstrip() if suffix else word
    return word.replace(thousands, "") if thousands and _AMBIGUOUS.fullmatch(word) else word


def suffix_of(words: Sequence[str]) -> str:
    """What stands behind the number of each word, a percent sign or a unit after a blank; empty where it is not the same in all.

    >>> suffix_of(["12.5%", "3 %"]), suffix_of(["5 GB", "12 GB"]), suffix_of(["5 GB", "12 TB"]), suffix_of(["4G", "5G"])
    ('%', 'GB', '', '')
    """
    found = [_WITH_SUFFIX.fullmatch(word) for word in words]
    suffixes = {each[1].strip() for each in found if each}
    return suffixes.pop() if len(suffixes) == 1 and all(found) else ""


def are_thousands(words: Sequence[str], decimal: str) -> bool:
    """Whether the comma or point of these words, which could be a decimal mark, separates thousands: the file's decimal mark is
    another one, and most words are whole numbers with it.

    >>> are_thousands(["12,345", "7,000", "950"], "."), are_thousands(["12,345", "7,5"], "."), are_thousands(["12.345"], ".")
    (True, False, False)
    """
    other = {".": ",", ",": "."}.get(decimal, "")
    written = [word for word in words if other and other in word]
    plain = all(word.lstrip("+-").isdecimal() for word in words if not other or other not in word)
    grouped = all(_GROUPED.fullmatch(word.replace(other, ",")) for word in written)
    return bool(written) and plain and grouped


def has_decimal_comma(words: str) -> bool:
    """Whether the comma in ``words`` can only be a decimal comma."""
    bare = _CURRENCY.sub("", words.strip()[:_LONGEST])
    return bool(_DECIMAL_COMMA.fullmatch(bare) or _COMMA.fullmatch(bare))


def decimal_mark(words: Iterable[str]) -> tuple[str, list[str]]:
    """The decimal mark of a file, and what to tell the user about it.

    "," if more numbers have a certain decimal comma than have a decimal point, else "."; "" if no number shows the mark, so
    that 1.234 may be a thousand.

    >>> decimal_mark(["29,85", "1.234"])[0], decimal_mark(["29.85", "1.234"])[0], decimal_mark(["30", "1.234"])[0]
    (',', '.', '')
    """
    commas = points = unclear = 0
    for word in words:
        bare = _CURRENCY.sub("", word.strip()[:_LONGEST])
        if _AMBIGUOUS.fullmatch(bare) and not _BELOW_ONE.match(bare):
            unclear += "." in bare
        elif has_decimal_comma(word):
            commas += 1
        elif "." in bare and (_PLAIN.fullmatch(bare) or _POINT.fullmatch(bare)):
            points += 1
    if commas > points:
        return ",", ["Numbers are written with a decimal comma."]
    if unclear and not points:
        return "", ["This file does not show whether 1.234 means 1234, so rows with such a number are rejected."]
    return ".", []
