"""Sentences of the core on a page: what names an option of the command line is left out, for there is an input instead."""

import re

_BETWEEN = re.compile(r"(?<=[.?]) ")
_OPTION = re.compile(r"(^| )--[a-z]")


def without_options(told: str) -> str:
    """The sentences of ``told`` that name no option.

    >>> without_options("Dates are counted to 2024-01-31. Another day: --day")
    'Dates are counted to 2024-01-31.'
    """
    return " ".join(sentence for sentence in _BETWEEN.split(told) if not _OPTION.search(sentence))
