"""What has to be known of a table, one card each: who left, who it is, how long they have been here. ``worth`` is in its own file."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import streamlit as st

from churn_core.application.own_customers import OwnFile
from churn_core.data.proposing.proposal import Confidence, Id, Money, Proposal, Question, Target, Tenure, TenureUnit
from pages.parts import words
from pages.parts.your_customers.draft import chosen, draft, say
from pages.parts.your_customers.roles import NUMBERS, ROLES, corrected, named
from pages.parts.your_customers.said import without_options
from pages.parts.your_customers.work import labels

_BADGES = {
    "sure": ":green-badge[:material/check: sure]",
    "likely": ":blue-badge[:material/help: likely: please check]",
    "ask": ":orange-badge[:material/contact_support: please answer]",
}
_UNITS: dict[TenureUnit, str] = {
    "months": "months",
    "years": "years",
    "weeks": "weeks",
    "days": "days",
    "start date": "it is when they began",
}
_NO_ID, _NO_TENURE = "None: customers are called by their row", "None: it can be done without"
_MOST_ON_A_LINE = 6  # values; more are a list to open


def asked(proposal: Proposal, *what: str) -> Question | None:
    """The first open question about that."""
    return next((each for each in proposal.questions if each.what in what), None)


@contextmanager
def card(title: str, confidence: Confidence, found: Target | Id | Money | Tenure | None = None) -> Iterator[None]:
    """A frame with a title of ours, how sure the proposal is, and why."""
    with st.container(border=True, height="stretch"):
        st.markdown(f"**{words.markdown(title)}** {_BADGES[confidence]}")
        yield
        if found is not None and found.reason:
            st.caption(words.markdown(f"Why: {found.reason}."))


def who_left(read: OwnFile, proposal: Proposal) -> None:
    """The column of the outcome, and which of its values means left."""
    target, which_column, which_value = proposal.target, asked(proposal, "target"), asked(proposal, "left")
    with card("Who left?", "ask" if which_column or which_value else target.confidence if target else "ask", target):
        options = named(proposal.columns, ("yes/no", "category", "ordinal", "whole", "date"))
        options += [target.column] if target and target.column not in options else []
        st.selectbox(
            words.markdown(without_options(which_column.question)) if which_column else "Column that says who left",
            options,
            placeholder=f"Choose; perhaps {target.column}" if target else "Choose a column",
            **chosen("own_target", target.column if target and not which_column else None, _say_target),
        )
        if target is None or which_column:
            return
        if target.filled:
            st.markdown("Whoever has a value there has left. A blank means stayed.")
            return
        values = list(dict.fromkeys((*target.left[:1], *labels(read, target.column))))
        is_few = len(values) <= _MOST_ON_A_LINE
        how = chosen(
            "own_left", target.left[0] if target.left and not which_value else None, lambda said: _say_left(target, said)
        )
        if is_few:
            st.radio("Which value means left?", values, format_func=words.markdown, horizontal=True, **how)
        else:
            st.selectbox("Which value means left?", values, **how)


def _say_target(column: str | None) -> None:
    if column is not None:
        draft().answers = corrected(draft().answers, column, ROLES["target"])


def _say_left(target: Target, value: str | None) -> None:
    answers = draft().answers
    named_before = answers if answers.target == target.column else corrected(answers, target.column, ROLES["target"])
    draft().answers = replace(named_before, left=value or "")


def who_it_is(proposal: Proposal) -> None:
    """The column of the id; a table may have none."""
    found, question = proposal.id, asked(proposal, "id")
    with card("Which customer is it?", "ask" if question else found.confidence if found else "likely", found):
        options = named(proposal.columns, ("whole", "category", "text", "ordinal"))
        options += [found.column, ""] if found and found.column not in options else [""]
        st.selectbox(
            words.markdown(without_options(question.question)) if question else "Column with the number or code of a customer",
            options,
            format_func=lambda name: name or _NO_ID,
            placeholder="Choose a column" if question else _NO_ID,
            **chosen("own_id", found.column if found and not question else "" if draft().answers.no_id else None, _say_id),
        )
        if proposal.group and not question:
            st.caption(words.markdown(f"Rows with the same {proposal.group} are one customer; they are tested together."))


def _say_id(column: str | None) -> None:
    if column == "":
        say(id="", no_id=True)
    elif column is not None:
        draft().answers = corrected(draft().answers, column, ROLES["id"])


def how_long(proposal: Proposal) -> None:
    """The column of the tenure and its unit; a table may have none."""
    found, question = proposal.tenure, asked(proposal, "tenure")
    with card("How long have they been here?", "ask" if question else found.confidence if found else "likely", found):
        options = named(proposal.columns, (*NUMBERS, "date"))
        options += [found.column, ""] if found and found.column not in options else [""]
        st.selectbox(
            "Column with the time as a customer",
            options,
            format_func=lambda name: name or _NO_TENURE,
            placeholder=_NO_TENURE,
            **chosen("own_tenure", found.column if found else "" if draft().answers.no_tenure else None, _say_tenure),
        )
        if found is None or (found.unit == "start date" and not question):
            return
        st.radio(
            words.markdown(_about_the_unit(question, found)),
            list(_UNITS),
            format_func=_UNITS.__getitem__,
            horizontal=True,
            **chosen("own_tenure_unit", None if question else found.unit, lambda unit: _say_unit(found, unit)),
        )


def _about_the_unit(question: Question | None, tenure: Tenure) -> str:
    if question is None:
        return "Counted in"
    return f"What does {tenure.column} count?" if question.option == "--tenure" else without_options(question.question)


def _say_tenure(column: str | None) -> None:
    if column == "":
        say(tenure="", tenure_unit=None, no_tenure=True)
    elif column is not None:
        draft().answers = corrected(draft().answers, column, ROLES["tenure"])


def _say_unit(tenure: Tenure, unit: TenureUnit | None) -> None:
    draft().answers = replace(corrected(draft().answers, tenure.column, ROLES["tenure"]), tenure_unit=unit)
