"""The worked examples of the economics, as Python and the browser are held against them."""

import json
from pathlib import Path

from churn_core.campaign.economics import Campaign

CASES = json.loads(Path(__file__).with_name("economics_vectors.json").read_text())


def case(number: str) -> tuple[dict, dict]:
    """What is given, and what has to come out."""
    (name,) = [name for name in CASES if name.startswith(number + "_")]
    return CASES[name].get("input", {}), CASES[name]["expect"]


def campaign_of(given: dict, **more) -> Campaign:
    return Campaign(retention_cost=given["c"], success_rate=given["gamma"], **more)


def campaign_of_neslin(given: dict) -> Campaign:
    """In the letters of Neslin (2006)."""
    return Campaign(
        retention_cost=given["contact"],
        success_rate=given["gamma"],
        incentive=given["incentive"],
        incentive_uptake=given["kappa"],
        fixed_cost=given["fixed"],
    )
