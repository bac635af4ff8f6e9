"""What a terminal would obey is never printed: file names, columns, values, notes and options come from strangers."""

import csv
import sys

import pytest

from churn_core.cli import terminal
from churn_core.cli.commands import main
from churn_core.data.synthetic import generate
from churn_core.schema.telco import TELCO
from churn_core.storage.store import open_store

CLEAR, TITLE, C1, TURN = "\x1b[2J", "\x1b]0;owned\x07", "\x9b2J", "\u202e\u2066"
ALL = f"x{CLEAR}{TITLE}{C1}{TURN}\rerror: all is well"


def tame(said: str) -> bool:
    return all(c.isprintable() or c in "\n\u00a0" for c in said)


@pytest.fixture
def file(tmp_path):
    """A file whose name, columns, ids and values are hostile; most rows can be used."""
    rows = generate(40, seed=3, schema=TELCO).astype(str).to_dict("records")
    rows[0]["customerID"], rows[1]["gender"], rows[2]["tenure"], rows[3][TELCO.target] = [ALL] * 4
    path = tmp_path / f"{ALL}.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        table = csv.DictWriter(stream, [*rows[0], f"note {ALL}"])
        table.writeheader()
        table.writerows(rows)
    return path


@pytest.mark.parametrize("command", ["score", "monitor", "optimise", "train --data", "promote"])
def test_whatever_a_file_or_an_option_holds_a_terminal_obeys_none_of_it(own_home, run, file, tmp_path, command):
    output = ["--output", str(tmp_path / f"out {ALL}.csv")] if command == "score" else []
    code, out, err = run(*command.split(), str(file), *output, *(["--model", ALL] if command.startswith("train") else []))
    assert tame(out) and tame(err) and (out or err)
    assert code == 2 or command == "monitor" or "out x\ufffd[2J" in out
    assert not any(line.startswith("error: all is well") for line in (out + err).splitlines())


def test_a_reason_of_a_stranger_forges_no_line_of_the_history(own_home, run):
    open_store(own_home).publish(0.3, who=ALL, reason="x\n2026-01-01 00:00 UTC  0.9000  by Ann (dashboard)", source="API")
    code, out, _ = run("threshold")
    assert code == 0 and tame(out) and out.count("\n") == 2


def test_progress_shows_a_file_name_without_obeying_it(monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    terminal.teller()(f"Reading {ALL} …")
    assert tame(capsys.readouterr().err.removeprefix(terminal.OVER))


def test_a_command_that_does_not_exist_is_named_without_obeying_it(capsys):
    assert main([ALL]) == 2
    assert tame(capsys.readouterr().err)
