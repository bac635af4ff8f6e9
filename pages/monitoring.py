"""Whoever runs it: is it still right?"""

import streamlit as st

from churn_core.charts.monitoring import drift_figure
from churn_core.monitoring.drift import PSI_LOOK, PSI_MAJOR, SIGNIFICANCE
from churn_core.monitoring.outcomes import NOT_JUDGED
from pages.parts import words
from pages.parts.campaign_inputs import campaign_in_sidebar
from pages.parts.frame import chart, errors_in_words, page_frame, palette, rests_on
from pages.parts.monitoring.file_check import file_check
from pages.parts.monitoring.history import changes_tab, drift_table, files_tab, money_metrics, what_moved
from pages.parts.monitoring.service_tab import service_tab
from pages.parts.watching import scored_files

REASONS = 6  # as many as fit beside the chart; the most important come first

with page_frame() as workspace:
    plan = campaign_in_sidebar(workspace)
    rests_on(workspace, plan)
    headline, why = st.empty(), st.empty()
    headline.title("Is the model still right?")  # the answer takes its place, where the database can be asked
    checked = file_check(workspace, plan)
    records = scored_files().latest()
    of_version = [record for record in records if record.model_id == workspace.version.model_id]
    if not of_version:
        headline.title("Nothing has been checked yet: no file was scored by the version in use")
        why.caption(
            "Drop a file of customers below, or score one on the page Customers or with the command line. A summary of how it "
            "compares with the customers the model learned from is kept, never the customers themselves."
        )
    else:
        latest = of_version[0]
        headline.title(words.said(latest.sentence))
        why.caption(
            f"The verdict on {words.markdown(latest.name)}, {words.markdown(latest.what)} {words.moment(latest.at)} "
            f"by {words.markdown(latest.who)}: "
            f"{words.counted(latest.kept, 'customer')} beside the {words.count(len(workspace.customers))} that the version in use "
            f"learned from. An alarm is a shift beyond chance (in at most {words.as_set(SIGNIFICANCE)} of files where nothing has "
            f"moved) with a PSI of at least {PSI_LOOK} (look: about 7 in 100 customers are in another group than before) or "
            f"{PSI_MAJOR} (major: about 25 in 100)."
        )
        table = drift_table(latest)
        money_metrics(latest)
        left, right = st.columns([3, 2])
        with left:
            chart(
                what_moved(table),
                drift_figure(table.head(12), palette(), PSI_LOOK, PSI_MAJOR),
                key="drift",
                caption="The mark on each bar is the PSI that chance alone does not exceed in 95% of files of this size.",
            )
        with right:
            st.markdown("**Why**")
            reasons = latest.judgement["verdict"]["reasons"] or ["No column has moved beyond chance."]
            for reason in reasons[:REASONS]:
                st.markdown(f"- {words.said(reason)}")
            if len(reasons) > REASONS:
                st.caption(f"And {words.count(len(reasons) - REASONS)} more, smaller; every column is in the tab Files.")
            outcomes, told = latest.judgement["outcomes"], latest.judgement["verdict"]["reasons"]
            if outcomes and outcomes["sentence"] not in told:
                st.markdown(f"**What happened since.** {words.said(outcomes['sentence'])}. {words.of_leaving(workspace.schema)}")
            elif not outcomes and not any(NOT_JUDGED in reason for reason in told):
                st.caption(
                    f"The file has no outcomes. Upload it again with a column "
                    f"{words.markdown(workspace.schema.target)} once it is known who left{words.within(workspace.schema)}."
                )
    files, changes, service = st.tabs(["Files", "Threshold and model", "Service"], key="monitoring_tab")
    with files, errors_in_words():
        files_tab(records, workspace, checked)
    with changes, errors_in_words():
        changes_tab()
    with service, errors_in_words():
        service_tab()
