"""Files are written whole or not at all."""

import os

import pytest

from churn_core.files import write_together, write_whole


def test_what_is_written_is_what_is_read(tmp_path):
    path = write_whole(tmp_path / "a" / "b" / "table.csv", b"\x00new\r\n")
    assert path == tmp_path / "a" / "b" / "table.csv"
    assert path.read_bytes() == b"\x00new\r\n"


def test_a_new_file_takes_the_place_of_the_old_one_and_leaves_nothing_beside_it(tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes(b"old and longer")
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["table.csv"]


@pytest.mark.parametrize("step", ["fsync", "chmod", "replace"])
@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=["full disk", "Ctrl-C"])
def test_the_old_file_survives_a_write_that_fails_at_any_step(tmp_path, monkeypatch, step, failure):
    path = tmp_path / "table.csv"
    path.write_bytes(b"old")

    def fail(*args, **options):
        raise failure

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(type(failure)):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["table.csv"]


@pytest.mark.parametrize("bad", [0, 1])
def test_of_files_that_belong_together_none_is_written_if_one_cannot_be(tmp_path, bad):
    (tmp_path / "in the way").write_bytes(b"a file")
    (tmp_path / "old.csv").write_bytes(b"old")
    paths = [tmp_path / "old.csv", tmp_path / "new.csv"]
    paths.insert(bad, tmp_path / "in the way" / "rejects.csv")
    with pytest.raises(OSError):
        write_together(dict.fromkeys(paths, b"content"))
    assert sorted(os.listdir(tmp_path)) == ["in the way", "old.csv"]
    assert (tmp_path / "old.csv").read_bytes() == b"old"


def test_a_reader_never_sees_a_part(tmp_path, monkeypatch):
    path = tmp_path / "table.csv"
    path.write_bytes(b"old")
    seen, replace = [], os.replace

    def watched(source, target):
        seen.append(path.read_bytes())
        replace(source, target)

    monkeypatch.setattr(os, "replace", watched)
    write_whole(path, b"new")
    assert seen == [b"old"]


def test_a_folder_in_the_way_is_refused_and_left_alone(tmp_path):
    (tmp_path / "table.csv").mkdir()
    with pytest.raises(OSError):
        write_whole(tmp_path / "table.csv", b"new")
    assert os.listdir(tmp_path) == ["table.csv"]


def test_the_file_can_be_read_by_others(tmp_path):
    assert write_whole(tmp_path / "table.csv", b"new").stat().st_mode & 0o777 == 0o644
