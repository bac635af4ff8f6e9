"""The Telco sample's customer table, IBM's "Telco Customer Churn": one schema among others, written by hand."""

from churn_core.schema.column import Column, Group
from churn_core.schema.schema import Schema
from churn_core.schema.segment import Segment

_YES_NO = {"Y": "Yes", "true": "Yes", "1": "Yes", "N": "No", "false": "No", "0": "No"}


def _yes_no(name: str, label: str, group: Group, yes: str, no: str, aliases: tuple[str, ...] = ()) -> Column:
    return Column(
        name=name,
        label=label,
        kind="category",
        group=group,
        allowed=("No", "Yes"),
        phrases={"Yes": yes, "No": no},
        aliases=aliases,
        synonyms=_YES_NO,
    )


def _internet_service(name: str, label: str, offers: tuple[str, ...] = ()) -> Column:
    words = label[0].lower() + label[1:]
    return Column(
        name=name,
        label=label,
        kind="category",
        group="service",
        allowed=("No", "Yes", "No internet service"),
        phrases={"Yes": f"has {words}", "No": f"no {words}", "No internet service": "no internet service"},
        needs="InternetService",
        without="No internet service",
        offers=offers,
        synonyms=_YES_NO | {"no internet": "No internet service"},
    )


_MONEY_UNITS = ("", "$", "€", "£", "USD", "EUR", "GBP", "money", "total", "in USD", "in EUR")
_DAY = 12 / 365.25  # months
_IN_MONTHS = {
    "years": 12.0,
    "year": 12.0,
    "yrs": 12.0,
    "yr": 12.0,
    "weeks": 7 * _DAY,
    "week": 7 * _DAY,
    "days": _DAY,
    "day": _DAY,
}
_A_MONTH = {"per year": 1 / 12, "yearly": 1 / 12, "annual": 1 / 12, "per week": 1 / (7 * _DAY), "cents": 0.01, "cent": 0.01}
_FIBRE = {"InternetService": ("Fiber optic",)}

