"""One finished campaign: what it kept and earned, why that differs from the plan, and the rate to plan with from now on."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from churn_core.application.results_over_time import too_few
from churn_core.campaign.plan import Plan
from churn_core.charts.results import bridge_figure
from churn_core.experiment.bridge import CHURN, EXPECTED, RATE, REALISED, SPEND
from pages.parts import words
from pages.parts.frame import chart, palette
from pages.parts.results.columns import tenth_columns
from pages.parts.results.correct import correct
from pages.parts.results.per_offer import per_offer
from pages.parts.tables import show_table

_STEPS = {  # of the bridge, in the words of a narrow chart
    EXPECTED: "Expected",
    CHURN: "Churn as measured",
    RATE: "Success as measured",
    SPEND: "Spend as booked",
    REALISED: "Realised",
}


def one_result(name: str, result: dict[str, Any], plan: Plan) -> None:
    """``result`` as ``CampaignResult.as_dict`` makes it; ``plan`` is the draft."""
    _figures(result)
    for warning in result["warnings"]:
        st.caption(words.said(warning))
    per_offer(result)
    correct(name, result, plan)
    if not too_few(result):
        _bridge(result)
    _by_tenth(result)


def title_of(name: str, result: dict[str, Any]) -> str:
    """What the campaign did, in a line of plain text; the name alone where nothing can be told yet."""
    rate = result.get("success_rate")
    if rate is None:
        return name
    if rate["estimate"] < 0:
        return f"{name}: those contacted left more often than those left alone"
    sure = f"{_percent(rate['estimate'])} of those who would have left" if rate["low"] > 0 else "which may be chance"
    return f"{name} kept {words.counted(round(result['kept']['estimate']), 'customer')}, {sure}"


def _figures(result: dict[str, Any]) -> None:
    counts, rate = result["two_by_two"], result["success_rate"]
    realised, expected = None if too_few(result) else result["realised_profit"], result["expected"]
    with st.container(horizontal=True):
        _figure("Customers kept", result["kept"], words.count, "Contacted customers who stayed because of the contact.")
        _figure("Success rate", rate, _percent, "Of the contacted who would have left, the share who stayed.")
        _figure("Realised profit", realised, words.money, "What the contacted brought, against the customers left alone.")
        _figure("Expected profit", expected, words.money, "What the plan promised of the contacted.")
    money = (
        "Fewer than 20 customers of a group left, so the profit cannot be told. "
        if too_few(result) and result["realised_profit"]
        else ""
        if result["realised_profit"]
        else "What the customers are worth is not known without their list, so no profit is told. "
    )
    st.caption(
        words.amounts(
            f"{words.count(counts['left_treated'])} of {words.count(counts['treated'])} contacted left, and "
            f"{words.count(counts['left_control'])} of {words.count(counts['control'])} left alone. {money}Ranges hold 95 of 100 "
            "times. "
            + (
                "The success rate is compared within levels of risk."
                if rate and rate.get("method") == "mantel_haenszel"
                else "The success rate compares the two groups as a whole."
            )
        )
    )


def _percent(share: float) -> str:
    return words.percent(share, 0)


def _figure(label: str, band: dict[str, float] | None, in_words: Callable[[float], str], help: str) -> None:
    """A figure with its range beneath it, where a reader looks for it."""
    st.metric(
        words.markdown(label),
        words.NOTHING if band is None else words.markdown(in_words(band["estimate"])),
        None if band is None else words.markdown(f"{in_words(band['low'])} to {in_words(band['high'])}"),
        delta_color="off",
        delta_arrow="off",
        border=True,
        help=words.markdown(help),
    )


def _bridge(result: dict[str, Any]) -> None:
    steps = [step for step in result["bridge"] if step["profit"] is not None]
    if len(steps) < 2:
        return
    chart(
        "From the expected to the realised profit",
        bridge_figure(
            [_STEPS.get(step["name"], step["name"]) for step in steps],
            [step["profit"] for step in steps],
            palette(),
            words.currency(),
        ),
        key="bridge",
        caption="Each step replaces one thing of the plan by what happened: how many left by themselves, what the contact kept, "
        "what it cost. What then remains to the realised profit is chance, and who it was that stayed.",
    )


def _by_tenth(result: dict[str, Any]) -> None:
    if not result["by_tenth"]:
        return
    with st.expander("By level of risk"):
        rows = [
            {
                **each,
                "churn_treated": each["left_treated"] / each["treated"],
                "churn_control": each["left_control"] / each["control"],
                "effect": each["effect"]["estimate"],
                "low": each["effect"]["low"],
                "high": each["effect"]["high"],
            }
            for each in result["by_tenth"]
            if each["treated"] and each["control"]
        ]
        columns = tenth_columns()
        show_table(pd.DataFrame(rows), columns, key="by_tenth", column_order=list(columns))
        st.caption(
            "Each level alone has few customers, so its range is wide. A level is marked where the contact does harm by more than "
            "chance, all levels taken together."
        )
