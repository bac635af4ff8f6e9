"""What stands in the cells of a table: words for the numbers that it holds and is sorted by."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
from pandas.io.formats.style import Styler

_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def in_words(table: pd.DataFrame, words: Mapping[str, Callable[[Any], str]]) -> Styler:
    """The table with its numbers in ``words``, by the name of the column; what is no number is shown as it stands in the file.

    Of a Styler Streamlit takes the words by the place of the cell. pandas would make the HTML of every cell besides, which nobody
    reads and which takes twice as long as all the rest.
    """
    cells = [
        [{"id": f"row{row}_col{place}", "display_value": _or_text(words[name], value)} for row, value in enumerate(table[name])]
        for place, name in enumerate(table)
        if name in words
    ]
    styler = table.style
    styler._translate = lambda *_: {"body": cells}
    return styler


def _or_text(in_words: Callable[[Any], str], value: Any) -> Any:
    if isinstance(value, str):
        return in_words(float(value)) if _NUMBER.fullmatch(value) else value
    return in_words(value)
