"""The success rate to plan with after a campaign: offered, never taken silently."""

from typing import Any

import streamlit as st

from churn_core.application.correction import belief_of, with_measured
from churn_core.campaign.plan import Plan
from pages.parts import words
from pages.parts.campaign_inputs import set_draft
from pages.parts.rate_source import measured_in


def correct(name: str, result: dict[str, Any], plan: Plan) -> None:
    """``result`` as ``CampaignResult.as_dict`` makes it; ``plan`` is the draft."""
    posterior = result["posterior"]
    if posterior is None:
        return
    measured, harm = with_measured(plan, result), posterior.get("backfire_rate")
    with st.container(border=True, key="correct"):
        st.markdown("**The success rate to plan with**")
        st.markdown(
            words.markdown(
                f"With what was believed before, it is {_rate(measured)}. The chance that the contact does nothing is "
                f"{words.percent(belief_of(posterior).doubt, 0)}, and the rate counts it."
                f"{'' if plan.offers else f' Your draft has {_rate(plan)}.'}"
            )
        )
        if harm and plan.campaign.backfire_rate != harm:
            both = with_measured(plan, result, harm)
            st.markdown(
                words.markdown(
                    f"The campaign also drove customers away: {words.as_set(harm)} of the contacted who would have stayed left. The "
                    f"success rate above is what remains after that. A plan that counts both takes {_rate(both)} success and "
                    f"{words.as_set(harm)} backfire."
                )
            )
        else:
            both = None
        if plan.offers:
            st.caption(
                "Your draft has several offers, each with a success rate of its own: write what was measured into the table on "
                "Campaign."
            )
            return
        used = _uses(plan, measured)
        if used:
            source = measured_in(plan)
            st.caption(words.markdown(f"Your draft uses it: {source or f'measured in {name}'}."))
        with st.container(horizontal=True):
            if not used:
                _button(f"Use {_rate(measured)} in the draft", measured, "use_measured", primary=True)
            if both is not None:
                _button(f"Use {_rate(both)} and {words.as_set(harm)} backfire", both, "use_backfire")


def _button(label: str, plan: Plan, key: str, primary: bool = False) -> None:
    st.button(
        words.markdown(label),
        type="primary" if primary else "secondary",
        key=key,
        on_click=set_draft,
        args=(plan,),
        help="Changes your draft: look at Campaign. What is published stays until somebody publishes.",
    )


def _uses(plan: Plan, measured: Plan) -> bool:
    ours, theirs = plan.campaign, measured.campaign
    return (
        abs(ours.success_rate - theirs.success_rate) < 1e-9
        and abs(ours.success_rate_give_or_take - theirs.success_rate_give_or_take) < 1e-9
    )


def _rate(plan: Plan) -> str:
    return f"{words.as_set(plan.campaign.success_rate)} ± {words.as_set(plan.campaign.success_rate_give_or_take)}"
