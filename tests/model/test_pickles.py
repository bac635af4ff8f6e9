"""A fitted model as bytes, and back: every candidate comes back as it was, and nothing foreign ever runs."""

import contextlib
import functools
import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import sklearn.datasets
import sklearn.utils

from churn_core.data.cleaning.table import clean
from churn_core.data.synthetic import generate
from churn_core.errors import ModelError
from churn_core.model import pickles, registry  # noqa: F401 (the registry is changed by name)
from churn_core.model.candidates import NAMES, build
from churn_core.model.logistic import TermLogisticRegression
from churn_core.model.terms import TERMS
from churn_core.schema.telco import TELCO

FAMILIES = (*NAMES, "logistic+tuned", "logistic+isotonic", "logistic_smote+isotonic", "logistic_balanced+sigmoid")


@pytest.fixture(scope="module")
def customers():
    return clean(generate(300, seed=1, schema=TELCO), TELCO)[0]


@pytest.fixture(scope="module")
def others():
    return clean(generate(100, seed=2, schema=TELCO), TELCO)[0]


@pytest.fixture
def marker(tmp_path) -> Path:
    return tmp_path / "it_ran"


# Every model of this program


@pytest.mark.slow
@pytest.mark.parametrize("name", FAMILIES)
def test_every_candidate_comes_back_with_the_same_probabilities(customers, others, name):
    model = build(name).fit(customers, customers[TELCO.target].to_numpy())
    back = pickles.loads(pickles.dumps(model))
    assert type(back) is type(model) and back is not model
    assert back.predict_proba(others).tobytes() == model.predict_proba(others).tobytes()


def test_what_could_not_be_loaded_is_not_made_into_bytes(marker):
    with pytest.raises(ModelError, match="which no model is made of"):
        pickles.dumps(TermLogisticRegression(TERMS, C=Path))


# Nothing foreign


class Call:
    """Pickled, it is a call of ``function``: what loading it would do."""

    def __init__(self, function, *args) -> None:
        self.called = (function, args)

    def __reduce__(self):
        return self.called


def by_name(module: str, name: str, argument: str) -> bytes:
    """A pickle written by hand: ``module`` . ``name`` (argument), whatever the name may be."""
    words = [bytes([0x8C, len(word.encode())]) + word.encode() for word in (module, name, argument)]
    return b"\x80\x04" + words[0] + words[1] + b"\x93" + words[2] + b"\x85R."


def as_of_old(module: str, name: str, argument: str) -> bytes:
    """The same in protocol 0, a line each."""
    return f"c{module}\n{name}\n(V{argument}\ntR.".encode()


class Intruder:
    """A class that somebody imported into a library's module; making one leaves a mark."""

    def __init__(self, path: str) -> None:
        Path(path).touch()


def intrude(path: str) -> None:
    Path(path).touch()


def shell(marker: Path) -> str:
    """A command that leaves the mark on any system."""
    return f'"{sys.executable}" -S -c "open({str(marker)!r}, chr(119))"'


def python(marker: Path) -> str:
    return f"open({str(marker)!r}, 'w').close()"


def runstring():
    return __import__("numpy.testing._private.utils", fromlist=["runstring"]).runstring


FOREIGN = {  # name → the pickle that leaves the mark, and what the refusal has to name
    "os.system": lambda marker: (pickle.dumps(Call(os.system, shell(marker))), f"{os.system.__module__}.system"),
    "subprocess.Popen": lambda marker: (
        pickle.dumps(Call(subprocess.Popen, [sys.executable, "-S", "-c", python(marker)])),
        "subprocess.Popen",
    ),
    "builtins.eval": lambda marker: (pickle.dumps(Call(eval, python(marker))), "builtins.eval"),
    "builtins.exec": lambda marker: (pickle.dumps(Call(exec, python(marker))), "builtins.exec"),
    "builtins.getattr": lambda marker: (pickle.dumps(Call(np.ones(3).tofile, str(marker))), "builtins.getattr"),
    "functools.partial": lambda marker: (
        pickle.dumps(Call(functools.partial(exec, python(marker)))),
        "functools.partial",
    ),
    "a function deep in numpy": lambda marker: (
        pickle.dumps(Call(runstring(), python(marker), {})),
        "numpy.testing._private.utils.runstring",
    ),
    "a function of numpy": lambda marker: (pickle.dumps(Call(np.savetxt, str(marker), [1.0])), ".savetxt"),
    "a function of scikit-learn": lambda marker: (
        pickle.dumps(Call(sklearn.datasets.dump_svmlight_file, [[1.0]], [1.0], str(marker))),
        "dump_svmlight_file",
    ),
    "a function imported into this package": lambda marker: (
        by_name("churn_core.model.pickles", "intrude", str(marker)),
        "churn_core.model.pickles.intrude",
    ),
    "a dotted name": lambda marker: (by_name("churn_core.model.registry", "os.mkdir", str(marker)), "os.mkdir"),
    "a dotted name of a library": lambda marker: (by_name("sklearn.utils._testing", "os.mkdir", str(marker)), "os.mkdir"),
    "a name of the old protocol": lambda marker: (as_of_old("os", "mkdir", str(marker)), "os.mkdir"),
    "a class imported into a library": lambda marker: (by_name("sklearn.utils", "Intruder", str(marker)), "Intruder"),
    "a class imported into numpy": lambda marker: (by_name("numpy", "Intruder", str(marker)), "Intruder"),
    "a class imported into this package": lambda marker: (
        by_name("churn_core.model.pickles", "Intruder", str(marker)),
        "Intruder",
    ),
    "a module whose name only begins like a library": lambda marker: (
        by_name("sklearn_intruders", "Intruder", str(marker)),
        "sklearn_intruders.Intruder",
    ),
}


