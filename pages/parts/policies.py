"""What each choice earns, in words: on the Overview as a chart, on the Campaign page as a table."""

import pandas as pd

from churn_core.decisions.compare_offers import ALL_OFFERS
from churn_core.decisions.policies import EVERYBODY, NOBODY, advantage
from pages.parts import words

FORBIDDEN = {  # the limit that forbids a choice → what is said of the choice
    "": "",
    "budget": "not affordable",
    "min_roi": "below the least ROI",
    "min_marginal_roi": "contacts below the least ROI",
}


def message(table: pd.DataFrame, chosen: str) -> str:
    """What the ``chosen`` of ``policies`` earns beside the best simple choice that the limits allow."""
    row = table.set_index("policy").loc[chosen]
    if not row.contacted:
        return "Nothing earns more than contacting nobody"
    simple, gained = advantage(table, chosen)
    if words.money(abs(gained)) == words.money(0):
        return f"Choosing whom to contact earns as much as contacting {simple.lower()}"
    more = "more" if gained > 0 else "less"
    return f"Choosing whom to contact earns {words.money(abs(gained))} {more} than contacting {simple.lower()}"


def spends_less(table: pd.DataFrame, chosen: str) -> str:
    """What follows ``message`` where it compares with contacting everybody: what is not spent; empty for nothing."""
    row = table.set_index("policy")
    saved = float(row["expected_spend"][EVERYBODY] - row["expected_spend"][chosen])
    compared = row["contacted"][chosen] and advantage(table, chosen)[0] == EVERYBODY
    return f", and spends {words.money(saved)} less" if compared and words.money(saved) != words.money(0) else ""


def message_of_offers(table: pd.DataFrame) -> str:
    """What all offers earn beside the best of them alone; ``table``: that of ``policies_of_offers``."""
    profit = table.set_index("policy")["expected_profit"]
    alone = profit.drop(ALL_OFFERS)
    gained = max(profit[ALL_OFFERS] - alone.max(), 0.0)
    best = f"contacting {alone.idxmax().lower()}" if alone.idxmax() == NOBODY else alone.idxmax()
    more = f"{words.money(gained)} more than" if words.money(gained) != words.money(0) else "as much as"
    return f"All offers together earn {more} {best}"


def beside_the_bars(table: pd.DataFrame) -> dict[str, str]:
    """What stands beside the bars of each policy; what a limit forbids has its mark instead of its profit."""
    return {row.policy: _beside(row) for row in table.itertuples()}


def about_the_forbidden(table: pd.DataFrame) -> str:
    return "Hatched: what the limits forbid, which is not compared. " if (table["forbidden_by"] != "").any() else ""


def _beside(row) -> str:
    if row.forbidden_by == "budget":
        return f"{FORBIDDEN[row.forbidden_by]}<br>would spend {words.money(row.expected_spend)}"
    if row.forbidden_by:
        return f"{FORBIDDEN[row.forbidden_by]}<br>ROI {words.percent(row.roi, 0)}"
    roi = f"<br>ROI {words.percent(row.roi, 0)}" if row.contacted else ""
    return f"{words.money(row.expected_profit)} profit{roi}"
