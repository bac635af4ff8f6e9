"""The sentence over a campaign, in the currency of the session."""

from churn_core.decisions import headline as of_core
from churn_core.decisions.recommendation import Recommendation
from pages.parts import words


def headline(recommended: Recommendation) -> str:
    """Whom to contact, what that earns and for how much; of several offers who gets which."""
    return of_core.headline(recommended, words.currency())
