"""What is decided of one customer, in words."""

import pandas as pd

from pages.parts import words


def what_to_do(decision: pd.Series, why_not: str, has_left: bool = False) -> str:
    """What to do, what it earns, and why nothing is done though it would pay."""
    profit = decision.expected_profit
    if has_left:
        return "has left already, so there is nobody to contact"
    if decision.contact:
        return (
            f"worth contacting, {words.exact_money(profit)} expected profit"
            if profit > 0
            else f"contacted by the published threshold, though it is expected to lose {words.exact_money(-profit)}"
        )
    if profit <= 0:
        return f"not worth contacting, it would lose {words.exact_money(-profit)}"
    return f"left alone ({why_not}), though a contact is expected to earn {words.exact_money(profit)}"


def about_break_even(break_even: float) -> str:
    if break_even <= 1:
        return f"Contacting pays from a break-even of {words.percent(break_even)} up"
    return "Contacting this customer does not pay at any probability"
