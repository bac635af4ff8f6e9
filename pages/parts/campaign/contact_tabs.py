"""The contact list with its control group, and the two rules side by side."""

import streamlit as st

from churn_core.application.workspace import Workspace
from churn_core.decisions.contact_list import Recommendation, campaign_sheet, contact_list, control_of, recommend
from churn_core.decisions.policies import EACH, ONE_THRESHOLD, policies
from churn_core.schema import Schema
from pages.parts import words
from pages.parts.campaign_inputs import is_for_life
from pages.parts.downloads import download_csv, download_xlsx
from pages.parts.policies import FORBIDDEN
from pages.parts.tables import decision_columns, policy_columns, show_table

LISTED = 100  # customers shown; the download has them all


def contact_list_tab(workspace: Workspace, recommended: Recommendation) -> None:
    """Whom to contact, ranked, with reasons: customers who are still here, in a back-test too."""
    if recommended.population.is_back_test:
        recommended = recommend(workspace.still_here, recommended.plan)
    if not recommended.outcome.contacted:
        st.info("The list is empty: at these parameters no contact pays.")
        return
    version = workspace.version
    left, right = st.columns([2, 1], gap="large")
    share = left.slider(
        "Control group",
        0.0,
        0.5,
        0.0,
        0.01,
        format="percent",
        key="control_share",
        bind="query-params",
        help="A random part of the list that is not contacted, drawn within bands of churn probability. Comparing its churn with "
        "the others' measures the success rate, which is an assumption until then.",
    )
    seed = right.number_input(
        "Seed", 0, 2**31 - 1, 0, key="control_seed", help="The same list, share and seed give the same control group."
    )

    def listed(first: int | None = None):
        return contact_list(recommended, version.model, control_share=share, seed=seed, first=first)

    def sheets() -> dict:
        return {"Contacts": listed(), "Campaign": campaign_sheet(recommended, version.model_id, share, seed)}

    control = control_of(recommended, share, seed)
    if control.customers:
        forgone = f"{words.money(abs(control.expected_profit))} {'less' if control.expected_profit >= 0 else 'more'}"
        left.caption(
            words.markdown(
                f"{words.count(control.customers)} of {words.counted(recommended.outcome.contacted, 'customer')} "
                f"{'is' if control.customers == 1 else 'are'} left alone, for about {forgone} expected profit. The campaign will then "
                f"measure the success rate to about ± {words.percent(control.precision, 0)}."
            )
        )
    columns = decision_columns(workspace.schema)
    show_table(listed(LISTED), columns, key="contact_list", column_order=list(columns), height=420)
    name = f"contact-list-{version.model_id}"
    with st.container(horizontal=True):
        download_csv("Download the whole list (CSV)", listed, f"{name}.csv", key="download_contacts", primary=True)
        download_xlsx("Download the whole list (Excel)", sheets, f"{name}.xlsx", key="download_contacts_xlsx")
    contacted = recommended.outcome.contacted
    shown = words.counted(min(LISTED, contacted), "most profitable contact is", "most profitable contacts are")
    st.caption(
        f"The {shown} shown; the files have all {words.count(contacted)}, with reasons, the control group and the campaign's "
        f"parameters. {words.of_leaving(workspace.schema)}"
    )


def _who_is_worth_more(schema: Schema) -> str:
    if schema.monthly_charge is None and schema.clv_column is None:
        return "everybody is worth the same here, so it is the same for all"
    who = "is worth more" if is_for_life(schema) else "pays more"
    return f"a customer who {who} is worth a contact at a lower probability"


def policies_tab(workspace: Workspace, recommended: Recommendation) -> None:
    """What each way of choosing earns."""
    table = policies(recommended.population, recommended.plan)
    profit = table.set_index("policy")["expected_profit"]
    st.markdown(
        words.markdown(
            f"A customer's own break-even is cost ÷ (success rate × lifetime value): {_who_is_worth_more(workspace.schema)}. "
            f"Deciding customer by customer earns {words.money(profit[EACH])}. One threshold for everybody is "
            f"simpler to explain and earns {words.money(profit[ONE_THRESHOLD])}. Choose the rule among the assumptions above."
        )
    )
    table["forbidden_by"] = table["forbidden_by"].map(FORBIDDEN)
    show_table(table, policy_columns(), key="policies")
