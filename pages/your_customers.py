"""Somebody with a table of the own customers: from the file to a version in use, in three steps."""

from pages.parts.campaign_inputs import campaign_in_sidebar
from pages.parts.frame import errors_in_words, page_frame, rests_on
from pages.parts.your_customers.columns_step import columns_step
from pages.parts.your_customers.file_step import file_step
from pages.parts.your_customers.result_step import result_step
from pages.parts.your_customers.steps import step_in_view, steps

with page_frame() as workspace:
    plan = campaign_in_sidebar(workspace)
    rests_on(workspace, plan)
    steps()
    step = step_in_view()
    with errors_in_words():
        if step == 1:
            file_step()
        elif step == 2:
            columns_step()
        else:
            result_step(workspace, plan)
