"""Who a version was trained on, so that nobody takes the same customers for others because their file was saved again.

A customer is the same where the id is the same; where one of both has none, where all values are. Of ids and values only keyed
64-bit hashes are kept, with a key of the version's own: they say whether a customer who is at hand was among them, and nothing of
who is not.
"""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.errors import ModelError
from churn_core.model.terms import features
from churn_core.schema import Schema

FILE = "trained_on.bin"  # the name of the attachment: the key, then the hashes of ids, then those of values
_KEY, _HASH = 16, 8  # bytes
_NAMELESS = 0  # stands for the hash of an id that is not there

Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True, kw_only=True, eq=False)
class TrainedOn:
    """The training customers in their order: ``ids`` (n,), 0 where there is none, and ``values`` (n,) of all features."""

    key: bytes
    ids: Hashes
    values: Hashes

    @classmethod
    def of(cls, customers: pd.DataFrame, schema: Schema, key: bytes | None = None) -> "TrainedOn":
        """Of clean customers; the key is drawn where none is given."""
        key = secrets.token_bytes(_KEY) if key is None else key
        return cls(key=key, ids=_ids(customers, schema, key), values=_values(customers, schema, key))

    def find(self, customers: pd.DataFrame, schema: Schema) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.intp]]:
        """Which of these clean customers were among the training customers (n,), and at which place there is one with the same
        values, −1 where there is none (n,).
        """
        these = TrainedOn.of(customers, schema, self.key)
        place, alike = _places(_paired(self), _paired(these)), _places(self.values, these.values)
        nameless = (these.ids == _NAMELESS) | (self.ids[alike] == _NAMELESS)
        place = np.where((place < 0) & nameless, alike, place)
        named = (these.ids != _NAMELESS) & (_places(self.ids, these.ids) >= 0)
        return named | (place >= 0), place

    def dumps(self) -> bytes:
        """As the content of a file."""
        return self.key + self.ids.astype("<u8").tobytes() + self.values.astype("<u8").tobytes()

    @classmethod
    def loads(cls, content: bytes, customers: int) -> "TrainedOn":
        """Of a file's content. Raises ``ModelError`` where it is not of so many customers."""
        if len(content) != _KEY + 2 * _HASH * customers:
            raise ModelError(f"{FILE} is not of the customers of its version. Train a new one: python -m churn_core train")
        ids, values = np.frombuffer(content, dtype="<u8", offset=_KEY).astype(np.uint64).reshape(2, customers)
        return cls(key=content[:_KEY], ids=ids, values=values)


def _paired(trained_on: TrainedOn) -> Hashes:
    """Id and values as one number."""
    odd = np.uint64(0x9E3779B97F4A7C15)  # any odd factor, so that exchanging both gives another number
    paired: Hashes = trained_on.ids * odd + trained_on.values
    return paired


def _places(known: Hashes, wanted: Hashes) -> npt.NDArray[np.intp]:
    """Where each is first among those known; −1 where it is not."""
    order = np.argsort(known, kind="stable")
    at = np.minimum(np.searchsorted(known[order], wanted), len(known) - 1)
    return np.where(known[order][at] == wanted, order[at], -1)


def _ids(customers: pd.DataFrame, schema: Schema, key: bytes) -> Hashes:
    """Cleaning names a customer without an id after the row; that is no id."""
    ids = customers[schema.id].astype(str).to_numpy(dtype=object)
    nameless = ids == ("row " + customers.index.astype(str).to_numpy(dtype=object))
    hashes = _hashed((each.encode("utf-8", "surrogatepass") for each in ids), key)
    return np.where(nameless, np.uint64(_NAMELESS), hashes)


def _values(customers: pd.DataFrame, schema: Schema, key: bytes) -> Hashes:
    """Of what a model may learn from; a category counts as its place among the allowed values."""
    columns = features(schema)
    numbers = np.empty((len(customers), len(columns)))
    for k, column in enumerate(columns):
        values = customers[column.name]
        numbers[:, k] = pd.Index(column.allowed).get_indexer(values.astype(object)) if column.kind == "category" else values
    numbers += 0.0  # there is a 0 and a −0
    numbers[np.isnan(numbers)] = np.nan  # and many a NaN
    return _hashed((row.tobytes() for row in numbers), key)


def _hashed(texts: Iterable[bytes], key: bytes) -> Hashes:
    keyed = hashlib.blake2b(key=key, digest_size=_HASH)

    def digest(text: bytes) -> bytes:
        begun = keyed.copy()  # the key is worked in once
        begun.update(text)
        return begun.digest()

    return np.frombuffer(b"".join(map(digest, texts)), dtype="<u8").astype(np.uint64)
