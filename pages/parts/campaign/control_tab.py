"""How many to leave alone, so that the campaign can be measured: what it costs now, and what knowing is worth later."""

import pandas as pd
import streamlit as st

from churn_core.application.plan_of_control import (
    LATER_CAMPAIGNS,
    MOST_CAMPAIGNS,
    Believed,
    ControlAdvice,
    advise,
    believed_now,
)
from churn_core.application.workspace import Workspace
from churn_core.campaign.plan import Plan
from churn_core.charts.control import net_worth_figure
from churn_core.decisions.recommendation import Recommendation, recommend
from pages.parts import words
from pages.parts.frame import chart, otherwise, palette, store
from pages.parts.tables import control_columns, show_table


@st.cache_data(show_spinner=False, max_entries=64)
def _advice(
    model_id: str, data: str, plan: Plan, belief: tuple, later: int, currency: str, _of: Recommendation, _believed: Believed
) -> ControlAdvice:
    """Worked out once for everybody who looks at the same plan."""
    return advise(_of, _believed, later, currency)


def control_tab(workspace: Workspace, recommended: Recommendation) -> None:
    """The control group of the list of the customers who are still here, in a back-test too."""
    if recommended.population.is_back_test:
        recommended = recommend(workspace.still_here, recommended.plan)
    if not recommended.outcome.contacted:
        st.info("The list is empty: at these parameters no contact pays.", icon=":material/info:")
        return
    place = st.container()
    usual, doubt, later = _asked(recommended)
    believed = usual if doubt is None else _believed(recommended, doubt)
    told = (believed.success_rate, believed.give_or_take, believed.doubt, believed.measured_in)
    data, model_id = workspace.dataset.sha256, workspace.version.model_id
    advice = _advice(model_id, data, recommended.plan, told, later, words.currency(), recommended, believed)
    with place:
        _say(advice)
    table = _table(advice)
    best = advice.plan.best
    chart(
        "No share is worth what it costs"
        if best is None
        else f"Leaving {words.as_set(best.share)} alone is worth most, its cost taken off",
        net_worth_figure(
            table[table["control"] > 0], palette(), best=None if best is None else best.share, currency=words.currency()
        ),
        key="control_worth",
        caption="What is learnt is worth something only where it changes whom later campaigns contact. "
        f"Counted: {words.counted(later, 'later campaign')} like this one.",
    )
    columns = control_columns()
    show_table(table, columns, key="control_shares", column_order=list(columns))


def _believed(recommended: Recommendation, doubt: float | None) -> Believed:
    """With what was measured before, where the database can be asked."""
    return otherwise(lambda: believed_now(recommended, store(), doubt), None) or believed_now(recommended, None, doubt)


def _asked(recommended: Recommendation) -> tuple[Believed, float | None, int]:
    """What is believed with the usual doubt; the doubt if somebody has another, and the later campaigns."""
    usual = _believed(recommended, None)
    left, right = st.columns(2, gap="large")
    start = round(usual.doubt, 2)
    doubt = left.slider(
        "Doubt that the contact keeps anybody",
        0.0,
        1.0,
        start,
        0.01,
        format="percent",
        key="doubt",
        bind="query-params",
        help="How likely you think it that contacting changes nothing at all. The success rate and its give or take are what you "
        "expect if it does.",
    )
    later = right.number_input(
        "Later campaigns",
        0,
        MOST_CAMPAIGNS,
        LATER_CAMPAIGNS,
        1,
        key="later_campaigns",
        bind="query-params",
        help="Campaigns of about this size that will be planned with what this one measures.",
    )
    return usual, None if doubt == start else doubt, int(later)


def _say(advice: ControlAdvice) -> None:
    st.header(words.said(advice.sentence))
    st.markdown(
        "A **control group** is a part of the list, drawn by lot, that nobody contacts. If fewer of the contacted leave than of the "
        "control group, the contact has kept the difference: that is the success rate, measured. The price is that nobody tries to "
        "keep those who are left alone."
    )
    for remark in advice.remarks:
        st.caption(words.said(remark))
    best = advice.plan.best
    if best is not None:
        st.button(
            f"Leave {words.as_set(best.share)} alone on the contact list",
            key="use_share",
            icon=":material/call_split:",
            on_click=_to_the_list,
            args=(best.share,),
        )


def _to_the_list(share: float) -> None:
    """Set the share there and open that tab; for a callback, which runs before the tabs are drawn."""
    st.session_state["control_share"] = share
    st.session_state["campaign_tab"] = "Contact list"


def _table(advice: ControlAdvice) -> pd.DataFrame:
    rows = [{**row, "worth": advice.plan.later_campaigns * row["worth_per_campaign"]} for row in advice.as_dict()["shares"]]
    return pd.DataFrame(rows).astype(dict.fromkeys(("precision", "power", "power_break_even", "harm_noticed"), float))
