"""Page config and menu; the script that Streamlit runs for every page."""

from pathlib import Path

import streamlit as st

from pages.parts.campaign_inputs import carry_campaign

HERE = Path(__file__).resolve().parent

st.set_page_config(page_title="Whom to keep", page_icon=HERE / "parts" / "icon.svg", layout="wide")
st.html(HERE / "parts" / "page.css")
st.html(HERE / "parts" / "paper.css")
if st.context.theme.type == "dark":
    st.html(HERE / "parts" / "dark.css")
st.logo(HERE / "parts" / "logo.svg", icon_image=HERE / "parts" / "icon.svg", size="large")
page = st.navigation(
    {
        "See": [
            st.Page(HERE / "overview.py", title="Overview", default=True),
            st.Page(HERE / "explore.py", title="Explore"),
        ],
        "Decide": [
            st.Page(HERE / "campaign.py", title="Campaign"),
            st.Page(HERE / "customers.py", title="Customers"),
            st.Page(HERE / "results.py", title="Results"),
            st.Page(HERE / "your_customers.py", title="Your customers"),
        ],
        "Trust": [
            st.Page(HERE / "model.py", title="Model"),
            st.Page(HERE / "monitoring.py", title="Monitoring"),
        ],
    }
)
carry_campaign(page)
page.run()
