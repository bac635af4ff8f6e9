"""The command line in one process: ways to run a command and to read what it says."""

import io
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from churn_core.cli import main
from churn_core.data.reading.reader import read_table
from churn_core.data.synthetic import generate
from churn_core.data.writing.cells import to_csv
from churn_core.schema.telco import TELCO
from churn_core.storage.files_seen import FileRecord, ScoredFiles
from churn_core.storage.store import open_store


@pytest.fixture(scope="session")
def home_of_commands(workspace_home, tmp_path_factory) -> Path:
    return shutil.copytree(workspace_home, tmp_path_factory.mktemp("commands") / "home")


@pytest.fixture
def home(home_of_commands, monkeypatch) -> Path:
    """A trained home, for commands that change nothing in it but the list of files that were seen: *Monitoring* shows them, so the
    pages have another.
    """
    monkeypatch.setenv("CHURN_HOME", str(home_of_commands))
    return home_of_commands


@pytest.fixture
def run(capsys):
    """Runs a command: its exit code, stdout and stderr."""

    def command(*argv) -> tuple[int, str, str]:
        code = main([str(word) for word in argv])
        out, err = capsys.readouterr()
        return code, out, err

    return command


@pytest.fixture
def answer(run):
    """Runs a command that succeeds with ``--json``: the one object on stdout."""

    def command(*argv) -> dict:
        code, out, err = run(*argv, "--json")
        assert (code, err) == (0, "")
        assert out.count("\n") == 1 and out.endswith("\n")
        return json.loads(out, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))

    return command


@pytest.fixture
def refused(run):
    """Runs a command that the user has to mend: the sentence."""

    def command(*argv) -> str:
        code, out, err = run(*argv)
        assert code == 2 and out == ""
        assert err.startswith("error: ") and err.endswith("\n")
        error, *notes = err.splitlines()
        assert all(note.startswith("note: ") for note in notes)  # what the reader of a file had to decide
        return error.removeprefix("error: ").strip()

    return command


@pytest.fixture
def customers(tmp_path):
    path = tmp_path / "customers.csv"
    path.write_bytes(to_csv(generate(30, seed=2, schema=TELCO).drop(columns=TELCO.target))[0])
    return path


@pytest.fixture(scope="session")
def scored_telco(home_of_commands, telco_path, tmp_path_factory) -> tuple[dict, Path]:
    """The Telco file, scored: the answer and the table that was written."""
    output, out = tmp_path_factory.mktemp("scored") / "out.csv", io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHURN_HOME", str(home_of_commands))
        patch.setattr("sys.stdout", out)
        assert main(["score", str(telco_path), "--output", str(output), "--json"]) == 0
    return json.loads(out.getvalue()), output


@pytest.fixture
def kept(own_home):
    """What the history holds now, newest first."""

    def latest() -> list[FileRecord]:
        opened = open_store(own_home)
        try:
            return ScoredFiles(opened).latest()
        finally:
            opened.close()

    return latest


@pytest.fixture(scope="module")
def sample(telco_path) -> pd.DataFrame:
    """3,000 of the real customers as text, with what happened to them."""
    return read_table(telco_path, TELCO).frame.sample(3_000, random_state=1)


@pytest.fixture
def written(tmp_path):
    """Writes a table to a file."""

    def write(table: pd.DataFrame, name: str = "file.csv"):
        (tmp_path / name).write_bytes(to_csv(table)[0])
        return tmp_path / name

    return write


@pytest.fixture
def no_spark(monkeypatch):
    """Nothing of Spark may be started."""

    def refuse(*args, **options):
        raise AssertionError("Spark was started")

    monkeypatch.setattr("churn_core.batch.spark.session", refuse)
