"""Whom the figures are about: the customers still here, or, by one switch in the side bar, all of them as a back-test."""

import streamlit as st

from churn_core.application.workspace import Workspace
from churn_core.decisions.population import ALL, HERE, Population
from pages.parts import words

BACK_TEST = "back_test"  # the key of the switch, and its name in the address


def audience_switch(workspace: Workspace) -> None:
    """The switch, and the line that every page of a back-test shows."""
    st.sidebar.toggle(
        "Back-test: all customers",
        key=BACK_TEST,
        bind="query-params",
        help="Off: the customers still here, who can be contacted. On: all customers in the data, those who have left included; "
        "what the same rule would have done before. Nobody can be contacted by a back-test.",
    )
    if st.session_state.get(BACK_TEST):
        everyone = workspace.all_customers
        st.info(
            f"Back-test: all {words.counted(len(everyone), 'customer')} in the data, "
            f"{words.counted(int(workspace.churned.sum()), 'of whom has', 'of whom have')} left. "
            "The figures say what the same rule would have done before; lists still hold only customers who are here.",
            icon=":material/history:",
        )


def audience(workspace: Workspace) -> Population:
    """The customers that the page's figures are about."""
    return workspace.population(ALL if st.session_state.get(BACK_TEST) else HERE)


def audience_in_words(workspace: Workspace) -> str:
    """``5,174 customers still here of 7,043``, or ``all 7,043 customers``."""
    everyone, population = len(workspace.customers), audience(workspace)
    if population.is_back_test:
        return f"all {words.counted(everyone, 'customer')}"
    return f"{words.counted(len(population), 'customer')} still here of {words.count(everyone)}"
