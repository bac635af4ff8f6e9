"""Every column of the file: what it is for, which can be corrected, of what kind it is, how sure that is, and why."""

from functools import partial

import streamlit as st

from churn_core.application.own_customers import OwnFile
from churn_core.data.proposing.proposal import ColumnProposal, Proposal, ProposedRole
from churn_core.data.proposing.raw_column import ProposedKind
from pages.parts import words
from pages.parts.your_customers.draft import draft, shown
from pages.parts.your_customers.roles import KINDS, choices, corrected, of_kind

_GROUPS: tuple[tuple[str, tuple[ProposedRole, ...]], ...] = (
    ("to say who left, who it is, and what a customer is worth", ("target", "id", "clv")),
    ("to learn from", ("feature", "charge", "tenure", "total")),
    ("about people", ("sensitive",)),
    ("left out", ("left out",)),
)
_WIDTHS = (4, 2, 2, 4)
_HAS_A_KIND: tuple[ProposedRole, ...] = ("feature", "total", "left out")  # the others need what they are for
_PLAIN = "nothing speaks against it"  # a reason that says no more than that it is sure
_MOST_OPEN = 40  # columns of a group that are shown before it is opened
_SURE = {"sure": "sure", "likely": "likely", "ask": "please answer"}
_EXAMPLES = 3  # values
_YEARS = (1900, 2100)  # of a calendar
_LONGEST = 60  # characters of what a column holds


def every_column(read: OwnFile, proposal: Proposal) -> None:
    """The columns in groups, each with its role and its kind in an input."""
    st.header("Every column")
    st.caption("Correct what is wrong; everything above follows.")
    _give_away(proposal)
    for group, roles in _GROUPS:
        columns = [(i, column) for i, column in enumerate(proposal.columns) if column.role in roles]
        if columns:
            with st.expander(
                f"{words.counted(len(columns), 'column')} {words.markdown(group)}",
                expanded=len(columns) <= _MOST_OPEN,
                key=f"own_group_{roles[0]}",
            ):
                for i, column in columns:
                    _line(i, column, proposal, read)


def _give_away(proposal: Proposal) -> None:
    """Columns that tell afterwards who left, and those that nearly do."""
    if leaks := [column.name for column in proposal.leaks]:
        they = "they would" if len(leaks) > 1 else "it would"
        st.info(
            words.markdown(
                f"Left out, because {they} give the answer away: {words.listed(leaks)}. What is written down only when somebody "
                "leaves is not there when you want to know who will."
            ),
            icon=":material/visibility_off:",
        )
    close = [column.name for column in proposal.columns if column.auc is not None and column.role not in ("left out", "target")]
    if close:
        st.warning(
            words.markdown(
                f"Nearly enough alone to tell who left: {words.listed(close)}. Was that known before they left? If not, leave it out."
            ),
            icon=":material/warning:",
        )


def _line(i: int, column: ColumnProposal, proposal: Proposal, read: OwnFile) -> None:
    name, role, kind, why = st.columns(_WIDTHS, vertical_alignment="center")
    name.markdown(f"**{words.markdown(column.name or 'no name')}** :small[{words.markdown(_holds(column))}]")
    options = choices(column, draft().answers)
    is_unnamed = not column.name or proposal[column.name] is not column
    role.selectbox(
        words.markdown(f"{column.name} is for"),
        options,
        disabled=len(options) == 1 or is_unnamed,
        label_visibility="collapsed",
        **shown(f"own_role_{i}", options[0], lambda said: _correct(column.name, said)),
    )
    kinds = dict.fromkeys((column.kind, *read.look().kinds()[i]))
    if column.role in _HAS_A_KIND and len(kinds) > 1 and not is_unnamed:
        kind.selectbox(
            words.markdown(f"{column.name} is a"),
            list(kinds),
            format_func=KINDS.__getitem__,
            label_visibility="collapsed",
            **shown(f"own_kind_{i}", column.kind, partial(_say_kind, column.name)),
        )
    alone = f" · alone AUC {words.decimal(column.auc, 3)}" if column.auc is not None and "AUC" not in column.reason else ""
    reason = "" if column.reason == _PLAIN else f": {column.reason}"
    why.caption(words.markdown(f"{_SURE[column.confidence]}{reason}{alone}"))


def _correct(name: str, role: str) -> None:
    draft().answers = corrected(draft().answers, name, role)


def _say_kind(name: str, kind: ProposedKind) -> None:
    draft().answers = of_kind(draft().answers, name, kind)


def _holds(column: ColumnProposal) -> str:
    """Kind, some values or the ends of its numbers, and blanks."""
    if column.low is not None:
        ends = [_written(column, end) for end in (column.low, column.high)]
        held = " to ".join(dict.fromkeys(ends))  # one number where all have the same
    else:
        held = ", ".join(column.values[:_EXAMPLES]) + (" …" if len(column.values) > _EXAMPLES else "")
    held = held if len(held) <= _LONGEST else f"{held[:_LONGEST]}…"
    blank = f"{words.count(column.blank)} blank" if column.blank else ""
    return " · ".join(each for each in (KINDS[column.kind], held, blank) if each)


def _written(column: ColumnProposal, end: float | None) -> str:
    """As a number; a year as a year."""
    if "year" in column.name.lower() and end is not None and end % 1 == 0 and _YEARS[0] <= end <= _YEARS[1]:
        return str(int(end))
    return words.plain_number(end)
