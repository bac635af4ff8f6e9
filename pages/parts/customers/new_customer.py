"""A customer who is not in the data: given field by field, answered as a program that asks ``/predict`` is."""

import streamlit as st

from churn_core.application.look_up import why_not
from churn_core.application.new_customer import Asked, answer_for, asked_of_new, following, problem_of
from churn_core.application.workspace import Workspace
from churn_core.charts.customers import probability_scale_figure
from churn_core.schema import Column
from churn_core.storage.publications import Decision
from pages.parts import words
from pages.parts.campaign_words import in_words
from pages.parts.customers.answer import about_break_even, decided_by_what, reasons_chart, what_to_do
from pages.parts.customers.by_kind import given_input
from pages.parts.explore.columns import strengths
from pages.parts.frame import chart, palette

_FRONT = 8  # columns; all others are folded away
_IN_A_ROW = 2


def new_customer(workspace: Workspace, decision: Decision) -> None:
    asked = asked_of_anybody(workspace)
    answer, form = st.columns([3, 2], gap="large")
    with form, st.container(border=True):
        st.markdown("**Who is it?** The fields hold what is usual among your customers; change what you know.")
        record = _form(asked, workspace)
    with answer:
        _answered(record, asked, workspace, decision)


def asked_of_anybody(workspace: Workspace) -> Asked:
    """What the form asks; worked out once for everybody."""
    return workspace.figures.get("asked", lambda: asked_of_new(workspace.customers, workspace.schema))


def _form(asked: Asked, workspace: Workspace) -> dict[str, object]:
    """The record that is given: the strongest columns and what a customer is worth in front, the others folded away."""
    schema, record = workspace.schema, dict(asked.usual)
    columns = _in_order(asked, workspace)
    _fields(columns[:_FRONT], record, workspace)
    if columns[_FRONT:]:
        with st.expander(f"{words.counted(len(columns) - _FRONT, 'more column')}", icon=":material/tune:"):
            _fields(columns[_FRONT:], record, workspace)
    return following(record, schema)


def _fields(columns: list[Column], record: dict[str, object], workspace: Workspace) -> None:
    """An input for each; none for what this customer cannot have (``Column.needs``)."""
    schema = workspace.schema
    possible = [column for column in columns if not column.needs or record[column.needs] not in schema[column.needs].nothing]
    for start in range(0, len(possible), _IN_A_ROW):
        row = st.columns(_IN_A_ROW, vertical_alignment="bottom")
        for place, column in zip(row, possible[start : start + _IN_A_ROW], strict=False):
            with place:
                record[column.name] = given_input(column, record[column.name], f"new_{column.name}_{workspace.version.model_id}")


def _in_order(asked: Asked, workspace: Workspace) -> list[Column]:
    """What a customer is worth and the tenure, then the strongest columns, then the others; what builds on a column follows it."""
    schema, by_name = workspace.schema, {column.name: column for column in asked.columns}
    first = [name for name in (schema.monthly_charge or schema.clv_column, schema.tenure) if name is not None]
    names = dict.fromkeys([*first, *(each.column.name for each in strengths(workspace)), *by_name])
    columns = [by_name[name] for name in names]
    return [each for one in columns if not one.needs for each in (one, *(c for c in columns if c.needs == one.name))]


def _answered(record: dict[str, object], asked: Asked, workspace: Workspace, decision: Decision) -> None:
    schema = workspace.schema
    if problem := problem_of(record, schema):
        st.header("No answer yet: a field holds what no customer can have")
        st.error(words.markdown(f"{problem}. Change it, and the answer follows."), icon=":material/error:")
        return
    found, plan = answer_for(workspace, record, decision), decision.applied.of_one_contact
    now = found.decision
    what = what_to_do(now, why_not(now, decision))
    st.header(words.markdown(f"{words.percent(now.churn_probability)} likely to leave{words.within(schema)}: {what}"))
    for sentence in asked.beyond(record):
        st.caption(words.markdown(f"{sentence}; there the answer is a guess."))
    chart(
        about_break_even(now.break_even_probability),
        probability_scale_figure(now.churn_probability, now.break_even_probability, palette()),
        key="new_scale",
        caption=f"By the production model, as in a scored file. At {in_words(plan, schema)}" + decided_by_what(decision),
    )
    reasons_chart(workspace, found.customer, key="new_reasons")
