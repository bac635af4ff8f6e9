"""Sentences of the core on a page: what names an option of the command line is left out, for there is an input instead."""

_OPTION = " --"


def without_options(told: str) -> str:
    """The sentences of ``told`` that name no option.

    >>> without_options("Dates are counted to 2024-01-31. Another day: --day")
    'Dates are counted to 2024-01-31.'
    """
    sentences = told.split(". ")
    kept = ". ".join(sentence for sentence in sentences if _OPTION not in f" {sentence}")
    return kept if not kept or kept.endswith((".", "?")) else f"{kept}."
