"""Whoever ran a campaign: did it work, and what should we assume next time?"""

import streamlit as st

from churn_core.application.results_over_time import drawn_lists, over_time
from churn_core.storage.draws import Draws
from churn_core.storage.results import Results
from pages.parts import words
from pages.parts.campaign_inputs import campaign_in_sidebar
from pages.parts.frame import page_frame, rests_on, store
from pages.parts.results.one_result import one_result, title_of
from pages.parts.results.returned_file import returned_file
from pages.parts.results.several import campaigns_over_time, together_in_words, waiting_for_results

with page_frame() as workspace:
    plan = campaign_in_sidebar(workspace)
    rests_on(workspace, plan)
    headline, why = st.empty(), st.empty()
    headline.title("Did it work?")
    draws = Draws(store()).latest()
    measured = returned_file(workspace, plan, drawn_lists(draws, store().campaigns(archived=True)))
    kept = Results(store()).of_each_campaign()
    table = over_time(kept, draws)
    if measured is not None:
        headline.title(words.markdown(title_of(measured.name, measured.as_dict())))
        why.markdown(words.said(measured.sentence))
        if measured.measured is not None:
            one_result(measured.name, measured.as_dict(), plan)
    elif kept:
        latest = kept[-1]
        together = together_in_words(table) if len(kept) > 1 else None
        headline.title(words.markdown(together or title_of(latest.name, latest.result)))
        why.markdown(f"**{words.said(latest.name)}.** {words.said(latest.result['sentence'])}")
        one_result(latest.name, latest.result, plan)
    else:
        why.caption(
            "No campaign has been measured yet, so the success rate is your estimate. Download a list with a control group on the "
            "page Campaign, carry it out, and drop here who left."
        )
    campaigns_over_time(kept, table)
    waiting_for_results(draws, kept)
