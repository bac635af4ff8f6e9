"""Which terms a model has: those written by hand for the Telco sample, and those that the columns of any schema give.

One honest non-linearity (tenure twice: years, and log months) brings a logistic model level with the best that
was measured on the Telco columns (MODELLING.md); two terms more let it count differently without a contract. Gender
and partner add nothing; charges are functions of the services and of tenure there, so they are kept for the money and
not for the score.
"""

from itertools import combinations_with_replacement

from churn_core.model.term import Term
from churn_core.schema import Column, Schema


def _holds(name: str, meaning: str, column: str, value: str | int = "Yes") -> Term:
    return Term(name=name, meaning=meaning, columns=(column,), value=value)


_MOST = 50  # values of one category that have a term; a plain model of hundreds learns slowly and nothing more
_MONTH_TO_MONTH = ("Contract", "Month-to-month")

# Of the Telco sample. To add one: an entry here, then `python -m churn_core train`.
TERMS = (
    Term(name="tenure_years", meaning="Tenure in years", columns=("tenure",), function="years", unit="per year"),
    Term(name="log_tenure", meaning="log(1 + tenure in months)", columns=("tenure",), function="log1p", unit="per × 2.7"),
    Term(
        name="monthly_tenure",
        meaning="Tenure in years, if month-to-month",
        columns=("tenure",),
        function="years",
        unit="per year",
        only=_MONTH_TO_MONTH,
    ),
    Term(
        name="monthly_first",
        meaning="First month, if month-to-month",
        columns=("tenure",),
        function="at_most",
        parameter=1.0,
        only=_MONTH_TO_MONTH,
    ),
    _holds("one_year", "One-year contract", "Contract", "One year"),
    _holds("two_year", "Two-year contract", "Contract", "Two year"),
    _holds("fibre", "Fibre internet", "InternetService", "Fiber optic"),
    _holds("no_internet", "No internet service", "InternetService", "No"),
    _holds("online_security", "Online security", "OnlineSecurity"),
    _holds("tech_support", "Tech support", "TechSupport"),
    _holds("online_backup", "Online backup", "OnlineBackup"),
    _holds("device_protection", "Device protection", "DeviceProtection"),
    Term(
        name="streaming_services",
        meaning="Number of streaming services",
        columns=("StreamingTV", "StreamingMovies"),
        value="Yes",
        unit="for each",
    ),
    _holds("electronic_check", "Pays by electronic check", "PaymentMethod", "Electronic check"),
    _holds("paperless_billing", "Paperless billing", "PaperlessBilling"),
    _holds("senior", "Senior citizen", "SeniorCitizen", 1),
    _holds("multiple_lines", "Multiple lines", "MultipleLines"),
    _holds("phone_service", "Phone service", "PhoneService"),
    _holds("dependents", "Dependents", "Dependents"),
)


def features(schema: Schema) -> tuple[Column, ...]:
    """What a model may learn from: every input but the id and free text."""
    return tuple(column for column in schema.inputs if column.role != "id" and column.kind != "text")


def readable_terms(schema: Schema) -> tuple[Term, ...]:
    """``TERMS`` where all of them fit the schema; else those that its columns give: tenure in years and in log months, other
    numbers as they are, a total charge not at all (it is told by tenure and monthly charge), categories and flags as plain.

    >>> from churn_core.schema import Column
    >>> gym = Schema(name="Gym", columns=(
    ...     Column(name="months", label="Membership", kind="whole", role="tenure", low=0),
    ...     Column(name="plan", label="Plan", kind="category", allowed=("basic", "plus", "premium")),
    ... ))
    >>> [term.name for term in readable_terms(gym)]
    ['months_years', 'log_months', 'plan=basic', 'plan=plus', 'plan=premium']
    """
    if all(term.fits(schema) for term in TERMS):
        return TERMS
    columns = (column for column in features(schema) if column.role != "total_charge")
    return tuple(
        term
        for column in columns
        for term in (_tenure(column) if column.role == "tenure" and not column.blanks else _plain(column))
    )


def _tenure(column: Column) -> tuple[Term, ...]:
    label, columns = column.label.lower(), (column.name,)
    years = Term(
        name=f"{column.name}_years", meaning=f"{column.label} in years", columns=columns, function="years", unit="per year"
    )
    log = Term(
        name=f"log_{column.name}", meaning=f"log(1 + {label} in months)", columns=columns, function="log1p", unit="per × 2.7"
    )
    return (years, log) if column.low >= 0 else (years,)


def plain_terms(schema: Schema) -> tuple[Term, ...]:
    """Every feature: a number as it is, and where it may be blank a typical one and whether it is; of a category one term for each
    value, of two values only the second.
    """
    return tuple(term for column in features(schema) for term in _plain(column))


def tree_terms(schema: Schema) -> tuple[Term, ...]:
    """The same for trees that know what to do with a blank: every number is as it is."""
    return tuple(term for column in features(schema) for term in _as_it_is(column))


def _plain(column: Column) -> tuple[Term, ...]:
    if not column.blanks or column.kind == "category":
        return _as_it_is(column)
    label, columns = column.label, (column.name,)
    known = Term(
        name=column.name, meaning=label, columns=columns, function="or_typical", parameter=_typical(column), unit="for each"
    )
    return known, Term(name=f"{column.name}=blank", meaning=f"{label}: blank", columns=columns, function="is_blank")


def _typical(column: Column) -> float:
    """What stands for a blank number. Any number would do: whether it is blank is a term of its own."""
    try:
        return float(column.typical.replace(",", ""))
    except ValueError:
        return min(max(0.0, column.low), column.high)


def _as_it_is(column: Column) -> tuple[Term, ...]:
    if column.kind != "category":
        unit = "if so" if column.kind == "flag" else "for each"
        return (Term(name=column.name, meaning=column.label, columns=(column.name,), unit=unit),)
    values = column.allowed[:_MOST] if len(column.allowed) > 2 else column.allowed[1:]
    return tuple(_holds(f"{column.name}={value}", f"{column.label}: {value}", column.name, value) for value in values)


def polynomial_terms(schema: Schema) -> tuple[Term, ...]:
    """The plain ones, and every square and product of the numbers."""
    numbers = [column for column in features(schema) if column.kind in ("whole", "number") and not column.blanks]
    return plain_terms(schema) + tuple(
        Term(name=f"{a.name}*{b.name}", meaning=f"{a.label} × {b.label}", columns=(a.name, b.name), function="product")
        for a, b in combinations_with_replacement(numbers, 2)
    )
