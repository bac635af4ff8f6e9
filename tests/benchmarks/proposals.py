"""What is proposed for thirteen public files of churn, against what they are.

``python -m tests.benchmarks.proposals FOLDER``: the files lie in the folder under the names below. Prints of how many files each
part of the proposal is right, and what is wrong; exits with 1 if anything is.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from churn_core.data.proposing.propose import propose_file


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What a file is. ``left`` is empty where whoever has a value has left."""

    target: str
    left: str
    id: str | None = None
    money: str = ""
    tenure: str | None = None
    leaks: frozenset[str] = frozenset()
    out: frozenset[str] = frozenset()  # without leaks


def of(words: str) -> frozenset[str]:
    return frozenset(words.split("|")) if words else frozenset()


FILES = {
    "mlc.csv": Expected(target="churn", left="yes", tenure="account_length", out=of("rownames")),
    "iranian.csv": Expected(target="Churn", left="1", tenure="Subscription Length", out=of("Age")),
    "isp.csv.gz": Expected(target="churn", left="1", id="id", money="bill_avg", tenure="subscription_age"),
    "ecommerce.xlsx": Expected(target="Churn", left="1", id="CustomerID", tenure="Tenure"),
    "gym.csv": Expected(target="Churn", left="1", tenure="Lifetime", leaks=of("Churn_label"), out=of("gender-label")),
    "bank.csv": Expected(target="Exited", left="1", id="CustomerId", tenure="Tenure", out=of("RowNumber|Surname")),
    "databel.csv": Expected(
        target="Churn Label",
        left="Yes",
        id="Customer ID",
        money="Monthly Charge",
        tenure="Account Length (in months)",
        leaks=of("Churn Category|Churn Reason"),
        out=of("Phone Number"),
    ),
    "telco33.xlsx": Expected(
        target="Churn Label",
        left="Yes",
        id="CustomerID",
        money="Monthly Charges",
        tenure="Tenure Months",
        leaks=of("Churn Value|Churn Score|Churn Reason"),
        out=of("Count|Country|State") | {""},
    ),
    "maven.csv": Expected(
        target="Customerstatus",
        left="Churned",
        id="Customerid",
        money="Monthlycharge",
        tenure="Tenureinmonths",
        leaks=of("Churncategory|Churnreason"),
    ),
    "airline.csv": Expected(
        target="cancellation_year",
        left="",
        id="loyalty_number",
        money="clv",
        tenure="enrollment_year",
        leaks=of("cancellation_month"),
        out=of("country"),
    ),
    "saas.csv": Expected(
        target="churn_flag",
        left="TRUE",
        id="subscription_id",
        money="mrr_amount",
        tenure="start_date",
        leaks=of("end_date"),
        out=of("account_id"),
    ),
    "streaming.csv": Expected(
        target="churn", left="1", id="customer_id", tenure="no_of_days_subscribed", out=of("year|phone_no")
    ),
    "tv.csv.gz": Expected(target="target", left="1.0", id="id", out=of("x14|C_TN")),
}


def parts(path: Path, expected: Expected) -> dict[str, tuple[Any, Any]]:
    """Each part of a proposal, as it is and as it should be."""
    proposal = propose_file(path)
    left = proposal.target.left[0] if proposal.target.left else ""
    return {
        "target": (proposal.target.column, expected.target),
        "label": (left.removesuffix(".0"), expected.left.removesuffix(".0")),
        "id": (proposal.id.column if proposal.id else None, expected.id),
        "money": (proposal.money.column, expected.money),
        "tenure": (proposal.tenure.column if proposal.tenure else None, expected.tenure),
        "leaks": ({column.name for column in proposal.leaks}, set(expected.leaks)),
        "left out": ({column.name for column in proposal.left_out if not column.leak}, set(expected.out)),
        "problems": (list(proposal.problems), []),
    }


def main() -> int:
    folder, right, wrong = Path(sys.argv[1]), dict[str, int](), list[str]()
    for name, expected in FILES.items():
        for part, (found, wanted) in parts(folder / name, expected).items():
            right[part] = right.get(part, 0) + (found == wanted)
            wrong += [] if found == wanted else [f"{name}: {part} is {found!r}, not {wanted!r}"]
    print(f"{len(FILES)} files; right:", ", ".join(f"{part} {number}" for part, number in right.items()))
    print(*wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
