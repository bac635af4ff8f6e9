"""Step 2: what each column is for. The figure that follows, then problems, then what is open, then everything."""

import streamlit as st

from churn_core.application.own_customers import OwnFile, schema_for
from churn_core.data.proposing.proposal import Proposal
from pages.parts import jobs, words
from pages.parts.frame import errors_in_words
from pages.parts.your_customers.cards import asked, how_long, who_it_is, who_left
from pages.parts.your_customers.draft import draft, go_to
from pages.parts.your_customers.every_column import every_column
from pages.parts.your_customers.more import people_switch, window
from pages.parts.your_customers.said import without_options
from pages.parts.your_customers.training import JOB, begin_training
from pages.parts.your_customers.work import file_at_hand, first_rows, proposal
from pages.parts.your_customers.worth import with_currency, worth, worth_is_open

_ABOUT = {
    "target": "who left",
    "left": "which value means left",
    "id": "which customer it is",
    "money": "what a customer is worth",
    "tenure": "how long they have been here",
}


def columns_step() -> None:
    """The proposal, to be checked and corrected."""
    read = file_at_hand()
    if read is None:
        return
    proposed = proposal(read, with_currency(draft().answers))
    if proposed is None:
        return
    st.title(words.markdown(_headline(proposed)))
    _problems(proposed)
    still_open = _still_open(proposed)
    if still_open:
        st.markdown(words.markdown(f"Please answer: {words.listed(still_open)}. Then it can learn; check the rest as you like."))
    elif not proposed.problems:
        st.markdown("Nothing is open. Check what was found, then train.")
    for pair in (
        (lambda: who_left(read, proposed), lambda: worth(proposed)),
        (lambda: how_long(proposed), lambda: who_it_is(proposed)),
    ):
        for place, show in zip(st.columns(2), pair, strict=True):
            with place:
                show()
    left, right = st.columns(2)
    with left:
        window(proposed)
    with right:
        people_switch(proposed)
    _train_button(read, proposed, still_open)
    every_column(read, proposed)
    st.header("The first rows of the file")
    st.dataframe(first_rows(read), hide_index=True, key="own_preview")
    for note in proposed.notes:
        st.caption(words.markdown(without_options(note)))
    if proposed.customers.twins:
        twins = words.counted(proposed.customers.twins, "row agrees", "rows agree")
        st.caption(f"{twins} with another one in everything but the id. They are tested together, so that no figure flatters.")


def _headline(proposed: Proposal) -> str:
    """How many customers left, and how one knows."""
    customers, target = proposed.customers, proposed.target
    if target is None or not customers.left:
        return f"{words.counted(customers.rows, 'row')} were read. Who of them left?"
    those = f"a value in {target.column}" if target.filled else f"{target.column} = {target.left[0]}"
    all_of_them, rate = words.counted(customers.usable, "customer"), words.percent(customers.left / customers.usable)
    if asked(proposed, "target", "left"):
        return f"{all_of_them}. If {those} means that they left, {words.count(customers.left)} of them ({rate}) did"
    return f"{all_of_them}, {words.count(customers.left)} of them ({rate}) left: those with {those}"


def _problems(proposed: Proposal) -> None:
    for problem in proposed.problems:
        st.error(
            words.markdown(f"Nothing can be learnt from this table yet. {without_options(problem)}"), icon=":material/error:"
        )


def _still_open(proposed: Proposal) -> list[str]:
    """What has to be said before anything is trained, each once."""
    about = [each.what for each in proposed.questions] + (["money"] if worth_is_open(proposed) else [])
    return [_ABOUT.get(what, what) for what in dict.fromkeys(about)]


def _train_button(read: OwnFile, proposed: Proposal, still_open: list[str]) -> None:
    """Trains once nothing is open; until then it says what is."""
    if jobs.is_running(JOB):
        label = "A version is being trained: wait until it is done"
    elif proposed.problems:
        label = "Nothing can be learnt from this table yet"
    elif still_open:
        label = f"Answer first: {words.listed(still_open)}"
    else:
        label = f"Train on {words.counted(proposed.customers.usable, 'customer')}"
    is_ready = not (proposed.problems or still_open or jobs.is_running(JOB))
    if st.button(words.markdown(label), type="primary", disabled=not is_ready, icon=":material/model_training:", key="own_train"):
        with errors_in_words():
            begin_training(read, schema_for(proposed, read.name))
            go_to(3)
            st.rerun()
