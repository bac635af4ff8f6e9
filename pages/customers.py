"""Analysts with a file: score these. Agents with one customer, of the data, of the file or of neither: what about this one?"""

import streamlit as st

from pages.parts.campaign_inputs import campaign_in_sidebar
from pages.parts.customers.file_scoring import file_scoring
from pages.parts.customers.lookup import customer_lookup
from pages.parts.customers.new_customer import new_customer
from pages.parts.customers.open_customer import TABS, customer_in_address
from pages.parts.customers.ways import chosen_way
from pages.parts.frame import page_frame, rests_on
from pages.parts.published import badge

with page_frame("Score a file, or look into one customer", also=customer_in_address) as workspace:
    plan = campaign_in_sidebar(workspace)
    badge(rests_on(workspace, plan))
    decided = chosen_way(plan)
    files, one, new = st.tabs(TABS, key="customers_tab", on_change="rerun", bind="query-params")
    with files:
        file_scoring(workspace, decided)
    with one:
        customer_lookup(workspace, plan, decided)
    with new:
        new_customer(workspace, decided)
