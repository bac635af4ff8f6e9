"""What one could offer to one customer, by the model's view: the smallest changes that bring it under the break-even."""

import pandas as pd
import streamlit as st

from churn_core.campaign.plan import Plan
from churn_core.decisions.what_if import changes, smallest
from churn_core.schema import Schema
from pages.parts import words
from pages.parts.customers.what_if import put_what_if


def offers(model, customer: pd.DataFrame, plan: Plan, probability: float, break_even: float, schema: Schema) -> None:
    """Left out where the schema names nothing that the company offers."""
    if not any(column.offers for column in schema.columns):
        return
    st.markdown("**What could be offered?**")
    if not probability >= break_even:
        st.caption("Contacting does not pay as it is: no offer is needed to bring the probability under the break-even.")
        return
    possible = changes(model, customer, plan, schema)
    if possible.empty:
        st.caption("Nothing is left to offer: this customer already has everything that could be offered.")
        return
    found = smallest(possible)
    if found["enough"].all():
        st.caption(f"The fewest changes that bring the probability under the break-even of {words.percent(break_even)}:")
    else:
        st.caption(
            f"No offer brings the probability under the break-even of {words.percent(break_even)}. This one lowers it most:"
        )
    for position, offer in enumerate(found.itertuples()):
        st.button(
            f"{words.markdown(offer.offer)}: {words.percent(offer.churn_probability)}",
            key=f"offer_{position}",
            on_click=put_what_if,
            args=(customer.iloc[0], offer.values, schema),
            help="Put it into the inputs above.",
            width="stretch",
        )
    worth = schema.monthly_charge or schema.clv_column
    left = f", with the {words.markdown(schema[worth].label.lower())} left as it is" if worth else ""
    st.caption(f"The model's view{left}. This data does not say what an offer costs, or whether it makes this customer stay.")
