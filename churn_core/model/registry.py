"""Versions of the model: immutable folders, one of them in production.

::

    models/
      20261122-193045-logistic-9f3c/
        metadata.json       what it is, its schema, from which data, how good, and the SHA-256 of the other files
        …                   the model and what belongs to it (``version``)
      production.json       which version is in use, which were before, and who followed whom when
"""

import hashlib
import json
import logging
import os
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version as package_version
from pathlib import Path
from typing import Any

import filelock
import numpy as np

from churn_core.errors import DataError, ModelError
from churn_core.files import make_folder, sync_folder, write_whole
from churn_core.model.protocol import Model
from churn_core.model.version import CARD, EQUATION, MEND, MODEL, OUT_OF_FOLD, OWN, SELF_TEST, Version, files_of, read_back
from churn_core.schema import Schema
from churn_core.schema.as_json import as_json, from_json
from churn_core.schema.telco import TELCO

__all__ = ["CARD", "EQUATION", "METADATA", "MODEL", "OUT_OF_FOLD", "PRODUCTION", "SELF_TEST", "Registry", "Version"]

log = logging.getLogger(__name__)

METADATA, PRODUCTION = "metadata.json", "production.json"
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_+-]*")  # what an id looks like: it names a folder and nothing else
_FILE = re.compile(r"[0-9a-z][0-9a-z_-]*(\.[0-9a-z]+)?")  # what a file of a version is called
_ABANDONED = 3600  # seconds; a folder that was not finished for so long was left by a process that was killed
_PATIENCE = 30  # seconds to wait for another process that is changing what is in production


