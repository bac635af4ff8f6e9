"""Drop the file that comes back after a campaign: it is matched to its draw and measured."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from churn_core.application.campaign_result import CampaignResult
from churn_core.application.measure_file import keep, measure_file
from churn_core.application.workspace import Workspace
from churn_core.campaign.plan import Plan
from churn_core.jobs import Job
from pages.parts import people, words
from pages.parts.frame import errors_in_words, store
from pages.parts.own_work import own_work, result

_ANY = "The campaign whose customers it has"


def returned_file(workspace: Workspace, plan: Plan, waiting: pd.DataFrame) -> CampaignResult | None:
    """What the dropped file says; it joins the results."""
    with st.container(border=True):
        st.markdown("**Measure a campaign**")
        st.caption(
            "Drop a file with one row for each customer of the list, also those left alone: the id, and a column left with 1 for "
            "each who left and 0 for each who stayed. Columns cost and reached are used where they are there."
        )
        upload = st.file_uploader("What came back", key="returned_upload")
        campaign = _which(waiting)
        if upload is None:
            own_work().forget("measure")
            return None
        with errors_in_words():
            found: CampaignResult | None = result(
                "measure", _job(workspace, upload, campaign, plan), "Drop the file again to measure it after all."
            )
            if found is not None:
                _keep_once(found, upload.file_id)
                return found
    return None


def _which(waiting: pd.DataFrame) -> str:
    """The id of the campaign that the user names, empty for the one that fits."""
    names = {"": _ANY} | {row.campaign_id: f"{row.name}, {row.drawn_at:%Y-%m-%d}" for row in _rows(waiting)}
    if len(names) == 1:
        return ""
    return st.selectbox("Campaign", list(names), format_func=lambda key: names[key], key="returned_campaign")


def _rows(table: pd.DataFrame) -> Sequence:
    return list(table.itertuples(index=False))


def _job(workspace: Workspace, upload, campaign: str, plan: Plan) -> Job:
    content, name, kept_in, schema = upload.getvalue(), upload.name, store(), workspace.schema
    return own_work().job(
        "measure",
        (upload.file_id, campaign, plan),
        lambda job: measure_file(content, name, kept_in, schema, campaign_id=campaign, plan=plan, report=job.report),
    )


def _keep_once(found: CampaignResult, file_id: str) -> None:
    """The result of a file is kept when it is measured; not an early look, and not by somebody who may not save."""
    if found.measured is None or not people.may(people.SAVE):
        return
    kept = st.session_state.setdefault("results_kept", set())
    if (file_id, found.name) not in kept:
        keep(found, store(), people.who() or "Dashboard")
        kept.add((file_id, found.name))
        st.toast(words.markdown(f"The result of {found.name} is kept."))
