"""Another company's customers go through everything: nothing fails, nothing is silently wrong, nothing speaks of Telco."""

import json

import numpy as np
import pandas as pd
import pytest

from churn_core.campaign.economics import Campaign, break_even_probability, expected_profit
from churn_core.campaign.objective import Objective
from churn_core.campaign.plan import ONE_THRESHOLD, PER_CUSTOMER, Plan
from churn_core.data.cleaning.record import clean_record
from churn_core.data.cleaning.records import clean_columns
from churn_core.data.cleaning.table import clean
from churn_core.data.dataset import read_dataset
from churn_core.data.reading.reader import read_table
from churn_core.data.synthetic import template
from churn_core.data.writing.cells import to_csv
from churn_core.decisions import describe
from churn_core.decisions.campaign_sheet import campaign_sheet
from churn_core.decisions.contact_list import contact_list
from churn_core.decisions.control import control_of
from churn_core.decisions.decide import DECISION_COLUMNS, churn_probability, decide, score
from churn_core.decisions.groups import treatment, widest
from churn_core.decisions.policies import (
    average_break_even,
    outcome_of,
    policies,
    revenue_at_risk,
    segment_economics,
)
from churn_core.decisions.population import Population
from churn_core.decisions.recommendation import recommend
from churn_core.decisions.score_table import score_table
from churn_core.decisions.side_by_side import side_by_side
from churn_core.decisions.what_if import changes, offers, smallest, with_changes
from churn_core.errors import DataError
from churn_core.schema import Schema, Segment
from tests.gym import GYM, equation, gym_dataset, knows_nothing_of_telco, members

CUSTOMERS = gym_dataset(800).customers
LEFT = CUSTOMERS[GYM.target].to_numpy()
MODEL = equation(CUSTOMERS)
P = churn_probability(MODEL, CUSTOMERS)
CLV = 12 * CUSTOMERS["fee"].to_numpy()
PLAN = Plan(campaign=Campaign(retention_cost=20, success_rate=0.3, clv_months=12))


def as_csv(raw: pd.DataFrame) -> bytes:
    return to_csv(raw)[0]


# Reading and cleaning


def test_a_training_file_is_read_with_the_outcome_in_its_own_words():
    dataset = read_dataset(as_csv(members(300)), "members.csv", schema=GYM)
    assert dataset.customers.equals(clean(members(300), GYM)[0].set_axis(range(2, 302)))
    assert dataset.customers[GYM.target].tolist() == (members(300)["status"] == "cancelled").astype(int).tolist()
    with pytest.raises(DataError, match="no column 'status'. Add it: cancelled for each customer who left, else member"):
        read_dataset(as_csv(members(5).drop(columns="status")), "members.csv", schema=GYM)


def test_names_words_and_numbers_are_forgiven_as_for_any_schema():
    raw = members(4).rename(columns={"member_no": "Membership Number", "fee": "FEE", "classes_booked": "Classes  booked"})
    raw = raw.astype(object).assign(
        membership=["Standard", "PLUS", " premium ", "Basic"], sauna=["yes", "0", "No", "1.0"], FEE=["$20", "1,234.50", "30", "5"]
    )
    customers, report = clean(raw, GYM)
    assert customers["membership"].tolist() == ["basic", "plus", "premium", "basic"]
    assert customers["sauna"].tolist() == [1, 0, 0, 1] and customers["fee"].tolist() == [20, 1234.5, 30, 5]
    assert list(customers) == [column.name for column in GYM.columns] and knows_nothing_of_telco(report)


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("classes_booked", -1, "classes_booked: '-1' is below 0"),
        ("classes_booked", 1e300, "classes_booked: '1e+300' is too large"),
        ("weight_change", np.inf, "weight_change: 'inf' is not a finite number"),
        ("visits_per_week", 31, "visits_per_week: '31' is not between 0 and 30 visits per week"),
        ("months_member", 601, "months_member: '601' is not between 0 and 600 months"),
        ("sauna", "perhaps", "sauna: 'perhaps' is not one of 0, 1, No, Yes"),
    ],
)
def test_a_value_out_of_range_is_refused_in_a_table_and_alone_where_one_end_is_open_too(column, value, problem):
    raw = members(3).astype({column: object})
    raw.loc[1, column] = value
    if column != "sauna":
        raw = raw.astype({column: float})
        problem_of_table = problem.replace(f"'{value}'", f"'{float(value)}'")
        with pytest.raises(DataError) as caught:
            clean_record({**members(1).iloc[0].to_dict(), column: value}, GYM)
        assert str(caught.value) == problem.replace(f"'{value}'", json.dumps(value))  # as JSON has it
        problem = problem_of_table
    assert clean(raw, GYM)[1].rejects["problem"].tolist() == [problem]


