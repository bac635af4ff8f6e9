"""Several offers are told apart only within the customers whom each was meant for: LOOP.md §2."""

import numpy as np
import pytest

from churn_core.campaign.economics import Campaign
from churn_core.campaign.forecast import Contacts
from churn_core.experiment.draw import draw_within
from churn_core.experiment.measure import Finished, measure
from churn_core.experiment.per_offer import per_offer
from churn_core.experiment.two_by_two import Counts, success_rate

N = 6_000
CALL = Campaign(retention_cost=30, success_rate=0.4)
MAIL = Campaign(retention_cost=1, incentive=5, incentive_uptake=0.5, success_rate=0.1)
OFFERS = (CALL, MAIL)


def finished(seed: int = 0) -> Finished:
    """The riskier half is meant to be called; both offers do what was assumed."""
    random = np.random.default_rng(seed)
    p, clv = random.beta(2, 4, N), random.uniform(200, 1400, N)
    offer = np.where(p > np.median(p), 0, 1)
    drawn = draw_within(offer, [str(i) for i in range(N)], p, 0.3, str(seed))
    rate = np.array([CALL.success_rate, MAIL.success_rate])[offer]
    left = (random.random(N) < np.where(drawn.control, p, p * (1 - rate))).astype(float)
    return Finished(
        control=drawn.control, left=left, campaign=Campaign(fixed_cost=500), stratum=drawn.stratum, churn_probability=p, clv=clv,
        share=0.3, offer=offer, offers=OFFERS,
    )  # fmt: skip


def test_each_offer_comes_out_at_its_own_rate_in_about_95_of_100_campaigns():
    near = {"Call": 0, "Mail": 0}
    for seed in range(100):
        for each, campaign in zip(per_offer(finished(seed), ["Call", "Mail"]), OFFERS, strict=True):
            band = each.measured.headline
            near[each.offer] += band.low <= campaign.success_rate <= band.high
    assert all(88 <= inside <= 100 for inside in near.values()), near


def test_against_the_whole_control_group_the_rates_would_be_wrong():
    given = finished()
    mail = (given.offer == 1) | given.control
    wrong = success_rate(Counts.of(given.control[mail], given.left[mail]))
    assert wrong.low > MAIL.success_rate + 0.2


def test_what_was_expected_and_spent_is_by_each_customers_own_offer():
    given = finished()
    said, treated = measure(given), ~given.control
    contacts = [Contacts.of(given.churn_probability[w & treated], given.clv[w & treated], c) for w, c in given.parts]
    assert said.expected.range.estimate == pytest.approx(sum(each.profit for each in contacts) - 500)
    assert said.realised.spend == pytest.approx(sum(each.spend for each in contacts) + 500)
    assert said.bridge.steps[0].profit == pytest.approx(said.expected.range.estimate)
    assert said.by_tenth == [] and said.backfire is None


def test_one_campaign_has_no_offers_to_tell_apart():
    given = finished()
    assert per_offer(Finished(control=given.control, left=given.left, campaign=CALL), ["Call"]) == []


def test_two_offers_alike_are_measured_as_one():
    given = finished()
    alike = Finished(**{**vars(given), "campaign": CALL, "offers": (CALL, CALL)})
    whole = Finished(**{**vars(given), "campaign": CALL, "offer": None, "offers": ()})
    one, other = measure(alike), measure(whole)
    assert one.expected.range.estimate == pytest.approx(other.expected.range.estimate)
    assert [step.profit for step in one.bridge.steps] == pytest.approx([step.profit for step in other.bridge.steps])
    assert one.headline == other.headline


def test_an_offer_without_a_control_group_says_why_it_has_no_figure():
    given = finished()
    control = given.control & (given.offer == 1)
    call, mail = per_offer(Finished(**{**vars(given), "control": control, "share": None}), ["Call", "Mail"])
    assert call.measured is None and call.sentence.startswith("'Call': Nobody was left alone")
    assert mail.measured is not None and call.as_dict()["success_rate"] is None
