"""Customers with their origin: the real ones, those of a file, and generated ones that say so."""

import hashlib
import io

import pandas as pd
import pytest

from churn_core.data.dataset import OWN, generated_dataset, keep, kept_dataset, read_dataset, telco_dataset
from churn_core.data.synthetic import generate
from churn_core.data.telco_source import SHA256
from churn_core.data.writing.cells import to_csv
from churn_core.errors import DataError
from churn_core.model.train import outcome
from churn_core.schema.telco import TELCO


def test_the_telco_data_carry_the_hash_of_the_published_file(telco_path):
    dataset = telco_dataset(telco_path.parent)
    assert dataset.sha256 == SHA256 and not dataset.generated and dataset.notice == ""


def test_generated_customers_say_so_and_are_the_same_every_time():
    one, two = generated_dataset(), generated_dataset()
    assert one.generated and "generated, not real" in one.notice and "python -m churn_core data" in one.notice
    assert one.sha256 == two.sha256 != SHA256


def test_lines_that_are_no_rows_count_as_rejected(telco_path, tmp_path):
    lines = telco_path.read_text().splitlines()[:30]
    file = tmp_path / "own.csv"
    file.write_text("\n".join([*lines, "too,short"]))
    dataset = read_dataset(file, schema=TELCO)
    assert (dataset.quality.rows, dataset.quality.kept, dataset.quality.rejected) == (30, 29, 1)
    assert dataset.quality.rejects["row"].tolist() == [31]
    assert dataset.name == "own.csv" and dataset.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()


def test_a_file_without_outcome_or_without_a_usable_row_is_refused(telco_path, tmp_path):
    lines = telco_path.read_text().splitlines()[:3]
    file = tmp_path / "own.csv"
    file.write_text("\n".join(line.rpartition(",")[0] for line in lines))
    with pytest.raises(DataError, match=f"no column '{TELCO.target}'"):
        read_dataset(file, schema=TELCO)
    file.write_text("\n".join([lines[0], lines[1].replace("Month-to-month", "weekly")]))
    with pytest.raises(DataError, match="No row of own.csv can be used; row 2"):
        read_dataset(file, schema=TELCO)


def test_a_file_and_its_content_are_the_same_customers(tmp_path):
    content, file = to_csv(generate(30, seed=1, schema=TELCO))[0], tmp_path / "own.csv"
    file.write_bytes(content)
    one, two = read_dataset(file, schema=TELCO), read_dataset(content, "own.csv", schema=TELCO)
    assert (one.name, one.sha256) == (two.name, two.sha256) and one.customers.equals(two.customers)


# Outcomes that could not be read


def with_outcomes(words):
    """A file of customers whose outcomes are these words."""
    return to_csv(generate(len(words), seed=1, schema=TELCO).assign(Churn=words))[0]


def test_the_share_of_the_outcomes_that_could_not_be_read_is_said_with_examples_and_the_mend():
    dataset = read_dataset(with_outcomes(["Yes", "No", "", "perhaps", "NULL", "No", "No", "No", "perhaps", "soon"]), schema=TELCO)
    assert dataset.quality.warnings == (
        "5 outcomes of 10 (50%) could not be read (blank, 'NULL', 'perhaps' and 'soon'): nothing is learnt from these customers. "
        "Write Yes for each customer who left, else No.",
    )


def test_where_all_outcomes_are_read_nothing_is_said_of_them():
    for words in (["Yes", "No"], ["1.0", "0.0"], [1, -1], ["Churned", "Stayed"]):
        assert read_dataset(with_outcomes(words * 5), schema=TELCO).quality.warnings == ()


@pytest.mark.parametrize("stayed", ["", "NULL", "2"])
def test_too_few_outcomes_to_learn_from_are_refused_with_what_could_not_be_read(stayed):
    with pytest.raises(DataError, match=r"300 outcomes of 400 \(75%\) could not be read|write Yes for each customer who left"):
        outcome(read_dataset(with_outcomes(["1"] * 100 + [stayed] * 300), schema=TELCO))


