"""A reader of stdout that has enough, as ``head`` has, is no error."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from churn_core.data.synthetic import generate
from churn_core.data.writing.cells import to_csv
from churn_core.schema.telco import TELCO

ROOT = Path(__file__).resolve().parents[2]


def with_nobody_reading(*argv: str, both: bool = False) -> tuple[int, str]:
    """The exit code and stderr of a command whose stdout, or both, nobody reads from the first byte on."""
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "churn_core", *argv]
    stderr = writer if both else subprocess.PIPE
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=writer, stderr=stderr, check=False)
    os.close(writer)
    return done.returncode, (done.stderr or b"").decode()


@pytest.mark.parametrize(
    "argv", [("models",), ("models", "--json"), ("optimise", "--json"), ("threshold",), ("--help",)], ids=str
)
def test_where_nobody_reads_stdout_a_command_ends_quietly_and_well(home, argv):
    assert with_nobody_reading(*argv) == (0, "")


def test_what_was_asked_for_is_done_all_the_same(home, tmp_path):
    (tmp_path / "in.csv").write_bytes(to_csv(generate(30, seed=1, schema=TELCO))[0])
    assert with_nobody_reading("score", str(tmp_path / "in.csv"), "--output", str(tmp_path / "out.csv")) == (0, "")
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 31


def test_an_error_is_an_error_whoever_reads(home, tmp_path):
    code, told = with_nobody_reading("score", str(tmp_path / "nowhere.csv"), "--output", str(tmp_path / "out.csv"))
    assert code == 2 and told.startswith("error: ") and told.count("\n") == 1 and "permissions" not in told.split("nowhere")[0]
    assert with_nobody_reading("promote", "nobody", both=True)[0] == 2
