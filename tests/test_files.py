"""Files are written whole or not at all."""

import errno
import io
import logging
import os
from contextlib import ExitStack

import pytest

from churn_core import logs
from churn_core.data.dataset import keep
from churn_core.files import PRIVATE, Unfinished, begin_to_flush, make_folder, make_private, write_whole
from churn_core.storage.migrations import keep_copy
from churn_core.storage.store import open_store


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


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_a_private_file_cannot_be_read_by_others_under_any_umask(tmp_path, umask, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    before = os.umask(umask)
    try:
        whole = write_whole(tmp_path / "own.csv", b"new", PRIVATE)
        make_private(tmp_path / "empty")
        kept = keep(b"new", "ours.csv", tmp_path)
        file = open_store(tmp_path).file
        keep_copy(file, tmp_path / "copy.db")
    finally:
        os.umask(before)
    files = [whole, kept, tmp_path / "empty", tmp_path / "copy.db", *file.parent.glob("churn.db*")]
    assert {path.name: oct(path.stat().st_mode & 0o137) for path in files} == {path.name: "0o0" for path in files}


def test_nobody_but_the_owner_may_change_what_is_in_a_folder_of_the_product_under_any_umask(tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    home, before = tmp_path / "home", os.umask(0)
    try:
        keep(b"new", "ours.csv", home / "data")
        open_store(home)
        logs.set_up(home, console=False)
        logging.getLogger("churn_core").warning("Hello.")
        make_folder(home / "models" / "versions")
    finally:
        os.umask(before)
    folders = [home, *(path for path in home.rglob("*") if path.is_dir())]
    assert {"data", "own", "logs", "models", "versions"} <= {path.name for path in folders}
    assert {path.name: oct(path.stat().st_mode & 0o022) for path in folders} == {path.name: "0o0" for path in folders}
    make_folder(home)  # one that is there stays
    with pytest.raises(NotADirectoryError):
        make_folder(home / "data" / "churn.db")


def test_a_file_that_is_there_is_not_made_again(tmp_path):
    (tmp_path / "there").write_bytes(b"old")
    make_private(tmp_path / "there")
    assert (tmp_path / "there").read_bytes() == b"old"


# Bit by bit


def written(path, *parts: bytes, finish: bool = True) -> None:
    with Unfinished(path) as unfinished:
        for part in parts:
            unfinished.stream.write(part)
        if finish:
            unfinished.finish()


def test_a_file_that_is_written_bit_by_bit_is_there_whole_when_it_is_finished_and_nothing_beside_it(tmp_path):
    path = tmp_path / "a" / "b" / "table.csv"
    written(path, b"\x00one,", b"", b"two\r\n")
    assert path.read_bytes() == b"\x00one,two\r\n" and os.listdir(path.parent) == ["table.csv"]
    assert path.stat().st_mode & 0o777 == 0o644


def test_what_is_on_its_way_to_the_disk_is_asked_for_once_and_stays_as_it_is(tmp_path, monkeypatch):
    asked, advise = [], os.posix_fadvise
    monkeypatch.setattr(
        os, "posix_fadvise", lambda file, start, size, what: asked.append((start, size)) or advise(file, start, size, what)
    )
    content = [b"a" * 20_000, b"b" * 50_000]
    with Unfinished(tmp_path / "table.csv") as unfinished:
        done = 0
        for part in content:
            unfinished.stream.write(part)
            unfinished.stream.flush()
            done = begin_to_flush(unfinished.stream, done)
        assert (done, begin_to_flush(unfinished.stream, done)) == (70_000, 70_000)
        unfinished.finish()
    assert asked == [(0, 20_000), (20_000, 50_000)] and unfinished.path.read_bytes() == b"".join(content)


def test_what_is_no_file_and_a_system_that_takes_no_advice_are_left_alone(tmp_path, monkeypatch):
    assert begin_to_flush(io.BytesIO(b"in memory")) == 0
    with (tmp_path / "table.csv").open("wb", buffering=0) as stream:
        stream.write(b"rows")
        monkeypatch.setattr(os, "posix_fadvise", lambda *args: (_ for _ in ()).throw(OSError(errno.EINVAL, "no advice")))
        assert begin_to_flush(stream) == 0
        monkeypatch.delattr(os, "posix_fadvise")
        assert begin_to_flush(stream) == 0


def test_until_it_is_finished_the_old_file_stands(tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes(b"old")
    with Unfinished(path) as unfinished:
        unfinished.stream.write(b"new" * 100_000)
        unfinished.stream.flush()
        assert path.read_bytes() == b"old"
        unfinished.finish()
        assert path.read_bytes() == b"new" * 100_000


@pytest.mark.parametrize("old", [None, b"old"], ids=["no file", "an old file"])
def test_what_is_never_finished_leaves_everything_as_it_was(tmp_path, old):
    path = tmp_path / "table.csv"
    if old is not None:
        path.write_bytes(old)
    written(path, b"new", finish=False)
    with pytest.raises(KeyboardInterrupt), Unfinished(path) as unfinished:
        unfinished.stream.write(b"new")
        raise KeyboardInterrupt
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == ({} if old is None else {"table.csv": old})


class FullDisk(io.RawIOBase):
    def writable(self) -> bool:
        return True

    def write(self, content) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_on_a_full_disk_nothing_is_left_of_what_was_begun(tmp_path):
    with pytest.raises(KeyboardInterrupt), Unfinished(tmp_path / "table.csv") as unfinished:
        unfinished.stream.close()
        unfinished.stream = io.BufferedWriter(FullDisk())
        unfinished.stream.write(b"new")  # fits into the buffer; there is no room when the file is closed
        raise KeyboardInterrupt
    assert not os.listdir(tmp_path)


@pytest.mark.parametrize("step", ["fsync", "chmod", "replace"])
def test_the_old_file_survives_a_finish_that_fails_at_any_step_and_the_error_names_the_target(tmp_path, monkeypatch, step):
    path = tmp_path / "table.csv"
    path.write_bytes(b"old")

    def fail(*args, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(OSError) as refused:
        written(path, b"new")
    assert path.read_bytes() == b"old" and os.listdir(tmp_path) == ["table.csv"]
    assert (refused.value.errno, refused.value.filename) == (28, str(path))


def test_a_link_is_followed_and_stays_a_link(tmp_path):
    target, link = tmp_path / "there" / "table.csv", tmp_path / "link.csv"
    target.parent.mkdir()
    link.symlink_to(target)
    written(link, b"new")
    assert target.read_bytes() == b"new" and link.is_symlink() and os.listdir(target.parent) == ["table.csv"]


@pytest.mark.parametrize("place", ["in the way/table.csv", "folder"])
def test_a_place_where_no_file_can_be_is_refused_by_name_before_anything_is_written(tmp_path, place):
    (tmp_path / "in the way").write_bytes(b"a file")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError) as refused:
        Unfinished(tmp_path / place)
    assert refused.value.filename == str(tmp_path / place)
    assert sorted(os.listdir(tmp_path)) == ["folder", "in the way"] and not os.listdir(tmp_path / "folder")


def test_of_two_that_write_the_same_file_the_last_to_finish_stays(tmp_path):
    path = tmp_path / "table.csv"
    with Unfinished(path) as one, Unfinished(path) as other:
        one.stream.write(b"one")
        other.stream.write(b"other")
        other.finish()
        one.finish()
    assert path.read_bytes() == b"one" and os.listdir(tmp_path) == ["table.csv"]


@pytest.mark.parametrize("bad", [0, 1])
def test_of_files_that_belong_together_none_is_written_if_one_cannot_be(tmp_path, bad):
    (tmp_path / "in the way").write_bytes(b"a file")
    (tmp_path / "old.csv").write_bytes(b"old")
    paths = [tmp_path / "old.csv", tmp_path / "new.csv"]
    paths.insert(bad, tmp_path / "in the way" / "rejects.csv")
    with pytest.raises(OSError), ExitStack() as stack:
        for unfinished in [stack.enter_context(Unfinished(path)) for path in paths]:
            unfinished.stream.write(b"content")
            unfinished.finish()
    assert sorted(os.listdir(tmp_path)) == ["in the way", "old.csv"]
    assert (tmp_path / "old.csv").read_bytes() == b"old"
