"""Versions of the model: immutable folders, one of them in production."""

import hashlib
import io
import json
import os
import pickle
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import sklearn

from churn_core import files
from churn_core.data.cleaning.table import clean
from churn_core.data.synthetic import generate
from churn_core.errors import ModelError
from churn_core.model import pickles
from churn_core.model import registry as registry_module
from churn_core.model.candidates import build
from churn_core.model.registry import METADATA, MODEL, OUT_OF_FOLD, PRODUCTION, SELF_TEST, Registry
from churn_core.schema.telco import TELCO

HELD_OUT = np.array([0.25, 1 / 3, 0.75])
CHECKED = (MODEL, OUT_OF_FOLD, SELF_TEST)  # the files that have a hash
CHECKOUT = Path(__file__).resolve().parents[2]
PATIENCE = 120  # seconds until another process that does not end fails the test; never waited for otherwise


def metadata(name: str = "toy", **more) -> dict:
    return {"name": name, "packages": {"scikit-learn": sklearn.__version__}, **more}


@pytest.fixture(scope="module")
def customers():
    return clean(generate(200, seed=1, schema=TELCO), TELCO)[0]


@pytest.fixture(scope="module")
def model(customers):
    return build("logistic").fit(customers, customers[TELCO.target].to_numpy())


@pytest.fixture(scope="module")
def other_model(customers):
    """One that says other things."""
    return build("logistic_balanced").fit(customers, customers[TELCO.target].to_numpy())


@pytest.fixture
def registry(tmp_path):
    return Registry(tmp_path / "models")


@pytest.fixture
def saved(model):
    def save(registry: Registry, name: str = "toy") -> str:
        return registry.save(model, HELD_OUT, metadata(name), TELCO).model_id

    return save


def listing(registry: Registry) -> dict[str, bytes]:
    """Every file but the lock, which is empty and stays."""
    files = (path for path in registry.folder.rglob("*") if path.is_file() and path.name != ".lock")
    return {path.relative_to(registry.folder).as_posix(): path.read_bytes() for path in files}


def replace_file(registry: Registry, model_id: str, name: str, content: bytes) -> None:
    """Put another file in its place, and its hash into the metadata: what somebody would do who wants it to be used."""
    folder = registry.folder / model_id
    (folder / name).write_bytes(content)
    described = json.loads((folder / METADATA).read_text())
    described["files"][name] = hashlib.sha256(content).hexdigest()
    (folder / METADATA).write_text(json.dumps(described))


