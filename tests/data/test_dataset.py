"""Customers with their origin: the real ones, those of a file, and generated ones that say so."""

import hashlib

import pytest

from churn_core.data.dataset import generated_dataset, read_dataset, telco_dataset
from churn_core.data.telco import SHA256
from churn_core.errors import DataError
from churn_core.schema import TELCO


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
    dataset = read_dataset(file)
    assert (dataset.quality.rows, dataset.quality.kept, dataset.quality.rejected) == (30, 29, 1)
    assert dataset.quality.rejects["row"].tolist() == [31]
    assert dataset.name == "own.csv" and dataset.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()


def test_a_file_without_outcome_or_without_a_usable_row_is_refused(telco_path, tmp_path):
    lines = telco_path.read_text().splitlines()[:3]
    file = tmp_path / "own.csv"
    file.write_text("\n".join(line.rpartition(",")[0] for line in lines))
    with pytest.raises(DataError, match=f"no column '{TELCO.target}'"):
        read_dataset(file)
    file.write_text("\n".join([lines[0], lines[1].replace("Month-to-month", "weekly")]))
    with pytest.raises(DataError, match="No row of own.csv can be used; row 2"):
        read_dataset(file)
