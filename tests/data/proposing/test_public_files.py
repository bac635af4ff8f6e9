"""The thirteen public files beside the checkout, where they are: what was proposed for them, against what they are."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from churn_core.data.proposing.propose import propose_file

DATA = Path(__file__).resolve().parents[3].parent / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the public files (shared/data beside the checkout) are not there")


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


@pytest.mark.parametrize("name", FILES)
def test_the_proposal_for_a_public_file_is_what_the_file_is(name):
    proposal, expected = propose_file(DATA / name), FILES[name]
    assert proposal.target.column == expected.target
    assert (proposal.target.left[0] if proposal.target.left else "").removesuffix(".0") == expected.left.removesuffix(".0")
    assert (proposal.id.column if proposal.id else None) == expected.id
    assert proposal.money.column == expected.money
    assert (proposal.tenure.column if proposal.tenure else None) == expected.tenure
    assert {column.name for column in proposal.leaks} == expected.leaks
    assert {column.name for column in proposal.left_out if not column.leak} == expected.out
    assert not proposal.problems
