"""One finished campaign: what it kept and earned, why that differs from the plan, and the rate to plan with from now on."""

from typing import Any

import pandas as pd
import streamlit as st

from churn_core.campaign.plan import Plan
from churn_core.charts.results import bridge_figure
from pages.parts import words
from pages.parts.campaign_inputs import set_draft
from pages.parts.frame import chart, palette
from pages.parts.tables import show_table, tenth_columns


def one_result(name: str, result: dict[str, Any], plan: Plan) -> None:
    """``result`` as ``CampaignResult.as_dict`` makes it; ``plan`` is the draft."""
    _figures(result)
    for warning in result["warnings"]:
        st.caption(words.markdown(warning))
    _correct(name, result, plan)
    _bridge(result)
    _by_tenth(result)


def _figures(result: dict[str, Any]) -> None:
    counts, rate = result["two_by_two"], result["success_rate"]
    first, second, third, fourth = st.columns(4)
    first.metric("Customers kept", words.count(result["kept"]["estimate"]), help=_span(result["kept"], words.count))
    share = words.NOTHING if rate is None else words.percent(rate["estimate"], 0)
    second.metric("Success rate", share, help=None if rate is None else _span(rate, lambda end: words.percent(end, 0)))
    realised, expected = result["realised_profit"], result["expected"]
    third.metric(
        "Realised profit", words.money(realised and realised["estimate"]), help=realised and _span(realised, words.money)
    )
    fourth.metric(
        "Expected profit", words.money(expected and expected["estimate"]), help=expected and _span(expected, words.money)
    )
    st.caption(
        f"{words.count(counts['left_treated'])} of {words.count(counts['treated'])} contacted left, "
        f"{words.count(counts['left_control'])} of {words.count(counts['control'])} left alone. Intervals are 95%. "
        "The success rate is compared within levels of risk, the profit against the customers left alone."
    )


def _span(band: dict[str, float], in_words) -> str:
    return words.markdown(f"95% interval: {in_words(band['low'])} to {in_words(band['high'])}.")


def _correct(name: str, result: dict[str, Any], plan: Plan) -> None:
    """Offer the rate that is believed now; never take it silently."""
    posterior = result["posterior"]
    if posterior is None:
        return
    rate, half = posterior["success_rate"], posterior["success_rate_give_or_take"]
    with st.container(border=True, key="correct"):
        st.markdown(
            words.markdown(
                f"With what you assumed before, the success rate to plan with is {words.percent(rate)} ± {words.percent(half)}; the "
                f"chance that the contact does nothing is {words.percent(posterior['doubt'], 0)}."
            )
        )
        if plan.campaign.success_rate == rate:
            st.caption(words.markdown(f"Your draft uses it: measured in {name}."))
            return
        st.button(
            f"Use {words.percent(rate)} ± {words.percent(half)} in the draft",
            type="primary",
            key="use_measured",
            on_click=set_draft,
            args=(with_rate(plan, rate, half),),
            help="Changes your draft. What is published stays until somebody publishes.",
        )


def with_rate(plan: Plan, rate: float, half: float) -> Plan:
    """The plan with another success rate and its give-or-take."""
    return Plan.from_dict({**plan.as_dict(), "success_rate": rate, "success_rate_give_or_take": half})


def _bridge(result: dict[str, Any]) -> None:
    steps = [step for step in result["bridge"] if step["profit"] is not None]
    if len(steps) < 2:
        return
    chart(
        "From the expected to the realised profit",
        bridge_figure(
            [step["name"].capitalize() for step in steps], [step["profit"] for step in steps], palette(), words.currency()
        ),
        key="bridge",
        caption="Each step replaces one thing of the plan by what happened. The last one is chance, and who it was that stayed.",
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
        ]
        columns = tenth_columns()
        show_table(pd.DataFrame(rows), columns, key="by_tenth", column_order=list(columns))
        st.caption("A level is marked where the contact may harm by more than chance, ten looks taken into account.")
