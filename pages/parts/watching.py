"""The watch over the version in use, and the record of the files it saw."""

import streamlit as st

from churn_core.application.score_file import Judged, remember
from churn_core.application.versions import watch_of
from churn_core.application.workspace import Workspace
from churn_core.campaign.plan import Plan
from churn_core.monitoring.monitor import Watch
from churn_core.storage.files_seen import ScoredFiles
from pages.parts import people
from pages.parts.frame import otherwise, store


def watch_over(workspace: Workspace, plan: Plan, threshold: float | None) -> Watch | None:
    """``None`` where the customers it learned from are not at hand; the notices of the page say so."""
    return otherwise(lambda: watch_of(workspace.version, workspace.reference, plan, threshold), None)


def scored_files() -> ScoredFiles:
    """The history of files. Raises ``StoreError`` where the database cannot be used."""
    return ScoredFiles(store())


def keep_record(judged: Judged, name: str) -> None:
    """Keep what is known of a file; where that cannot be done the page says so and goes on."""
    record = otherwise(lambda: remember(judged, name, people.name() or "dashboard", scored_files()), None)
    if record is None:
        st.caption("This file could not be added to the history of the page Monitoring: the database cannot be used.")
