"""All campaigns: planned against measured in one picture, what they say together, and which are not measured yet."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from churn_core.application.results_over_time import sum_of, together_of, waiting
from churn_core.charts.results import planned_against_measured
from churn_core.storage.draws import KeptDraw
from churn_core.storage.results import KeptResult
from pages.parts import words
from pages.parts.frame import chart, palette, store
from pages.parts.results.columns import result_columns, waiting_columns
from pages.parts.tables import show_table


def together_in_words(table: pd.DataFrame) -> str | None:
    """The sentence for an executive; ``table`` as ``over_time`` makes it, ``None`` where no campaign's profit could be told."""
    found = sum_of(table)
    if found is None:
        return None
    return (
        f"{words.counted(found.campaigns, 'campaign')}: expected {words.money(found.expected)}, realised "
        f"{words.money(found.realised.estimate)} ({words.money(found.realised.low)} to {words.money(found.realised.high)})"
    )


def campaigns_over_time(kept: Sequence[KeptResult], table: pd.DataFrame) -> None:
    """One line per campaign, and one picture."""
    if not kept:
        return
    st.header("Campaigns over time")
    told = table[table["realised_profit"].notna() & table["expected"].notna()]
    if len(told):
        chart(
            "What each campaign was expected to earn, and what it earned",
            planned_against_measured(told, palette(), words.currency()),
            key="planned_against_measured",
            caption="The lines hold 95 of 100 times. What a campaign earned is known less well than whom it kept.",
        )
    _together(kept)
    columns = result_columns()
    show_table(table, columns, key="results", column_order=list(columns))


def _together(kept: Sequence[KeptResult]) -> None:
    """Whether the campaigns differ, and what to expect of the next; from three campaigns on."""
    found = together_of(kept)
    if found is None:
        return
    rate, after = found.success_rate, found.next_one
    differ = (
        "The campaigns differ by more than chance, so the next may well be another"
        if found.differ
        else "The campaigns differ by no more than chance"
    )
    st.markdown(
        words.markdown(
            f"Together the campaigns kept {words.percent(rate.estimate, 0)} of those who would have left "
            f"({words.percent(rate.low, 0)} to {words.percent(rate.high, 0)}). {differ}: expect {words.percent(after.low, 0)} to "
            f"{words.percent(after.high, 0)} of the next one."
        )
    )


def waiting_for_results(draws: Sequence[KeptDraw], kept: Sequence[KeptResult]) -> None:
    """The lists that are out, and from when on each can be measured."""
    table = waiting(draws, kept, store().campaigns(archived=True))
    if not len(table):
        return
    st.header("Waiting for their result")
    columns = waiting_columns()
    show_table(table, columns, key="waiting", column_order=list(columns))
