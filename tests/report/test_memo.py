"""The memo says what the pages say, once, for both kinds of file."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from churn_core.campaign.economics import AFTER_SAVE as KINDS_OF_STAY
from churn_core.campaign.economics import OWN_RISK, Campaign, expected_profit
from churn_core.campaign.open_margin import NOT_STATED
from churn_core.campaign.plan import RULES as KINDS_OF_RULE
from churn_core.campaign.plan import Plan
from churn_core.decisions.headline import headline
from churn_core.decisions.policies import policies
from churn_core.decisions.population import ALL
from churn_core.decisions.recommendation import recommend
from churn_core.decisions.segments.found import FoundSegments
from churn_core.decisions.segments.money import money_of
from churn_core.report.assumptions import LABELS, OF_DATA, USUAL, YOURS, assumptions_of
from churn_core.report.link import AFTER_SAVE, RULES
from churn_core.report.memo import NO_RESULT
from churn_core.report.scenarios import least_rate, scenarios_of
from pages.parts import campaign_words

OFFERS = [
    {"name": "Call", "retention_cost": 25.0, "success_rate": 0.4},
    {"name": "Mail", "retention_cost": 1.0, "success_rate": 0.05},
]


def as_said(memo) -> dict[str, tuple[str, str]]:
    return {each.label: (each.value, each.source) for each in memo.assumptions}


def test_the_memo_recommends_what_the_core_recommends(memo, workspace):
    made, found = memo(retention_cost=25), recommend(workspace.still_here, Plan(campaign=Campaign(retention_cost=25)))
    assert made.headline == headline(found, "$") and made.recommended.outcome == found.outcome
    assert made.policies.equals(policies(workspace.still_here, found.plan))
    assert made.curve["expected_profit"].max() == pytest.approx(found.best.expected_profit)


def test_the_scenarios_are_the_same_list_at_the_ends_of_the_give_or_take(memo):
    made = memo(success_rate=0.3, success_rate_give_or_take=0.2)
    found, rates = made.recommended, (0.1, 0.3, 0.5)
    p, clv = found.population.probability[found.contact], found.clv[found.contact]
    for scenario, rate in zip(made.scenarios, rates, strict=True):
        assert scenario.profit == pytest.approx(expected_profit(p, clv, replace(found.plan.campaign, success_rate=rate)).sum())
    assert made.scenarios[1].profit == pytest.approx(found.outcome.expected_profit)


def test_where_the_rate_is_exactly_right_the_scenarios_move_it_by_a_quarter(memo):
    made = memo(success_rate=0.4, success_rate_give_or_take=0.0)
    assert [each.rate[:3] for each in made.scenarios] == ["30%", "40%", "50%"]


def test_at_the_least_rate_the_list_earns_nothing(memo):
    for values in ({}, {"incentive": 20, "incentive_uptake": 0.5, "fixed_cost": 900, "backfire_rate": 0.001}):
        found = memo(**values).recommended
        rate = least_rate(found)
        p, clv = found.population.probability[found.contact], found.clv[found.contact]
        at_rate = replace(found.plan.campaign, success_rate=rate)
        assert 0 < rate < 1 and expected_profit(p, clv, at_rate).sum() - at_rate.fixed_cost == pytest.approx(0, abs=0.01)


def test_where_nobody_is_contacted_there_is_nothing_to_compare_and_nothing_to_lose(memo):
    made = memo(retention_cost=100_000)
    assert made.scenarios == () and made.sure == () and made.range_ == "" and made.plateau is None
    assert made.headline.startswith("Contact nobody") and all(each.profit == 0 for each in made.segments)


def test_every_parameter_of_the_plan_is_said_with_its_source(memo):
    said = as_said(memo(retention_cost=25, incentive=5, budget=9000))
    asked = {*vars(Campaign()), "budget", "min_roi", "min_marginal_roi", "rule"} - {"tenure_curve", "window"}
    assert set(said) == {LABELS[name] for name in asked} | {"Churn window"}
    assert said["Retention cost per contact"] == ("$25", YOURS) and said["Budget"] == ("$9,000", YOURS)
    assert said["Success rate"] == ("30%", USUAL)


def test_an_open_margin_is_said_and_a_stated_one_is_an_assumption(memo):
    assert as_said(memo())["Margin"][1] == "margin not stated: money is revenue, not profit" and NOT_STATED in memo().notes
    assert as_said(memo(margin=0.4))["Margin"] == ("40%", YOURS)
    assert as_said(memo(margin_stated=True))["Margin"] == ("100%", YOURS) and NOT_STATED not in memo(margin_stated=True).notes


def test_a_measured_rate_names_its_campaign(workspace):
    said = assumptions_of(Plan(), workspace.schema, "measured in Spring calls, 2026-05-01", "$")
    assert {each.label for each in said if each.source.startswith("measured")} == {"Success rate", "Success rate, give or take"}


def test_the_window_is_that_of_the_data_or_the_users(memo, workspace):
    plan = Plan(campaign=Campaign(after_save=OWN_RISK, window=3))
    (mine,) = [each for each in assumptions_of(plan, workspace.schema, None, "") if each.label == "Churn window"]
    assert mine.value == "3 months" and mine.source.startswith(YOURS)
    (theirs,) = [
        each for each in assumptions_of(plan, replace(workspace.schema, window=3.0), None, "") if each.label == "Churn window"
    ]
    assert theirs.source.startswith(OF_DATA)
    assert as_said(memo())["Churn window"][0] == "not stated"


def test_a_parameter_is_called_as_on_the_pages():
    assert {name: campaign_words.label_of(name) for name in LABELS if name != "rule"} == {
        name: label for name, label in LABELS.items() if name != "rule"
    }
    assert set(RULES) == set(KINDS_OF_RULE) and set(AFTER_SAVE) == set(KINDS_OF_STAY)


def test_the_segments_are_those_that_were_found_whose_customers_leave_more_often(memo, workspace, found):
    high = [each for each in found.segments if each.leaves_more][:3]
    told = memo().segments
    assert [(each.rate, each.low, each.high, each.rest) for each in told] == [
        (each.rate, each.low, each.high, each.rest_rate) for each in high
    ]
    earned = [money_of(each, workspace.still_here, Plan()) for each in high]
    assert [(each.customers, each.profit) for each in told] == [(each.customers, each.expected_profit) for each in earned]
    assert told[0].name.startswith("Fibre internet and none of online security") and not any(each.offer for each in told)


def test_with_several_offers_each_segment_names_the_one_that_fits(memo, workspace, found):
    told, plan = memo(offers=OFFERS).segments, Plan.from_dict({"offers": OFFERS})
    assert [each.offer for each in told] == [money_of(each, workspace.still_here, plan).offer for each in found.segments[:3]]
    assert told[0].offer == "Call" and told[0].in_words("$").said.endswith("Offer that fits: Call.")


def test_where_none_was_found_the_segments_are_those_of_the_schema_and_the_memo_says_so(memo, workspace):
    made, (segment,) = memo(found=FoundSegments(tried=9)), workspace.schema.segments
    (told,) = made.segments
    inside = segment.members(workspace.customers).to_numpy()
    assert (told.name, told.customers) == (segment.name, segment.members(workspace.still_here.customers).sum())
    assert told.rate == workspace.churned[inside].mean() and told.low < told.rate < told.high
    assert made.about_segments.startswith("No group of customers was found that leaves more often")


def test_where_there_are_none_at_all_one_sentence_says_so(memo, workspace):
    bare = replace(workspace, version=replace(workspace.version, schema=replace(workspace.schema, segments=())))
    made = memo(workspace=bare, found=FoundSegments())
    assert made.segments == ()
    assert made.about_segments == "These customers are too few, or too much alike, to look for segments."


def test_segments_of_whom_nearly_everybody_left_are_no_advice(memo, workspace, found):
    leaks = [replace(each, found_rate=1.0, rate=1.0) for each in found.segments if each.leaves_more]
    made = memo(found=replace(found, segments=tuple(leaks)))
    assert [each.name for each in made.segments] == [each.name for each in workspace.schema.segments]
    assert made.about_segments.startswith("Of the groups that were found nearly everybody left.")


def test_of_several_offers_the_memo_says_who_gets_which(memo):
    made = memo(offers=OFFERS)
    assert made.curve is None and made.least_rate is None and made.headline.startswith("Offer 'Call' to")
    assert [each.value for each in made.assumptions if each.label == "Offer"][0].startswith("Call: $25 a contact")
    low, assumed, high = (each.profit for each in made.scenarios)
    assert low < assumed < high and assumed == pytest.approx(made.recommended.outcome.expected_profit)


def test_a_back_test_says_so_and_its_link_opens_it(memo):
    made = memo(which=ALL)
    assert made.headline.startswith("Back-test") and "as a back-test" in made.data
    assert parse_qs(urlsplit(made.link).query)["back_test"] == ["true"]


def test_without_a_measured_campaign_the_memo_says_how_to_get_one(memo):
    assert memo().results == (NO_RESULT,)


def test_what_is_published_is_said_beside_it(memo, store):
    assert "No campaign is published yet." in memo().notes and memo().published is None
    store.publish(0.4, who="somebody")
    assert memo().published == 0.4 and any("40.0%" in note for note in memo().notes)


def test_the_same_customers_plan_and_day_make_the_same_memo(memo):
    one, other = memo(retention_cost=25), memo(retention_cost=25)
    assert one.headline == other.headline and one.assumptions == other.assumptions and one.segments == other.segments
    assert one.why == other.why and one.drivers == other.drivers and one.scenarios == scenarios_of(other.recommended)
