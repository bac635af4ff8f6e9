"""The terminal: progress, answers and errors in lines that it cannot obey, and who is at it."""

import argparse
import getpass
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

from churn_core.formats import percent, visible
from churn_core.jobs import Report, silent

OVER = "\r\033[K"  # back to the start of the line, and clear it


def teller() -> Report:
    """Progress goes to stderr, and only where somebody is watching; a share of the whole is written over the one before."""

    step = ""

    def tell(sentence: str, share: float | None = None) -> None:
        nonlocal step
        if share is None:
            if sentence == step:  # told again between two shares: it is still the same step
                return
            step = sentence
        line = sentence if share is None else f"{percent(share, 0):>4}  {sentence}"
        print(OVER + visible(line), end="\n" if share in (None, 1) else "", file=sys.stderr, flush=True)

    return tell if sys.stderr.isatty() else silent


def say(options: argparse.Namespace, *lines: str) -> None:
    if not options.json:
        print(*map(visible, lines), sep="\n")


def who() -> str:
    """Who is at the command line, as far as the machine knows."""
    try:
        return f"{getpass.getuser()} (command line)"
    except (KeyError, OSError):  # a container whose user has no name
        return "command line"


def fail(sentence: str, notes: Sequence[str] = (), code: int = 2) -> int:
    """Say what went wrong on stderr; the exit code."""
    with suppress(BrokenPipeError):  # nobody reads stderr any more; the exit code says it all the same
        print(
            (OVER if sys.stderr.isatty() else "") + "error: " + visible(" ".join(sentence.split())), file=sys.stderr, flush=True
        )
        for note in notes:
            print("note: " + visible(" ".join(note.split())), file=sys.stderr, flush=True)
    return code


def close_quietly() -> None:
    """Whoever reads stdout has enough, as ``head`` has: what is still to be written goes nowhere, at the end of Python too."""
    with suppress(OSError, ValueError):  # a stdout that is no file of the system
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