TELCO = Schema(
    name="Telco",
    columns=(
        Column(
            name="customerID",
            label="Customer",
            kind="text",
            role="id",
            required=False,
            aliases=("id", "customer number", "customer no", "cust id", "client id", "account id", "account number"),
        ),
        Column(
            name="gender",
            label="Gender",
            kind="category",
            group="person",
            allowed=("Female", "Male"),
            phrases={"Female": "woman", "Male": "man"},
            aliases=("sex",),
            synonyms={"F": "Female", "woman": "Female", "M": "Male", "man": "Male"},
        ),
        Column(
            name="SeniorCitizen",
            label="Senior citizen",
            kind="flag",
            group="person",
            phrases={"1": "senior citizen", "0": "not a senior citizen"},
            aliases=("senior", "is senior", "is senior citizen"),
        ),
        _yes_no("Partner", "Partner", "person", "has a partner", "no partner", ("has partner",)),
        _yes_no("Dependents", "Dependents", "person", "has dependents", "no dependents", ("has dependents", "dependants")),
        Column(
            name="tenure",
            label="Tenure",
            kind="whole",
            role="tenure",
            low=0,
            high=1200,
            unit="months",
            phrases={"0": "just joined", "*": "{value} month{s} with us"},
            aliases=("tenure months", "tenure in months", "months of tenure", "customer tenure"),
            units=("month", "months", "mo", "m", "in months"),
            conversions=_IN_MONTHS,
        ),
        _yes_no(
            "PhoneService", "Phone service", "service", "has phone service", "no phone service", ("phone", "has phone service")
        ),
        Column(
            name="MultipleLines",
            label="Multiple lines",
            kind="category",
            group="service",
            allowed=("No", "Yes", "No phone service"),
            phrases={"Yes": "several phone lines", "No": "single phone line", "No phone service": "no phone service"},
            needs="PhoneService",
            without="No phone service",
            aliases=("multiple phone lines",),
            synonyms=_YES_NO | {"no phone": "No phone service"},
        ),
        Column(
            name="InternetService",
            label="Internet service",
            kind="category",
            group="service",
            allowed=("DSL", "Fiber optic", "No"),
            phrases={"DSL": "DSL internet", "Fiber optic": "fibre internet", "No": "no internet service"},
            aliases=("internet", "internet type"),
            synonyms={"fiber": "Fiber optic", "fibre": "Fiber optic", "fibre optic": "Fiber optic", "no internet service": "No"},
        ),
        _internet_service("OnlineSecurity", "Online security", offers=("Yes",)),
        _internet_service("OnlineBackup", "Online backup", offers=("Yes",)),
        _internet_service("DeviceProtection", "Device protection", offers=("Yes",)),
        _internet_service("TechSupport", "Tech support", offers=("Yes",)),
        _internet_service("StreamingTV", "Streaming TV"),
        _internet_service("StreamingMovies", "Streaming movies"),
        Column(
            name="Contract",
            label="Contract",
            kind="category",
            group="account",
            allowed=("Month-to-month", "One year", "Two year"),
            offers=("One year", "Two year"),
            phrases={
                "Month-to-month": "month-to-month contract",
                "One year": "one-year contract",
                "Two year": "two-year contract",
            },
            aliases=("contract type",),
            synonyms={
                "monthly": "Month-to-month",
                "1 year": "One year",
                "one years": "One year",
                "2 year": "Two year",
                "2 years": "Two year",
                "two years": "Two year",
            },
        ),
        _yes_no("PaperlessBilling", "Paperless billing", "account", "paperless billing", "paper bills", ("paperless",)),
        Column(
            name="PaymentMethod",
            label="Payment method",
            kind="category",
            group="account",
            allowed=("Bank transfer (automatic)", "Credit card (automatic)", "Electronic check", "Mailed check"),
            phrases={
                "Bank transfer (automatic)": "pays by bank transfer",
                "Credit card (automatic)": "pays by credit card",
                "Electronic check": "pays by electronic check",
                "Mailed check": "pays by mailed check",
            },
            aliases=("payment", "payment type"),
            synonyms={
                "bank transfer": "Bank transfer (automatic)",
                "credit card": "Credit card (automatic)",
                "electronic cheque": "Electronic check",
                "e-check": "Electronic check",
                "mailed cheque": "Mailed check",
            },
        ),
        Column(
            name="MonthlyCharges",
            label="Monthly charge",
            kind="number",
            role="monthly_charge",
            low=0,
            high=100_000,
            unit="money per month",
            aliases=("monthly charge amount", "monthly fee", "charges per month"),
            units=_MONEY_UNITS + ("per month", "monthly", "$ per month", "USD per month", "EUR per month", "€ per month"),
            conversions=_A_MONTH,
        ),
        Column(
            name="TotalCharges",
            label="Total charges",
            kind="number",
            role="total_charge",
            low=0,
            high=100_000_000,
            unit="money",
            required=False,
            aliases=("total charge", "total charges to date"),
            units=_MONEY_UNITS,
            conversions={"cents": 0.01, "cent": 0.01},
        ),
        Column(
            name="Churn",
            label="Churned",
            kind="flag",
            role="target",
            required=False,
            aliases=("churn label", "churn value", "has churned", "churn flag"),
        ),
    ),
    segments=(
        Segment(
            name="Premium but unprotected",
            definition="Fibre customers with none of online security, online backup, device protection and tech support",
            rest="Rest of fibre",
            within=_FIBRE,
            where={
                "OnlineSecurity": ("No",),
                "OnlineBackup": ("No",),
                "DeviceProtection": ("No",),
                "TechSupport": ("No",),
            },
        ),
    ),
    rule=Segment(
        name="Two-field rule",
        definition="Month-to-month and fibre",
        rest="Rest of fibre",
        within=_FIBRE,
        where={"Contract": ("Month-to-month",)},
    ),
)
