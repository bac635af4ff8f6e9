"""Versions of the model: saved, loaded, promoted, rolled back, and who followed whom."""

import json
import shutil
from dataclasses import replace

import pytest

from churn_core.errors import ModelError
from churn_core.model import registry as registry_module
from churn_core.model.registry import EQUATION, METADATA, PRODUCTION, Registry
from churn_core.schema.telco import TELCO
from tests.model.versions import HELD_OUT, both_kinds, checked, damage, listing, metadata

# Saving and loading


def test_an_empty_registry_has_no_versions_and_reading_makes_no_folder(registry):
    assert registry.versions() == [] and registry.production_id() is None
    assert not registry.folder.exists()


@both_kinds
def test_what_is_saved_is_what_is_loaded(registry, model, some_customers):
    version = registry.save(model, HELD_OUT, metadata(note="kept"), TELCO)
    loaded = registry.load(version.model_id)
    assert loaded.model is not model and loaded.metadata == version.metadata
    assert loaded.model.predict_proba(some_customers).tobytes() == model.predict_proba(some_customers).tobytes()
    assert loaded.out_of_fold.tobytes() == HELD_OUT.tobytes()
    assert loaded.metadata["note"] == "kept" and loaded.metadata["model_id"] == loaded.model_id


def test_an_id_tells_the_time_and_the_name_and_no_two_are_the_same(registry, saved):
    ids = [saved(registry) for _ in range(5)]
    assert len(set(ids)) == 5
    assert all(model_id.split("-")[2] == "toy" and model_id[:8].isdigit() for model_id in ids)


def test_versions_are_listed_newest_first(registry, saved):
    ids = [saved(registry) for _ in range(3)]
    assert [v["model_id"] for v in registry.versions()] == sorted(ids, reverse=True)


@both_kinds
def test_a_saved_version_never_changes(registry, saved):
    first = saved(registry)
    before = {name: content for name, content in listing(registry).items() if name.startswith(first)}
    registry.promote(saved(registry))
    registry.rollback()
    after = {name: content for name, content in listing(registry).items() if name.startswith(first)}
    assert after == before and len(before) == 4


# What is kept with a version

ATTACHED = {"reference.json": b'{"customers": 3}', "notes": b""}


@both_kinds
def test_what_is_attached_to_a_version_is_kept_with_it(registry, model):
    version = registry.save(model, HELD_OUT, metadata(), TELCO, attachments=ATTACHED)
    for each in (version, registry.load(version.model_id)):
        assert {name: each.attachment(name) for name in ATTACHED} == ATTACHED
        assert each.attachment("another.json") is None
    assert set(ATTACHED) < set(version.metadata["files"])


@pytest.mark.parametrize("damage", ["changed", "missing"])
def test_a_version_whose_attachment_is_not_the_one_saved_is_refused(registry, model, damage):
    model_id = registry.save(model, HELD_OUT, metadata(), TELCO, attachments=ATTACHED).model_id
    path = registry.folder / model_id / "reference.json"
    path.write_bytes(b"{}") if damage == "changed" else path.unlink()
    with pytest.raises(ModelError, match=f"{model_id}/reference.json .*python -m churn_core train"):
        registry.load(model_id)


@pytest.mark.parametrize(
    "name", ["", "..", "../x", "a/b", "/etc/x", ".hidden", "UPPER.json", METADATA, *checked("equation"), *checked("pickle")]
)
def test_an_attachment_takes_the_name_of_no_other_file_and_leads_nowhere(registry, model, name):
    with pytest.raises(ModelError, match="An attachment cannot be called"):
        registry.save(model, HELD_OUT, metadata(), TELCO, attachments={name: b""})
    assert not registry.folder.exists()


def test_a_version_carries_its_schema_which_is_one_object_in_a_process(registry, model):
    other = replace(TELCO, name="Another company")
    ours, theirs = (registry.save(model, HELD_OUT, metadata(), schema).model_id for schema in (TELCO, other))
    assert registry.load(ours).schema is TELCO and registry.load(theirs).schema is other
    assert registry.load(theirs).metadata["schema"]["name"] == "Another company"


@pytest.mark.parametrize("schema", [{}, {"format": 99}, None, [], {"format": 1, "name": "x", "columns": [{"name": "a"}]}])
def test_a_version_whose_schema_cannot_be_read_is_refused_with_what_is_wrong(registry, saved, schema):
    model_id = saved(registry)
    path = registry.folder / model_id / METADATA
    path.write_text(json.dumps(json.loads(path.read_text()) | {"schema": schema}))
    with pytest.raises(ModelError, match=f"{model_id}/{METADATA} is damaged. .*schema.*churn_core train"):
        registry.load(model_id)


# Production


def test_the_first_version_is_promoted_and_the_next_is_not(registry, saved):
    first, _ = saved(registry), saved(registry)
    assert registry.production_id() == first


def test_rollback_passes_over_a_version_that_was_damaged_since(registry, saved):
    one, two, three = saved(registry), saved(registry), saved(registry)
    registry.promote(two)
    registry.promote(three)
    (registry.folder / two / EQUATION).write_bytes(b"damaged")
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


def test_what_a_version_replaced_is_known_while_it_is_in_production(registry, three):
    one, two, three_ = three
    replaced = {model_id: registry.replaced(model_id) for model_id in three}
    assert replaced == {one: None, two: None, three_: two} and registry.production_id() == three_
    registry.rollback()
    assert {model_id: registry.replaced(model_id) for model_id in three} == {one: None, two: one, three_: None}


def test_promoting_what_is_in_production_changes_nothing(registry, saved):
    first = saved(registry)
    before = listing(registry)
    registry.promote(first)
    assert listing(registry) == before


def test_a_version_that_cannot_be_loaded_cannot_be_promoted(registry, saved):
    first, second = saved(registry), saved(registry)
    (registry.folder / second / EQUATION).write_bytes(b"damaged")
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


# What is in use


def test_what_is_in_use_is_what_is_in_production(registry, three):
    version, why = registry.in_use()
    assert (version.model_id, why) == (three[-1], "")


@pytest.mark.parametrize("name", [*checked("equation"), METADATA])
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
    assert version is None and f"{first}/{EQUATION} is damaged" in why


def test_where_nothing_can_be_used_nothing_is_and_the_sentence_says_why(registry, three):
    for model_id in three:
        damage(registry, model_id)
    version, why = registry.in_use()
    assert version is None and f"{three[2]}/{EQUATION} is damaged" in why


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
