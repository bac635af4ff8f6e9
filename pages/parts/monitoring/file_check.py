"""Drop a file to have it compared with the customers the model learned from; with outcomes, with what came true."""

import streamlit as st

from churn_core import settings
from churn_core.application.left_alone import drawn_lists
from churn_core.application.score_file import Judged, check_file
from churn_core.application.versions import watch_of
from churn_core.application.workspace import Workspace
from churn_core.batch.local import ScoredFile
from churn_core.campaign.plan import Plan
from churn_core.jobs import Job
from churn_core.model.registry import Version
from churn_core.monitoring.monitor import Watch
from churn_core.storage.publications import Decision
from pages.parts import words
from pages.parts.frame import decided_by, errors_in_words
from pages.parts.own_work import own_work, result
from pages.parts.watching import keep_record


def file_check(workspace: Workspace, plan: Plan) -> ScoredFile | None:
    """What was found in a dropped file; it joins the history."""
    found = None
    with st.expander("Check a file", icon=":material/upload_file:"):
        target = words.markdown(workspace.schema.target)
        st.write(
            f"Customers as they are today, with or without what happened (a column {target}). Nothing is scored for a campaign."
        )
        upload = st.file_uploader("Customers to check", key="check_upload")
        if upload is None:
            own_work().forget("check")
            return None
        with errors_in_words():
            decided = decided_by(plan)
            judged = result("check", _job(workspace, upload, decided), "Drop the file again to check it after all.")
            if judged is not None:
                found = judged.file
                recorded = st.session_state.setdefault("recorded", set())
                if (upload.file_id, workspace.version.model_id) not in recorded:
                    recorded.add((upload.file_id, workspace.version.model_id))
                    keep_record(judged, upload.name)
    return found


def _job(workspace: Workspace, upload, decided: Decision) -> Job:
    content, watch = upload.getvalue(), watch_of(workspace.version, workspace.reference, decided.plan, decided.threshold)
    key = (upload.file_id, workspace.version.model_id, decided)
    return own_work().job("check", key, lambda job: _checked(job, content, workspace.version, watch))


def _checked(job: Job, content: bytes, version: Version, watch: Watch) -> Judged:
    lists = drawn_lists(settings.home(), version.schema)
    return check_file(content, version, watch=watch, lists=lists, report=job.report)
