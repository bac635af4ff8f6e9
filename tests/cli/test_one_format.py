"""No command says one number in two formats."""

import re

import pytest

from tests.numbers import malformed, two_formats

OF_A_TABLE = re.compile(r" *\d+%  ")  # a row of plan-control, whose headings say of what kind its shares are
COMMANDS = {
    "data": ("data",),
    "contacts": ("contacts", "--output", "{list}"),
    "contacts of a full campaign": (
        "contacts",
        "--output",
        "{list}",
        "--retention-cost",
        "12.5",
        "--budget",
        "20000",
        "--min-roi",
        "2",
    ),
    "plan-control": ("plan-control",),
    "models": ("models",),
    "threshold": ("threshold",),
}


@pytest.mark.parametrize("argv", COMMANDS.values(), ids=COMMANDS)
def test_a_command_writes_each_number_in_the_format_of_its_kind_and_no_number_in_two(own_home, monkeypatch, run, tmp_path, argv):
    monkeypatch.setenv("CHURN_HOME", str(own_home))
    code, out, err = run(*(word.format(list=tmp_path / "list.csv") for word in argv))
    assert code == 0, err
    said = (out + err).splitlines()
    sentences = [line for line in said if not OF_A_TABLE.match(line)]
    faults = [fault for line in sentences for fault in malformed(line)]
    if "in the currency of the charges" in out:  # the unit of all lines, said once, where the data name none
        faults = [fault for fault in faults if not fault.startswith("money without its unit")]
    assert sentences and faults + two_formats(said) == []
