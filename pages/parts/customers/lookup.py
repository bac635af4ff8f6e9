"""One customer: probability, break-even, reasons, and what would follow from a change."""

import streamlit as st

from churn_core.application.look_up import LookedUp, decided, look_up
from churn_core.application.workspace import Workspace
from churn_core.campaign.plan import Plan
from churn_core.charts.customers import probability_scale_figure
from churn_core.decisions.published_limits import has_limits
from churn_core.decisions.what_if import with_changes
from churn_core.storage.publications import Decision
from pages.parts import words
from pages.parts.campaign_words import in_words
from pages.parts.customers.answer import about_break_even, decided_by_what, reasons_chart, what_to_do
from pages.parts.customers.offers import offers
from pages.parts.customers.open_customer import CustomersOfFile, customers_of_file, ids_of_file, position_in_file
from pages.parts.customers.what_if import what_if_inputs
from pages.parts.frame import chart, palette


def customer_lookup(workspace: Workspace, draft: Plan, decision: Decision) -> None:
    schema, plan = workspace.schema, decision.applied.of_one_contact
    file, of_file = customers_of_file(workspace), ids_of_file(workspace)
    chosen = st.selectbox(
        "Customer",
        [*workspace.customers[schema.id].tolist(), *of_file],
        key="customer",
        bind="query-params",
        help="Type to search by customer id. The customers of the file that you dropped are here too.",
    )
    found, told = _found(workspace, chosen, decision, draft, file, chosen in of_file)
    customer, now = found.customer, found.decision
    dated = file.schema if file is not None and chosen in of_file else schema
    left, right = st.columns([3, 2], gap="large")
    with right, st.container(border=True):
        st.markdown("**What if?** Change what could be changed; the answer follows.")
        changed = with_changes(customer, what_if_inputs(customer.iloc[0], workspace, dated), schema)
        st.caption("The model's view of a customer like that, not proof that the change makes this customer stay.")
        offers(workspace.version.model, customer, plan, now.churn_probability, now.break_even_probability, schema)
    then = decided(workspace, changed, decision, has_left=found.has_left)
    moved = not changed.equals(customer)
    with left:
        what = what_to_do(now, found.why_not, found.has_left)
        st.header(words.markdown(f"{words.percent(now.churn_probability)} likely to leave{words.within(schema)}: {what}"))
        chart(
            about_break_even(then.break_even_probability)
            + (f"; changed, the probability is {words.percent(then.churn_probability)}" if moved else ""),
            probability_scale_figure(
                then.churn_probability, then.break_even_probability, palette(), now.churn_probability if moved else None
            ),
            key="scale",
            caption=f"{told} At {in_words(plan, schema)}{decided_by_what(decision)}{_limits(decision, found)}",
        )
        if moved:
            with st.container(horizontal=True):
                st.metric(
                    "Churn probability",
                    words.percent(then.churn_probability),
                    **words.change(words.points(then.churn_probability, now.churn_probability), more_is="bad"),
                    border=True,
                )
                st.metric("Break-even", words.percent(then.break_even_probability), border=True)
                st.metric("Expected profit of contacting", words.exact_money(then.expected_profit), border=True)
                st.metric("Decision", "contact" if then.contact else "leave alone", border=True)
        reasons_chart(workspace, changed, key="reasons", after=", after the change" if moved else "")


def _found(
    workspace: Workspace, chosen: str, decision: Decision, draft: Plan, file: CustomersOfFile | None, only_in_file: bool
) -> tuple[LookedUp, str]:
    """What is known of the customer, of the data or else of the file, and where that comes from in a sentence or two."""
    at = None if file is None else position_in_file(file, chosen, workspace)
    of_file = None if file is None or at is None else file.looked_up(workspace, at, decision)
    if only_in_file and of_file is not None:
        return of_file, "This is what your file says of this customer, who is not in the data of the dashboard."
    found = look_up(workspace, chosen, decision, draft)
    told = (
        f"By the production model, as in a scored file. A model that had not seen this customer says "
        f"{words.percent(found.unseen_probability)}; the contact list goes by that and "
        f"{'includes' if found.listed else 'does not include'} this customer."
    )
    if of_file is not None and of_file.decision.churn_probability != found.decision.churn_probability:
        told += (
            f" Your file says other things of this customer than the data that are shown here; by the file it is "
            f"{words.percent(of_file.decision.churn_probability)}."
        )
    return found, told


def _limits(decision: Decision, found: LookedUp) -> str:
    """The limits of what is published hold for a whole file, which nobody has of a customer of the data."""
    if found.listed is None or decision.threshold is None or not has_limits(decision.applied.objective):
        return ""
    return " In a file the limits of the published campaign may leave out more customers."
