"""What is read from a version is what was saved, does what it did, and nothing foreign runs."""

import io
import json
import pickle
import shutil

import numpy as np
import pytest
import sklearn

from churn_core.data.cleaning.table import clean
from churn_core.data.synthetic import generate
from churn_core.errors import ModelError
from churn_core.model import equation as equations
from churn_core.model import pickles
from churn_core.model.candidates import build
from churn_core.model.registry import EQUATION, METADATA, MODEL, OUT_OF_FOLD, SELF_TEST
from churn_core.schema.telco import TELCO
from tests.model.versions import HELD_OUT, STORED, Touch, both_kinds, checked, remove_file, replace_file

# Nothing is unpickled that is not what was saved


@pytest.fixture
def forbid_unpickling(monkeypatch):
    """To be called when everything is saved: the first version is loaded once, to be promoted."""

    def refuse(*args, **options):
        raise AssertionError("a file was read before it was checked")

    def forbid() -> None:
        monkeypatch.setattr(pickles, "loads", refuse)
        monkeypatch.setattr(equations, "loads", refuse)

    return forbid


@pytest.mark.parametrize("kind, name", [(kind, name) for kind in STORED for name in checked(kind)])
@pytest.mark.parametrize("damage", ["flipped", "cut", "longer", "missing"])
def test_a_file_that_is_not_the_one_saved_is_refused_before_it_is_unpickled(
    registry, saved, forbid_unpickling, kind, name, damage
):
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


@pytest.mark.parametrize("kind", ["pickle"])
def test_a_version_of_another_scikit_learn_is_refused_before_it_is_unpickled(registry, saved, forbid_unpickling):
    model_id = saved(registry)
    forbid_unpickling()
    path = registry.folder / model_id / METADATA
    path.write_text(path.read_text().replace(sklearn.__version__, "0.24.2"))
    with pytest.raises(ModelError, match=f"made with scikit-learn 0.24.2, this is {sklearn.__version__}"):
        registry.load(model_id)


def test_an_equation_is_arithmetic_and_may_come_from_another_scikit_learn(registry, saved, model, some_customers):
    model_id = saved(registry)
    path = registry.folder / model_id / METADATA
    path.write_text(path.read_text().replace(sklearn.__version__, "0.24.2"))
    said = registry.load(model_id).model.churn_probability(some_customers)
    assert said.tobytes() == model.churn_probability(some_customers).tobytes()


UNNAMED = [  # no model among the files, or a file that is none of a version
    b'{"model_id": "{id}", "packages": {"scikit-learn": "1"}, "files": %s}' % files
    for files in (b"{}", b'["model.pickle"]', b'{"out_of_fold.npy": ""}', b'{"model.pickle": "", "../metadata.json": ""}')
]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"model_id": "x", "packages": {}, "files": {}}', *UNNAMED])
def test_a_version_whose_metadata_are_damaged_is_refused_and_not_listed(registry, saved, forbid_unpickling, content):
    whole, broken = saved(registry), saved(registry)
    forbid_unpickling()
    (registry.folder / broken / METADATA).write_bytes(content.replace(b"{id}", broken.encode()))
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


# The self-test


@pytest.fixture(scope="module")
def other_model(some_customers):
    """One that says other things."""
    return build("logistic_balanced").fit(some_customers, some_customers[TELCO.target].to_numpy())


@both_kinds
def test_the_self_test_is_of_generated_customers_and_of_what_the_model_says_of_them(registry, saved, model):
    tested = json.loads((registry.folder / saved(registry) / SELF_TEST).read_text())
    assert all(customer["customerID"].startswith("GENERATED-") for customer in tested["customers"])
    assert not any(TELCO.target in customer for customer in tested["customers"])
    raw = generate(len(tested["customers"]), 0, TELCO).drop(columns=TELCO.target)
    assert tested["churn_probability"] == model.predict_proba(clean(raw, TELCO)[0])[:, 1].tolist()


@both_kinds
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


@both_kinds
def test_another_model_in_its_place_is_refused_though_its_hash_is_right(registry, saved, other_model, kind):
    model_id = saved(registry)
    content = pickles.dumps(other_model) if kind == "pickle" else equations.dumps(other_model.equation)
    replace_file(registry, model_id, STORED[kind], content)
    with pytest.raises(ModelError, match="gives other probabilities"):
        registry.load(model_id)


@pytest.mark.parametrize(
    "kind, content", [("pickle", pickle.dumps({"answer": 42})), ("equation", b'{"answer": 42}'), ("equation", b"\xff")]
)
def test_what_is_no_model_is_refused_though_its_hash_is_right(registry, saved, kind, content):
    model_id = saved(registry)
    replace_file(registry, model_id, STORED[kind], content)
    with pytest.raises(ModelError):
        registry.load(model_id)


# Nothing foreign runs, whatever hash it has


@both_kinds
def test_a_foreign_model_does_not_run_though_its_hash_is_right(registry, saved, tmp_path, kind):
    """Also where the equation that was saved gives way to a pickle."""
    model_id = saved(registry)
    replace_file(registry, model_id, MODEL, pickle.dumps(Touch(tmp_path / "ran")))
    if kind == "equation":
        remove_file(registry, model_id, EQUATION)
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
