"""Where a page is made for one contact of one kind: several offers are set aside, and that is said."""

from dataclasses import replace

import streamlit as st

from churn_core.campaign.plan import Plan
from churn_core.schema import Schema
from pages.parts import words
from pages.parts.campaign_words import in_words


def of_one_offer(plan: Plan, schema: Schema, what: str) -> Plan:
    """The plan of the inputs without several offers; where there are some, ``what`` is worked out for one is said."""
    alone = replace(plan, offers=())
    if plan.offers:
        told = f"{what} for one contact, at {in_words(alone, schema)}. Your several offers are set aside here."
        st.caption(f":material/info: {words.markdown(told)}")
    return alone
