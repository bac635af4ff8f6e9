"""Retention managers: whom do I contact at this cost, and what does it earn?"""

import streamlit as st

from churn_core.application.plan_of_control import MOST_CAMPAIGNS
from churn_core.application.workspace import Workspace
from churn_core.decisions.recommendation import Recommendation, recommend
from pages.parts import address, words
from pages.parts.audience import audience, audience_in_words
from pages.parts.campaign import schedule
from pages.parts.campaign.contact_tabs import contact_list_tab, policies_tab
from pages.parts.campaign.control_tab import control_tab
from pages.parts.campaign.front import campaign_front
from pages.parts.campaign.how_sure_tab import how_sure_tab
from pages.parts.campaign.many_customers_tab import many_customers_tab
from pages.parts.campaign.notes import assumptions_that_drive, why_so_low
from pages.parts.campaign.offers.front import offers_front
from pages.parts.campaign.offers.table import several_offers_inputs
from pages.parts.campaign.offers.tabs import TABS_OF_OFFERS
from pages.parts.campaign.save_button import save_button
from pages.parts.campaign.saved_tab import saved_tab
from pages.parts.campaign.segment_list import IN_ADDRESS, SEGMENT
from pages.parts.campaign.sensitivity_tab import sensitivity_tab
from pages.parts.campaign_inputs import plan_inputs
from pages.parts.campaign_words import is_for_life
from pages.parts.frame import errors_in_words, page_frame, rests_on
from pages.parts.open_margin import about_the_margin
from pages.parts.published import badge_with_actions
from pages.parts.rate_source import measured_in
from pages.parts.take_along import take_along
from pages.parts.turns import in_turn

TABS = {
    "Contact list": contact_list_tab,
    "Control group": control_tab,
    "Per customer or one threshold": policies_tab,
    "How sure": how_sure_tab,
    "Sensitivity": sensitivity_tab,
    "Saved campaigns": saved_tab,
    "Many customers": many_customers_tab,
}


def inputs_of_tabs(workspace: Workspace) -> dict[str, address.Parameter]:
    """What the address holds of the tabs, besides the campaign."""
    return {
        SEGMENT: IN_ADDRESS,
        "campaign_tab": address.choice(TABS),
        "control_share": address.number(0.0, 0.5),
        "doubt": address.number(0.0, 1.0),
        "later_campaigns": address.whole(0, MOST_CAMPAIGNS),
        "own_threshold": address.number(0.0, 1.0, empty=True),
        **schedule.IN_ADDRESS,
    }


@st.fragment
@in_turn()
def live(workspace: Workspace, side_bar) -> None:
    """Everything that follows the sliders, and what the figures rest on."""
    head = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom", key="front_boxes"):
        places = {name: st.container(width=210) for name in ("retention_cost", "budget")}
        saving = st.container(width="content")
    front = st.container()
    several_offers_inputs(workspace.schema)
    with st.expander("Budget and all assumptions", icon=":material/tune:"):
        plan = plan_inputs(workspace, places)
    with errors_in_words():
        draft = rests_on(workspace, plan, side_bar)
        recommended = recommend(audience(workspace), plan)
        with head:
            badge_with_actions(draft, workspace)
        save_button(saving, workspace, recommended)
        with front:
            first_screen(workspace, recommended)
            take_along(workspace, plan)
            about_the_margin(recommended)
        if recommended.offers is None:
            why_so_low(recommended)
        open_tab(workspace, recommended)
        what_the_figures_are(workspace, recommended)


def first_screen(workspace: Workspace, recommended: Recommendation) -> None:
    if recommended.offers is not None:
        offers_front(workspace, recommended, recommended.offers)
        return
    campaign_front(workspace, recommended)
    assumptions_that_drive(workspace, recommended)


def open_tab(workspace: Workspace, recommended: Recommendation) -> None:
    """Only the tab that is open computes and draws: what is not looked at does not slow the sliders."""
    tabs = TABS if recommended.offers is None else {**TABS, **TABS_OF_OFFERS}
    for tab, show in zip(
        st.tabs(list(TABS), key="campaign_tab", on_change="rerun", bind="query-params"), tabs.values(), strict=True
    ):
        if tab.open:
            with tab, errors_in_words():
                show(workspace, recommended)


def what_the_figures_are(workspace: Workspace, recommended: Recommendation) -> None:
    st.caption(
        f"All figures: {words.markdown(workspace.dataset.name)}, {words.markdown(audience_in_words(workspace))}, tested "
        f"on customers the model had not seen; {words.markdown(workspace.schema.name)} model version "
        f"{words.markdown(workspace.version.model_id)}. {_time_of_leaving(recommended, workspace)} "
        "Expected profit is against contacting nobody; ± is the "
        "95% range of what the campaign will earn, by chance and by how well the success rate is known. "
        f"{_whose_rate(recommended, workspace)}"
    )


def _time_of_leaving(recommended: Recommendation, workspace: Workspace) -> str:
    window = recommended.plan.campaign.window
    if window is None or window == workspace.schema.window:
        return words.of_leaving(workspace.schema)
    return f"Churn is leaving within {words.counted(window, 'month')}: your estimate."


def _whose_rate(recommended: Recommendation, workspace: Workspace) -> str:
    horizon = "" if is_for_life(workspace.schema) else ", horizon"
    if recommended.offers is not None:
        return f"Success rates{horizon} and the rest are yours: measure each offer with a control group."
    source = measured_in(recommended.plan)
    if source is None:
        return (
            f"No past campaign is in this data, so the success rate is your estimate, as {'are the horizon and' if horizon else 'is'} "
            "the rest. Measure it with a control group."
        )
    return f"The success rate was {words.markdown(source)}; {'horizon and the rest are' if horizon else 'the rest is'} yours."


with page_frame(also=inputs_of_tabs) as workspace:
    live(workspace, st.sidebar.empty())
