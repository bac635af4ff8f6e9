"""Customers + model + campaign → decisions."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn_core.campaign.economics import Campaign, break_even_probability, expected_profit, expected_spend
from churn_core.campaign.objective import Objective
from churn_core.campaign.optimise import best_threshold, contact_all
from churn_core.campaign.plan import Plan
from churn_core.data.cleaning.table import clean
from churn_core.data.quality import no_rejects
from churn_core.data.reading.reader import RawTable, read_table
from churn_core.data.synthetic import generate, template
from churn_core.data.writing.cells import to_csv
from churn_core.decisions.decide import DECISION_COLUMNS, churn_probability, decide, score
from churn_core.decisions.policies import (
    EACH,
    EVERYBODY,
    FORESIGHT,
    NOBODY,
    ONE_THRESHOLD,
    advantage,
    average_break_even,
    customer_sweep,
    outcome_of,
    policies,
    revenue_at_risk,
    segment_economics,
)
from churn_core.decisions.score_table import score_table
from churn_core.decisions.what_if import with_changes
from churn_core.errors import DataError, NothingScored
from churn_core.model.candidates import build
from churn_core.schema.telco import TELCO

RAW = generate(400, seed=9, schema=TELCO)
CUSTOMERS, _ = clean(RAW, TELCO)
CHURNED = CUSTOMERS[TELCO.target].to_numpy()
MODEL = build("logistic").fit(CUSTOMERS, CHURNED)
P = churn_probability(MODEL, CUSTOMERS)
FILE = RAW.drop(columns=TELCO.target).head(60)
campaigns = st.builds(
    Campaign,
    retention_cost=st.floats(0, 300),
    success_rate=st.floats(0, 1),
    clv_months=st.integers(1, 60),
    incentive=st.sampled_from([0.0, 0.0, 5.0, 20.0]),
    backfire_rate=st.sampled_from([0.0, 0.0, 0.01]),
)
with_fixed_cost = st.builds(lambda c, cost: replace(c, fixed_cost=cost), campaigns, st.sampled_from([0.0, 500.0, 20_000.0]))
limits = st.builds(
    Objective,
    budget=st.one_of(st.none(), st.floats(0, 5_000)),
    min_roi=st.one_of(st.none(), st.floats(0, 10)),
    min_marginal_roi=st.one_of(st.none(), st.floats(0, 10)),
)
plans = st.builds(Plan, campaign=with_fixed_cost, objective=limits)


def as_file(raw: pd.DataFrame) -> RawTable:
    """As read from a CSV file of this table: text throughout, the first row in line 2."""
    return read_table(to_csv(raw)[0], TELCO)


def score_file(raw: pd.DataFrame, plan: Plan = Plan(), threshold: float | None = None):  # noqa: B008  a frozen value
    return score_table(as_file(raw), MODEL, plan, threshold, schema=TELCO)


def clv_of(campaign: Campaign) -> np.ndarray:
    return campaign.clv(CUSTOMERS[TELCO.monthly_charge].to_numpy())


@cache
def scored_file() -> pd.DataFrame:
    return score_file(FILE).scored


# Decisions


@given(campaigns)
def test_exactly_those_are_contacted_whose_own_expected_profit_is_above_zero(campaign):
    decisions = decide(CUSTOMERS, P, Plan(campaign=campaign), schema=TELCO)
    profit = expected_profit(P, clv_of(campaign), campaign)
    assert decisions["expected_profit"].to_numpy().tobytes() == profit.tobytes()
    assert decisions["contact"].tolist() == (profit > 0).tolist()
    assert decisions.index.equals(CUSTOMERS.index)


@given(campaigns)
def test_a_contacted_customer_is_above_the_own_break_even_probability(campaign):
    decisions = decide(CUSTOMERS, P, Plan(campaign=campaign), schema=TELCO)
    never = decisions["break_even_probability"].isna()
    assert not decisions["contact"][never].any()
    contacted = decisions[decisions["contact"]]
    assert (contacted["churn_probability"] >= contacted["break_even_probability"] * (1 - 1e-12)).all()


def test_a_customer_who_earns_exactly_nothing_is_not_contacted():
    one = CUSTOMERS.head(1).assign(MonthlyCharges=64.0)
    plan = Plan(campaign=Campaign(retention_cost=8, success_rate=0.5, clv_months=1))
    decisions = decide(one, np.array([0.25]), plan, schema=TELCO)
    assert decisions["expected_profit"].item() == 0 and not decisions["contact"].item()


@given(plans)
def test_the_outcome_is_the_sum_of_the_decisions_less_the_fixed_cost(plan):
    decisions = decide(CUSTOMERS, P, plan, schema=TELCO)
    outcome = outcome_of(CUSTOMERS, P, plan.campaign, objective=plan.objective, schema=TELCO)
    assert outcome.contacted == decisions["contact"].sum()
    charged = plan.campaign.fixed_cost if outcome.contacted else 0
    earned = decisions["expected_profit"][decisions["contact"]].sum() - charged
    assert outcome.expected_profit == pytest.approx(earned, abs=1e-6)


@given(plans)
def test_the_decisions_keep_to_the_limits_of_the_plan_and_pay_back_the_fixed_cost(plan):
    decisions, asked = decide(CUSTOMERS, P, plan, schema=TELCO), plan.objective
    contact = decisions["contact"].to_numpy()
    if not contact.any():
        return
    profit, spend = decisions["expected_profit"].to_numpy()[contact], expected_spend(P, plan.campaign)
    spend = np.broadcast_to(spend, P.shape)[contact]
    earned, spent = profit.sum() - plan.campaign.fixed_cost, spend.sum() + plan.campaign.fixed_cost
    assert earned > 0
    assert asked.budget is None or spent <= asked.budget * (1 + 1e-9)
    assert asked.min_roi is None or earned >= asked.min_roi * spent * (1 - 1e-9)
    assert asked.min_marginal_roi is None or (profit >= asked.min_marginal_roi * spend * (1 - 1e-9)).all()


@given(plans, st.one_of(st.floats(0, 1), st.sampled_from(sorted(P[:50].tolist()))))
def test_by_a_published_threshold_exactly_those_are_contacted_who_reach_it_whatever_the_plan(plan, threshold):
    by_threshold, by_plan = decide(CUSTOMERS, P, plan, threshold, schema=TELCO), decide(CUSTOMERS, P, plan, schema=TELCO)
    assert by_threshold["contact"].tolist() == (threshold <= P).tolist()
    assert by_threshold.drop(columns="contact").equals(by_plan.drop(columns="contact"))


@given(plans, st.integers(0, len(CUSTOMERS) - 1))
def test_one_contact_alone_bears_no_fixed_cost_no_budget_and_no_roi_of_the_whole(plan, position):
    one, p, alone = CUSTOMERS.iloc[[position]], P[[position]], plan.of_one_contact
    decision = decide(one, p, alone, schema=TELCO).iloc[0]
    spend = float(expected_spend(p, plan.campaign).item())
    worth = decision.expected_profit > 0
    if plan.objective.min_marginal_roi is not None:
        worth &= decision.expected_profit >= plan.objective.min_marginal_roi * spend
    assert decision.contact == worth
    without = Plan(campaign=plan.campaign, objective=Objective(min_marginal_roi=plan.objective.min_marginal_roi)).of_one_contact
    assert alone == without and alone.campaign == replace(plan.campaign, fixed_cost=0.0)


def test_a_customer_whom_no_probability_makes_worth_a_contact_has_no_break_even():
    plan = Plan(campaign=Campaign(success_rate=0.1, incentive=1e6))
    decisions = decide(CUSTOMERS, P, plan, schema=TELCO)
    never = np.isinf(break_even_probability(clv_of(plan.campaign), plan.campaign))
    assert decisions["break_even_probability"].isna().tolist() == never.tolist()
    assert not decisions["contact"].any()


def test_a_score_is_a_decision_with_its_reasons_for_every_customer():
    scored = score(CUSTOMERS, MODEL, Plan(), schema=TELCO)
    assert tuple(scored) == DECISION_COLUMNS and len(scored) == len(CUSTOMERS)
    assert not scored.isna().any(axis=None)


# Files


def test_every_row_is_scored_or_rejected_and_the_good_ones_beside_the_bad():
    raw = FILE.astype("object")
    raw.loc[[3, 30], "tenure"] = ["?", ""]
    result = score_file(raw)
    assert (result.rows, len(result.scored), len(result.rejects)) == (60, 58, 2)
    assert result.rejects["row"].tolist() == [5, 32]  # lines of the file; the header is line 1
    assert result.rejects["tenure"].tolist() == ["?", ""] and result.rejects["gender"].notna().all()
    good = score_file(raw.drop(index=[3, 30]))
    assert result.scored.to_numpy().tolist() == good.scored.to_numpy().tolist()


def test_a_ragged_line_is_rejected_with_the_others_in_the_order_of_the_file():
    lines = to_csv(FILE.astype("object").assign(tenure=["?", *FILE["tenure"][1:]]))[0].decode().splitlines()
    lines[3] = "too,short"
    result = score_table(read_table("\n".join(lines).encode(), TELCO), MODEL, Plan(), schema=TELCO)
    assert result.rejects["row"].tolist() == [2, 4]
    assert (result.rows, len(result.scored)) == (60, 58)


def test_the_input_columns_stay_as_they_came_with_the_decisions_behind():
    raw = FILE.assign(note="  =kept ", Contract=FILE["Contract"].str.upper())[["note", *reversed(FILE.columns)]]
    table = as_file(raw)
    scored = score_table(table, MODEL, Plan(), schema=TELCO).scored
    assert list(scored) == [*table.frame.columns, *DECISION_COLUMNS]
    pd.testing.assert_frame_equal(scored[table.frame.columns], table.frame)


def test_scoring_a_file_is_the_same_as_scoring_its_rows_one_by_one():
    together = score_file(FILE).scored
    for position in range(0, 60, 7):
        alone = score_file(FILE.iloc[[position]]).scored
        assert alone.iloc[0].tolist() == together.iloc[position].tolist()


@settings(max_examples=20)
@given(st.permutations(range(60)))
def test_the_order_of_the_rows_changes_no_decision(order):
    by_id = scored_file().set_index(TELCO.id)
    shuffled = score_file(FILE.iloc[list(order)]).scored.set_index(TELCO.id)
    pd.testing.assert_frame_equal(shuffled.loc[by_id.index], by_id)


def test_a_file_and_the_same_customers_as_a_frame_get_the_same_bits():
    from_file = score_file(FILE).scored[list(DECISION_COLUMNS)].reset_index(drop=True)
    from_frame = score(CUSTOMERS.head(60), MODEL, Plan(), schema=TELCO).reset_index(drop=True)
    pd.testing.assert_frame_equal(from_file, from_frame, check_exact=True, check_dtype=False)


def test_what_happened_is_carried_along_told_and_not_used():
    raw = RAW.head(60)
    result = score_file(raw.assign(Churn="not even readable"))
    assert (result.scored["Churn"] == "not even readable").all()
    assert any("carried along and not used" in warning for warning in result.warnings)
    assert result.scored[list(DECISION_COLUMNS)].equals(score_file(FILE).scored[list(DECISION_COLUMNS)])


def test_a_file_that_was_scored_before_is_scored_anew():
    first = score_file(FILE)
    stale = first.scored.assign(churn_probability=0.5, reason_1="old")
    again = score_file(stale)
    pd.testing.assert_frame_equal(again.scored, first.scored)
    assert any("scored before" in warning for warning in again.warnings)


def test_the_rejects_can_be_mended_and_scored_as_they_were_written():
    raw = FILE.astype("object")
    raw.loc[[3, 30], "tenure"] = "?"
    rejects = score_file(raw).rejects
    result = score_file(rejects.assign(tenure=["12", "?"]))
    assert (len(result.scored), len(result.rejects)) == (1, 1)
    assert result.rejects.iloc[0, :2].tolist() == [3, "tenure: '?' is not a number; write a whole number"]


def test_what_reading_and_cleaning_had_to_say_is_among_the_warnings():
    content = to_csv(FILE.assign(customerID="A"))[0].replace(b",", b";")
    warnings = score_table(read_table(content, TELCO), MODEL, Plan(), schema=TELCO).warnings
    assert any("semicolons" in w for w in warnings) and any("repeat a customerID" in w for w in warnings)


def test_if_no_row_can_be_scored_the_rows_come_back_with_their_reasons():
    with pytest.raises(NothingScored, match="None of the 60 rows can be scored. The first, row 2: tenure: '\\?'") as refused:
        score_file(FILE.assign(tenure="?"))
    rejects = refused.value.rejects
    assert len(rejects) == 60 and list(rejects)[:2] == ["row", "problem"]


def test_if_every_line_is_ragged_the_rows_come_back_with_their_reasons_too():
    header = ",".join(FILE.columns)
    with pytest.raises(NothingScored, match="None of the 2 rows can be scored. The first, row 2: has 3 values") as refused:
        score_table(read_table(f"{header}\na,b,c\nd,e,f\n".encode(), TELCO), MODEL, Plan(), schema=TELCO)
    assert refused.value.rejects["row"].tolist() == [2, 3]


def test_a_table_that_is_no_customer_table_is_refused():
    with pytest.raises(DataError, match="Missing required columns"):
        score_table(RawTable(frame=pd.DataFrame({"a": ["1"], "b": ["2"]}), rejects=no_rejects()), MODEL, Plan(), schema=TELCO)


# A file by what is published


def test_a_file_is_decided_by_the_published_threshold_and_valued_by_its_plan():
    plan, threshold = Plan(campaign=Campaign(retention_cost=60)), float(np.median(P[:60]))
    result, by_plan = score_file(FILE, plan, threshold), score_file(FILE, plan)
    assert result.scored["contact"].tolist() == (threshold <= result.scored["churn_probability"]).tolist()
    same = result.scored.drop(columns="contact")
    assert same.equals(by_plan.scored.drop(columns="contact"))
    assert result.contacts == result.scored["contact"].sum() != by_plan.contacts


@pytest.mark.parametrize("threshold", [None, 0.3])
def test_what_a_file_is_expected_to_earn_is_after_the_fixed_cost(threshold):
    free = score_file(FILE, Plan(), threshold)
    charged = score_file(FILE, Plan(campaign=Campaign(fixed_cost=100)), threshold)
    assert charged.contacts == free.contacts > 0
    assert charged.expected_profit == pytest.approx(free.expected_profit - 100)


def test_where_nobody_of_a_file_is_contacted_no_fixed_cost_is_charged():
    result = score_file(FILE, Plan(campaign=Campaign(fixed_cost=1e6)))
    assert result.contacts == 0 == result.expected_profit


# Policies and sums


SWEPT = customer_sweep(CUSTOMERS, P, schema=TELCO)


@given(with_fixed_cost)
def test_each_policy_earns_at_least_as_much_as_the_simpler_ones(campaign):
    table = policies(CUSTOMERS, Plan(campaign=campaign), SWEPT, TELCO).set_index("policy")
    profit = table["expected_profit"]
    assert list(table.index) == [NOBODY, EVERYBODY, ONE_THRESHOLD, EACH, FORESIGHT]
    assert profit["Nobody"] == 0 == table["contacted"]["Nobody"]
    assert profit["Best threshold"] >= max(0, profit["Everybody"])
    assert profit["Customer by customer"] >= profit["Best threshold"] - 1e-6
    assert table["contacted"]["Everybody"] == len(CUSTOMERS)
    assert (table["roi"].isna() == (table["expected_spend"] == 0)).all()
    simple, gained = advantage(table.reset_index(), EACH)
    assert simple in (NOBODY, EVERYBODY) and gained >= -1e-6


@given(plans)
def test_the_chosen_policies_keep_to_the_plan_and_everybody_is_contacted_whatever_its_limits(plan):
    table = policies(CUSTOMERS, plan, SWEPT, TELCO).set_index("policy")
    everybody, best = contact_all(SWEPT, plan.campaign), best_threshold(SWEPT, plan.campaign, plan.objective)
    assert table.loc[EVERYBODY, ["contacted", "expected_profit"]].tolist() == [len(CUSTOMERS), everybody.expected_profit]
    assert table.loc[ONE_THRESHOLD, ["contacted", "expected_profit"]].tolist() == [best.contacted, best.expected_profit]
    each = outcome_of(CUSTOMERS, P, plan.campaign, objective=plan.objective, schema=TELCO)
    assert table.loc[EACH, ["contacted", "expected_profit"]].tolist() == pytest.approx([each.contacted, each.expected_profit])
    if plan.objective.budget is not None:
        within = table.drop(index=EVERYBODY)["expected_spend"]
        assert (within <= plan.objective.budget * (1 + 1e-9)).all()
    assert table["threshold"].notna().tolist() == [False, True, best.contacted > 0, False, False]


def test_the_advantage_is_that_of_the_policy_that_is_chosen():
    table = pd.DataFrame({"policy": [NOBODY, EVERYBODY, ONE_THRESHOLD, EACH], "expected_profit": [0.0, -5.0, 7.0, 9.0]})
    assert advantage(table, ONE_THRESHOLD) == (NOBODY, 7.0) and advantage(table, EACH) == (NOBODY, 9.0)
    assert advantage(table.assign(expected_profit=[0.0, 5.0, 7.0, 9.0]), EACH) == (EVERYBODY, 4.0)


def test_with_perfect_foresight_only_those_are_contacted_who_leave_and_are_worth_it():
    foresight = policies(CUSTOMERS, Plan(), SWEPT, TELCO).set_index("policy").loc[FORESIGHT]
    value = 0.3 * 12 * CUSTOMERS[TELCO.monthly_charge]
    assert foresight["contacted"] == ((CHURNED == 1) & (value > 10)).sum()
    assert foresight["expected_profit"] == pytest.approx((value - 10)[(CHURNED == 1) & (value > 10)].sum())


def test_the_revenue_at_risk_is_a_year_of_what_is_expected_to_leave():
    assert revenue_at_risk(CUSTOMERS, CHURNED, TELCO) == pytest.approx(12 * CUSTOMERS[TELCO.monthly_charge][CHURNED == 1].sum())
    assert revenue_at_risk(CUSTOMERS, np.zeros(len(CUSTOMERS)), TELCO) == 0


def test_the_average_customer_breaks_even_where_one_threshold_is_to_be_expected():
    clv = 12 * CUSTOMERS[TELCO.monthly_charge].mean()
    assert average_break_even(CUSTOMERS, Campaign(), TELCO) == pytest.approx(10 / (0.3 * clv))
    full = Campaign(incentive=20, incentive_uptake=0.5, backfire_rate=0.01)
    stake = 10 + 0.5 * 20 + 0.01 * clv
    assert average_break_even(CUSTOMERS, full, TELCO) == pytest.approx(stake / (0.3 * (clv - 20) + 0.5 * 20 + 0.01 * clv))
    assert average_break_even(CUSTOMERS, Campaign(success_rate=0), TELCO) == np.inf


def test_a_segment_is_judged_by_its_own_customers_and_an_empty_one_is_undefined():
    segment, campaign = TELCO.segments[0], Campaign()
    inside = segment.members(CUSTOMERS).to_numpy()
    told = segment_economics(CUSTOMERS, P, segment, campaign, TELCO)
    assert told["customers"] == inside.sum() > 0
    assert told["outcome"] == outcome_of(CUSTOMERS[inside], P[inside], campaign, schema=TELCO)
    assert told["mean_probability"] == pytest.approx(P[inside].mean())
    assert told["value_of_a_point"] == pytest.approx(0.12 * CUSTOMERS[TELCO.monthly_charge][inside].sum())
    assert segment_economics(CUSTOMERS, P, segment, replace(campaign, fixed_cost=1e6), TELCO) == told  # charged to no segment
    empty = segment_economics(CUSTOMERS[~inside], P[~inside], segment, campaign, TELCO)
    assert empty["customers"] == 0 == empty["outcome"].contacted and np.isnan(empty["mean_probability"])


# What if


choices = {c.name: st.sampled_from(c.allowed) for c in TELCO.inputs if c.kind == "category"}


@given(st.integers(0, len(CUSTOMERS) - 1), st.fixed_dictionaries({}, optional=choices))
def test_whatever_is_changed_the_services_stay_consistent_and_the_customer_clean(position, changes):
    before = CUSTOMERS.iloc[[position]]
    changed = with_changes(before, changes, TELCO)
    for column in TELCO.columns:
        if column.needs:
            assert (changed[column.name].item() == column.without) == (changed[column.needs].item() == "No")
        elif column.name in changes:
            assert changed[column.name].item() == changes[column.name]
        else:
            assert changed[column.name].item() == before[column.name].item()
    again, report = clean(changed, TELCO)
    assert report.repairs == () and again.equals(changed)


def test_nothing_changed_is_the_same_customer_and_a_change_leaves_the_original_alone(telco):
    one = telco.customers.iloc[[0]]
    before = one.copy(deep=True)
    assert with_changes(one, {}, TELCO).equals(one)
    assert churn_probability(MODEL, with_changes(one, {"Contract": "Two year"}, TELCO)) < churn_probability(MODEL, one)
    assert one.equals(before)


def test_a_service_that_is_taken_starts_without_extras(telco):
    offline = telco.customers[telco.customers["InternetService"] == "No"].head(1)
    online = with_changes(offline, {"InternetService": "DSL", "TechSupport": "Yes"}, TELCO)
    assert online["TechSupport"].item() == "Yes" and online["OnlineBackup"].item() == "No"


def test_the_template_can_be_filled_and_scored_and_names_nobody():
    example = template(schema=TELCO)
    assert len(score_file(example).scored) == 3 and TELCO.target not in example
    assert not set(example[TELCO.id]) & set(CUSTOMERS[TELCO.id])
