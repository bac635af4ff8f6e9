"""What the browser needs to compute a campaign while a slider moves: its script, mark-up and style, and its data.

The Campaign page gives them to Streamlit and answers after each release; the file that is taken along holds them, and computes alone.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from churn_core import settings
from churn_core.campaign.economics import NOISE, TENURE, Campaign
from churn_core.campaign.plan import PER_CUSTOMER, Plan
from churn_core.campaign.sweep import Sweep
from churn_core.campaign.uncertainty import Z
from churn_core.campaign.worth import OF_REVENUE
from churn_core.decisions.headline import headline, if_exact
from churn_core.decisions.population import Population
from churn_core.decisions.recommendation import Recommendation
from churn_core.formats import count, money, percent
from churn_core.live.thinned import FEWEST, MOST, Steps, thinned
from churn_core.schema import within

_HERE = Path(__file__).resolve().parent
_MODULES = ("worth", "economics", "formats", "svg", "table", "chart", "campaign")  # in this order they are one module
_RANGES = {
    "retention_cost": settings.RETENTION_COST_SLIDER,
    "success_rate": settings.SUCCESS_RATE_SLIDER,
    "success_rate_give_or_take": settings.GIVE_OR_TAKE_SLIDER,
    "clv_months": settings.CLV_MONTHS_SLIDER,
}

CONSTANTS = {"noise": NOISE, "z": Z, "plateau_share": settings.PLATEAU_SHARE, "curve_points": settings.CURVE_POINTS}


def file(name: str) -> str:
    """A file of this room as text."""
    return (_HERE / name).read_text(encoding="utf-8")


def module(*names: str) -> str:
    """The scripts of these names, in this order, as one module."""
    return "\n".join(file(f"{name}.js") for name in names)


def script() -> str:
    """The browser's part as one module; its default export is the function ``campaign``."""
    return module(*_MODULES)


def mark_up() -> str:
    """The sliders, and the places for the headline, the figures and the curve."""
    return file("campaign.html")


def style() -> str:
    """The style; colours and fonts are Streamlit's ``--st-…`` variables, which somebody has to set elsewhere."""
    return file("campaign.css") + file("numbers.css")


def ranges(for_life: bool) -> dict[str, tuple[float, float, float]]:
    """The sliders by name: lowest, highest, step; ``for_life``: of customers with a lifetime value."""
    return {name: ends for name, ends in _RANGES.items() if not (for_life and name in OF_REVENUE)}


def is_by_tenure(campaign: Campaign) -> bool:
    """Whether the worth of a save rests on the tenure of the customer, which the browser then needs."""
    return campaign.after_save == TENURE


def packed(swept: Sweep, with_tenure: bool = False, weight: npt.NDArray[np.float64] | None = None) -> dict[str, str]:
    """The arrays as text, in falling order of score: little-endian floats for score, for monthly charge or lifetime value and, where
    the worth of a save rests on it, for the tenure in months; ``weight`` where a row stands for several customers (``thinned``).
    ``fingerprint`` names these customers.
    """
    arrays: dict[str, npt.NDArray[np.float64]] = {"score": swept.score, "value": swept.value}
    if with_tenure and swept.tenure is not None:
        arrays["tenure"] = swept.tenure
    if weight is not None:
        arrays["weight"] = weight
    bytes_of = {name: array.astype("<f8").tobytes() for name, array in arrays.items()}
    fingerprint = hashlib.sha256(b"".join(bytes_of.values())).hexdigest()[:16]
    return {**{name: base64.b64encode(data).decode() for name, data in bytes_of.items()}, "fingerprint": fingerprint}


@dataclass(frozen=True, kw_only=True, eq=False)
class Sent:
    """The customers as the browser gets them: their ``steps``, and the arrays of those as text (``packed``)."""

    steps: Steps
    customers: Mapping[str, str]


def sent(population: Population, plan: Plan) -> Sent | None:
    """What the browser computes this plan with, made once for all plans that ask the same of the customers: each of them, of more than
    ``MOST`` the steps. ``None`` where it cannot: so many customers have too many different tenures.
    """
    many, by_tenure = len(population) > MOST, is_by_tenure(plan.campaign) and not population.worth.for_life
    each = many and plan.rule == PER_CUSTOMER

    def made() -> Sent | None:
        steps = thinned(population.expected_sweep, each=each, by_tenure=by_tenure)
        if many and by_tenure and steps.number < FEWEST:
            return None
        return Sent(steps=steps, customers=packed(steps.swept, by_tenure, steps.weight))

    return population.kept.get(("sent", each, by_tenure), made)


def data_of(
    recommended: Recommendation,
    customers: Mapping[str, str],
    *,
    currency: str,
    palette: Mapping[str, str],
    source: str,
    assumed: str,
    published: float | None,
) -> dict[str, Any]:
    """What the component is given, as JSON values: the ``customers`` (of ``packed``), the plan, and Python's answer to it.

    ``source`` says where the success rate of the plan comes from, ``assumed`` that any other is an assumption; ``published`` is the
    published threshold. Colours are those of a palette, by name.
    """
    population, plan, chosen = recommended.population, recommended.plan, recommended.outcome
    return {
        "fingerprint": customers["fingerprint"],
        "customers": dict(customers),
        "plan": plan.as_dict(),
        "source": source,
        "assumed": assumed,
        "seen": 0,
        "answer": {
            "headline": headline(recommended, currency),
            "threshold": percent(recommended.best.threshold),
            "contacted": count(chosen.contacted),
            "profit": money(chosen.expected_profit, currency),
            "ifExact": if_exact(recommended.forecast, plan.campaign, currency) or "",
            "spend": money(chosen.expected_spend, currency),
            "roi": percent(chosen.roi, 0),
        },
        "published": published,
        "backTest": population.is_back_test,
        "time": within(population.schema),
        "currency": currency,
        "palette": dict(palette),
        "perValue": population.expected_sweep.per_value,
        "ranges": ranges(population.worth.for_life),
        "constants": CONSTANTS,
    }
