"""What may be said besides: within how many months they left, to which day dates count, and whether columns about people are used."""

from datetime import date
from functools import partial

import streamlit as st

from churn_core.data.proposing.proposal import Proposal
from pages.parts import words
from pages.parts.your_customers.draft import draft, say, shown

_LEAST_MONTHS, _MOST_MONTHS = 0.1, 120.0


def window(proposal: Proposal) -> None:
    """The time within which those who left did so, which a probability is about, and the day of the table."""
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
        if proposal.day:
            st.date_input(
                "Dates are counted up to",
                help="The day of the table: so many days since a date. It is the latest date in the file unless you say another.",
                **shown("own_day", date.fromisoformat(proposal.day), _say_day),
            )


def _say_day(day: date | None) -> None:
    say(day=day.isoformat() if day else "")


def people_switch(proposal: Proposal) -> None:
    """Whether the model may use columns about people; shown only where there are some."""
    if not proposal.sensitive:
        return
    with st.container(border=True, height="stretch"):
        st.markdown("**May it know who people are?** :gray-badge[your decision]")
        for column in dict.fromkeys(column.name for column in proposal.sensitive):
            used = column in draft().answers.sensitive
            st.toggle(words.markdown(f"Use {column}"), **shown(f"own_use_{column}", used, partial(_say_used, column)))
        st.caption(
            "What is switched off, the model does not see. What is switched on may be unfair to people, or against the law; how it "
            "treats them is shown on the page Model, under Groups of people."
        )


def _say_used(column: str, on: bool) -> None:
    others = tuple(each for each in draft().answers.sensitive if each != column)
    say(sensitive=(*others, column) if on else others)