@pytest.fixture(autouse=True)
def imported(monkeypatch):
    """Places in which a name may be found that is none of theirs."""
    for module in (sklearn.utils, np, pickles):
        monkeypatch.setattr(module, "Intruder", Intruder, raising=False)
        monkeypatch.setattr(module, "intrude", intrude, raising=False)
    monkeypatch.setitem(sys.modules, "sklearn_intruders", sys.modules[__name__])


@pytest.mark.parametrize("what", FOREIGN)
def test_a_foreign_pickle_is_refused_by_name_and_nothing_of_it_runs(marker, what):
    content, named = FOREIGN[what](marker)
    with pytest.raises(ModelError, match=r"It holds .*, which no model is made of; it was not loaded\.") as refused:
        pickles.loads(content)
    assert named in str(refused.value)
    assert not marker.exists()


@pytest.mark.parametrize("what", FOREIGN)
def test_the_foreign_pickles_of_these_tests_would_run_elsewhere(marker, what):
    """Python's own way of loading leaves the mark: the tests above can fail."""
    loaded = pickle.loads(FOREIGN[what](marker)[0])
    if isinstance(loaded, subprocess.Popen):
        loaded.wait()
    elif isinstance(loaded, functools.partial):
        loaded()
    assert marker.exists()


@pytest.mark.parametrize("what", FOREIGN)
def test_a_foreign_part_inside_a_real_model_does_not_run_either(marker, customers, what):
    """As a member of a model whose other parts are all allowed, first and last."""
    model = build("logistic").fit(customers, customers[TELCO.target].to_numpy())
    foreign = FOREIGN[what](marker)[0]
    payload = foreign[2 if foreign[:1] == b"\x80" else 0 : -1]  # without protocol and stop
    if payload[:1] == b"\x95":  # nor the frame
        payload = payload[9:]
    whole = pickle.dumps(model, protocol=3)[2:-1]
    for content in (b"\x80\x04(" + payload + whole + b"t.", b"\x80\x04(" + whole + payload + b"t."):
        with pytest.raises(ModelError, match="which no model is made of"):
            pickles.loads(content)
        assert not marker.exists()


@pytest.mark.parametrize("thing", [print, os.path.join, Path("x"), type, object, complex(1, 2)], ids=repr)
def test_what_no_model_is_made_of_is_refused_though_it_is_harmless(thing):
    with pytest.raises(ModelError, match="which no model is made of"):
        pickles.loads(pickle.dumps(thing))


def changing(module: str, name: str, attribute: str) -> bytes:
    """A pickle written by hand that sets ``attribute`` of a class itself, to a class that is allowed."""
    words = [bytes([0x8C, len(word)]) + word.encode() for word in (module, name, attribute, "collections", "OrderedDict")]
    return b"\x80\x04" + words[0] + words[1] + b"\x93N}" + words[2] + words[3] + words[4] + b"\x93s\x86b."


@pytest.mark.parametrize(
    "module, name, attribute",
    [
        ("churn_core.model.registry", "Registry", "load"),
        ("churn_core.model.pickles", "_Careful", "find_class"),  # the guard itself
        ("churn_core.model.terms", "Term", "compute"),
        ("churn_core.model.term", "Term", "compute"),
        ("sklearn.base", "ClassifierMixin", "score"),
    ],
)
def test_a_pickle_cannot_change_the_classes_it_names(monkeypatch, module, name, attribute):
    """It would stay changed for everybody in this process, whether the model is then refused or not."""
    named = getattr(sys.modules[module], name)
    before = getattr(named, attribute)
    monkeypatch.setattr(named, attribute, before)  # put back whatever happens
    with contextlib.suppress(ModelError):
        pickles.loads(changing(module, name, attribute))
    assert getattr(named, attribute) is before


# Damaged


def test_a_model_that_is_cut_off_anywhere_ends_in_a_sentence(customers):
    content = pickles.dumps(build("logistic").fit(customers, customers[TELCO.target].to_numpy()))
    for length in range(0, len(content), 7):
        with pytest.raises(ModelError):
            pickles.loads(content[:length])


def test_any_bytes_end_in_a_sentence_or_in_plain_data():
    """Random bytes are hardly ever a pickle; where they happen to be one, it is of numbers and texts alone."""
    rng, refused = np.random.default_rng(0), 0
    for _ in range(1000):
        content = rng.bytes(int(rng.integers(0, 60)))
        try:
            pickles.loads(content)
        except ModelError as error:
            assert str(error).endswith(".")
            refused += 1
    assert refused > 900


def test_a_flipped_bit_anywhere_ends_in_a_sentence_or_in_an_object(customers):
    """Whatever a damaged pickle does, it ends in ``ModelError`` alone."""
    content = pickles.dumps(build("logistic").fit(customers, customers[TELCO.target].to_numpy()))
    rng = np.random.default_rng(0)
    for position in rng.integers(0, len(content), 400):
        flipped = bytearray(content)
        flipped[position] ^= 1 << int(rng.integers(0, 8))
        try:
            pickles.loads(bytes(flipped))
        except ModelError:
            continue
