"""Pieces of HTML from plain text of any origin: nothing in it is read as mark-up."""

import base64
import hashlib
import html
import json
from collections.abc import Iterable, Mapping
from typing import Any

from churn_core.formats import visible


def table(heads: Iterable[str], rows: Iterable[Iterable[str]], numbers: int = 0) -> list[str]:
    """A table; the last ``numbers`` columns are numbers and stand to the right. A cell knows its head, for narrow screens."""
    heads = list(heads)
    first = len(heads) - numbers

    kinds = [' class="number"' if i >= first else "" for i in range(len(heads))]
    names = "".join(f"<th{kind}>{text(head)}</th>" for kind, head in zip(kinds, heads, strict=True))

    def cells(row: Iterable[str]) -> str:
        told = zip(kinds, heads, row, strict=True)
        return "".join(f'<td{kind} data-head="{text(head)}">{text(each)}</td>' for kind, head, each in told)

    body = [f"<tr>{cells(row)}</tr>" for row in rows]
    return [
        '<div class="wide"><table>',
        f"<thead><tr>{names}</tr></thead>",
        "<tbody>",
        *body,
        "</tbody></table></div>",
    ]


def paragraphs(texts: Iterable[str], kind: str = "") -> list[str]:
    """A paragraph of each text that is not empty; ``kind`` is its class."""
    said = f' class="{kind}"' if kind else ""
    return [f"<p{said}>{text(each)}</p>" for each in texts if each]


def items(texts: Iterable[str]) -> list[str]:
    """A list."""
    return ["<ul>", *(f"<li>{text(each)}</li>" for each in texts), "</ul>"]


def text(plain: str) -> str:
    """A text of any origin, read as it is written."""
    return html.escape(visible(plain))


def as_json(data: Mapping[str, Any]) -> str:
    """JSON that cannot end the element it stands in."""
    return json.dumps(data, allow_nan=False, sort_keys=True).replace("<", "\\u003c")


def hash_of(content: str) -> str:
    """The content of an inline element as a policy names it."""
    return f"sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}"
