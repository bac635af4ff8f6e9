"""``python -m churn_core COMMAND``."""

import gc
import os
import signal
import sys
import warnings
from types import FrameType

_STOPPED = 130  # the exit code of a program that Ctrl-C has ended


def _end(number: int, frame: FrameType | None) -> None:
    """Ctrl-C before anything is at work: while the libraries are loaded, which takes a second or two."""
    os.write(2, b"error: stopped before anything was done.\n")
    os._exit(_STOPPED)


if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # it may be ignored on purpose, as behind nohup
    signal.signal(signal.SIGINT, _end)

if sys.argv[1:2] == ["score"]:  # it multiplies no matrices, and threads that could would take turns at waiting for one
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from churn_core.cli.commands import load, main  # noqa: E402

gc.disable()  # what is loaded stays, and to look again and again for what of it could go takes a fifth of the time
load(sys.argv[1:])  # Ctrl-C counts from here on
gc.freeze()
gc.enable()

if signal.getsignal(signal.SIGINT) is _end:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if not sys.warnoptions:  # what a library warns of is for whoever works on the code
    warnings.simplefilter("ignore")
code = main(sys.argv[1:])
if code == _STOPPED:  # nobody waits until the libraries are put away
    sys.stderr.flush()
    os._exit(code)
signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is done or undone: what is left is the end of the process
sys.exit(code)
