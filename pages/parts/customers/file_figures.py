"""The figures of a scored file: its rows, and what contacting those who are to be contacted comes to."""

import streamlit as st

from churn_core.batch.local import ScoredFile
from churn_core.campaign.open_margin import not_stated
from churn_core.schema import Schema
from churn_core.storage.publications import Decision
from pages.parts import words
from pages.parts.campaign_words import in_words, is_for_life
from pages.parts.figure import figure


def file_figures(file: ScoredFile, decided: Decision, schema: Schema) -> None:
    quality, outcome = file.quality, file.outcome
    with st.container(horizontal=True):
        figure("Rows", words.count(quality.rows))
        figure("Scored", words.count(quality.kept))
        figure("Values repaired", words.count(quality.repaired))
        figure("Rejected", words.count(quality.rejected))
        if file.left:
            done = "decided as if they were still here" if file.back_test else "scored, not contacted"
            figure("Have left", words.count(file.left), help=f"By the file's own outcome: {done}.")
    with st.container(horizontal=True):
        figure("To contact", words.count(outcome.contacted), help=f"At {in_words(decided.plan, schema)}.")
        figure(
            "Expected profit",
            words.money(outcome.expected_profit),
            f"± {words.money(file.forecast.range.half_width)}" if outcome.contacted else None,
            help="± is the 95% range of what contacting them will earn, by chance and by how well the success rate is known; "
            f"{_if_exact(file, decided) or 'there is none'}.",
        )
        figure("Expected spend", words.money(outcome.expected_spend), help="The fixed cost included.")
        figure("ROI", words.percent(outcome.roi, 0), help="Expected profit ÷ expected spend.")
    for sentence in not_stated(decided.plan, is_for_life(schema)):
        st.caption(words.markdown(sentence))


def _if_exact(file: ScoredFile, decided: Decision) -> str | None:
    if decided.plan.offers and file.outcome.contacted:
        return f"± {words.money(file.forecast.range_if_exact.half_width)} if the success rates are exactly right"
    return words.if_exact(file.forecast, decided.plan.campaign)
