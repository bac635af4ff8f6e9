"""What a stranger may send, and where to look for it: texts with an image, a link and a colour, and files made of them."""

import io
import re
from collections.abc import Iterator

import pandas as pd

ELSEWHERE = "elsewhere.example"
IMAGE, LINK, COLOUR = f"![x](http://{ELSEWHERE}/i.png)", f"[Mend](http://{ELSEWHERE}/L)", ":red[colour]"
BARE, ICON, HTML = f"http://{ELSEWHERE}/bare", ":material/home:", f"<img src='http://{ELSEWHERE}/h.png'>"
TEXTS = (IMAGE, LINK, COLOUR, BARE, ICON, HTML)
ALL = " ".join(TEXTS)
LIVE = re.compile(  # what Streamlit would read as mark-up, or replace: nothing in front or between stops it
    rf"(?<!\\)\]\(http|(?<!\\)!\[x|(?<!\\):red|://{re.escape(ELSEWHERE)}|:material/home:|(?<!\\)<img"
)
PLAIN = {  # (element, field) that Streamlit shows as plain text, whatever it holds
    ("text", "body"), ("selectbox", "options"), ("selectbox", "raw_value"), ("multiselect", "options"), ("multiselect", "raw_values"),
    ("text_input", "default"),
    ("text_input", "value"), ("text_area", "default"), ("text_area", "value"), ("json", "body"), ("selectbox", "value"),
    ("code", "code_text"), ("component_instance", "json_args"), ("bidi_component", "json"),
}  # fmt: skip


def texts(proto, field: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a message of Streamlit, with the field that holds it."""
    for descriptor, value in proto.ListFields():
        for part in [*value] if descriptor.is_repeated else [value]:
            if isinstance(part, str):
                yield field or descriptor.name, part
            elif hasattr(part, "ListFields"):
                yield from texts(part, field)


def elements(block) -> Iterator:
    for child in block.children.values():
        yield child
        if hasattr(child, "children"):
            yield from elements(child)


def marked_up(at) -> list[str]:
    """Where on the page a stranger's text is live mark-up."""
    found = []
    for element in elements(at._tree):
        if getattr(element, "proto", None) is None or element.type in ("plotly_chart", "arrow_data_frame"):
            continue
        found += [
            f"{element.type}.{field}: {text[:200]}"
            for field, text in texts(element.proto)
            if LIVE.search(text) and field != "id" and (element.type, field) not in PLAIN
        ]
    for chart in at.get("plotly_chart"):
        found += [f"chart: {m}" for m in re.findall(r"<img|<a [^>]*>|:red\[[^&]{0,9}<", chart.proto.spec)]
    return found


def is_shown(at, text: str) -> bool:
    """Whether the text stands somewhere on the page: what is never shown is no proof."""
    seen = [text for element in elements(at._tree) if getattr(element, "proto", None) for _, text in texts(element.proto)]
    cells = [str(cell) for frame in at.dataframe for cell in frame.value.astype(str).to_numpy().ravel()]
    plain = [re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", s).replace("\u2060", "") for s in seen]
    return any(text in s for s in [*plain, *cells])


def in_cells(customers: pd.DataFrame) -> bytes:
    """Ids, categories, numbers and a column of its own that hold such texts; some rows are good."""
    table = customers.astype(str).reset_index(drop=True)
    table.loc[0, "customerID"], table.loc[1, "Contract"], table.loc[2, "tenure"], table.loc[3, "gender"] = (
        IMAGE,
        LINK,
        COLOUR,
        ALL,
    )
    table[f"note {LINK}"] = ALL
    return table.to_csv(index=False).encode()


def in_columns(customers: pd.DataFrame) -> bytes:
    """A column that is needed has a name of this kind."""
    return customers.rename(columns={"tenure": f"tenure ({IMAGE})", "gender": f"gender {LINK}"}).to_csv(index=False).encode()


def every_category(customers: pd.DataFrame) -> bytes:
    return customers.assign(Contract=LINK).to_csv(index=False).encode()


def in_sheets(customers: pd.DataFrame) -> bytes:
    stream = io.BytesIO()
    with pd.ExcelWriter(stream) as writer:
        for name in ("<b>one<&b>", "~~two~~ $x$"):  # no bracket and no colon may stand in the name of a sheet
            customers.rename(columns={"tenure": f"tenure {IMAGE}"}).to_excel(writer, sheet_name=name)
    return stream.getvalue()


FILES = {
    "cells": (in_cells, "csv"),
    "columns": (in_columns, "csv"),
    "categories": (every_category, "csv"),
    "sheets": (in_sheets, "xlsx"),
}
