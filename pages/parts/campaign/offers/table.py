"""The switch “Several offers”, and behind it the table in which they are written."""

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from churn_core.campaign.economics import Campaign
from churn_core.campaign.offers.offer import OF_ONE_OFFER, Offer
from churn_core.decisions.only_if import check_rules
from churn_core.schema import Schema
from pages.parts import several_offers, words
from pages.parts.campaign.offers.rows import LABELS, USUAL, offers_of_rows, rows_of, table_of, typed
from pages.parts.column_kinds import text
from pages.parts.frame import errors_in_words

_SWITCH = "several_offers"
_ROWS = "offers_rows"  # what stands in the table, impossible values too; outlives a switch of pages and the switch above
_SHOWN = "offers_shown"  # the rows that the table began with, and which of the session's tables it is
_NARROW, _WIDE = 96, 150  # pixels of a column of numbers, and of texts
_NAMED = 12  # columns that a help names
_ONE = "Offer 1"  # what the only offer is called until somebody names it


def several_offers_inputs(schema: Schema) -> None:
    """The switch and the table; the draft holds what stands there as soon as all of it is possible."""
    is_on = bool(several_offers.draft_offers())
    st.session_state[_SWITCH] = is_on
    st.toggle(
        "Several offers",
        key=_SWITCH,
        on_change=_switched,
        help="Each customer then gets the offer that earns most, or none, within the budget and the capacities. Each customer gets "
        "at most one offer, once: several contacts for one customer are not planned here.",
    )
    if not is_on:
        return
    rows = typed(_editor(schema))
    st.session_state[_ROWS] = rows
    with errors_in_words():
        offers = offers_of_rows(rows)
        check_rules(offers, schema)
        several_offers.put(offers, in_the_table=False)


def _switched() -> None:
    """On: the table as it was before, or the one offer that the inputs describe. Off: the table keeps its rows."""
    on = st.session_state[_SWITCH]
    several_offers.put((_of_the_inputs(),) if on else (), in_the_table=on and not st.session_state.get(_ROWS))


def _of_the_inputs() -> Offer:
    usual = Campaign()
    values: dict[str, Any] = {name: float(st.session_state.get(name, getattr(usual, name))) for name in OF_ONE_OFFER}
    values["incentive_uptake"] = min(values["incentive_uptake"], 1 - values["backfire_rate"])
    return Offer(name=_ONE, **values)


def _editor(schema: Schema) -> pd.DataFrame:
    new, (rows, number) = st.session_state.pop(several_offers.START, None), st.session_state.get(_SHOWN, ([], 0))
    if new is not None:
        rows, number = rows_of(new), number + 1
    elif _key(number) not in st.session_state:  # another page was open in between
        rows, number = st.session_state.get(_ROWS, rows), number + 1
    st.session_state[_SHOWN] = rows, number
    return st.data_editor(
        table_of(rows),
        num_rows="dynamic",
        hide_index=True,
        column_config=_columns(schema),
        key=_key(number),
        placeholder=words.NOTHING,
        alt="The offers: name, cost, success rate, incentive, capacity and whom each is for",
    )


def _key(number: int) -> str:
    """Under a new key a table begins anew: what was typed into another is no change of this one."""
    return f"offers_table_{number}"


def _columns(schema: Schema) -> dict[str, Any]:
    number, unit = partial(st.column_config.NumberColumn, width=_NARROW), words.currency() or "money"
    names = [column.name for column in schema.inputs]
    shown = f"{', '.join(names[:_NAMED])}{' …' if len(names) > _NAMED else ''}"
    return {
        "name": text(LABELS["name"], help="What lists and files call it.", width=_WIDE),
        "retention_cost": number(
            f"{LABELS['retention_cost']} ({unit})", help="What contacting one customer costs, whether or not it helps."
        ),
        "success_rate": number(LABELS["success_rate"], help="Of the contacted who would have left, the share who stay."),
        "success_rate_give_or_take": number(
            LABELS["success_rate_give_or_take"],
            default=USUAL["success_rate_give_or_take"],
            help="The success rate, give or take this many points: half of the range that you hold 95% likely.",
        ),
        "incentive": number(
            f"{LABELS['incentive']} ({unit})", default=USUAL["incentive"], help="Given only to those who accept the offer."
        ),
        "incentive_uptake": number(
            LABELS["incentive_uptake"],
            default=USUAL["incentive_uptake"],
            help="Of the contacted who would have stayed anyway, the share who take the incentive.",
        ),
        "backfire_rate": number(
            LABELS["backfire_rate"],
            default=USUAL["backfire_rate"],
            help="Of the contacted who would have stayed, the share who leave because of the contact.",
        ),
        "capacity": number(LABELS["capacity"], help="The most customers who can get it. Empty: no limit."),
        "only_if": text(
            LABELS["only_if"],
            help=words.markdown(
                f"Whom the offer is for: Column=value, or Column>=number. Empty: everybody. The columns: {shown}."
            ),
            width=_WIDE,
        ),
    }
