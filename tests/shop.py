"""A third company: a shop with all that a schema can say: dates, blanks, words never seen, other units, a value for life, no tenure
in months.
"""

import numpy as np
import pandas as pd

from churn_core.data.cleaning.table import clean
from churn_core.data.proposing.answers import Answers
from churn_core.data.proposing.propose import propose
from churn_core.data.proposing.to_schema import schema_of
from churn_core.data.seen import with_what_was_seen
from churn_core.schema import Schema

YEARLY = Answers(charge="fee", charge_period="year", tenure="since", tenure_unit="start date", window=3.0, currency="€")


def raw(rows: int = 400, seed: int = 0) -> pd.DataFrame:
    """Customers as the shop's file has them, all text."""
    rng = np.random.default_rng(seed)
    since = pd.Timestamp("2024-06-30") - pd.to_timedelta(rng.integers(1, 1500, rows), unit="D")
    visits, kind = rng.poisson(3, rows), rng.choice(["gold", "silver", "basic"], rows)
    log_odds = 0.5 - 0.6 * visits + 1.5 * (kind == "basic") - 0.5 * np.arange(rows) / rows
    frame = pd.DataFrame(
        {
            "client no": [f"C{seed}-{i}" for i in range(rows)],
            "since": since.strftime("%d/%m/%Y"),
            "visits": visits.astype(str),
            "card": kind,
            "spent": rng.gamma(2, 40, rows).round(2).astype(str),
            "newsletter": rng.choice(["ja", "nein"], rows),
            "discount": rng.choice(["yes", "no", ""], rows),
            "last order": (since + pd.to_timedelta(rng.integers(0, 30, rows), unit="D")).strftime("%Y-%m-%d"),
            "fee": rng.uniform(20, 900, rows).round(2).astype(str),
            "gone": np.where(rng.random(rows) < 1 / (1 + np.exp(-log_odds)), "yes", "no"),
        }
    )
    blank = rng.random((rows, 3)) < 0.1
    for i, name in enumerate(("visits", "card", "last order")):
        frame.loc[blank[:, i], name] = ""
    return frame.rename(columns={"gone": "churned"})


def schema(answers: Answers = YEARLY, frame: pd.DataFrame | None = None) -> Schema:
    """The schema that is proposed for these customers, with what they had."""
    frame = raw() if frame is None else frame
    proposed = schema_of(propose(frame, answers), "Shop")
    return with_what_was_seen(proposed, clean(frame, proposed)[0])
