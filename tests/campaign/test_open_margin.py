"""A margin that nobody has stated: what half of the revenue, or less, being profit would leave."""

import numpy as np
import pytest

from churn_core.campaign.economics import Campaign
from churn_core.campaign.open_margin import MARGINS, at_margins, in_words
from churn_core.campaign.optimise import best_threshold
from churn_core.campaign.worth import Worth


@pytest.fixture
def swept():
    return Worth(amount=np.array([70.0, 50.0, 20.0, 90.0])).sweep([0.6, 0.2, 0.05, 0.03])


def test_each_margin_has_the_best_list_of_its_own(swept):
    found = at_margins(lambda campaign: best_threshold(swept, campaign), Campaign(retention_cost=25))
    for each, margin in zip(found, MARGINS, strict=True):
        best = best_threshold(swept, Campaign(retention_cost=25, margin=margin))
        assert each.margin == margin
        assert (each.threshold, each.contacted, each.expected_profit) == (best.threshold, best.contacted, best.expected_profit)


def test_the_sentence_names_profit_and_threshold_or_how_many_or_that_nothing_pays(swept):
    by_threshold = in_words(at_margins(lambda campaign: best_threshold(swept, campaign), Campaign(retention_cost=25)))
    assert by_threshold.startswith("Margin not stated: money is revenue, not profit. At 50% the best list earns ")
    assert by_threshold.endswith("earns 51 (threshold 60.0%), at 30% 20 (60.0%).")
    nothing = in_words(at_margins(lambda campaign: best_threshold(swept, campaign), Campaign(retention_cost=600)))
    assert nothing.endswith("At 50% no contact pays, at 30% no contact pays.")