def test_a_record_a_batch_and_a_table_are_the_same_customers():
    raw = members(200, seed=3).drop(columns=GYM.target)
    table, records = clean(raw, GYM)[0], raw.to_dict("records")
    assert [clean_record(record, GYM) for record in records] == table.astype(object).to_dict("records")
    assert clean_columns(records, GYM) == table.to_dict("list")


@pytest.mark.parametrize("goal", [5, None, "  to run ", "x" * 201])
def test_a_text_of_a_record_is_text(goal):
    record = {**members(1).iloc[0].to_dict(), "goal": goal}
    columns = clean_columns([record], GYM)
    if goal in (5, "x" * 201):
        assert columns is None
        with pytest.raises(DataError, match="goal: "):
            clean_record(record, GYM)
    else:
        assert columns["goal"] == [clean_record(record, GYM)["goal"]] == [(goal or "").strip()]


def test_the_template_can_be_scored_as_it_comes():
    table = template(schema=GYM)
    assert list(table) == [column.name for column in GYM.inputs] and table["member_no"].is_unique
    scored = score_table(read_table(as_csv(table), GYM), MODEL, PLAN, schema=GYM)
    assert len(scored.scored) == 3 and not len(scored.rejects)


# Deciding


def test_each_customer_is_decided_on_by_the_fee():
    decisions = decide(CUSTOMERS, P, PLAN, schema=GYM)
    assert np.allclose(decisions["expected_profit"], expected_profit(P, CLV, PLAN.campaign))
    assert np.allclose(decisions["break_even_probability"], break_even_probability(CLV, PLAN.campaign))
    scored = score(CUSTOMERS, MODEL, PLAN, schema=GYM)
    assert list(scored) == list(DECISION_COLUMNS) and scored["contact"].equals(decisions["contact"])
    assert 0 < scored["contact"].sum() < len(scored) and knows_nothing_of_telco(scored)


def test_the_policies_and_what_is_at_risk():
    population = Population.of_all(CUSTOMERS, P, GYM)
    table = policies(population, PLAN).set_index("policy")["expected_profit"]
    assert table["Nobody"] == 0 and table["Customer by customer"] >= max(table["Best threshold"], table["Everybody"])
    assert table["Customer by customer"] == pytest.approx(outcome_of(CUSTOMERS, P, PLAN.campaign, schema=GYM).expected_profit)
    assert revenue_at_risk(population) == pytest.approx((CLV * P).sum())
    assert average_break_even(population, PLAN.campaign) == pytest.approx(20 / (0.3 * CLV.mean()))
    table = side_by_side(CUSTOMERS, LEFT, {"equation": P}, PLAN, GYM)
    assert table["per_customer_profit"].item() > 0 and knows_nothing_of_telco(table)


@pytest.mark.parametrize("rule", [ONE_THRESHOLD, PER_CUSTOMER])
def test_the_contact_list_has_the_columns_of_the_schema(rule):
    plan = Plan(campaign=PLAN.campaign, objective=Objective(budget=1_000), rule=rule)
    here = Population.still_here(CUSTOMERS, P, GYM)
    recommended = recommend(here, plan)
    listed = contact_list(recommended, MODEL, control_share=0.2, salt="s")
    assert list(listed)[:4] == ["rank", "member_no", "fee", "months_member"]
    assert len(listed) == recommended.outcome.contacted == recommended.contact.sum() > 10
    assert set(listed["member_no"]) == set(here.customers["member_no"][recommended.contact])
    assert (listed["arm"] == "control").sum() == round(0.2 * len(listed)) == control_of(recommended, 0.2, "s").customers
    assert knows_nothing_of_telco(listed, campaign_sheet(recommended, "m"))


