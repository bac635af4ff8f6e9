"""Any number of customers from a summary of a few megabytes: the draft on all of them."""

import pandas as pd
import streamlit as st

from churn_core import settings
from churn_core.application.optimum import optimum_of_summary
from churn_core.application.workspace import Workspace
from churn_core.campaign.summary import Summary
from churn_core.charts.campaign import profit_curve_figure
from churn_core.decisions.recommendation import Recommendation
from pages.parts import words
from pages.parts.frame import chart, palette, publication


@st.cache_data(show_spinner="Reading the summary …", max_entries=2)
def _read(content: bytes) -> Summary:
    return Summary.from_bytes(content)


def many_customers_tab(workspace: Workspace, recommended: Recommendation) -> None:
    plan = recommended.plan
    st.write(
        "A list that is too long for a browser is scored on the command line, on one machine or on Spark; its summary, at most 4 MB "
        "for any number of customers, holds all that a campaign needs. Drop it here and move the sliders: everything below follows."
    )
    upload = st.file_uploader("Summary of scored customers", key="summary")
    if upload is None:
        st.code("python -m churn_core score customers.csv --output scored.parquet --summary customers.summary", language="sh")
        st.info(
            "No summary yet. It holds sums of probabilities and charges by small cells, and no customer.", icon=":material/info:"
        )
        return
    result = optimum_of_summary(_read(upload.getvalue()), plan, settings.CURVE_POINTS)
    best, each = result["threshold"], result["per_customer"]
    st.header(
        words.markdown(
            f"Of {words.counted(result['customers'], 'customer')} contact {words.count(best['contacted'])}, from "
            f"{words.percent(best['threshold'])} up: expected profit {words.money(best['expected_profit'])}"
            if best["contacted"]
            else f"Of {words.counted(result['customers'], 'customer')} contact nobody: no threshold pays"
        )
    )
    with st.container(horizontal=True):
        st.metric("Best threshold", words.percent(best["threshold"]), border=True)
        st.metric("Customers to contact", words.count(best["contacted"]), border=True)
        range_ = best["range"]
        st.metric(
            "Expected profit",
            words.money(best["expected_profit"]),
            f"± {words.money((range_['high'] - range_['low']) / 2)}" if best["contacted"] else None,
            delta_color="off",
            delta_arrow="off",
            border=True,
            help="± is the 95% range of what the campaign will earn, by chance and by how well the success rate is known.",
        )
        st.metric("Expected spend", words.money(best["expected_spend"]), border=True)
        st.metric("ROI", words.percent(best["roi"], 0), border=True)
        if each is not None:
            help = f"{words.counted(each['contacted'], 'contact')}, each above their own break-even."
            st.metric("Customer by customer", words.money(each["expected_profit"]), border=True, help=help)
    chart(
        f"Profit is highest at a threshold of {words.percent(best['threshold'])}" if best["contacted"] else "No threshold pays",
        profit_curve_figure(
            pd.DataFrame(result["curve"]).astype(float),
            palette(),
            best=best["threshold"],
            best_profit=best["expected_profit"],
            plateau=None,
            break_even=result["break_even_probability"]["median"] or float("inf"),
            published=getattr(publication(), "threshold", None),
            currency=words.currency(),
        ),
        key="summary_curve",
        caption=f"Exact at every threshold that is drawn. No other threshold can earn more than "
        f"{words.money(best['upper_bound'], 6)}, by the bound that the summary proves.",
    )
