"""What a session has said about its file so far. Every input shows it and changes it, so that none of them can disagree."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import streamlit as st

from churn_core.data.proposing.answers import NOTHING_SAID, Answers
from pages.parts.your_customers.work import forget

Step = Literal[1, 2, 3]
Worth = Literal["charge", "clv", "fixed"]


@dataclass
class Draft:
    """The step that is shown, what was said about the columns, and how a customer's worth is said before its column is."""

    step: Step = 1
    answers: Answers = NOTHING_SAID
    worth: Worth | None = None


def draft() -> Draft:
    """The draft of this session."""
    kept: Draft = st.session_state.setdefault("your_customers", Draft())
    return kept


def start_again() -> None:
    """Forget the file and everything that was said about it; for callbacks."""
    forget()
    st.session_state["your_customers"] = Draft()


def go_to(step: Step) -> None:
    """Show that step; for callbacks."""
    draft().step = step


def shown(key: str, value: Any, change: Callable[[Any], None]) -> dict[str, Any]:
    """What makes an input with this ``key`` show ``value`` and hand each choice to ``change``: the draft is the only memory."""
    st.session_state[key] = value
    return {"key": key, "on_change": lambda: change(st.session_state[key])}


def chosen(key: str, value: Any, change: Callable[[Any], None]) -> dict[str, Any]:
    """``shown`` for a choice: nothing is chosen only while nothing was said or found; from then on it can be changed, not emptied."""
    return {**shown(key, value, change), "index": None if value is None else 0}


def say(**answers: Any) -> None:
    """Something that was said goes before what was said or guessed before."""
    draft().answers = replace(draft().answers, **answers)
