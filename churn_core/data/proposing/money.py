"""What a customer is worth: a charge per period, or a column of lifetime values."""

import re

from churn_core.data.proposing.answers import SAID, Answers, column_named
from churn_core.data.proposing.proposal import Confidence, Money, Period, Question
from churn_core.data.proposing.raw_column import RawColumn

_MONEY = (
    r"charges?|fees?|revenue|rev|contract value|bills?|billing|amount|payments?|cost|spend|spending|price|rent|premium|dues|"
    r"beitrag|entgelt|gebuhr|umsatz|preis|rechnung|cuota|factura|importe|tarifa|precio|facture|cotisation|montant|prix|"
    r"mensalidade|fatura|valor|preco|canone|importo|prezzo"
)
_PERIODS: dict[Period, str] = {
    "month": r"monthly|mtl|monatlich\w*|mensual(es)?|mensuel(le)?|mensal|mensile|(per|a|pro|al|par) (month|monat|mes|mois|mese)",
    "year": r"annual(ized|ised)?|yearly|jahrlich\w*|anual|annuel(le)?|annuale|(per|a|pro|al|par) (year|jahr|ano|an|anno)",
    "week": r"weekly|wochentlich\w*|semanal|hebdomadaire|settimanale|(per|a|pro) (week|woche)",
}
_BEFORE: dict[Period, str] = {
    "month": "month|monats?",
    "year": "year|jahres",
    "week": "week|wochen",
}  # month charge, no charge month
_NAMED = {period: re.compile(rf"\b({words})\b|\b({_BEFORE[period]}) ({_MONEY})\b") for period, words in _PERIODS.items()}
_NAMES_MONEY = re.compile(rf"\b({_MONEY})\b")
_BY_ITSELF: tuple[tuple[re.Pattern[str], Period, Confidence], ...] = (  # money per period without naming both
    (re.compile(r"\b(mrr|arpu|monatsbeitrag|monatsentgelt|monatsgebuhr|mensalidade)\b"), "month", "sure"),
    (
        re.compile(r"\b(avg|mean|average) (bill|charge|rev|revenue)\b|\b(bill|charge|rev|revenue) (avg|mean|average)\b"),
        "month",
        "likely",
    ),
    (re.compile(r"\barr\b"), "year", "likely"),
)
_WEAK = re.compile(
    r"\b(premium|fees?|subscription (amount|price|cost)|plan price|contract value|charges?|revenue|price|beitrag|cuota|tarifa|"
    r"cotisation|abonnement|canone|abbonamento)\b"
)
_CLV = re.compile(r"\b(clv|cltv|ltv|lifetime value|customer lifetime value|kundenwert)\b")
# Sums so far, parts of a bill, and what is money, and no revenue of ours.
_ANOTHER = re.compile(
    r"\b(totals?|extra|over ?limit|overage|change|chng|pct|percent|balance|incomes?|salary|limit|refunds?|distance|download|gb|"
    r"credit|debit|minutes|mins|calls?|claims?|cashback|discount|rate|additional|day|eve|night|intl|international|long|roaming|data|"
    r"meter|forecast|count|number|hike|increase|margin|expected|late|loan|tax|gehalt|einkommen|saldo|salario|ingresos|solde|revenu|renda|"
    r"method|type|frequency|due|date|debt|mode|paid|diff|difference|ratio|last|since|visits?|purchases?|orders?|usage|tickets?|transactions?|trans|deposits?|withdrawals?|savings?|investments?)\b"
)
_LEAST = 12  # distinct values under a weak name; fewer are grades


def find_money(columns: list[RawColumn], answers: Answers) -> tuple[Money, list[Question]]:
    """What a customer is worth, and what has to be asked about it."""
    if answers.clv is not None:
        return Money(kind="fixed", amount=answers.clv, confidence="sure", reason=SAID), []
    if answers.clv_column:
        return Money(kind="clv", column=column_named(answers.clv_column, columns).name, confidence="sure", reason=SAID), []
    if answers.charge:
        column = column_named(answers.charge, columns)
        period = answers.charge_period or _period(column)
        return _charge(column, period, "sure" if period else "ask", SAID), [] if period else [_period_of(column)]
    found = [each for each in (_rated(column) for column in columns if _may_be(column)) if each is not None]
    if found:
        confidence, period, column = min(
            found, key=lambda each: (_ORDER.index(each[0]), each[2].kind == "band", each[2].position)
        )
        period = answers.charge_period or period
        reason = "the name says so" + (", in bands: the middle counts" if column.kind == "band" else "")
        if confidence != "ask":
            return _charge(column, period, confidence, f"{reason}, per {period}"), []
        return _charge(column, period, "ask", f"{reason}, but not what it is paid for"), [_is_charge(column)]
    for column in columns:
        if column.says(_CLV) and column.kind in ("number", "whole"):
            return Money(kind="clv", column=column.name, confidence="likely", reason="the name says lifetime value"), []
    asked = "What is a customer worth? No column says what one pays per month, so say one amount of money for all."
    reason = "no column is named like a charge"
    return Money(kind="none", confidence="ask", reason=reason), [Question(what="money", question=asked, option="--clv")]


_ORDER = ("sure", "likely", "ask")


def _may_be(column: RawColumn) -> bool:
    return (column.is_number or column.kind == "band") and column.distinct > 1 and not column.says(_ANOTHER)


def _period(column: RawColumn) -> Period | None:
    for pattern, period, _ in _BY_ITSELF:
        if column.says(pattern):
            return period
    return next((period for period, pattern in _NAMED.items() if column.says(pattern)), None)


def _rated(column: RawColumn) -> tuple[Confidence, Period | None, RawColumn] | None:
    """How sure it is that the column is a charge, and per what; ``None`` for another column."""
    for pattern, period, confidence in _BY_ITSELF:
        if column.says(pattern):
            return confidence, period, column
    named = _period(column)
    if named and column.says(_NAMES_MONEY):
        return ("sure" if named == "month" else "likely"), named, column
    if column.says(_WEAK) and column.distinct > _LEAST:
        return "ask", named, column
    return None


def _charge(column: RawColumn, period: Period | None, confidence: Confidence, reason: str) -> Money:
    return Money(kind="charge", column=column.name, period=period, confidence=confidence, reason=reason)


def _period_of(column: RawColumn) -> Question:
    question = f"For how long is {column.name} paid: a month, a year or a week?"
    return Question(what="money", question=question, option="--charge-period")


def _is_charge(column: RawColumn) -> Question:
    question = f"Is {column.name} what a customer pays, and for how long: a month, a year or a week?"
    return Question(what="money", question=question, option="--charge")
