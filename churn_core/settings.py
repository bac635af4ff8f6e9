"""Defaults and limits, each with its unit and its source; and the folder of the state."""

import os
from pathlib import Path

# The campaign, until the user says otherwise
RETENTION_COST = 10.0  # money per contacted customer; ECONOMICS.md, from the article
SUCCESS_RATE = 0.30  # share of contacted leavers who stay; ECONOMICS.md: an assumption until a control group measures it
SUCCESS_RATE_GIVE_OR_TAKE = 0.20  # share; half of its 95 % range, as of the literature's Beta(6, 14); ECONOMICS.md, "How sure"
CLV_MONTHS = 12  # months of revenue that one saved customer is worth; ECONOMICS.md

MAX_MONEY = 1e9  # money; our choice: more than one customer is worth or costs in any currency, and far from overflow
MAX_MONTHS = 1200  # months; our choice: a hundred years

# The sliders. Our choice: wide enough for every row of the table in ECONOMICS.md, fine enough to find the optimum.
RETENTION_COST_SLIDER = (0.0, 300.0, 1.0)  # money per contacted customer: lowest, highest, step
SUCCESS_RATE_SLIDER = (0.0, 1.0, 0.01)  # share: lowest, highest, step
GIVE_OR_TAKE_SLIDER = (0.0, 0.5, 0.01)  # share on either side of the success rate: lowest, highest, step
CLV_MONTHS_SLIDER = (1, 60, 1)  # months: lowest, highest, step

# How sure
CONFIDENCE = 0.95  # share; of every interval on every page, by convention
PLATEAU_SHARE = 0.01  # share of the best profit that a threshold which is "as good" may lose; ECONOMICS.md, "How sure"
REPLICATES = 1000  # bootstrap replicates; ECONOMICS.md, "How sure": each end of a 95 % interval then rests on 25 of them
SPLITS = 20  # random halvings that a threshold is chosen on and tested on; ECONOMICS.md, "How sure"

# How far the tornado moves each assumption. Our choice: by a share of its value, or by a step where it is a rate near 0 or 1.
SENSITIVITY_SHARE = 0.25  # share of cost, success rate, horizon, margin, incentive, uptake and fixed cost
SENSITIVITY_STEPS = {"annual_discount": 0.10, "monthly_survival": 0.02, "backfire_rate": 0.01}  # shares
HEAT_MAP_POINTS = 25  # values of each of its two assumptions; our choice: 625 cells can be told apart
CURVE_POINTS = 200  # rows; our choice: what a curve on a page can show

# The model and its evaluation: MODELLING.md, "The protocol"
FOLDS = 5  # parts of each repeat
REPEATS = 4  # repeats
SEED = 0  # no unit; of every random draw
CALIBRATION_BINS = 15  # bins of as many customers each
TENURE_EDGES = (-1, 6, 12, 24, 48, 72, float("inf"))  # months, right-closed; "Facts of the file"; −1 takes in tenure 0
PREFERRED_MODEL = "logistic"  # a name of model/candidates.py; MODELLING.md, "The production model"
PLAIN_MODEL = "logistic_plain"  # a name of model/candidates.py; what every other model has to beat

# Data
MAX_FILE_BYTES = 600 * 2**20  # bytes; largest file that is read into memory in one piece; the pages take smaller uploads
GENERATED_ROWS = 7_043  # customers of the generated data set; as many as the Telco file has

CHECKOUT = Path(__file__).resolve().parent.parent  # the folder of the code, which holds the published comparison


def home() -> Path:
    """The one folder that holds all state: ``CHURN_HOME``, by default the checkout.

    Read at every call, so that a test or a second process can point elsewhere.
    """
    return Path(os.environ.get("CHURN_HOME") or CHECKOUT)