class Touch:
    """Unpickled, it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


# Saving and loading


def test_an_empty_registry_has_no_versions_and_reading_makes_no_folder(registry):
    assert registry.versions() == [] and registry.production_id() is None
    assert not registry.folder.exists()


def test_what_is_saved_is_what_is_loaded(registry, model, customers):
    version = registry.save(model, HELD_OUT, metadata(note="kept"), TELCO)
    loaded = registry.load(version.model_id)
    assert loaded.model is not model and loaded.metadata == version.metadata
    assert loaded.model.predict_proba(customers).tobytes() == model.predict_proba(customers).tobytes()
    assert loaded.out_of_fold.tobytes() == HELD_OUT.tobytes()
    assert loaded.metadata["note"] == "kept" and loaded.metadata["model_id"] == loaded.model_id


def test_an_id_tells_the_time_and_the_name_and_no_two_are_the_same(registry, saved):
    ids = [saved(registry) for _ in range(5)]
    assert len(set(ids)) == 5
    assert all(model_id.split("-")[2] == "toy" and model_id[:8].isdigit() for model_id in ids)


def test_versions_are_listed_newest_first(registry, saved):
    ids = [saved(registry) for _ in range(3)]
    assert [v["model_id"] for v in registry.versions()] == sorted(ids, reverse=True)


def test_a_saved_version_never_changes(registry, saved):
    first = saved(registry)
    before = {name: content for name, content in listing(registry).items() if name.startswith(first)}
    registry.promote(saved(registry))
    registry.rollback()
    after = {name: content for name, content in listing(registry).items() if name.startswith(first)}
    assert after == before and len(before) == 4


# Production


def test_the_first_version_is_promoted_and_the_next_is_not(registry, saved):
    first, _ = saved(registry), saved(registry)
    assert registry.production_id() == first


def test_rollback_passes_over_a_version_that_was_damaged_since(registry, saved):
    one, two, three = saved(registry), saved(registry), saved(registry)
    registry.promote(two)
    registry.promote(three)
    (registry.folder / two / MODEL).write_bytes(b"damaged")
    assert [registry.rollback(), registry.production_id()] == [one, one]


def test_rollback_undoes_promotions_one_by_one(registry, saved):
    one, two, three = saved(registry), saved(registry), saved(registry)
    registry.promote(two)
    registry.promote(three)
    assert [registry.rollback(), registry.production_id()] == [two, two]
    assert [registry.rollback(), registry.production_id()] == [one, one]
    with pytest.raises(ModelError, match="no earlier version"):
        registry.rollback()
    assert registry.production_id() == one


def test_promoting_what_is_in_production_changes_nothing(registry, saved):
    first = saved(registry)
    before = listing(registry)
    registry.promote(first)
    assert listing(registry) == before


def test_a_version_that_cannot_be_loaded_cannot_be_promoted(registry, saved):
    first, second = saved(registry), saved(registry)
    (registry.folder / second / MODEL).write_bytes(b"damaged")
    with pytest.raises(ModelError, match="damaged"):
        registry.promote(second)
    assert registry.production_id() == first


DAMAGED_POINTERS = [
    b"",
    b"{",
    b"[]",
    b"{}",
    b'{"production": "x"}',
    b'{"production": 5, "before": []}',
    b'{"production": null, "before": [5]}',
    b'"text"',
    b"\xff\xfe",
]


@pytest.mark.parametrize("content", DAMAGED_POINTERS)
def test_a_damaged_pointer_is_named_with_the_mend(registry, saved, content):
    saved(registry)
    (registry.folder / PRODUCTION).write_bytes(content)
    with pytest.raises(ModelError, match=f"{PRODUCTION} is damaged. Promote a version"):
        registry.production_id()


# Nothing is unpickled that is not what was saved


@pytest.fixture
def forbid_unpickling(monkeypatch):
    """To be called when everything is saved: the first version is loaded once, to be promoted."""

    def refuse(*args, **options):
        raise AssertionError("a file was unpickled before it was checked")

    return lambda: monkeypatch.setattr(pickles, "loads", refuse)


@pytest.mark.parametrize("name", CHECKED)
@pytest.mark.parametrize("damage", ["flipped", "cut", "longer", "missing"])
def test_a_file_that_is_not_the_one_saved_is_refused_before_it_is_unpickled(registry, saved, forbid_unpickling, name, damage):
    model_id = saved(registry)
    forbid_unpickling()
    path = registry.folder / model_id / name
    content = path.read_bytes()
    half = len(content) // 2
    if damage == "missing":
        path.unlink()
    else:
        flipped = content[:half] + bytes([content[half] ^ 1]) + content[half + 1 :]
        path.write_bytes({"flipped": flipped, "cut": content[:-1], "longer": content + b"\0"}[damage])
    with pytest.raises(ModelError, match=f"{model_id}/{name} .*python -m churn_core train"):
        registry.load(model_id)


def test_a_version_of_another_scikit_learn_is_refused_before_it_is_unpickled(registry, saved, forbid_unpickling):
    model_id = saved(registry)
    forbid_unpickling()
    path = registry.folder / model_id / METADATA
    path.write_text(path.read_text().replace(sklearn.__version__, "0.24.2"))
    with pytest.raises(ModelError, match=f"made with scikit-learn 0.24.2, this is {sklearn.__version__}"):
        registry.load(model_id)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"model_id": "x", "packages": {}, "files": {}}'])
def test_a_version_whose_metadata_are_damaged_is_refused_and_not_listed(registry, saved, forbid_unpickling, content):
    whole, broken = saved(registry), saved(registry)
    forbid_unpickling()
    (registry.folder / broken / METADATA).write_bytes(content)
    with pytest.raises(ModelError, match=f"{broken}/{METADATA} is missing or damaged"):
        registry.load(broken)
    assert [v["model_id"] for v in registry.versions()] == [whole]


def test_a_version_that_is_not_there_is_named_with_the_mend(registry):
    with pytest.raises(ModelError, match="There is no version 'none'. List them: python -m churn_core models"):
        registry.load("none")


@pytest.mark.parametrize("way_out", ["..", ".", "", "../outside", "{id}/../../outside", "{id}/", "/etc", "{outside}"])
def test_an_id_cannot_lead_out_of_the_registry(registry, saved, forbid_unpickling, tmp_path, way_out):
    """Whole versions lie outside, beside the registry and in the folder above it: none of them may be reached."""
    model_id = saved(registry)
    forbid_unpickling()
    outside = shutil.copytree(registry.folder / model_id, tmp_path / "outside")
    for file in outside.iterdir():
        shutil.copy(file, tmp_path / file.name)
    for attempt in (registry.load, registry.promote):
        with pytest.raises(ModelError, match="There is no version"):
            attempt(way_out.format(id=model_id, outside=outside))


# Whole or not at all


def test_an_unfinished_version_is_neither_listed_nor_loaded_nor_promoted(registry, saved):
    model_id = saved(registry)
    unfinished = shutil.copytree(registry.folder / model_id, registry.folder / ".unfinished-abc")
    assert [v["model_id"] for v in registry.versions()] == [model_id]
    for attempt in (registry.load, registry.promote):
        with pytest.raises(ModelError, match="There is no version"):
            attempt(unfinished.name)


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


def test_the_metadata_name_the_hash_of_every_other_file(registry, saved):
    model_id = saved(registry)
    files = json.loads((registry.folder / model_id / METADATA).read_text())["files"]
    assert set(files) == {path.name for path in (registry.folder / model_id).iterdir()} - {METADATA} == set(CHECKED)
    for name, digest in files.items():
        assert digest == hashlib.sha256((registry.folder / model_id / name).read_bytes()).hexdigest()


def test_what_was_abandoned_goes_at_the_next_save_and_what_is_young_stays(registry, saved):
    saved(registry)
    old, young = registry.folder / ".unfinished-old", registry.folder / ".unfinished-young"
    for folder in (old, young):
        folder.mkdir()
        (folder / MODEL).write_bytes(b"half")
    long_ago = time.time() - registry_module._ABANDONED - 60
    os.utime(old, (long_ago, long_ago))
    Registry(registry.folder).versions()
    assert old.exists() and young.exists()  # reading removes nothing
    saved(registry)
    assert not old.exists() and (young / MODEL).read_bytes() == b"half"


def test_a_pointer_that_was_being_written_when_its_process_was_killed_goes_too(registry, saved):
    saved(registry)
    unfinished = registry.folder / ".unfinished-pointer"
    unfinished.write_bytes(b"{")
    long_ago = time.time() - registry_module._ABANDONED - 60
    os.utime(unfinished, (long_ago, long_ago))
    saved(registry)
    assert not unfinished.exists()


# The self-test


def test_the_self_test_is_of_generated_customers_and_of_what_the_model_says_of_them(registry, saved, model):
    tested = json.loads((registry.folder / saved(registry) / SELF_TEST).read_text())
    assert all(customer["customerID"].startswith("GENERATED-") for customer in tested["customers"])
    assert not any(TELCO.target in customer for customer in tested["customers"])
    raw = generate(len(tested["customers"]), 0, TELCO).drop(columns=TELCO.target)
    assert tested["churn_probability"] == model.predict_proba(clean(raw, TELCO)[0])[:, 1].tolist()


@pytest.mark.parametrize("apart", [1e-9, 0.01, float("nan")])
def test_a_version_that_gives_other_probabilities_than_where_it_was_made_is_refused(registry, saved, apart):
    model_id = saved(registry)
    tested = json.loads((registry.folder / model_id / SELF_TEST).read_text())
    tested["churn_probability"][7] += apart
    replace_file(registry, model_id, SELF_TEST, json.dumps(tested).encode())
    with pytest.raises(ModelError, match=f"{model_id} gives other probabilities here than where it was made .*churn_core train"):
        registry.load(model_id)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"customers": [], "churn_probability": []}', b"\xff"])
def test_a_version_whose_self_test_says_nothing_is_refused(registry, saved, content):
    model_id = saved(registry)
    replace_file(registry, model_id, SELF_TEST, content)
    with pytest.raises(ModelError, match="gives other probabilities"):
        registry.load(model_id)


def test_another_model_in_its_place_is_refused_though_its_hash_is_right(registry, saved, other_model):
    model_id = saved(registry)
    replace_file(registry, model_id, MODEL, pickles.dumps(other_model))
    with pytest.raises(ModelError, match="gives other probabilities"):
        registry.load(model_id)


def test_what_is_no_model_is_refused_though_its_hash_is_right(registry, saved):
    model_id = saved(registry)
    replace_file(registry, model_id, MODEL, pickle.dumps({"answer": 42}))
    with pytest.raises(ModelError):
        registry.load(model_id)


# Nothing foreign runs, whatever hash it has


def test_a_foreign_model_does_not_run_though_its_hash_is_right(registry, saved, tmp_path):
    model_id = saved(registry)
    replace_file(registry, model_id, MODEL, pickle.dumps(Touch(tmp_path / "ran")))
    for attempt in (registry.load, registry.promote):
        with pytest.raises(
            ModelError, match=f"{model_id}/{MODEL} is no model of this program. It holds .*mkdir.*churn_core train"
        ):
            attempt(model_id)
    assert registry.in_use()[0] is None
    assert not (tmp_path / "ran").exists()


def as_npy(array) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=True)
    return buffer.getvalue()


@pytest.mark.parametrize("what", ["objects", "no array", "cut off"])
def test_foreign_probabilities_are_refused_and_do_not_run_though_their_hash_is_right(registry, saved, tmp_path, what):
    model_id = saved(registry)
    objects = as_npy(np.array([Touch(tmp_path / "ran")], dtype=object))
    replace_file(
        registry, model_id, OUT_OF_FOLD, {"objects": objects, "no array": b"text", "cut off": as_npy(HELD_OUT)[:-9]}[what]
    )
    with pytest.raises(ModelError, match=f"{model_id}/{OUT_OF_FOLD}"):
        registry.load(model_id)
    assert not (tmp_path / "ran").exists()


def test_the_metadata_of_another_version_are_refused(registry, saved):
    one, two = saved(registry), saved(registry)
    shutil.copy(registry.folder / two / METADATA, registry.folder / one / METADATA)
    with pytest.raises(ModelError, match=f"{one}/{METADATA} is missing or damaged"):
        registry.load(one)
    assert [v["model_id"] for v in registry.versions()] == [two]


def test_a_copy_of_a_version_under_another_name_is_refused(registry, saved):
    one = saved(registry)
    shutil.copytree(registry.folder / one, registry.folder / "copy")
    with pytest.raises(ModelError, match="copy/metadata.json is missing or damaged"):
        registry.load("copy")
    assert [v["model_id"] for v in registry.versions()] == [one]


# What is in use


def damage(registry: Registry, model_id: str, name: str = MODEL) -> None:
    (registry.folder / model_id / name).write_bytes(b"damaged")


@pytest.fixture
def three(registry, saved):
    """Three versions, each in production once, the last still."""
    ids = [saved(registry) for _ in range(3)]
    for model_id in ids[1:]:
        registry.promote(model_id)
    return ids


def test_what_is_in_use_is_what_is_in_production(registry, three):
    version, why = registry.in_use()
    assert (version.model_id, why) == (three[-1], "")


@pytest.mark.parametrize("name", [*CHECKED, METADATA])
def test_where_it_is_damaged_the_version_before_it_is_in_use_and_a_sentence_names_the_file(registry, three, name):
    damage(registry, three[2], name)
    before = listing(registry)
    version, why = registry.in_use()
    assert version.model_id == three[1]
    assert f"{three[2]}/{name}" in why and f"The version before it, {three[1]}, is in use." in why
    assert why.count("python -m churn_core train") == 1
    assert listing(registry) == before  # nothing is mended behind people's backs


def test_the_last_good_one_of_all_is_in_use_and_the_sentence_names_the_one_in_production(registry, three):
    damage(registry, three[2])
    shutil.rmtree(registry.folder / three[1])
    version, why = registry.in_use()
    assert version.model_id == three[0] and three[2] in why and f"{three[0]}, is in use" in why


def test_a_version_that_never_was_in_production_is_never_used(registry, saved):
    first, _ = saved(registry), saved(registry)
    damage(registry, first)
    version, why = registry.in_use()
    assert version is None and f"{first}/{MODEL} is damaged" in why


def test_where_nothing_can_be_used_nothing_is_and_the_sentence_says_why(registry, three):
    for model_id in three:
        damage(registry, model_id)
    version, why = registry.in_use()
    assert version is None and f"{three[2]}/{MODEL} is damaged" in why


def test_of_an_empty_registry_nothing_is_in_use_and_there_is_nothing_to_say(registry):
    assert registry.in_use() == (None, "") and not registry.folder.exists()


@pytest.mark.parametrize("content", DAMAGED_POINTERS)
def test_with_a_damaged_pointer_nothing_is_in_use_and_promoting_mends_it(registry, three, content):
    (registry.folder / PRODUCTION).write_bytes(content)
    version, why = registry.in_use()
    assert version is None and why.startswith(f"{PRODUCTION} is damaged")
    registry.promote(three[1])
    assert registry.in_use()[0].model_id == three[1]


# Who followed whom


def test_the_history_tells_what_was_first_promoted_and_rolled_back_in_order(registry, saved):
    assert registry.history() == []
    one, two = saved(registry), saved(registry)
    registry.promote(two)
    registry.promote(two)  # already is
    registry.rollback()
    registry.promote(two)
    assert [(line["model_id"], line["what"]) for line in registry.history()] == [
        (one, "first"),
        (two, "promoted"),
        (one, "rolled back"),
        (two, "promoted"),
    ]
    at = [line["at"] for line in registry.history()]
    assert at == sorted(at) and all(time.endswith("+00:00") for time in at)


def test_a_pointer_written_before_there_was_a_history_goes_on(registry, saved):
    one, two = saved(registry), saved(registry)
    (registry.folder / PRODUCTION).write_text(json.dumps({"production": one, "before": []}))
    assert registry.history() == [] and registry.in_use()[0].model_id == one
    registry.promote(two)
    assert [line["what"] for line in registry.history()] == ["promoted"] and registry.rollback() == one


def test_a_refused_promotion_or_rollback_leaves_no_trace(registry, three):
    damage(registry, three[1])
    before = listing(registry)
    with pytest.raises(ModelError):
        registry.promote(three[1])
    assert listing(registry) == before
    damage(registry, three[0])
    before = listing(registry)
    with pytest.raises(ModelError, match="no earlier version"):
        registry.rollback()
    assert listing(registry) == before


def test_while_another_process_changes_it_promoting_waits_and_then_says_so(registry, three, monkeypatch):
    monkeypatch.setattr(registry_module, "_PATIENCE", 0.01)
    with Registry(registry.folder)._changing(), pytest.raises(ModelError, match="Another process is changing"):
        registry.promote(three[0])
    registry.promote(three[0])
    assert registry.production_id() == three[0]


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


@needs_fork
def test_a_process_that_is_killed_at_any_single_write_leaves_whole_versions_and_a_whole_pointer(registry):
    """Killed before the first write, before the second, until one gets through: no mending code of its own runs."""
    writes = said(started(registry.folder, AT_EACH_WRITE))
    assert writes > 10
    all_is_well(registry)
    assert registry.production_id() is not None


@needs_fork
def test_a_process_that_is_killed_at_any_moment_leaves_whole_versions_and_a_whole_pointer(registry):
    versions = said(started(registry.folder, AT_ANY_MOMENT))
    assert versions == len(all_is_well(registry)) > 1


def test_two_processes_that_save_and_promote_at_once_lose_nothing(registry):
    ids = [said(process) for process in [started(registry.folder, SIDE_BY_SIDE) for _ in range(2)]]
    everything = [*ids[0], *ids[1]]
    assert sorted(all_is_well(registry)) == sorted(everything)
    followed = [line["model_id"] for line in registry.history()]
    assert sorted(followed) == sorted(everything)  # each was promoted once, the very first as the first
    for of_one in ids:
        assert [model_id for model_id in followed if model_id in of_one] == of_one
    assert registry.production_id() == followed[-1]