class Registry:
    """The versions in ``folder``. Reading never changes anything; every change is one rename."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)

    def save(
        self,
        model: Model,
        out_of_fold: np.ndarray,
        metadata: Mapping[str, Any],
        schema: Schema,
        attachments: Mapping[str, bytes] | None = None,
    ) -> Version:
        """Register a version; the first one is promoted. ``metadata`` must name the model; id, schema and hashes are added.
        ``attachments``, by file name, are kept with it and checked like its own files.
        """
        now, attachments = datetime.now(UTC), dict(attachments or {})
        for name in attachments:
            if not _FILE.fullmatch(name) or name in (*OWN, METADATA):
                raise ModelError(f"An attachment cannot be called {name!r}. Write a name like reference.json.")
        model_id = f"{now:%Y%m%d-%H%M%S}-{metadata['name']}-{secrets.token_hex(2)}"
        files = {**files_of(model, out_of_fold, schema), **attachments}
        described = {
            "model_id": model_id,
            "created_at": now.isoformat(timespec="seconds"),
            **metadata,
            "schema": as_json(schema),
            "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
        }
        make_folder(self.folder)
        self._remove_what_was_abandoned()
        unfinished = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=self.folder))
        try:
            for name, content in files.items():
                write_whole(unfinished / name, content)
            write_whole(unfinished / METADATA, json.dumps(described, indent=1).encode())
            unfinished.chmod(0o755)
            os.rename(unfinished, self.folder / model_id)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        sync_folder(self.folder)
        with self._changing():
            if not (self.folder / PRODUCTION).exists():
                self._point(model_id, [], "first")
        return Version(model=model, schema=schema, metadata=described, out_of_fold=out_of_fold, attachments=attachments)

    def load(self, model_id: str) -> Version:
        """The version, its files checked against their hashes before anything is read from them, and its self-test passed.

        Raises ``ModelError`` naming the file if it is missing, damaged or foreign, or the model gives other probabilities here
        than where it was made; one that is pickled also if it was made by another scikit-learn.
        """
        metadata = self.metadata(model_id)
        made_with = metadata["packages"]["scikit-learn"]
        if MODEL in metadata["files"] and made_with != (here := package_version("scikit-learn")):
            raise ModelError(f"Version {model_id} was made with scikit-learn {made_with}, this is {here}. {MEND}")
        names = dict.fromkeys((*metadata["files"], OUT_OF_FOLD, SELF_TEST))
        content = {name: self._checked(model_id, name, metadata) for name in names}
        schema = self._schema(metadata)
        model, out_of_fold = read_back(model_id, content, schema)
        attachments = {name: each for name, each in content.items() if name not in OWN}
        return Version(model=model, schema=schema, metadata=metadata, out_of_fold=out_of_fold, attachments=attachments)

    def metadata(self, model_id: str) -> dict[str, Any]:
        """The metadata of a version. Raises ``ModelError`` if there is no such version or it cannot be read."""
        if not _ID.fullmatch(model_id) or not (self.folder / model_id).is_dir():
            raise ModelError(f"There is no version {model_id!r}. List them: python -m churn_core models")
        try:
            metadata: dict[str, Any] = json.loads((self.folder / model_id / METADATA).read_text())
            metadata["packages"]["scikit-learn"]
            if metadata["model_id"] != model_id:
                raise ValueError("it is another version's")
            names = metadata["files"].keys()
            if not {EQUATION, CARD, MODEL} & names or not all(map(_FILE.fullmatch, names)):
                raise ValueError("it names no model, or what is no file of a version")
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelError(f"{model_id}/{METADATA} is missing or damaged. {MEND}") from error
        return metadata

    def schema(self, model_id: str) -> Schema:
        """The schema of a version, without loading its model. Raises ``ModelError`` where it cannot be read."""
        return self._schema(self.metadata(model_id))

    @staticmethod
    def _schema(metadata: Mapping[str, Any]) -> Schema:
        try:
            return from_json(metadata["schema"]) if "schema" in metadata else TELCO  # before it was kept there was no other
        except DataError as error:
            raise ModelError(f"{metadata['model_id']}/{METADATA} is damaged. {error} {MEND}") from error

    def _checked(self, model_id: str, name: str, metadata: Mapping[str, Any]) -> bytes:
        try:
            content = (self.folder / model_id / name).read_bytes()
        except OSError as error:
            raise ModelError(f"{model_id}/{name} cannot be read. {MEND}") from error
        if hashlib.sha256(content).hexdigest() != metadata["files"].get(name):
            raise ModelError(f"{model_id}/{name} is damaged: it is not the file that was saved. {MEND}")
        return content

    def versions(self) -> list[dict[str, Any]]:
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
        production: str | None = self._pointer()["production"]
        return production

    def schema_in_use(self) -> Schema:
        """The schema of the version in production; before there is one that of the Telco sample, which the first is trained on."""
        try:
            model_id = self.production_id()
            return self.schema(model_id) if model_id else TELCO
        except ModelError:  # whoever needs the version is told what is wrong with it
            return TELCO

    def replaced(self, model_id: str) -> str | None:
        """The version that was in production before this one, which is now; ``None`` where it is not, or there was none."""
        pointer = self._pointer()
        return pointer["before"][-1] if pointer["before"] and pointer["production"] == model_id else None

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
                why = f"{why.removesuffix(MEND).strip()} The version before it, {model_id}, is in use. {MEND}"
            return version, why
        return None, why

    def history(self) -> list[dict[str, Any]]:
        """What was in production, oldest first: ``model_id``, ``at``, ``what`` (first, promoted, rolled back), ``who``.

        Lines of before anybody was asked have no ``who``; empty is a change that nobody put a name to.
        """
        history: list[dict[str, Any]] = self._pointer()["history"]
        return history

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
                model_id: str = before.pop()
                try:
                    self.load(model_id)
                except ModelError:
                    continue  # damaged since: the one before it is what people want back
                self._point(model_id, before, "rolled back", pointer["history"], who)
                return model_id
        raise ModelError("There is no earlier version to go back to that can still be used.")

    def _pointer(self) -> dict[str, Any]:
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

    def _point(self, model_id: str, before: list[str], what: str, history: Sequence[dict[str, Any]] = (), who: str = "") -> None:
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
        make_folder(self.folder)
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
