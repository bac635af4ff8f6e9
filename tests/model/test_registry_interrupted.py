"""A version is whole or not there, whoever fails or is killed at whatever moment."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from churn_core import files
from churn_core.errors import ModelError
from churn_core.model import registry as registry_module
from churn_core.model.registry import METADATA, Registry
from churn_core.schema.telco import TELCO
from tests.model.versions import HELD_OUT, Touch, both_kinds, checked, listing, metadata

CHECKOUT = Path(__file__).resolve().parents[2]
PATIENCE = 120  # seconds until another process that does not end fails the test; never waited for otherwise

# Whole or not at all


def test_an_unfinished_version_is_neither_listed_nor_loaded_nor_promoted(registry, saved):
    model_id = saved(registry)
    unfinished = shutil.copytree(registry.folder / model_id, registry.folder / ".unfinished-abc")
    assert [v["model_id"] for v in registry.versions()] == [model_id]
    for attempt in (registry.load, registry.promote):
        with pytest.raises(ModelError, match="There is no version"):
            attempt(unfinished.name)


@both_kinds
@pytest.mark.parametrize("written_before", range(5))
def test_a_save_that_fails_at_any_step_leaves_nothing(registry, saved, monkeypatch, written_before):
    """The four files, and the rename that makes them a version."""
    saved(registry)
    before, folders = listing(registry), sorted(os.listdir(registry.folder))
    steps, write_whole, rename = iter(range(99)), registry_module.write_whole, os.rename

    def failing(write):
        def step(*args):
            if next(steps) == written_before:
                raise OSError(28, "No space left on device")
            return write(*args)

        return step

    monkeypatch.setattr(registry_module, "write_whole", failing(write_whole))
    monkeypatch.setattr(os, "rename", failing(rename))
    with pytest.raises(OSError, match="No space left"):
        saved(registry)
    assert listing(registry) == before and sorted(os.listdir(registry.folder)) == folders


def test_a_model_that_could_not_be_loaded_again_is_not_saved(registry):
    with pytest.raises(ModelError, match="which no model is made of"):
        registry.save(Touch(registry.folder / "ran"), HELD_OUT, metadata(), TELCO)
    assert not registry.folder.exists()


@both_kinds
def test_the_metadata_name_the_hash_of_every_other_file(registry, saved, kind):
    model_id = saved(registry)
    files = json.loads((registry.folder / model_id / METADATA).read_text())["files"]
    assert set(files) == {path.name for path in (registry.folder / model_id).iterdir()} - {METADATA} == set(checked(kind))
    for name, digest in files.items():
        assert digest == hashlib.sha256((registry.folder / model_id / name).read_bytes()).hexdigest()


def test_what_was_abandoned_goes_at_the_next_save_and_what_is_young_stays(registry, saved):
    saved(registry)
    old, young = registry.folder / ".unfinished-old", registry.folder / ".unfinished-young"
    for folder in (old, young):
        folder.mkdir()
        (folder / "equation.json").write_bytes(b"half")
    long_ago = time.time() - registry_module._ABANDONED - 60
    os.utime(old, (long_ago, long_ago))
    Registry(registry.folder).versions()
    assert old.exists() and young.exists()  # reading removes nothing
    saved(registry)
    assert not old.exists() and (young / "equation.json").read_bytes() == b"half"


def test_a_pointer_that_was_being_written_when_its_process_was_killed_goes_too(registry, saved):
    saved(registry)
    unfinished = registry.folder / ".unfinished-pointer"
    unfinished.write_bytes(b"{")
    long_ago = time.time() - registry_module._ABANDONED - 60
    os.utime(unfinished, (long_ago, long_ago))
    saved(registry)
    assert not unfinished.exists()


# Interrupted at any moment


def all_is_well(registry: Registry) -> list[str]:
    """Every version that is listed loads, the pointer can be read, and it points to one of them; their ids."""
    ids = [version["model_id"] for version in registry.versions()]
    for model_id in ids:
        registry.load(model_id)
    assert registry.production_id() in (None, *ids)
    assert all(line["model_id"] in ids for line in registry.history())
    return ids


def test_a_failure_at_any_single_write_leaves_whole_versions_and_a_whole_pointer(registry, saved, monkeypatch):
    """Saving, promoting and rolling back, failing at the first write, at the second, until it succeeds."""
    writes = [(files.os, name) for name in ("replace", "rename", "fsync")]
    calls, fails_at = 0, 0

    def failing(write):
        def step(*args, **options):
            nonlocal calls
            calls += 1
            if calls == fails_at:
                raise OSError(5, "Input/output error")
            return write(*args, **options)

        return step

    for module, name in writes:
        monkeypatch.setattr(module, name, failing(getattr(module, name)))
    while True:
        calls, fails_at, before = 0, fails_at + 1, len(registry.versions()) if registry.folder.exists() else 0
        try:
            registry.promote(saved(registry))
            registry.rollback()
        except OSError:
            now = all_is_well(registry)
            assert before <= len(now) <= before + 1
        except ModelError as error:
            assert "no earlier version" in str(error)  # the first save of all was promoted at once
        else:
            break
    assert fails_at > 10 and len(all_is_well(registry)) >= 1
    assert not list(registry.folder.glob(".unfinished-*"))


SCRIPT = """
import json, os, random, signal, sys, time
from pathlib import Path
import numpy as np, sklearn
from churn_core.data.cleaning.table import clean
from churn_core.data.synthetic import generate
from churn_core.model.candidates import build
from churn_core.model.registry import Registry
from churn_core.schema.telco import TELCO

