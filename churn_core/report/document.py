"""The kinds of file to choose from, by the ending of the name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from churn_core.errors import DataError
from churn_core.report.memo import Memo
from churn_core.report.page import to_html

HTML, PPTX = ".html", ".pptx"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """``write`` makes the bytes of the file; ``label`` and ``mime`` are for whoever offers it to download."""

    write: Callable[[Memo], bytes]
    label: str
    mime: str


def _to_pptx(memo: Memo) -> bytes:
    from churn_core.report.slides import to_pptx  # half a second, for whoever wants slides

    return to_pptx(memo)


KINDS = {
    HTML: Kind(write=to_html, label="Page with sliders (HTML)", mime="text/html"),
    PPTX: Kind(
        write=_to_pptx,
        label="Slides (PowerPoint)",
        mime="application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
}


def kind_of(path: Path) -> Kind:
    """The kind that the name asks for. Raises ``DataError`` for another ending.

    >>> kind_of(Path("memo.HTML")).mime
    'text/html'
    """
    found = KINDS.get(path.suffix.lower())
    if found is None:
        raise DataError(f"A memo is written as a page or as slides, got {path.name}. End the name in .html or .pptx.")
    return found


def file_name(day: date, ending: str) -> str:
    """What the file is called where nobody has said."""
    return f"decision-{day.isoformat()}{ending}"
