"""Paths and defaults, each with its unit and its source."""

import os
from pathlib import Path

RETENTION_COST = 10.0  # money per contacted customer; ECONOMICS.md, from the article
SUCCESS_RATE = 0.30  # share of contacted leavers who stay; ECONOMICS.md: an assumption until a control group measures it
CLV_MONTHS = 12  # months of revenue that one saved customer is worth; ECONOMICS.md

MAX_MONEY = 1e9  # money; more than one customer can be worth or cost in any currency, and far from overflow
MAX_MONTHS = 1200  # months; a hundred years

# What the sliders offer: wide enough for every row of the table in ECONOMICS.md, fine enough to find the optimum.
RETENTION_COST_SLIDER = (0.0, 300.0, 1.0)  # lowest, highest, step; money per contacted customer
SUCCESS_RATE_SLIDER = (0.0, 1.0, 0.01)  # lowest, highest, step; share
CLV_MONTHS_SLIDER = (1, 60, 1)  # lowest, highest, step; months

PLATEAU_SHARE = 0.01  # share of the best profit; thresholds that lose no more than this are "as good" (ECONOMICS.md)

REPLICATES = 1000  # bootstrap replicates; the ends of a 95 % interval then rest on 25 of them
SPLITS = 20  # random halvings, for the gap between a threshold's profit where it was chosen and where it was not
SUCCESS_RATE_SPREAD = 0.10  # share; half of the 95 % range of an assumed success rate, until the user says otherwise

# How far the tornado moves each assumption: by a share of it, or by so much where it is a rate near an end of its range.
SENSITIVITY_SHARE = 0.25  # of cost, success rate, horizon, margin, incentive, uptake, fixed cost
SENSITIVITY_STEPS = {"annual_discount": 0.10, "monthly_survival": 0.02, "backfire_rate": 0.01}  # shares
HEAT_MAP_POINTS = 25  # values of each of the two assumptions of the heat map
CURVE_POINTS = 200  # rows; what a curve on a page can show

TENURE_EDGES = (-1, 6, 12, 24, 48, 72, float("inf"))  # months, right-closed; MODELLING.md, and -1 gives tenure 0 a bucket
CONFIDENCE = 0.95  # share; every interval on every page

FOLDS = 5  # no unit; MODELLING.md, the protocol
REPEATS = 4  # no unit; MODELLING.md, the protocol
SEED = 0  # no unit; MODELLING.md, the protocol
CALIBRATION_BINS = 15  # equal-mass bins; MODELLING.md, the protocol

PREFERRED_MODEL = "logistic"  # the readable terms of MODELLING.md, and two more (README)
PLAIN_MODEL = "logistic_plain"  # what every other model has to beat

MAX_FILE_BYTES = 200 * 2**20  # bytes; largest file that is read into memory in one piece
GENERATED_ROWS = 7_043  # customers; as many as the Telco file, so that the generated fallback feels the same

CHECKOUT = Path(__file__).resolve().parent.parent  # the folder of the code, which holds the published comparison


def home() -> Path:
    """The one folder that holds all state: ``CHURN_HOME``, by default the checkout.

    Read at every call, so that a test or a second process can point elsewhere.
    """
    return Path(os.environ.get("CHURN_HOME") or CHECKOUT)
