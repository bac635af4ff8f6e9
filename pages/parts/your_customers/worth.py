"""What a customer is worth: a charge per period, a column of lifetime values, or one amount for all."""

from dataclasses import replace

import streamlit as st

from churn_core.data.proposing.answers import Answers
from churn_core.data.proposing.currency import is_currency
from churn_core.data.proposing.proposal import Period, Proposal
from churn_core.report.link import CURRENCIES, NO_LABEL
from pages.parts import words
from pages.parts.your_customers.cards import asked, card
from pages.parts.your_customers.draft import Worth, chosen, draft, say, shown
from pages.parts.your_customers.roles import NUMBERS, ROLES, corrected, named

_WAYS: dict[Worth, str] = {
    "charge": "a column says what they pay",
    "clv": "a column says their lifetime value",
    "fixed": "one amount for everybody",
}
_PERIODS: dict[Period, str] = {"month": "a month", "year": "a year", "week": "a week"}
_CURRENCIES = tuple(label for label in CURRENCIES if label != NO_LABEL)
_LEAST = 0.01  # money


def with_currency(answers: Answers) -> Answers:
    """What was said, with the currency that is shown."""
    return replace(answers, currency=answers.currency or _CURRENCIES[0])


def worth(proposal: Proposal) -> None:
    """How it is said, then the column and its period, or the amount."""
    money, way = proposal.money, way_of(proposal)
    is_open = worth_is_open(proposal)
    with card("What is a customer worth?", "ask" if is_open else money.confidence, None if is_open else money):
        st.radio(
            "Losing a customer loses money. How do you know how much?",
            list(_WAYS),
            format_func=_WAYS.__getitem__,
            **chosen("own_worth", way, _say_way),
        )
        if way == "fixed":
            _amount(proposal)
        elif way is not None:
            _column(proposal, way)
        if way is not None:
            st.selectbox(
                "Currency",
                list(dict.fromkeys((*_CURRENCIES, draft().answers.currency or _CURRENCIES[0]))),
                accept_new_options=True,
                placeholder="Choose, or write your own",
                help="Written beside money. Nothing is converted. Write any label: CHF, kr, zł, ₹ …",
                **chosen("own_currency", draft().answers.currency or _CURRENCIES[0], _say_currency),
            )


def way_of(proposal: Proposal) -> Worth | None:
    """How the worth is said: as somebody chose, else as proposed; ``None`` while that is open."""
    chosen, kind = draft().worth, proposal.money.kind
    if chosen is None and kind != "none" and (draft().answers.charge or asked(proposal, "money") is None):
        return kind
    return chosen


def worth_is_open(proposal: Proposal) -> bool:
    """Whether something is still to be said about the worth, by the proposal or by what was chosen here."""
    way = way_of(proposal)
    return way is None or asked(proposal, "money") is not None or way != proposal.money.kind


def _amount(proposal: Proposal) -> None:
    st.number_input(
        "Lifetime value of one customer",
        min_value=_LEAST,
        value=None,
        step=10.0,
        format="%.10g",
        placeholder="an amount of money",
        help="The profit that a customer who stays still brings in until the end: for instance the margin of a year times the "
        "years that customers stay. Every amount on the other pages follows from it.",
        **shown("own_amount", proposal.money.amount, lambda amount: say(clv=amount)),
    )


def _column(proposal: Proposal, way: Worth) -> None:
    money = proposal.money
    found = money.column if money.kind == way else ""
    is_chosen = found and (draft().answers.charge == found or money.confidence != "ask")
    options = named(proposal.columns, NUMBERS)
    options += [found] if found and found not in options else []
    st.selectbox(
        "Column with what they pay" if way == "charge" else "Column with the lifetime value",
        options,
        placeholder=f"Choose; perhaps {found}" if found else "Choose a column",
        **chosen("own_worth_column", found if is_chosen else None, lambda column: _say_column(way, column)),
    )
    if way == "charge" and is_chosen:
        st.radio(
            words.markdown(f"{found} is paid for"),
            list(_PERIODS),
            format_func=_PERIODS.__getitem__,
            horizontal=True,
            **chosen("own_period", money.period, lambda period: _say_period(found, period)),
        )


def _say_currency(label: str | None) -> None:
    said = (label or "").strip()
    if is_currency(said):
        say(currency=said)
    else:
        st.toast("Write a few letters or a sign, like CHF, kr, zł or €.", icon=":material/error:")


def _say_way(way: Worth | None) -> None:
    draft().worth = way
    say(charge="", charge_period=None, clv=None, clv_column="")


def _say_column(way: Worth, column: str | None) -> None:
    if column is not None:
        draft().answers = corrected(draft().answers, column, ROLES[way])  # type: ignore[index]


def _say_period(column: str, period: Period | None) -> None:
    draft().answers = replace(corrected(draft().answers, column, ROLES["charge"]), charge_period=period)
