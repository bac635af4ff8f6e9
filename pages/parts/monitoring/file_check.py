"""Drop a file to have it compared with the customers the model learned from; with outcomes, with what came true."""

import streamlit as st

from churn_core.application.workspace import Workspace
from churn_core.batch.local import ScoredFile, check_file
from churn_core.campaign.plan import Plan
from churn_core.errors import ModelError
from churn_core.monitoring.monitor import Judgement
from churn_core.storage.files_seen import CHECKED
from pages.parts.frame import decided_by, errors_in_words
from pages.parts.watching import keep_record, watch_over


@st.cache_data(show_spinner="Checking …", max_entries=2)
def _checked(
    content: bytes, model_id: str, plan: Plan, threshold: float | None, _workspace: Workspace
) -> tuple[ScoredFile, Judgement]:
    watch = watch_over(_workspace, plan, threshold)
    if watch is None:
        raise ModelError(
            "The customers that the version in use was trained on are no longer at hand, so there is nothing to compare with. "
            "Train again with that file."
        )
    checked = check_file(content, _workspace.version.model, plan, threshold, observe=watch.observe, schema=_workspace.schema)
    return checked, watch.judge(checked.observed)


def file_check(workspace: Workspace, plan: Plan) -> ScoredFile | None:
    """What was found in a dropped file; it joins the history."""
    found = None
    with st.expander("Check a file", icon=":material/upload_file:"):
        st.write("Customers as they are today, with or without what happened (a column Churn). Nothing is scored for a campaign.")
        upload = st.file_uploader("Customers to check", key="check_upload")
        if upload is not None:
            with errors_in_words():
                decided = decided_by(plan)
                found, judgement = _checked(
                    upload.getvalue(), workspace.version.model_id, decided.plan, decided.threshold, workspace
                )
                recorded = st.session_state.setdefault("recorded", set())
                if (upload.file_id, workspace.version.model_id) not in recorded:
                    recorded.add((upload.file_id, workspace.version.model_id))
                    keep_record(CHECKED, upload.name, workspace, found, judgement)
    return found
