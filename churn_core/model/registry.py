"""Versions of the model: immutable folders, one of them in production.

::

    models/
      20261122-193045-logistic-9f3c/
        metadata.json       what it is, from which data, how good, and the SHA-256 of the other files
        model.pickle        the fitted classifier
        out_of_fold.npy     the held-out probability of each training customer
        self_test.json      generated customers and their probabilities, to the last bit, tried at every load
      production.json       which version is in use, which were before, and who followed whom when
"""

import hashlib
import io
import json
import logging
import os
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import filelock
import numpy as np
import pandas as pd
import sklearn

from churn_core import settings
from churn_core.data.cleaning.table import clean
from churn_core.data.synthetic import generate
from churn_core.errors import ModelError
from churn_core.files import sync_folder, write_whole
from churn_core.model import pickles
from churn_core.schema import Schema
from churn_core.schema.telco import TELCO

log = logging.getLogger(__name__)

MODEL, OUT_OF_FOLD, SELF_TEST, METADATA, PRODUCTION = (
    "model.pickle",
    "out_of_fold.npy",
    "self_test.json",
    "metadata.json",
    "production.json",
)
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_+-]*")  # what an id looks like: it names a folder and nothing else
_MEND = "Train a new version: python -m churn_core train"
_TESTED = 24  # generated customers of the self-test
_SAME = 1e-12  # no unit; how far a probability of the self-test may be from what it was
_ABANDONED = 3600  # seconds; a folder that was not finished for so long was left by a process that was killed
_PATIENCE = 30  # seconds to wait for another process that is changing what is in production


@dataclass(frozen=True, kw_only=True)
class Version:
    """A model with its metadata and the out-of-fold probabilities of the customers it was trained on, in order."""

    model: object
    schema: Schema
    metadata: dict
    out_of_fold: np.ndarray

    @property
    def model_id(self) -> str:
        return self.metadata["model_id"]


