"""What each of several offers did, within the customers whom it was meant for."""

from typing import Any

import pandas as pd
import streamlit as st

from churn_core.experiment.per_offer import can_name_a_rate
from pages.parts import words
from pages.parts.results.columns import offer_columns
from pages.parts.tables import show_table


def per_offer(result: dict[str, Any]) -> None:
    """``result`` as ``CampaignResult.as_dict`` makes it; nothing for a campaign with one offer."""
    if not result.get("per_offer"):
        return
    st.markdown("**Each offer**")
    columns = offer_columns()
    rows = [_row(each) for each in result["per_offer"]]
    show_table(pd.DataFrame(rows, columns=list(columns)), columns, key="per_offer")
    st.caption(
        "Each offer is compared with those left alone among the customers whom it was meant for. The figures above are of all offers "
        "together."
    )
    for each in result["per_offer"]:
        if not can_name_a_rate(each):
            st.caption(words.said(each["sentence"]))


def _row(each: dict[str, Any]) -> dict[str, Any]:
    """An offer as a row of the table; what cannot be told is blank."""
    counts, rate, kept = each["two_by_two"] or {}, each["success_rate"] or {}, each["kept"] or {}
    return {
        "offer": each["offer"],
        "treated": each["drawn"]["treated"],
        "left_treated": counts.get("left_treated"),
        "control": each["drawn"]["control"],
        "left_control": counts.get("left_control"),
        "kept": kept.get("estimate"),
        "success_rate": rate.get("estimate") if can_name_a_rate(each) else None,
        "success_rate_low": rate.get("low"),
        "success_rate_high": rate.get("high"),
    }
