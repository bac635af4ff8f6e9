"""Versions of the model: immutable folders, one of them in production.

::

    models/
      20261122-193045-logistic-9f3c/
        metadata.json       what it is, from which data, how good, and the SHA-256 of the other files
        model.joblib        the fitted pipeline
        out_of_fold.npy     the held-out probability of each training customer
      production.json       which version is in use, and which were before
"""

import hashlib
import io
import json
import os
import re
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import joblib
import numpy as np
import sklearn
from sklearn.pipeline import Pipeline

from churn_core.errors import ModelError
from churn_core.files import sync_folder, write_whole

MODEL, OUT_OF_FOLD, METADATA, PRODUCTION = "model.joblib", "out_of_fold.npy", "metadata.json", "production.json"
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]*")  # what an id looks like: it names a folder and nothing else
_MEND = "Train a new version: python -m churn_core train"


@dataclass(frozen=True, kw_only=True)
class Version:
    """A model with its metadata and the out-of-fold probabilities of the customers it was trained on, in order."""

    model: Pipeline
    metadata: dict
    out_of_fold: np.ndarray

    @property
    def model_id(self) -> str:
        return self.metadata["model_id"]


class Registry:
    """The versions in ``folder``. Reading never changes anything; every change is one rename."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)

    def save(self, model: Pipeline, out_of_fold: np.ndarray, metadata: dict) -> Version:
        """Register a version; the first one is promoted. ``metadata`` must name the model; id and hashes are added."""
        now = datetime.now(UTC)
        model_id = f"{now:%Y%m%d-%H%M%S}-{metadata['name']}-{secrets.token_hex(2)}"
        files = {MODEL: _dumped(model), OUT_OF_FOLD: _saved(out_of_fold)}
        metadata = {
            "model_id": model_id,
            "created_at": now.isoformat(timespec="seconds"),
            **metadata,
            "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=self.folder))
        try:
            for name, content in files.items():
                write_whole(unfinished / name, content)
            write_whole(unfinished / METADATA, json.dumps(metadata, indent=1).encode())
            unfinished.chmod(0o755)
            os.rename(unfinished, self.folder / model_id)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        sync_folder(self.folder)
        if not (self.folder / PRODUCTION).exists():
            self.promote(model_id)
        return Version(model=model, metadata=metadata, out_of_fold=out_of_fold)

    def load(self, model_id: str) -> Version:
        """The version, its files checked against their hashes before anything is unpickled.

        Raises ``ModelError`` naming the file if it is missing, damaged or made by another scikit-learn.
        """
        metadata = self.metadata(model_id)
        made_with = metadata["packages"]["scikit-learn"]
        if made_with != sklearn.__version__:
            raise ModelError(f"Version {model_id} was made with scikit-learn {made_with}, this is {sklearn.__version__}. {_MEND}")
        content = {name: self._checked(model_id, name, metadata) for name in (MODEL, OUT_OF_FOLD)}
        return Version(
            model=joblib.load(io.BytesIO(content[MODEL])),
            metadata=metadata,
            out_of_fold=np.load(io.BytesIO(content[OUT_OF_FOLD]), allow_pickle=False),
        )

    def metadata(self, model_id: str) -> dict:
        """The metadata of a version. Raises ``ModelError`` if there is no such version or it cannot be read."""
        if not _ID.fullmatch(model_id) or not (self.folder / model_id).is_dir():
            raise ModelError(f"There is no version {model_id!r}. List them: python -m churn_core models")
        try:
            metadata = json.loads((self.folder / model_id / METADATA).read_text())
            metadata["model_id"], metadata["packages"]["scikit-learn"], metadata["files"][MODEL]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(f"{model_id}/{METADATA} is missing or damaged. {_MEND}") from error
        return metadata

    def _checked(self, model_id: str, name: str, metadata: dict) -> bytes:
        try:
            content = (self.folder / model_id / name).read_bytes()
        except OSError as error:
            raise ModelError(f"{model_id}/{name} cannot be read. {_MEND}") from error
        if hashlib.sha256(content).hexdigest() != metadata["files"].get(name):
            raise ModelError(f"{model_id}/{name} is damaged: it is not the file that was saved. {_MEND}")
        return content

    def versions(self) -> list[dict]:
        """The metadata of every readable version, newest first."""
        found = []
        for path in self.folder.glob(f"[!.]*/{METADATA}"):
            try:
                found.append(self.metadata(path.parent.name))
            except ModelError:
                continue  # a damaged folder is no version; loading it by name says why
        return sorted(found, key=lambda metadata: metadata["model_id"], reverse=True)

    def production_id(self) -> str | None:
        """The id of the version in production, ``None`` where there is none yet."""
        return self._pointer()["production"]

    def promote(self, model_id: str) -> None:
        """Make a version the one in production; ``ModelError`` if it cannot be loaded. A damaged pointer is replaced."""
        self.load(model_id)
        try:
            pointer = self._pointer()
        except ModelError:
            pointer = {"production": None, "before": []}
        if model_id == pointer["production"]:
            return
        before = [*pointer["before"], pointer["production"]] if pointer["production"] else []
        self._point(model_id, before)

    def rollback(self) -> str:
        """Back to the last version before this one that can still be used; its id. ``ModelError`` if there is none."""
        before = self._pointer()["before"]
        while before:
            model_id = before.pop()
            try:
                self.load(model_id)
            except ModelError:
                continue  # damaged since: the one before it is what people want back
            self._point(model_id, before)
            return model_id
        raise ModelError("There is no earlier version to go back to that can still be used.")

    def _pointer(self) -> dict:
        path = self.folder / PRODUCTION
        if not path.exists():
            return {"production": None, "before": []}
        try:
            pointer = json.loads(path.read_text())
            return {"production": pointer["production"], "before": list(pointer["before"])}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(f"{PRODUCTION} is damaged. Promote a version: python -m churn_core promote VERSION") from error

    def _point(self, model_id: str, before: list[str]) -> None:
        pointer = {"production": model_id, "before": before, "at": datetime.now(UTC).isoformat(timespec="seconds")}
        write_whole(self.folder / PRODUCTION, json.dumps(pointer, indent=1).encode())


def _dumped(model: Pipeline) -> bytes:
    buffer = io.BytesIO()
    joblib.dump(model, buffer)
    return buffer.getvalue()


def _saved(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()
