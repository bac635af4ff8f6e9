"""Drop a file to have it compared with the customers the model learned from; with outcomes, with what came true."""

import streamlit as st

from churn_core.application.score_file import Judged, check_file
from churn_core.application.workspace import Workspace
from churn_core.batch.local import ScoredFile
from churn_core.campaign.plan import Plan
from churn_core.monitoring.monitor import Watch
from pages.parts.frame import decided_by, errors_in_words
from pages.parts.watching import keep_record


@st.cache_data(show_spinner="Checking …", max_entries=2)
def _checked(content: bytes, model_id: str, plan: Plan, threshold: float | None, _workspace: Workspace) -> Judged:
    return check_file(content, _workspace.version, watch=Watch(_workspace.reference, plan, threshold))


def file_check(workspace: Workspace, plan: Plan) -> ScoredFile | None:
    """What was found in a dropped file; it joins the history."""
    found = None
    with st.expander("Check a file", icon=":material/upload_file:"):
        st.write("Customers as they are today, with or without what happened (a column Churn). Nothing is scored for a campaign.")
        upload = st.file_uploader("Customers to check", key="check_upload")
        if upload is not None:
            with errors_in_words():
                decided = decided_by(plan)
                judged = _checked(upload.getvalue(), workspace.version.model_id, decided.plan, decided.threshold, workspace)
                found = judged.file
                recorded = st.session_state.setdefault("recorded", set())
                if (upload.file_id, workspace.version.model_id) not in recorded:
                    recorded.add((upload.file_id, workspace.version.model_id))
                    keep_record(judged, upload.name)
    return found