# What could be offered


def test_what_is_offered_is_more_than_the_customer_has_and_flags_too():
    customer = CUSTOMERS[(CUSTOMERS["sauna"] == 0) & (CUSTOMERS["personal_trainer"] == "No")].iloc[[0]]
    customer = customer.assign(membership=pd.Categorical(["plus"], dtype=GYM["membership"].dtype))
    assert offers(customer.iloc[0], GYM) == {"membership": ("premium",), "personal_trainer": ("Yes",), "sauna": (1,)}
    everything = {"membership": "premium", "personal_trainer": "Yes", "sauna": 1}
    has_all = with_changes(customer, everything, GYM)
    assert offers(has_all.iloc[0], GYM) == {} and changes(MODEL, has_all, PLAN, GYM).empty
    assert (has_all["trainer_sessions"].item(), has_all["sauna_towels"].item()) == ("monthly", "own")
    assert not [finding for finding in clean(has_all, GYM)[1].findings if finding.kind == "contradiction"]

    table = changes(MODEL, customer, PLAN, GYM)
    assert len(table) == 7 and "personal trainer + sauna" in set(table["offer"]) and len(smallest(table))
    for row in table.itertuples():
        assert row.churn_probability == churn_probability(MODEL, with_changes(customer, row.values, GYM))[0]


def test_what_builds_on_a_flag_goes_with_it():
    customer = CUSTOMERS[CUSTOMERS["sauna"] == 1].iloc[[0]]
    without = with_changes(customer, {"sauna": 0, "sauna_towels": "rented"}, GYM)
    assert without["sauna_towels"].item() == "no sauna" and without.dtypes.equals(customer.dtypes)


# Describing


def test_the_tables_of_the_pages():
    by_each = describe.churn_by_each(CUSTOMERS, GYM.yes_no, GYM)
    assert list(by_each["label"].unique()) == ["Student", "Personal trainer", "Sauna"]
    assert set(by_each["group"]) == {"Yes", "No"}
    for table in (
        describe.churn_by_tenure(CUSTOMERS, GYM),
        describe.churn_by_tenure_bucket(CUSTOMERS, GYM),
        describe.churn_by_charge(CUSTOMERS, GYM),
        describe.churn_rate_by(CUSTOMERS, "membership", GYM),
    ):
        assert table["customers"].sum() == len(CUSTOMERS) and table["churned"].sum() == LEFT.sum()
    assert describe.churned_against_stayed(CUSTOMERS, GYM)["customers"].tolist() == [LEFT.sum(), len(LEFT) - LEFT.sum()]


def test_groups_of_people_are_those_of_the_schema():
    contact = decide(CUSTOMERS, P, PLAN, schema=GYM)["contact"].to_numpy()
    table = treatment(CUSTOMERS, P, LEFT, contact, PLAN, GYM)
    assert list(table["group"]) == [
        *("under 30 years old", "30 to 49 years old", "50 and over years old"),
        *("no student", "student"),
    ]
    assert widest(table, "contact_rate")[0] in ("Age group", "Student")


def test_a_schema_that_groups_nobody_and_has_no_yes_or_no_gives_empty_tables():
    bare = Schema(name="Bare", columns=tuple(column for column in GYM.columns if column.role != "feature"))
    table = treatment(CUSTOMERS, P, LEFT, P > 0.5, PLAN, bare)
    assert table.empty and widest(table, "contact_rate") is None
    assert describe.churn_by_each(CUSTOMERS, bare.yes_no, bare).empty


def test_a_segment_of_the_gym_and_its_money():
    segment = Segment(
        name="Trained",
        definition="With a personal trainer",
        rest="Other",
        within={},
        where={"personal_trainer": ("Yes",)},
    )
    table = describe.segment_against_rest(CUSTOMERS, segment, GYM).set_index("group")
    trained = (CUSTOMERS["personal_trainer"] == "Yes").sum()
    assert table["customers"].to_dict() == {"Trained": trained, "Other": len(CUSTOMERS) - trained}
    assert segment_economics(Population.of_all(CUSTOMERS, P, GYM), segment, PLAN.campaign)["customers"] == trained
