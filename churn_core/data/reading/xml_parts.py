"""XML of an Excel file, told element by element: whatever it holds, in bounded work and memory."""

import re
from collections.abc import Callable, Iterator
from xml.parsers import expat

from churn_core.errors import DataError

_LONGEST_TAG = 2**20  # bytes; the longest tag, comment or declaration
_MOST_NAMES = 10_000  # different names of elements and attributes; Excel knows some hundreds
BYTES = 32  # of XML are about as much work as an element
DEEPEST = 100  # elements within each other; Excel writes about ten

_CARRIAGE_RETURN = re.compile(r"(?<!_x005F)_x000D_(?=\n|\Z)")

Start = Callable[[str, dict[str, str]], None]


def with_line_ends(text: str) -> str:
    """The text of a cell with its carriage returns, which Excel writes as ``_x000D_``, since XML would change them.

    >>> with_line_ends("Monthly_x000D_\\nCharges_x000D_")
    'Monthly\\r\\nCharges\\r'
    """
    return _CARRIAGE_RETURN.sub("\r", text) if "_x000D_" in text else text


def damaged(what: str = "") -> DataError:
    """The error about a file that contradicts itself; ``what`` says where."""
    return DataError(f"{what}{': t' if what else 'T'}he Excel file is damaged. Save it again, or save it as CSV.")


def too_deep() -> DataError:
    """The error about more than ``DEEPEST`` elements within each other."""
    return damaged(f"Its XML lies more than {DEEPEST} elements deep")


class LocalNames(dict[str, str]):
    """The name of an element as written → the name without its prefix (``x:row`` → ``row``)."""

    def __missing__(self, name: str) -> str:
        self[name] = name.rpartition(":")[2]
        return self[name]


class XmlParser:
    """Parses one part, block by block. Its owner bounds the work, which is elements and bytes, and the depth.

    Raises ``DataError`` at a DOCTYPE, at a tag of a megabyte, at names without end, and where it is not XML.
    """

    def __init__(self, start: Start, end: Callable[[str], None], text: Callable[[str], None]) -> None:
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = _refuse_entities
        self._parser.XmlDeclHandler = self._declared
        self.is_utf_8 = True
        self._parser.StartElementHandler, self._parser.EndElementHandler = start, end
        self._parser.CharacterDataHandler = text
        self._fed = 0

    def _declared(self, version: str, encoding: str | None, standalone: int) -> None:
        self.is_utf_8 = encoding is None or encoding.lower() in ("utf-8", "utf8")

    def feed(self, block: bytes) -> None:
        """Parse a block; an empty one ends the part."""
        self._fed += len(block)
        try:
            self._parser.Parse(block, not block)
        except (expat.ExpatError, ValueError, LookupError) as error:  # the others: an encoding that does not exist
            if isinstance(error, DataError):
                raise
            raise damaged() from error
        if not block:
            return
        if self._fed - self._parser.CurrentByteIndex > _LONGEST_TAG + len(block) or len(self._parser.intern) > _MOST_NAMES:
            raise damaged("A tag of its XML has no end, or its tags have thousands of names")


def _refuse_entities(*declared: object) -> None:  # no program writes entities, and they can unfold to any size
    raise DataError("The Excel file defines XML entities, which no table needs. Save it again, or save it as CSV.")


def elements(blocks: Iterator[bytes], most: int, until: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """The elements of a small part with their attributes, up to the end of the element ``until``.

    Raises ``DataError`` if there are more than ``most`` or they lie too deep.
    """
    names, found, depth, work, ended = LocalNames(), list[tuple[str, dict[str, str]]](), 0, 0, False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, work
        depth, work = depth + 1, work + 1
        if depth > DEEPEST:
            raise too_deep()
        found.append((names[name], attributes))

    def end(name: str) -> None:
        nonlocal depth, ended
        depth -= 1
        ended = ended or names[name] == until

    parser = XmlParser(start, end, lambda text: None)
    for block in blocks:
        work += len(block) // BYTES
        parser.feed(block)
        if work > most:
            raise damaged("It describes far more than a workbook has")
        yield from found
        found.clear()
        if ended:
            return
    parser.feed(b"")
