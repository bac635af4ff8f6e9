"""Versions of the model: immutable folders, one of them in production."""

import json
import os
import shutil

import joblib
import numpy as np
import pytest
import sklearn

from churn_core.errors import ModelError
from churn_core.model import registry as registry_module
from churn_core.model.registry import METADATA, MODEL, OUT_OF_FOLD, PRODUCTION, Registry

HELD_OUT = np.array([0.25, 1 / 3, 0.75])


def metadata(name: str = "toy", **more) -> dict:
    return {"name": name, "packages": {"scikit-learn": sklearn.__version__}, **more}


@pytest.fixture
def registry(tmp_path):
    return Registry(tmp_path / "models")


def saved(registry: Registry, name: str = "toy") -> str:
    return registry.save({"answer": name}, HELD_OUT, metadata(name)).model_id


def listing(registry: Registry) -> dict[str, bytes]:
    files = (path for path in registry.folder.rglob("*") if path.is_file())
    return {path.relative_to(registry.folder).as_posix(): path.read_bytes() for path in files}


# Saving and loading


def test_an_empty_registry_has_no_versions_and_reading_makes_no_folder(registry):
    assert registry.versions() == [] and registry.production_id() is None
    assert not registry.folder.exists()


def test_what_is_saved_is_what_is_loaded(registry):
    version = registry.save({"answer": 42}, HELD_OUT, metadata(note="kept"))
    loaded = registry.load(version.model_id)
    assert loaded.model == {"answer": 42} and loaded.metadata == version.metadata
    assert loaded.out_of_fold.tobytes() == HELD_OUT.tobytes()
    assert loaded.metadata["note"] == "kept" and loaded.metadata["model_id"] == loaded.model_id


def test_an_id_tells_the_time_and_the_name_and_no_two_are_the_same(registry):
    ids = [saved(registry) for _ in range(5)]
    assert len(set(ids)) == 5
    assert all(model_id.split("-")[2] == "toy" and model_id[:8].isdigit() for model_id in ids)


def test_versions_are_listed_newest_first(registry):
    ids = [saved(registry) for _ in range(3)]
    assert [v["model_id"] for v in registry.versions()] == sorted(ids, reverse=True)


def test_a_saved_version_never_changes(registry):
    first = saved(registry)
    before = {name: content for name, content in listing(registry).items() if name.startswith(first)}
    registry.promote(saved(registry))
    registry.rollback()
    after = {name: content for name, content in listing(registry).items() if name.startswith(first)}
    assert after == before and len(before) == 3


# Production


def test_the_first_version_is_promoted_and_the_next_is_not(registry):
    first, _ = saved(registry), saved(registry)
    assert registry.production_id() == first


def test_rollback_passes_over_a_version_that_was_damaged_since(registry):
    one, two, three = saved(registry), saved(registry), saved(registry)
    registry.promote(two)
    registry.promote(three)
    (registry.folder / two / MODEL).write_bytes(b"damaged")
    assert [registry.rollback(), registry.production_id()] == [one, one]


def test_rollback_undoes_promotions_one_by_one(registry):
    one, two, three = saved(registry), saved(registry), saved(registry)
    registry.promote(two)
    registry.promote(three)
    assert [registry.rollback(), registry.production_id()] == [two, two]
    assert [registry.rollback(), registry.production_id()] == [one, one]
    with pytest.raises(ModelError, match="no earlier version"):
        registry.rollback()
    assert registry.production_id() == one


def test_promoting_what_is_in_production_changes_nothing(registry):
    first = saved(registry)
    before = listing(registry)
    registry.promote(first)
    assert listing(registry) == before


def test_a_version_that_cannot_be_loaded_cannot_be_promoted(registry):
    first, second = saved(registry), saved(registry)
    (registry.folder / second / MODEL).write_bytes(b"damaged")
    with pytest.raises(ModelError, match="damaged"):
        registry.promote(second)
    assert registry.production_id() == first


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"production": "x"}', b'"text"', b"\xff\xfe"])
def test_a_damaged_pointer_is_named_with_the_mend(registry, content):
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

    return lambda: monkeypatch.setattr(joblib, "load", refuse)


@pytest.mark.parametrize("name", [MODEL, OUT_OF_FOLD])
@pytest.mark.parametrize("damage", ["flipped", "cut", "longer", "missing"])
def test_a_file_that_is_not_the_one_saved_is_refused_before_it_is_unpickled(registry, forbid_unpickling, name, damage):
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


def test_a_version_of_another_scikit_learn_is_refused_before_it_is_unpickled(registry, forbid_unpickling):
    model_id = saved(registry)
    forbid_unpickling()
    path = registry.folder / model_id / METADATA
    path.write_text(path.read_text().replace(sklearn.__version__, "0.24.2"))
    with pytest.raises(ModelError, match=f"made with scikit-learn 0.24.2, this is {sklearn.__version__}"):
        registry.load(model_id)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"model_id": "x", "packages": {}, "files": {}}'])
def test_a_version_whose_metadata_are_damaged_is_refused_and_not_listed(registry, forbid_unpickling, content):
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
def test_an_id_cannot_lead_out_of_the_registry(registry, forbid_unpickling, tmp_path, way_out):
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


def test_an_unfinished_version_is_neither_listed_nor_loaded_nor_promoted(registry):
    model_id = saved(registry)
    unfinished = shutil.copytree(registry.folder / model_id, registry.folder / ".unfinished-abc")
    assert [v["model_id"] for v in registry.versions()] == [model_id]
    for attempt in (registry.load, registry.promote):
        with pytest.raises(ModelError, match="There is no version"):
            attempt(unfinished.name)


@pytest.mark.parametrize("written_before", [0, 1, 2, 3])
def test_a_save_that_fails_at_any_step_leaves_nothing(registry, monkeypatch, written_before):
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


def test_the_metadata_name_the_hash_of_every_other_file(registry):
    model_id = saved(registry)
    files = json.loads((registry.folder / model_id / METADATA).read_text())["files"]
    assert set(files) == {path.name for path in (registry.folder / model_id).iterdir()} - {METADATA}
