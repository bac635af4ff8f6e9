"""What one list of contacts changes against another."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.campaign.economics import expected_profit, expected_spend
from churn_core.decisions.difference import difference
from tests.decisions.conftest import P, clv_of, with_fixed_cost

cuts = st.sampled_from([0.0, 0.1, 0.3, 0.7, 1.1])


def money(contact: np.ndarray, campaign) -> tuple[float, float]:
    fixed = campaign.fixed_cost if contact.any() else 0.0
    profit = expected_profit(P, clv_of(campaign), campaign)[contact].sum()
    return profit - fixed, expected_spend(P, campaign)[contact].sum() + fixed


@given(with_fixed_cost, cuts, cuts)
def test_a_difference_is_that_of_both_lists_worked_out_alone(campaign, one, other):
    before, after = one <= P, other <= P
    found = difference(P, clv_of(campaign), before, after, campaign)
    (profit_before, spend_before), (profit_after, spend_after) = money(before, campaign), money(after, campaign)
    assert found.contacts == after.sum() - before.sum() and found.others == (before != after).sum()
    assert found.expected_profit == pytest.approx(profit_after - profit_before, rel=1e-9, abs=1e-6)
    assert found.expected_spend == pytest.approx(spend_after - spend_before, rel=1e-9, abs=1e-6)


@given(with_fixed_cost, cuts)
def test_the_same_list_changes_nothing(campaign, cut):
    found = difference(P, clv_of(campaign), cut <= P, cut <= P, campaign)
    assert (found.contacts, found.expected_profit, found.expected_spend, found.others) == (0, 0.0, 0.0, 0)
