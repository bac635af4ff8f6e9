"""Two companies that nobody has described: a shop without ids, tenure or a charge, and an insurer with a charge per year."""

import numpy as np
import pandas as pd

from churn_core.data.proposing.answers import Answers
from churn_core.data.writing.cells import to_csv

ROWS = 500


def shop() -> bytes:
    """Orders, a rating and a region that some leave blank, the day of the last order; who left orders seldom and rates low."""
    rng = np.random.default_rng(3)
    orders, rating = rng.poisson(4, ROWS), rng.integers(1, 6, ROWS).astype(float)
    days, region = rng.integers(0, 365, ROWS), rng.choice(["north", "south", "east", "west"], ROWS)
    left = rng.random(ROWS) < 1 / (1 + np.exp(1.0 + 0.5 * (orders - 3) - 0.004 * days + 0.3 * (rating - 3)))
    region[rng.random(ROWS) < 0.1] = ""
    rating[rng.random(ROWS) < 0.2] = np.nan
    last = pd.Timestamp("2024-12-31") - pd.to_timedelta(days, unit="D")
    table = pd.DataFrame(
        {
            "orders": orders,
            "rating": pd.array(rating).astype("Int64"),
            "basket_value": rng.gamma(3, 15.0, ROWS).round(2),
            "last_order": last.strftime("%Y-%m-%d"),
            "region": region,
            "newsletter": rng.choice(["yes", "no"], ROWS),
            "sex": rng.choice(["female", "male"], ROWS),
            "churned": np.where(left, "yes", "no"),
        }
    )
    return to_csv(table)[0]


SHOP = Answers(clv=900.0, currency="€", window=3.0, sensitive=("sex",))


def insurer() -> bytes:
    """A premium per year, years with the company, claims; who left came lately and pays much."""
    rng = np.random.default_rng(4)
    years, premium = rng.integers(0, 20, ROWS), rng.gamma(6, 90.0, ROWS).round(2)
    claims, car = rng.poisson(1.2, ROWS), rng.choice(["small", "estate", "van"], ROWS)
    left = rng.random(ROWS) < 1 / (1 + np.exp(0.8 + 0.15 * (years - 6) - 0.003 * (premium - 500) - (car == "van")))
    table = pd.DataFrame(
        {
            "policy_id": [f"P-{i:05d}" for i in range(ROWS)],
            "policy_years": years,
            "annual_premium": premium,
            "claims": claims,
            "car": car,
            "garage": rng.choice(["Y", "N"], ROWS),
            "churn": left.astype(int),
        }
    )
    return to_csv(table)[0]


INSURER = Answers(charge="annual_premium", charge_period="year", tenure="policy_years", tenure_unit="years")
