"""By what a file can be decided: what is published, within its limits or not, or the draft; one click changes it."""

from dataclasses import replace

import streamlit as st

from churn_core.campaign.plan import Plan
from churn_core.decisions.published_limits import has_limits
from churn_core.storage.publications import Decision
from pages.parts import words
from pages.parts.frame import decided_by, errors_in_words


def ways(draft: Plan) -> dict[str, Decision]:
    """Each way in words, the usual one first. Raises ``StoreError`` where the database cannot be used."""
    usual = decided_by(draft)
    if usual.threshold is None:
        return {"Draft": usual}
    asked = usual.plan.objective
    if usual.plan.offers:
        return _ways_of_offers(usual, draft)
    if not has_limits(asked):
        return {"Published": usual, "Draft": Decision(plan=draft)}
    limit = "budget" if asked.min_roi is None else "least ROI" if asked.budget is None else "limits"
    return {
        f"Published, within the {limit}": usual,
        f"Published, from {words.percent(usual.threshold)} up": replace(usual, keeps_limits=False),
        "Draft": Decision(plan=draft),
    }


def _ways_of_offers(published: Decision, draft: Plan) -> dict[str, Decision]:
    if published.plan == published.plan.without_limits:
        return {"Published offers": published, "Draft": Decision(plan=draft)}
    return {
        "Published offers, within the limits": published,
        "Published offers, without limits": replace(published, keeps_limits=False),
        "Draft": Decision(plan=draft),
    }


def chosen_way(draft: Plan) -> Decision:
    """The way that is chosen; a choice is shown where there are several. An error and the draft, where what is published is
    unknown.
    """
    possible = {"Draft": Decision(plan=draft)}
    with errors_in_words():
        possible = ways(draft)
    first = next(iter(possible))
    if len(possible) == 1:
        return possible[first]
    chosen = st.segmented_control(
        "Decided by", list(possible), default=first, required=True, key="decided_by", format_func=words.markdown
    )
    return possible.get(chosen or first, possible[first])