class Registry:
    """The versions in ``folder``. Reading never changes anything; every change is one rename."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)

    def save(self, model, out_of_fold: np.ndarray, metadata: dict, schema: Schema) -> Version:
        """Register a version; the first one is promoted. ``metadata`` must name the model; id and hashes are added."""
        now = datetime.now(UTC)
        model_id = f"{now:%Y%m%d-%H%M%S}-{metadata['name']}-{secrets.token_hex(2)}"
        files = {MODEL: pickles.dumps(model), OUT_OF_FOLD: _saved(out_of_fold), SELF_TEST: _self_test(model, schema)}
        metadata = {
            "model_id": model_id,
            "created_at": now.isoformat(timespec="seconds"),
            **metadata,
            "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        self._remove_what_was_abandoned()
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
        with self._changing():
            if not (self.folder / PRODUCTION).exists():
                self._point(model_id, [], "first")
        return Version(model=model, schema=schema, metadata=metadata, out_of_fold=out_of_fold)

    def load(self, model_id: str) -> Version:
        """The version, its files checked against their hashes before anything is unpickled, and its self-test passed.

        Raises ``ModelError`` naming the file if it is missing, damaged or foreign, made by another scikit-learn, or
        gives other probabilities here than where it was made.
        """
        metadata = self.metadata(model_id)
        made_with = metadata["packages"]["scikit-learn"]
        if made_with != sklearn.__version__:
            raise ModelError(f"Version {model_id} was made with scikit-learn {made_with}, this is {sklearn.__version__}. {_MEND}")
        content = {name: self._checked(model_id, name, metadata) for name in (MODEL, OUT_OF_FOLD, SELF_TEST)}
        try:
            model = pickles.loads(content[MODEL])
        except ModelError as error:
            raise ModelError(f"{model_id}/{MODEL} is no model of this program. {error} {_MEND}") from error
        apart = _apart(model, content[SELF_TEST], TELCO)
        if not apart <= _SAME:
            raise ModelError(
                f"Version {model_id} gives other probabilities here than where it was made (up to {apart:.1g} apart in "
                f"{SELF_TEST}). {_MEND}"
            )
        try:
            out_of_fold = _loaded(content[OUT_OF_FOLD])
        except (ValueError, EOFError, OSError) as error:
            raise ModelError(f"{model_id}/{OUT_OF_FOLD} holds no probabilities. {_MEND}") from error
        return Version(model=model, schema=TELCO, metadata=metadata, out_of_fold=out_of_fold)

    def metadata(self, model_id: str) -> dict:
        """The metadata of a version. Raises ``ModelError`` if there is no such version or it cannot be read."""
        if not _ID.fullmatch(model_id) or not (self.folder / model_id).is_dir():
            raise ModelError(f"There is no version {model_id!r}. List them: python -m churn_core models")
        try:
            metadata = json.loads((self.folder / model_id / METADATA).read_text())
            metadata["packages"]["scikit-learn"], metadata["files"][MODEL]
            if metadata["model_id"] != model_id:
                raise ValueError("it is another version's")
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

    def in_use(self) -> tuple[Version | None, str]:
        """The version in production; where it cannot be used the last one before it that can, and a sentence that says
        so. ``None`` where there is no usable version.
        """
        try:
            pointer = self._pointer()
        except ModelError as error:
            return None, str(error)
        why = ""
        for model_id in (pointer["production"], *reversed(pointer["before"])):
            try:
                version = self.load(model_id) if model_id else None
            except ModelError as error:
                why = why or str(error)
                continue
            if version and why:
                why = f"{why.removesuffix(_MEND).strip()} The version before it, {model_id}, is in use. {_MEND}"
            return version, why
        return None, why

    def history(self) -> list[dict]:
        """What was in production, oldest first: ``model_id``, ``at``, ``what`` (first, promoted, rolled back), ``who``.

        Lines of before anybody was asked have no ``who``; empty is a change that nobody put a name to.
        """
        return self._pointer()["history"]

    def promote(self, model_id: str, *, who: str = "") -> None:
        """Make a version the one in production; ``ModelError`` if it cannot be loaded. A damaged pointer is replaced.

        ``who`` did it goes into the history.
        """
        self.load(model_id)
        with self._changing():
            try:
                pointer = self._pointer()
            except ModelError:
                pointer = {"production": None, "before": [], "history": []}
            if model_id == pointer["production"]:
                return
            before = [*pointer["before"], pointer["production"]] if pointer["production"] else []
            self._point(model_id, before, "promoted", pointer["history"], who)

    def rollback(self, *, who: str = "") -> str:
        """Back to the last version before this one that can still be used; its id. ``ModelError`` if there is none."""
        with self._changing():
            pointer = self._pointer()
            before = pointer["before"]
            while before:
                model_id = before.pop()
                try:
                    self.load(model_id)
                except ModelError:
                    continue  # damaged since: the one before it is what people want back
                self._point(model_id, before, "rolled back", pointer["history"], who)
                return model_id
        raise ModelError("There is no earlier version to go back to that can still be used.")

    def _pointer(self) -> dict:
        path = self.folder / PRODUCTION
        if not path.exists():
            return {"production": None, "before": [], "history": []}
        try:
            pointer = json.loads(path.read_text())
            pointer = {
                "production": pointer["production"],
                "before": list(pointer["before"]),
                "history": list(pointer.get("history", [])),
            }
            if not all(isinstance(name, str) for name in (pointer["production"], *pointer["before"])):
                raise ValueError("an id is no text")
            return pointer
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelError(f"{PRODUCTION} is damaged. Promote a version: python -m churn_core promote VERSION") from error

    def _point(self, model_id: str, before: list[str], what: str, history: list[dict] = (), who: str = "") -> None:
        at = datetime.now(UTC).isoformat(timespec="seconds")
        pointer = {
            "production": model_id,
            "before": before,
            "history": [*history, {"model_id": model_id, "at": at, "what": what, "who": who}],
        }
        write_whole(self.folder / PRODUCTION, json.dumps(pointer, indent=1).encode())
        log.info("Production changed.", extra={"model_id": model_id, "what": what, "who": who})

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """One process at a time changes what is in production; a lock goes with its process, killed or not."""
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            with filelock.FileLock(self.folder / ".lock", timeout=_PATIENCE):
                yield
        except filelock.Timeout as error:
            raise ModelError("Another process is changing what is in production. Try again in a moment.") from error

    def _remove_what_was_abandoned(self) -> None:
        for path in self.folder.glob(".unfinished-*"):
            try:
                old = time.time() - path.stat().st_mtime > _ABANDONED
            except OSError:
                continue  # its own process has just finished it
            if old and path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            elif old:
                path.unlink(missing_ok=True)


def _saved(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def _loaded(content: bytes) -> np.ndarray:
    array = np.load(io.BytesIO(content), allow_pickle=False)
    if not isinstance(array, np.ndarray) or array.ndim != 1 or array.dtype.kind != "f":
        raise ValueError("not one number for each customer")
    return array


def _self_test(model, schema: Schema) -> bytes:
    """Generated customers, never real ones, as they would come in a file, and what the model says of them."""
    raw = generate(_TESTED, settings.SEED, schema).drop(columns=schema.target)
    said = model.predict_proba(clean(raw, schema)[0])[:, 1]
    return json.dumps({"customers": raw.to_dict("records"), "churn_probability": said.tolist()}, indent=1).encode()


def _apart(model, self_test: bytes, schema: Schema) -> float:
    """The largest difference of a probability to what it was when the version was saved; infinite where it has none."""
    try:
        tested = json.loads(self_test)
        said = model.predict_proba(clean(pd.DataFrame(tested["customers"]), schema)[0])[:, 1]
        return float(np.abs(said - np.array(tested["churn_probability"])).max())
    except Exception:  # a model that cannot answer here fails its test, whatever the reason
        return float("inf")
