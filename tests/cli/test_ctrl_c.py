"""Ctrl-C at any stage: exit code 130 with one sentence, no traceback, and no file that is half written."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from churn_core.cli import main, versions
from churn_core.data.synthetic import generate
from churn_core.data.writing.cells import to_csv
from churn_core.schema.telco import TELCO

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120  # seconds until a program that does not end fails the test; never waited for otherwise


def _heeding() -> None:
    """Ctrl-C may be ignored where the tests run, as behind nohup."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def started(*arguments: object, python: tuple[str, ...] = (), **environment: str) -> subprocess.Popen:
    command = [sys.executable, *python, "-m", "churn_core", *map(str, arguments)]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_heeding,  # noqa: PLW1509  it only sets a signal
    )


def test_a_command_that_is_interrupted_ends_with_130_and_one_line(monkeypatch, capsys):
    def interrupted(options):
        raise KeyboardInterrupt

    monkeypatch.setattr(versions, "models", interrupted)
    assert main(["models"]) == 130
    assert capsys.readouterr().err == "error: stopped; nothing was left half written.\n"


@pytest.mark.slow
def test_ctrl_c_while_the_libraries_are_loaded_is_a_sentence_too():
    with started("models", python=("-X", "importtime")) as program:
        for line in program.stderr:
            if "pandas" in line:
                break
        program.send_signal(signal.SIGINT)
        rest = program.stderr.read()
        assert program.wait(PATIENCE) == 130
    assert rest.splitlines()[-1] == "error: stopped before anything was done." and "Traceback" not in rest


@pytest.mark.slow
def test_ctrl_c_while_a_file_is_scored_leaves_nothing_behind(own_home, tmp_path):
    source, folder = tmp_path / "customers.csv", tmp_path / "out"
    head, *rows = to_csv(generate(2_000, seed=1, schema=TELCO))[0].decode().splitlines()
    source.write_text("\n".join([head, *rows * 200]))
    folder.mkdir()
    options = ("--output", folder / "scored.csv", "--rejects", folder / "rejected.csv", "--fixed-cost", "5")
    with started("score", source, *options, CHURN_HOME=str(own_home)) as program:
        while not any(folder.iterdir()) and program.poll() is None:
            time.sleep(0.01)
        program.send_signal(signal.SIGINT)
        _, said = program.communicate(timeout=PATIENCE)
    assert program.returncode == 130 and said == "error: stopped; nothing was left half written.\n"
    assert list(folder.iterdir()) == []