registry = Registry(Path(sys.argv[1]))
customers = clean(generate(200, 1, TELCO), TELCO)[0]
model = build("logistic").fit(customers, customers[TELCO.target].to_numpy())

def saved():
    return registry.save(model, np.zeros(3), {"name": "toy", "packages": {"scikit-learn": sklearn.__version__}}, TELCO).model_id
"""

AT_EACH_WRITE = """
def child(k):
    calls = 0
    def dying(write):
        def step(*args, **options):
            nonlocal calls
            calls += 1
            if calls == k:
                os.kill(os.getpid(), signal.SIGKILL)
            return write(*args, **options)
        return step
    for name in ("replace", "rename", "fsync"):
        setattr(os, name, dying(getattr(os, name)))
    registry.promote(saved())

k, killed = 0, True
while killed:
    k += 1
    pid = os.fork()
    if pid == 0:
        child(k)
        os._exit(0)
    killed = os.WIFSIGNALED(os.waitpid(pid, 0)[1])
    ids = [version["model_id"] for version in registry.versions()]
    for model_id in ids:
        registry.load(model_id)
    assert registry.production_id() in (None, *ids), (k, registry.production_id(), ids)
print(json.dumps(k))
"""

AT_ANY_MOMENT = """
chance = random.Random(0)
for _ in range(8):
    ready, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(tell, b"x")
        while True:
            registry.promote(saved())
    os.read(ready, 1)
    time.sleep(chance.uniform(0, 0.15))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    ids = [version["model_id"] for version in registry.versions()]
    for model_id in ids:
        registry.load(model_id)
    assert registry.production_id() in (None, *ids)
registry.promote(saved())
print(json.dumps(len(registry.versions())))
"""

SIDE_BY_SIDE = """
ids = []
for _ in range(6):
    ids.append(saved())
    registry.promote(ids[-1])
    assert registry.production_id()
print(json.dumps(ids))
"""

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked to be killed")


def started(folder: Path, script: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", SCRIPT + script, folder],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def said(process: subprocess.Popen):
    try:
        out, err = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    assert process.returncode == 0, err
    return json.loads(out)


@pytest.mark.slow
@needs_fork
def test_a_process_that_is_killed_at_any_single_write_leaves_whole_versions_and_a_whole_pointer(registry):
    """Killed before the first write, before the second, until one gets through: no mending code of its own runs."""
    writes = said(started(registry.folder, AT_EACH_WRITE))
    assert writes > 10
    all_is_well(registry)
    assert registry.production_id() is not None


@pytest.mark.slow
@needs_fork
def test_a_process_that_is_killed_at_any_moment_leaves_whole_versions_and_a_whole_pointer(registry):
    versions = said(started(registry.folder, AT_ANY_MOMENT))
    assert versions == len(all_is_well(registry)) > 1


@pytest.mark.slow
def test_two_processes_that_save_and_promote_at_once_lose_nothing(registry):
    ids = [said(process) for process in [started(registry.folder, SIDE_BY_SIDE) for _ in range(2)]]
    everything = [*ids[0], *ids[1]]
    assert sorted(all_is_well(registry)) == sorted(everything)
    followed = [line["model_id"] for line in registry.history()]
    assert sorted(followed) == sorted(everything)  # each was promoted once, the very first as the first
    for of_one in ids:
        assert [model_id for model_id in followed if model_id in of_one] == of_one
    assert registry.production_id() == followed[-1]
