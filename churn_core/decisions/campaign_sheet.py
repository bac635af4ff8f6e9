"""The sheet beside a contact list: what the list is, the campaign's parameters, and what it is expected to do."""

import pandas as pd

from churn_core.campaign.offers.offer import OF_ONE_OFFER
from churn_core.campaign.schedule import Schedule
from churn_core.decisions.control import treated_of
from churn_core.decisions.drawn import draw_of
from churn_core.decisions.offers_words import offer_in_words
from churn_core.decisions.recommendation import Recommendation
from churn_core.formats import counted


def campaign_sheet(
    recommended: Recommendation, model_id: str, control_share: float = 0.0, salt: str = "", planned: Schedule | None = None
) -> pd.DataFrame:
    """The campaign beside its list, and how the list is ``planned`` in weeks, if it is. Columns: ``name`` (a word of ECONOMICS.md, or
    of the outcome) and ``value``. Contacts, profit, spend and ranges are net of the control group.
    """
    plan, drawn = recommended.plan, draw_of(recommended, control_share, salt)
    outcome, forecast, left_alone = recommended.outcome, recommended.forecast, int(drawn.control.sum())
    if left_alone:
        treated = treated_of(recommended, drawn)
        outcome, forecast = treated.outcome(plan.campaign), treated.forecast(plan.campaign)
    of_offers = {*OF_ONE_OFFER, "rule"} if plan.offers else set()
    values = {
        **_contents(outcome.contacted, left_alone, planned),
        **{name: value for name, value in plan.in_cells.items() if name not in of_offers},
        **{f"offer {k}": offer_in_words(offer) for k, offer in enumerate(plan.offers, 1)},
        "threshold": recommended.outcome.threshold,
        "contacted": outcome.contacted,
        "left_alone": left_alone,
        "expected_profit": outcome.expected_profit,
        "expected_spend": outcome.expected_spend,
        "roi": outcome.roi,
        "range_low": forecast.range.low,
        "range_high": forecast.range.high,
        "range_if_exact_low": forecast.range_if_exact.low,
        "range_if_exact_high": forecast.range_if_exact.high,
        "window_months": recommended.population.schema.window,
        "customers": len(recommended.population),
        "model_id": model_id,
        "control_share": control_share,
        "control_salt": salt,
        **({} if planned is None else _in_weeks(planned)),
    }
    return pd.DataFrame({"name": list(values), "value": pd.Series(list(values.values()), dtype=object)})


def _contents(contacted: int, left_alone: int, planned: Schedule | None) -> dict[str, str]:
    """What this workbook is, a sentence to each of its sheets."""
    order = "the most profitable first" if planned is None else "in the order of the weeks; without a week: not reached in time"
    alone = f"{counted(left_alone, 'customer')} to leave alone, so that the campaign can be measured" if left_alone else "nobody"
    return {
        "sheet Call": f"{counted(contacted, 'customer')} to contact, all still here, {order}.",
        "sheet Do not call": f"The control group: {alone}.",
        "afterwards": "Add a column 'left' to both sheets, 1 for each customer who left and 0 for each who stayed, and drop the "
        "workbook on the page Results.",
    }


def _in_weeks(planned: Schedule) -> dict[str, float]:
    return {
        "contacts_per_week": planned.per_week,
        "weeks": planned.weeks,
        "cost_of_waiting": planned.cost_of_waiting,
        "not_reached_in_time": planned.missed,
    }
