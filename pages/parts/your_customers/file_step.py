"""Step 1: the file, what it has to hold, and what happens with it."""

import pandas as pd
import streamlit as st

from pages.parts import jobs, people, words
from pages.parts.tables import show_table
from pages.parts.your_customers.draft import Draft, go_to, start_again
from pages.parts.your_customers.training import JOB, last
from pages.parts.your_customers.work import begin, is_begun

_EXAMPLE = {
    "Customer": ["K-1001", "K-1002", "K-1003"],
    "Plan": ["Family", "Single", "Single"],
    "Months as a customer": ["38", "4", "11"],
    "Monthly fee": ["59.00", "24.90", "24.90"],
    "Calls to support": ["0", "3", "1"],
    "Left": ["no", "yes", "no"],
}
_FORMATS = ["csv", "tsv", "txt", "parquet", "xlsx", "xls", "gz", "zip", "json"]


def file_step() -> None:
    """A drop zone; the next step opens by itself."""
    st.title("See who of your own customers will leave: drop their table here")
    st.markdown(
        "Three steps, about five minutes. You need **one row per customer** and **a column that says who left**, for at least 200 "
        "customers: 30 who left and 30 who stayed, or more. Everything else that you know of them helps: what they pay, how long they "
        "have been here, what they use, how often they called."
    )
    if not people.may("train"):
        people.tell("train")
        _trained_before()
        return
    upload = st.file_uploader("Table of your customers", type=_FORMATS, key="own_upload")
    st.caption(
        "CSV, Excel, Parquet or JSON, also in gzip or zip. The file stays on the machine of this dashboard and is kept only when you "
        "train on it; until then it is forgotten when you close the page."
    )
    if upload is not None and st.session_state.get("own_file") != upload.file_id:
        start_again()
        st.session_state["own_file"] = upload.file_id
        begin(upload)
        st.session_state["your_customers"] = Draft(step=2)
        st.rerun()
    _example()
    if is_begun():
        st.button("Go on with the columns", type="primary", on_click=go_to, args=(2,), key="own_go_on")
    _trained_before()


def _example() -> None:
    """What such a table looks like."""
    st.markdown("**For example**, under any names and in any order:")
    example = pd.DataFrame(_EXAMPLE)
    show_table(example, {}, key="own_example", width="content")


def _trained_before() -> None:
    """The way back to what was trained, also for somebody whose browser was closed meanwhile."""
    if jobs.is_running(JOB):
        st.info("A version is being trained.", icon=":material/hourglass_top:")
    elif (done := last()) is not None:
        st.info(words.markdown(f"Trained last: a version on {done[1].name}."), icon=":material/model_training:")
    else:
        return
    st.button("Show it", on_click=go_to, args=(3,), key="own_show_trained")
