"""The contact list with its control group, and the two rules side by side."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from churn_core.application.drawn_list import DrawnList, by_arm, draw_list
from churn_core.application.workspace import Workspace
from churn_core.decisions.campaign_sheet import campaign_sheet
from churn_core.decisions.contact_list import contact_list, contact_list_in_parts
from churn_core.decisions.control import Control, ControlOfOffer, control_of
from churn_core.decisions.drawn import draw_of
from churn_core.decisions.policies import EACH, ONE_THRESHOLD, policies
from churn_core.decisions.recommendation import Recommendation, recommend
from churn_core.decisions.weeks import window_of
from churn_core.schema import Schema
from churn_core.storage.checks import LONGEST_NAME
from pages.parts import people, words
from pages.parts.campaign.list_look import look_of_list
from pages.parts.campaign.schedule import ListInWeeks, list_in_weeks
from pages.parts.campaign.segment_list import members_of_segment
from pages.parts.campaign_words import is_for_life
from pages.parts.customers.open_customer import open_customer
from pages.parts.downloads import Parts, download_csv, download_xlsx
from pages.parts.frame import otherwise, store
from pages.parts.policies import FORBIDDEN
from pages.parts.tables import decision_columns, policy_columns, show_table

LISTED = 100  # customers shown; the download has them all
MOST_IN_WORKBOOK = 100_000  # contacts; our choice: half a minute to write


class _Files(NamedTuple):
    """The list as one table, what makes it some rows at a time, and the sheets of a workbook; each made when it is asked for."""

    table: Callable[[], pd.DataFrame]
    parts: Callable[[], Parts]
    sheets: Callable[[], dict[str, pd.DataFrame]]


def contact_list_tab(workspace: Workspace, recommended: Recommendation) -> None:
    """Whom to contact, ranked, with reasons: customers who are still here, in a back-test too."""
    if recommended.population.is_back_test:
        recommended = recommend(workspace.still_here, recommended.plan)
    if not recommended.outcome.contacted:
        st.info("The list is empty: at these parameters no contact pays.", icon=":material/info:")
        return
    version = workspace.version
    left, middle, right = st.columns([2, 1, 1], gap="large")
    share = left.slider(
        "Control group",
        0.0,
        0.5,
        0.0,
        0.01,
        format="percent",
        key="control_share",
        bind="query-params",
        help="A random part of the list that is not contacted, drawn within bands of churn probability. Comparing its churn with "
        "the others' measures the success rate.",
    )
    name = right.text_input(
        "Name of the list",
        f"Contact list of {datetime.now(UTC).date().isoformat()}",
        max_chars=LONGEST_NAME,
        key="list_name",
        help="The list is kept as a campaign of this name when it is downloaded, so that its result can be measured later. Another "
        "name draws another control group.",
    )
    control = control_of(recommended, share, name)
    _say_control(left, control, recommended)
    planned = list_in_weeks(middle, recommended, lambda: draw_of(recommended, share, name).control)
    recommended, week = planned.recommended, planned.week
    among = members_of_segment(workspace, recommended)
    how: dict[str, Any] = {"control_share": share, "salt": name, "week": week, "among": among}
    drawn = partial(contact_list, recommended, version.model, **how)
    listed = drawn(first=LISTED)
    columns = decision_columns(workspace.schema)
    chosen = show_table(
        listed,
        columns,
        key="contact_list",
        column_order=list(columns),
        height=420,
        on_select="rerun",
        selection_mode="single-row",
    )
    for row in chosen.selection.rows:
        open_customer(f"{listed[workspace.schema.id].iloc[row]}")
    table, parts, sheets = _to_download(workspace, planned, share, name)
    if control.customers:
        _net(control, recommended)
    file = f"contact-list-{version.model_id}"
    with st.container(horizontal=True):
        if among is not None:
            of_segment = partial(contact_list_in_parts, recommended, version.model, **how)
            download_csv(
                "Download this segment (CSV)", drawn, f"{file}-segment.csv", key="download_segment", parts=lambda: of_segment
            )
        download_csv("Download the whole list (CSV)", table, f"{file}.csv", key="download_contacts", primary=True, parts=parts)
        if recommended.outcome.contacted <= MOST_IN_WORKBOOK:
            look = look_of_list(workspace.schema)
            download_xlsx("Download the whole list (Excel)", sheets, f"{file}.xlsx", key="download_contacts_xlsx", look=look)
    contacted = recommended.outcome.contacted
    if contacted > MOST_IN_WORKBOOK:
        st.caption(
            f"Excel files are made of up to {words.count(MOST_IN_WORKBOOK)} contacts: a larger one takes minutes to write and to "
            "open, and beyond 1,048,576 rows Excel cannot hold it. Take the CSV file."
        )
    shown = words.counted(len(listed), "most profitable contact is", "most profitable contacts are")
    if week is not None:
        shown = f"first {words.counted(len(listed), 'contact is', 'contacts are')}"
    st.caption(
        f"The {shown} shown; choose a row to open its customer. The files have all {words.count(contacted)}, "
        f"with reasons, the control group and the campaign's "
        f"parameters. {words.of_leaving(replace(workspace.schema, window=window_of(recommended.plan, workspace.schema)))}"
    )


def _to_download(workspace: Workspace, planned: ListInWeeks, share: float, name: str) -> _Files:
    """What the two buttons give. The list is drawn and kept as a campaign when one of them is pressed, once."""
    who, kept_in = people.who() or "Dashboard", otherwise(store, None)
    if kept_in is None:
        return _not_kept(workspace, planned, share, name, "The database cannot be used")
    if not people.may(people.SAVE):
        return _not_kept(workspace, planned, share, name, "You may look")

    @cache
    def drawn() -> DrawnList:
        return draw_list(workspace, planned.recommended, kept_in, who=who, share=share, name=name, per_week=planned.per_week)

    return _Files(lambda: drawn().table, lambda: drawn().parts, lambda: drawn().sheets())


def _not_kept(workspace: Workspace, planned: ListInWeeks, share: float, name: str, why: str) -> _Files:
    """The list where no campaign can be saved; its groups are drawn all the same."""
    version, recommended = workspace.version, planned.recommended
    st.caption(
        words.markdown(
            f"{why}, so a list that you download is not kept: its result can be measured only by the groups in its column arm."
        )
    )

    how: dict[str, Any] = {"control_share": share, "salt": name, "week": planned.week}
    table = partial(contact_list, recommended, version.model, **how)

    def sheets() -> dict[str, pd.DataFrame]:
        return by_arm(table(), campaign_sheet(recommended, version.model_id, share, name, planned.schedule))

    in_parts = partial(contact_list_in_parts, recommended, version.model, **how)
    return _Files(table, lambda: in_parts, sheets)


def _say_control(place: DeltaGenerator, control: Control, recommended: Recommendation) -> None:
    if not control.customers:
        return
    forgone = f"{words.money(abs(control.expected_profit))} {'less' if control.expected_profit >= 0 else 'more'}"
    measured = ""
    if control.precision is not None:
        measured = f" The campaign will then measure the success rate to about ± {words.percent(control.precision.half_width)}."
    if control.per_offer:
        each = [f"'{of_one.offer}' {_measured(of_one)}" for of_one in control.per_offer]
        measured = f" Each offer is measured within its own customers: {words.listed(each)}."
    place.caption(
        words.markdown(
            f"{words.count(control.customers)} of {words.counted(recommended.outcome.contacted, 'customer')} "
            f"{'is' if control.customers == 1 else 'are'} left alone, for about {forgone} expected profit.{measured}"
        )
    )


def _measured(of_one: ControlOfOffer) -> str:
    if of_one.precision is None:
        return "not at all, since nobody of them is left alone"
    return f"to about ± {words.percent(of_one.precision.half_width)}, with {words.count(of_one.customers)} left alone"


def _net(control: Control, recommended: Recommendation) -> None:
    """What the list is worth without those who are left alone."""
    campaign = recommended.plan.campaign
    outcome, forecast = control.treated.outcome(campaign), control.treated.forecast(campaign)
    with st.container(horizontal=True):
        st.metric("Contacted", words.count(outcome.contacted), border=True)
        st.metric(
            "Expected profit of the list",
            words.money(outcome.expected_profit),
            words.markdown(f"± {words.money(forecast.range.half_width)}"),
            delta_color="off",
            delta_arrow="off",
            border=True,
            help="Of those who are contacted, against contacting nobody.",
        )
        st.metric("Expected spend of the list", words.money(outcome.expected_spend), border=True)
    st.caption(
        f"These are the figures of the {words.counted(outcome.contacted, 'customer')} who are contacted. The headline above is about "
        f"the whole list, the {words.count(control.customers)} left alone included."
    )


def _who_is_worth_more(schema: Schema) -> str:
    if schema.monthly_charge is None and schema.clv_column is None:
        return "everybody is worth the same here, so it is the same for all"
    who = "is worth more" if is_for_life(schema) else "pays more"
    return f"a customer who {who} is worth a contact at a lower probability"


def policies_tab(workspace: Workspace, recommended: Recommendation) -> None:
    """What each way of choosing earns."""
    table = policies(recommended.population, recommended.plan)
    profit = table.set_index("policy")["expected_profit"]
    st.markdown(
        words.markdown(
            f"A customer's own break-even is cost ÷ (success rate × lifetime value): {_who_is_worth_more(workspace.schema)}. "
            f"Deciding customer by customer earns {words.money(profit[EACH])}. One threshold for everybody is "
            f"simpler to explain and earns {words.money(profit[ONE_THRESHOLD])}. Choose the rule among the assumptions above."
        )
    )
    table["forbidden_by"] = table["forbidden_by"].map(FORBIDDEN)
    show_table(table, policy_columns(), key="policies")
