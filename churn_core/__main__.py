"""``python -m churn_core COMMAND``."""

import sys

from churn_core.cli.commands import main

sys.exit(main(sys.argv[1:]))
