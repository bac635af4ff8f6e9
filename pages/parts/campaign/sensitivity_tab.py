"""What moves the profit: each assumption alone, and the two that matter most together."""

import streamlit as st

from churn_core.application.workspace import Workspace
from churn_core.campaign.optimise import best_threshold
from churn_core.campaign.plan import PER_CUSTOMER
from churn_core.campaign.sensitivity import break_evens, heat_map, slider_grid, slopes, tornado
from churn_core.campaign.worth import OF_REVENUE
from churn_core.charts.sensitivity import heat_map_figure, tornado_figure
from churn_core.decisions.recommendation import Recommendation
from pages.parts import words
from pages.parts.campaign.other_answers import other_answers
from pages.parts.campaign_words import is_for_life, label_of, value_in_words
from pages.parts.frame import chart, palette


def sensitivity_tab(workspace: Workspace, recommended: Recommendation) -> None:
    plan, swept, currency = recommended.plan, recommended.population.expected_sweep, words.currency()
    table = tornado(lambda campaign: best_threshold(swept, campaign, plan.objective).expected_profit, plan.campaign)
    if is_for_life(workspace.schema):
        table = table[~table["parameter"].isin(OF_REVENUE)]
    left, right = st.columns(2, gap="large")
    with left:
        if table.empty:
            st.info("No assumption moves the profit on its own: nothing pays near these parameters.", icon=":material/info:")
        else:
            labelled = table.assign(
                label=[label_of(name) for name in table["parameter"]],
                low_text=[value_in_words(row.parameter, row.low) for row in table.itertuples()],
                high_text=[value_in_words(row.parameter, row.high) for row in table.itertuples()],
            )
            chart(
                f"{labelled['label'].iloc[0]} moves the best profit most",
                tornado_figure(labelled, recommended.best.expected_profit, palette(), currency),
                key="tornado",
                caption="Each assumption alone, by a quarter either way or by the step beside it; the best single threshold is found "
                "anew at each.",
            )
    with right:
        shown = st.segmented_control(
            "Over success rate and cost",
            ["Best profit", "Best threshold"],
            default="Best profit",
            required=True,
            key="heat_map_of",
        )
        grid = heat_map(swept, plan.campaign, *slider_grid(plan.campaign), plan.objective)
        share = shown == "Best threshold"
        chart(
            "A higher cost and a lower success rate make fewer contacts worth it"
            if share
            else "What the campaign earns at every success rate and cost",
            heat_map_figure(
                grid.success_rate,
                grid.retention_cost,
                grid.threshold if share else grid.expected_profit,
                palette(),
                now=(plan.campaign.retention_cost, plan.campaign.success_rate),
                share=share,
                currency=currency,
            ),
            key="heat_map",
            caption="Exact at each of the 625 points; the cross is the draft. Blank: nobody is contacted.",
        )
    other_answers(workspace, recommended)
    _fixed_list(recommended)


def _fixed_list(recommended: Recommendation) -> None:
    """Break-evens and slopes of the recommended list, with the list left as it is."""
    if not recommended.outcome.contacted:
        return
    campaign, listed = recommended.plan.campaign, recommended.listed
    (rate, cost), (per_cost, per_rate) = break_evens(listed, campaign), slopes(listed, campaign)
    st.markdown(f"**This list of {words.counted(recommended.outcome.contacted, 'customer')}, as it is**")
    with st.container(horizontal=True):
        st.metric(
            "Break-even success rate",
            words.percent(rate),
            border=True,
            help="Below it this list loses money, whatever else holds.",
        )
        st.metric(
            "Break-even cost per contact",
            words.price(cost),
            border=True,
            help="Above it this list loses money, all else equal.",
        )
        st.metric(
            "One unit more cost", words.money(per_cost), border=True, help="Change of the profit per unit of retention cost."
        )
        st.metric(
            "One point more success", words.money(per_rate / 100), border=True, help="Change of the profit per percentage point."
        )
    rule = "customer by customer" if recommended.plan.rule == PER_CUSTOMER else "by one threshold"
    st.caption(f"The list is chosen {rule}; at the optimum its slopes are those of the best profit too.")
