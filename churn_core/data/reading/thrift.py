"""Thrift's compact protocol, as far as a Parquet file needs it: structures are read exactly, and within the bytes there are.

Source: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from dataclasses import dataclass, field
from typing import Any

BOOL, I32, I64, BINARY = 1, 5, 6, 8  # the kinds of the protocol, by its own numbers; a false field has one of its own
_FALSE, _BYTE, _I16, _DOUBLE, _LIST, _SET, _MAP, _STRUCT = 2, 3, 4, 7, 9, 10, 11, 12
_BITS = {_I16: 16, I32: 32, I64: 64}
_MOST_FIELDS = 2**15 - 1  # field numbers have 16 bits
_DEEPEST = 32  # structures within structures; Parquet has six


class Malformed(ValueError):
    """The bytes are no structure of the protocol, or not the one that was asked for."""


class TooMany(Malformed):
    """A list is longer than anybody wants."""


@dataclass(frozen=True)
class Struct:
    """What is wanted of a structure: the kinds of its fields by their numbers, and those which may not be missing. All other
    fields are passed over.
    """

    fields: dict[int, "int | Struct | ListOf"] = field(default_factory=dict)
    needed: tuple[int, ...] = ()


@dataclass(frozen=True)
class ListOf:
    """A list of structures, ``most`` at most."""

    struct: Struct
    most: int


class Compact:
    """Structures out of ``data``, one after the other from ``at``. Raises ``Malformed``, also where the bytes end too early."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.at, self._data = at, data

    def struct(self, wanted: Struct, depth: int = 0) -> dict[int, Any]:
        """The wanted fields that are there, by number.

        >>> Compact(bytes([0x15, 0x54, 0x18, 2, 65, 66, 0])).struct(Struct({1: I32, 2: BINARY}))
        {1: 42, 2: b'AB'}
        """
        if depth > _DEEPEST:
            raise Malformed("structures lie too deep in each other")
        found: dict[int, Any] = {}
        data, number = self._data, 0
        while self.at < len(data):
            head = data[self.at]
            self.at += 1
            if not head:
                break
            kind = head & 15
            number = number + (head >> 4) if head >> 4 else self._integer(_I16)
            if number > _MOST_FIELDS:
                raise Malformed("a field has a number that is too large")
            value = wanted.fields.get(number)
            if value is None:
                self._pass_over(kind, depth)
            elif number in found:
                raise Malformed(f"field {number} is there twice")
            else:
                found[number] = self._value(value, kind, depth)
        else:
            raise Malformed("the bytes end too early")
        for number in wanted.needed:
            if number not in found:
                raise Malformed(f"field {number} is missing")
        return found

    def unsigned(self) -> int:
        """A number of seven bits a byte, the lowest first; of 64 bits at most."""
        data, at, value, shift = self._data, self.at, 0, 0
        while shift < 70 and at < len(data):
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            if byte < 128:
                self.at = at
                return value
            shift += 7
        raise Malformed("a number does not end")

    def signed(self) -> int:
        """The same with the sign in the lowest bit."""
        value = self.unsigned()
        return value >> 1 ^ -(value & 1)

    def _value(self, wanted: "int | Struct | ListOf", kind: int, depth: int) -> Any:
        if kind == wanted:
            return kind == BOOL or (self._binary() if kind == BINARY else self._integer(kind))
        if isinstance(wanted, Struct) and kind == _STRUCT:
            return self.struct(wanted, depth + 1)
        if isinstance(wanted, ListOf) and kind == _LIST:
            return self._list(wanted, depth)
        if wanted == BOOL and kind == _FALSE:
            return False
        raise Malformed("a field is of another kind")

    def _integer(self, kind: int) -> int:
        value = self.unsigned()
        if value >> _BITS[kind]:
            raise Malformed("a number is too large")
        return value >> 1 ^ -(value & 1)

    def _byte(self) -> int:
        if self.at >= len(self._data):
            raise Malformed("the bytes end too early")
        self.at += 1
        return self._data[self.at - 1]

    def _binary(self) -> bytes:
        size = self.unsigned()
        self._skip(size)
        return self._data[self.at - size : self.at]

    def _skip(self, size: int) -> None:
        if size > len(self._data) - self.at:
            raise Malformed("the bytes end too early")
        self.at += size

    def _list(self, wanted: ListOf, depth: int) -> list[dict[int, Any]]:
        kind, size = self._list_head()
        if size and kind != _STRUCT:
            raise Malformed("a list is of another kind")
        if size > wanted.most:
            raise TooMany(f"a list has more than {wanted.most} entries")
        return [self.struct(wanted.struct, depth + 1) for _ in range(size)]

    def _list_head(self) -> tuple[int, int]:
        head = self._byte()
        return head & 15, head >> 4 if head >> 4 < 15 else self.unsigned()

    def _pass_over(self, kind: int, depth: int) -> None:
        """A value that nobody wants; of a list or a map, each entry takes at least a byte, so that the work is bounded."""
        if kind in _BITS:
            self.unsigned()
        elif kind == BINARY:
            self._skip(self.unsigned())
        elif kind == _STRUCT:
            self.struct(Struct(), depth + 1)
        elif kind in (_LIST, _SET):
            kind, size = self._list_head()
            self._entries(size, (kind,), depth)
        elif kind == _MAP:
            size = self.unsigned()
            kinds = self._byte() if size else 0
            self._entries(size, (kinds >> 4, kinds & 15), depth)
        elif kind in (_BYTE, _DOUBLE):
            self._skip(1 if kind == _BYTE else 8)
        elif kind not in (BOOL, _FALSE):
            raise Malformed("a value is of an unknown kind")

    def _entries(self, size: int, kinds: tuple[int, ...], depth: int) -> None:
        if depth > _DEEPEST:
            raise Malformed("structures lie too deep in each other")
        if size > len(self._data) - self.at:
            raise Malformed("the bytes end too early")
        for _ in range(size):
            for kind in kinds:
                if kind in (BOOL, _FALSE):  # within a list a truth value has a byte of its own
                    self._skip(1)
                else:
                    self._pass_over(kind, depth + 1)
