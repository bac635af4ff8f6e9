"""The command line: ``python -m churn_core COMMAND``."""

from churn_core.cli.commands import main

__all__ = ["main"]