# Files of one's own are kept


@pytest.fixture(scope="module")
def content():
    return to_csv(generate(50, seed=2, schema=TELCO))[0]


def as_excel(table: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    table.to_excel(buffer, index=False)
    return buffer.getvalue()


def test_a_file_that_is_kept_gives_the_same_customers_again(tmp_path, content):
    first = read_dataset(content, "own.csv", schema=TELCO)
    keep(content, "own.csv", tmp_path)
    again = kept_dataset(tmp_path, first.sha256, "own.csv", TELCO)
    assert (again.name, again.sha256, again.generated) == ("own.csv", first.sha256, False)
    pd.testing.assert_frame_equal(again.customers, first.customers)


@pytest.mark.parametrize("form", ["windows line ends", "semicolons", "excel"])
def test_it_is_kept_as_it_came_whatever_its_form(tmp_path, content, form):
    raw = generate(50, seed=2, schema=TELCO)
    forms = {
        "windows line ends": content.replace(b"\n", b"\r\n"),
        "semicolons": raw.to_csv(index=False, sep=";").encode(),
        "excel": as_excel(raw),
    }
    path = keep(forms[form], "own", tmp_path)
    assert path.read_bytes() == forms[form]
    dataset = read_dataset(forms[form], "own", schema=TELCO)
    pd.testing.assert_frame_equal(kept_dataset(tmp_path, dataset.sha256, "own", TELCO).customers, dataset.customers)


def test_keeping_it_twice_keeps_it_once(tmp_path, content):
    assert keep(content, "own.csv", tmp_path) == keep(content, "own.csv", tmp_path)
    assert len(list((tmp_path / OWN).iterdir())) == 1


def test_two_files_of_one_name_are_two_files(tmp_path, content):
    other = to_csv(generate(50, seed=3, schema=TELCO))[0]
    for each in (content, other):
        keep(each, "own.csv", tmp_path)
    for each in (content, other):
        dataset = read_dataset(each, "own.csv", schema=TELCO)
        assert kept_dataset(tmp_path, dataset.sha256, "own.csv", TELCO).customers.equals(dataset.customers)


ODD_NAMES = {
    "the way out": "../../outside.csv",
    "an absolute path": "/etc/passwd",
    "a path of windows": "..\\..\\outside.csv",
    "a folder": "..",
    "nothing": "",
    "a wild card": "*?[a-z].csv",
    "line ends": "a\nb\rc\0d.csv",
    "a hidden file": ".bashrc",
    "letters of elsewhere": "Kündigungen 客戶.csv",
    "an endless name": "a" * 5000 + ".csv",
    "an endless name of elsewhere": "客" * 100,
    "no text": "\udcff.csv",
}


@pytest.mark.parametrize("what", ODD_NAMES)
def test_an_odd_name_is_harmless(tmp_path, content, what):
    """One file in the folder of kept files, nothing anywhere else, and it is found again."""
    folder = tmp_path / "home" / "data"
    path = keep(content, ODD_NAMES[what], folder)
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == [path] and path.parent == folder / OWN
    assert (
        len(kept_dataset(folder, read_dataset(content, "x", schema=TELCO).sha256, ODD_NAMES[what] or "x", TELCO).customers) == 50
    )


def test_a_file_that_is_gone_or_was_never_kept_is_none(tmp_path, content):
    sha256 = read_dataset(content, "own.csv", schema=TELCO).sha256
    assert kept_dataset(tmp_path, sha256, "own.csv", TELCO) is None
    keep(content, "own.csv", tmp_path).unlink()
    assert kept_dataset(tmp_path, sha256, "own.csv", TELCO) is None


def test_a_file_that_was_changed_since_is_not_what_was_kept(tmp_path, content):
    path = keep(content, "own.csv", tmp_path)
    path.write_bytes(to_csv(generate(50, seed=3, schema=TELCO))[0])
    assert kept_dataset(tmp_path, read_dataset(content, "own.csv", schema=TELCO).sha256, "own.csv", TELCO) is None
