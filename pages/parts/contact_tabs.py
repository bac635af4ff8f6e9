"""Below the sliders: the list to work through, and the two rules side by side."""

import streamlit as st

from churn_core.campaign.economics import Campaign
from churn_core.scoring import EACH, ONE_THRESHOLD, contact_list, policies
from churn_core.workspace import Workspace
from pages.parts import words
from pages.parts.downloads import download_csv
from pages.parts.tables import decision_columns, policy_columns

LISTED = 100  # customers shown; the download has them all


def contact_list_tab(workspace: Workspace, campaign: Campaign, best: float | None) -> None:
    """Whom to contact, ranked, with reasons. ``best`` is the best single threshold, ``None`` where none pays."""
    rule = st.segmented_control("Whom to list", [EACH, ONE_THRESHOLD], default=EACH, required=True, key="list_rule")
    if rule == ONE_THRESHOLD and best is None:
        st.info("The list is empty: no single threshold pays. Customer by customer, some contacts may.")
        return
    version, threshold = workspace.version, best if rule == ONE_THRESHOLD else None

    def listed(first: int | None = None):
        return contact_list(workspace.customers, workspace.probability, version.model, campaign, threshold, first)

    shown = listed(LISTED)
    if shown.empty:
        st.info("The list is empty: at these parameters no contact pays.")
        return
    st.dataframe(shown, hide_index=True, column_config=decision_columns(), key="contact_list", height=420)
    file_name = f"contact-list-{version.model_id}.csv"
    download_csv("Download the whole list (CSV)", listed, file_name, key="download_contacts", primary=True)
    st.caption(f"The {words.count(len(shown))} most profitable contacts are shown; the download has them all, with reasons.")


def policies_tab(workspace: Workspace, campaign: Campaign) -> None:
    """What each way of choosing earns."""
    table = policies(workspace.customers, workspace.probability, campaign, workspace.expected_sweep)
    profit = table.set_index("policy")["expected_profit"]
    st.markdown(
        words.markdown(
            "A customer's own break-even is cost ÷ (success rate × lifetime value): who pays more is worth a contact at a lower "
            f"probability. Deciding so earns {words.money(profit[EACH])}; one threshold for everybody, simpler to explain, "
            f"{words.money(profit[ONE_THRESHOLD])}."
        )
    )
    st.dataframe(table, hide_index=True, column_config=policy_columns(), key="policies")
