"""Drop the file that comes back after a campaign: it is matched to its draw and measured."""

import dataclasses
from collections.abc import Sequence
from datetime import UTC, date, datetime

import pandas as pd
import streamlit as st

from churn_core.application.campaign_result import CampaignResult
from churn_core.application.keep_result import keep, kept_already
from churn_core.application.measure_file import measure_file
from churn_core.application.workspace import Workspace
from churn_core.campaign.plan import Plan
from churn_core.jobs import Job
from pages.parts import people, words
from pages.parts.frame import errors_in_words, store
from pages.parts.own_work import own_work, result

_ANY = "The campaign whose list fits"
_DAY = "returned_day"


def returned_file(workspace: Workspace, plan: Plan, drawn: pd.DataFrame) -> CampaignResult | None:
    """What the dropped file says; it joins the results. ``drawn``: the campaigns whose list was drawn."""
    with st.container(border=True):
        st.markdown("**Measure a campaign**")
        st.caption(
            "Drop the list with a column left added: 1 for each customer who left and 0 for each who stayed, those left alone too. "
            "The id and left are enough; columns cost and reached are used where they are there."
        )
        upload = st.file_uploader("What came back", key="returned_upload")
        campaign = _which(drawn)
        if upload is None:
            own_work().forget("measure")
            st.session_state.pop(_DAY, None)
            return None
        with errors_in_words():
            found: CampaignResult | None = result(
                "measure", _job(workspace, upload, campaign, plan), "Drop the file again to measure it after all."
            )
            if found is not None:
                found = dataclasses.replace(found, currency=found.currency or words.currency())
                _ask_day(found)
                _keep_once(found, upload.file_id)
                return found
    return None


def _which(drawn: pd.DataFrame) -> str:
    """The id of the campaign that the user names, empty for the one that fits."""
    names = {"": _ANY} | {row.campaign_id: f"{row.name}, {row.drawn_at:%Y-%m-%d}" for row in _rows(drawn)}
    if len(names) <= 2:
        return ""
    return st.selectbox("Campaign", list(names), format_func=lambda key: names[key], key="returned_campaign")


def _rows(table: pd.DataFrame) -> Sequence:
    return list(table.itertuples(index=False))


def _today() -> date:
    return datetime.now(UTC).date()


def _job(workspace: Workspace, upload, campaign: str, plan: Plan) -> Job:
    content, name, kept_in, schema = upload.getvalue(), upload.name, store(), workspace.schema
    day = st.session_state.get(_DAY) or _today()
    return own_work().job(
        "measure",
        (upload.file_id, campaign, day),  # not the plan: a draft that takes the rate over is not what was believed before
        lambda job: measure_file(content, name, kept_in, schema, campaign_id=campaign, plan=plan, today=day, report=job.report),
    )


def _ask_day(found: CampaignResult) -> None:
    """A campaign with a window is measured when the file knows of all of it."""
    if found.draw is None or found.draw.days is None:
        return
    st.date_input(
        "The file knows who left up to",
        _today(),
        format="YYYY-MM-DD",
        key=_DAY,
        help=f"Leaving counts within {words.counted(found.draw.days, 'day')} from the draw, the same for both groups. A file that "
        "ends before that is counted and not yet measured.",
    )


def _keep_once(found: CampaignResult, file_id: str) -> None:
    """The result of a file is kept when it is measured; not an early look, not one that could be another campaign's, and not by
    somebody who may not save.
    """
    if found.measured is None or not people.may(people.SAVE):
        return
    if found.also_fits:
        st.info("Choose the campaign above, and its result is kept.", icon=":material/info:")
        return
    kept = st.session_state.setdefault("results_kept", {})
    key = (file_id, found.name)
    if key not in kept:
        before = kept_already(found, store())
        kept[key] = before is not None
        if before is None:
            keep(found, store(), people.who() or "Dashboard")
            st.toast(words.markdown(f"The result of {found.name} is kept."), icon=":material/check_circle:")
    if kept[key]:
        st.caption(words.markdown(f"This file is already measured, so nothing is added: {found.name}."))
