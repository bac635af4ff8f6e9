"""What reads the numbers of pages and files finds each fault that it is there for, and the documents have none."""

import re
from pathlib import Path

import pytest

from tests.numbers import MALFORMED, malformed, numbers, two_formats

ROOT = Path(__file__).resolve().parent.parent
FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
FAULTS = [
    "a churn rate of 27 %", "it earns -$500", "$-500 is lost", "within 1 months", "3 customer left", "of 12345 rows", "it lost −$0",
    "a profit 95,812 was made", "30.0% success", "it earns nan",
]  # fmt: skip


@pytest.mark.parametrize("text", FAULTS)
def test_a_number_that_is_written_wrongly_is_found(text):
    assert malformed(text)


def test_every_rule_has_a_text_that_breaks_it():
    assert [what for what, pattern in MALFORMED.items() if not any(pattern.search(text) for text in FAULTS)] == []


@pytest.mark.parametrize(
    "text", ["64% of them left", "63.56% of them left", "ROI 838.15%", "it earns $95,812", "$1.234 million saved"]
)
def test_a_number_in_the_format_of_another_kind_is_found(text):
    assert malformed(text)


@pytest.mark.parametrize(
    "text",
    [
        "63.6% of them left", "an ROI of 838%", "a 95% interval", "30% success ± 20%", "$95,800 expected, $1.23 million in all",
        "a mean charge of $74.44", "1 month", "1 of 7,043 customers", "2026-11-26", "0.27% of the rows", "at most 3 months",
        "−$5,680", "0–6", "version 42a81", "a budget of $95,812",
    ],
)  # fmt: skip
def test_a_number_in_its_format_is_left_alone(text):
    assert malformed(text) == []


@pytest.mark.parametrize(
    ("one", "other"), [("$95,800", "$95,812"), ("26.5%", "26.54%"), ("$10", "$10.00"), ("18 months", "17.98 months")]
)
def test_one_quantity_in_two_formats_is_found(one, other):
    assert two_formats([f"it is {one}", f"it is {other}"])


@pytest.mark.parametrize(
    ("one", "other"),
    [("$95,800", "$95,800"), ("$94.90", "$94.85"), ("30%", "30.4%"), ("$30,000", "$30,100"), ("$441,000", "26.5%")],
)
def test_two_quantities_are_left_alone(one, other):
    assert two_formats([f"it is {one}", f"it is {other}"]) == []


def test_an_amount_on_an_axis_counts_as_what_it_means():
    assert [str(each.value) for each in numbers("$441K, $1.25M and $1.23 million")] == ["4.41E+5", "1.25E+6", "1.23E+6"]


@pytest.mark.parametrize("name", ["README.md", "churn_core/cli/COMMANDS.md"])
def test_what_the_documents_say_to_users_has_no_number_that_is_written_wrongly(name):
    prose = FENCED.sub("", (ROOT / name).read_text(encoding="utf-8"))
    found = [f"{what}: {match.group()}" for what, pattern in MALFORMED.items() for match in pattern.finditer(prose)]
    of_options = re.compile(r"money without|computer|thousands|plural|singular")
    assert [fault for fault in found if not of_options.search(fault)] == []
