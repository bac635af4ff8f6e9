"""Versions of a model to try a registry with, and ways to spoil them."""

import hashlib
import json
import os
from pathlib import Path

import numpy as np
import pytest
import sklearn

from churn_core.model.registry import EQUATION, METADATA, MODEL, OUT_OF_FOLD, SELF_TEST, Registry

HELD_OUT = np.array([0.25, 1 / 3, 0.75])
STORED = {"equation": EQUATION, "pickle": MODEL}  # kind of model → the file that it is kept in
both_kinds = pytest.mark.parametrize("kind", STORED)


def checked(kind: str) -> tuple[str, ...]:
    """The files of a version that have a hash."""
    return STORED[kind], OUT_OF_FOLD, SELF_TEST


def metadata(name: str = "toy", **more) -> dict:
    return {"name": name, "packages": {"scikit-learn": sklearn.__version__}, **more}


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


def remove_file(registry: Registry, model_id: str, name: str) -> None:
    """Take a file away, and its name out of the metadata."""
    folder = registry.folder / model_id
    (folder / name).unlink()
    described = json.loads((folder / METADATA).read_text())
    del described["files"][name]
    (folder / METADATA).write_text(json.dumps(described))


def damage(registry: Registry, model_id: str, name: str = EQUATION) -> None:
    (registry.folder / model_id / name).write_bytes(b"damaged")


class Touch:
    """Unpickled, it makes a file."""

    equation = card = None

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)
