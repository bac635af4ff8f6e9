"""Where one is among the three steps, and the way back and forth."""

import streamlit as st

from pages.parts import jobs
from pages.parts.your_customers.draft import Step, draft, go_to, start_again
from pages.parts.your_customers.training import JOB
from pages.parts.your_customers.work import is_begun

STEPS: dict[Step, str] = {1: "1 The file", 2: "2 The columns", 3: "3 The result"}


def step_in_view() -> Step:
    """The step of the draft, as far as there is something to show."""
    step = draft().step
    return 1 if step == 2 and not is_begun() else step


def steps() -> None:
    """A button for each step that can be gone to, and one that forgets everything."""
    now = step_in_view()
    with st.container(horizontal=True, vertical_alignment="center"):
        for step, label in STEPS.items():
            st.button(
                label,
                type="secondary" if step == now else "tertiary",
                disabled=not _can_be_shown(step),
                on_click=go_to,
                args=(step,),
                key=f"own_step_{step}",
            )
        if is_begun() or now == 3:
            st.button("Start again", icon=":material/restart_alt:", type="tertiary", on_click=start_again, key="own_again")


def _can_be_shown(step: Step) -> bool:
    if step == 1:
        return True
    return is_begun() if step == 2 else jobs.is_running(JOB) or draft().step == 3
