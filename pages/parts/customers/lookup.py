"""One customer: probability, break-even, reasons, and what would follow from a change."""

from pathlib import Path

import streamlit as st

from churn_core.application.look_up import decided, look_up
from churn_core.application.workspace import Workspace
from churn_core.campaign.plan import Plan
from churn_core.charts.customers import probability_scale_figure
from churn_core.decisions.published_limits import has_limits
from churn_core.decisions.what_if import with_changes
from churn_core.decisions.why_not import why_not_contacted
from pages.parts import address, words
from pages.parts.campaign_words import in_words
from pages.parts.customers.answer import about_break_even, decided_by_what, reasons_chart, what_to_do
from pages.parts.customers.offers import offers
from pages.parts.customers.what_if import what_if_inputs
from pages.parts.frame import chart, decided_by, palette

_PAGE = Path(__file__).resolve().parents[2] / "customers.py"
FILE, ONE, NEW = TABS = ["A file", "One customer", "A new customer"]


def customer_in_address(workspace: Workspace) -> dict[str, address.Parameter]:
    """The parameters of the address that hold the tab and the customer; the ids are looked through only where there is one."""
    ids = workspace.customers[workspace.schema.id]
    known = address.Parameter(lambda values: bool((ids.astype(str) == values[0]).any()), "the id of a customer here")
    return {"customer": known, "customers_tab": address.choice(TABS)}


def open_customer(customer: str) -> None:
    """Go to the page of one customer."""
    st.switch_page(_PAGE, query_params={"customers_tab": ONE, "customer": customer})


def customer_lookup(workspace: Workspace, draft: Plan) -> None:
    schema, decision = workspace.schema, decided_by(draft)
    plan, threshold = decision.plan.of_one_contact, decision.threshold
    limited = threshold is not None and has_limits(decision.plan.objective)
    chosen = st.selectbox(
        "Customer",
        workspace.customers[schema.id].tolist(),
        key="customer",
        bind="query-params",
        help="Type to search by customer id.",
    )
    found = look_up(workspace, chosen, decision, draft)
    customer, now = found.customer, found.decision
    left, right = st.columns([3, 2], gap="large")
    with right, st.container(border=True):
        st.markdown("**What if?** Change what could be changed; the answer follows.")
        changed = with_changes(customer, what_if_inputs(customer.iloc[0], workspace), schema)
        st.caption("The model's view of a customer like that, not proof that the change makes this customer stay.")
        offers(workspace.version.model, customer, plan, now.churn_probability, now.break_even_probability, schema)
    then = decided(workspace, changed, decision, has_left=found.has_left)
    moved = not changed.equals(customer)
    with left:
        why_not = why_not_contacted(now.to_frame().T, plan, threshold).item()
        what = what_to_do(now, why_not, found.has_left)
        st.header(words.markdown(f"{words.percent(now.churn_probability)} likely to leave{words.within(schema)}: {what}"))
        chart(
            about_break_even(then.break_even_probability)
            + (f"; changed, the probability is {words.percent(then.churn_probability)}" if moved else ""),
            probability_scale_figure(
                then.churn_probability, then.break_even_probability, palette(), now.churn_probability if moved else None
            ),
            key="scale",
            caption=f"By the production model, as in a scored file. A model that had not seen this customer says "
            f"{words.percent(found.unseen_probability)}; the contact list goes by that and "
            f"{'includes' if found.listed else 'does not include'} this customer. At {in_words(plan, schema)}"
            + decided_by_what(plan, threshold)
            + (" In a file the limits of the published campaign may leave out more customers." if limited else ""),
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
