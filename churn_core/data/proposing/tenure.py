"""How long a customer has been here: a number with a unit, or the day on which it began."""

import re

from churn_core.data.proposing.answers import SAID, Answers, column_named
from churn_core.data.proposing.proposal import Confidence, Question, Tenure, TenureUnit
from churn_core.data.proposing.raw_column import RawColumn
from churn_core.formats import plain_number

_NAMED = re.compile(
    r"\b(tenure|seniority|vintage|antig|loyalty months|length of (stay|service|membership|relationship)|"
    r"vertragsdauer|vertrags dauer|kundendauer|kunden dauer|antiguedad|anciennete|antiguidade|permanencia|anzianita|"
    r"(months?|years?|days?) (in service|on book|active|subscribed|with (us|company|bank)|at company|"
    r"(as (a )?)?(customer|member|client|subscriber))|"
    r"(account|subscription|membership|relationship|policy) (length|age|duration|months|days|years)|"
    r"customer (age )?(in )?(months|days)|customer for (months|days|years)|"
    r"(time|days|months|years) (as|since) (customer|sign ?up|join\w*|activation|registration|(policy )?inception))\b|^lifetime$"
)
_NOT_THIS = re.compile(
    r"\b(group|remaining|rest|left|until|to end|end|last|inactive|avg|average|charge|revenue|value|score|risk|category|target)\b"
)
_BEGAN = re.compile(
    r"\b(start|started|begin|beginn|join|joined|joining|sign ?up|activ|activation|enrol\w*|customer since|member since|since|"
    r"registration|registered|opening|opened|onboard\w*|alta|inscription|adhesion|cadastro|iscrizione|eintritts?|seit|inicio|debut|inizio)\b"
)
_BEGAN_IN = re.compile(
    r"\b(enrol\w*|join\w*|sign ?up|start\w*|registration|since) year\b|\byear (of )?(joining|enrol\w*|registration)\b"
)
_UNITS: dict[TenureUnit, re.Pattern[str]] = {
    "months": re.compile(r"\b(months?|mths?|mos?|monate?n?|meses|mes|mois|mesi)\b"),
    "days": re.compile(r"\b(days?|tage?n?|dias|jours|giorni)\b"),
    "weeks": re.compile(r"\b(weeks?|wochen|semanas|semaines|settimane)\b"),
    "years": re.compile(r"\b(years?|yrs?|jahre?n?|anos|ans|anni)\b"),
}
_LEAST = 5  # distinct values
_MANY_DAYS, _MANY_MONTHS = 400, 24  # larger numbers can be no months, no years
_MOST_BELOW_ZERO = 0.01  # share


def find_tenure(columns: list[RawColumn], answers: Answers) -> tuple[Tenure | None, list[Question]]:
    """The tenure with its unit, and what has to be asked about it; ``None`` where no column says it, which is no problem."""
    if answers.tenure:
        column = column_named(answers.tenure, columns)
        return _with_unit(column, "sure", SAID, answers)
    if answers.no_tenure:
        return None, []
    named = [each for each in columns if each.says(_NAMED) and not each.says(_NOT_THIS) and _is_duration(each)]
    if named:
        return _with_unit(min(named, key=_rank), "sure", "the name says so", answers)
    began = [each for each in columns if each.kind == "date" and each.says(_BEGAN) and not each.says(_NOT_THIS)]
    if began:
        column = min(began, key=lambda each: each.position)
        reason = "the name says that it began then; counted up to a stated day"
        return Tenure(column=column.name, unit="start date", confidence="likely", reason=reason), []
    years = [each for each in columns if each.is_number and each.says(_BEGAN_IN)]
    if years:
        question = f"Is {years[0].name} the year in which a customer began? If it is not, leave it out with --leave-out."
        tenure = Tenure(column=years[0].name, unit="start date", confidence="ask", reason="a year of beginning, without the day")
        return tenure, [Question(what="tenure", question=question, option="--tenure")]
    return None, []


def _rank(column: RawColumn) -> tuple[bool, bool, int]:
    return "tenure" not in column.words.split(), _unit_named(column) is None, column.position


def _is_duration(column: RawColumn) -> bool:
    if not (column.is_number or column.kind == "band") or column.distinct < _LEAST:
        return False
    return bool((column.values < 0).mean() <= _MOST_BELOW_ZERO)


def _unit_named(column: RawColumn) -> TenureUnit | None:
    return next((unit for unit, pattern in _UNITS.items() if column.says(pattern)), None)


def _with_unit(column: RawColumn, confidence: Confidence, reason: str, answers: Answers) -> tuple[Tenure, list[Question]]:
    unit = answers.tenure_unit or ("start date" if column.kind == "date" else _unit_named(column))
    if unit is not None:
        what = "it is when they began" if unit == "start date" else f"it is in {unit}"
        return Tenure(column=column.name, unit=unit, confidence=confidence, reason=f"{reason}; {what}"), []
    largest = float(column.values[column.values == column.values].max(initial=0))
    guess: TenureUnit = "days" if largest > _MANY_DAYS else "months" if largest > _MANY_MONTHS else "years"
    question = f"Is {column.name} in months, days, weeks or years? Its largest is {plain_number(largest)}."
    tenure = Tenure(column=column.name, unit=guess, confidence="ask", reason=f"{reason}, but not the unit")
    return tenure, [Question(what="tenure", question=question, option="--tenure-unit")]
