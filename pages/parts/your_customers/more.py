"""What may be said besides: within how many months they left, and whether columns about people are used."""

import streamlit as st

from churn_core.data.proposing.proposal import Proposal
from pages.parts import words
from pages.parts.your_customers.draft import draft, say, shown

_MOST_MONTHS = 120.0
_LEAST_MONTHS = 0.1


def window() -> None:
    """The time within which those who left did so, which a probability is about."""
    with st.container(border=True, height="stretch"):
        st.markdown("**When did they leave?** :gray-badge[if you know it]")
        st.number_input(
            "Within how many months did they leave?",
            min_value=_LEAST_MONTHS,
            max_value=_MOST_MONTHS,
            value=None,
            step=1.0,
            format="%.10g",
            placeholder="not known",
            **shown("own_window", draft().answers.window, lambda months: say(window=months)),
        )
        st.caption("A probability is then that of leaving within this time. Without it, nobody can say how soon.")


def people_switch(proposal: Proposal) -> None:
    """Whether the model may use columns about people; shown only where there are some."""
    used = draft().answers.sensitive
    names = [column.name for column in proposal.sensitive]
    if not names and not used:
        return
    about = words.listed(names) if names else "These columns"
    with st.container(border=True, height="stretch"):
        st.markdown("**May it know who people are?** :gray-badge[your decision]")
        st.toggle(
            "Use sensitive columns",
            **shown("own_sensitive", used, lambda on: say(sensitive=on)),
        )
        st.caption(
            words.markdown(
                f"{about}: "
                + (
                    "the model may use them. How it treats groups of people is shown on the page Model, under Groups of people."
                    if used
                    else "the model does not see them. Using them may be unfair to people, or against the law."
                )
            )
        )
