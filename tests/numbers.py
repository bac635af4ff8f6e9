"""The numbers in what people read: what is wrong with how one is written, and which two are one quantity in two formats.

The rule is that of ``churn_core.formats``. A number is judged with the words around it, for what kind it is: 95% is a whole share
because it is a 95% interval, and 26.5% has its decimal because it was counted.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CURRENCY = r"(?:[$€£]|R\$|CHF\u00a0)"
DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
SHARE = re.compile(rf"(?<![\d.,])({DIGITS})%")
AMOUNT = re.compile(rf"{CURRENCY}({DIGITS})( million|[KMBT]\b)?")
MONTHS = re.compile(rf"(?<![\d.,])({DIGITS}) months\b")
AROUND = 70  # characters before and after a number that tell what kind it is

NOUNS = "month|day|week|customer|row|column|contact|campaign|offer|value|file|point|leaver|line|condition|outcome|account|model"
MALFORMED = {
    "a blank before the per cent": re.compile(r"\d[ \u00a0\u202f]%"),
    "a hyphen for a minus": re.compile(rf"(?<![\w\d–−.,/:\]-])-{CURRENCY}?\d"),
    "a minus behind the currency": re.compile(rf"{CURRENCY}[−-]\d"),
    "one thing in the plural": re.compile(rf"(?<![\d.,–])1 (?:{NOUNS})s\b(?! of)"),
    "several things in the singular": re.compile(rf"(?<![\d.,–-])(?:[2-9]|\d\d+) (?:{NOUNS})\b(?![- ]\w*(?:ly|long|old)\b)"),
    "thousands that are not parted": re.compile(r"(?<![\w.,:/#=\\-])\d{5,}(?![\w-]|\.\w)"),
    "a signed zero": re.compile(rf"[−+]{CURRENCY}?0(?:\.0+)?(?![\d.,])"),
    "money without its unit": re.compile(
        r"\b(?:profit|spend|earns?|realised|revenue of|costs?) (?:about )?[−+]?\d[\d,.]*(?:\d|\b)(?![\d,.]* ?%| \w+s\b|.*, in )"
    ),
    "a share that somebody set with an empty decimal": re.compile(
        r"\.0% (?:success|margin|discount|incentive|backfire|monthly survival|left alone)|success rate of \d+\.0%"
    ),
    "what has no value in the words of a computer": re.compile(r"\b(?:nan|NaN|inf|None|NaT)\b"),
}

# Where a share is whole, each by what it is: somebody set it, or no more of it is known (churn_core.formats).
WHOLE_SHARES = {
    "an ROI": r"\bROI\b|÷ expected spend",
    "how often an interval holds": r"\b95%",
    "a success rate": r"success|stay|exactly right|if it (is between|lies between|is:)|kept|would have left|give or take",
    "a margin": r"margin|the best list earns",
    "another assumption": r"discount|survival|uptake|incentive|backfire",
    "a share of the list that is left alone": r"left alone|leav\w+ \d+% alone|hold\w* (anybody|\d+%|back)|control group"
    r"|^\d+%[\s,]+[\d,]+( customers?)?$",
    "a share of the rows of a file": r"of \d[\d,]* \(\d+%\) could not be read|\d+ outcomes \(\d+%\) could not be read",
    "a chance of an experiment": r"shows that|notices|chance that the contact",
    "what a term does to the odds": r"\bodds [−+]",
    "a bound that we set": r"within 1%|top \d0%|cut-off|starts at|at most [15]% of files",
    "a bin of a chart": r"^\d+% to \d+%$",
    "nobody or everybody": r"\b0%|\b100%",
}
OF_ONE_CUSTOMER = re.compile(
    r"charge|lifetime value|one more|per contact|a contact|incentive|budget|worth contacting|would lose|expected to (?:earn|lose)|"
    r"of contacting|fixed cost|each customer worth|offers?:|at most|cost \S+, success|Cost ÷|this customer",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Number:
    """A number as it is written, its value and the place of its last digit, and the words around it."""

    kind: str
    written: str
    value: Decimal
    around: str

    @property
    def significant(self) -> int:
        """Digits that are written and not the zeros at the end of a whole number."""
        return len(self.value.normalize().as_tuple().digits)

    @property
    def decimals(self) -> int:
        return max(-int(self.value.as_tuple().exponent), 0)


def numbers(text: str) -> list[Number]:
    """Shares, amounts of money and months in a text."""
    found = []
    for kind, pattern in (("share", SHARE), ("money", AMOUNT), ("months", MONTHS)):
        for match in pattern.finditer(text):
            value = Decimal(match.group(1).replace(",", ""))
            scale = match.group(2) if kind == "money" else None
            if scale:
                value = value.scaleb({" million": 6, "K": 3, "M": 6, "B": 9, "T": 12}[scale])
            around = text[max(match.start() - AROUND, 0) : match.end() + AROUND]
            found.append(Number(kind, match.group(), value, around))
    return found


def malformed(text: str) -> list[str]:
    """What is wrong with how the numbers of a text are written."""
    told = [
        f"{what}: …{text[max(match.start() - 30, 0) : match.end() + 20]}…"
        for what, pattern in MALFORMED.items()
        for match in pattern.finditer(text)
    ]
    return told + [f"{number.written} in …{number.around}…" for number in numbers(text) if not _has_its_format(number)]


def _has_its_format(number: Number) -> bool:
    if number.kind == "share":
        return _share_has_its_format(number)
    if number.kind == "money":
        return number.significant <= 3 or OF_ONE_CUSTOMER.search(number.around) is not None
    return True


def _share_has_its_format(number: Number) -> bool:
    if number.decimals == 1:
        return True
    if number.decimals == 0:
        return any(re.search(where, number.around, re.IGNORECASE) for where in WHOLE_SHARES.values())
    return number.value < 1 and number.significant <= 2  # a share of rows


def two_formats(texts: Iterable[str]) -> list[str]:
    """Pairs of numbers of one kind of which the shorter is the longer one, rounded: three digits do not agree by accident. And one
    amount with cents and without: $10 and $10.00.
    """
    found = {(each.kind, each.written, each.value): each for text in texts for each in numbers(text)}.values()
    return [
        f"{short.written} and {long.written}: …{short.around}… and …{long.around}…"
        for short in found
        for long in found
        if short.kind == long.kind and _is_rounded(short, long)
    ]


def _is_rounded(short: Number, long: Number) -> bool:
    if short.kind == "money" and short.value == long.value:
        return short.decimals < long.decimals
    finer = long.decimals > short.decimals or (long.decimals == short.decimals == 0 and long.significant > short.significant)
    if not finer or short.significant < (2 if short.kind == "months" else 3):
        return False
    last = Decimal(1).scaleb(int(short.value.normalize().as_tuple().exponent))
    return long.value.quantize(last, ROUND_HALF_UP) == short.value
